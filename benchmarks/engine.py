"""Measure the embedded engine beside moto, DynamoDB Local, and what SQLite itself takes, in one interleaved run.

    python benchmarks/engine.py [--rounds 9] [--seconds 0.1] [--only embedded,sqlite] [--cpu]

Each round does every operation on every backend for a moment; a time is the median of a round, and what is shown is the
median of the rounds. The ratios are made round by round, so that a machine that others use, too, slows both sides: they
are what to judge by.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import importlib.metadata
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

sys.path.insert(0, str(Path(__file__).parents[1]))

from pynamite.dynamodb_json import to_json
from pynamite.local.client import LocalClient

TABLE = "bench"
ITEMS = 1000
PARTITION = 100
"""Items of one partition, which a query reads."""

OPERATIONS = ("get", "put", "update", "query of 100", "transaction of 4", "batch of 25")
BACKENDS = ("sqlite", "embedded", "json", "served", "moto", "dynamodb-local")
NAMES = {
    "sqlite": "sqlite3 itself", "embedded": "embedded", "json": "embedded, answers as JSON", "served": "pynamite serve",
    "moto": "moto", "dynamodb-local": "DynamoDB Local"}

Item = dict[str, Any]
Operation = Callable[[int], object]


def key(number: int) -> Item:
    """Give the key of an item."""
    return KEYS[number % ITEMS]


def item(number: int) -> Item:
    """Give an item; a little different whenever its turn comes again."""
    return WHOLE[number // ITEMS % 2][number % ITEMS]


def _key(number: int) -> Item:
    return {"PK": {"S": f"USER#{number // PARTITION:05d}"}, "SK": {"S": f"ORDER#{number % PARTITION:05d}"}}


def _item(number: int, version: int) -> Item:
    """Make an item of 0.8 kB with twelve attributes, that stands in one index."""
    return {
        **_key(number), "GSI1PK": {"S": f"STATUS#{number % 7}"}, "GSI1SK": {"S": f"2026-05-{number % 28 + 1:02d}"},
        "_type": {"S": "Order"}, "total": {"N": str(number)}, "rate": {"N": "0.19"}, "paid": {"BOOL": True},
        "note": {"S": "n" * 400}, "tags": {"SS": ["a", "b", "c"]}, "version": {"N": str(version)},
        "address": {"M": {"street": {"S": "Main Street 1"}, "zip": {"S": "12345"}, "city": {"S": "Springfield"}}},
    }


# Made beforehand: what it takes to make a request is no time of the engine's.
KEYS = [_key(number) for number in range(ITEMS)]
WHOLE = [[_item(number, version) for number in range(ITEMS)] for version in (1, 2)]

SCHEMA: Item = {
    "TableName": TABLE, "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK", "GSI1PK", "GSI1SK")],
    "GlobalSecondaryIndexes": [{
        "IndexName": "GSI1", "Projection": {"ProjectionType": "ALL"},
        "KeySchema": [
            {"AttributeName": "GSI1PK", "KeyType": "HASH"}, {"AttributeName": "GSI1SK", "KeyType": "RANGE"}]}],
}


def by_client(client: Any) -> dict[str, Operation]:
    """Give the operations on a client with boto3's methods, with its table made and filled."""
    client.create_table(**SCHEMA)
    for start in range(0, ITEMS, 25):
        client.batch_write_item(RequestItems={TABLE: [
            {"PutRequest": {"Item": item(number)}} for number in range(start, start + 25)]})

    def update(number: int) -> object:
        return client.update_item(
            TableName=TABLE, Key=key(number), UpdateExpression="SET #note = :note ADD #total :one",
            ConditionExpression="attribute_exists(PK)", ExpressionAttributeNames={"#note": "note", "#total": "total"},
            ExpressionAttributeValues={":note": {"S": "m" * 300}, ":one": {"N": "1"}})

    return {
        "get": lambda number: client.get_item(TableName=TABLE, Key=key(number)),
        "put": lambda number: client.put_item(TableName=TABLE, Item=item(number)),
        "update": update,
        "query of 100": lambda number: client.query(
            TableName=TABLE, KeyConditionExpression="PK = :pk", ExpressionAttributeValues={":pk": key(number)["PK"]}),
        "transaction of 4": lambda number: client.transact_write_items(TransactItems=[
            {"Put": {"TableName": TABLE, "Item": item(number * 4 + part)}} for part in range(4)]),
        "batch of 25": lambda number: client.batch_write_item(RequestItems={TABLE: [
            {"PutRequest": {"Item": item(number * 25 + part)}} for part in range(25)]}),
    }


def by_sqlite(path: str) -> dict[str, Operation]:
    """Give the same on a table of the same layout by hand: what the best engine on SQLite could not go below.

    Items are read and written as bytes, and nothing is checked; the rows are those that the engine writes.
    """
    raw = sqlite3.connect(path, isolation_level=None, cached_statements=256)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = NORMAL")
    raw.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, t, pk BLOB, sk BLOB, size, wire BLOB, UNIQUE (t, pk, sk))")
    raw.execute("CREATE TABLE entry (x, pk BLOB, sk BLOB, item_pk BLOB, item_sk BLOB, item, "
                "PRIMARY KEY (x, pk, sk, item_pk, item_sk)) WITHOUT ROWID")
    find = "SELECT id, size, wire FROM item WHERE t = 1 AND pk = ? AND sk = ?"
    rows = [(number, item(number)) for number in range(ITEMS)]
    keys = [(one["PK"]["S"].encode(), one["SK"]["S"].encode()) for _, one in rows]
    wires = [to_json(one) for _, one in rows]
    changed = [to_json(item(number + ITEMS)) for number in range(ITEMS)]
    with raw:
        raw.execute("BEGIN")
        for (number, one), pair, wire in zip(rows, keys, wires, strict=True):
            raw.execute("INSERT INTO item VALUES (?, 1, ?, ?, ?, ?)", (number, *pair, len(wire), wire))
            raw.execute("INSERT INTO entry VALUES (1, ?, ?, ?, ?, ?)",
                        (one["GSI1PK"]["S"].encode(), one["GSI1SK"]["S"].encode(), *pair, number))

    def put(number: int) -> None:
        wire = (changed if number // ITEMS % 2 else wires)[number % ITEMS]
        found = raw.execute(find, keys[number % ITEMS]).fetchone()
        raw.execute("UPDATE item SET size = ?, wire = ? WHERE id = ?", (len(wire), wire, found[0]))

    def in_transaction(numbers: range) -> None:
        raw.execute("BEGIN IMMEDIATE")
        for number in numbers:
            put(number)
        raw.execute("COMMIT")

    return {
        "get": lambda number: raw.execute(find, keys[number % ITEMS]).fetchone(),
        "put": lambda number: in_transaction(range(number, number + 1)),
        "update": lambda number: in_transaction(range(number, number + 1)),
        "query of 100": lambda number: raw.execute(
            "SELECT size, wire FROM item WHERE t = 1 AND pk = ? ORDER BY sk", keys[number % ITEMS][:1]).fetchall(),
        "transaction of 4": lambda number: in_transaction(range(number * 4, number * 4 + 4)),
        "batch of 25": lambda number: in_transaction(range(number * 25, number * 25 + 25)),
    }


@contextlib.contextmanager
def backend(name: str, folder: str) -> Iterator[dict[str, Operation]]:
    """Give the operations of a backend, and end it."""
    if name == "sqlite":
        yield by_sqlite(f"{folder}/raw.db")
    elif name == "embedded":
        with LocalClient(f"{folder}/embedded.db") as client:
            yield by_client(client)
    elif name == "json":
        with LocalClient(f"{folder}/json.db") as client:
            yield by_client(AsJson(client))
    elif name == "served":
        with _server(f"{folder}/served.db") as url:
            yield by_client(_boto3().client("dynamodb", endpoint_url=url))
    elif name == "moto":
        from moto import mock_aws

        with _mocking(mock_aws()):
            operations = by_client(_boto3().client("dynamodb"))
        yield {one: Mocked(call) for one, call in operations.items()}
    else:
        from tests.dynamodb_local import running

        with running() as url:
            yield by_client(_boto3().client("dynamodb", endpoint_url=url))


@attrs.frozen
class AsJson:
    """A client whose answers are left as JSON, for those who decode it themselves, as pynamite's entities do."""

    client: LocalClient

    def __getattr__(self, method: str) -> Callable[..., object]:
        return lambda **request: self.client.raw(method, request)


@attrs.frozen
class Mocked:
    """An operation for which moto is to be switched on, and for no other: all of boto3 pays for it."""

    call: Operation

    def __call__(self, number: int) -> object:
        """Do it."""
        return self.call(number)


@contextlib.contextmanager
def _mocking(mock: Any) -> Iterator[None]:
    mock.start(reset=False)
    try:
        yield
    finally:
        mock.stop(remove_data=False)


def _boto3() -> Any:
    import boto3

    return boto3.Session(aws_access_key_id="x", aws_secret_access_key="y", region_name="us-east-1")


@contextlib.contextmanager
def _server(path: str) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "pynamite", "serve", "--db", path, "--port", "0"], stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[1])
    assert process.stdout is not None
    try:
        yield process.stdout.readline().removeprefix("listening on ").strip()
    finally:
        process.terminate()
        process.wait()


def measure(operation: Operation, seconds: float, first: int, clock: Callable[[], float]) -> float:
    """Do an operation for so many seconds, three times at least; give the median of its times in µs."""
    times: list[float] = []
    with contextlib.ExitStack() as stack:
        if isinstance(operation, Mocked):
            from moto import mock_aws

            stack.enter_context(_mocking(mock_aws()))
        end = clock() + seconds
        while len(times) < 3 or clock() < end:
            started = clock()
            operation(first + len(times) * 37)
            times.append(clock() - started)
    return statistics.median(times) * 1e6


@attrs.define
class Results:
    """The times of each round, by backend and operation."""

    rounds: dict[tuple[str, str], list[float]] = attrs.field(factory=dict)

    def time(self, name: str, operation: str) -> float:
        """Give the median of all rounds in µs."""
        return statistics.median(self.rounds[name, operation])

    def ratios(self, name: str, operation: str, to: str) -> tuple[float, float, float]:
        """Give by how much a backend is slower than another: the least, the median and the most of all rounds."""
        quotients = sorted(
            mine / theirs for mine, theirs in zip(
                self.rounds[name, operation], self.rounds[to, operation], strict=True))
        return quotients[0], statistics.median(quotients), quotients[-1]


def run(names: Sequence[str], rounds: int, seconds: float, clock: Callable[[], float]) -> Results:
    """Measure everything, one after the other, round by round."""
    results = Results()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        backends = {name: stack.enter_context(backend(name, folder)) for name in names}
        for number in range(-1, rounds):  # the first round only warms up
            for operation in OPERATIONS:
                for name, operations in backends.items():
                    took = measure(operations[operation], seconds, number * 1000, clock)
                    if number >= 0:
                        results.rounds.setdefault((name, operation), []).append(took)
    return results


def report(results: Results, names: Sequence[str], rounds: int) -> str:
    """Word the results as tables of Markdown."""
    head = "".join(f" {operation} |" for operation in OPERATIONS)
    rule = "| --- |" + " --: |" * len(OPERATIONS)
    lines = [_conditions(names, rounds), "", f"| µs |{head}", rule]
    for name in names:
        cells = "".join(f" {results.time(name, operation):,.0f} |" for operation in OPERATIONS)
        lines.append(f"| {NAMES[name]} |{cells}")
    for to in ("sqlite", "embedded"):
        others = [name for name in names if name not in {to, "sqlite"}]
        if to not in names or not others:
            continue
        lines += ["", f"| times as long as {NAMES[to]} (least–most of the rounds) |{head}", rule]
        for name in others:
            cells = "".join(
                f" {_short(middle)} ({_short(least)}–{_short(most)}) |"
                for least, middle, most in (results.ratios(name, operation, to) for operation in OPERATIONS))
            lines.append(f"| {NAMES[name]} |{cells}")
    return "\n".join(lines)


def _short(ratio: float) -> str:
    return f"{ratio:.1f}" if ratio < 100 else f"{ratio:,.0f}"


def _conditions(names: Sequence[str], rounds: int) -> str:
    versions = [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    packages = {"moto": ["moto", "boto3"], "served": ["boto3"], "dynamodb-local": ["boto3"]}
    needed = sorted({package for name in names for package in packages.get(name, ())})
    versions += [f"{package} {importlib.metadata.version(package)}" for package in needed]
    if "dynamodb-local" in names:
        versions.append("DynamoDB Local 3.3.1, in memory")
    today = dt.datetime.now(tz=dt.UTC).date()
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    return f"{today}, {', '.join(versions)}; {os.cpu_count()} cores, load {load}; {rounds} rounds."


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.1, help="for each operation of each backend, in each round")
    parser.add_argument("--only", default=",".join(BACKENDS), help="backends, with commas between them")
    parser.add_argument("--cpu", action="store_true", help="measure this thread's CPU time, and so sqlite, embedded "
                        "and json alone: what to use on a machine that is busy")
    arguments = parser.parse_args()
    names = [name for name in BACKENDS if name in arguments.only.split(",")]
    clock = time.perf_counter
    if arguments.cpu:
        names, clock = [name for name in names if name in {"sqlite", "embedded", "json"}], time.thread_time
    results = run(names, arguments.rounds, arguments.seconds, clock)
    sys.stdout.write(report(results, names, arguments.rounds) + "\n")


if __name__ == "__main__":
    main()
