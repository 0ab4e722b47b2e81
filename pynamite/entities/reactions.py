"""Reactions: what a table's declarations want to have done when an item is made, changed or deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import attrs

__all__ = ["EVENTS", "Event", "Reaction", "Reactions"]

Event = Literal["create", "update", "delete"]
EVENTS: tuple[Event, ...] = ("create", "update", "delete")

Reaction = Callable[..., Any]
"""A function of the instance (of an update: the old and the new one), and of the transaction."""


@attrs.frozen(eq=False)
class Reactions:
    """The reactions of a table's entities; a table and all its connections share one."""

    _by_event: dict[tuple[type, Event], list[Reaction]] = attrs.field(factory=dict)

    def add(self, cls: type, event: Event, reaction: Reaction) -> None:
        """Register a reaction."""
        self._by_event.setdefault((cls, event), []).append(reaction)

    def to(self, cls: type, event: Event) -> tuple[Reaction, ...]:
        """Give the reactions to an event, in the order of their registration."""
        return tuple(self._by_event.get((cls, event), ()))
