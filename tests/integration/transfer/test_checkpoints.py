"""A transfer that was broken off goes on where it was."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pynamite.errors import OperationError, TransferError
from pynamite.transfer import State, export_items, import_items
from tests.unit.transfer.models import Order, order, shop, stored

ITEMS = 1300


class Failing:
    """A client that fails at the n-th call of one method, once."""

    def __init__(self, client, method, calls):
        self._client, self._method, self._left = client, method, calls

    def __getattr__(self, name):
        if name == self._method:
            self._left -= 1
            if self._left == 0:
                raise OperationError("the power is off")
        return getattr(self._client, name)


def failing(client, method, calls) -> Any:
    """Make one."""
    return Failing(client, method, calls)


def lines(count=ITEMS):
    """Give the lines of so many orders."""
    return "".join(json.dumps(
        {"user": str(number % 7), "number": number, "placed_at": "2026-05-04T12:00:00Z", "note": "n" * 50}) + "\n"
        for number in range(count))


@pytest.mark.parametrize("name", ["o.jsonl", "o.csv", "o.json", "o.json.gz"])
def test_an_import_goes_on_behind_its_checkpoint(embedded, tmp_path, name):
    """What was written before is not read again, but for what came after the last checkpoint."""
    store = shop().connect(embedded)
    store.create_table()
    store[Order].put_many([order(number) for number in range(ITEMS)])
    export_items(store, tmp_path / name, entity=Order)
    store.delete_table()
    store.create_table()
    broken = shop().connect(failing(embedded, "batch_write_item", 47))
    with pytest.raises(OperationError, match="the power is off"):
        import_items(broken, tmp_path / name, entity=Order, checkpoint=tmp_path / "c")
    states: list[State] = []
    report = import_items(
        store, tmp_path / name, entity=Order, checkpoint=tmp_path / "c", progress=states.append)
    assert states[0].done == 1025
    assert (report.done, len(stored(store))) == (ITEMS, ITEMS)
    assert not (tmp_path / "c").exists()


def test_rejects_are_told_once_however_often_the_import_begins(embedded, tmp_path):
    """What was rejected behind the checkpoint is cut off, and rejected again."""
    store = shop().connect(embedded)
    store.create_table()
    source = tmp_path / "o.jsonl"
    text = lines().splitlines(keepends=True)
    for number in range(0, ITEMS, 10):
        text[number] = '{"user": 1}\n'
    source.write_text("".join(text))
    options = {"entity": Order, "on_error": "collect", "rejects": tmp_path / "r", "checkpoint": tmp_path / "c"}
    with pytest.raises(OperationError):
        import_items(shop().connect(failing(embedded, "batch_write_item", 42)), source, **options)
    report = import_items(store, source, **options)
    numbers = [json.loads(line)["number"] for line in (tmp_path / "r").read_text().splitlines()]
    assert numbers == list(range(1, ITEMS, 10))
    assert (report.done, report.rejected) == (ITEMS - len(numbers), len(numbers))


@pytest.mark.parametrize("segments", [1, 4])
@pytest.mark.parametrize("name", ["o.jsonl", "o.jsonl.gz", "o.csv", "o.json"])
def test_an_export_goes_on_behind_its_checkpoint(embedded, tmp_path, name, segments):
    """No item is in the file twice, and none is missing."""
    store = shop().connect(embedded)
    store.create_table()
    store[Order].put_many([order(number, note="n" * 4000) for number in range(1500)])
    path, checkpoint = tmp_path / name, tmp_path / "c"
    broken = shop().connect(failing(embedded, "scan", 5))
    with pytest.raises(OperationError):
        export_items(broken, path, entity=Order, segments=segments, checkpoint=checkpoint)
    with path.open("ab") as file:
        file.write(b"what was written behind the checkpoint")
    report = export_items(store, path, entity=Order, segments=segments, checkpoint=checkpoint)
    other = shop().connect("sqlite://")
    other.create_table()
    assert import_items(other, path, entity=Order).done == report.done == 1500
    assert stored(other) == stored(store)


def test_the_checkpoint_of_another_transfer_is_refused(embedded, tmp_path):
    """A checkpoint is for one file and one table."""
    store = shop().connect(embedded)
    store.create_table()
    source, checkpoint = tmp_path / "o.jsonl", tmp_path / "c"
    source.write_text(lines(1100))
    with pytest.raises(OperationError):
        import_items(
            shop().connect(failing(embedded, "batch_write_item", 42)), source, entity=Order, checkpoint=checkpoint)
    source.write_text(lines(10))
    with pytest.raises(TransferError, match="another import: size was"):
        import_items(store, source, entity=Order, checkpoint=checkpoint)
    with pytest.raises(TransferError, match="no checkpoint of this version's export"):
        export_items(store, tmp_path / "x.jsonl", checkpoint=checkpoint)
    checkpoint.write_text("no JSON")
    with pytest.raises(TransferError, match="is no checkpoint"):
        import_items(store, source, entity=Order, checkpoint=checkpoint)
    with pytest.raises(TransferError, match="a stream"):
        import_items(store, io.BytesIO(b""), format="csv", checkpoint=checkpoint)


PROGRAM = """
import sys
from pynamite.transfer import State, export_items, import_items
from tests.unit.transfer.models import Order, shop
store = shop().connect("sqlite:///" + sys.argv[1])
store.create_table(exist_ok=True)
import_items(store, sys.argv[2], entity=Order, checkpoint=sys.argv[3])
"""


def test_an_import_that_is_killed_goes_on(tmp_path, root):
    """Killed again and again, in the middle of whatever it does, it comes to its end with every item there."""
    source, checkpoint = tmp_path / "o.jsonl", tmp_path / "c"
    source.write_text(lines(6000))
    arguments = [sys.executable, "-c", PROGRAM, f"{tmp_path}/x.db", str(source), str(checkpoint)]
    kills, positions = 0, []
    for _ in range(50):
        with subprocess.Popen(arguments, cwd=root) as process:
            before = checkpoint.read_text() if checkpoint.exists() else None
            while process.poll() is None:
                now = checkpoint.read_text() if checkpoint.exists() else None
                if now != before and now is not None and kills < 3:
                    process.send_signal(signal.SIGKILL)
                    kills += 1
                    positions.append(json.loads(now)["state"]["position"])
                    process.wait()
                time.sleep(0.002)
            if process.returncode == 0:
                break
    assert kills == 3
    assert positions == sorted(positions)
    with shop().connect(f"sqlite:///{tmp_path}/x.db") as store:
        assert [one.number for one in sorted(stored(store), key=lambda one: one.number)] == list(range(6000))
    assert not checkpoint.exists()


@pytest.fixture
def root():
    """The folder of the project."""
    return Path(__file__).parents[3]
