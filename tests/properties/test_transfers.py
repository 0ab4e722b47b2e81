"""What is exported and imported again, by whichever format, is as it was."""

from __future__ import annotations

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pynamite import dynamo
from pynamite.errors import ItemStructureError, TransferError
from pynamite.transfer import Csv, Parquet, export_items, import_items
from pynamite.wire import equal_items
from tests.unit.transfer.models import NOON, Order, orders, shop, stored, texts

FEW = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
# CSV has no way to tell an empty text, or no bytes, from what is missing.
NOT_EMPTY = orders(st.none() | texts.filter(bool), st.none() | st.binary(min_size=1, max_size=9))


def made(batch):
    """Give a store with instances in it, each key once."""
    store = shop().connect("sqlite://")
    store.create_table()
    store[Order].put_many(batch)
    return store


def again(store, format, **options):
    """Export a store, and import the file into a new one."""
    file = io.BytesIO()
    export_items(store, file, format=format, **options)
    other = shop().connect("sqlite://")
    other.create_table()
    import_items(other, io.BytesIO(file.getvalue()), format=format, **options)
    return other


@pytest.mark.parametrize("format", ["dynamodb-json", "scan-output", "json-lines", "parquet"])
@FEW
@given(batch=st.lists(orders(), max_size=4))
def test_instances_come_back_as_they_were(format, batch):
    """Each format keeps every field of an entity."""
    store = made(batch)
    other = again(store, format, entity=Order)
    assert stored(other) == stored(store)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", ":", " "])
@settings(FEW, max_examples=15)
@given(batch=st.lists(NOT_EMPTY, max_size=4))
def test_instances_come_back_from_csv(delimiter, batch):
    """Cells with delimiters, quotes and line ends in them come back, too."""
    store = made(batch)
    other = again(store, Csv(delimiter=delimiter), entity=Order)
    assert stored(other) == stored(store)


@pytest.mark.parametrize("format", ["dynamodb-json", "scan-output", "parquet"])
@FEW
@given(batch=st.lists(orders(), max_size=4))
def test_items_come_back_without_an_entity(format, batch):
    """What is no instance to anybody comes back attribute by attribute."""
    store = made(batch)
    other = again(store, format)
    one, two = (one.client.scan(TableName="shop")["Items"] for one in (store, other))
    assert len(one) == len(two)
    assert all(map(equal_items, one, two))


@FEW
@given(batch=st.lists(orders(), max_size=4))
def test_instances_come_back_from_frames(batch):
    """A data frame keeps every field."""
    store = made(batch)
    other = shop().connect("sqlite://")
    other.create_table()
    assert other.from_frame(Order, store.to_frame(Order)) == len(stored(store))
    assert stored(other) == stored(store)


@FEW
@given(text=st.binary(max_size=60) | st.text(max_size=60).map(str.encode),
       format=st.sampled_from(["dynamodb-json", "json-lines", "csv"]))
def test_what_is_no_file_of_the_format_is_told_as_such(text, format):
    """Whatever bytes a file has, nothing but the library's own errors come of it, and good rows alone are written."""
    client = dynamo.DB("things", "sqlite://").client
    dynamo.create_table("things", client, sk=None)
    try:
        report = import_items(
            dynamo.DB("things", client, sk=None), io.BytesIO(text), format=format, on_error="collect")
    except TransferError:
        return
    assert client.describe_table(TableName="things")["Table"]["ItemCount"] <= report.done


@FEW
@given(total=st.decimals(allow_nan=False, allow_infinity=False, places=30, min_value=0, max_value=1))
def test_parquet_never_rounds(total):
    """A number that does not fit into the column is refused, or kept as text."""
    store = made([Order(user="1", number=1, placed_at=NOON, total=total)])
    kept = again(store, Parquet(scale=None), entity=Order)
    assert stored(kept)[0].total == total
    try:
        other = again(store, "parquet", entity=Order)
    except ItemStructureError:
        assert total != round(total, 18)
    else:
        assert stored(other)[0].total == total

