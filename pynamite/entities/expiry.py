"""Items that have expired: the condition that says so, and what is wrong with the field that says when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import attrs

from pynamite.entities.annotations import spelled
from pynamite.entities.epoch import is_epoch_kind, second_of
from pynamite.entities.fields import options_of
from pynamite.entities.structs import FieldPlan
from pynamite.expression import nodes
from pynamite.local.evaluate import holds
from pynamite.wire import AttributeValue, Item

__all__ = ["another", "has_passed", "passed", "second_wire", "ttl_conflicts", "ttl_problems"]

APART = ("key_only", "rest", "created", "updated", "version", "unique")
"""The options of a field that say something else of it than when the item expires."""


def passed(attribute: str, moment: datetime) -> nodes.Condition:
    """Give the condition that the time in an attribute has come: that the item has expired, deleted or not.

    Its opposite is ``Not`` of it, which holds without the attribute, too, and where it is no number: "items with a TTL
    attribute that is not a Number type are ignored": Developer Guide, "Using time to live (TTL)".
    """
    return nodes.Compare("<=", nodes.Path((attribute,)), nodes.Value(second_wire(moment)))


def second_wire(moment: datetime) -> AttributeValue:
    """Give the second that a clock is in as what the time in an attribute is compared with.

    Raises:
        ValueError: its moment is naive.
    """
    return {"N": str(second_of(moment))}


def another(moment: datetime) -> datetime:
    """Give another moment: what is made by both differs where it depends on that."""
    return moment + timedelta(days=-1 if moment.year > 1970 else 1)


def has_passed(item: Item, attribute: str, moment: datetime) -> bool:
    """Tell whether the time in an attribute of an item has come."""
    return attribute in item and holds(passed(attribute, moment), item)


def ttl_problems(cls: type, fields: Mapping[str, FieldPlan], key_fields: Iterable[str]) -> list[str]:
    """Find what is wrong with the ttl field of an entity; ``key_fields`` are what any of its keys is made of."""
    name = cls.__name__
    plans = [plan for plan in fields.values() if plan.options.ttl]
    found: list[str] = []
    if len(plans) > 1:
        names = ", ".join(repr(one.name) for one in plans)
        found.append(f"entity {name!r} has more than one ttl field: {names}; an item expires once")
    found += [
        f"field {own.name!r} of entity {name!r} is ttl=True, but init=False, so that it is not stored: "
        "make it an argument of the constructor"
        for own in attrs.fields(cls)
        if not own.init and options_of(own).ttl
    ]
    keys = set(key_fields)
    for plan in plans:
        field = f"field {plan.name!r} of entity {name!r} is ttl=True"
        if not is_epoch_kind(plan.kind):
            found.append(
                f"{field}, but {spelled(plan.kind)}: annotate it datetime, timedelta, or int (seconds since 1970), "
                "with None if there are items that do not expire"
            )
        elif plan.name in keys and plan.is_duration:
            found.append(
                f"{field} and a timedelta, which is counted from the moment of writing, so that no key can be made "
                "of it: declare it datetime"
            )
        found += [f"{field} and {other}=True: it can only be one" for other in APART if getattr(plan.options, other)]
    return found


def ttl_conflicts(table_name: str, entities: Mapping[str, Mapping[str, FieldPlan]]) -> list[str]:
    """Find what the entities of a table do not agree on: a table has one attribute that its items expire by.

    ``entities`` has the fields of each.
    """
    having = {name: plan for name, fields in entities.items() for plan in fields.values() if plan.options.ttl}
    attributes = list(dict.fromkeys(plan.attribute for plan in having.values()))
    if len(attributes) > 1:
        told = ", ".join(f"{plan.attribute!r} ({name}.{plan.name})" for name, plan in having.items())
        problem = (
            f"the entities of table {table_name!r} store their ttl fields under different names, {told}, but DynamoDB "
            f"looks at one attribute: give all of them the same name=, such as name={attributes[0]!r}"
        )
        return [problem]
    return [
        f"field {plan.name!r} of entity {name!r} is stored as {plan.attribute!r}, a number, by which DynamoDB deletes "
        f"items of table {table_name!r}, since {next(iter(having))!r} has its ttl field there: declare it ttl=True, or "
        "give it another name="
        for name, fields in entities.items()
        if name not in having
        for plan in fields.values()
        if plan.attribute in attributes and not plan.options.key_only and "N" in plan.stored_kinds
    ]
