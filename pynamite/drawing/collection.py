"""The item collections of a table, as a picture shows them: partitions with their rows, by each key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from pynamite.drawing.labels import Label, Labels
from pynamite.drawing.subject import Subject, read
from pynamite.entities.member import Member
from pynamite.entities.slots import KeySlot
from pynamite.key.schema import IndexSchema, KeyAttribute
from pynamite.local.ordering import key_bytes
from pynamite.wire import AttributeValue, Item, normalize_number

__all__ = ["Cell", "Collections", "Group", "Partition", "Row", "View", "arranged", "collect"]


@attrs.frozen
class Cell:
    """An attribute and its value; ``is_key`` says that it is there for the table's key or an index's alone."""

    name: str
    value: AttributeValue
    is_key: bool = False


@attrs.frozen
class Row:
    """One item in a view: its sort key (empty where there is none) and its other attributes.

    ``cells`` has an entry for each attribute that its group has in the view, None for those that it is without.
    """

    label: Label
    sort: tuple[Cell, ...]
    cells: tuple[Cell | None, ...]
    has_expired: bool = False


@attrs.frozen
class Partition:
    """The items that share a partition key, in the order of their sort keys."""

    key: tuple[Cell, ...]
    rows: tuple[Row, ...]


@attrs.frozen
class Group:
    """What the items of one label have in common in a view.

    ``attributes`` are their names in order, ``count`` is how many there are; ``templates`` are pairs of a key attribute
    and the template that fills it.
    """

    label: Label
    attributes: tuple[str, ...]
    count: int
    templates: tuple[tuple[str, str], ...] = ()


@attrs.frozen
class View:
    """The table (``index`` is None), or an index, as it lies there by its own keys."""

    index: str | None
    partition_names: tuple[str, ...]
    sort_names: tuple[str, ...]
    partitions: tuple[Partition, ...]
    groups: tuple[Group, ...]
    projection: str | tuple[str, ...] = "ALL"

    @property
    def count(self) -> int:
        """How many items are in it."""
        return sum(len(partition.rows) for partition in self.partitions)


@attrs.frozen
class Collections:
    """All views of a table; ``read`` is how many items they are made of; ``more`` says that others were left out."""

    table_name: str
    views: tuple[View, ...]
    read: int
    more: bool


def collect(subject: Subject, *, index: str | None, limit: int | None) -> Collections:
    """Read a table and lay out its items: by the table's key and by each index's, or by those of one ``index`` alone.

    The views of the indexes are made of the items of the table, as the indexes are; a single one is read itself.

    Raises:
        DefinitionError: there is no such index.
        OperationError: the database said no.
        ValueError: the limit is no positive number.
    """
    subject.check_index(index)
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
        raise ValueError(f"limit={limit!r} is how many items are read at most: give a positive number, or None for all")
    items, more = read(subject, index, limit)
    return arranged(subject, items, index=index, more=more)


def arranged(
    subject: Subject, items: Sequence[Item], *, index: str | None = None, more: bool = False
) -> Collections:
    """Lay out items that were read: of the table, or of one ``index`` alone."""
    chosen = [None, *subject.indexes] if index is None else [index]
    views = tuple(_View(subject, name, read_itself=index is not None).of(items) for name in chosen)
    return Collections(subject.name, views, len(items), more)


class _View:
    """Lays out items by one key."""

    def __init__(self, subject: Subject, index: str | None, *, read_itself: bool) -> None:
        self.subject = subject
        self.index: IndexSchema | None = None if index is None else subject.indexes[index]
        if self.index is None:
            self.partition: tuple[KeyAttribute, ...] = (subject.schema.partition,)
            self.sort: tuple[KeyAttribute, ...] = () if subject.schema.sort is None else (subject.schema.sort,)
        else:
            self.partition, self.sort = self.index.partition, self.index.sort
        self.own = {part.name for part in (*self.partition, *self.sort)}
        self.keys_only = read_itself and self.index is not None and self.index.projection == "KEYS_ONLY"
        self.all_keys = dict.fromkeys([
            *subject.schema.names,
            *(part.name for one in subject.indexes.values() for part in (*one.partition, *one.sort)),
        ])

    def of(self, items: Iterable[Item]) -> View:
        inside = [item for item in items if all(part.type in item.get(part.name, {}) for part in self._key)]
        labels = Labels(self.subject, inside, keys_only=self.keys_only)
        labelled = [(item, *labels.of(item)) for item in inside]
        labelled.sort(key=lambda one: [_order(one[0][part.name]) for part in self._key])
        found: dict[Label, list[tuple[Item, Member[Any] | None]]] = {}
        for item, label, member in labelled:
            found.setdefault(label, []).append((self._held(item), member))
        groups = {label: self._group(label, members) for label, members in found.items()}
        partitions: dict[tuple[Any, ...], tuple[tuple[Cell, ...], list[Row]]] = {}
        fields = {label: _declared(members[0][1]) for label, members in found.items()}
        for item, label, member in labelled:
            shown = item if self.subject.tenancy is None else self.subject.tenancy.shown(item)
            key = tuple(_order(item[part.name]) for part in self.partition)
            _, rows = partitions.setdefault(key, (_cells(shown, self.partition), []))
            held = self._held(shown)
            cells = (self._cell(name, held, fields[label]) for name in groups[label].attributes)
            expired = member is not None and member.has_expired(item)
            rows.append(Row(label, _cells(shown, self.sort), tuple(cells), expired))
        return View(
            None if self.index is None else self.index.name,
            tuple(part.name for part in self.partition),
            tuple(part.name for part in self.sort),
            tuple(Partition(key, tuple(rows)) for key, rows in partitions.values()),
            tuple(sorted(groups.values(), key=_group_order)),
            "ALL" if self.index is None else _projection(self.index),
        )

    @property
    def _key(self) -> tuple[KeyAttribute, ...]:
        return (*self.partition, *self.sort)

    def _held(self, item: Item) -> Item:
        """Give what the view has of an item: an index may hold a part only."""
        if self.index is None or self.index.projection == "ALL":
            return item
        kept = {*self.subject.schema.names, *self.own}
        kept |= set() if self.index.projection == "KEYS_ONLY" else set(self.index.projection)
        return {name: value for name, value in item.items() if name in kept}

    def _group(self, label: Label, found: Sequence[tuple[Item, Member[Any] | None]]) -> Group:
        member = found[0][1]
        names = dict.fromkeys(name for item, _ in found for name in item)
        declared = _declared(member)
        keys = [name for name in self.all_keys if name in names and name not in declared]
        marks = {self.subject.type_attribute} if label.kind != "unmarked" else set()
        known = {*declared, *keys, *marks}
        ordered = [*(name for name in declared if name in names), *(name for name in names if name not in known), *keys]
        return Group(
            label,
            tuple(name for name in ordered if name not in self.own),
            len(found),
            () if member is None else self._templates(member),
        )

    def _templates(self, member: Member[Any]) -> tuple[tuple[str, str], ...]:
        keys = None if self.index is None else member.indexes.get(self.index.name)
        slots: Sequence[KeySlot] = member.slots if self.index is None else () if keys is None else keys.slots
        return tuple((slot.attribute, slot.template.text) for slot in slots)

    def _cell(self, name: str, item: Item, fields: Mapping[str, None]) -> Cell | None:
        if name not in item:
            return None
        return Cell(name, item[name], name in self.all_keys and name not in fields)


def _declared(member: Member[Any] | None) -> dict[str, None]:
    """Name the attributes of an entity's fields, in their order."""
    return {} if member is None else {plan.attribute: None for plan in member.definition.fields.values()}


def _cells(item: Item, parts: Iterable[KeyAttribute]) -> tuple[Cell, ...]:
    return tuple(Cell(part.name, item[part.name], is_key=True) for part in parts)


def _order(value: Mapping[str, Any]) -> bytes:
    ((kind, content),) = value.items()
    return key_bytes(kind, normalize_number(content) if kind == "N" else content)


def _group_order(group: Group) -> tuple[bool, int, str, str]:
    return group.label.number is None, group.label.number or 0, group.label.kind, group.label.name


def _projection(index: IndexSchema) -> str | tuple[str, ...]:
    return index.projection if isinstance(index.projection, str) else tuple(index.projection)
