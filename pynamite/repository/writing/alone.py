"""Writes of single items from which nothing follows, and which are like others before but for their values.

Each does what its intent would come to (see `carry_out_one`), without making one; or leaves it to that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from pynamite.entities.member import Member
from pynamite.expression.build import Change
from pynamite.operation.answers import Ready
from pynamite.repository.session import Session
from pynamite.repository.writing.expansion import stands_alone
from pynamite.repository.writing.standing import standing_update
from pynamite.repository.writing.unit import send_alone
from pynamite.repository.writing.writes import Write, standing_put
from pynamite.wire import Item

__all__ = ["put_alone", "puts_alone", "update_alone"]

E = TypeVar("E")


def puts_alone(session: Session, member: Member[Any]) -> bool:
    """Tell whether a put without a condition of the caller's is all that there is to be done.

    What expires may be in its way, and versions are compared.
    """
    return member.ttl_attribute is None and member.definition.version is None and stands_alone(session, member)


def put_alone(session: Session, member: Member[E], verb: Literal["create", "put"], instance: E) -> Item:
    """Put an item of an entity that `puts_alone`, and give it.

    Raises:
        OperationError: it was refused.
        ItemStructureError, KeyValueError: the instance does not fit.
    """
    item = member.item(instance)
    operation = standing_put(verb, member, item)
    send_alone(session, operation, lambda: Write(verb, member, member.values_of(instance), operation))
    return item


def update_alone(
    session: Session, member: Member[E], key: Mapping[str, Any], changes: tuple[Change | Mapping[str, Any], ...]
) -> E | None:
    """Change an item that has to be there, without a condition of the caller's; gives the new instance.

    None where its intent has to be carried out.

    Raises:
        OperationError: it was refused.
        KeyValueError: the key cannot be written.
        ItemStructureError: the item does not fit the class.
    """
    operation = standing_update(member, key, changes, session.now) if stands_alone(session, member) else None
    if operation is None:
        return None
    changed: Any = send_alone(session, operation, lambda: Write("update", member, key, operation, must_exist=True))
    if type(changed) is Ready:
        new: E = changed[0]
        return new
    return member.instance(changed)
