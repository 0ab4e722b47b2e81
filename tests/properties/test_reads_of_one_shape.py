"""Queries that differ in their values alone: what is kept of the first is right for all that follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pynamite import Index, Table, attribute, entity, field
from pynamite.errors import PynamiteError
from tests.properties.keyed_entities import INSTANCES, Broad, Computed, Keys, Order, Other


@entity(pk="F#<name>", sk="<number:pad(3)>", indexes={"Two": ("<text>", "<expires>")})
class Fading:
    name: str
    number: int
    text: str = ""
    expires: datetime | None = field(default=None, ttl=True)


DRAWN: dict[type, st.SearchStrategy[Any]] = {**INSTANCES, Fading: st.builds(
    Fading, name=st.sampled_from("ab"), number=st.integers(0, 3), text=st.text("x", max_size=2))}
TABLE = Table("shop", Order, Other, Computed, Keys, Broad, Fading, indexes=[Index("One"), Index("Two"), Index("Three")])

GIVEN = {
    Order: ["name", "number", "at", "place", "place.town", "color", "mail", "day", "place.street", "amount", "tags"],
    Other: ["id", "kind", "note", "expires"],
    Computed: ["first", "code", "mail", "score"],
    Keys: ["a", "n", "at", "color", "u", "text"],
    Broad: ["anything", "at"],
    Fading: ["name", "number", "text"],
}
"""By which names queries of the entities are given values; not all of them are of a key."""


FILTERS: dict[type, list[Callable[[Any], Any]]] = {
    Order: [
        lambda one: attribute(Order.amount) > one.amount,
        lambda one: attribute(Order.tags).contains(one.name) | (attribute(Order.amount) == one.amount),
        lambda one: ~attribute(Order.place).exists() & attribute(Order.amount).in_([one.amount, one.number]),
    ],
    Other: [
        lambda one: attribute(Other.note) == one.note,
        lambda one: attribute(Other.note).size() < len(one.note),
        lambda one: attribute(Other.kind).between(one.kind, one.note),
    ],
    Computed: [lambda one: attribute(Computed.score) != one.score],
    Keys: [lambda one: attribute(Keys.text).begins_with(one.text)],
    Broad: [],
    Fading: [lambda one: attribute(Fading.text) == one.text, lambda one: attribute(Fading.text) > one.text],
}
"""What makes filters of an instance's values, each of one shape, or of few."""

START = datetime(2026, 5, 1, tzinfo=UTC)


def value_of(instance: Any, name: str) -> Any:
    """Give what an instance has by a name in a key."""
    if name == "code":
        return instance.first[:2]
    for step in name.split("."):
        instance = getattr(instance, step)
    return instance


@st.composite
def asked(draw: st.DrawFn) -> tuple[type, str | None, list[tuple[dict[str, Any], Any]], bool]:
    """Draw several queries of one entity, by the same index and fields: mostly those of a key, with a like filter."""
    cls = draw(st.sampled_from(list(DRAWN)))
    index = draw(st.none() | st.sampled_from(["One", "Two", "Three"]))
    names = draw(st.lists(st.sampled_from(GIVEN[cls]), min_size=1, max_size=4, unique=True) | st.sampled_from(
        [GIVEN[cls][:count] for count in range(1, 5)]))
    instances = draw(st.lists(DRAWN[cls], min_size=2, max_size=4))
    filters = draw(st.lists(st.sampled_from([lambda one: None, *FILTERS[cls]]), min_size=1, max_size=2))
    queries = [
        ({name: value_of(one, name) for name in names}, partial(make, one))
        for one, make in zip(instances, cycle(filters), strict=False)]
    return cls, index, queries, draw(st.booleans())


def request(store: Any, cls: type, index: str | None, given: tuple[dict[str, Any], Any], backwards: bool) -> Any:
    """Give the request of a query with its key conditions, or the words in which it is refused."""
    values, condition = given
    try:
        query = store[cls].query(index, values)
        if (wanted := condition()) is not None:
            query = query.filter(wanted)
        query = query.reverse() if backwards else query
        return query.request(), query._reader.selection, query._reader.chosen
    except PynamiteError as refused:
        return type(refused), str(refused)


@given(asked())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large])
def test_a_query_is_sent_as_if_it_were_the_first(drawn):
    """Requests, key conditions and refusals are the same, whatever was asked before with the same fields."""
    cls, index, many, backwards = drawn
    moments = [START]

    def requests(store: Any, *, anew: bool) -> list[Any]:
        found = []
        for number, query in enumerate(many):
            moments.append(START + timedelta(seconds=number))
            if anew:
                store[cls]._member.standing.clear()
            found.append(request(store, cls, index, query, backwards))
        return found

    with (
        TABLE.connect("sqlite://", tenant="t1", now=lambda: moments[-1]) as store,
        TABLE.connect("sqlite://", now=lambda: moments[-1]) as other,
    ):
        for one in (store, other):
            assert list(map(repr, requests(one, anew=False))) == list(map(repr, requests(one, anew=True)))
