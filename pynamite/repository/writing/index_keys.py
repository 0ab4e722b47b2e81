"""Index keys that updates of one shape write with them: which, is told by the fields that are set; what, by the values.

That is so where nothing of a key is known to the database alone. An update of which it is not so has a closer look.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import attrs

from pynamite.entities.index_keys import IndexKeys
from pynamite.entities.member import Member
from pynamite.wire import AttributeValue

__all__ = ["WrittenKeys", "written_keys"]


@attrs.frozen(eq=False)
class WrittenKeys:
    """The index keys that an update of some fields writes; ``fields`` are all that they are made of."""

    indexes: tuple[IndexKeys, ...]
    fields: frozenset[str]

    def attributes(self, known: Mapping[str, Any]) -> dict[str, AttributeValue | None]:
        """Write their attributes of the values that are known by field; None for those that the item loses.

        Raises:
            KeyError: a value is not known.
            KeyValueError: a value does not fit a key.
        """
        if not self.fields <= known.keys():
            raise KeyError(*(self.fields - known.keys()))
        return {name: value for keys in self.indexes for name, value in keys.attributes(known).items()}


def written_keys(member: Member[Any], touched: Collection[str]) -> WrittenKeys:
    """Find the index keys that have to follow where fields are ``touched``, and the stamps of every update."""
    definition = member.definition
    stamps = {plan.name for plan in (definition.updated, definition.version) if plan is not None}
    changed = stamps.union(touched)
    indexes = tuple(keys for keys in member.indexes.values() if not changed.isdisjoint(keys.fields))
    return WrittenKeys(indexes, frozenset(field for keys in indexes for field in keys.fields))
