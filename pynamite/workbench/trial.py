"""Trying out planned entities: the classes are made, and every row is read by them and written back."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import reduce
from operator import or_
from types import GenericAlias
from typing import Any

import attrs

from pynamite.entities.declare import entity
from pynamite.entities.fields import field
from pynamite.entities.member import Member
from pynamite.entities.overlaps import overlaps
from pynamite.entities.registry import IndexDraft, Registry, build_registry
from pynamite.errors import ItemStructureError, KeyValueError
from pynamite.wire import Item, equal_items
from pynamite.workbench.groups import Group
from pynamite.workbench.model import ModelTable
from pynamite.workbench.plan import EntityPlan, PlannedField
from pynamite.workbench.shapes import Many, Plain, Record, RecordField, Shape

__all__ = ["Findings", "shared_keys", "try_out"]

_TYPES: dict[str, Any] = {"str": str, "int": int, "Decimal": Decimal, "bool": bool, "bytes": bytes, "Any": Any}


@attrs.define
class Findings:
    """What a trial found: groups that are taken for each other, and groups whose index keys do not follow.

    ``misread`` are groups with rows that their own class cannot read; ``warnings`` what declaring the table says.
    """

    confused: list[tuple[Group, Group]] = attrs.field(factory=list)
    misread: list[Group] = attrs.field(factory=list)
    changed: list[Group] = attrs.field(factory=list)
    warnings: list[str] = attrs.field(factory=list)


def shared_keys(plans: Sequence[EntityPlan]) -> list[list[EntityPlan]]:
    """Give the entities whose keys have the same form."""
    found: dict[object, list[EntityPlan]] = {}
    for plan in plans:
        found.setdefault(plan.form, []).append(plan)
    return [own for own in found.values() if len(own) > 1]


def try_out(
    table: ModelTable, plans: Sequence[EntityPlan], marker: str | None, same_key: Sequence[Sequence[EntityPlan]]
) -> Findings:
    """Declare the planned entities, and read and write every row by them.

    Raises:
        DefinitionError: they cannot be declared.
    """
    classes = {id(plan): _entity(plan) for plan in plans}
    registry = build_registry(
        table.name,
        list(classes.values()),
        pk=table.partition.name,
        sk=None if table.sort is None else table.sort.name,
        indexes=[_draft(own) for own in table.index_schemas],
        type_attribute=marker,
        same_key=[[classes[id(plan)] for plan in group] for group in same_key],
    )
    groups = {classes[id(plan)]: plan.group for plan in plans}
    findings = Findings(warnings=overlaps(registry))
    for cls, group in groups.items():
        for row in group.rows:
            _try_row(row, cls, group, groups, registry, findings)
    return findings


def _draft(index: Any) -> IndexDraft:
    names = [tuple(part.name for part in parts) for parts in (index.partition, index.sort)]
    return IndexDraft(index.name, names[0], names[1], index.projection, index.local)


def _try_row(
    row: Item, cls: type, group: Group, groups: dict[type, Group], registry: Registry, findings: Findings
) -> None:
    own: Member[Any] = registry.member(cls)
    found = registry.identify(row)
    if found is not own:
        rivals = [rival for rival in own.rivals if rival.parse_item_key(row) is not None]
        other = found or next(iter(rivals), None)
        if other is None:
            findings.misread.append(group)
        else:
            findings.confused.append((group, groups[other.cls]))
        return
    try:
        written = own.item(own.instance(row))
    except ItemStructureError:
        findings.misread.append(group)
        return
    except KeyValueError:
        rival = next((rival for rival in own.rivals if rival.parse_item_key(row) is not None), None)
        if rival is None:
            findings.misread.append(group)
        else:
            findings.confused.append((group, groups[rival.cls]))
        return
    if not equal_items(_told(written), _told(row)):
        findings.changed.append(group)


def _told(item: Item) -> Item:
    """Leave NULLs out: a field that is None may be stored as one, or not at all."""
    return {name: value for name, value in item.items() if "NULL" not in value}


def _entity(plan: EntityPlan) -> Any:
    body = _body(plan.fields)
    declare: Any = entity(pk=plan.pk, sk=plan.sk, indexes=dict(plan.indexes.items()), type=plan.type_value)
    return declare(type(plan.name, (), body))


def _body(fields: Sequence[PlannedField | RecordField]) -> dict[str, Any]:
    body: dict[str, Any] = {"__annotations__": {}, "__module__": __name__}
    for own in fields:
        kind = _type_of(own.shape)
        body["__annotations__"][own.name] = kind if not own.nullable or kind is Any else kind | None
        options: dict[str, Any] = {} if own.required else {"default": None}
        options |= {"key_only": True} if own.attribute is None else {"name": own.attribute}
        body[own.name] = field(**options)
    return body


def _type_of(shape: Shape) -> Any:
    if isinstance(shape, Plain):
        if shape.text.startswith("set["):
            return GenericAlias(set, (_TYPES[shape.text[4:-1]],))
        return reduce(or_, (_TYPES[text] for text in shape.text.split(" | ")))
    if isinstance(shape, Many):
        inner = _type_of(shape.inner)
        inner = inner | None if shape.nullable else inner
        return GenericAlias(list, (inner,)) if shape.kind == "list" else GenericAlias(dict, (str, inner))
    return _record(shape)


def _record(shape: Record) -> Any:
    body = _body([own if own.required else attrs.evolve(own, nullable=True) for own in shape.fields])
    return attrs.define(type(shape.title, (), body), kw_only=True)
