"""Two actions on one item: adds to the same numbers and sets become one, everything else is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from pynamite.expression import nodes
from pynamite.expression.build import Change
from pynamite.repository.writing.intents import Check, Create, Delete, Intent, Put, Update

__all__ = ["merged"]


def merged(one: Intent[Any], other: Intent[Any]) -> Intent[Any] | None:
    """Make one intent of two that concern the same item; None where that cannot be."""
    if one.member is not other.member:
        return None
    if isinstance(one, Update) and isinstance(other, Update):
        return _added(one, other)
    if isinstance(one, Check) and isinstance(other, Check):
        return _checked(one, other)
    for gone, come in ((one, other), (other, one)):
        # What one item does not have beside itself any more, another one has now.
        if isinstance(gone, Delete) and isinstance(come, Create) and gone.kept and come.kept:
            return Put(session=come.session, member=come.member, instance=come.instance, kept=True)
    return None


def _checked(one: Check[Any], other: Check[Any]) -> Check[Any] | None:
    if None not in {one.version, other.version} and one.version != other.version:
        return None
    return attrs.evolve(
        one,
        where=_both(one.where, other.where),
        version=other.version if one.version is None else one.version,
        on_failure=one.on_failure or other.on_failure,
    )


def _both(one: nodes.Condition | None, other: nodes.Condition | None) -> nodes.Condition | None:
    if one is None or one == other:
        return other
    return one if other is None else nodes.conjunction(one, other)


def _added(one: Update[Any], other: Update[Any]) -> Update[Any] | None:
    """Add two updates that do nothing but add.

    A condition on what they add to would hold for the one, and not for both together: such are not merged.
    """
    same = (one.upsert, one.reread) == (other.upsert, other.reread)
    if not same or one.version is not None or other.version is not None:
        return None
    actions = [action for _, action in (*one.actions, *other.actions)]
    sums = _sums(actions)
    if sums is None:
        return None
    fields = one.member.definition.fields
    tops = {str(action.path.steps[0]) for action in actions}
    counted = {fields[top].attribute if top in fields else top for top in tops}
    looked_at = [
        str(leaf.steps[0])
        for where in (one.where, other.where)
        if where is not None
        for leaf in nodes.leaves(where)
        if isinstance(leaf, nodes.Path)
    ]
    if counted & set(looked_at):
        return None
    return attrs.evolve(
        one,
        changes=tuple(Change(action) for action in sums),
        where=_both(one.where, other.where),
        on_failure=one.on_failure or other.on_failure,
    )


def _sums(actions: Sequence[Any]) -> list[Any] | None:
    """Sum up additions path by path; None where there is anything else."""
    found: dict[tuple[object, ...], Any] = {}
    for action in actions:
        key = (type(action), action.path.steps)
        match action:
            case nodes.Set(
                path,
                nodes.Arithmetic(sign, nodes.IfNotExists(source, nodes.Literal(start)) as left, nodes.Literal(amount)),
            ) if source.steps == path.steps and start == 0:
                total = amount if sign == "+" else -amount
                if key in found:
                    total += found[key].value.right.value
                found[key] = nodes.Set(path, nodes.Arithmetic("+", left, nodes.Literal(total)))
            case nodes.Add(path, nodes.Literal(members)):
                if key in found:
                    members = members | found[key].value.value
                found[key] = nodes.Add(path, nodes.Literal(members))
            case _:
                return None
    return list(found.values())
