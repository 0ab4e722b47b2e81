"""What it means that an update does not fit the item that is there: no place for a part, nothing to copy from.

The service says so in general words; here the paths are named, and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pynamite.entities.member import Member
from pynamite.errors import ExpressionError, OperationError
from pynamite.expression import nodes
from pynamite.expression.fill import fill
from pynamite.expression.parse import parse_update
from pynamite.expression.update import Action
from pynamite.local.apply import ABSENT, INVALID_PATH, WRONG_TYPE
from pynamite.local.evaluate import lookup
from pynamite.repository.writing.writes import Write
from pynamite.wire import Item, item_from_wire

__all__ = ["explained", "told_as_unfit"]

_COUNTING = nodes.Arithmetic | nodes.ListAppend | nodes.ListInsert


def explained(write: Write[Any], error: OperationError) -> OperationError:
    """Say of the service's refusal which part of an update does not fit the item; any other error is given as it is."""
    text = write.operation.request.get("UpdateExpression")
    if text is None or type(error) is not OperationError:
        return error
    request = write.operation.request
    names, values = request.get("ExpressionAttributeNames"), request.get("ExpressionAttributeValues")
    update = fill(parse_update(text), names, values)
    told = _told(write.member, write.values, update, str(error))
    if told is None:
        return error
    return OperationError(
        told,
        operation=error.operation,
        table_name=error.table_name or write.member.table_name,
        key=item_from_wire(write.operation.key or {}),
        code=error.code,
        response=error.response,
        entity=write.member.definition.name,
    )


@contextmanager
def told_as_unfit(member: Member[Any], values: Mapping[str, Any], update: nodes.Update, item: Item) -> Iterator[None]:
    """Let what is worked out here on an item that was read be refused in the words of `explained`.

    Raises:
        OperationError: the update does not fit the item.
    """
    try:
        yield
    except ExpressionError as error:
        told = _told(member, values, update, str(error), item)
        raise OperationError(
            told or f"the update does not fit the {_named(member, values)}: {error}",
            operation="UpdateItem",
            table_name=member.table_name,
            key=item_from_wire(member.key(values)),
            entity=member.definition.name,
        ) from error


def _named(member: Member[Any], values: Mapping[str, Any]) -> str:
    return f"{member.definition.name} with {member.shown_key(values)} in table {member.table_name!r}"


def _told(
    member: Member[Any], values: Mapping[str, Any], update: nodes.Update, message: str, item: Item | None = None
) -> str | None:
    named = _named(member, values)
    if INVALID_PATH in message:
        return _without_place(member, named, [path for path in _targets(update) if not _has_place(path, item)])
    if ABSENT in message:
        return _without_source(named, [path for path in _sources(update) if item is None or not _is_there(path, item)])
    if WRONG_TYPE in message:
        return _of_another_type(member, named, list(dict.fromkeys(_counted(update))))
    return None


def _without_place(member: Member[Any], named: str, inside: Sequence[nodes.Path]) -> str | None:
    if not inside:
        return None
    holders = list(dict.fromkeys(nodes.Path(path.steps[:-1]) for path in inside))
    return (
        f"the {named} has no place for {_listed(inside)}: there is nothing, or nothing of this kind, at "
        f"{_listed(holders)}; set {_it(holders)} as a whole first{_such_as(member, holders[0])}"
    )


def _without_source(named: str, sources: Sequence[nodes.Path]) -> str | None:
    if not sources:
        return None
    return (
        f"the {named} has nothing at {_listed(sources)}, of which a value is to be made: give {_it(sources)} a value "
        "first, or change the item where=attribute(...).exists() only"
    )


def _of_another_type(member: Member[Any], named: str, counted: Sequence[nodes.Path]) -> str | None:
    if not counted:
        return None
    return (
        f"the {named} has None, or a value of another type, at {_listed(counted)}, where there is nothing to be "
        f"added to or taken from: set {_it(counted)} first{_such_as(member, counted[0])}"
    )


def _targets(update: nodes.Update) -> list[nodes.Path]:
    actions: tuple[Action, ...] = (*update.sets, *update.removes, *update.adds, *update.deletes)
    return [action.path for action in actions]


def _is_there(path: nodes.Path, item: Item) -> bool:
    return lookup(path.steps, item) is not None


def _has_place(path: nodes.Path, item: Item | None) -> bool:
    """Tell whether a path's last step can be taken in an item; where nothing is known of it, only an attribute can."""
    if len(path.steps) == 1:
        return True
    holder = None if item is None else lookup(path.steps[:-1], item)
    return holder is not None and ("L" if isinstance(path.steps[-1], int) else "M") in holder


def _sources(update: nodes.Update) -> list[nodes.Path]:
    """Find the paths that have to be there, since nothing stands in for them."""
    found: list[nodes.Path] = []
    waiting: list[Any] = [action.value for action in update.sets]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, nodes.Path):
            found.append(node)
        elif not isinstance(node, nodes.IfNotExists):
            waiting += nodes.children(node)
    return list(dict.fromkeys(found))


def _counted(update: nodes.Update) -> Iterator[nodes.Path]:
    """Walk the paths whose new value is made of the old one, which has to be of a certain type."""
    for action in update.sets:
        if isinstance(action.value, _COUNTING):
            yield from (leaf for leaf in nodes.leaves(action.value) if isinstance(leaf, nodes.Path))
    yield from (action.path for action in update.adds)
    yield from (action.path for action in update.deletes)


def _listed(paths: Sequence[nodes.Path]) -> str:
    *others, last = [repr(str(path)) for path in paths]
    return f"{', '.join(others)} or {last}" if others else last


def _it(paths: Sequence[nodes.Path]) -> str:
    return "it" if len(paths) == 1 else "these"


def _such_as(member: Member[Any], path: nodes.Path) -> str:
    fields = [plan.name for plan in member.definition.fields.values() if plan.attribute == path.steps[0]]
    if len(path.steps) > 1 or not fields:
        return ", with what it is inside of if that is missing, too"
    return f", with attribute({member.cls.__name__}.{fields[0]}).set(...)"
