"""Checkpoints: how far a transfer has come, in a small JSON file that is replaced as a whole.

``{"pynamite": 1, "verb": "import", "of": {...}, "state": {...}}``: ``of`` says which transfer it is, and has to be the
same when that is taken up again; ``state`` is how far it has come.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from pynamite.errors import TransferError

__all__ = ["Checkpoint"]

_VERSION = 1


@attrs.frozen
class Checkpoint:
    """The file that says how far one transfer has come."""

    path: Path
    verb: str
    of: Mapping[str, Any]

    def read(self) -> dict[str, Any] | None:
        """Give the state that was written last; None where there is no file.

        Raises:
            TransferError: the file is another transfer's, or no checkpoint.
        """
        try:
            told = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise TransferError(f"{str(self.path)!r} is no checkpoint: {error}") from None
        if not isinstance(told, dict) or told.get("pynamite") != _VERSION or told.get("verb") != self.verb:
            raise TransferError(f"{str(self.path)!r} is no checkpoint of this version's {self.verb}")
        other = [name for name, value in self.of.items() if told["of"].get(name) != value]
        if other:
            raise TransferError(
                f"{str(self.path)!r} is the checkpoint of another {self.verb}: {other[0]} was "
                f"{told['of'].get(other[0])!r}, and is {self.of[other[0]]!r}; delete it to begin anew")
        state: dict[str, Any] = told["state"]
        return state

    def write(self, state: Mapping[str, Any]) -> None:
        """Write the state in the place of the last; whoever is killed meanwhile leaves the one or the other."""
        told = {"pynamite": _VERSION, "verb": self.verb, "of": dict(self.of), "state": dict(state)}
        new = self.path.with_name(self.path.name + ".new")
        new.write_text(json.dumps(told), encoding="utf-8")
        os.replace(new, self.path)  # noqa: PTH105 - Path.replace is the same, with an object more each time

    def remove(self) -> None:
        """Take the file away: the transfer has come to its end."""
        self.path.unlink(missing_ok=True)
