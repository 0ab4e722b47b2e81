"""Many writes by one verb: in batches, which take no conditions, or one by one where they are needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from pynamite.dynamo.chunks import Progress, check_progress
from pynamite.dynamo.matching import KeyIdentity, key_identity
from pynamite.dynamo.send import key_of, send_batch_write
from pynamite.entities.member import Member
from pynamite.entities.reactions import EVENTS
from pynamite.errors import OperationError
from pynamite.expression import nodes
from pynamite.operation.batch import WriteEntry, delete_entry, put_entry
from pynamite.repository.concerning import Concerning
from pynamite.repository.session import Session, key_values
from pynamite.repository.writing.given import check_instance
from pynamite.repository.writing.intents import Delete, Intent, Put
from pynamite.repository.writing.making import expected_version, made, version_of
from pynamite.repository.writing.sequences import numbered_all
from pynamite.repository.writing.transaction import carry_out_one

__all__ = ["delete_many", "goes_singly", "put_intent", "put_many"]

E = TypeVar("E")


def put_intent(session: Session, member: Member[E], instance: E, where: nodes.Condition | None = None) -> Put[E]:
    """Make the put of an instance, which has to be of the stored version where versions are counted."""
    version = None if member.definition.version is None else version_of(member, instance)
    new = made(member, instance, session.now)
    return Put(session=session, member=member, instance=new, where=where, version=version)


def put_many(
    session: Session,
    member: Member[E],
    instances: Iterable[E],
    *,
    checked: bool = False,
    progress: Progress | None = None,
) -> None:
    """Put many instances; of several with one key the last wins. Those that stay undone are told as they were."""
    check_progress(progress)
    given = list(instances)
    for instance in given:
        check_instance(member, instance)
    given = numbered_all(session, member, given, carry_out_one)
    if checked or goes_singly(session, member):
        puts = [put_intent(session, member, instance) for instance in given]
        for put in puts:
            put.check()
        _one_by_one(session, list({key_identity(put.key): put for put in puts}.values()), progress)
        return
    given = [made(member, instance, session.now) for instance in given]
    _write(session, member, [(put_entry(member.item(instance)), instance) for instance in given], progress)


def delete_many(
    session: Session,
    member: Member[E],
    keys: Iterable[Mapping[str, Any] | E],
    *,
    checked: bool = False,
    progress: Progress | None = None,
) -> None:
    """Delete many items, those of instances if they are of the stored version, where versions are counted.

    Keys that stay undone are told as they were given.
    """
    check_progress(progress)
    given = list(keys)
    values = [key_values(member, key, {}) for key in given]
    if checked or goes_singly(session, member):
        deletes = [
            Delete(session=session, member=member, values=one, version=expected_version(member, key))
            for one, key in zip(values, given, strict=True)
        ]
        for delete in deletes:
            delete.check()
        _one_by_one(session, deletes, progress)
        return
    entries = [delete_entry(member.key(one)) for one in values]
    _write(session, member, list(zip(entries, given, strict=True)), progress)


def _write(
    session: Session, member: Member[Any], told: Sequence[tuple[WriteEntry, Any]], progress: Progress | None
) -> None:
    """Write entries in batches; each comes with what its caller knows it by."""

    def identity(entry: WriteEntry) -> KeyIdentity:
        return key_identity(key_of(entry, member.key_attributes))

    @cache  # Mostly nothing stays undone.
    def by_key() -> dict[KeyIdentity, Any]:
        return {identity(entry): known for entry, known in told}

    with Concerning(member):
        send_batch_write(
            session.client,
            session.table_name,
            [entry for entry, _ in told],
            key_names=member.key_attributes,
            progress=progress,
            shown=lambda entry: by_key()[identity(entry)],
        )


def _one_by_one(session: Session, intents: Sequence[Intent[Any]], progress: Progress | None) -> None:
    for done, intent in enumerate(intents):
        try:
            carry_out_one(session, intent)
        except OperationError as error:
            error.add_note(f"{done} of {len(intents)} entries were done before")
            raise
        if progress is not None:
            progress(done + 1, len(intents))


def goes_singly(session: Session, member: Member[Any]) -> bool:
    """Tell whether batches, which take no conditions, would do what the entity forbids."""
    definition, reactions = member.definition, session.registry.reactions
    return bool(
        definition.version is not None
        or definition.uniques
        or definition.companions
        or definition.history
        or any(reactions.to(member.cls, event) for event in EVENTS)
    )
