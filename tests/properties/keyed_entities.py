"""Entities with keys of all kinds, and instances of them to be drawn; not all of them fit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import attrs
from hypothesis import strategies as st

from pynamite import Index, IndexKey, Table, by, entity, field


class Color(Enum):
    RED = "red"
    BLUE = "blue"


@attrs.define
class Place:
    town: str
    street: str | None = None


@entity(
    pk="A#<name>##<number>",
    sk="<at>#<place.town>#<color>",
    indexes={
        "One": ("ONE#<mail>", "<day:desc>#<number:pad(4)>"),
        "Two": ("TWO#<place.street>", "<amount>"),
        "Three": IndexKey("THREE", "<name:upper>", when=lambda number: number != 3),
    },
)
class Order:
    name: str
    number: int
    at: datetime
    place: Place
    color: Color
    mail: str | None = None
    day: date | None = None
    amount: Decimal | None = None
    tags: set[str] = field(factory=set)


@entity(pk="B#<id>", sk=by("kind", {"x": "X#<note>", "y": "Y"}), indexes={"One": ("<id>", "<expires>")})
class Other:
    id: UUID
    kind: str
    note: str = ""
    expires: datetime | None = field(default=None, ttl=True)
    more: dict[str, Any] = field(factory=dict, rest=True)


@entity(pk="C#<code>", sk="<mail>", computed={"code": lambda first: first[:2]})
class Computed:
    first: str = field()
    mail: str = field(key_only=True)
    score: float = 0.0


@entity(pk="K#<a>##<n:pad(3)>", sk="<at>#<color>#<u>")
class Keys:
    a: str = field(key_only=True)
    n: int = field(key_only=True)
    at: datetime = field(key_only=True)
    color: Color
    u: UUID = field(key_only=True)
    text: str = ""


@entity(pk="<anything>", sk="<at>")
class Broad:
    anything: str
    at: datetime


INDEXES = [Index("One"), Index("Two"), Index("Three")]
REGISTRY = Table("shop", Order, Other, Computed, Keys, Broad, indexes=INDEXES)._registry

WORDS = st.sampled_from(["", "a", "a#b", "A#", "#", "##", "a##", "\u00e9", "\ud800", "x" * 400, "x" * 2100]) | st.text(
    max_size=4)
MOMENTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)) | st.datetimes(
    datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.sampled_from([UTC, timezone(timedelta(hours=2))]))
INSTANCES: dict[type, st.SearchStrategy[Any]] = {
    Order: st.builds(
        Order,
        name=WORDS,
        number=st.integers(-3, 10**5) | st.sampled_from([10**37, 10**40, True]),
        at=MOMENTS,
        place=st.builds(Place, WORDS, st.none() | WORDS),
        color=st.sampled_from([*Color, "red"]),
        mail=st.none() | WORDS,
        day=st.none() | st.dates(),
        amount=st.none() | st.decimals(allow_nan=False, places=3, min_value=-99, max_value=99),
        tags=st.sets(st.text(max_size=3), max_size=2) | st.just(["a"]),
    ),
    Other: st.builds(
        Other,
        id=st.uuids(),
        kind=st.sampled_from("xyz"),
        note=WORDS,
        expires=st.none() | MOMENTS,
        more=st.dictionaries(WORDS, st.integers(), max_size=1),
    ),
    Computed: st.builds(Computed, first=WORDS, mail=WORDS, score=st.floats()),
    Keys: st.builds(
        Keys, a=WORDS, n=st.integers(-1, 1001), at=MOMENTS, color=st.sampled_from(Color), u=st.uuids(), text=WORDS
    ),
    Broad: st.builds(Broad, anything=WORDS, at=MOMENTS),
}
