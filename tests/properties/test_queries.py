"""Queries against a model: random items and bounds, read by the embedded engine, compared with sorting and sifting."""

from __future__ import annotations

import itertools
import operator
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite import Index, Query, Table, attribute, entity

COUNTER = itertools.count()


@entity(pk="P#<p>", sk="NAME#<value>#<id>", indexes={"GSI1": ("Q#<p>", "<value>/<id>")})
class Named:
    """A text before a literal: keys sort otherwise than values."""

    p: str
    value: str
    id: str
    weight: int = 0


@entity(pk="P#<p>", sk="LAST#<id>#<value>", indexes={"GSI1": ("Q#<p>", "<value>")})
class Last:
    """A text at the end."""

    p: str
    value: str
    id: str
    weight: int = 0


@entity(pk="P#<p>", sk="PAD#<value:pad(3)>#<id>", indexes={"GSI1": ("Q#<p>", "<value:pad(3)>")})
class Padded:
    """A number of fixed width."""

    p: str
    value: int
    id: str
    weight: int = 0


@entity(pk="P#<p>", sk="INT#<value>#<id>", indexes={"GSI1": ("Q#<p>", "<value>")})
class Whole:
    """A number whose texts do not sort."""

    p: str
    value: int
    id: str
    weight: int = 0


@entity(pk="P#<p>", sk="<value>")
class Measure:
    """A number that is the sort key itself."""

    p: str
    value: Decimal
    id: str = "x"
    weight: int = 0


@pytest.fixture(scope="module")
def stores():
    """Two tables in memory: with a text and with a number as sort key."""
    shared = Table("texts", Named, Last, Padded, Whole, indexes=[Index("GSI1")]).connect("sqlite://")
    numbers = Table("numbers", Measure, sk="value").connect("sqlite://")
    for store in (shared, numbers):
        store.create_table()
    yield {**dict.fromkeys((Named, Last, Padded, Whole), shared), Measure: numbers}
    shared.close()
    numbers.close()


# Neighbours of the delimiters, beginnings of each other, and the ends of the code points.
TEXTS = st.text(st.sampled_from('ab!"$#/ -.0\u00e9\ud7ff\ue000\U0010ffff'), min_size=1, max_size=3)
DECIMALS = st.decimals(-100, 100, places=2)
VALUES: dict[type, st.SearchStrategy[Any]] = {
    Named: TEXTS.filter(lambda text: not set(text) & set("#/")),
    Last: TEXTS,
    Padded: st.integers(0, 999),
    Whole: st.integers(-30, 120),
    Measure: DECIMALS,
}
BOUNDS = {**VALUES, Named: TEXTS}
OPERATORS = {"gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le}


@attrs.frozen
class Case:
    """What is stored, and what is asked."""

    kind: type
    items: list[tuple[Any, str, int]]
    low: tuple[str, Any] | None
    high: tuple[str, Any] | None
    both: tuple[Any, Any] | None
    least: int | None
    reverse: bool
    limit: int | None
    size: int
    index: str | None


@st.composite
def cases(draw):
    """Make a case of one of the entities; half of its bounds are values that are there."""
    kind = draw(st.sampled_from(list(VALUES)))
    ids = st.sampled_from(["1", "2", "10"])
    items = draw(st.lists(st.tuples(VALUES[kind], ids, st.integers(0, 3)), max_size=12))
    there = st.sampled_from([value for value, _, _ in items]) if items else st.nothing()
    bound = BOUNDS[kind] | there
    return Case(
        kind, items,
        low=draw(st.none() | st.tuples(st.sampled_from(["gt", "ge"]), bound)),
        high=draw(st.none() | st.tuples(st.sampled_from(["lt", "le"]), bound)),
        both=draw(st.none() | st.tuples(bound, bound)),
        least=draw(st.none() | st.integers(0, 3)),
        reverse=draw(st.booleans()),
        limit=draw(st.none() | st.integers(1, 14)),
        size=draw(st.integers(1, 5)),
        index=None if kind is Measure else draw(st.sampled_from([None, "GSI1"])),
    )  # fmt: skip


def asked(case, query):
    """The query of a case."""
    field = "value"
    if case.both is not None:
        query = query.between(**{field: case.both})
    else:
        for bound in (case.low, case.high):
            query = query if bound is None else getattr(query, bound[0])(**{field: bound[1]})
    if case.least is not None:
        query = query.filter(attribute(case.kind.weight) >= case.least)
    query = query.reverse() if case.reverse else query
    return query if case.limit is None else query.limit(case.limit)


def within(case, value):
    """Whether the model takes a value."""
    if case.both is not None:
        return bool(case.both[0] <= value <= case.both[1])
    return all(bound is None or OPERATORS[bound[0]](value, bound[1]) for bound in (case.low, case.high))


def expected(case, instances, key):
    """The model's answer: sift, sort by the key's UTF-8 (or number), turn, cut."""
    kept = [one for one in instances if within(case, one.value) and one.weight >= (case.least or 0)]
    return sorted(kept, key=key, reverse=case.reverse)[: case.limit]


def sort_key(case, table):
    """How the service orders the items of a case."""
    if case.kind is Measure:
        return lambda one: one.value
    slot = "SK" if case.index is None else "GSI1SK"

    def of(one):
        if slot == "SK":
            return table.key(one)["SK"].encode()
        member = table._registry.member(type(one))
        return member.index_attributes(member.values_of(one))[slot]["S"].encode()

    return of


def read_pages(query: Query[Any], size: int) -> list[list[Any]]:
    """All pages of a query."""
    pages, cursor = [], None
    while True:
        page = query.page(size, cursor)
        pages.append(page.items)
        cursor = page.cursor
        if cursor is None:
            return pages


TABLES = {
    kind: table
    for table in (
        Table("texts", Named, Last, Padded, Whole, indexes=[Index("GSI1")]),
        Table("numbers", Measure, sk="value"),
    )
    for kind in table.entities
}


@given(case=cases())
def test_a_query_gives_what_the_model_gives(stores, case):
    """Bounds, filter, direction, limit and count, all at once and page by page, among items of others."""
    # Last has its value behind the id: it is bounded within one id.
    store, p = stores[case.kind], str(next(COUNTER))
    ids = {"id": "1"} if case.kind is Last and case.index is None else {}
    made = [
        case.kind(p=p, value=value, weight=weight, **({} if case.kind is Measure else {"id": one_id}))
        for value, one_id, weight in case.items
    ]
    key = TABLES[case.kind].key
    stored = list({tuple(key(one).items()): one for one in made}.values())
    store[case.kind].put_many(made)
    if case.kind is not Measure:
        other = Padded if case.kind is not Padded else Whole
        store[other].put_many([other(p=p, value=n, id=str(n)) for n in range(5)])
        store.db.put([f"P#{p}", "NAME#a#1#foreign"], {"_type": "Robot", "GSI1PK": f"Q#{p}", "GSI1SK": "a"})
    query = asked(case, store[case.kind].query(case.index, {"p": p, **ids}) if case.index else
                  store[case.kind].query({"p": p, **ids}))  # fmt: skip
    wanted = expected(case, [one for one in stored if not ids or one.id == "1"], sort_key(case, TABLES[case.kind]))
    found = query.all()
    if case.index is None:
        assert found == wanted
    else:
        assert_same_but_for_ties(found, wanted, sort_key(case, TABLES[case.kind]), cut=case.limit is not None)
    assert query.count() == len(wanted)
    assert query.first() == (found[0] if found else None)
    pages = read_pages(query, case.size)
    assert [one for page in pages for one in page] == found
    assert [len(page) for page in pages[:-1]] == [case.size] * (len(pages) - 1)
    assert len(pages) == 1 or pages[-1]


def assert_same_but_for_ties(found, wanted, key, *, cut):
    """An index may hold several items under one key, in an order of its own, and cut among them."""
    assert [key(one) for one in found] == [key(one) for one in wanted]
    if not cut:
        assert sorted(map(repr, found)) == sorted(map(repr, wanted))
