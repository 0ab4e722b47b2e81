"""Updates of what is inside an item: map keys, elements, sets, copies; and what the item has no place for."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import attrs
import botocore.exceptions
import pytest

from pynamite import (
    IfNotExists,
    Increment,
    ListRemove,
    Remove,
    SetAdd,
    SetRemove,
    Table,
    attribute,
    entity,
    evolve,
    field,
    path,
)
from pynamite.errors import (
    ConditionFailedError,
    ExpressionError,
    ItemStructureError,
    OperationError,
    TransactionCanceledError,
)


class Room(Enum):
    HALL = "hall"
    ATTIC = "attic"


@attrs.define
class Address:
    city: str = field(name="town")
    lines: list[str] = attrs.Factory(list)
    code: str = attrs.field(default="", validator=attrs.validators.max_len(3))
    floors: dict[int, int] = attrs.Factory(dict)


OFFICE, SHED = UUID(int=1), UUID(int=2)
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@entity(pk="H#<id>", sk="HOUSE")
class House:
    id: str
    name: str
    notes: list[str] = attrs.Factory(list)
    seen: list[str] = attrs.Factory(list)
    addresses: dict[str, Address] = attrs.Factory(dict)
    by_id: dict[UUID, Decimal] = attrs.Factory(dict)
    by_room: dict[Room, set[str]] = attrs.Factory(dict)
    home: Address | None = None
    rows: list[list[int]] = attrs.Factory(list)
    tags: set[str] = attrs.Factory(set)
    visits: int = 5
    last_visits: int = 0
    motto: str | None = None
    limit: int | None = 3
    made_at: datetime | None = field(default=None, created=True)
    changed_at: datetime | None = field(default=None, updated=True)


KEY = {"id": "1"}
BASEL = Address("Basel", ["x", "y"], floors={1: 10})
PLACES = {"home": Address("Bern", ["Main St"]), "a.b": Address("Chur")}
HOUSE = House(
    id="1",
    name="Hill",
    notes=["a", "b", "c", "d"],
    addresses=PLACES,
    by_id={OFFICE: Decimal("1.50")},
    by_room={Room.HALL: {"table"}},
    home=BASEL,
    rows=[[1, 2], [3]],
    tags={"old"},
)
STORED = evolve(HOUSE, made_at=NOON, changed_at=NOON)


@pytest.fixture
def store(client, table_name):
    """The table with one house in it."""
    made = Table(table_name, House).connect(client, now=lambda: NOON)
    made.create_table()
    made[House].create(HOUSE)
    return made


@pytest.fixture
def houses(store):
    """Its repository."""
    return store[House]


ADDRESSES, BY_ID, BY_ROOM = attribute(House.addresses), attribute(House.by_id), attribute(House.by_room)
HOME = attribute(House.home)

CHANGES: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "a map key": ([ADDRESSES["work"].set(Address("Genf"))], {"addresses": {**PLACES, "work": Address("Genf")}}),
    "a map key with a dot": ([ADDRESSES["x.y[0]"].set(Address("X"))],
                             {"addresses": {**PLACES, "x.y[0]": Address("X")}}),
    "a map key by text": ([{r"addresses.x\.y": Address("X")}], {"addresses": {**PLACES, "x.y": Address("X")}}),
    "inside of a map's value": ([ADDRESSES["a.b"].at(lambda a: a.city).set("Zug")],
                                {"addresses": {**PLACES, "a.b": Address("Zug")}}),
    "a map key removed": ([ADDRESSES["home"].remove()], {"addresses": {"a.b": Address("Chur")}}),
    "a map key removed by text": ([{"addresses.home": Remove()}], {"addresses": {"a.b": Address("Chur")}}),
    "a UUID for a key": ([BY_ID[SHED].set(Decimal(2))], {"by_id": {OFFICE: Decimal("1.50"), SHED: Decimal(2)}}),
    "a UUID for a key, counted": ([BY_ID[OFFICE].add(Decimal(1)), BY_ID[SHED].add(Decimal(3))],
                                  {"by_id": {OFFICE: Decimal("2.50"), SHED: Decimal(3)}}),
    "a UUID for a key, by text": ([{f"by_id.{OFFICE}": Increment(f"by_id.{OFFICE}", 1)}],
                                  {"by_id": {OFFICE: Decimal("2.50")}}),
    "an enum for a key": ([BY_ROOM[Room.ATTIC].set({"box"})], {"by_room": {Room.HALL: {"table"}, Room.ATTIC: {"box"}}}),
    "elements of a set in a map": ([BY_ROOM[Room.HALL].add({"chair"}), BY_ROOM[Room.ATTIC].add({"box"})],
                                   {"by_room": {Room.HALL: {"table", "chair"}, Room.ATTIC: {"box"}}}),
    "an int for a key": ([HOME.at(lambda h: h.floors)[2].set(20), HOME.at(lambda h: h.floors)[1].add(1)],
                         {"home": attrs.evolve(BASEL, floors={1: 11, 2: 20})}),
    "a field by another name": ([HOME.at(lambda h: h.city).set("Biel")], {"home": attrs.evolve(BASEL, city="Biel")}),
    "elements set": ([attribute(House.notes)[1].set("B"), attribute(House.notes)[9].set("last")],
                     {"notes": ["a", "B", "c", "d", "last"]}),
    "an element removed": ([attribute(House.notes)[1].remove()], {"notes": ["a", "c", "d"]}),
    "several elements removed": ([attribute(House.notes)[0].remove(), attribute(House.notes)[2].remove()],
                                 {"notes": ["b", "d"]}),
    "several elements removed by one operator": ([{"notes": ListRemove("notes", [3, 0, 9])}], {"notes": ["b", "c"]}),
    "an element set and one removed": ([attribute(House.notes)[0].set("A"), attribute(House.notes)[3].remove()],
                                       {"notes": ["A", "b", "c"]}),
    "elements of a nested list": ([attribute(House.rows)[0][1].set(9), attribute(House.rows)[1].append(4, 5)],
                                  {"rows": [[1, 9], [3, 4, 5]]}),
    "a nested list, element removed": ([HOME.at(lambda h: h.lines)[0].remove()],
                                       {"home": attrs.evolve(BASEL, lines=["y"])}),
    "a nested list, prepended": ([HOME.at(lambda h: h.lines).prepend("w")],
                                 {"home": attrs.evolve(BASEL, lines=["w", "x", "y"])}),
    "set elements": ([attribute(House.tags).add({"new", "old"})], {"tags": {"old", "new"}}),
    "set elements by operators": ([{"tags": SetAdd("tags", ["new"])}], {"tags": {"old", "new"}}),
    "set elements discarded": ([attribute(House.tags).discard({"old", "none"})], {"tags": set()}),
    "set elements removed by operators": ([{"tags": SetRemove("tags", "old")}], {"tags": set()}),
    "if absent, there": ([attribute(House.visits).set_if_absent(9), {"name": IfNotExists("name", "x")}], {}),
    "if absent, not there": ([attribute(House.motto).set_if_absent("go")], {"motto": "go"}),
    "if absent, nested": ([ADDRESSES["new"].set_if_absent(Address("N")), ADDRESSES["home"].set_if_absent(Address("N"))],
                          {"addresses": {**PLACES, "new": Address("N")}}),
    "if another one is absent": ([{"motto": IfNotExists("motto", "go"), "last_visits": IfNotExists("visits", 8)}],
                                 {"motto": "go", "last_visits": 5}),
    "a copy": ([attribute(House.last_visits).copy(attribute(House.visits)), attribute(House.visits).set(0)],
               {"last_visits": 5, "visits": 0}),
    "a copy from inside": ([attribute(House.motto).copy(HOME.at(lambda h: h.lines)[1])], {"motto": "y"}),
    "a copy to inside": ([ADDRESSES["work"].copy(ADDRESSES["home"])],
                         {"addresses": {**PLACES, "work": Address("Bern", ["Main St"])}}),
    "counting by another one": ([{"last_visits": Increment("visits", 2)}], {"last_visits": 7}),
}  # fmt: skip


def test_changes_inside_an_item(houses):
    """The new instance is given, is what is stored, and differs in nothing else."""
    for told, (changes, expected) in CHANGES.items():
        houses.put(HOUSE)
        new = houses.update(KEY, *changes)
        assert new == evolve(STORED, **expected), told
        assert houses.require(KEY, consistent_read=True) == new, told


def test_changes_inside_an_item_that_was_read(houses):
    """It makes no difference that something else in the update has to be read first."""
    first = attribute(House.seen).insert(0, "x")
    for told, (changes, expected) in CHANGES.items():
        houses.put(HOUSE)
        assert houses.update(KEY, *changes, first, reread=True) == evolve(STORED, seen=["x"], **expected), told


def test_what_is_copied_reads_as_the_default_where_it_is_absent(store, houses):
    """An older item may lack it; what has no default to stand for it cannot be copied."""
    store.db.put(["H#1", "HOUSE"], {"_type": "House", "id": "1", "name": "Hill"})
    assert houses.update(KEY, attribute(House.last_visits).copy(attribute(House.visits))).last_visits == 5
    with pytest.raises(OperationError, match="has nothing at 'motto', of which a value is to be made") as refused:
        houses.update(KEY, {"addresses": {}}, path("motto").copy(attribute(House.motto)))
    assert refused.value.code == "ValidationException"
    assert isinstance(refused.value.__cause__, botocore.exceptions.ClientError)


def test_what_may_be_none_is_copied_by_reading_first(houses):
    """A required field never becomes None, which no reader could make an instance of."""
    with pytest.raises(ExpressionError, match="motto may be None, which name cannot be; pass reread=True"):
        houses.update(KEY, path("name").copy(attribute(House.motto)))
    with pytest.raises(OperationError, match="has nothing at 'motto'"):
        houses.update(KEY, path("name").copy(attribute(House.motto)), reread=True)
    houses.update(KEY, {"motto": "go", "limit": None})
    assert houses.update(KEY, path("name").copy(attribute(House.motto)), reread=True).name == "go"
    with pytest.raises(ItemStructureError, match=r"\$\.visits"):
        houses.update(KEY, path("visits").copy(attribute(House.limit)), reread=True)
    assert houses.require(KEY).visits == 5


def test_the_validator_of_a_nested_field_sees_the_result(houses):
    """A value that is set is validated at once; for everything else the item is read first."""
    code = HOME.at(lambda h: h.code)
    with pytest.raises(ItemStructureError, match="code"):
        houses.update(KEY, code.set("long"))
    with pytest.raises(ExpressionError, match="field 'code' has a validator"):
        houses.update(KEY, code.set_if_absent("long"))
    houses.update(KEY, {"home.code": "abc"})
    assert houses.update(KEY, code.set_if_absent("long"), reread=True).home.code == "abc"


MISFITS: dict[str, tuple[list[Any], list[str]]] = {
    "a map that is absent": ([BY_ID[SHED].set(Decimal(1))],
        ["no place for 'by_id." + str(SHED) + "'", "at 'by_id'", "with attribute(House.by_id).set(...)"]),
    "an object that is absent": ([HOME.at(lambda h: h.city).set("x")], ["'home.town'", "at 'home'", "House.home"]),
    "inside of a map's value that is absent": ([ADDRESSES["none"].at(lambda a: a.city).set("x")],
        ["'addresses.none.town'", "at 'addresses.none'", "with what it is inside of if that is missing, too"]),
    "a list that is absent": ([attribute(House.rows)[0][1].set(1)], ["'rows[0][1]'", "at 'rows[0]'"]),
    "one of two": ([HOME.at(lambda h: h.lines).append("x"), attribute(House.rows)[0].remove()],
        ["'home.lines' or 'rows[0]'", "at 'home' or 'rows'; set these as a whole"]),
    "removed from what is absent": ([ADDRESSES["home"].remove()], ["'addresses.home'", "at 'addresses'"]),
}  # fmt: skip


def test_an_update_that_finds_no_place_says_which(store, houses):
    """With what to do, the service's error as its cause, and nothing written; so it is with an upsert of a new item."""
    store.db.put(["H#1", "HOUSE"], {"_type": "House", "id": "1", "name": "Hill"})
    upsert = {"upsert": True}
    cases = [(id, options, *case) for id, options in (("1", {}), ("2", upsert)) for case in MISFITS.values()]
    for id, options, changes, words in cases:
        with pytest.raises(OperationError, match="has no place for") as refused:
            houses.update({"id": id}, {"name": "x", "visits": 1}, *changes, **options)
        assert all(word in str(refused.value) for word in words), str(refused.value)
        assert f"the House with id='{id}' in table" in str(refused.value)
        assert (refused.value.operation, refused.value.code) == ("UpdateItem", "ValidationException")
        assert refused.value.key == {"PK": f"H#{id}", "SK": "HOUSE"}
        assert isinstance(refused.value.__cause__, botocore.exceptions.ClientError)
    assert [house.name for house in houses.scan().consistently()] == ["Hill"]


def test_where_the_item_was_read_the_one_at_fault_is_told(store, houses):
    """Of several places, only that which is missing."""
    store.db.put(["H#1", "HOUSE"], {"_type": "House", "id": "1", "name": "Hill", "rows": [[1]]})
    changes = [attribute(House.rows)[0].append(2), ADDRESSES["x"].set(Address("x"))]
    changes.append(attribute(House.notes).insert(0, "x"))
    with pytest.raises(OperationError, match="no place for 'addresses.x': there is nothing") as refused:
        houses.update(KEY, *changes, reread=True)
    assert isinstance(refused.value.__cause__, ExpressionError)
    with pytest.raises(OperationError, match=r"no place for 'rows\[0\]' or 'addresses.x'"):
        houses.update({"id": "2"}, {"name": "x"}, *changes, reread=True, upsert=True)
    assert houses.scan().consistently().count() == 1


@pytest.mark.differs(backend="moto", reason="moto has words of its own for an operand of another type")
def test_what_cannot_be_counted_on_is_told(houses):
    """None that is stored, and no set."""
    houses.update(KEY, {"limit": None})
    with pytest.raises(OperationError, match=r"has None, or .* at 'limit', .* with attribute\(House.limit\).set"):
        houses.update(KEY, attribute(House.limit).add(1))
    with pytest.raises(OperationError, match="has None, or a value of another type, at 'limit'"):
        houses.update(KEY, attribute(House.limit).add(1), attribute(House.notes).insert(0, "x"), reread=True)
    assert houses.require(KEY).notes == HOUSE.notes


@pytest.mark.differs(backend="moto", reason="moto refuses the whole request, without a reason for each operation")
@pytest.mark.differs(
    backend="dynamodb-local", reason="DynamoDB Local refuses the whole request, without a reason for each operation"
)
def test_in_a_transaction_the_reason_is_told_at_its_operation(store):
    """As AWS documents it for TransactionCanceledException: the code ValidationError."""
    told = r"operation 1 \(update House\): the House"
    with pytest.raises(TransactionCanceledError, match=told) as cancelled, store.transaction() as tx:
        tx[House].create(House(id="3", name="x"))
        tx[House].update(KEY, ADDRESSES["none"].at(lambda a: a.city).set("x"))
    none, reason = cancelled.value.reasons
    assert none is None and reason is not None
    assert "has no place for 'addresses.none.town'" in str(reason)
    assert reason.code == "ValidationError"


def test_an_upsert_writes_key_type_and_stamps(store, houses):
    """The item is whole, and found by its type; a second time it is changed, and keeps the moment it was made."""
    key = {"id": "9"}
    changes = [attribute(House.visits).add(1), attribute(House.tags).add({"x"})]
    new = houses.update(key, {"name": "New"}, *changes, upsert=True)
    assert new == House(id="9", name="New", visits=6, tags={"x"}, made_at=NOON, changed_at=NOON)
    item = store.db.get(["H#9", "HOUSE"])
    assert {"PK", "SK", "_type", "id", "made_at", "changed_at"} <= set(item)
    assert (item["_type"], item["id"]) == ("House", "9")
    later = Table(store.name, House).connect(store.client, now=lambda: NOON.replace(hour=13))
    again = later[House].update(key, {"name": "Newer"}, upsert=True)
    assert (again.made_at, again.changed_at) == (NOON, NOON.replace(hour=13))
    assert houses.scan().filter(attribute(House.name) == "Newer").all() == [again]


def test_a_failed_condition_shows_what_is_nested(houses):
    """The error's item is the whole instance."""
    with pytest.raises(ConditionFailedError) as failed:
        houses.update(KEY, ADDRESSES["home"].remove(), where=ADDRESSES["home"].at(lambda a: a.city) == "Chur")
    assert failed.value.item == STORED
