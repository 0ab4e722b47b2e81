"""Indexes whose keys have several attributes, each of its own type."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pynamite import Index, Table, attribute, entity
from pynamite.entities.keys import IndexKey
from pynamite.errors import DefinitionError, ExpressionError, KeyValueError

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@entity(
    pk="MATCH#<match_id>",
    sk="MATCH",
    indexes={"Wide": IndexKey(["S#<season>", "R#<region>", None, "<kind>"], ["<round>", None, "<at>", "<match_id>"])},
)
class Match:
    match_id: str
    season: str
    region: str
    year: int
    round: str | None = None
    score: int | None = None
    at: datetime = NOON
    kind: str = "cup"


INDEXES = [
    Index("ByYear", pk=["season", "year"], sk=["region", "score"]),
    Index("Wide", pk=["W1", "W2", "year", "W4"], sk=["V1", "score", "V3", "V4"]),
    Index("Sortless", pk=["season", "region"], sk=None, projection="KEYS_ONLY"),
]


@pytest.fixture
def store(client, table_name):
    made = Table(table_name, Match, indexes=INDEXES).connect(client)
    made.create_table()
    return made


@pytest.fixture
def matches(store):
    repository = store[Match]
    repository.put_many(
        Match(
            match_id=str(n), season="s", region="ab"[n % 2], year=2026, round="r", score=n - 3, at=NOON + timedelta(n)
        )
        for n in range(8)
    )
    return repository


def found(query):
    return [match.match_id for match in query]


def test_every_partition_part_by_equality_and_sort_parts_from_the_left(matches):
    """The sort parts may be left out from the right; numbers are compared as numbers."""
    assert found(matches.query("ByYear", season="s", year=2026)) == list("02461357")
    assert found(matches.query("ByYear", season="s", year=2026, region="a")) == list("0246")
    assert found(matches.query("ByYear", season="s", year=2026, region="b").reverse()) == list("7531")
    assert found(matches.query("ByYear", season="s", year=2026, region="a", score=-1)) == ["2"]
    assert found(matches.query("ByYear", season="s", year=2025)) == []
    assert matches.query("ByYear", season="s", year=2026, region="a").count() == 4


def test_a_range_is_on_the_first_part_that_is_not_given(matches):
    """Bounds may be on texts and numbers, from one side or both, exclusive ones on both sides, too."""
    query = matches.query("ByYear", season="s", year=2026, region="a")
    assert found(query.ge(score=-1)) == list("246")
    assert found(query.between(score=(-3, 1))) == list("024")
    assert found(query.gt(score=-3).lt(score=3)) == list("24")
    assert found(matches.query("ByYear", season="s", year=2026).gt(region="a")) == list("1357")
    assert found(matches.query("ByYear", season="s", year=2026).begins_with(region="b")) == list("1357")


@pytest.mark.parametrize("size", [1, 3, 8])
def test_pages_go_on_in_a_key_of_several_parts(matches, size):
    """The cursor has every part of the key."""
    query = matches.query("ByYear", season="s", year=2026)
    items, cursor = [], None
    while True:
        page = query.page(size, cursor)
        items += page.items
        cursor = page.cursor
        if cursor is None:
            break
    assert items == query.all()


def test_four_and_four_parts_of_templates_and_fields(matches):
    """Templates, natural attributes and numbers may be mixed."""
    cup = {"season": "s", "region": "a", "year": 2026, "kind": "cup"}
    assert found(matches.query("Wide", cup)) == list("0246")
    assert found(matches.query("Wide", {**cup, "round": "r", "score": 1}).ge(at=NOON)) == ["4"]
    assert found(matches.query("Wide", {**cup, "round": "r"}).gt(score=0)) == list("46")
    assert found(
        matches.query("Wide", {**cup, "round": "r", "score": 1, "at": NOON + timedelta(4), "match_id": "4"})
    ) == ["4"]


def test_an_item_is_in_the_index_only_with_all_parts(store, matches):
    """None in one of the parts keeps it out; an update takes it in and out again."""
    cup = {"season": "s", "region": "a", "year": 2026, "kind": "cup"}
    matches.update({"match_id": "0"}, {"score": None})
    assert found(matches.query("ByYear", season="s", year=2026, region="a")) == list("246")
    assert found(matches.query("Wide", cup)) == list("246")
    matches.update({"match_id": "2"}, {"round": None})
    assert found(matches.query("Wide", cup)) == list("46")
    stored = store.db.get("MATCH#2.MATCH")
    assert not {"W1", "W2", "W4", "V1", "V3", "V4"} & set(stored) and stored["year"] == 2026
    with pytest.raises(ExpressionError, match="does not say"):
        matches.update({"match_id": "2"}, {"round": "r2", "score": 9})
    matches.update({"match_id": "2"}, {"round": "r2", "score": 9}, reread=True)
    assert found(matches.query("Wide", cup)) == list("462")


def test_an_index_of_partition_parts_alone(matches):
    """Without sort key, of keys only: hydrated, and counted by what the keys tell."""
    query = matches.query("Sortless", season="s", region="b")
    assert sorted(found(query.hydrate())) == list("1357")
    assert query.count() == 4
    with pytest.raises(ExpressionError, match="has no sort key"):
        query.ge(score=1)


def test_what_cannot_be_queried_is_refused(matches):
    """A missing partition part, a gap between sort parts, a bound elsewhere, a filter on a key."""
    with pytest.raises(KeyValueError, match="'year'"):
        matches.query("ByYear", season="s")
    with pytest.raises(ExpressionError, match="gives 'score', but not 'region'"):
        matches.query("ByYear", season="s", year=2026, score=1)
    with pytest.raises(ExpressionError, match="can be bounded by 'region'"):
        matches.query("ByYear", season="s", year=2026).gt(score=1)
    with pytest.raises(ExpressionError, match="whole sort key already"):
        matches.query("ByYear", season="s", year=2026, region="a", score=1).gt(score=1)
    with pytest.raises(ExpressionError, match="is a key of what is queried"):
        matches.query("ByYear", season="s", year=2026).filter(attribute(Match.score) > 1)


def test_declarations_that_do_not_fit_are_told():
    """More than four parts, too many templates, parts that nothing fills."""
    with pytest.raises(DefinitionError, match="a key of 5 and 0 attributes"):
        Table("table", Match, indexes=[*INDEXES, Index("Five", pk=list("abcde"), sk=None)])
    with pytest.raises(DefinitionError, match="4 templates for the partition key of index 'Wide', which has 2"):
        Table("table", Match, indexes=[INDEXES[0], Index("Wide", pk=["W1", "W2"], sk=["V1", "score", "V3", "V4"])])
    with pytest.raises(DefinitionError, match="no field is stored as 'W3'"):
        Table("table", Match, indexes=[Index("Wide", pk=["W1", "W2", "W3", "W4"], sk=["V1", "score", "V3", "V4"])])
    with pytest.raises(DefinitionError, match="local: it needs one sort key attribute"):
        Table("table", indexes=[Index("Local", sk=["a", "b"], local=True)])
