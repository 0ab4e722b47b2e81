"""What is made for an entity writes as the careful path does: the same items and keys, the same refusals."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pynamite import Index, IndexKey, Table, by, entity, field
from pynamite.entities.member import Member
from pynamite.errors import PynamiteError
from pynamite.wire import Misfit, number_text
from tests.properties.any_entities import declared


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


@entity(pk="<anything>", sk="<at>")
class Broad:
    anything: str
    at: datetime


INDEXES = [Index("One"), Index("Two"), Index("Three")]
REGISTRY = Table("shop", Order, Other, Computed, Broad, indexes=INDEXES)._registry
STRANGE = [None, 1, True, 1.5, "x", b"x", [], ["x"], (), {}, {"": 1}, {1}, set(), Decimal(1)]

WORDS = st.sampled_from(["", "a", "a#b", "A#", "#", "##", "a##", "\u00e9", "\ud800", "x" * 400, "x" * 2100]) | st.text(
    max_size=4)
MOMENTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.sampled_from(
    [UTC, timezone(timedelta(hours=2)), None]))
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
    Broad: st.builds(Broad, anything=WORDS, at=MOMENTS),
}


def attempted(write: Any, value: Any) -> tuple[Any, Any]:
    """Give what a function writes, or the error's class and words."""
    try:
        return write(value), None
    except PynamiteError as refused:
        return None, (type(refused), str(refused))


def agrees(member: Member[Any], instance: Any) -> None:
    """Compare both ways of writing an item, and a key by an instance's fields."""
    assert attempted(member.item, instance) == attempted(member._item_carefully, instance)
    values = member.values_of(instance)
    assert attempted(member.key, values) == attempted(member._key_carefully, values)


@given(declared())
@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large])
def test_an_instance_of_any_class_is_written_as_by_the_careful_path(drawn):
    """Whatever the types and the defaults, the item is the same, or the refusal."""
    agrees(*drawn)


@given(st.sampled_from(list(INSTANCES)).flatmap(INSTANCES.__getitem__))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_keys_of_all_kinds_are_written_as_by_the_careful_path(instance):
    """Templates of all kinds, of the table and of indexes: the same keys, or the same refusal."""
    agrees(REGISTRY.member(type(instance)), instance)


@given(st.data())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large])
def test_a_value_of_another_type_is_refused_as_by_the_careful_path(data):
    """Nothing is coerced: a field with a value of another type is refused in the same words."""
    member, instance = data.draw(declared())
    name = data.draw(st.sampled_from(sorted(member.definition.fields)))
    object.__setattr__(instance, name, data.draw(st.sampled_from(STRANGE)))
    agrees(member, instance)


@given(st.floats() | st.decimals() | st.decimals(allow_nan=False, places=5))
def test_a_number_without_exponent_is_written_as_any_other(number):
    """The short way of writing a number gives the text that the long one gives."""
    class Long(type(number)):  # type: ignore[misc]
        """A number that goes the long way."""

    try:
        wanted = number_text(Long(number))
    except Misfit:
        with pytest.raises(Misfit):
            number_text(number)
    else:
        assert number_text(number) == wanted
