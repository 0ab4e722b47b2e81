"""Measure how items become instances and instances items, and the verbs of a repository, in one interleaved run.

    python benchmarks/codec.py [--rounds 9] [--seconds 0.1] [--cpu]

The codec reads from the bytes of an answer to attrs instances, and writes from an instance to the item of a request; it
is shown beside its own careful path, and beside boto3's TypeDeserializer and TypeSerializer with cattrs. The verbs run
on the embedded engine, and on a client that does nothing, so that what is left is the repository's own share.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.metadata
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import cattrs
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

sys.path.insert(0, str(Path(__file__).parents[1]))

from pynamite import Index, Store, Table, attribute, entity
from pynamite.dynamodb_json import from_json, to_json
from pynamite.entities.member import Member
from pynamite.operation.answers import unread_page
from pynamite.operation.unread import fast_json

Operation = Callable[[], object]
ITEMS = 100
START = datetime(2026, 5, 1, tzinfo=UTC)


@entity(
    pk="USER#<account_id>", sk="ORDER#<placed_at>#<order_id>", indexes={"GSI1": ("STATUS#<status>", "<placed_at>")}
)
class Order:
    """An entity of twelve attributes, in one index."""

    account_id: str
    order_id: str
    placed_at: datetime
    status: str = "OPEN"
    total: int = 0
    paid: bool = False
    note: str = ""
    email: str = ""
    street: str = ""
    zip: str = ""
    city: str = ""
    version: int = 0


def _order(number: int) -> Order:
    return Order(
        account_id="00007", order_id=f"{number:06d}", placed_at=START + timedelta(seconds=number), total=number * 100,
        paid=True, note="n" * 150, email="ann@example.com", street="Main Street 1", zip="12345", city="Springfield",
        version=3,
    )


ORDERS = [_order(number) for number in range(ITEMS)]
KEYS = [{"account_id": one.account_id, "order_id": one.order_id, "placed_at": one.placed_at} for one in ORDERS]
TABLE = Table("bench", Order, indexes=[Index("GSI1")])


class Nothing:
    """A client that answers at once, the same to everybody, and does nothing."""

    def __init__(self, answers: Mapping[str, bytes]) -> None:
        self._answers = answers

    def __getattr__(self, name: str) -> Any:
        return lambda **_: {}

    def raw(self, method: str, _: Mapping[str, Any], /) -> bytes:
        """Answer."""
        return self._answers.get(method, b"{}")


def by_boto3() -> cattrs.Converter:
    """Give a converter between instances and the plain values of boto3's serializers."""
    converter = cattrs.Converter()
    converter.register_unstructure_hook(datetime, lambda value: value.isoformat())
    converter.register_structure_hook(datetime, lambda value, _: datetime.fromisoformat(value))
    converter.register_structure_hook(int, lambda value, _: int(value))
    converter.register_unstructure_hook(int, Decimal)
    return converter


def reading(member: Member[Order], body: bytes) -> dict[str, Operation]:
    """Give the ways to read a page of items, from the bytes of an answer."""
    converter, deserialize = by_boto3(), TypeDeserializer().deserialize

    def boto3() -> object:
        items = json.loads(body)["Items"]
        plain = [{name: deserialize(value) for name, value in item.items()} for item in items]
        return [converter.structure(item, Order) for item in plain]

    def items() -> Any:
        return from_json(body)["Items"]

    def careful() -> object:
        return [member._carefully(item) for item in items()]  # noqa: SLF001 - to be compared with

    def made_on_dicts() -> object:
        return [member.instance(item) for item in items()]

    def made() -> object:
        return member.instances(unread_page(body)["Items"].raws)

    ways: dict[str, Operation] = {
        "json, TypeDeserializer, cattrs": boto3, "json, careful path": careful,
        "json, made for the class": made_on_dicts}
    return ways if fast_json() is None else {**ways, "msgspec, made for the class": made}


def writing(member: Member[Order]) -> dict[str, Operation]:
    """Give the ways to write a page of items."""
    converter, serialize = by_boto3(), TypeSerializer().serialize

    def boto3() -> object:
        plain = [converter.unstructure(one) for one in ORDERS]
        return [{name: serialize(value) for name, value in item.items()} for item in plain]

    return {
        "cattrs, TypeSerializer (no keys)": boto3,
        "careful path": lambda: [member._item_carefully(one) for one in ORDERS],  # noqa: SLF001 - to be compared with
        "made for the class": lambda: [member.item(one) for one in ORDERS],
    }


def verbs(store: Store) -> dict[str, Operation]:
    """Give the verbs of a repository."""
    orders, turn = store[Order], iter(range(10**9))

    def number() -> int:
        return next(turn) % ITEMS

    return {
        "get": lambda: orders.get(KEYS[number()]),
        "put": lambda: orders.put(ORDERS[number()]),
        "update": lambda: orders.update(
            KEYS[number()], attribute(Order.total).add(1), attribute(Order.note).set("m" * 150)),
        "query of 100": lambda: orders.query(account_id="00007").all(),
        "get_many of 100": lambda: orders.get_many(KEYS),
    }


def measure(operation: Operation, seconds: float, clock: Callable[[], float]) -> float:
    """Do an operation for so many seconds, three times at least; give the median of its times in µs."""
    times: list[float] = []
    end = clock() + seconds
    while len(times) < 3 or clock() < end:
        started = clock()
        operation()
        times.append(clock() - started)
    return statistics.median(times) * 1e6


@attrs.frozen
class Row:
    """One line of a table: what was measured, and the time of each round for each item, in µs."""

    table: str
    name: str
    operation: Operation
    items: int
    rounds: list[float] = attrs.field(factory=list)

    def cells(self) -> str:
        """Give the median, the least and the most of the rounds."""
        found = (statistics.median(self.rounds), min(self.rounds), max(self.rounds))
        return "".join(f" {time:,.1f} |" for time in found)


def rows(folder: str) -> list[Row]:
    """Find everything that is to be measured."""
    store = TABLE.connect(f"sqlite:///{folder}/codec.db")
    store.create_table()
    store[Order].put_many(ORDERS)
    member = store.session.registry.member(Order)
    texts = [to_json(member.item(one)) for one in ORDERS]
    page = b'{"Items":[%b],"Count":100,"ScannedCount":100}' % b",".join(texts)
    nothing: Any = Nothing({
        "get_item": b'{"Item":%b}' % texts[0], "update_item": b'{"Attributes":%b}' % texts[0], "query": page,
        "batch_get_item": b'{"Responses":{"bench":[%b]}}' % b",".join(texts)})
    found = [Row("reading, an item", name, one, ITEMS) for name, one in reading(member, page).items()]
    found += [Row("writing, an item", name, one, ITEMS) for name, one in writing(member).items()]
    found += [Row("a call of the embedded engine", name, one, 1) for name, one in verbs(store).items()]
    found += [Row("a call of nothing", name, one, 1) for name, one in verbs(TABLE.connect(nothing)).items()]
    return found


def report(found: list[Row], rounds: int) -> str:
    """Word the results as tables of Markdown."""
    packages = ["attrs", "cattrs", "boto3", *(["msgspec"] if fast_json() is not None else [])]
    versions = [f"{one} {importlib.metadata.version(one)}" for one in packages]
    versions = [f"Python {platform.python_version()}", *versions]
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    today = dt.datetime.now(tz=dt.UTC).date()
    lines = [f"{today}, {', '.join(versions)}; {os.cpu_count()} cores, load {load}; {rounds} rounds."]
    for table in dict.fromkeys(row.table for row in found):
        lines += ["", f"| µs {table} | median | least | most |", "| --- | --: | --: | --: |"]
        lines += [f"| {row.name} |{row.cells()}" for row in found if row.table == table]
    return "\n".join(lines)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.1, help="for each line, in each round")
    parser.add_argument("--cpu", action="store_true", help="measure this thread's CPU time: for a machine that is busy")
    arguments = parser.parse_args()
    clock = time.thread_time if arguments.cpu else time.perf_counter
    with tempfile.TemporaryDirectory() as folder:
        found = rows(folder)
        for number in range(-1, arguments.rounds):  # the first round only warms up
            for row in found:
                took = measure(row.operation, arguments.seconds, clock)
                if number >= 0:
                    row.rounds.append(took / row.items)
        sys.stdout.write(report(found, arguments.rounds) + "\n")


if __name__ == "__main__":
    main()
