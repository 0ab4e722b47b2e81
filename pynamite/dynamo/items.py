"""Plain items on their way to the table: put together, checked, measured, before any call."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pynamite.dynamo.stamps import META, stamp_item, stamp_update, targets
from pynamite.errors import ItemStructureError, KeyValueError
from pynamite.expression import nodes
from pynamite.expression.render import bind_plain
from pynamite.expression.update import build_update
from pynamite.wire import LARGEST_ITEM, Item, item_size, item_to_wire, value_size

__all__ = ["check_size", "put_attributes", "update_tree"]


def put_attributes(key: Mapping[str, Any], attributes: Mapping[str, Any] | None, now: str) -> Item:
    """Give the item to put, in wire form: the attributes, stamped, under the key.

    An attribute that is an empty set is left out, as DynamoDB has none.

    Raises:
        ItemStructureError: an attribute cannot be stored; the message has its path.
        KeyValueError: the attributes have another key than ``key``.
    """
    given: Any = {} if attributes is None else attributes
    if not isinstance(given, Mapping):
        raise ItemStructureError(f"$: an item is a dict of attributes, not {given!r}")
    for name, value in key.items():
        if name in given and given[name] != value:
            raise KeyValueError(
                f"the attributes have {name!r} as {given[name]!r}, but the key has {value!r}; "
                "leave it out of the attributes", field=name)
    kept = {name: value for name, value in given.items() if not (isinstance(value, (set, frozenset)) and not value)}
    return item_to_wire({**stamp_item(kept, now), **key})


def check_size(item: Item, key: Mapping[str, Any]) -> int:
    """Give the size of an item in wire form, in bytes.

    Raises:
        ItemStructureError: it is more than DynamoDB stores.
    """
    size = item_size(item)
    if size > LARGEST_ITEM:
        raise ItemStructureError(
            f"$: the item {dict(key)!r} has {size} bytes: DynamoDB stores at most {LARGEST_ITEM} (400 KB); "
            "split it, or keep the large part elsewhere")
    return size


def update_tree(changes: Mapping[str, Any], key_names: Collection[str], now: str) -> nodes.Update:
    """Turn changes by path into an update, stamped and bound.

    Raises:
        ExpressionError: a path is malformed, or two overlap.
        KeyValueError: a key attribute would change.
        ItemStructureError: a value cannot be stored, or is larger than an item.
    """
    if not isinstance(changes, Mapping):
        raise ItemStructureError(f"$: the changes of an update are a dict of paths to values, not {changes!r}")
    update = build_update(changes)
    for name in targets(update):
        if name in key_names:
            raise KeyValueError(
                f"{name!r} is a key attribute, which an update cannot change; "
                "put the item under its new key and delete the old one", field=name)
    without = [name for name in META if name in key_names]
    bound = bind_plain(stamp_update(update, now, without))
    for set_ in bound.sets:
        size = sum(value_size(leaf.wire) for leaf in nodes.leaves(set_.value) if isinstance(leaf, nodes.Value))
        if size > LARGEST_ITEM:
            raise ItemStructureError(
                f"$.{set_.path}: the value has {size} bytes: DynamoDB stores items of at most {LARGEST_ITEM} (400 KB)")
    return bound
