"""Reading past items that have expired: by the service's filter, and by looking at what it cannot filter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, TypeVar

from pynamite.entities.expiry import passed
from pynamite.entities.member import Member
from pynamite.expression import nodes
from pynamite.operation.unread import Unread
from pynamite.wire import Item

__all__ = ["Sieve", "there"]

I = TypeVar("I", bound=Item | Unread)  # noqa: E741 - an item, read or not


def there(member: Member[Any], items: Iterable[I | None], *, include_expired: bool) -> list[I | None]:
    """Keep, of items that were read by their keys, the entity's own that have not expired; None for the others."""
    moment = None if include_expired or member.definition.ttl is None else member.clock()
    return [
        item
        if item is not None and member.is_typed(item) and (moment is None or not member.has_expired(item, moment))
        else None
        for item in items
    ]


class Sieve:
    """What a query does about items that have expired.

    ``held`` names the attributes that the index has, None where it has all, and ``keys`` those that a filter cannot
    name; the items are ``typed``, if the type attribute is among what is read. The sieve is ``idle`` where nothing of
    what is read expires, or what has expired is asked for.

    The service can filter unless the time is a key of what is read; then the entries are looked at. Of an entry that
    does not have the attribute, only the whole item tells.
    """

    def __init__(
        self,
        members: Sequence[Member[Any]],
        *,
        include_expired: bool,
        held: AbstractSet[str] | None,
        keys: AbstractSet[str],
        typed: bool,
    ) -> None:
        expiring = [member for member in members if member.definition.ttl is not None]
        self.idle = include_expired or not expiring
        self.attribute = expiring[0].ttl_attribute if expiring else None
        self._lasting = [member for member in members if member.definition.ttl is None]
        self._type_attribute = members[0].type_attribute
        self.known = not self.idle and (held is None or self.attribute in held)
        self.filters = self.known and self.attribute not in keys and (typed or not self._lasting)

    @property
    def looks(self) -> bool:
        """Tell whether the entries have to be looked at."""
        return self.known and not self.filters

    @property
    def complete(self) -> bool:
        """Tell whether the service alone drops everything that has expired."""
        return self.idle or self.filters

    def condition(self, moment: datetime | None) -> nodes.Condition | None:
        """Give the filter for the service: it keeps what has not expired, and the entities that never do."""
        if not self.filters or moment is None or self.attribute is None:
            return None
        alive = nodes.Not(passed(self.attribute, moment))
        if not self._lasting:
            return alive
        path = nodes.Path((str(self._type_attribute),))
        types = tuple(nodes.Value({"S": member.definition.type_value}) for member in self._lasting)
        lasts = nodes.Compare("=", path, types[0]) if len(types) == 1 else nodes.In(path, types)
        return nodes.disjunction(lasts, alive)

    def drops(self, member: Member[Any], item: Item | Unread, moment: datetime | None, *, whole: bool = False) -> bool:
        """Tell whether an entry, or the ``whole`` item behind it, is to be left out."""
        if moment is None or self.idle or not (whole or self.looks):
            return False
        return member.has_expired(item, moment)
