"""The unit of work: what was asked for and all that follows from it, carried out as one, or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import attrs

from pynamite.dynamo.backoff import Backoff
from pynamite.dynamo.send import send
from pynamite.entities.member import Member
from pynamite.errors import ConditionFailedError, OperationError, TransactionCanceledError
from pynamite.local.evaluate import holds
from pynamite.operation.transact import transact_write
from pynamite.repository.session import Session
from pynamite.repository.writing.expansion import Action, Expansion, Identity, OpenTransaction, identity_of, looks_back
from pynamite.repository.writing.guards import note_foreign
from pynamite.repository.writing.intents import Intent, failure_of
from pynamite.repository.writing.writes import Refusal, Write
from pynamite.wire import Item, item_from_wire

__all__ = ["ATTEMPTS", "BACKOFF", "Done", "carry_out", "given_up", "kept_changing", "perform"]

ATTEMPTS = 20
"""How often what depends on items that keep changing is made anew before the caller is told."""

BACKOFF = Backoff(first=0.01, longest=1.0)
"""The waits between these attempts, each with full jitter, so that writers who met once do not meet again."""


@attrs.frozen(eq=False)
class Done:
    """What was carried out: the first intent's item before and after, as far as it is known."""

    old: Item | None
    new: Item | None


def _done(write: Refusal, answer: Any) -> Done:
    """Read what a write that went by itself says of its item."""
    operation = write.operation
    match operation.action:
        case "UpdateItem":
            return Done(None, answer)
        case "DeleteItem":
            expired = answer is not None and isinstance(write, Write) and write.over_expired(answer)
            return Done(None if expired else answer, None)
    return Done(None, operation.request.get("Item"))


def perform(session: Session, intent: Intent[Any]) -> Done:
    """Send an intent from which nothing follows; a refusal is worded for the entity.

    Raises:
        OperationError: the write was refused.
    """
    write = intent.write()
    try:
        return _done(write, send(session.client, write.operation))
    except ConditionFailedError as error:
        raise write.explain(error) from error.__cause__


def carry_out(
    session: Session,
    intents: Sequence[Intent[Any]],
    open_transaction: OpenTransaction,
    *,
    together: bool = True,
    token: str | None = None,
    now: Callable[[], datetime] | None = None,
) -> Done:
    """Carry out intents with all that follows from them, in one transaction.

    A single write goes by itself unless it is to be ``together``. Where items were read first and changed meanwhile, it
    is all made anew, up to 20 times. ``token`` makes it harmless to send the same again.

    Raises:
        TransactionCanceledError: an action was at fault (the reasons are those of the intents, in order); or what was
            given as its ``on_failure``.
        OperationError: the database said no.
    """
    last: OperationError | None = None
    read: set[Identity] = set()
    foreign: set[Identity] = set()
    for attempt in range(ATTEMPTS):
        expansion = Expansion(open_transaction, now or session.now, read=read, foreign=foreign)
        for number, intent in enumerate(intents):
            expansion.add(intent, f"{intent.verb} {intent.member.definition.name}", (number,))
        expansion.settle()
        if expansion.clashes:
            _refuse_clashes(session, len(intents), expansion.clashes)
        actions = expansion.actions
        alone = not together and len(actions) == 1 and actions[0].write.operation.action != "ConditionCheck"
        try:
            return _alone(session, actions[0]) if alone else _as_one(session, actions, token)
        except TransactionCanceledError as error:
            read |= _in_the_way(actions, error.reasons)
            news = note_foreign([action.write for action in actions], error.reasons, foreign)
            if not news and not _is_overtaken(actions, error.reasons):
                _explain(session, len(intents), actions, error)
            last = error
        except ConditionFailedError as error:
            read |= _in_the_way(actions, (error,))
            if not _is_overtaken(actions, (error,)):
                raise actions[0].write.explain(error) from error.__cause__
            last = error
        BACKOFF.wait(attempt)
    first = next((intent for intent in intents if looks_back(intent)), intents[0])
    raise given_up(first, last) from (None if last is None else last.__cause__)


def _alone(session: Session, action: Action) -> Done:
    return _done(action.write, send(session.client, action.write.operation))


def _as_one(session: Session, actions: Sequence[Action], token: str | None) -> Done:
    # One token for all tries makes it harmless to send the transaction again: API Reference, "TransactWriteItems".
    operation = transact_write([action.write.operation for action in actions], token or uuid.uuid4().hex)
    send(session.client, operation)
    outcome = actions[0].outcome
    return Done(None, None) if outcome is None else Done(outcome.old, outcome.new)


def _is_overtaken(actions: Sequence[Action], reasons: Sequence[OperationError | None]) -> bool:
    """Tell whether an item changed since it was read, so that all that was worked out from it has to be made anew.

    Whatever else stood in the way may be what followed from the item as it was: the version that somebody else made of
    it, the guard that it has no more. If it is not, it stands in the way of the next attempt, too.
    """
    pairs = zip(actions, reasons, strict=False)
    return any(reason is not None and _has_changed(action, reason) for action, reason in pairs)


def _in_the_way(actions: Sequence[Action], reasons: Sequence[OperationError | None]) -> set[Identity]:
    """Find the upserts that met an expired item, whose attributes would come back: they have to look at it first."""
    return {
        identity_of(action.intent)
        for action, reason in zip(actions, reasons, strict=False)
        if action.intent is not None and reason is not None and _met_expired(action, reason)
    }


def _met_expired(action: Action, reason: OperationError) -> bool:
    write = action.write
    there = (reason.response or {}).get("Item")
    return isinstance(reason, ConditionFailedError) and isinstance(write, Write) and write.met_expired(there)


def _has_changed(action: Action, reason: OperationError) -> bool:
    if _met_expired(action, reason):
        return True
    outcome = action.outcome
    if outcome is None or outcome.unchanged is None or not isinstance(reason, ConditionFailedError):
        return False
    there = (reason.response or {}).get("Item")
    if there and action.intent is not None and not action.intent.member.is_typed(there):
        return False
    return not holds(outcome.unchanged, there or {})


def _refuse_clashes(session: Session, count: int, clashes: Sequence[tuple[Action, OperationError]]) -> None:
    error = TransactionCanceledError(
        "", reasons=[reason for _, reason in clashes], operation="TransactWriteItems", table_name=session.table_name
    )
    _explain(session, count, [action for action, _ in clashes], error)


def _explain(session: Session, count: int, actions: Sequence[Action], error: TransactionCanceledError) -> None:
    """Raise what an error means for what was asked for, unless it says nothing of its actions."""
    if not error.reasons:
        raise error
    reasons: list[OperationError | None] = [None] * count
    said: list[str] = []
    chosen: BaseException | None = None
    for action, reason in zip(actions, error.reasons, strict=False):
        if reason is None:
            continue
        worded = action.write.explain(reason) if type(reason) is ConditionFailedError else reason
        worded.__cause__ = error.__cause__
        numbers = " and ".join(map(str, action.origins))
        said.append(f"operation {numbers} ({action.why}): {worded}")
        if chosen is None and action.on_failure is not None:
            chosen = failure_of(action.on_failure, worded)
        for origin in action.origins:
            reasons[origin] = reasons[origin] or worded
    told = TransactionCanceledError(
        f"the transaction was cancelled, nothing was written: {'; '.join(said)}",
        reasons=reasons,
        operation=error.operation,
        table_name=error.table_name or session.table_name,
        code=error.code,
        response=error.response,
    )
    told.__cause__ = error.__cause__
    if chosen is not None:
        raise chosen from told
    raise told from error.__cause__


def given_up(intent: Intent[Any], last: OperationError | None = None) -> ConditionFailedError:
    """Make the error that an intent's item kept changing."""
    return kept_changing(intent.member, intent.key, last)


def kept_changing(member: Member[Any], item_key: Item, last: OperationError | None = None) -> ConditionFailedError:
    """Make the error that an item kept changing."""
    key = item_from_wire(item_key)
    name, values = member.definition.name, member.parse_item_key(item_key)
    told = f"{name} with {member.shown_key(values) if values else repr(key)}"
    return ConditionFailedError(
        f"{told} was changed by others each of {ATTEMPTS} times that it was read: try again later",
        operation="TransactWriteItems" if last is None else last.operation,
        table_name=member.table_name,
        key=key,
        code=None if last is None else last.code,
        response=None if last is None else last.response,
        entity=name,
    )
