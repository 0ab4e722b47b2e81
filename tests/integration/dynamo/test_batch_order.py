"""A batch leaves what the same writes leave one by one."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pynamite import dynamo
from pynamite.connect import connect
from pynamite.expression import Increment

KEYS = st.sampled_from(["a.1", "a.2", "b.1"])
WRITES = st.lists(st.one_of(
    st.tuples(st.just("put"), KEYS, st.integers(0, 9)),
    st.tuples(st.just("update"), KEYS, st.integers(0, 9)),
    st.tuples(st.just("delete"), KEYS, st.none()),
), max_size=12)


def apply(target: Any, writes: list[Any]) -> None:
    for verb, key, n in writes:
        if verb == "put":
            target.put(key, {"n": n})
        elif verb == "update":
            target.update(key, {"n": Increment("n", n), f"x{n}": n})
        else:
            target.delete(key)


def contents(db: dynamo.DB) -> dict[Any, Any]:
    return {(item["PK"], item["SK"]): dynamo.remove_meta(item) for item in db.scan()}


@given(WRITES, st.integers(0, 12))
@settings(max_examples=60)
def test_a_batch_is_the_same_writes_in_their_order(writes: list[Any], saved: int):
    """Whatever the order, and wherever it is saved in between."""
    client: Any = connect("sqlite://")
    dynamo.create_table("single", client)
    dynamo.create_table("batched", client)
    single, batched = dynamo.DB("single", client), dynamo.DB("batched", client)
    apply(single, writes)
    with batched.batch() as batch:
        apply(batch, writes[:saved])
        batch.save()
        apply(batch, writes[saved:])
    assert contents(single) == contents(batched)
    client.close()
