"""Two actions on one item: what comes to the same in either order becomes one action, everything else is refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Context, Decimal
from typing import Any

import attrs

from pynamite.entities.changes import bind_changes
from pynamite.expression import nodes
from pynamite.expression.build import Change
from pynamite.local.apply import apply_update
from pynamite.repository.writing.intents import Check, Create, Delete, Intent, Put, Update
from pynamite.repository.writing.rereading import settled

__all__ = ["is_addition", "merged", "takes_along"]

# Wide enough for a sum of numbers to be exact, as the database's is: 38 digits each, from 1E-130 to 9.99E+125.
_EXACT = Context(prec=400)


def merged(one: Intent[Any], other: Intent[Any]) -> Intent[Any] | None:
    """Make one intent of two that concern the same item; None where that cannot be.

    Raises:
        ItemStructureError: what is added does not fit the item that the transaction makes.
    """
    if one.member.cls is not other.member.cls:
        return None
    found = _merged(one, other)
    return None if found is None else attrs.evolve(found, on_failure=one.on_failure or other.on_failure)


def _merged(one: Intent[Any], other: Intent[Any]) -> Intent[Any] | None:
    match one, other:
        case Update(), Update():
            return _joined(one, other)
        case Check(), Check():
            return _checked(one, other)
        case (Delete() as gone, Create() as come) | (Create() as come, Delete() as gone) if gone.kept and come.kept:
            # What one item does not have beside itself any more, another one has now.
            return Put(session=come.session, member=come.member, instance=come.instance, kept=True)
        case (Create() as come, Update() as more) | (Update() as more, Create() as come) if is_addition(more):
            return _made_with(come, more)
        case (Delete() as gone, Update() as more) | (Update() as more, Delete() as gone) if takes_along(gone, more):
            return attrs.evolve(gone, must_exist=True)
    return None


def _checked(one: Check[Any], other: Check[Any]) -> Check[Any] | None:
    versions = _versions(one, other)
    if len(versions) > 1:
        return None
    return attrs.evolve(one, where=_both(one.where, other.where), version=next(iter(versions), None))


def _versions(*intents: Check[Any] | Update[Any]) -> set[int]:
    return {intent.version for intent in intents if intent.version is not None}


def _both(one: nodes.Condition | None, other: nodes.Condition | None) -> nodes.Condition | None:
    if one is None or one == other:
        return other
    return one if other is None else nodes.conjunction(one, other)


def is_addition(intent: Intent[Any]) -> bool:
    """Tell whether an intent does nothing but add to an item that has to be there, whatever is in it."""
    return (
        isinstance(intent, Update)
        and not intent.upsert
        and intent.where is None
        and intent.version is None
        and all(_key_of(action) is not None for _, action in intent.actions)
    )


def takes_along(gone: Delete[Any], more: Intent[Any]) -> bool:
    """Tell whether what is added to an item may go with it: it was added before."""
    if gone.moved or not isinstance(more, Update) or not is_addition(more):
        return False
    return not _looked_at(gone.where) & _changed(more)


def _made_with(create: Create[Any], more: Update[Any]) -> Create[Any]:
    """Count what is added into the item that the transaction makes."""
    member = create.member
    item = {**(create.unknown or {}), **member.item(create.instance)}
    update = settled(member, bind_changes(member, more.changes).update, item)
    return attrs.evolve(create, instance=member.instance(apply_update(update, item)))


def _joined(one: Update[Any], other: Update[Any]) -> Update[Any] | None:
    """Make one update of two that do not mind each other: both may add to the same numbers and sets.

    A condition on what the other one changes would hold for the one alone, and not for both together.
    """
    versions = _versions(one, other)
    if one.upsert != other.upsert or len(versions) > 1:
        return None
    if _minded(one) & _changed(other) or _minded(other) & _changed(one):
        return None
    actions = [action for _, action in (*one.actions, *other.actions)]
    sums = _sums(action for action in actions if _key_of(action) is not None)
    if sums is None:
        return None
    rest = [action for action in actions if _key_of(action) is None]
    return attrs.evolve(
        one,
        changes=tuple(Change(action) for action in (*rest, *sums)),
        where=_both(one.where, other.where),
        reread=one.reread or other.reread,
        version=next(iter(versions), None),
    )


def _changed(update: Update[Any]) -> set[str]:
    """Name the attributes that an update changes, its stamps among them."""
    definition = update.member.definition
    stamps = {plan.attribute for plan in (definition.updated, definition.version) if plan is not None}
    return stamps | {_top(update, action.path) for _, action in update.actions}


def _minded(update: Update[Any]) -> set[str]:
    """Name the attributes that have to be as an update knows them: nobody else may change them."""
    others = [action for _, action in update.actions if _key_of(action) is None]
    targets = [_top(update, action.path) for action in others]
    values = [action.value for action in others if isinstance(action, nodes.Set)]
    sources = [_top(update, path) for value in values for path in _paths(value)]
    return {*_looked_at(update.where), *targets, *sources}


def _looked_at(where: nodes.Condition | None) -> set[str]:
    return set() if where is None else {str(path.steps[0]) for path in _paths(where)}


def _paths(node: Any) -> list[nodes.Path]:
    return [leaf for leaf in nodes.leaves(node) if isinstance(leaf, nodes.Path)]


def _top(update: Update[Any], path: nodes.Path) -> str:
    """Name the attribute that a path of field names starts from; conditions are bound, and have attributes already."""
    plan = update.member.definition.fields.get(str(path.steps[0]))
    return str(path.steps[0]) if plan is None else plan.attribute


def _key_of(action: Any) -> tuple[object, ...] | None:
    """Give what tells an addition from those to other places; None for what is no addition."""
    match action:
        case nodes.Set(
            path, nodes.Arithmetic(_, nodes.IfNotExists(source, nodes.Literal(0)), nodes.Literal(amount))
        ) if source.steps == path.steps and _is_number(amount):
            return "number", path.steps
        case nodes.Add(path, nodes.Literal(members)) if isinstance(members, set | frozenset):
            return "add", path.steps
        case nodes.Delete(path, nodes.Literal(members)) if isinstance(members, set | frozenset):
            return "discard", path.steps
    return None


def _is_number(amount: object) -> bool:
    return isinstance(amount, int | Decimal | float) and not isinstance(amount, bool)


def _sums(actions: Iterable[Any]) -> list[Any] | None:
    """Sum up additions place by place; None where they do not go together."""
    places: dict[tuple[object, ...], list[Any]] = {}
    for action in actions:
        places.setdefault(_key_of(action) or (), []).append(action)
    if len({key[1] for key in places}) < len(places):
        return None
    found = [_sum(same) for same in places.values()]
    return None if None in found else found


def _sum(actions: Sequence[Any]) -> Any:
    first = actions[0]
    if len(actions) == 1:
        return first
    if not isinstance(first, nodes.Set):
        return type(first)(first.path, nodes.Literal(frozenset().union(*(action.value.value for action in actions))))
    steps: list[Any] = [action.value for action in actions]
    total = _total([step.right.value if step.operator == "+" else _negated(step.right.value) for step in steps])
    return None if total is None else nodes.Set(first.path, nodes.Arithmetic("+", steps[0].left, nodes.Literal(total)))


def _negated(amount: Any) -> Any:
    # The sign of a Decimal by itself: the operator rounds.
    return amount.copy_negate() if isinstance(amount, Decimal) else -amount


def _total(amounts: Sequence[Any]) -> int | Decimal | float | None:
    """Add numbers up exactly, by the digits that they are stored with; None for floats among Decimals."""
    kinds = {type(amount) for amount in amounts}
    if kinds >= {Decimal, float}:
        return None
    if kinds == {int}:
        return int(sum(amounts))
    total = Decimal(0)
    for amount in amounts:
        total = _EXACT.add(total, Decimal(repr(amount)) if isinstance(amount, float) else Decimal(amount))
    return float(total) if float in kinds else total
