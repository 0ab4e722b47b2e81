"""A writer that goes on until it is killed, and tells of each write before it and after it."""

from __future__ import annotations

import itertools
import json
import sys
from typing import Any

from pynamite import Store, attribute
from tests.storm.model import Channel, Doc, User, Video, storm_table

__all__ = ["CHANNEL", "DOC", "prepare", "write_one"]

CHANNEL = {"channel_id": "shared"}
DOC = {"doc_id": "shared"}
KINDS = ("video", "user", "doc")


def prepare(store: Store) -> None:
    """Make what the writers share."""
    store[Channel].create(Channel(channel_id="shared"))
    store[Doc].create(Doc(doc_id="shared"))


def write_one(store: Store, kind: str, name: str) -> Any:
    """Do one write, each of which brings others with it; gives what there is afterwards."""
    if kind == "video":
        return store[Video].create(Video(channel_id="shared", title=name)).number
    if kind == "user":
        return store[User].create(User(account_id=name, email=f"{name}@example.com")).email
    return store[Doc].update(DOC, attribute(Doc.edits).add(1)).version


def _main(url: str, table_name: str, name: str) -> None:
    def tell(*what: object) -> None:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()

    with storm_table(table_name).connect(url) as store:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        for n in itertools.count():
            for kind in KINDS:
                tell("begun", kind, f"{name}.{n}")
                tell("done", kind, f"{name}.{n}", write_one(store, kind, f"{name}.{n}"))


if __name__ == "__main__":
    _main(*sys.argv[1:])
