"""Generating entity classes from a model: planned, tried out on every row, and written as Python."""

from __future__ import annotations

from pynamite.errors import DefinitionError, WorkbenchError
from pynamite.workbench.groups import Group, find_marker, group_rows, telling_attribute
from pynamite.workbench.model import Model, ModelTable
from pynamite.workbench.names import class_name, singular, unique
from pynamite.workbench.plan import EntityPlan, plan_entity
from pynamite.workbench.source import TablePlan, write_source
from pynamite.workbench.trial import Findings, shared_keys, try_out

__all__ = ["generate_entities"]

_IMPORTED = {"Any", "Decimal", "DefinitionWarning", "Index", "Table"}


def generate_entities(model: Model) -> str:
    """Write the entity classes of a model, and its tables, as a Python module.

    Each facet is a class; rows without a facet are grouped by the attribute that names their type, or by what their
    keys begin with. Key templates are found in the rows and the aliases, the fields' types in the values. Every row was
    read by the classes before they are given: where the keys of two facets cannot be told apart they are one class, and
    where an index key follows from no fields it is a field of its own. The same model gives the same text.

    >>> from pynamite.workbench import read_model
    >>> model = read_model({"ModelName": "Shop", "DataModel": [{
    ...     "TableName": "shop",
    ...     "KeyAttributes": {"PartitionKey": {"AttributeName": "PK", "AttributeType": "S"}},
    ...     "TableFacets": [{"FacetName": "Customers", "TableData": [{"PK": {"S": "CUST#1"}, "Name": {"S": "Ann"}}]}],
    ... }]})
    >>> print(generate_entities(model).partition("class")[0].splitlines()[-1])
    @entity(pk="CUST#<cust_id>")

    Raises:
        WorkbenchError: the rows of a table cannot be told apart by any means.
    """
    taken = set(_IMPORTED)
    plans = [_plan_table(table, taken) for table in model.tables]
    return write_source(model, plans)


def _plan_table(table: ModelTable, taken: set[str]) -> TablePlan:
    """Plan the entities of a table; what their rows do not bear out is planned anew, in a plainer form."""
    groups = group_rows(table)
    marker = _marker(groups, table)
    # Each round makes one group plainer or merges two, so that there is an end to it.
    for _ in range(10 * len(groups) + 20):
        found = _try_groups(groups, table, marker, taken)
        if isinstance(found, TablePlan):
            taken |= {entity.name for entity in found.entities}
            return found
        if found.confused and marker is None and (marker := _any_marker(groups, table)) is not None:
            continue
        _make_plainer(groups, found, table)
    raise WorkbenchError(
        f"the rows of table {table.name!r} cannot be told apart by their keys: give each facet keys that begin with a "
        "word of their own"
    )


def _marker(groups: list[Group], table: ModelTable) -> str | None:
    """Find the attribute that names the type of every item of the table, and the class of each by that."""
    rows = [row for group in groups for row in group.rows]
    if not rows:
        # Nothing in the model speaks against the type attribute that is usual here.
        return "_type"
    return telling_attribute(groups, table, [find_marker(rows, table)])


def _any_marker(groups: list[Group], table: ModelTable) -> str | None:
    """Find any attribute that tells the groups apart, where their keys do not."""
    names = dict.fromkeys(name for group in groups for row in group.rows for name in row)
    return telling_attribute(groups, table, names)


def _try_groups(groups: list[Group], table: ModelTable, marker: str | None, taken: set[str]) -> TablePlan | Findings:
    plans: list[EntityPlan] = []
    names = set(taken)
    claimed = {name for group in groups for row in (*group.rows, group.attributes) for name in row}
    unseen = [name for name in table.key_types if name not in claimed and name not in table.schema.names]
    for group in groups:
        name = unique(class_name(_title(group)), names)
        names.add(name)
        plans.append(plan_entity(group, table, marker, name, unseen if group is groups[0] else ()))
    if marker is not None:
        _give_types(plans, marker)
    same = shared_keys(plans)
    if same and marker is None:
        return Findings(confused=[(own[1].group, own[0].group) for own in same])
    shared = list(same)
    findings = _tried(table, plans, marker, shared)
    while marker is not None and findings.confused and not findings.misread:
        # The type tells them apart: their keys may overlap.
        pairs = [[plan for plan in plans if plan.group in pair] for pair in findings.confused]
        new = [pair for pair in pairs if pair not in shared]
        if not new:
            break
        shared += [pair for number, pair in enumerate(new) if pair not in new[:number]]
        findings = _tried(table, plans, marker, shared)
    if findings.confused or findings.misread or any(not group.plain_indexes for group in findings.changed):
        return findings
    return TablePlan(table, plans, marker, shared, findings.warnings)


def _tried(table: ModelTable, plans: list[EntityPlan], marker: str | None, shared: list[list[EntityPlan]]) -> Findings:
    try:
        return try_out(table, plans, marker, shared)
    except DefinitionError as error:
        # What cannot be declared is planned in a plainer form, as long as there is one.
        blamed = [plan.group for plan in plans if any(repr(plan.name) in problem for problem in error.problems)]
        return Findings(misread=blamed or [plan.group for plan in plans])


def _give_types(plans: list[EntityPlan], marker: str) -> None:
    taken = {row[marker]["S"] for plan in plans for row in plan.group.rows}
    for plan in plans:
        if plan.group.rows:
            plan.type_value = plan.group.rows[0][marker]["S"]
        else:
            plan.type_value = unique(plan.name, taken)
            taken.add(plan.type_value)


def _title(group: Group) -> str:
    return group.title if group.facets else singular(group.title)


def _make_plainer(groups: list[Group], found: Findings, table: ModelTable) -> None:
    for group in found.changed:
        group.plain_indexes = True
    for group in {id(group): group for group in found.misread}.values():
        group.plain_indexes = True
        group.level += 1
    merged: set[int] = set()
    for one, other in found.confused:
        if one is other or id(one) in merged or id(other) in merged:
            continue
        dull = [group for group in (one, other) if not group.sharp and _shares_sort_key(group, table)]
        if dull:
            dull[0].sharp = True
            continue
        _merge(groups, one, other)
        merged |= {id(one), id(other)}


def _shares_sort_key(group: Group, table: ModelTable) -> bool:
    """Tell whether all rows of a group have the same words as their sort key, which can be a literal then."""
    if table.sort is None or table.sort.type != "S":
        return False
    texts = {row[table.sort.name]["S"] for row in group.rows}
    return len(texts) == 1 and not any(char.isdigit() for char in texts.pop())


def _merge(groups: list[Group], one: Group, other: Group) -> None:
    """Let one group stand for two whose keys are alike."""
    first, second = sorted((one, other), key=groups.index)
    kept, gone = (second, first) if second.rows and not first.rows else (first, second)
    if gone.rows:
        kept.notes.append(f"the keys of {first.title!r} and {second.title!r} do not tell them apart")
        kept.title = f"{first.title} or {second.title}"
    elif gone.facets:
        kept.notes.append(f"the facet {gone.facets[0]!r} has no rows, and no keys of its own")
    kept.notes += gone.notes
    kept.rows += gone.rows
    kept.facets = (*first.facets, *second.facets)
    kept.attributes = tuple(dict.fromkeys((*first.attributes, *second.attributes)))
    if gone.rows:
        (pk, sk), (other_pk, other_sk) = kept.aliases, gone.aliases
        kept.aliases = (pk if pk == other_pk else None, sk if sk == other_sk else None)
    kept.sharp, kept.level = False, 0
    kept.notes = list(dict.fromkeys(kept.notes))
    groups.remove(gone)
