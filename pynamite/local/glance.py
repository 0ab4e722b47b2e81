"""A glance at stored items: a filter looks at as little of their JSON as it can."""

from __future__ import annotations

from collections.abc import Callable

from pynamite.dynamodb_json import to_json
from pynamite.expression import nodes
from pynamite.local.evaluate import predicate
from pynamite.operation.unread import partly
from pynamite.wire import Item

__all__ = ["passing"]

_MAP = b'"M":'


def passing(filter: nodes.Condition) -> Callable[[bytes], bool]:
    """Compile a filter into a function that tells of an item's JSON, as it is stored, whether the item passes."""
    parts = filter.parts if isinstance(filter, nodes.And) else (filter,)
    texts: list[bytes] = []
    others: list[nodes.Condition] = []
    for part in parts:
        told = _as_stored(part)
        if told is None:
            others.append(part)
        else:
            texts.append(told)
    look, passes = _part_of(filter), predicate(filter)
    if not texts:
        return lambda wire: passes(look(wire))
    if len(texts) == 1 and not others:
        (text,) = texts
        return lambda wire: text in wire and (_MAP not in wire or passes(look(wire)))
    rest = nodes.conjunction(*others) if others else None
    look_at_rest, rest_passes = (look, _always) if rest is None else (_part_of(rest), predicate(rest))

    def passes_all(wire: bytes) -> bool:
        for text in texts:
            if text not in wire:
                return False
        # In a map inside of the item, there may be an attribute of that name, too.
        if _MAP in wire:
            return passes(look(wire))
        return rest is None or rest_passes(look_at_rest(wire))

    return passes_all


def _always(_: object) -> bool:
    return True


def _part_of(filter: nodes.Condition) -> Callable[[bytes], Item]:
    paths = [leaf for leaf in nodes.leaves(filter) if isinstance(leaf, nodes.Path)]
    return partly(tuple(sorted({str(path.steps[0]) for path in paths})))


def _as_stored(part: nodes.Condition) -> bytes | None:
    """Give the JSON that every item has in it which fulfils a condition; None where that is not known.

    Items are stored as `to_json` writes them, which writes a text in one way only.
    """
    match part:
        case nodes.Compare("=", nodes.Path((str(name),)), nodes.Value({"S": str(text)} as wire)) if (
            len(wire) == 1 and name.isascii() and text.isascii()
        ):
            return to_json({name: wire})[1:-1]
    return None
