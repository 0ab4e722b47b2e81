"""Moves: an item taken to another key, whatever it has besides its class's fields included."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import attrs

from pynamite.entities.member import Member
from pynamite.errors import ConditionFailedError, ItemNotFoundError, StaleVersionError
from pynamite.repository.session import Session
from pynamite.repository.writing import unit
from pynamite.repository.writing.intents import Create, Delete
from pynamite.repository.writing.rereading import as_read, elsewhere, read_stored, unknown_of
from pynamite.repository.writing.unit import Done
from pynamite.wire import item_from_wire

__all__ = ["move"]

E = TypeVar("E")


def move(
    session: Session,
    member: Member[E],
    values: Mapping[str, Any],
    changes: Mapping[str, Any],
    version: int | None,
    carry_out: Callable[..., Done],
) -> E:
    """Take an item to another key, in one transaction; ``version`` is the one that it has to have, if one is known.

    Raises:
        ItemNotFoundError: there is no such item.
        ItemExistsError: there is one under the new key.
        DefinitionError: the changes do not change the key.
    """
    last: ConditionFailedError | None = None
    common: dict[str, Any] = {"session": session, "member": member}
    delete: Delete[E] = Delete(**common, values=values, must_exist=True, version=version)
    for attempt in range(unit.ATTEMPTS):
        item = read_stored(session, member, member.key(values))
        if item is None:
            raise _not_found(member, values)
        # At one moment, so that what is left of a time is counted from where it was read.
        standing = member.at(session.now)
        new = elsewhere(standing, standing.instance(item), changes, session.now)
        create = Create(session=session, member=standing, instance=new, unknown=unknown_of(member, item))
        try:
            carry_out(session, attrs.evolve(delete, where=as_read(member, item)), create)
        except StaleVersionError:
            raise
        except ConditionFailedError as error:
            if type(error) is not ConditionFailedError or error.key != item_from_wire(delete.key):
                raise
            last = error
        except ItemNotFoundError as error:
            if error.key != item_from_wire(delete.key):
                raise
        else:
            return standing.instance(standing.item(new))
        unit.BACKOFF.wait(attempt)
    raise unit.given_up(delete) from last


def _not_found(member: Member[Any], values: Mapping[str, Any]) -> ItemNotFoundError:
    return ItemNotFoundError(
        f"there is no {member.definition.name} with {member.shown_key(values)} in table {member.table_name!r}",
        operation="UpdateItem",
        table_name=member.table_name,
        key=item_from_wire(member.key(values)),
        entity=member.definition.name,
    )
