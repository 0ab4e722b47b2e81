"""Keys of numbers and bytes, natural attributes, names of the table's own, and what is read from the key alone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Literal
from uuid import UUID

import attrs
import pytest

from pynamite import Index, Table, entity, field
from pynamite.errors import DefinitionError, ExpressionError, KeyValueError

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@entity(pk="<device>", sk="<level>", indexes={"ByWeight": (None, None), "ByDigest": ("<digest>", "<weight>")})
class Reading:
    device: str = field(name="State#Date")
    level: int
    weight: Decimal | None = None
    digest: bytes | None = None


@pytest.fixture
def readings(client, table_name):
    indexes = [
        Index("ByWeight", sk="weight", local=True),
        Index("ByDigest", pk="digest", sk="weight"),
    ]
    table = Table(table_name, Reading, pk="State#Date", sk="level", indexes=indexes)
    store = table.connect(client)
    store.create_table()
    return store[Reading]


LEVELS = [-1000, -20, -3, 0, 5, 10, 100, 10**37]


def test_numbers_sort_as_numbers(readings):
    """A sort key of numbers needs no padding; bounds are numbers, negative ones included."""
    readings.put_many([Reading(device="d", level=level) for level in reversed(LEVELS)])
    query = readings.query(device="d")
    assert [one.level for one in query] == LEVELS
    assert [one.level for one in query.reverse().limit(2)] == LEVELS[:-3:-1]
    assert [one.level for one in query.between(level=(-20, 5))] == [-20, -3, 0, 5]
    assert [one.level for one in query.gt(level=-20).lt(level=5)] == [-3, 0]
    assert query.gt(level=-20).lt(level=5).count() == 2
    assert query.between(level=(5, -20)).all() == []
    assert readings.require(device="d", level=-3) == Reading(device="d", level=-3)
    with pytest.raises(ExpressionError, match="is no text"):
        query.begins_with(level="1")
    with pytest.raises(KeyValueError):
        query.gt(level=1.5)
    first = query.page(5)
    assert [one.level for one in first.items + query.page(5, first.cursor).items] == LEVELS


def test_a_local_index_of_numbers_is_sparse(readings):
    """An item without the number is not in the index; one that gets it is, in its place."""
    weights = [Decimal("-1.5"), Decimal("0.25"), Decimal(3), None]
    readings.put_many([Reading(device="d", level=n, weight=weight) for n, weight in enumerate(weights)])
    query = readings.query("ByWeight", device="d")
    assert [one.level for one in query] == [0, 1, 2]
    readings.update({"device": "d", "level": 3}, {"weight": Decimal("0.5")})
    readings.update({"device": "d", "level": 0}, {"weight": None})
    assert [one.level for one in query] == [1, 3, 2]
    assert [one.level for one in query.ge(weight=Decimal("0.5")).consistently()] == [3, 2]


def test_bytes_are_keys(readings):
    """A binary partition key is found by its bytes, whatever they are."""
    digests = [b"\x00", b"\xff\xfe", bytes(range(256))]
    readings.put_many(
        [Reading(device="d", level=n, weight=Decimal(n), digest=digest) for n, digest in enumerate(digests)]
    )
    for n, digest in enumerate(digests):
        assert [one.level for one in readings.query("ByDigest", digest=digest)] == [n]
        assert readings.query("ByDigest", digest=digest).gt(weight=Decimal(n)).all() == []
    with pytest.raises(KeyValueError, match="expected bytes"):
        readings.query("ByDigest", digest="text")
    with pytest.raises(KeyValueError, match="is empty"):
        readings.put(Reading(device="d", level=9, weight=Decimal(1), digest=b""))


@entity(pk="<owner>", sk="<digest>")
class Blob:
    owner: UUID
    digest: bytes
    size: int = 0


def test_bytes_sort_as_bytes(client, table_name):
    """A binary sort key is compared byte by byte."""
    store = Table(table_name, Blob, pk="owner", sk="digest").connect(client)
    store.create_table()
    digests = [b"\x00", b"\x00\xff", b"a", b"\x7f", b"\x80", b"\xff"]
    owner = UUID(int=7)
    store[Blob].put_many([Blob(owner=owner, digest=digest) for digest in reversed(digests)])
    query = store[Blob].query(owner=owner)
    assert [one.digest for one in query] == sorted(digests)
    assert [one.digest for one in query.gt(digest=b"\x00").le(digest=b"\x80")] == sorted(digests)[1:5]
    first = query.page(4)
    assert [one.digest for one in first.items + query.page(4, first.cursor).items] == sorted(digests)


class Colour(Enum):
    RED = "r"
    BLUE = "b"


@attrs.frozen
class Spec:
    """A field that lives in the key alone: its type, its placeholder and a value."""

    kind: object
    codec: str
    value: object


SPECS = {
    "text": Spec(str, "", "a#b"),
    "reversed": Spec(str, ":reversed", "a\u0301b"),
    "escaped": Spec(str, ":escape", "a#-. %"),
    "number": Spec(int, "", -12),
    "padded": Spec(int, ":pad(4)", 12),
    "signed": Spec(int, ":signed(4)", -12),
    "descending": Spec(int, ":desc(4)", 12),
    "decimal": Spec(Decimal, ":decimal(4,2)", Decimal("-1.25")),
    "plain_decimal": Spec(Decimal, "", Decimal("1E+5")),
    "moment": Spec(datetime, "", NOON.replace(microsecond=1)),
    "seconds": Spec(datetime, ":utc(0)", NOON),
    "newest": Spec(datetime, ":desc", NOON.replace(microsecond=999)),
    "day": Spec(date, "", date(2026, 5, 1)),
    "latest_day": Spec(date, ":desc", date(2026, 5, 1)),
    "uuid": Spec(UUID, "", UUID(int=5)),
    "flag": Spec(bool, "", False),
    "colour": Spec(Colour, "", Colour.BLUE),
    "colour_name": Spec(Colour, ":name", Colour.BLUE),
    "literal": Spec(Literal["x", "y"], "", "y"),
}


def test_a_field_that_lives_in_the_key_alone_is_read_from_it(client, table_name):
    """Every codec that can be read back gives the value as it was, and no attribute is stored for it."""
    classes: dict[str, Any] = {}
    for name, spec in SPECS.items():
        body = {"__annotations__": {"id": str, "value": spec.kind}, "value": field(key_only=True)}
        plain = type(f"Key{name.title()}", (), {**body, "__module__": __name__})
        classes[name] = entity(pk="<id>", sk=f"{name}#<value{spec.codec}>!")(plain)
    table = Table(table_name, *classes.values())
    store = table.connect(client)
    store.create_table()
    for name, cls in classes.items():
        instance = cls(id="1", value=SPECS[name].value)
        assert store[cls].create(instance) == instance
        assert store[cls].partition(id="1") == [instance]
    items = client.scan(TableName=table_name)["Items"]
    assert len(items) == len(SPECS) and all("value" not in item for item in items)


@entity(pk="<id>", sk="<level>")
class Scale:
    id: str
    level: Decimal = field(key_only=True)


@pytest.mark.parametrize("text", ["0", "-1.50", "1E+100", "1E-100", "-12345678901234567890.123456789", "9" * 38])
def test_a_number_that_lives_in_the_key_alone_is_read_from_it(client, table_name, text):
    """However the database writes the number, it is the same one."""
    store = Table(table_name, Scale, sk="level").connect(client)
    store.create_table()
    one = Scale(id="1", level=Decimal(text))
    store[Scale].create(one)
    assert store[Scale].partition(id="1") == [one]
    assert store[Scale].query(id="1").le(level=Decimal(text)).all() == [one]
    assert store[Scale].require(one) == one


@entity(pk="CONFIG", sk="GLOBAL")
class Config:
    theme: str = "light"


@entity(pk="APP")
class Alone:
    visits: int = 0


def test_a_key_without_placeholders_is_a_singletons(client, table_name):
    """There is one such item, and it takes no arguments to get, update and delete it."""
    store = Table(table_name, Config, pk="customerId", sk="sk").connect(client)
    store.create_table()
    assert store[Config].get() is None
    assert store[Config].update({}, {"theme": "dark"}, upsert=True) == Config(theme="dark")
    assert store[Config].get() == store[Config].require() == Config(theme="dark")
    assert store[Config].partition() == [Config(theme="dark")]
    assert store.db.get("CONFIG.GLOBAL")["customerId"] == "CONFIG"
    with pytest.raises(KeyValueError, match="has no field 'id'"):
        store[Config].get(id="1")
    assert store[Config].delete() is True and store[Config].get() is None


def test_a_table_may_have_no_sort_key(client, table_name):
    """A singleton in a table of partition keys only."""
    store = Table(table_name, Alone, sk=None).connect(client)
    store.create_table()
    store[Alone].put(Alone(visits=1))
    assert store[Alone].get() == Alone(visits=1)
    assert store[Alone].query().all() == [Alone(visits=1)]


def test_a_key_of_numbers_or_bytes_takes_nothing_else():
    """A type that cannot be such a key, and a template around it, are told at declaration."""

    @entity(pk="<id>", sk="LEVEL#<level>")
    class Wrapped:
        id: str
        level: int

    with pytest.raises(DefinitionError, match="stored as 'level' itself: the template can only be '<level>'"):
        Table("table", Wrapped, sk="level")

    @entity(pk="<id>", sk="<flag>")
    class Flagged:
        id: str
        flag: bool

    with pytest.raises(DefinitionError, match="has to be stored as a text, a number or bytes"):
        Table("table", Flagged, sk="flag")


def test_a_whole_number_bounds_decimals(readings):
    """As in a condition: the bound is not kept, and a text is bounded by texts only."""
    readings.put_many(Reading(device="d", level=n, weight=Decimal(n) / 2) for n in range(1, 9))
    assert [one.level for one in readings.query("ByWeight", device="d").ge(weight=2).lt(weight=3)] == [4, 5]
    with pytest.raises(KeyValueError, match="expected Decimal, got '2'"):
        readings.query("ByWeight", device="d").ge(weight="2")
