"""The field that says when an item expires: its declaration, and how it is stored."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any

import attrs
import pytest

from pynamite import Index, IndexKey, Table, entity, field
from pynamite.entities.connected import by_clock
from pynamite.entities.definition import definition_of
from pynamite.errors import DefinitionError, ItemStructureError

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
STAMP = int(NOON.timestamp())


@entity(pk="<name>", sk="M", indexes={"ByTime": ("ALL", "<until>")})
class Moment:
    name: str
    until: datetime | None = field(default=None, name="ttl", ttl=True)


@entity(pk="<name>", sk="D")
class Duration:
    name: str
    until: timedelta | None = field(default=None, name="ttl", ttl=True)


@entity(pk="<name>", sk="S")
class Seconds:
    name: str
    until: int | None = field(default=None, name="ttl", ttl=True)


def members(now=NOON):
    """The three in a table, by a clock that stands."""
    table = Table("t", Moment, Duration, Seconds, indexes=[Index("ByTime", sk="ttl")])
    registry = by_clock(table._registry, lambda: now)
    return registry.members


@pytest.mark.parametrize("value, stored", [
    (NOON, STAMP),
    (NOON + timedelta(microseconds=1), STAMP + 1),
    (NOON.astimezone(timezone(timedelta(hours=5))), STAMP),
    (datetime(1970, 1, 1, tzinfo=UTC), 0),
    (datetime(1969, 12, 31, 23, 59, 59, 1, tzinfo=UTC), 0),
    (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), 253_402_300_799),
])
def test_a_moment_is_stored_as_whole_seconds(value, stored):
    """Those since 1970, rounded up; it reads back in UTC."""
    member = members()[Moment]
    item = member.item(Moment(name="x", until=value))
    assert item["ttl"] == {"N": str(stored)}
    assert member.instance(item).until == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=stored)


@pytest.mark.parametrize("now, value, stored", [
    (NOON, timedelta(hours=1), STAMP + 3600),
    (NOON, timedelta(0), STAMP),
    (NOON, timedelta(seconds=-5), STAMP - 5),
    (NOON + timedelta(microseconds=400_000), timedelta(microseconds=600_000), STAMP + 1),
    (NOON + timedelta(microseconds=400_000), timedelta(microseconds=600_001), STAMP + 2),
])
def test_a_duration_is_counted_from_now(now, value, stored):
    """Both together are rounded up, once."""
    item = members(now)[Duration].item(Duration(name="x", until=value))
    assert item["ttl"] == {"N": str(stored)}


def test_a_duration_reads_as_what_is_left():
    """Exactly, by the clock of the reader."""
    item = members()[Duration].item(Duration(name="x", until=timedelta(hours=1)))
    later = members(NOON + timedelta(minutes=20, microseconds=1))[Duration]
    assert later.instance(item).until == timedelta(minutes=40) - timedelta(microseconds=1)


def test_nothing_is_stored_where_nothing_expires():
    """None is an absent attribute."""
    for cls, member in members().items():
        item = member.item(cls(name="x"))
        assert "ttl" not in item
        assert member.instance(item) == cls(name="x")


@pytest.mark.parametrize("cls, value, told", [
    (Moment, NOON.replace(tzinfo=None), "is naive"),
    (Moment, datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), "outside the years 1970 to 9999"),
    (Moment, datetime.max.replace(tzinfo=UTC), "outside the years 1970 to 9999"),
    (Moment, STAMP, "expected datetime"),
    (Duration, timedelta.max, "outside the years 1970 to 9999"),
    (Duration, timedelta(days=-40_000), "outside the years 1970 to 9999"),
    (Duration, 60, "expected timedelta"),
    (Seconds, -1, "outside the years 1970 to 9999"),
    (Seconds, STAMP * 1000, "outside the years 1970 to 9999"),
    (Seconds, True, "expected int"),
])
def test_what_does_not_fit_is_refused_with_its_place(cls, value, told):
    """Milliseconds among it."""
    with pytest.raises(ItemStructureError, match=rf"\$\.until: .*{told}"):
        members()[cls].item(cls(name="x", until=value))


@pytest.mark.parametrize("cls", [Moment, Duration, Seconds])
@pytest.mark.parametrize("stored", [
    {"S": "2026-05-01T12:00:00.000000Z"}, {"N": "0.5"}, {"N": "-1"}, {"N": "1E+20"}, {"BOOL": True},
])
def test_what_is_stored_otherwise_is_refused_with_its_place(cls, stored):
    """Nothing is taken for a time that is none."""
    with pytest.raises(ItemStructureError, match=r"\$\.ttl"):
        members()[cls].instance({"PK": {"S": "x"}, "SK": {"S": "M"}, "name": {"S": "x"}, "ttl": stored})


def test_keys_have_the_second_that_the_item_has():
    """Whatever finer moment is given."""
    fine = NOON + timedelta(microseconds=1)
    values = definition_of(Moment).values({"until": fine})
    assert values["until"] == NOON + timedelta(seconds=1)
    assert definition_of(Moment).values({"until": None})["until"] is None
    last = datetime.max.replace(tzinfo=UTC)
    assert definition_of(Moment).values({"until": last})["until"] == last


class Autumn(tzinfo):
    """A zone whose clocks are put back by an hour at one in the morning, UTC, so that they show three o'clock twice."""

    end = datetime(2026, 10, 25, 1, tzinfo=UTC)

    def utcoffset(self, moment):
        summer = moment is not None and moment.replace(tzinfo=None) < datetime(2026, 10, 25, 3) and not moment.fold
        return timedelta(hours=2 if summer else 1)

    def dst(self, moment):
        return self.utcoffset(moment) - timedelta(hours=1)

    def tzname(self, moment):
        return "autumn"

    def fromutc(self, moment):
        local = moment + timedelta(hours=2 if moment.replace(tzinfo=UTC) < self.end else 1)
        return local.replace(fold=int(self.end <= moment.replace(tzinfo=UTC) < self.end + timedelta(hours=1)))


def test_the_next_second_is_one_second_later_in_every_zone():
    """Also where the clocks are put back in it."""
    twice = datetime(2026, 10, 25, 2, 59, 59, 1, tzinfo=Autumn())
    assert twice.astimezone(UTC) == datetime(2026, 10, 25, 0, 59, 59, 1, tzinfo=UTC)
    second = definition_of(Moment).values({"until": twice})["until"]
    assert second.astimezone(UTC) == datetime(2026, 10, 25, 1, tzinfo=UTC)


def refused(attributes, kinds=None, **options):
    """Declare an entity with these fields and give what is wrong with it."""
    namespace = {"__annotations__": {"name": str, **(kinds or {})}, **attributes}
    options = {"pk": "<name>", "sk": "X", **options}
    with pytest.raises(DefinitionError) as error:
        entity(**options)(type("Thing", (), namespace))
    return error.value.problems


@pytest.mark.parametrize("kind", [str, float, bool, datetime | int, date | None, list[datetime], Any])
def test_a_time_of_another_type_is_refused(kind):
    """A datetime, a timedelta, an int; or None."""
    (problem,) = refused({"until": field(default=None, ttl=True)}, {"until": kind})
    assert problem.startswith("field 'until' of entity 'Thing' is ttl=True, but ")
    assert "annotate it datetime, timedelta, or int" in problem


def test_an_item_expires_once():
    """Two fields would be two times."""
    fields = {name: field(default=None, ttl=True) for name in ("until", "lasts")}
    (problem,) = refused(fields, {"until": datetime | None, "lasts": timedelta | None})
    assert problem == "entity 'Thing' has more than one ttl field: 'until', 'lasts'; an item expires once"


@pytest.mark.parametrize("option, kind, more", [
    ("key_only", datetime, {"sk": "<until>"}),
    ("created", datetime | None, {}),
    ("updated", datetime | None, {}),
])
def test_a_time_is_nothing_else(option, kind, more):
    """It cannot live in the key alone, nor be filled in."""
    options: dict[str, Any] = {option: True}
    problems = refused({"until": field(default=None, ttl=True, **options)}, {"until": kind}, **more)
    assert f"field 'until' of entity 'Thing' is ttl=True and {option}=True: it can only be one" in problems


def test_the_rest_does_not_say_when():
    """It is no time at all."""
    problems = refused({"until": field(factory=dict, ttl=True, rest=True)}, {"until": dict[str, Any]})
    assert any("ttl=True and rest=True" in problem for problem in problems)


def test_a_time_is_an_argument():
    """What is not stored says nothing."""
    (problem,) = refused({"until": field(default=None, init=False, ttl=True)}, {"until": datetime | None})
    assert "init=False" in problem


def test_a_time_belongs_to_the_entity_itself():
    """Not to a class inside it."""
    @attrs.define
    class Inner:
        until: datetime | None = field(default=None, ttl=True)  # noqa: RUF009

    (problem,) = refused({}, {"inner": Inner})
    assert "Inner.until: ttl=True is for the fields of an entity" in problem


@pytest.mark.parametrize("indexes", [
    {"GSI1": ("ALL", "<until>")},
    {"GSI1": IndexKey("ALL", "<name>", when=lambda until: until is not None)},
    {"GSI1": ("<late>", "<name>")},
])
def test_no_key_is_made_of_a_duration(indexes):
    """What is left of it is another one each time."""
    problems = refused({"until": field(default=None, ttl=True)}, {"until": timedelta | None}, indexes=indexes,
                       computed={"late": lambda until: f"{until}"})
    assert any("'until'" in problem and "timedelta" in problem for problem in problems)


def test_a_duration_is_no_key_of_an_index_by_its_attribute():
    """Nor does an entity that is not in the index have to care."""
    @entity(pk="<name>", sk="X", indexes={"GSI1": "ALL"})
    class Thing:
        name: str
        until: timedelta | None = field(default=None, ttl=True)

    with pytest.raises(DefinitionError, match="its ttl field, a timedelta, is none: declare 'until' datetime"):
        Table("t", Thing, indexes=[Index("GSI1", sk="until")])
    assert list(members()) == [Moment, Duration, Seconds]


def test_a_table_has_one_attribute_for_it():
    """DynamoDB looks at one."""
    @entity(pk="<name>", sk="X")
    class Thing:
        name: str
        expires: datetime | None = field(default=None, ttl=True)

    with pytest.raises(DefinitionError) as error:
        Table("t", Moment, Thing)
    (_, problem) = error.value.problems
    assert "'ttl' (Moment.until), 'expires' (Thing.expires)" in problem
    assert "name='ttl'" in problem


@pytest.mark.parametrize("kind, wrong", [(int, True), (timedelta, True), (str, False), (datetime, False)])
def test_a_number_under_its_name_would_be_deleted_by_it(kind, wrong):
    """DynamoDB does not know entities; a text does no harm."""
    @entity(pk="<name>", sk="X")
    class Thing:
        name: str
        count: kind | None = field(default=None, name="ttl")  # type: ignore[valid-type]

    if wrong:
        with pytest.raises(DefinitionError, match=r"'count' of entity 'Thing'.*'ttl'.*'Seconds'.*ttl=True"):
            Table("t", Seconds, Thing)
    else:
        assert Table("t", Seconds, Thing).ttl_attribute == "ttl"


def test_the_attribute_is_the_tables():
    """The rest of an item may not have it."""
    @entity(pk="<name>", sk="X")
    class Thing:
        name: str
        rest: dict[str, Any] = field(factory=dict, rest=True)

    member = Table("t", Seconds, Thing)._registry.members[Thing]
    with pytest.raises(ItemStructureError, match="'ttl' is the table's"):
        member.item(Thing(name="x", rest={"ttl": 5}))


def test_an_index_of_some_attributes_holds_the_time():
    """If it holds items that expire, and the time is no key of it anyway."""
    @entity(pk="<name>", sk="X", indexes={"A": ("A", "<name>"), "C": "C"})
    class Thing:
        name: str
        until: datetime | None = field(default=None, ttl=True)

    @entity(pk="<name>", sk="Y", indexes={"B": ("B", "<name>")})
    class Other:
        name: str

    indexes = [Index("A", projection=["name"]), Index("B", projection=["name"]),
               Index("C", sk="until", projection=["name"])]
    found = Table("t", Thing, Other, indexes=indexes)._registry.indexes
    assert {name: index.projection for name, index in found.items()} == {
        "A": ("name", "_type", "until"), "B": ("name", "_type"), "C": ("name", "_type")}
