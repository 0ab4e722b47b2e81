"""Reactions: what a table's declarations want to have done when an item is made, changed or deleted."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Literal

import attrs

from pynamite.errors import DefinitionError

__all__ = ["EVENTS", "Event", "Reaction", "Reactions"]

Event = Literal["create", "update", "delete"]
EVENTS: tuple[Event, ...] = ("create", "update", "delete")

ARGUMENTS: dict[Event, tuple[str, ...]] = {
    "create": ("new", "tx"),
    "update": ("old", "new", "tx"),
    "delete": ("old", "tx"),
}

Reaction = Callable[..., Any]
"""A function of the instance (of an update: the old and the new one), and of the transaction."""


@attrs.frozen(eq=False)
class Reactions:
    """The reactions of a table's entities; a table and all its connections share one."""

    _by_event: dict[tuple[type, Event], list[Reaction]] = attrs.field(factory=dict)
    _classes: set[type] = attrs.field(factory=set, init=False)

    def add(self, cls: type, event: Event, reaction: Reaction) -> None:
        """Register a reaction.

        Raises:
            DefinitionError: it is no function of what it will be given, or one that does nothing when it is called.
        """
        _check(reaction, cls, event)
        self._by_event.setdefault((cls, event), []).append(reaction)
        self._classes.add(cls)

    def concern(self, cls: type) -> bool:
        """Tell whether there is a reaction to any event of a class."""
        return cls in self._classes

    def to(self, cls: type, event: Event) -> tuple[Reaction, ...]:
        """Give the reactions to an event, in the order of their registration."""
        return tuple(self._by_event.get((cls, event), ()))


def _check(reaction: Any, cls: type, event: Event) -> None:
    arguments = ARGUMENTS[event]
    what = f"on_{event}({cls.__name__})"
    takes = f"a function of ({', '.join(arguments)})"
    if not callable(reaction):
        raise DefinitionError(f"{what} takes {takes}, not {reaction!r}")
    name = getattr(reaction, "__qualname__", repr(reaction))
    kinds = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)
    if any(is_kind(reaction) for is_kind in kinds):
        raise DefinitionError(
            f"{what} got {name}, which is async or a generator, so that calling it would do nothing: make it an "
            "ordinary function"
        )
    try:
        signature = inspect.signature(reaction)
    except (TypeError, ValueError):
        # What is not written in Python may not tell its parameters.
        return
    try:
        signature.bind(*arguments)
    except TypeError as error:
        raise DefinitionError(f"{what} got {name}{signature}, but calls {takes}") from error
