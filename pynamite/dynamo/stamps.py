"""When an item was made and last changed: the attributes ``_created`` and ``_updated``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from pynamite.expression import nodes

__all__ = ["CREATED", "META", "UPDATED", "remove_meta", "stamp_item", "stamp_update", "targets", "timestamp"]

CREATED = "_created"
UPDATED = "_updated"
META = (CREATED, UPDATED)


def timestamp(moment: datetime | None = None) -> str:
    """Write a moment (now, if none is given) as fixed-width UTC text, so that texts sort as the moments do.

    >>> timestamp(datetime(2026, 5, 1, 12, tzinfo=UTC))
    '2026-05-01T12:00:00.000000Z'
    """
    return (moment or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def stamp_item(attributes: Mapping[str, Any], now: str) -> dict[str, Any]:
    """Give an item's attributes with ``_updated``, and with ``_created`` unless it is there already."""
    return {**attributes, CREATED: attributes.get(CREATED, now), UPDATED: now}


def targets(update: nodes.Update) -> list[str]:
    """Give the attributes that an update changes, each by name."""
    paths = [
        *(action.path for action in update.sets), *(action.path for action in update.removes),
        *(action.path for action in update.adds), *(action.path for action in update.deletes)]
    return [str(path.steps[0]) for path in paths]


def stamp_update(update: nodes.Update, now: str, without: Collection[str] = ()) -> nodes.Update:
    """Give an update that stamps its item, too, except where it sets a stamp itself or ``without`` names it."""
    named = targets(update)
    created, updated = nodes.Path((CREATED,)), nodes.Path((UPDATED,))
    stamps = (
        nodes.Set(updated, nodes.Literal(now)),
        nodes.Set(created, nodes.IfNotExists(created, nodes.Literal(now))),
    )
    added = tuple(stamp for stamp in stamps if stamp.path.steps[0] not in named and stamp.path.steps[0] not in without)
    return nodes.Update(update.sets + added, update.removes, update.adds, update.deletes)


def remove_meta(item: Mapping[str, Any], pk: str = "PK", sk: str | None = "SK") -> dict[str, Any]:
    """Give an item without its key, ``_created`` and ``_updated``.

    >>> remove_meta({"PK": "a", "SK": "b", "count": 0, "_created": "...", "_updated": "..."})
    {'count': 0}
    """
    meta = {pk, sk, *META}
    return {name: value for name, value in item.items() if name not in meta}
