"""What repositories, queries and transactions work with: a client and the entities of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

import attrs

from pynamite.client import Client
from pynamite.connect import same_database
from pynamite.entities.epoch import utc_now
from pynamite.entities.member import Member
from pynamite.entities.paths import unknown_field
from pynamite.entities.registry import Registry
from pynamite.errors import DefinitionError, KeyValueError
from pynamite.wire import Item

__all__ = ["HasSession", "Session", "check_one_database", "key_values", "table_key"]

E = TypeVar("E")


@attrs.frozen(eq=False)
class Session:
    """A client, and the entities of one of its tables.

    ``tenant`` is what all partition keys begin with, and ``secret`` signs the cursors of pages. ``now`` is the clock by
    which items are stamped and expire; it gives aware datetimes.
    """

    client: Client
    registry: Registry
    tenant: str | None = None
    secret: bytes | None = attrs.field(default=None, repr=False)
    now: Callable[[], datetime] = attrs.field(default=utc_now, repr=False)

    table_name: str = attrs.field(
        init=False, repr=False, default=attrs.Factory(lambda made: made.registry.table_name, takes_self=True)
    )
    """The table's name."""


def check_one_database(sessions: Sequence[Session]) -> None:
    """Refuse to bring together tables that one transaction cannot reach.

    Raises:
        DefinitionError: they are not of one database.
    """
    first, *others = sessions
    for other in others:
        if not same_database(first.client, other.client):
            raise DefinitionError(
                f"tables {first.table_name!r} and {other.table_name!r} are not of one database, which a transaction is "
                "sent to: connect both to the same place, or hand the client of one store on to the other"
            )


class HasSession(Protocol):
    """What a repository is made on: a store, or anything else with a session."""

    @property
    def session(self) -> Session:
        """The session."""
        ...


def table_key(member: Member[E], key: Mapping[str, Any] | E | None, fields: Mapping[str, Any]) -> Item:
    """Write the table key of a mapping or an instance, or of keywords, in wire form; raises what `key_values` raises.

    Raises:
        KeyValueError: a value does not fit the key.
    """
    write = member.coded.key_alone
    if write is not None and (key is None or not fields):
        try:
            return write(fields if key is None else key)
        except Exception:  # noqa: BLE001, S110 - whatever it was, the careful path says it in its words
            pass
    return member.key(key_values(member, key, fields))


def key_values(member: Member[E], key: Mapping[str, Any] | E | None, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Take the fields of a key from a mapping or an instance, or from keywords.

    Raises:
        TypeError: there are both, or something else.
        KeyValueError: a field of the key is missing, or one is given that is not of the key.
    """
    if key is None:
        given: Mapping[str, Any] = fields
    elif fields:
        raise TypeError(f"give the key of {member.definition.name!r} once: as keywords, or as one mapping or instance")
    elif type(key) is dict or isinstance(key, Mapping):
        given = key
    elif isinstance(key, member.cls):
        return {field: getattr(key, field) for field in member.key_fields}
    else:
        raise TypeError(
            f"the key of {member.definition.name!r} is given by its fields ({', '.join(member.key_fields)}), as "
            f"keywords, a mapping or an instance, not as {key!r}"
        )
    plain = member.plain_key
    if plain is not None and given.keys() == plain:
        return dict(given)
    name = member.definition.name
    wanted = dict.fromkeys((*member.key_fields, *member.key_names))
    for field in given:
        if field not in member.definition.types:
            raise KeyValueError(unknown_field(member, field), entity=name, field=field)
        if field not in wanted:
            raise KeyValueError(
                f"field {field!r} is not part of the key of entity {name!r}, which is made of "
                f"{', '.join(map(repr, wanted)) or 'no field'}: leave it out, or query by an index",
                entity=name,
                field=field,
            )
    missing = member.missing_key(given)
    if missing:
        raise KeyValueError(
            f"the key of entity {name!r} lacks {', '.join(map(repr, missing))}: it is made of "
            f"{', '.join(map(repr, member.key_fields))}",
            entity=name,
            field=missing[0],
        )
    return dict(given)
