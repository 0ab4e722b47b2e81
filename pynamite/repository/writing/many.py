"""Many writes by one verb: in batches, which take no conditions, or one by one where they are needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pynamite.dynamo.send import key_identity, send_batch_write
from pynamite.entities.member import Member
from pynamite.entities.reactions import EVENTS
from pynamite.expression import nodes
from pynamite.operation.batch import delete_entry, put_entry
from pynamite.repository.session import Session, key_values
from pynamite.repository.writing.given import check_instance
from pynamite.repository.writing.intents import Delete, Put
from pynamite.repository.writing.making import expected_version, made, version_of
from pynamite.repository.writing.sequences import numbered_all
from pynamite.repository.writing.transaction import carry_out_one

__all__ = ["delete_many", "put_intent", "put_many"]

E = TypeVar("E")


def put_intent(session: Session, member: Member[E], instance: E, where: nodes.Condition | None = None) -> Put[E]:
    """Make the put of an instance, which has to be of the stored version where versions are counted."""
    version = None if member.definition.version is None else version_of(member, instance)
    new = made(member, instance, session.now)
    return Put(session=session, member=member, instance=new, where=where, version=version)


def put_many(session: Session, member: Member[E], instances: Iterable[E], *, checked: bool) -> None:
    """Put many instances; of several with one key the last wins."""
    given = list(instances)
    for instance in given:
        check_instance(member, instance)
    given = numbered_all(session, member, given, carry_out_one)
    if checked or _singly(session, member):
        puts = [put_intent(session, member, instance) for instance in given]
        for put in puts:
            put.check()
        for put in {key_identity(put.key): put for put in puts}.values():
            carry_out_one(session, put)
        return
    given = [made(member, instance, session.now) for instance in given]
    entries = [put_entry(member.item(instance)) for instance in given]
    send_batch_write(session.client, session.table_name, entries, key_names=member.key_attributes)


def delete_many(
    session: Session, member: Member[E], keys: Iterable[Mapping[str, Any] | E], *, checked: bool
) -> None:
    """Delete many items, those of instances if they are of the stored version, where versions are counted."""
    given = [(key_values(member, key, {}), expected_version(member, key)) for key in keys]
    if checked or _singly(session, member):
        deletes = [Delete(session=session, member=member, values=one, version=version) for one, version in given]
        for delete in deletes:
            delete.check()
        for delete in deletes:
            carry_out_one(session, delete)
        return
    entries = [delete_entry(member.key(values)) for values, _ in given]
    send_batch_write(session.client, session.table_name, entries, key_names=member.key_attributes)


def _singly(session: Session, member: Member[Any]) -> bool:
    """Tell whether batches, which take no conditions, would do what the entity forbids."""
    definition, reactions = member.definition, session.registry.reactions
    return bool(
        definition.version is not None
        or definition.uniques
        or definition.companions
        or definition.history
        or any(reactions.to(member.cls, event) for event in EVENTS)
    )
