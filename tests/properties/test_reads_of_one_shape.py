"""Queries that differ in their values alone: what is kept of the first is right for all that follow."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pynamite import Index, Table
from pynamite.errors import PynamiteError
from tests.properties.keyed_entities import INSTANCES, Broad, Computed, Keys, Order, Other

TABLE = Table("shop", Order, Other, Computed, Keys, Broad, indexes=[Index("One"), Index("Two"), Index("Three")])

GIVEN = {
    Order: ["name", "number", "at", "place", "place.town", "color", "mail", "day", "place.street", "amount", "tags"],
    Other: ["id", "kind", "note", "expires"],
    Computed: ["first", "code", "mail", "score"],
    Keys: ["a", "n", "at", "color", "u", "text"],
    Broad: ["anything", "at"],
}
"""By which names queries of the entities are given values; not all of them are of a key."""


def value_of(instance: Any, name: str) -> Any:
    """Give what an instance has by a name in a key."""
    if name == "code":
        return instance.first[:2]
    for step in name.split("."):
        instance = getattr(instance, step)
    return instance


@st.composite
def asked(draw: st.DrawFn) -> tuple[type, str | None, list[dict[str, Any]], bool]:
    """Draw several queries of one entity, by the same index and fields: mostly those of a key."""
    cls = draw(st.sampled_from(list(INSTANCES)))
    index = draw(st.none() | st.sampled_from(["One", "Two", "Three"]))
    names = draw(st.lists(st.sampled_from(GIVEN[cls]), min_size=1, max_size=4, unique=True) | st.sampled_from(
        [GIVEN[cls][:count] for count in range(1, 5)]))
    instances = draw(st.lists(INSTANCES[cls], min_size=2, max_size=4))
    return cls, index, [{name: value_of(one, name) for name in names} for one in instances], draw(st.booleans())


def request(store: Any, cls: type, index: str | None, values: dict[str, Any], backwards: bool) -> Any:
    """Give the request of a query with its key conditions, or the words in which it is refused."""
    try:
        query = store[cls].query(index, values)
        query = query.reverse() if backwards else query
        return query.request(), query._reader.selection, query._reader.chosen
    except PynamiteError as refused:
        return type(refused), str(refused)


@given(asked())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large])
def test_a_query_is_sent_as_if_it_were_the_first(drawn):
    """Requests, key conditions and refusals are the same, whatever was asked before with the same fields."""
    cls, index, many, backwards = drawn
    with TABLE.connect("sqlite://", tenant="t1") as store, TABLE.connect("sqlite://") as other:
        for one in (store, other):
            told = [request(one, cls, index, values, backwards) for values in many]
            first = []
            for values in many:
                one[cls]._member.standing.clear()
                first.append(request(one, cls, index, values, backwards))
            assert list(map(repr, told)) == list(map(repr, first))
