"""What writers said of their writes, against what is there."""

from __future__ import annotations

import json
from collections import Counter

from tests.storm.state import State

__all__ = ["Ledger"]


class Ledger:
    """What writers said of their writes: those that were ``done``, and those of which nobody knows."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str, object]] = []
        self.open: list[tuple[str, str]] = []

    def take(self, said: str) -> None:
        """Read what a writer said before it was killed; of the last line, a part may be missing."""
        begun: tuple[str, str] | None = None
        for line in said.splitlines(keepends=True):
            if line.endswith("\n"):
                what, kind, name, *given = json.loads(line)
                begun = (kind, name) if what == "begun" else None
                self.done += [(kind, name, given[0])] if given else []
        self.open += [begun] if begun is not None else []

    def check(self, state: State) -> None:
        """See that what was done is there, and that besides it there is nothing but what was begun."""
        there = {("video", title) for title in state.videos.values()} | {("user", name) for name in state.users}
        done = {(kind, name) for kind, name, _ in self.done if kind != "doc"}
        assert done <= there <= done | {one for one in self.open if one[0] != "doc"}
        numbers = {name: given for kind, name, given in self.done if kind == "video"}
        assert numbers.items() <= {title: number for (_, number), title in state.videos.items()}.items()
        versions = Counter(given for kind, _, given in self.done if kind == "doc")
        _, edits, version = state.docs["shared"]
        assert max(versions.values(), default=1) == 1
        assert edits == version - 1 == len([key for key in state.history if key[0] == "shared"]) - 1
        assert len(versions) <= edits <= len(versions) + sum(kind == "doc" for kind, _ in self.open)
