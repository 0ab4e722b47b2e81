"""The unit of work: what was asked for and all that follows from it, carried out as one, or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import attrs

from pynamite.dynamo.backoff import AT_ONCE, CONFLICTS, Backoff
from pynamite.dynamo.send import is_conflict, send
from pynamite.entities.member import Member
from pynamite.errors import ConditionFailedError, OperationError, TransactionCanceledError
from pynamite.local.evaluate import holds
from pynamite.operation.operation import Operation
from pynamite.operation.transact import transact_write
from pynamite.repository.concerning import concern
from pynamite.repository.session import Session
from pynamite.repository.writing.expansion import Action, Expansion, Identity, OpenTransaction, identity_of, looks_back
from pynamite.repository.writing.guards import note_foreign
from pynamite.repository.writing.intents import Intent, failure_of
from pynamite.repository.writing.reasons import numbered_operations
from pynamite.repository.writing.unfit import explained
from pynamite.repository.writing.writes import Refusal, Write
from pynamite.wire import Item, item_from_wire

__all__ = ["ATTEMPTS", "BACKOFF", "Done", "carry_out", "given_up", "kept_changing", "perform", "send_alone"]

R = TypeVar("R")

ATTEMPTS = CONFLICTS.attempts
"""How often what depends on items that keep changing is made anew before the caller is told."""

BACKOFF = CONFLICTS
"""The waits between these attempts."""


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
            return Done(_alive(write, answer), None)
    return Done(_alive(write, answer.get("Attributes")), operation.request.get("Item"))


def _alive(write: Refusal, old: Item | None) -> Item | None:
    """Give an old item, unless it had expired."""
    return None if not old or (isinstance(write, Write) and write.over_expired(old)) else old


def perform(session: Session, intent: Intent[Any]) -> Done:
    """Send an intent from which nothing follows; a refusal is worded for the entity.

    Raises:
        OperationError: the write was refused.
    """
    write = intent.write()
    return _done(write, send_alone(session, write.operation, lambda: write))


def send_alone(session: Session, operation: Operation[R], write: Callable[[], Write[Any]]) -> R:
    """Send a write from which nothing follows, and give its answer.

    ``write`` makes what words a refusal for the entity, which is wanted only then.

    Raises:
        OperationError: it was refused.
    """
    try:
        return send(session.client, operation)
    except OperationError as error:
        refused = write()
        told = refused.explain(error) if isinstance(error, ConditionFailedError) else explained(refused, error)
        concern(told, refused.member, operation.key)
        raise told from error.__cause__


def carry_out(
    session: Session,
    intents: Sequence[Intent[Any]],
    open_transaction: OpenTransaction,
    *,
    now: Callable[[], datetime],
    together: bool = True,
    token: str | None = None,
) -> Done:
    """Carry out intents with all that follows from them, in one transaction.

    A single write goes by itself unless it is to be ``together``. Where items were read first and changed meanwhile, it
    is all made anew, again and again. ``token`` makes it harmless to send the same again; what follows is stamped by
    the clock ``now``.

    Raises:
        TransactionCanceledError: an action was at fault (the reasons are those of the intents, in order); or what was
            given as its ``on_failure``.
        OperationError: the database said no.
    """
    last: OperationError | None = None
    read: set[Identity] = set()
    foreign: set[Identity] = set()
    for attempt in range(ATTEMPTS):
        expansion = Expansion(intents, open_transaction, now, read=read, foreign=foreign)
        expansion.settle()
        if expansion.clashes:
            _refuse_clashes(session, len(intents), expansion.clashes)
        actions = expansion.actions
        alone = not together and len(actions) == 1 and actions[0].write.operation.action != "ConditionCheck"
        # What depends on what was read is not sent again as it is: whoever was in the way has changed it.
        anew = any(action.outcome is not None and action.outcome.unchanged is not None for action in actions)
        waits = AT_ONCE if anew else CONFLICTS
        try:
            return _alone(session, actions[0], waits) if alone else _as_one(session, actions, token, waits)
        except TransactionCanceledError as error:
            read |= _in_the_way(actions, error.reasons)
            news = note_foreign([action.write for action in actions], error.reasons, foreign)
            waiting = anew and is_conflict(error)
            if not news and not waiting and not _is_overtaken(actions, error.reasons):
                _explain(session, len(intents), actions, error)
            last = error
        except ConditionFailedError as error:
            read |= _in_the_way(actions, (error,))
            if not _is_overtaken(actions, (error,)):
                raise actions[0].write.explain(error) from error.__cause__
            last = error
        except OperationError as error:
            if not alone:
                raise
            if not (anew and is_conflict(error)):
                raise _worded(actions[0], error) from error.__cause__
            last = error
        BACKOFF.wait(attempt)
    first = next((intent for intent in intents if looks_back(intent)), intents[0])
    raise given_up(first, last) from (None if last is None else last.__cause__)


def _alone(session: Session, action: Action, waits: Backoff) -> Done:
    return _done(action.write, send(session.client, action.write.operation, backoff=waits))


def _as_one(session: Session, actions: Sequence[Action], token: str | None, waits: Backoff) -> Done:
    # One token for all tries makes it harmless to send the transaction again: API Reference, "TransactWriteItems".
    operation = transact_write([action.write.operation for action in actions], token or uuid.uuid4().hex)
    send(session.client, operation, backoff=waits)
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


def _worded(action: Action, reason: OperationError) -> OperationError:
    """Say what a refusal means for a write."""
    if type(reason) is ConditionFailedError:
        return action.write.explain(reason)
    return explained(action.write, reason) if isinstance(action.write, Write) else reason


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
        worded = _worded(action, reason)
        worded.__cause__ = error.__cause__
        if action.intent is not None:
            concern(worded, action.intent.member, action.intent.key)
        said.append(f"{numbered_operations(action.origins)} ({action.why}): {worded}")
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
