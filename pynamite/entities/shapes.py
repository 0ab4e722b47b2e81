"""What is kept of requests, by their shapes, for those that follow."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

__all__ = ["MOST_SHAPES", "Shapes"]

MOST_SHAPES = 512
"""How many are kept: programs have dozens, unless what they ask for names keys of maps, of which there is no end."""


class Shapes(dict[Hashable, Any]):
    """What is kept by shape. Where there are more shapes than can be kept, all are forgotten, and learnt anew.

    Threads may share it: whoever finds nothing makes the same again.
    """

    def keep(self, shape: Hashable, value: Any) -> None:
        """Keep something for a shape."""
        if len(self) >= MOST_SHAPES:
            self.clear()
        self[shape] = value
