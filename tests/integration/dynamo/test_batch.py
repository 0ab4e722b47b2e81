"""Batches of plain items: order per key, all or nothing until it is sent, and no surprises after it."""

from __future__ import annotations

from typing import Any

import pytest

from pynamite import dynamo
from pynamite.errors import DefinitionError, ItemStructureError, KeyValueError, OperationError
from pynamite.expression import Increment


def contents(db: dynamo.DB) -> dict[str, Any]:
    return {f"{item['PK']}.{item['SK']}": dynamo.remove_meta(item) for item in db.scan()}


def test_the_writes_of_one_key_keep_their_order(db):
    """Puts, updates and deletes, mixed."""
    db.put("old.1", {"n": 1})
    with db.batch() as batch:
        batch.put("a.1", {"n": 1})
        batch.put("a.1", {"n": 2})
        batch.update("a.1", {"n": Increment("n")})
        batch.update("a.1", {"n": Increment("n")})
        batch.put("b.1", {"n": 1})
        batch.delete("b.1")
        batch.delete("c.1")
        batch.put("c.1", {"n": 5})
        batch.update("d.1", {"n": 1})
        batch.put("d.1", {"other": 1})
        batch.delete("old.1")
        assert batch.pending == 8
    assert contents(db) == {"a.1": {"n": 4}, "c.1": {"n": 5}, "d.1": {"other": 1}}


def test_a_batch_may_be_larger_than_dynamodbs(db):
    """Sixty items are three batches of the API."""
    with db.batch() as batch:
        for n in range(60):
            batch.put(["a", f"{n:02}"], {"n": n})
    assert len(db.get_partition("a")) == 60


def test_a_block_that_raises_sends_nothing(db):
    """Not even what came before the mistake."""
    with pytest.raises(ZeroDivisionError), db.batch() as batch:
        batch.put("a.1", {"n": 1})
        raise ZeroDivisionError
    assert contents(db) == {}
    with pytest.raises(DefinitionError, match="its block raised"):
        batch.put("a.1", {})


@pytest.mark.parametrize(
    ("write", "error"),
    [
        (lambda batch: batch.put("no dot", {}), KeyValueError),
        (lambda batch: batch.put("a.b", {"x": float("nan")}), ItemStructureError),
        (lambda batch: batch.put("a.b", {"x": "x" * 410_000}), ItemStructureError),
        (lambda batch: batch.update("a.b", {"SK": "c"}), KeyValueError),
        (lambda batch: batch.delete(["a"]), KeyValueError),
    ],
)
def test_a_mistake_is_told_where_it_is_made(db, write, error):
    """Every write is checked when it is given, not when it is sent."""
    with pytest.raises(error), db.batch() as batch:
        batch.put("a.1", {"n": 1})
        write(batch)
    assert contents(db) == {}


def test_an_aborted_batch_is_over(db):
    """It sends nothing, and takes nothing more."""
    with db.batch() as batch:
        batch.put("a.1", {"n": 1})
        batch.abort()
        assert batch.aborted
        assert batch.pending == 0
        for call in (lambda: batch.put("a.2"), lambda: batch.update("a.2", {}), lambda: batch.delete("a.2"), batch.save,
                     batch.abort):
            with pytest.raises(DefinitionError, match="the batch was aborted"):
                call()
    assert contents(db) == {}


def test_save_sends_now_and_goes_on(db):
    """What comes after it is sent at the end."""
    with db.batch() as batch:
        batch.put("a.1", {"n": 1})
        batch.save()
        assert contents(db) == {"a.1": {"n": 1}}
        batch.put("a.2", {"n": 2})
    assert contents(db) == {"a.1": {"n": 1}, "a.2": {"n": 2}}
    with pytest.raises(DefinitionError, match="it was sent"):
        batch.save()


def test_without_a_block_save_sends(db):
    """The block is a convenience."""
    batch = db.batch()
    batch.put("a.1", {"n": 1})
    assert contents(db) == {}
    batch.save()
    assert contents(db) == {"a.1": {"n": 1}}


def test_what_the_database_refuses_stays_pending(db):
    """A batch is no transaction: the error says what may not have been done."""
    batch = db.batch()
    batch.put("a.1", {"n": 1})
    batch.update("a.2", {"deep.er": 1})
    with pytest.raises(OperationError) as error:
        batch.save()
    assert batch.pending == 1
    assert "1 writes of the batch may not have been done" in error.value.__notes__[0]
    assert contents(db) == {"a.1": {"n": 1}}
