"""Many entries by chunks: sizes, progress, and what is left over."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite.dynamo import chunks
from pynamite.dynamo.chunks import Chunks, weight
from pynamite.dynamo.send import send_batch_get, send_batch_write
from pynamite.errors import OperationError, UnprocessedItemsError
from pynamite.operation.batch import delete_entry, put_entry
from tests.unit.dynamo.scripted import ScriptedClient, patient, refusal


def key(n: int) -> dict[str, Any]:
    return {"PK": {"S": f"{n}"}}


def left(*numbers: int) -> dict[str, Any]:
    return {"UnprocessedItems": {"shop": [put_entry(key(n)) for n in numbers]}}


THROTTLED = refusal("ProvisionedThroughputExceededException")


def put(count: int, *answers: Any, waits: list[float], **options: Any) -> Any:
    """Put so many items through a client that answers so; gives the numbers of each request."""
    scripted: Any = ScriptedClient(*answers)
    entries = [put_entry(key(n)) for n in range(count)]
    send_batch_write(scripted, "shop", entries, key_names=["PK"], backoff=patient(waits), **options)
    return [[int(entry["PutRequest"]["Item"]["PK"]["S"]) for entry in request["RequestItems"]["shop"]]
            for _, request in scripted.requests]


def test_progress_is_told_after_each_request_that_got_on():
    """How many are done, and how many there are; a request that did nothing is not told."""
    told: list[tuple[int, int]] = []
    waits: list[float] = []
    put(60, {}, left(25, 26), THROTTLED, {}, waits=waits, progress=lambda *numbers: told.append(numbers))
    assert told == [(25, 60), (48, 60), (60, 60)]
    assert waits == [1.0, 2.0]


def test_what_is_left_goes_first_into_the_next_request():
    """Nothing waits for the end, and nothing is forgotten."""
    waits: list[float] = []
    requests = put(40, left(3, 20), {}, waits=waits)
    assert requests == [list(range(25)), [3, 20, *range(25, 40)]]


def test_duplicates_are_one_entry():
    """The total counts what is sent."""
    told: list[tuple[int, int]] = []
    scripted: Any = ScriptedClient({})
    entries = [put_entry(key(1)), delete_entry(key(2)), delete_entry(key(1))]
    send_batch_write(scripted, "shop", entries, key_names=["PK"], progress=lambda *numbers: told.append(numbers))
    assert told == [(2, 2)]


def test_headway_begins_the_counting_of_tries_anew():
    """A table that does a little each time is not given up."""
    waits: list[float] = []
    answers = [left(*range(n, 25)) for n in range(1, 25)]
    put(25, *answers, {}, waits=waits)
    assert waits == [1.0] * 24


def test_what_stays_undone_is_shown_as_the_caller_knows_it():
    """The error's list can be given to the same verb again."""
    waits: list[float] = []
    with pytest.raises(UnprocessedItemsError, match="2 of 3 entries were left undone after 4 tries") as error:
        put(3, left(1, 2), *[THROTTLED] * 4, waits=waits,
            shown=lambda entry: "known as " + entry["PutRequest"]["Item"]["PK"]["S"])
    assert error.value.unprocessed == ("known as 1", "known as 2")
    assert error.value.__cause__ is not None
    scripted: Any = ScriptedClient(*[{"UnprocessedKeys": {"shop": {"Keys": [key(1)]}}}] * 4)
    with pytest.raises(UnprocessedItemsError) as error:
        send_batch_get(scripted, "shop", [key(1)], backoff=patient(waits), shown=lambda wire: wire["PK"])
    assert error.value.unprocessed == ({"S": "1"},)


def test_an_error_in_the_middle_says_how_many_were_done():
    """What was done before stays done."""
    waits: list[float] = []
    with pytest.raises(OperationError) as error:
        put(60, {}, left(30), refusal("ValidationException"), waits=waits)
    assert error.value.__notes__ == ["49 of 60 entries were done before"]


def test_what_is_no_function_is_refused_before_anything_is_sent():
    """Not after the first batch was written."""
    waits: list[float] = []
    with pytest.raises(TypeError, match=r"progress= is called with two numbers, \(done, total\); 5 cannot be called"):
        put(1, waits=waits, progress=5)


def test_a_request_is_no_larger_than_the_service_takes(monkeypatch):
    """Items of many small values are several times as large on their way as they are stored."""
    largest = 16 * 1024  # a thousandth of what it is, to be quick
    monkeypatch.setattr(chunks, "LARGEST_REQUEST", largest)
    entries = [put_entry({**key(n), "x": {"L": [{"N": "1"}] * 130}}) for n in range(25)]
    scripted: Any = ScriptedClient(*[{}] * 25)
    send_batch_write(scripted, "shop", entries, key_names=["PK"])
    sizes = [len(json.dumps(request)) for _, request in scripted.requests]
    assert len(sizes) == 4 and max(sizes) <= largest
    assert sum(len(request["RequestItems"]["shop"]) for _, request in scripted.requests) == 25


values: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.one_of(
        st.text(max_size=5).map(lambda text: {"S": text}), st.just({"NULL": True}), st.just({"BOOL": False}),
        st.integers(-9, 9).map(lambda number: {"N": str(number)}), st.just({"M": {}})),
    lambda inner: st.lists(inner, max_size=5).map(lambda members: {"L": members}))


@given(st.dictionaries(st.text(min_size=1, max_size=2), values, max_size=4))
def test_the_weight_of_an_entry_is_never_less_than_its_text(item):
    """Whatever is in it: the smallest values are those that grow most."""
    entry = put_entry({**key(1), **item})
    assert weight(entry) >= len(json.dumps(entry))


@given(st.lists(st.integers(), max_size=60), st.integers(1, 30))
def test_chunks_hold_everything_in_order(entries: list[int], size: int):
    """Joined, the chunks are what was given; none is empty or too large."""
    pieces: list[Any] = []

    def act(chunk: Any) -> list[int]:
        pieces.append(list(chunk))
        return []

    Chunks[int]("BatchWriteItem", "shop", size, str).run(entries, act)
    assert [entry for piece in pieces for entry in piece] == entries
    assert all(1 <= len(piece) <= size for piece in pieces)
