"""Random shards: chosen when the item is made, kept ever after, looked under by every query."""

from __future__ import annotations

import attrs
import pytest

from pynamite import Index, Table, entity, field
from pynamite.errors import DefinitionError, ExpressionError, KeyValueError

SHARDS = range(4)


@entity(pk="LOG#<day>#<shard:shard(4, random)>", sk="<id>")
class Line:
    day: str
    id: str
    text: str = ""
    shard: int | None = field(default=None, key_only=True)


@entity(pk="REQUEST#<id>", sk="REQUEST", indexes={"ByCode": ("<shard:shard(4, random)>", "<code:pad(3)>#<id>")})
class Request:
    id: str
    code: int
    shard: int | None = None


@entity(pk="EVENT#<id>", sk="EVENT", indexes={"ByCode": ("E<shard:shard(4, random)>", "<id>")})
class Event:
    id: str
    note: str = ""
    shard: int | None = None


@pytest.fixture
def logs(client, table_name):
    """A table of all three."""
    store = Table(table_name, Line, Request, Event, indexes=[Index("ByCode")]).connect(client)
    store.create_table()
    return store


def test_the_shard_of_a_table_key_is_chosen_and_given_back(logs):
    """It is part of the key; without it, a query finds the item all the same."""
    made = [logs[Line].create(Line(day="d", id=f"{n:02}")) for n in range(24)]
    assert {line.shard for line in made} <= set(SHARDS)
    assert len({line.shard for line in made}) > 1
    assert logs[Line].query(day="d").all() == made
    assert logs[Line].query(day="d").reverse().limit(3).all() == made[:-4:-1]
    assert logs[Line].get(made[7]) == made[7]
    first = logs[Line].query(day="d").page(5)
    assert first.items + logs[Line].query(day="d").page(30, first.cursor).items == made
    assert logs[Line].query(day="d", shard=made[0].shard).all() == [one for one in made if one.shard == made[0].shard]
    with pytest.raises(KeyValueError, match="lacks 'shard'"):
        logs[Line].get(day="d", id="00")


def test_a_transaction_tells_the_shard_that_it_chose(logs):
    """What it creates and puts comes back as it will be stored, so that it can be found by its whole key."""
    with logs.transaction() as tx:
        made = [tx[Line].create(Line(day="d", id="0")), tx[Line].put(Line(day="d", id="1", shard=2))]
        assert logs[Line].get(made[0]) is None
    assert logs[Line].get_many(made) == made
    assert (made[0].shard in SHARDS, made[1].shard) == (True, 2)


def test_a_given_shard_stays(logs):
    """In `create` and in `put`; one that is none is refused."""
    assert logs[Line].create(Line(day="d", id="1", shard=3)).shard == 3
    assert logs[Request].put(Request(id="1", code=200, shard=2)).shard == 2
    with pytest.raises(KeyValueError, match="4 is no shard of 4"):
        logs[Line].create(Line(day="d", id="1", shard=4))


def test_the_shard_of_an_index_key_is_kept_on_updates(logs):
    """Whatever changes, it stays where it is."""
    made = [logs[Request].create(Request(id=f"{n}", code=404)) for n in range(9)]
    for one in made:
        changed = logs[Request].update(one, {"code": 500}, reread=True)
        assert changed == attrs.evolve(one, code=500)
        saved = logs[Request].save(attrs.evolve(changed, code=200), since=changed)
        assert saved.shard == one.shard
    assert [one.id for one in logs[Request].query("ByCode", code=200)] == [f"{n}" for n in range(9)]
    assert logs[Request].query("ByCode", code=404).all() == []
    with pytest.raises(ExpressionError, match="'shard'"):
        logs[Request].update(made[0], {"code": 500})


def test_many_get_a_shard_each(logs):
    """In a batch, one by one, and in a transaction."""
    logs[Line].put_many(Line(day="batch", id=f"{n:02}") for n in range(30))
    logs[Line].put_many((Line(day="single", id=f"{n:02}") for n in range(12)), checked=True)
    with logs.transaction() as tx:
        for n in range(12):
            tx[Line].put(Line(day="tx", id=f"{n:02}"))
            tx[Request].create(Request(id=f"tx{n}", code=100))
    for day, count in (("batch", 30), ("single", 12), ("tx", 12)):
        lines = logs[Line].partition(day=day)
        assert [line.id for line in lines] == [f"{n:02}" for n in range(count)]
        assert len({line.shard for line in lines}) > 1
    assert logs[Request].query("ByCode", code=100).count() == 12


def test_an_upsert_chooses_once(logs):
    """The next one finds the item in its shard."""
    for n in range(8):
        made = logs[Event].update({"id": str(n)}, {"note": "a"}, upsert=True)
        assert made.shard in SHARDS
        for _ in range(3):
            assert logs[Event].update({"id": str(n)}, {"note": "b"}, upsert=True) == attrs.evolve(made, note="b")
        assert logs.db.get(f"EVENT#{n}.EVENT")["ByCodePK"] == f"E{made.shard}"
    assert [one.id for one in logs[Event].query("ByCode")] == [str(n) for n in range(8)]
    with logs.transaction() as tx:
        tx[Event].update({"id": "x"}, {"note": "c"}, upsert=True)
        tx[Event].update({"id": "0"}, {"note": "c"}, upsert=True)
    assert logs[Event].query("ByCode").count() == 9


def test_an_upsert_whose_index_key_has_more_to_it_reads_first(logs):
    """Whether the item was in the index before is not known otherwise."""
    with pytest.raises(ExpressionError, match="reread=True"):
        logs[Request].update({"id": "1"}, {"code": 200}, upsert=True)
    made = logs[Request].update({"id": "1"}, {"code": 200}, upsert=True, reread=True)
    again = logs[Request].update({"id": "1"}, {"code": 300}, upsert=True, reread=True)
    assert again == attrs.evolve(made, code=300)
    assert logs[Request].query("ByCode", code=300).all() == [again]


def test_an_upsert_has_to_know_the_shard_in_its_key(logs):
    """It would never find the item that it made."""
    with pytest.raises(KeyValueError, match="lacks 'shard'"):
        logs[Line].update({"day": "d", "id": "1"}, {"text": "a"}, upsert=True)


def test_a_move_keeps_the_shard(logs):
    """It is the item's own."""
    made = logs[Line].create(Line(day="d", id="1"))
    assert logs[Line].move(made, {"day": "e"}) == attrs.evolve(made, day="e")


def test_a_random_shard_has_a_field_of_its_own():
    """An `int | None` without another default, and of one kind."""
    with pytest.raises(DefinitionError, match=r"declare it as `shard: int \| None = None`"):
        @entity(pk="<shard:shard(4, random)>", sk="<id>")
        class Required:
            id: str
            shard: int

    with pytest.raises(DefinitionError, match=r"two kinds of shards, shard\(4, random\) and shard\(5, random\)"):
        @entity(pk="<shard:shard(4, random)>", sk="<id>", indexes={"Other": ("<shard:shard(5, random)>", "<id>")})
        class Torn:
            id: str
            shard: int | None = None

    with pytest.raises(DefinitionError, match="'place.shard', which is no field of its own"):
        @entity(pk="<place.shard:shard(4, random)>", sk="<id>")
        class Inside:
            id: str
            place: Place


@attrs.define
class Place:
    shard: int
