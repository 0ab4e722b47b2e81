"""Somebody else, who acts between the read and the write of one verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Meddler:
    """A client that lets somebody act behind each GetItem, as often as it is told."""

    def __init__(self, client: Any, act: Callable[[], Any], times: int = 1) -> None:
        self.client, self.act, self.times = client, act, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def get_item(self, **request: Any) -> Any:
        answer = self.client.get_item(**request)
        if self.times > 0:
            self.times -= 1
            self.act()
        return answer
