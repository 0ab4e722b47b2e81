"""Measure imports into the embedded engine and exports out of it: items a second, and the memory that they take.

    python benchmarks/transfer.py [--items 1000000] [--formats dynamodb-json,json-lines,csv] [--markdown]

For each format, the file of so many orders is made first; then it is imported into a new file of the engine, and
exported again, each by a process of its own, whose largest memory is told beside that of one that does the same with a
tenth of the items: they are to be about the same. Items per CPU second tell what a calm machine would do.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from pynamite import Index, Table, entity
from pynamite.dynamodb_json import to_json
from pynamite.store import Store
from pynamite.transfer import export_items, import_items

FORMATS = ("dynamodb-json", "json-lines", "csv")
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


@entity(pk="USER#<account_id>", sk="ORDER#<order_id>", indexes={"GSI1": ("STATUS#<status>", "<placed_at>")})
class Order:
    """An order of 0.4 kB as an item."""

    account_id: str
    order_id: str
    placed_at: datetime
    status: str = "OPEN"
    total: int = 0
    note: str = ""


TABLE = Table("orders", Order, indexes=[Index("GSI1")])


def order(number: int) -> dict[str, Any]:
    """Give an order as a line has it."""
    return {
        "account_id": str(number // 10), "order_id": f"{number:010d}", "status": ("OPEN", "PAID", "SENT")[number % 3],
        "placed_at": (FIRST + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "total": number % 9973,
        "note": "n" * 100}


def lines(format: str, items: int) -> Iterator[bytes]:
    """Give the lines of a file of orders."""
    if format == "csv":
        yield ",".join(order(0)).encode() + b"\n"
        for number in range(items):
            yield ",".join(str(value) for value in order(number).values()).encode() + b"\n"
        return
    for number in range(items):
        told = order(number)
        if format == "dynamodb-json":
            key = {"PK": f"USER#{told['account_id']}", "SK": f"ORDER#{told['order_id']}", "_type": "Order",
                   "GSI1PK": f"STATUS#{told['status']}", "GSI1SK": told["placed_at"]}
            wire = {name: {"S": value} for name, value in {**key, **told}.items()}
            wire["total"] = {"N": str(told["total"])}
            yield b'{"Item":%b}\n' % to_json(wire)
        else:
            yield json.dumps(told).encode() + b"\n"


def store(folder: Path) -> Store:
    """Connect to the file of a folder."""
    return TABLE.connect(f"sqlite:///{folder}/orders.db")


def work(verb: str, format: str, folder: Path, source: Path) -> None:
    """Do one verb, in a process of its own, and say what it took."""
    of = None if format == "dynamodb-json" else Order
    began = time.process_time()
    with store(folder) as connected:
        if verb == "import":
            connected.create_table()
            report = import_items(connected, source, format=format, entity=of, checkpoint=folder / "checkpoint")
        else:
            report = export_items(connected, folder / "exported", format=format, entity=of)
    # Kilobytes on Linux, bytes on macOS.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    busy = report.done / (time.process_time() - began)
    sys.stdout.write(json.dumps(
        {"done": report.done, "rate": report.rate, "busy": busy, "seconds": report.seconds, "peak": peak}))


def measure(format: str, items: int) -> dict[str, dict[str, Any]]:
    """Import and export so many items, and give what each took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "source"
        with source.open("wb") as file:
            file.writelines(lines(format, items))
        found = {}
        for verb in ("import", "export"):
            command = [sys.executable, __file__, "--verb", verb, "--formats", format, "--folder", name]
            found[verb] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            assert found[verb]["done"] == items
        assert (folder / "exported").stat().st_size > 0
    return found


def main() -> None:
    """Measure, and show what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--formats", default=",".join(FORMATS))
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--verb", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.verb:
        work(given.verb, given.formats, given.folder, given.folder / "source")
        return
    rows = []
    for format in given.formats.split(","):
        few, many = measure(format, max(1, given.items // 10)), measure(format, given.items)
        for verb in ("import", "export"):
            peaks = [f"{found[verb]['peak'] / 2**20:.0f}" for found in (few, many)]
            rates = [f"{many[verb][rate]:,.0f}" for rate in ("rate", "busy")]
            rows.append([format, verb, *rates, f"{many[verb]['seconds']:.0f}", *peaks])
    memories = [f"MB for {items:,}" for items in (given.items // 10, given.items)]
    heading = ["format", "verb", "items/s", "per CPU second", "seconds", *memories]
    if given.markdown:
        for row in (heading, ["---"] * 2 + ["--:"] * 5, *rows):
            sys.stdout.write(f"| {' | '.join(row)} |\n")
        return
    for row in (heading, *rows):
        sys.stdout.write("".join(cell.ljust(18) for cell in row).rstrip() + "\n")


if __name__ == "__main__":
    main()
