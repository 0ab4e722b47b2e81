"""Deleting what a query finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pynamite.dynamo.send import send_batch_write
from pynamite.entities.member import Member
from pynamite.errors import OperationError
from pynamite.operation.batch import BATCH_WRITE_SIZE, delete_entry
from pynamite.repository.concerning import Concerning
from pynamite.repository.session import Session
from pynamite.repository.writing.intents import Delete
from pynamite.repository.writing.many import goes_singly
from pynamite.repository.writing.transaction import carry_out_one
from pynamite.wire import Item

__all__ = ["delete_found"]

Progress = Callable[[int], object]


def _delete(session: Session, member: Member[Any], keys: Sequence[Item]) -> None:
    """Delete items by their keys: in a batch, or one by one where something follows from each."""
    if goes_singly(session, member):
        for key in keys:
            carry_out_one(session, Delete(session=session, member=member, values={}, at=key))
        return
    entries = [delete_entry(key) for key in keys]
    with Concerning(member):
        send_batch_write(session.client, session.table_name, entries, key_names=member.key_attributes)


def delete_found(session: Session, found: Iterable[tuple[Member[Any], Item]], progress: Progress | None) -> int:
    """Delete items as they are found, a batch of each entity at a time; gives how many there were.

    ``found`` may be read while it is used up: no more of it is kept than a batch of each entity. ``progress`` is told
    the number after each batch.

    Raises:
        OperationError: the database said no; a note says how many are deleted.
    """
    waiting: dict[Member[Any], list[Item]] = {}
    done = 0
    try:
        for member, key in found:
            keys = waiting.setdefault(member, [])
            keys.append(key)
            if len(keys) == BATCH_WRITE_SIZE:
                done += _batch(session, member, keys)
                _tell(progress, done)
        for member, keys in waiting.items():
            if keys:
                done += _batch(session, member, keys)
                _tell(progress, done)
    except OperationError as error:
        error.add_note(f"{done} items were deleted before")
        raise
    return done


def _batch(session: Session, member: Member[Any], keys: list[Item]) -> int:
    _delete(session, member, keys)
    count = len(keys)
    keys.clear()
    return count


def _tell(progress: Progress | None, done: int) -> None:
    if progress is not None:
        progress(done)
