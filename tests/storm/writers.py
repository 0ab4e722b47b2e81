"""Many writers at once: threads of this process, or processes of their own."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pynamite import Store
from tests.storm.model import storm_table
from tests.storm.races import RACES, Told

__all__ = ["in_processes", "in_threads", "started"]


def in_threads(store: Store, write: Callable[[Store, str, int], Told], writers: int, times: int) -> list[Told]:
    """Let threads write through one store, all from the same moment on."""
    ready = threading.Barrier(writers)

    def run(number: int) -> Told:
        ready.wait()
        return write(store, str(number), times)

    with ThreadPoolExecutor(writers) as pool:
        return list(pool.map(run, range(writers)))


@contextlib.contextmanager
def started(module: str, *arguments: object, names: Iterable[str]) -> Iterator[list[subprocess.Popen[str]]]:
    """Start processes that write, each given its name, all from the same moment on; they end with the block."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    processes = [
        subprocess.Popen([*command, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for name in names
    ]
    try:
        for process in processes:
            assert process.stdout is not None and process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def in_processes(url: str, table_name: str, races: Sequence[str], writers: int, times: int) -> list[list[Told]]:
    """Let processes run races, each through a store of its own; gives what they tell of each race."""
    names = map(str, range(writers))
    with started("tests.storm.writers", url, table_name, ",".join(races), times, names=names) as processes:
        told = [json.loads(process.communicate()[0]) for process in processes]
    return [[writer[place] for writer in told] for place in range(len(races))]


def _main(url: str, table_name: str, race: str, times: str, number: str) -> None:
    with storm_table(table_name).connect(url) as store:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        told: Any = [RACES[name].write(store, number, int(times)) for name in race.split(",")]
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    _main(*sys.argv[1:])
