"""What a verb is given: instances and conditions, checked and bound."""

from __future__ import annotations

from typing import Any

from pynamite.entities.conditions import bind_condition
from pynamite.entities.member import Member
from pynamite.expression import nodes
from pynamite.expression.build import Condition, as_condition

__all__ = ["bound_where", "check_instance"]


def bound_where(member: Member[Any], where: Condition | None) -> nodes.Condition | None:
    """Bind the ``where=`` of a write; raises TypeError for what is no condition."""
    node = as_condition(where, "where=")
    return None if node is None else bind_condition(member, node)


def check_instance(member: Member[Any], instance: object) -> None:
    """Refuse, with a TypeError, what is no instance of an entity's class itself."""
    if type(instance) is not member.definition.cls:
        raise TypeError(f"the repository of {member.definition.name} takes its instances, not {instance!r}")
