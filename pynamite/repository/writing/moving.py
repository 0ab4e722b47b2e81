"""Moves: an item taken to another key, whatever it has besides its class's fields included."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import attrs

from pynamite.entities.member import Member
from pynamite.errors import ConditionFailedError, ItemNotFoundError, StaleVersionError
from pynamite.expression import nodes
from pynamite.local.evaluate import holds
from pynamite.repository.session import Session
from pynamite.repository.writing import unit
from pynamite.repository.writing.intents import Create, Delete
from pynamite.repository.writing.rereading import as_read, elsewhere, read_stored, unknown_of
from pynamite.repository.writing.unit import Done
from pynamite.repository.writing.writes import read_as_far_as_it_fits
from pynamite.wire import Item, item_from_wire

__all__ = ["checked", "move"]

E = TypeVar("E")


def move(
    session: Session,
    member: Member[E],
    values: Mapping[str, Any],
    changes: Mapping[str, Any],
    version: int | None,
    where: nodes.Condition | None,
    carry_out: Callable[..., Done],
) -> E:
    """Take an item to another key, in one transaction; ``version`` is the one that it has to have, if one is known.

    Raises:
        ItemNotFoundError: there is no such item.
        ConditionFailedError: ``where`` does not hold for it.
        ItemExistsError: there is one under the new key.
        DefinitionError: the changes do not change the key.
    """
    last: ConditionFailedError | None = None
    common: dict[str, Any] = {"session": session, "member": member}
    delete: Delete[E] = Delete(**common, values=values, must_exist=True, version=version, moved=True)
    for attempt in range(unit.ATTEMPTS):
        item = read_stored(session, member, member.key(values))
        if item is None:
            raise not_found(member, values)
        refuse_unless("move", member, values, where, item)
        # At one moment, so that what is left of a time is counted from where it was read.
        standing = member.at(session.now)
        new = elsewhere(standing, standing.instance(item), changes, session.now)
        create = Create(session=session, member=standing, instance=new, unknown=unknown_of(member, item))
        try:
            carry_out(session, attrs.evolve(delete, as_was=as_read(member, item)), create)
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


def refuse_unless(
    verb: str, member: Member[Any], values: Mapping[str, Any], where: nodes.Condition | None, item: Item
) -> None:
    """Raise ConditionFailedError unless a condition holds for an item that was read."""
    if where is None or holds(where, item):
        return
    raise ConditionFailedError(
        f"the condition of {verb} did not hold for the {member.definition.name} that was read",
        item=read_as_far_as_it_fits(member, item),
        operation="UpdateItem",
        table_name=member.table_name,
        key=item_from_wire(member.key(values)),
        entity=member.definition.name,
    )


def checked(session: Session, member: Member[E], changed: E, where: nodes.Condition | None) -> E:
    """Give the item as it is stored, for a save that has nothing to change.

    Raises:
        ItemNotFoundError: it is gone.
        ConditionFailedError: ``where`` does not hold.
    """
    values = member.values_of(changed)
    item = read_stored(session, member, member.key(values))
    if item is None:
        raise not_found(member, values)
    refuse_unless("save", member, values, where, item)
    return member.instance(item)


def not_found(member: Member[Any], values: Mapping[str, Any]) -> ItemNotFoundError:
    """Make the error that there is no item to be changed."""
    expired = "" if member.definition.ttl is None else ", or it has expired"
    return ItemNotFoundError(
        f"there is no {member.definition.name} with {member.shown_key(values)} in table {member.table_name!r}{expired}",
        operation="UpdateItem",
        table_name=member.table_name,
        key=item_from_wire(member.key(values)),
        entity=member.definition.name,
    )
