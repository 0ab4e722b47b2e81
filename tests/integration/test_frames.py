"""Data frames: what the columns are, and what is told of rows that do not fit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pandas as pd
import pytest

from pynamite.errors import DefinitionError, ItemStructureError
from tests.unit.transfer.models import NOON, Address, Order, Status, User, order, shop, stored


@pytest.fixture
def store(client, table_name):
    """A new table."""
    store = shop(table_name).connect(client)
    store.create_table()
    return store


FULL = order(
    2, total=Decimal("1.10"), big=7, rate=0.5, paid=True, note="x", due=date(2026, 1, 2), took=timedelta(seconds=90),
    reference=UUID(int=5), photo=b"\0", tags={"b", "a"}, address=Address("Main", [b"x"]), counts={"a": 1},
    expires=datetime(2100, 1, 1, tzinfo=UTC))


def test_columns_keep_what_the_fields_have(store):
    """Ints stay ints, Decimals stay Decimals, moments are in UTC, and what is missing is missing."""
    store[Order].put_many([order(1), FULL])
    frame = store.to_frame(Order)
    kinds = {name: str(dtype) for name, dtype in frame.dtypes.items()}
    assert kinds["number"] == kinds["big"] == "Int64"
    assert kinds["rate"] == "Float64"
    assert kinds["paid"] == "boolean"
    assert kinds["note"] == kinds["reference"] == kinds["status"] == "string"
    assert kinds["placed_at"] == kinds["expires"] == "datetime64[us, UTC]"
    assert kinds["took"] == "timedelta64[us]"
    assert kinds["total"] == kinds["due"] == kinds["photo"] == "object"
    plain, full = (frame.iloc[row] for row in (0, 1))
    assert all(plain[name] is pd.NA for name in ("big", "rate", "paid", "note", "photo", "address"))
    assert plain["expires"] is pd.NaT
    assert (full["total"], full["status"], full["tags"]) == (Decimal("1.10"), "open", ["a", "b"])
    assert full["address"] == {"street": "Main", "codes": [b"x"]}
    assert full["placed_at"] == pd.Timestamp(NOON)


def test_frames_come_back(store):
    """A frame is put again as it was read; also one that was changed."""
    store[Order].put_many([order(1), FULL])
    frame = store.to_frame(Order)
    store[Order].delete_many(stored(store))
    assert store.from_frame(Order, frame) == 2
    assert stored(store) == [order(1), FULL]
    frame["note"] = "new"
    store.from_frame(Order, frame)
    assert {one.note for one in stored(store)} == {"new"}


def test_a_query_gives_a_frame_of_its_own(store):
    """A frame has what the query finds, and its columns where that is nothing."""
    store[Order].put_many([order(number, status=Status.PAID if number > 3 else Status.OPEN) for number in range(6)])
    assert list(store.to_frame(store[Order].query(user="1").ge(number=4))["number"]) == [4, 5]
    empty = store.to_frame(store[Order].query(user="none"))
    assert (len(empty), str(empty["number"].dtype), list(empty)[:2]) == (0, "Int64", ["user", "number"])


def test_ints_of_more_than_64_bits_are_kept(embedded):
    """DynamoDB has 38 digits; a column of objects holds them."""
    store = shop().connect(embedded)
    store.create_table()
    store[Order].put(order(1, big=10**30))
    frame = store.to_frame(Order)
    assert frame["big"].iloc[0] == 10**30
    assert store.from_frame(Order, frame) == 1


def test_every_problem_is_told_before_anything_is_written(store):
    """The error names rows by the frame's own labels, and nothing has been put."""
    frame = pd.DataFrame(
        {"user": ["1", None, "1", "1"], "number": [1, 2, 3.5, 4], "placed_at": [NOON, NOON, NOON, "yesterday"]},
        index=["a", "b", "c", "d"])
    with pytest.raises(ItemStructureError) as caught:
        store.from_frame(Order, frame)
    assert [line.split(":")[0] for line in caught.value.problems] == ["row b", "row c", "row d"]
    assert "row c: $.number: expected int, got 3.5 (float)" in caught.value.problems
    assert stored(store) == []


@pytest.mark.parametrize(("columns", "problem"), [
    ({"nmber": [1]}, "column 'nmber' is no field"),
    ({"user": ["a"], "number": [1], "placed_at": [datetime(2026, 1, 1)]}, "no time zone"),
    ({"user": ["a"], "number": [1], "placed_at": [pd.Timestamp("2026-01-01T00:00:00.000000001Z")]}, "nanoseconds"),
    ({"user": ["a"], "number": [1], "placed_at": [NOON], "status": ["lost"]}, r"row 0: \$.status"),
    ({"user": ["a"], "number": [10**10], "placed_at": [NOON]}, "row 0: "),
    ({"user": [""], "number": [1], "placed_at": [NOON]}, "row 0: "),
])
def test_what_does_not_fit_is_told(embedded, columns, problem):
    """Unknown columns, naive moments, nanoseconds, wrong choices, and keys that cannot be."""
    store = shop().connect(embedded)
    store.create_table()
    with pytest.raises(ItemStructureError, match=problem):
        store.from_frame(Order, pd.DataFrame(columns))
    assert stored(store) == []


def test_frames_of_plain_pandas_will_do(embedded):
    """numpy's dtypes, floats beside missing values, and missing columns with a default are read."""
    store = shop().connect(embedded)
    store.create_table()
    frame = pd.DataFrame({"user": ["1", "2"], "number": [1, 2], "placed_at": [NOON, NOON], "big": [3, None]})
    assert store.from_frame(Order, frame) == 2
    assert [one.big for one in stored(store)] == [3, None]


def test_entities_with_unique_fields_go_by_transactions(store):
    """Guards are written as by put_many."""
    store.from_frame(User, pd.DataFrame({"user": ["1"], "email": ["ann@example.com"]}))
    assert store[User].get_unique(email="ann@example.com").user == "1"


def test_wrong_uses_are_told(embedded):
    """A frame is of one entity, and it is a frame."""
    store = shop().connect(embedded)
    store.create_table()
    with pytest.raises(DefinitionError, match="one entity"):
        store.to_frame(store.collection(Order, User, user="1"))
    no_frame: Any = [{"user": "1"}]
    with pytest.raises(TypeError, match="DataFrame"):
        store.from_frame(Order, no_frame)
