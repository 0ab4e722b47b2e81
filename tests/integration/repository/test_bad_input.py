"""Bad input: one clear error that names the thing, and nothing written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs
import pytest

from pynamite import Table, entity, field
from pynamite.errors import ExpressionError, ItemStructureError, KeyValueError, TableNotFoundError
from tests.integration.repository.shop import Address, Order, User, order


@entity(pk="A#<id>", sk="A#<part>")
class Anything:
    id: str
    part: str = "p"
    number: int = 0
    exact: Decimal = Decimal(0)
    real: float = 0.0
    text: str = ""
    value: Any = None
    extra: dict[str, Any] = field(factory=dict, rest=True)


@pytest.fixture
def things(client, table_name):
    store = Table(table_name, Anything).connect(client)
    store.create_table()
    return store


VALUES: list[tuple[dict[str, Any], str]] = [
    ({"number": "3"}, r"\$\.number: expected int"),
    ({"number": 3.0}, r"\$\.number"),
    ({"number": True}, r"\$\.number"),
    ({"number": int("9" * 39)}, r"\$\.number: .*38"),
    ({"exact": Decimal("NaN")}, r"\$\.exact"),
    ({"exact": Decimal("Infinity")}, r"\$\.exact"),
    ({"exact": Decimal("1." + "1" * 38)}, r"\$\.exact: .*38"),
    ({"exact": Decimal("1E+126")}, r"\$\.exact"),
    ({"exact": 0.5}, r"\$\.exact"),
    ({"real": float("nan")}, r"\$\.real"),
    ({"real": float("-inf")}, r"\$\.real"),
    ({"text": b"x"}, r"\$\.text"),
    ({"text": "\ud800"}, r"\$\.text"),
    ({"text": None}, r"\$\.text"),
    ({"value": object()}, r"\$\.value"),
    ({"value": {"deep": [{"er": float("nan")}]}}, r"\$\.value\.deep\[0\]\.er"),
    ({"value": {1: "x"}}, r"\$\.value"),
    ({"extra": {"text": "x"}}, "text"),
    ({"extra": {"PK": "x"}}, "PK"),
    ({"extra": {"_type": "x"}}, "_type"),
    ({"text": "x" * 410_000}, "400 KB"),
    ({"number": "3", "text": 5}, r"number.*text"),
]
"""Values that cannot be stored. All of them go into one test: making a table for each would take most of its time."""


def test_a_value_that_cannot_be_stored_is_refused_before_any_call(things):
    """By create, put, the batches, a save and a transaction alike."""
    for wrong, words in VALUES:
        refuse_value(things, Anything(id="1", **wrong), words)
        assert things[Anything].scan().count() == 0


def refuse_value(things, bad, words):
    repository = things[Anything]
    for act in (
        repository.create, repository.put, lambda one: repository.put_many([Anything(id="2"), one]),
        lambda one: repository.put_many([Anything(id="2"), one], checked=True),
        lambda one: repository.save(one, since=Anything(id="1")),
    ):  # fmt: skip
        with pytest.raises(ItemStructureError, match=words):
            act(bad)
    with pytest.raises(ItemStructureError, match=words), things.transaction() as tx:
        tx[Anything].put(Anything(id="2"))
        tx[Anything].put(bad)


BAD_KEYS: list[tuple[dict[str, Any], str]] = [
    ({"id": "", "part": "p"}, "'id'.* is empty"),
    ({"id": None, "part": "p"}, "'id'.* is None"),
    ({"id": 1, "part": "p"}, "'id'.*expected str, got 1"),
    ({"id": "x" * 2047, "part": "p"}, "'PK'.* 2049 bytes, at most 2048"),
    ({"id": "\u00e9" * 1024, "part": "p"}, "'PK'.* 2050 bytes"),
    ({"id": "1", "part": "x" * 1023}, "'SK'.* 1025 bytes, at most 1024"),
    ({"id": "1"}, "lacks 'part'"),
    ({"part": "1"}, "lacks 'id'"),
    ({"id": "1", "part": "p", "text": "x"}, "'text' is not part of the key"),
    ({"id": "1", "parts": "p"}, "no field 'parts'; did you mean 'part'"),
    ({}, "lacks 'id', 'part'"),
]


def test_a_key_that_cannot_be_is_refused_by_every_verb(things):
    """With the field and the reason, and nothing is written."""
    for key, words in BAD_KEYS:
        refuse_key(things[Anything], key, words)
        assert things[Anything].scan().count() == 0


def refuse_key(repository, key, words):
    for act in (
        repository.get, repository.require, repository.delete, lambda one: repository.get_many([one]),
        lambda one: repository.delete_many([{"id": "1", "part": "1"}, one]),
        lambda one: repository.delete_many([one], checked=True), lambda one: repository.update(one, {"text": "x"}),
        lambda one: repository.update(one, {"text": "x"}, upsert=True),
        lambda one: repository.move(one, {"part": "q"}),
    ):  # fmt: skip
        with pytest.raises(KeyValueError, match=words):
            act(key)
    if set(key) == {"id", "part"}:
        for act in (repository.create, repository.put, lambda one: repository.put_many([one])):
            with pytest.raises((KeyValueError, ItemStructureError)):
                act(Anything(**key))


def test_an_upsert_validates_the_fields_of_its_key(client, table_name):
    """It may write them: types and validators are asked, and one that needs the instance asks for rereading."""

    def after_low(instance, _, value):
        if value <= instance.low:
            raise ValueError("high is not above low")

    @entity(pk="A#<code>", sk="B#<high>")
    class Checked:
        code: str = field(validator=attrs.validators.max_len(3))
        high: int = field(default=9, validator=after_low)
        low: int = 0

    store = Table(table_name, Checked).connect(client)
    store.create_table()
    with pytest.raises(ItemStructureError, match=r"\$\.code"):
        store[Checked].update({"code": "long", "high": 1}, {"low": 1}, upsert=True, reread=True)
    with pytest.raises(ExpressionError, match="validator of field 'high'"):
        store[Checked].update({"code": "a", "high": 1}, {"low": 0}, upsert=True)
    with pytest.raises(ItemStructureError, match="high is not above low"):
        store[Checked].update({"code": "a", "high": 1}, {"low": 1}, upsert=True, reread=True)
    assert store[Checked].count() == 0
    new = store[Checked].update({"code": "a", "high": 1}, {"low": 0}, upsert=True, reread=True)
    assert store[Checked].scan().all() == [new] == [Checked(code="a", high=1)]


def test_keys_of_the_largest_size_are_stored(things):
    """2048 and 1024 bytes, ASCII or not."""
    for fill in ("x", "\u00e9"):
        size = len(fill.encode())
        largest = Anything(id=fill * (2046 // size), part=fill * (1022 // size))
        things[Anything].create(largest)
        assert things[Anything].require(largest) == largest


def test_a_table_that_is_not_there_is_named(client, table_name):
    """By reads, writes and batches, as a LookupError with the remedy."""
    store = Table(table_name, User).connect(client)
    users, ann = store[User], User(account_id="1", email="x")
    for act in (
        lambda: users.get(ann), lambda: users.create(ann), lambda: users.update(ann, {"email": "y"}),
        lambda: users.delete(ann), lambda: users.get_many([ann]), lambda: users.put_many([ann]),
        lambda: users.delete_many([ann]), lambda: users.scan().all(), lambda: users.query(account_id="1").count(),
        lambda: users.move(ann, {"account_id": "2"}), store.delete_table,
    ):  # fmt: skip
        with pytest.raises(TableNotFoundError, match=f"there is no table '{table_name}'.*create it") as missing:
            act()
        assert missing.value.table_name == table_name
    assert not store.exists()


def test_a_batch_of_keys_is_no_single_key(filled):
    """A mapping where a list of mappings is expected, keys as texts: a TypeError that says how keys are given."""
    for wrong in ({"account_id": "1"}, "12", [1], [("1",)]):
        with pytest.raises(TypeError, match="given by its fields"):
            filled[User].get_many(wrong)
    with pytest.raises(TypeError, match="given by its fields"):
        filled[User].get("USER#1")
    with pytest.raises(TypeError, match="instances"):
        filled[User].put_many(["x"])
    assert filled[User].count() == 2


def test_nested_values_are_checked_like_others(shop):
    """The path leads into the nested class."""
    wrong: Any = Address(street="Main", zip=1)  # type: ignore[arg-type]
    with pytest.raises(ItemStructureError, match=r"\$\.address\.zip: expected str, got 1"):
        shop[User].create(User(account_id="1", email="x", address=wrong))
    with pytest.raises(ItemStructureError, match=r"\$\.address: expected Address"):
        shop[User].create(User(account_id="1", email="x", address="Main"))  # type: ignore[arg-type]
    assert shop[User].count() == 0


def test_a_validator_is_asked_before_any_call(shop):
    """A class whose instances can change is checked again when one is written."""
    bad = order(1)
    with pytest.raises(ValueError, match="total"):
        bad.total = -1
    object.__setattr__(bad, "total", -1)
    with pytest.raises(ItemStructureError, match=r"\$\.total"):
        shop[Order].create(bad)
    assert shop[Order].count() == 0
