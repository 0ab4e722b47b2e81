"""Access patterns: what can be read by the keys of a table and its indexes, derived from the declarations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import product
from math import prod
from typing import Any, Literal

import attrs

from pynamite.entities.member import Member
from pynamite.entities.registry import Registry
from pynamite.entities.slots import KeySlot
from pynamite.key.template import KeyTemplate
from pynamite.key.variants import KeyVariants

__all__ = ["AccessPattern", "access_patterns"]


@attrs.frozen
class AccessPattern:
    """One way to read items by their keys.

    ``entity`` is the entity's name (of a collection several, with commas), ``index`` None for the table itself. The
    ``partition_fields`` are to be given, and so are the ``sort_fields``; then ``bounded_by`` is the field that a query
    can be bounded by. ``call`` is the text of the call, with ``...`` for values; it reads ``shards`` partitions.
    ``key_condition`` says by which keys it reads, in the words of the templates.

    >>> from pynamite import Table, entity
    >>> @entity(pk="USER#<account_id>", sk="POST#<number:pad(6)>")
    ... class Post:
    ...     account_id: str
    ...     number: int
    >>> for pattern in Table("blog", Post).access_patterns():
    ...     print(pattern.call)
    store[Post].get(account_id=..., number=...)
    store[Post].query(account_id=...).ge(number=...)
    """

    entity: str
    verb: Literal["get", "get_unique", "query", "walk_back", "collection"]
    index: str | None
    partition_fields: tuple[str, ...]
    sort_fields: tuple[str, ...]
    bounded_by: str | None
    call: str
    shards: int = 1
    # Two variants of a key may be read by one call: that is one pattern.
    key_condition: str = attrs.field(default="", eq=False)

    def __str__(self) -> str:
        fields = [*self.partition_fields, *self.sort_fields]
        by = f" by {', '.join(fields)}" if fields else ""
        bounds = f", bounds on {self.bounded_by}" if self.bounded_by else ""
        where = "the table" if self.index is None else self.index
        return f"{self.entity}{by}{bounds} ({where}): {self.call}"


@attrs.frozen
class _Key:
    """One key by which an entity is read: of the table or an index, in one of its variants."""

    member: Member[Any]
    index: str | None
    partition: tuple[tuple[KeySlot, KeyTemplate], ...]
    sort: tuple[tuple[KeySlot, KeyTemplate], ...]

    @property
    def all_partition_fields(self) -> tuple[str, ...]:
        return _unique(name for slot, template in self.partition for name in _names(slot, template))

    @property
    def partition_fields(self) -> tuple[str, ...]:
        """What a query needs: a shard does not have to be given."""
        shards = {gap.field for _, template in self.partition for gap in template.gaps if gap.codec.texts}
        needed = {gap.field for _, template in self.partition for gap in template.gaps if not gap.codec.texts}
        return tuple(name for name in self.all_partition_fields if name not in shards - needed)

    @property
    def shards(self) -> int:
        return prod(len(gap.codec.texts) or 1 for _, template in self.partition for gap in template.gaps)

    def sort_fields(self, known: Sequence[str]) -> tuple[str, ...]:
        names = _unique(name for slot, template in self.sort for name in _names(slot, template))
        return tuple(name for name in names if name not in known)

    @property
    def open_fields(self) -> tuple[str, ...]:
        """What a query can go on with: a bucket of time leaves the moment in it open."""
        return self.sort_fields([name for name in self.partition_fields if name not in self.buckets])

    @property
    def buckets(self) -> set[str]:
        """The fields of which the partition key has a bucket of time, and not the moment itself."""
        return {gap.field for _, template in self.partition for gap in template.gaps if gap.codec.bucket}

    @property
    def walks(self) -> bool:
        return any(gap.codec.before is not None for _, template in self.partition for gap in template.gaps)

    def condition(self, known: Sequence[str] | None = None) -> str:
        """Word which keys are read where these fields are given; None is all of them."""
        return _condition(self.partition, self.sort, known)

    def bounds(self, name: str) -> bool:
        """Tell whether a field has an order that a query can be bounded in."""
        kind = self.member.definition.types[name]
        if kind is bool or (isinstance(kind, type) and issubclass(kind, Enum)):
            return False
        return any(gap.field == name for _, template in self.sort for gap in template.gaps)


def access_patterns(registry: Registry) -> list[AccessPattern]:
    """List the access patterns of a table: entity by entity, then the collections."""
    found: list[AccessPattern] = []
    for member in registry.members.values():
        for index in (None, *member.indexes):
            found += [pattern for key in _keys(member, index) for pattern in _patterns(registry, key)]
        found += _uniques(member)
    together: dict[AccessPattern, list[str]] = {}
    for pattern in (*found, *_collections(registry)):
        together.setdefault(pattern, []).append(pattern.key_condition)
    return [
        attrs.evolve(pattern, key_condition=" or ".join(dict.fromkeys(conditions)))
        for pattern, conditions in together.items()
    ]


def _keys(member: Member[Any], index: str | None) -> Iterator[_Key]:
    if index is None:
        partition, sort = member.slots[:1], member.slots[1:]
    else:
        partition, sort = member.indexes[index].partition, member.indexes[index].sort
    ways = [[(slot, template) for template in slot.template.templates] for slot in (*partition, *sort)]
    for way in product(*ways):
        yield _Key(member, index, way[: len(partition)], way[len(partition) :])


def _patterns(registry: Registry, key: _Key) -> Iterator[AccessPattern]:
    name = key.member.definition.name
    opened = key.open_fields
    if key.index is None:
        partition = key.all_partition_fields
        sort = key.sort_fields(partition)
        call = f"store[{name}].get({_arguments((*partition, *sort))})"
        yield AccessPattern(name, "get", None, partition, sort, None, call, key_condition=key.condition())
    partition = key.partition_fields
    behind = "" if key.index is None or registry.indexes[key.index].projection == "ALL" else ".hydrate()"
    # With all of its fields, a key of the table is one item: that is a get.
    for given in range(len(opened) + (key.index is not None)):
        sort = opened[:given]
        if set(sort) & set(partition):
            # It names the bucket already: of the moments in it, there are bounds only.
            break
        following = opened[given] if given < len(opened) and key.bounds(opened[given]) else None
        bound = "" if following is None else f".ge({_bound(following)})"
        call = f"store[{name}].query({_arguments((*partition, *sort), key.index)}){bound}{behind}"
        condition = key.condition([*(one for one in partition if one not in key.buckets), *sort])
        yield AccessPattern(name, "query", key.index, partition, sort, following, call, key.shards, condition)
    if key.walks:
        arguments = _arguments(partition, key.index, most_buckets=True)
        call = f"store[{name}].walk_back({arguments}){behind}"
        condition = key.condition([one for one in partition if one not in key.buckets])
        yield AccessPattern(name, "walk_back", key.index, partition, (), None, call, key.shards, condition)


def _collections(registry: Registry) -> Iterator[AccessPattern]:
    for index in (None, *registry.indexes):
        if index is None and registry.schema.sort is None:
            continue
        groups: dict[tuple[object, ...], dict[str, _Key]] = {}
        for member in registry.members.values():
            if index is not None and index not in member.indexes:
                continue
            for key in _keys(member, index):
                order: dict[str, int] = {}
                outline = tuple(template.outline(order) for _, template in key.partition)
                groups.setdefault(outline, {}).setdefault(member.definition.name, key)
        behind = "" if index is None or registry.indexes[index].projection == "ALL" else ".hydrate()"
        for keys in groups.values():
            if len(keys) > 1:
                fields = _unique(name for key in keys.values() for name in key.partition_fields)
                first = () if index is None else (f'"{index}"',)
                given = (_arguments(fields),) if fields else ()
                call = f"store.collection({', '.join((*first, *keys, *given))}){behind}"
                shards = max(key.shards for key in keys.values())
                condition = _condition(next(iter(keys.values())).partition, (), None)
                yield AccessPattern(", ".join(keys), "collection", index, fields, (), None, call, shards, condition)


def _uniques(member: Member[Any]) -> Iterator[AccessPattern]:
    """List what finds an item by values that no other has: a guard item leads to it."""
    name = member.definition.name
    for unique in member.definition.uniques:
        call = f"store[{name}].get_unique({_arguments(unique.names)})"
        condition = f"{member.slots[0].attribute} = {unique.template.text}"
        yield AccessPattern(name, "get_unique", None, unique.names, (), None, call, key_condition=condition)


def _condition(
    partition: Sequence[tuple[KeySlot, KeyTemplate]],
    sort: Sequence[tuple[KeySlot, KeyTemplate]],
    known: Sequence[str] | None,
) -> str:
    """Word a key condition: ``PK = USER#<account_id> and SK begins with ORDER#``."""
    parts = [f"{slot.attribute} = {template.text}" for slot, template in partition]
    for slot, template in sort:
        placeholders = re.findall("<[^<>]*>", template.text)
        text, whole = template.head, True
        for gap, placeholder in zip(template.gaps, placeholders, strict=True):
            whole = known is None or gap.field in known
            if not whole:
                break
            text += placeholder + gap.end
        if text:
            parts.append(f"{slot.attribute} {'=' if whole else 'begins with'} {text}")
        if not whole:
            break
    return " and ".join(parts)


def _names(slot: KeySlot, template: KeyTemplate) -> tuple[str, ...]:
    """Name what a template needs, and before that, what chooses it."""
    deciding = slot.template.field if isinstance(slot.template, KeyVariants) else None
    return template.fields if deciding is None else _unique((deciding, *template.fields))


def _unique(names: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _arguments(fields: Sequence[str], index: str | None = None, *, most_buckets: bool = False) -> str:
    """Write the arguments of a call: keywords, or one mapping where a name is none."""
    written = [] if index is None else [f'"{index}"']
    taken = {"consistent_read", "include_expired", "most_buckets"}
    if all(name.isidentifier() and name not in taken for name in fields):
        written += [f"{name}=..." for name in fields]
    else:
        written.append("{" + ", ".join(f'"{name}": ...' for name in fields) + "}")
    return ", ".join([*written, "most_buckets=..."] if most_buckets else written)


def _bound(field: str) -> str:
    return f"{field}=..." if field.isidentifier() else f'**{{"{field}": ...}}'
