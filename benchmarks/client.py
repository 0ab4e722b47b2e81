"""Measure the CPU time that a call takes in the client: pynamite beside boto3 and other libraries, in one run.

    python -m benchmarks.client [--rounds 9] [--calls 400] [--cores awake] [--only floor,boto3,pynamite]
                                [--json results.json]

All of them talk to a server of prepared answers in another process (`stub`), one call at a time, round by round; what
is counted is the time of this process (all its threads, and the kernel for it), collection of garbage included. A time
is that of a round's middle row of ten calls, and what is shown is the median of the rounds, with the least and the
most. The ratios are made round by round, so that a machine that others use, too, slows both sides: they are what to
judge by.

Client and server have a core each, as they have machines of their own elsewhere, and a loop that gives way to all else
keeps both cores from falling asleep, as in a process that has enough to do. With ``--cores any`` they are where the
system puts them, and a core sleeps while the other works: what it takes to wake up is then counted, too, which is the
machine's share rather than the library's, and differs from call to call. With ``--cores one`` they share one: whether
the server runs at once when it is woken, or the client waits for it, is then the system's choice, call by call.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import importlib.metadata
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from benchmarks.cores import WAYS, cores
from benchmarks.peers import LIBRARIES, NAMES, Operations
from benchmarks.stub import ITEMS, item, stub

OPERATIONS = {"get": 1, "put": 1, "update": 1, "query of 100": 10, "batch get of 100": 10}
"""By how much fewer calls of an operation are made in a round."""
ROW = 10
"""Calls that are timed together: enough for the collection of garbage to have its share."""
PACKAGES = ("boto3", "botocore", "msgspec", "isal", "pynamodb", "pydynox", "dyntastic", "dynantic", "aiodynamo",
            "aiohttp", "pydantic")


@attrs.define
class Results:
    """The times in µs of each round, by library and operation."""

    rounds: dict[tuple[str, str], list[float]] = attrs.field(factory=dict)

    def time(self, name: str, operation: str) -> tuple[float, float, float]:
        """Give the least, the median and the most."""
        return _spread(self.rounds[name, operation])

    def ratio(self, name: str, operation: str, to: str) -> tuple[float, float, float]:
        """Give what a library takes of another's time: the least, the median and the most of the rounds."""
        return _spread([mine / theirs for mine, theirs in zip(
            self.rounds[name, operation], self.rounds[to, operation], strict=True)])


def _spread(numbers: Sequence[float]) -> tuple[float, float, float]:
    return min(numbers), statistics.median(numbers), max(numbers)


def measure(operation: Callable[[], object], calls: int) -> float:
    """Do an operation so many times, ten in a row; give what one takes in µs, in the median of the rows.

    A row before them brings back into the processor's caches what the libraries before it have driven out.
    """
    for _ in range(ROW):
        operation()
    rows = []
    for _ in range(0, calls, ROW):
        started = time.process_time()
        for _ in range(ROW):
            operation()
        rows.append((time.process_time() - started) / ROW)
    return statistics.median(rows) * 1e6


def libraries(names: Sequence[str], url: str) -> dict[str, Operations]:
    """Give the operations of those libraries that are installed; say which are not."""
    found: dict[str, Operations] = {}
    for name in names:
        try:
            found[name] = LIBRARIES[name](url)
        except ImportError as error:
            sys.stderr.write(f"{name} is left out: {error}\n")
    return found


def run(names: Sequence[str], rounds: int, calls: int, server: int | None) -> Results:
    """Measure everything, one after the other, round by round."""
    results = Results()
    with stub(server) as url:
        found = libraries(names, url)
        for number in range(-1, rounds):  # the first round only warms up
            for operation, less in OPERATIONS.items():
                for name, operations in found.items():
                    gc.collect()
                    took = measure(operations[operation], max(calls // less, ROW))
                    if number >= 0:
                        results.rounds.setdefault((name, operation), []).append(took)
    return results


def report(results: Results, conditions: str) -> str:
    """Word the results as tables of Markdown."""
    names = list(dict.fromkeys(name for name, _ in results.rounds))
    head = "".join(f" {operation} |" for operation in OPERATIONS)
    rule = "| --- |" + " --: |" * len(OPERATIONS)
    lines = [conditions, "", f"| µs of CPU a call |{head}", rule]
    lines += [f"| {NAMES[name]} |" + "".join(
        f" {results.time(name, operation)[1]:,.0f} |" for operation in OPERATIONS) for name in names]
    for to, digits in (("boto3", 3), ("floor", 1)):
        if to in names:
            lines += ["", f"| times the {NAMES[to]} (least–most of the rounds) |{head}", rule]
            for name in names:
                cells = (results.ratio(name, operation, to) for operation in OPERATIONS)
                lines.append(f"| {NAMES[name]} |" + "".join(
                    f" {middle:.{digits}f} ({least:.{digits}f}–{most:.{digits}f}) |" for least, middle, most in cells))
    return "\n".join(lines)


def as_json(results: Results, conditions: str) -> Mapping[str, Any]:
    """Give the results for programs: every round's times in µs."""
    return {
        "conditions": conditions, "versions": _versions(),
        "times": [{"library": name, "operation": operation, "rounds": times}
                  for (name, operation), times in results.rounds.items()]}


def _versions() -> dict[str, str]:
    found = {"Python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _conditions(rounds: int, where: str) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in _versions().items())
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    size = len(json.dumps(item(0), separators=(",", ":")))
    today = dt.datetime.now(tz=dt.UTC).date()
    return (f"{today}, {versions}; {os.cpu_count()} cores, load {load}; {where}; {rounds} rounds; "
            f"an item of {len(item(0))} attributes and {size} bytes of JSON, {ITEMS} of them in a query and a batch.")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--cores", choices=WAYS, default=WAYS[0], help="where client and server run")
    parser.add_argument("--calls", type=int, default=400, help="of get, put, update in a round; of the others a tenth")
    parser.add_argument("--only", default=",".join(LIBRARIES), help="libraries, with commas between them")
    parser.add_argument("--json", type=Path, help="a file to write every round's times to")
    arguments = parser.parse_args()
    names = [name for name in LIBRARIES if name in arguments.only.split(",")]
    with cores(arguments.cores) as placed:
        results = run(names, arguments.rounds, arguments.calls, placed.server)
    conditions = _conditions(arguments.rounds, placed.told)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(as_json(results, conditions), indent=1) + "\n")
    sys.stdout.write(report(results, conditions) + "\n")


if __name__ == "__main__":
    main()
