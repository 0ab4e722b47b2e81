"""Reading what a query selects: page by page, only this entity's items, within the bounds, as instances."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import cached_property, partial
from itertools import chain, islice
from typing import Any

from pynamite.dynamo.send import pages, send_batch_get
from pynamite.entities.coded import instances
from pynamite.entities.member import Member
from pynamite.entities.slots import KeySlot
from pynamite.entities.views import field_values
from pynamite.errors import CursorError, DefinitionError, ItemStructureError
from pynamite.expression import nodes
from pynamite.expression.shape import shape_of
from pynamite.key.tenant import SEPARATOR
from pynamite.key.variants import KeyVariants
from pynamite.local.evaluate import holds
from pynamite.operation.answers import Ready
from pynamite.operation.operation import Operation
from pynamite.operation.page import ReadPage
from pynamite.operation.query import query as query_operation
from pynamite.operation.scan import scan as scan_operation
from pynamite.operation.unread import Unread, UnreadItems, read_whole
from pynamite.repository.concerning import Concerning
from pynamite.repository.cursor import Position, fingerprint
from pynamite.repository.outline import outline_of
from pynamite.repository.selection import Selection, slots_of
from pynamite.repository.standing import StandingRead, choose
from pynamite.repository.walk import Entry, Walk
from pynamite.repository.wanted import Wanted, projection_of
from pynamite.wire import Item, Misfit

__all__ = ["Reader"]

LARGEST_FIRST_PAGE = 1000
"""The most items that the service is asked for at a time where a limit is set; beyond it, its own page size is best."""

HYDRATED_AT_ONCE = 100


class Reader:
    """Reads what is wanted; made once for a query, it finds every mistake in it at once.

    It has what its outline has, and ``parts``: the shards that are looked under, or the segments of a scan.
    """

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.outline = outline = outline_of(wanted)
        self.schema, self.held, self.typed = outline.schema, outline.held, outline.typed
        self.names, self.keys, self.sort_names = outline.names, outline.keys, outline.sort_names
        self.sieve, self.views = outline.sieve, outline.views
        self._selected = None
        if wanted.values is not None:
            self._selected = choose(wanted.members, wanted.index, wanted.values, wanted.bounds)
        self.parts = wanted.segments if self._selected is None else self._selected.parts
        self.empty = self._selected is not None and self._selected.empty

    @cached_property
    def selection(self) -> Selection | None:
        """What the query selects; None for a scan."""
        return None if self._selected is None else self._selected.selection

    @cached_property
    def chosen(self) -> dict[Member[Any], dict[str, Any]]:
        """What is given, for each entity, but does not stand in the key: see `_chosen`."""
        return {member: self._chosen(member) for member in self.wanted.members}

    def _chosen(self, member: Member[Any]) -> dict[str, Any]:
        """Find what is given but does not stand in the key, so that items of other values could be taken for it.

        It is what chooses a variant of the key, where others begin alike, and what a shard is computed from.
        """
        if self.wanted.values is None:
            return {}
        named = member.definition.values(self.wanted.values)
        partition, sort = slots_of(member, self.wanted.index)
        variants = [slot.template for slot in (*partition, *sort[:1]) if isinstance(slot.template, KeyVariants)]
        deciding = {one.field for one in variants if one.field is not None and one.field in named}
        apart = {one.field for one in variants if one.field in deciding and one.stands_apart(named)}
        gaps = [gap for slot in partition for template in slot.template.templates for gap in template.gaps]
        sharded = {gap.field for gap in gaps if gap.codec.texts and gap.codec.decode is None and gap.field in named}
        return {name: named[name] for name in (deciding - apart) | sharded}

    def moment(self) -> datetime | None:
        """Give the moment by which one run of the query tells what has expired; None where that does not matter."""
        return None if self.sieve.idle else self.wanted.moment or self.wanted.session.now()

    def _filter(self, moment: datetime | None) -> nodes.Condition | None:
        parts: list[nodes.Condition] = []
        if self.typed:
            path = nodes.Path((str(self.wanted.session.registry.type_attribute),))
            types = tuple(nodes.Value({"S": member.definition.type_value}) for member in self.wanted.members)
            parts.append(nodes.Compare("=", path, types[0]) if len(types) == 1 else nodes.In(path, types))
        tenant = self.wanted.session.tenant
        if tenant is not None and self.selection is None:
            pk = self.wanted.session.registry.schema.partition.name
            parts.append(nodes.Function("begins_with", (nodes.Path((pk,)), nodes.Value({"S": tenant + SEPARATOR}))))
        alive = self.sieve.condition(moment)
        parts += [one for one in (alive, self.wanted.condition) if one is not None]
        return nodes.conjunction(*parts) if parts else None

    def _needed(self) -> set[str] | None:
        """Name the attributes that the instances are made of; None for all that there are."""
        needed: set[str] = set()
        if self.wanted.keys_only:
            return needed
        if not any(self.views.values()):
            return None
        for member, view in self.views.items():
            if view is not None:
                needed |= set(view.attributes)
            elif member.definition.rest is not None:
                return None
            else:
                needed |= {plan.attribute for plan in member.definition.fields.values() if not plan.options.key_only}
        return needed

    def _projection(self) -> nodes.Projection | None:
        """Make the projection of what is read; None where whole items are."""
        needed = self._needed()
        if needed is None:
            return None
        if self.wanted.hydrated:
            needed = set()
        needed |= self._looked_at()
        types = [str(self.wanted.session.registry.type_attribute)] if self.typed else []
        read = sorted(needed if self.held is None else needed & self.held)
        return projection_of([*self.names, *types, *read])

    def _looked_at(self, *, whole: bool = False) -> set[str]:
        """Name the attributes of what is checked on every entry, or whole item: the request does not see to it."""
        sieve = self.sieve
        expiry = {str(sieve.attribute)} if sieve.looks or (whole and not sieve.idle) else set[str]()
        return expiry | {
            member.definition.fields[field].attribute
            for member in self.wanted.members
            for field in member.definition.sources(self._checked(member))
        }

    def _checked(self, member: Member[Any]) -> list[str]:
        bounds = self.wanted.bounds
        bounded = bounds is not None and self.selection is not None and not self.selection.exact
        return [*self.chosen[member], *([bounds.field] if bounds is not None and bounded else [])]

    @property
    def counts(self) -> bool:
        """Tell whether the service can count by itself: nothing that it finds has to be looked at here."""
        exact = self.selection is None or self.selection.exact
        looked_at = self.sieve.looks or (self.wanted.hydrated and not self.sieve.complete)
        return self.typed and exact and not looked_at and not any(self.chosen.values())

    @property
    def concerning(self) -> AbstractContextManager[None]:
        """Begin a block whose errors say which entity is read, where it is one."""
        members = self.wanted.members
        return Concerning(members[0]) if len(members) == 1 else nullcontext()

    @property
    def fingerprint(self) -> str:
        """Tell the query apart from others."""
        wanted = self.wanted
        return fingerprint(
            wanted.session.table_name,
            wanted.index,
            [member.definition.name for member in wanted.members],
            # The selection's leads hold codecs, whose functions have another repr in each process.
            (self.selection.conditions, self.selection.empty) if self.selection is not None else None,
            wanted.bounds,
            wanted.condition,
            wanted.forward,
            wanted.session.tenant,
            wanted.include_expired,
        )

    def check(self, position: Position, most: int | None) -> Position:
        """Give a position back if it is one that this query can have come to.

        Raises:
            CursorError: it is in another partition, or allows more than the query's limit.
        """
        conditions = () if self.selection is None else self.selection.conditions
        foreign = any(key and not holds(one, key) for one, key in zip(conditions, position.keys, strict=False))
        if foreign or (most is None) != (position.left is None) or (position.left or 0) > (most or 0):
            raise CursorError("the cursor is of no place in this query: its key or its limit is another one")
        return position

    def operation(
        self,
        limit: int | None,
        *,
        moment: datetime | None,
        start: Item | None = None,
        part: int = 0,
        ready: bool = False,
    ) -> Operation[ReadPage]:
        """Make the request of one page, of one of the parts, in a run of this moment.

        The items of its answer are made into instances at once, if they are to be ``ready`` and can be.
        """
        wanted, selected = self.wanted, self._selected
        if selected is None or selected.shape is None:
            return self._in_full(limit, moment=moment, start=start, part=part, ready=ready)
        condition, filtered = shape_of(wanted.condition)
        identity = (
            selected.shape, wanted.forward, wanted.consistent, wanted.hydrated, wanted.keys_only, ready, condition)
        known: StandingRead | None = self.outline.standing.get(identity)
        if known is None:
            known = StandingRead.made(partial(self._in_full, None, ready=ready), moment, filtered)
            self.outline.standing.keep(identity, known)
        return known.again(selected.values, moment, filtered, limit=limit, start=start)

    def _in_full(
        self,
        limit: int | None,
        *,
        moment: datetime | None,
        start: Item | None = None,
        select: str | None = None,
        part: int = 0,
        ready: bool = False,
    ) -> Operation[ReadPage]:
        wanted = self.wanted
        common: dict[str, Any] = {
            "index": wanted.index,
            "filter": self._filter(moment),
            "limit": limit,
            "start": start,
            "select": select,
            "projection": None if select == "COUNT" else self._projection(),
            "consistent_read": wanted.consistent,
            "unread": not wanted.keys_only,
            "parse": wanted.members[0].coded.page_answer if ready and len(wanted.members) == 1 else None,
        }
        if self.selection is None:
            segments: dict[str, Any] = {"segment": part, "total_segments": self.parts} if self.parts > 1 else {}
            return scan_operation(wanted.session.table_name, **common, **segments)
        return query_operation(
            wanted.session.table_name, key_condition=self.selection.conditions[part], forward=wanted.forward, **common
        )

    def count(self, most: int | None) -> int:
        """Count the items, ``most`` at most."""
        if self.empty:
            return 0
        found = 0
        if not self.counts:
            # Where the key alone has to tell, the whole item knows better.
            walk = Walk(self, None, most)
            entries = self.read(walk, most) if self.wanted.hydrated else walk
            return sum(1 for _ in islice(entries, most))
        moment = self.moment()
        for part in range(self.parts):
            operation = self._in_full(None, moment=moment, select="COUNT", part=part)
            with self.concerning:
                for page in pages(self.wanted.session.client, operation):
                    found += page.count
                    if most is not None and found >= most:
                        return most
        return found

    def read(self, walk: Walk, most: int | None) -> Iterator[tuple[Entry, Any]]:
        """Read entries and their instances along a walk, at most so many.

        Raises:
            DefinitionError: the index does not hold whole items, and they are not to be hydrated.
            ItemStructureError: an item does not fit its class.
        """
        if most == 0:
            return
        left = most
        for pair in self._hydrated(walk, most) if self.wanted.hydrated else self._direct(walk):
            walk.take(pair[0])
            if pair[1] is None:
                continue
            yield pair
            left = None if left is None else left - 1
            if left == 0:
                return

    def _is_straight(self) -> bool:
        """Tell whether all that is to be looked at in what the service gives is whose it is, and all of that wanted."""
        wanted = self.wanted
        if self.parts > 1 or not self.outline.is_straight or wanted.hydrated or wanted.keys_only:
            return False
        if self._selected is not None and self._selected.shape is not None:
            return True
        selection = self.selection
        within = selection is None or selection.exact or wanted.bounds is not None
        return within and not any(map(self._checked, wanted.members))

    def instances(self, walk: Walk, most: int | None) -> Iterator[Any]:
        """Read the instances alone along a walk that begins, at most so many: where it can be, a page at once."""
        if not self.empty and self._is_straight():
            return islice(chain.from_iterable(map(self._of_page, walk.pages())), most)
        return (instance for _, instance in self.read(walk, most))

    def everything(self) -> list[Any] | None:
        """Read all instances by whole pages, which no walk has to go through; None where that cannot be."""
        if self.empty or not self._is_straight():
            return None
        found: list[Any] = []
        with self.concerning:
            for page in pages(self.wanted.session.client, self.operation(None, moment=self.moment(), ready=True)):
                found += self._of_page(page)
        return found

    def _of_page(self, page: ReadPage) -> Iterable[Any]:
        if isinstance(page.items, Ready):
            return page.items
        members = self.wanted.members
        found = instances(members, page.items) if isinstance(page.items, UnreadItems) else None
        if found is not None:
            return found
        # One of them may not fit: those before it are given all the same.
        return (member.instance(item) for item in page.items for member in members if member.is_typed(item))

    def _direct(self, walk: Walk) -> Iterator[tuple[Entry, Any]]:
        self._check_held()
        for entry in walk:
            yield entry, self._instance(entry.member, entry.item)

    def _check_held(self) -> None:
        if self.held is None or self.wanted.keys_only:
            return
        for member, view in self.views.items():
            if view is None:
                raise DefinitionError(
                    f"index {self.wanted.index!r} holds a part of each item only: call .hydrate() to read the whole "
                    "ones, read what it holds by a view(...), or let the index project ALL attributes"
                )
            lacking = view.lacking(self.held, self._slots(member))
            if lacking:
                raise DefinitionError(
                    f"index {self.wanted.index!r} does not hold {', '.join(map(repr, lacking))} of view "
                    f"{view.cls.__name__!r}: add it to the index's projection, or call .hydrate() to read the items"
                )

    def _slots(self, member: Member[Any]) -> tuple[KeySlot, ...]:
        partition, sort = slots_of(member, self.wanted.index)
        return (*partition, *sort)

    def _instance(self, member: Member[Any], item: Item | Unread) -> Any:
        if self.wanted.keys_only:
            return item
        view = self.views[member]
        if view is None:
            return member.instance(item)
        if self.held is None or self.wanted.hydrated:
            return view.instance(item)
        return view.instance(item, self.held, self._slots(member))

    def _hydrated(self, walk: Walk, most: int | None) -> Iterator[tuple[Entry, Any]]:
        size = min(HYDRATED_AT_ONCE, HYDRATED_AT_ONCE if most is None else most)
        entries = iter(walk)
        while batch := list(islice(entries, size)):
            yield from self._whole(batch, walk.moment)

    def _whole(self, entries: list[Entry], moment: datetime | None) -> Iterator[tuple[Entry, Any]]:
        """Read the items behind entries of an index: None for one that is gone, expired, or another entity's by now."""
        wanted, names = self.wanted, self.wanted.session.registry.schema.names
        keys = [read_whole(entry.item) for entry in entries]
        keys = [{name: key[name] for name in names} for key in keys]
        needed = self._needed()
        projection = (
            None
            if needed is None
            else projection_of([*wanted.members[0].marks, *sorted(needed | self._looked_at(whole=True))])
        )
        with self.concerning:
            items = send_batch_get(
                wanted.session.client,
                wanted.session.table_name,
                keys,
                projection=projection,
                consistent_read=wanted.consistent,
                unread=True,
            )
        for entry, item in zip(entries, items, strict=True):
            member = None if item is None else next((one for one in wanted.members if one.is_typed(item)), None)
            found = (
                item is not None
                and member is not None
                and self._within(member, item, whole=True)
                and not self.sieve.drops(member, item, moment, whole=True)
            )
            yield entry, self._instance(member, item) if found and item is not None and member is not None else None

    def first_limit(self, most: int | None) -> int | None:
        """Give the limit of the first request where at most so many items are wanted.

        It counts what is read, not what is kept: with a filter, some more are asked for.
        """
        if most is None:
            return None
        limit = most if self.wanted.condition is None else max(4 * most, 50)
        return limit if limit <= LARGEST_FIRST_PAGE else None

    def next_limit(self, limit: int | None) -> int | None:
        """Give the limit of the request after one with this limit, which was not enough: more, up to none at all."""
        return None if limit is None or limit * 4 > LARGEST_FIRST_PAGE else limit * 4

    def member_of(self, item: Item | Unread, moment: datetime | None) -> Member[Any] | None:
        """Find the entity that an entry is of; None for one that was not asked for, or has expired.

        Raises:
            DefinitionError: an index of keys only does not tell.
        """
        for member in self.wanted.members:
            if member.is_typed(item) if self.typed else self._owns(member, item):
                wanted = self._within(member, item) and not self.sieve.drops(member, item, moment)
                return member if wanted else None
        return None

    def _owns(self, member: Member[Any], item: Item | Unread) -> bool:
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

    def _within(self, member: Member[Any], item: Item | Unread, *, whole: bool = False) -> bool:
        """Tell whether an entry is one that was asked for; of a ``whole`` item, what the entry could not tell."""
        bounds, selection = self.wanted.bounds, self.selection
        for name in self._checked(member):
            told = self._tells(member, name)
            if not told and not whole and not self.wanted.hydrated:
                raise DefinitionError(
                    f"index {self.wanted.index!r} does not hold what {name!r} could be checked by: call .hydrate() to "
                    "look at the whole items, or add it to the index's projection"
                )
            if told is whole:
                continue
            value = self._value_of(member, item, name, None if whole else self.held)
            wanted = self.chosen[member]
            if name in wanted and value != wanted[name]:
                return False
            if bounds is not None and name == bounds.field and (value is None or not bounds.hold(value)):
                return False
        if whole or selection is None or selection.exact or bounds is not None:
            return True
        _, sort = slots_of(member, self.wanted.index)
        text = sort[selection.lead_slot].text_of(item)
        leads = selection.leads[self.wanted.members.index(member)]
        return text is not None and any(
            text == lead.text if lead.next is None else text.startswith(lead.text) for lead in leads
        )

    def _tells(self, member: Member[Any], name: str) -> bool:
        """Tell whether an entry has a value: in its keys, or in the attributes that it is made of."""
        fields = [member.definition.fields[field] for field in member.definition.sources([name])]
        if self.held is None or {plan.attribute for plan in fields if not plan.options.key_only} <= self.held:
            return True
        gaps = [
            gap
            for slot in (*self._slots(member), *member.slots)
            for template in slot.template.templates
            for gap in template.gaps
        ]
        return any(gap.field == name and gap.codec.decode is not None for gap in gaps)

    def _value_of(self, member: Member[Any], item: Item | Unread, name: str, held: frozenset[str] | None) -> Any:
        """Give the value that an entry has for a name in its keys: from a key, or from the field itself."""
        for slot in (*self._slots(member), *member.slots):
            text = slot.text_of(item)
            found = None if text is None else slot.template.parse(text)
            if found is not None and name in found:
                return found[name]
        definition = member.definition
        plans = {field: definition.fields[field] for field in definition.sources([name])}
        try:
            values = field_values(member, plans, read_whole(item), held, self._slots(member))
        except Misfit as misfit:
            raise ItemStructureError(misfit.lines(), entity=definition.name) from misfit.__cause__
        return definition.values(values).get(name)
