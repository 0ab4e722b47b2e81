"""Reading what a query selects: page by page, only this entity's items, within the bounds, as instances."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from pynamite.dynamo.send import pages, send, send_batch_get
from pynamite.entities.member import Member
from pynamite.errors import CursorError, DefinitionError
from pynamite.expression import nodes
from pynamite.key.schema import IndexSchema
from pynamite.local.evaluate import holds
from pynamite.operation.operation import Operation
from pynamite.operation.page import ReadPage
from pynamite.operation.query import query as query_operation
from pynamite.operation.scan import scan as scan_operation
from pynamite.repository.cursor import Position, fingerprint
from pynamite.repository.selection import Bounds, Selection, index_keys, select, slots_of
from pynamite.repository.session import Session
from pynamite.wire import Item

__all__ = ["Reader", "Wanted"]

LARGEST_FIRST_PAGE = 1000
"""The most items that the service is asked for at a time where a limit is set; beyond it, its own page size is best."""

HYDRATED_AT_ONCE = 100


@attrs.frozen(eq=False)
class Wanted:
    """What is to be read: ``values`` are the fields of a query, None for a scan; ``condition`` is the bound filter."""

    session: Session
    members: tuple[Member[Any], ...]
    index: str | None = None
    values: Mapping[str, Any] | None = None
    bounds: Bounds | None = None
    condition: nodes.Condition | None = None
    forward: bool = True
    consistent: bool = False
    hydrated: bool = False


class Reader:
    """Reads what is wanted; made once for a query, it finds every mistake in it at once.

    ``held`` names the attributes that the index has, None where it has all; ``keys`` the key of what is read; ``names``
    the attributes that tell where a page ended.
    """

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        registry = wanted.session.registry
        self.schema: IndexSchema | None = None
        if wanted.index is not None:
            for member in wanted.members:
                index_keys(member, wanted.index)
            self.schema = registry.indexes[wanted.index]
        self.selection: Selection | None = None
        if wanted.values is not None:
            self.selection = select(wanted.members, wanted.index, wanted.values, wanted.bounds)
        parts = () if self.schema is None else (*self.schema.partition, *self.schema.sort)
        own = (part for part in (registry.schema.partition, registry.schema.sort) if part is not None)
        self.names: dict[str, str] = {part.name: part.type for part in (*own, *parts)}
        self.keys = frozenset(slot.attribute for slot in slots_of(wanted.members[0], wanted.index) if slot is not None)
        self.held = self._held()
        self.typed = registry.type_attribute is not None and (self.held is None or registry.type_attribute in self.held)
        self.filter = self._filter()

    def _held(self) -> frozenset[str] | None:
        if self.schema is None or self.schema.projection == "ALL":
            return None
        return frozenset(self.names) | frozenset(
            () if self.schema.projection == "KEYS_ONLY" else self.schema.projection
        )

    def _filter(self) -> nodes.Condition | None:
        parts: list[nodes.Condition] = []
        if self.typed:
            path = nodes.Path((str(self.wanted.session.registry.type_attribute),))
            types = tuple(nodes.Value({"S": member.definition.type_value}) for member in self.wanted.members)
            parts.append(nodes.Compare("=", path, types[0]) if len(types) == 1 else nodes.In(path, types))
        if self.wanted.condition is not None:
            parts.append(self.wanted.condition)
        return nodes.conjunction(*parts) if parts else None

    @property
    def counts(self) -> bool:
        """Tell whether the service can count by itself: nothing that it finds has to be looked at here."""
        return self.typed and (self.selection is None or self.selection.exact)

    @property
    def fingerprint(self) -> str:
        """Tell the query apart from others."""
        wanted = self.wanted
        return fingerprint(
            wanted.session.table_name,
            wanted.index,
            [member.definition.name for member in wanted.members],
            self.selection,
            wanted.bounds,
            wanted.condition,
            wanted.forward,
        )

    def check(self, position: Position, most: int | None) -> Position:
        """Give a position back if it is one that this query can have come to.

        Raises:
            CursorError: it is in another partition, or allows more than the query's limit.
        """
        key_condition = None if self.selection is None else self.selection.condition
        foreign = key_condition is not None and not holds(key_condition, position.key)
        if foreign or (most is None) != (position.left is None) or (position.left or 0) > (most or 0):
            raise CursorError("the cursor is of no place in this query: its key or its limit is another one")
        return position

    def operation(
        self, limit: int | None, *, start: Item | None = None, select: str | None = None
    ) -> Operation[ReadPage]:
        """Make the request of one page."""
        wanted = self.wanted
        common: dict[str, Any] = {
            "index": wanted.index,
            "filter": self.filter,
            "limit": limit,
            "start": start,
            "select": select,
            "consistent_read": wanted.consistent,
        }
        if self.selection is None:
            return scan_operation(wanted.session.table_name, **common)
        return query_operation(
            wanted.session.table_name, key_condition=self.selection.condition, forward=wanted.forward, **common
        )

    def count(self, most: int | None) -> int:
        """Count the items, ``most`` at most."""
        if self.selection is not None and self.selection.empty:
            return 0
        if not self.counts:
            # Where the key alone has to tell, the whole item knows better.
            return sum(1 for _ in (self.read if self.wanted.hydrated else self.entries)(None, most))
        found = 0
        for page in pages(self.wanted.session.client, self.operation(None, select="COUNT")):
            found += page.count
            if most is not None and found >= most:
                return most
        return found

    def read(self, position: Position | None, most: int | None) -> Iterator[tuple[Item, Any]]:
        """Read entries and their instances, at most so many.

        Raises:
            DefinitionError: the index does not hold whole items, and they are not to be hydrated.
            ItemStructureError: an item does not fit its class.
        """
        if self.wanted.hydrated:
            yield from self._hydrated(position, most)
            return
        if self.held is not None:
            raise DefinitionError(
                f"index {self.wanted.index!r} holds a part of each item only: call .hydrate() to read the whole ones, "
                "or let the index project ALL attributes"
            )
        for item, member in self.entries(position, most):
            yield item, member.instance(item)

    def _hydrated(self, position: Position | None, most: int | None) -> Iterator[tuple[Item, Any]]:
        left = most
        batch: list[Item] = []
        for entry, _ in self.entries(position, None, expected=most):
            batch.append(entry)
            if len(batch) < min(HYDRATED_AT_ONCE, HYDRATED_AT_ONCE if left is None else left):
                continue
            for pair in self._whole(batch):
                yield pair
                left = None if left is None else left - 1
            if left == 0:
                return
            batch = []
        if batch:
            yield from self._whole(batch)

    def _whole(self, entries: list[Item]) -> Iterator[tuple[Item, Any]]:
        """Read the items behind entries of an index; one that is gone, or another entity's by now, is left out."""
        wanted, names = self.wanted, self.wanted.session.registry.schema.names
        keys = [{name: entry[name] for name in names} for entry in entries]
        items = send_batch_get(
            wanted.session.client, wanted.session.table_name, keys, consistent_read=wanted.consistent
        )
        for entry, item in zip(entries, items, strict=True):
            member = None if item is None else next((one for one in wanted.members if one.is_typed(item)), None)
            if item is not None and member is not None:
                yield entry, member.instance(item)

    def entries(
        self, position: Position | None, most: int | None, *, expected: int | None = None
    ) -> Iterator[tuple[Item, Member[Any]]]:
        """Read the entries of the right entities within the bounds, at most so many.

        ``expected`` is how many are likely to be needed where ``most`` is not known.
        """
        if self.selection is not None and self.selection.empty:
            return
        left = most
        for page in self._pages(position, most or expected):
            for item in page.items:
                member = self._member_of(item)
                if member is None:
                    continue
                yield item, member
                if left is not None:
                    left -= 1
                    if left == 0:
                        return

    def first_limit(self, most: int | None) -> int | None:
        """Give the limit of the first request where at most so many items are wanted.

        It counts what is read, not what is kept: with a filter, some more are asked for.
        """
        if most is None:
            return None
        limit = most if self.wanted.condition is None else max(4 * most, 50)
        return limit if limit <= LARGEST_FIRST_PAGE else None

    def _pages(self, position: Position | None, most: int | None) -> Iterator[ReadPage]:
        limit = self.first_limit(most)
        start = None if position is None else position.key
        while True:
            page = send(self.wanted.session.client, self.operation(limit, start=start))
            yield page
            start = page.last_key
            if start is None:
                return
            # That little was not enough: ask for more each time, up to the service's own page size.
            limit = None if limit is None or limit * 4 > LARGEST_FIRST_PAGE else limit * 4

    def _member_of(self, item: Item) -> Member[Any] | None:
        for member in self.wanted.members:
            if member.is_typed(item) if self.typed else self._owns(member, item):
                return member if self._within(member, item) else None
        return None

    def _owns(self, member: Member[Any], item: Item) -> bool:
        """Tell by the key alone whether an item is an entity's, where nothing better is there."""
        if not member.owns_key(item):
            return False
        registry = self.wanted.session.registry
        if registry.type_attribute is not None and not self.wanted.hydrated:
            others = [other for other in registry.members.values() if other is not member and other.owns_key(item)]
            if others:
                raise DefinitionError(
                    f"index {self.wanted.index!r} holds keys only, by which {member.definition.name} cannot be told "
                    f"from {others[0].definition.name}: call .hydrate() to look at the whole items"
                )
        return True

    def _within(self, member: Member[Any], item: Item) -> bool:
        bounds, selection = self.wanted.bounds, self.selection
        if selection is None or selection.exact:
            return True
        _, sort = slots_of(member, self.wanted.index)
        text = None if sort is None else item.get(sort.attribute, {}).get(sort.template.kind)
        if sort is None or text is None:
            return False
        if bounds is None:
            lead = selection.leads[self.wanted.members.index(member)]
            return bool(text == lead.text if lead.next is None else text.startswith(lead.text))
        values = sort.template.parse(text)
        return values is not None and bounds.hold(values[bounds.field])
