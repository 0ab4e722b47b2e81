"""Which rows of a table are of one kind: those of a facet, those with the same type, those with keys of one form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import attrs

from pynamite.wire import Item
from pynamite.workbench.keys import is_generic, prefix_of
from pynamite.workbench.model import Facet, ModelTable
from pynamite.workbench.names import singular, words

__all__ = ["Group", "find_marker", "group_rows", "telling_attribute"]

_MARKER = re.compile(
    r"_*(?:entity|item|record|object|row|model|doc|data)?[-_ ]?(?:type|entity|kind|class|et|typename|discriminator)"
    r"(?:[-_ ]?(?:type|name))?_*",
    re.IGNORECASE,
)


@attrs.define(eq=False)
class Group:
    """Rows that become one entity.

    ``title`` is what it is called in the model, ``attributes`` what the facet declares. ``facets`` are the names of the
    facets that it stands for. ``sharp`` has the sort key that all rows share as it is, ``plain_indexes`` all index keys
    as fields of their own, ``level`` how plain its keys are: 0 is the most telling form.
    """

    title: str
    rows: list[Item]
    aliases: tuple[str | None, str | None] = (None, None)
    attributes: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    notes: list[str] = attrs.field(factory=list)
    sharp: bool = False
    plain_indexes: bool = False
    level: int = 0


def group_rows(table: ModelTable) -> list[Group]:
    """Give the groups of a table: its facets, then the rows that fit none."""
    groups = [_of_facet(facet) for facet in table.facets]
    left: list[Item] = []
    for row in table.rows:
        found = _facet_of(row, groups, table)
        if found is None:
            left.append(row)
        else:
            found.rows.append(row)
    groups += _loose(left, table, named=bool(groups))
    if not groups:
        attributes = tuple(own.name for own in table.attributes)
        groups = [Group(singular(table.name), [], attributes=attributes)]
    return groups


def _of_facet(facet: Facet) -> Group:
    aliases = (facet.partition_alias, facet.sort_alias)
    return Group(facet.name, list(facet.rows), aliases, facet.attributes, (facet.name,))


def _signature(row: Item, table: ModelTable) -> tuple[str, ...]:
    """Give what the keys of a row begin with, where their names tell nothing else."""
    return tuple(
        prefix_of(row[part.name]["S"]) if part.type == "S" and is_generic(part.name) else "" for part in table.keys
    )


def _facet_of(row: Item, groups: Sequence[Group], table: ModelTable) -> Group | None:
    """Find the facet that a row outside of all facets belongs to: by its keys, and by its attributes."""
    signature = _signature(row, table)
    keys = {*table.key_types}
    own = {name for name in row if name not in keys}
    best: tuple[float, Group] | None = None
    for group in groups:
        alike = any(_signature(other, table) == signature for other in group.rows)
        declared = set(group.attributes) - keys
        if (group.rows and not alike) or (not group.rows and not (declared and own <= declared)):
            continue
        overlap = len(own & declared) / (len(own | declared) or 1)
        if best is None or overlap > best[0]:
            best = (overlap, group)
    return None if best is None else best[1]


def _loose(rows: Sequence[Item], table: ModelTable, *, named: bool) -> list[Group]:
    """Group rows without facets: by the attribute that names their type, else by what their keys begin with."""
    if not rows:
        return []
    marker = find_marker(rows, table)
    found: dict[object, list[Item]] = {}
    for row in rows:
        found.setdefault(_signature(row, table) if marker is None else row[marker]["S"], []).append(row)
    titles = [str(key) if marker is not None else _title(key, table) for key in found]
    note = "the model has no facet for these rows" if named else ""
    return [Group(title, own, notes=[note] if note else []) for title, own in zip(titles, found.values(), strict=True)]


def _title(signature: object, table: ModelTable) -> str:
    parts = [" ".join(words(text)) for text in signature if text] if isinstance(signature, tuple) else []
    return " ".join(dict.fromkeys(part.title() for part in parts if part)) or singular(table.name)


def find_marker(rows: Sequence[Item], table: ModelTable) -> str | None:
    """Find the attribute that names the type of each row, by its name: ``Entity``, ``type``, ``_et``."""
    names = [own.name for own in table.attributes] + [name for row in rows for name in row]
    for name in dict.fromkeys(names):
        if name not in table.key_types and _MARKER.fullmatch(name) and all(row.get(name, {}).get("S") for row in rows):
            return name
    return None


def telling_attribute(groups: Iterable[Group], table: ModelTable, names: Iterable[str | None]) -> str | None:
    """Find, of these attributes, one by whose value alone each row's group is known."""
    groups = list(groups)
    for name in names:
        if name is None or name in table.key_types:
            continue
        values = [{str(row.get(name, {}).get("S") or "") for row in group.rows} for group in groups if group.rows]
        told = [next(iter(own)) for own in values if len(own) == 1]
        if values and len(told) == len(values) and all(told) and len(set(told)) == len(told):
            return name
    return None
