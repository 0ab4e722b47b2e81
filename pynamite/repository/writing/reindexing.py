"""Reindexing: all items of an entity are given what follows from their fields, as it is declared by now.

An index was added, something became unique, a companion was declared: the items from before do not have it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pynamite.dynamo.send import pages, send, send_batch_get
from pynamite.entities.member import Member
from pynamite.entities.unique import GUARD_MARK, OWNER
from pynamite.errors import ConditionFailedError, OperationError, TransactionCanceledError, UniqueViolationError
from pynamite.expression import nodes
from pynamite.key.tenant import SEPARATOR
from pynamite.operation.delete import delete_item
from pynamite.operation.get import get_item
from pynamite.operation.operation import Operation
from pynamite.operation.scan import scan
from pynamite.operation.transact import condition_check, transact_write
from pynamite.repository.expiring import there
from pynamite.repository.session import Session
from pynamite.repository.writing import unit
from pynamite.repository.writing.repairs import as_found, has_guard, repairs_of, survey
from pynamite.repository.writing.rereading import read_stored
from pynamite.wire import Item

__all__ = ["Progress", "reindex"]

Progress = Callable[[int, int], object]
"""What is told how far a reindexing has come: how many items were looked at, and for how many something was written."""


def reindex(session: Session, member: Member[Any], progress: Progress | None = None) -> int:
    """Go through all items of an entity, and write what follows from their fields where it is missing or wrong.

    Guards that stand for no item any more are taken away.

    Raises:
        UniqueViolationError: two items have the same unique value; everything else was done, and there is a note for
            each further one.
        ItemStructureError, KeyValueError, ItemExistsError: what follows from an item cannot be written; those before it
            are done.
    """
    definition = member.definition
    if not (definition.uniques or definition.companions or any(keys.kept for keys in member.indexes.values())):
        return 0
    seen = written = 0
    twice: list[UniqueViolationError] = []
    for page in pages(session.client, scan(member.table_name, filter=_filter(session, member), consistent_read=True)):
        items = [item for item in there(member, page.items, include_expired=False) if item is not None]
        for item in _lacking(session, member, items):
            try:
                written += _carried_out(session, member, item, _repairs)
            except UniqueViolationError as error:
                twice.append(error)
        for guard in _orphans(session, member, page.items):
            written += _carried_out(session, member, guard, _removal)
        seen += len(items)
        if progress is not None:
            progress(seen, written)
    if twice:
        for other in twice[1:]:
            twice[0].add_note(str(other))
        raise twice[0]
    return written


def _filter(session: Session, member: Member[Any]) -> nodes.Condition | None:
    """Give the filter of the entity's items and their guards."""
    parts: list[nodes.Condition] = []
    if member.type_attribute is not None:
        own = member.definition.type_value
        values = tuple(nodes.Value({"S": text}) for text in (own, own + GUARD_MARK))
        parts.append(nodes.In(nodes.Path((member.type_attribute,)), values))
    if session.tenant is not None:
        path, prefix = nodes.Path((member.key_attributes[0],)), nodes.Value({"S": session.tenant + SEPARATOR})
        parts.append(nodes.Function("begins_with", (path, prefix)))
    return nodes.conjunction(*parts) if parts else None


def _lacking(session: Session, member: Member[Any], items: Sequence[Item]) -> Iterable[Item]:
    """Find the items that seem to lack something: whether they do is known when they are read once more."""
    beside = survey(session, member, items)
    for item in items:
        try:
            lacks = bool(repairs_of(session, member, item, beside))
        except UniqueViolationError:
            lacks = True
        if lacks:
            yield item


def _orphans(session: Session, member: Member[Any], items: Iterable[Item]) -> list[Item]:
    """Find the guards of what is unique whose owners seem not to have the values, or not to be there."""
    guards = [item for item in items if _stands_for(member, item) is not None and not member.has_expired(item)]
    owners = send_batch_get(
        session.client, member.table_name, [guard[OWNER]["M"] for guard in guards], consistent_read=True
    )
    return [
        guard
        for guard, owner in zip(guards, owners, strict=True)
        if not has_guard(member, owner, _stands_for(member, guard) or "")
    ]


def _stands_for(member: Member[Any], item: Item) -> str | None:
    """Give the text of a guard by which it stands for a unique value of the entity; None for any other item."""
    text = member.slots[0].text_of(item) if member.is_guard(item) and "M" in item.get(OWNER, {}) else None
    heads = tuple(unique.template.head for unique in member.definition.uniques)
    return text if text is not None and text.startswith(heads) else None


def _repairs(session: Session, member: Member[Any], key: Item) -> list[Operation[Any]]:
    item = read_stored(session, member, key)
    return [] if item is None else repairs_of(session, member, item, survey(session, member, [item]))


def _removal(session: Session, member: Member[Any], key: Item) -> list[Operation[Any]]:
    guard = send(session.client, get_item(member.table_name, key, consistent_read=True))
    text = None if guard is None else _stands_for(member, guard)
    if guard is None or text is None:
        return []
    owner: Item = guard[OWNER]["M"]
    item = send(session.client, get_item(member.table_name, owner, consistent_read=True))
    if has_guard(member, item, text):
        return []
    same = nodes.Compare("=", nodes.Path((OWNER,)), nodes.Value(guard[OWNER]))
    return [
        delete_item(member.table_name, key, condition=same),
        condition_check(member.table_name, owner, as_found(member, item)),
    ]


def _carried_out(
    session: Session,
    member: Member[Any],
    item: Item,
    make: Callable[[Session, Member[Any], Item], list[Operation[Any]]],
) -> bool:
    """Carry out what an item needs, made anew whenever somebody else was faster; tells whether it needed anything."""
    key = {name: item[name] for name in member.key_attributes}
    last: OperationError | None = None
    for attempt in range(unit.ATTEMPTS):
        operations = make(session, member, key)
        if not operations:
            return False
        try:
            alone = operations[0] if len(operations) == 1 else transact_write(operations, uuid.uuid4().hex)
            send(session.client, alone)
        except (ConditionFailedError, TransactionCanceledError) as error:
            if not _is_overtaken(error):
                raise
            last = error
        else:
            return True
        unit.BACKOFF.wait(attempt)
    raise unit.kept_changing(member, key, last) from (None if last is None else last.__cause__)


def _is_overtaken(error: OperationError) -> bool:
    if not isinstance(error, TransactionCanceledError):
        return True
    return any(isinstance(reason, ConditionFailedError) for reason in error.reasons)
