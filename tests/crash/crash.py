"""Kill writers at random moments, over and over, and look for every write that was acknowledged.

    python tests/crash/crash.py --kills 200 [--seed 1] [--durable]

Several processes write to one file, each with two threads, and tell each write after it was acknowledged. One after the
other is killed with SIGKILL while it writes. Then the file has to be whole, everything that was told has to be there,
transactions wholly or not at all, and the index has to agree with the table.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import attrs

sys.path.insert(0, str(Path(__file__).parents[2]))

from pynamite.local.client import LocalClient

WRITERS = 2
THREADS = 2
LONGEST_LIFE = 0.12
"""Seconds from a writer's first acknowledgement to its end, at most."""

Synchronous = Literal["NORMAL", "FULL"]
Key = dict[str, Any]


def key(text: str) -> Key:
    """Give the key of an item."""
    return {"PK": {"S": text}}


def item(text: str, value: int) -> Key:
    """Give an item that stands in the index."""
    return {
        **key(text), "value": {"N": str(value)}, "group": {"S": f"g{value % 5}"}, "fill": {"S": "x" * (value % 700)}}


def make_table(path: str, synchronous: Synchronous) -> None:
    """Make the table with its index."""
    with LocalClient(path, synchronous=synchronous) as client:
        client.create_table(
            TableName="crash", KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("PK", "group")],
            GlobalSecondaryIndexes=[{
                "IndexName": "groups", "KeySchema": [{"AttributeName": "group", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"}}])


def write(path: str, synchronous: Synchronous, name: str, told: int) -> None:
    """Write for ever, and tell each write after it was acknowledged."""
    client = LocalClient(path, synchronous=synchronous)
    threads = [
        threading.Thread(target=_write, args=(client, f"{name}-{number}", told)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _write(client: LocalClient, name: str, told: int) -> None:
    number = 0
    while True:
        number += 1
        text = f"{name}-{number}"
        kind = ("put", "change", "pair", "batch", "delete")[number % 5]
        if kind == "put":
            client.put_item(TableName="crash", Item=item(text, number))
        elif kind == "change":
            client.put_item(TableName="crash", Item=item(text, 0))
            client.update_item(
                TableName="crash", Key=key(text), UpdateExpression="SET #v = :v, #g = :g",
                ExpressionAttributeNames={"#v": "value", "#g": "group"},
                ExpressionAttributeValues={":v": {"N": str(number)}, ":g": {"S": "changed"}})
        elif kind == "pair":
            client.transact_write_items(TransactItems=[
                *[{"Put": {"TableName": "crash", "Item": item(f"{text}-{half}", number)}}
                  for half in ("left", "right")],
                {"Update": {
                    "TableName": "crash", "Key": key("counter"), "UpdateExpression": "ADD #v :one",
                    "ExpressionAttributeNames": {"#v": "value"}, "ExpressionAttributeValues": {":one": {"N": "1"}}}}])
        elif kind == "batch":
            client.batch_write_item(RequestItems={"crash": [
                {"PutRequest": {"Item": item(f"{text}-{part}", number)}} for part in range(10)]})
        else:
            client.put_item(TableName="crash", Item=item(text, number))
            client.delete_item(TableName="crash", Key=key(text))
        os.write(told, f"{json.dumps([kind, text, number])}\n".encode())  # short enough to be told in one piece


@attrs.define
class Writer:
    """A process that writes, and what it has told."""

    pid: int
    told: int
    received: bytes = b""

    def listen(self, seconds: float) -> bool:
        """Take in what is told within so many seconds; False at the end."""
        if not select.select([self.told], [], [], seconds)[0]:
            return True
        piece = os.read(self.told, 1 << 20)
        self.received += piece
        return bool(piece)

    def lines(self) -> Iterator[tuple[str, str, int]]:
        """Give the writes that were acknowledged."""
        for line in self.received.splitlines():
            kind, text, number = json.loads(line)
            yield kind, text, number


def start(path: str, synchronous: Synchronous, name: str) -> Writer:
    """Start a writer."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        try:
            write(path, synchronous, name, writing)
        finally:
            os._exit(1)
    os.close(writing)
    return Writer(pid, reading)


def kill(writer: Writer) -> None:
    """End a writer where it stands, and hear the rest of what it had told."""
    os.kill(writer.pid, signal.SIGKILL)
    os.waitpid(writer.pid, 0)
    while writer.listen(10):
        pass
    os.close(writer.told)


def expected(kind: str, text: str, number: int) -> dict[str, Key | None]:
    """Give the items that an acknowledged write left behind; None is one that is gone."""
    if kind == "put":
        return {text: item(text, number)}
    if kind == "change":
        return {text: {**item(text, 0), "value": {"N": str(number)}, "group": {"S": "changed"}}}
    if kind == "pair":
        return {f"{text}-{half}": item(f"{text}-{half}", number) for half in ("left", "right")}
    if kind == "batch":
        return {f"{text}-{part}": item(f"{text}-{part}", number) for part in range(10)}
    return {text: None}


def check(path: str, told: list[tuple[str, str, int]], synchronous: Synchronous) -> None:
    """Look for what is lost or torn."""
    with LocalClient(path, synchronous=synchronous) as client:
        for kind, text, number in told:
            for name, wanted in expected(kind, text, number).items():
                found = client.get_item(TableName="crash", Key=key(name)).get("Item")
                assert found == wanted, f"acknowledged {kind} of {name!r} is lost: {found} instead of {wanted}"
        items = _everything(client)
        halves = Counter(name.rpartition("-")[0] for name in items if name.endswith(("-left", "-right")))
        torn = [name for name, count in halves.items() if count != 2]
        assert not torn, f"half a transaction is there: {torn}"
        counted = int(items.get("counter", {"value": {"N": "0"}})["value"]["N"])
        assert counted == len(halves), f"{len(halves)} transactions are there, and {counted} were counted"
        indexed = _everything(client, IndexName="groups")
        items.pop("counter", None)
        assert indexed == items, "the index does not agree with the table"
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)], "the file is damaged"
    raw.close()


def _everything(client: LocalClient, **index: str) -> dict[str, Key]:
    found: dict[str, Key] = {}
    start: Key | None = {}
    while start is not None:
        page = client.scan(TableName="crash", **index, **({"ExclusiveStartKey": start} if start else {}))
        found.update((one["PK"]["S"], one) for one in page["Items"])
        start = page.get("LastEvaluatedKey")
    return found


def run(kills: int, seed: int, synchronous: Synchronous, folder: str) -> int:
    """Kill so many writers; gives how many writes had been acknowledged."""
    dice = random.Random(seed)
    acknowledged = 0
    done = 0
    generation = 0
    path = ""
    while done < kills:
        if generation % 20 == 0:  # a new file now and then, so that looking through it stays quick
            path = f"{folder}/{generation}.db"
            make_table(path, synchronous)
        writers = [start(path, synchronous, f"{generation}-{number}") for number in range(min(WRITERS, kills - done))]
        generation += 1
        for writer in writers:
            end = None
            while end is None or time.monotonic() < end:
                if not writer.listen(0.005 if end else 30):
                    raise AssertionError("a writer ended by itself")
                end = end or time.monotonic() + dice.random() * LONGEST_LIFE
            kill(writer)
            done += 1
        told = [line for writer in writers for line in writer.lines()]
        acknowledged += len(told)
        check(path, told, synchronous)
    return acknowledged


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Kill writers, and look for every write that was acknowledged.")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--durable", action="store_true", help="wait for the disk at each write")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        acknowledged = run(arguments.kills, arguments.seed, "FULL" if arguments.durable else "NORMAL", folder)
    sys.stdout.write(
        f"{arguments.kills} kills, {acknowledged} acknowledged writes, none lost (seed {arguments.seed})\n")


if __name__ == "__main__":
    main()
