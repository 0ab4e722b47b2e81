"""Finding the item that has a unique value: by its guard item, which has the owner's key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pynamite.dynamo.send import send
from pynamite.entities.member import Member
from pynamite.entities.unique import OWNER, Unique, guard_key
from pynamite.errors import DefinitionError, KeyValueError
from pynamite.operation.get import get_item
from pynamite.repository.concerning import Concerning
from pynamite.repository.session import Session
from pynamite.repository.writing.guards import guards_in
from pynamite.repository.writing.rereading import read_stored
from pynamite.wire import Item

__all__ = ["find_owner"]


def find_owner(session: Session, member: Member[Any], given: Mapping[str, Any]) -> Item | None:
    """Read the item that has unique values, given by their names; None if none has.

    Raises:
        DefinitionError: the entity has nothing unique.
        KeyValueError: the names are not those of something unique, or a value cannot stand in a key.
    """
    unique = _named(member, given)
    text = unique.template.render(member.definition.values(given))
    key = guard_key(member, unique, text)
    last: Item | None = None
    while True:
        with Concerning(member, key):
            guard = send(session.client, get_item(member.table_name, key, consistent_read=True))
        owner: Item | None = None if guard is None else guard.get(OWNER, {}).get("M")
        if owner is None or owner == last:
            return None
        item = read_stored(session, member, owner)
        if item is not None and text in guards_in(member, item):
            return item
        # Between the two reads, the value may have been handed to another item: then the guard says so by now.
        last = owner


def _named(member: Member[Any], given: Mapping[str, Any]) -> Unique:
    name, uniques = member.definition.name, member.definition.uniques
    if not uniques:
        raise DefinitionError(
            f"entity {name!r} has nothing unique to be found by: declare field(unique=True), or unique=[...] of @entity"
        )
    for unique in uniques:
        if set(unique.names) == set(given):
            return unique
    known = "; or by ".join(unique.label for unique in uniques)
    asked = " and ".join(map(repr, given)) or "nothing"
    raise KeyValueError(f"entity {name!r} is not unique by {asked}: get_unique(...) goes by {known}", entity=name)
