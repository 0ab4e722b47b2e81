"""Writes of single items from which nothing follows, and which are like others before but for their values.

Each does what its intent would come to (see `carry_out_one`), without making one; or leaves it to that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from pynamite.entities.member import Member
from pynamite.expression import nodes
from pynamite.expression.build import Change
from pynamite.operation.unread import UNMADE
from pynamite.repository.session import Session
from pynamite.repository.writing.expansion import stands_alone
from pynamite.repository.writing.standing import standing_update
from pynamite.repository.writing.unit import send_alone
from pynamite.repository.writing.writes import Write, moment_of, standing_put
from pynamite.wire import Item

__all__ = ["put_alone", "update_alone"]

E = TypeVar("E")


def put_alone(
    session: Session,
    member: Member[E],
    verb: Literal["create", "put"],
    instance: E,
    version: int | None = None,
    where: nodes.Condition | None = None,
) -> Item:
    """Put an item of an entity that `stands_alone`, in the place of one of this version if it is known, and give it.

    What is there has to fulfil the bound condition.

    Raises:
        OperationError: it was refused.
        ItemStructureError, KeyValueError: the instance does not fit.
    """
    item, moment = member.item(instance), moment_of(member)
    operation = standing_put(verb, member, item, moment, version, where)

    def write() -> Write[E]:
        return Write(verb, member, member.values_of(instance), operation, version=version, moment=moment)

    send_alone(session, operation, write)
    return item


def update_alone(
    session: Session,
    member: Member[E],
    key: Mapping[str, Any],
    changes: tuple[Change | Mapping[str, Any], ...],
    version: int | None = None,
    where: nodes.Condition | None = None,
) -> E | None:
    """Change an item that has to be there, and to fulfil the bound condition; gives the new instance.

    It has to be of the version, if that is known. None where its intent has to be carried out.

    Raises:
        OperationError: it was refused.
        KeyValueError: the key cannot be written.
        ItemStructureError: the item does not fit the class.
    """
    if not stands_alone(session, member):
        return None
    known = standing_update(member, key, changes, session.now, version, where, ready=True)
    if known is None:
        return None
    operation, moment = known

    def write() -> Write[E]:
        return Write("update", member, key, operation, must_exist=True, version=version, moment=moment)

    changed: Any = send_alone(session, operation, write)
    if isinstance(changed, UNMADE):
        return member.instance(changed)
    new: E = changed
    return new
