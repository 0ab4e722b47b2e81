"""Measure what instances take of the memory, and how much of it a stream of 100,000 items needs.

    python -m benchmarks.memory [--only boto3,pynamite] [--json results.json]

Each library works in a process of its own. "Bytes an item" is what Python has allocated for 10,000 items that a query
gave and that are kept, by tracemalloc: what a library of another language keeps outside of Python's memory is not in
it. "Growth" is by how much the most memory that the process ever had (``ru_maxrss``) has grown while it went through
the 1000 pages of a query, one item after the other, when it had read the first page before.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import json
import resource
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

from benchmarks.client import OPERATIONS
from benchmarks.peers import LIBRARIES, NAMES
from benchmarks.stub import ITEMS, PAGES, stub

WITHOUT = {"floor", "pynamite-boto3", "fast-client"}
KEPT = 100
"""How many answers of a query are kept."""


def measure(name: str) -> dict[str, float]:
    """Measure one library, in this process."""
    with stub() as url:
        operations = LIBRARIES[name](url)
        assert OPERATIONS.keys() <= operations.keys()
        operations["query of 100"]()
        sum(1 for _ in itertools.islice(operations["stream"](), ITEMS))
        gc.collect()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        read = sum(1 for _ in operations["stream"]())
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert read == ITEMS * PAGES, f"{name} read {read} items"
        tracemalloc.start()
        kept = [operations["query of 100"]() for _ in range(KEPT)]
        gc.collect()
        allocated, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return {"bytes": allocated / (len(kept) * ITEMS), "growth": (after - before) / 1024}


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = [name for name in LIBRARIES if name not in WITHOUT]
    parser.add_argument("--only", default=",".join(known), help="libraries, with commas between them")
    parser.add_argument("--json", type=Path, help="a file to write the results to")
    parser.add_argument("--one", choices=known, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        sys.stdout.write(json.dumps(measure(arguments.one)))
        return
    results: dict[str, Any] = {}
    lines = ["| | bytes an item | growth in a stream of 100,000 items |", "| --- | --: | --: |"]
    for name in [name for name in known if name in arguments.only.split(",")]:
        ran = subprocess.run(
            [sys.executable, "-m", "benchmarks.memory", "--one", name], capture_output=True, text=True, check=False,
            cwd=Path(__file__).parents[1])
        if ran.returncode:
            sys.stderr.write(f"{name} is left out: {ran.stderr.strip().rpartition(chr(10))[2]}\n")
            continue
        told = results[name] = json.loads(ran.stdout)
        lines.append(f"| {NAMES[name]} | {told['bytes']:,.0f} | {told['growth']:.1f} MiB |")
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
