"""Many items at once: chunks of a batch, or one by one where each needs its condition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pynamite.dynamo.chunks import Progress, check_progress
from pynamite.dynamo.send import KeyIdentity, key_identity, key_of, send_batch_get, send_batch_write
from pynamite.entities.member import Member
from pynamite.errors import OperationError
from pynamite.expression import nodes
from pynamite.operation.batch import WriteEntry, delete_entry, put_entry
from pynamite.repository.session import Session, key_values
from pynamite.repository.writing.given import check_instance
from pynamite.repository.writing.making import made
from pynamite.repository.writing.rereading import perform
from pynamite.repository.writing.writes import Write, delete_write, put_write
from pynamite.wire import Item

__all__ = ["delete_many", "get_many", "put_many"]

E = TypeVar("E")


def get_many(
    session: Session,
    member: Member[E],
    keys: Iterable[Mapping[str, Any] | E],
    *,
    projection: nodes.Projection | None = None,
    consistent_read: bool = False,
    progress: Progress | None = None,
) -> list[Item | None]:
    """Get the items of many keys, in their order; keys that stay undone are told as they were given."""
    check_progress(progress)
    given = list(keys)
    wanted = [member.key(key_values(member, key, {})) for key in given]
    by_key = dict(zip(map(key_identity, reversed(wanted)), reversed(given), strict=True))
    return send_batch_get(
        session.client,
        session.table_name,
        wanted,
        projection=projection,
        consistent_read=consistent_read,
        progress=progress,
        shown=lambda key: by_key[key_identity(key)],
    )


def put_many(
    session: Session,
    member: Member[E],
    instances: Iterable[E],
    *,
    checked: bool = False,
    progress: Progress | None = None,
) -> None:
    """Put many items; those that stay undone are told as they were to be stored."""
    check_progress(progress)
    given = list(instances)
    for instance in given:
        check_instance(member, instance)
    given = [made(member, instance, session.now) for instance in given]
    if checked:
        _one_by_one(session, [put_write(member, instance) for instance in given], progress)
        return
    _write(session, member, [(put_entry(member.item(instance)), instance) for instance in given], progress)


def delete_many(
    session: Session,
    member: Member[E],
    keys: Iterable[Mapping[str, Any] | E],
    *,
    checked: bool = False,
    progress: Progress | None = None,
) -> None:
    """Delete many items; keys that stay undone are told as they were given."""
    check_progress(progress)
    given = list(keys)
    values = [key_values(member, key, {}) for key in given]
    if checked:
        _one_by_one(session, [delete_write(member, one) for one in values], progress)
        return
    entries = [delete_entry(member.key(one)) for one in values]
    _write(session, member, list(zip(entries, given, strict=True)), progress)


def _write(
    session: Session, member: Member[Any], told: Sequence[tuple[WriteEntry, Any]], progress: Progress | None
) -> None:
    """Write entries in batches; each comes with what its caller knows it by."""

    def identity(entry: WriteEntry) -> KeyIdentity:
        return key_identity(key_of(entry, member.key_attributes))

    by_key = {identity(entry): known for entry, known in told}
    send_batch_write(
        session.client,
        session.table_name,
        [entry for entry, _ in told],
        key_names=member.key_attributes,
        progress=progress,
        shown=lambda entry: by_key[identity(entry)],
    )


def _one_by_one(session: Session, writes: Sequence[Write[Any]], progress: Progress | None) -> None:
    for done, write in enumerate(writes):
        try:
            perform(session, write)
        except OperationError as error:
            error.add_note(f"{done} of {len(writes)} entries were done before")
            raise
        if progress is not None:
            progress(done + 1, len(writes))
