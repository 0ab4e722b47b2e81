"""What is acknowledged stays: on a full disk, after damage, in files of earlier formats, and by several writers."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pynamite.connect import connect
from pynamite.errors import OperationError, UnreachableError
from pynamite.local.client import LocalClient
from pynamite.local.opening import FORMAT
from tests.unit.local.shapes import key, put, table

OLD_FORMATS = sorted(Path(__file__).parent.glob("format_*.sql"))
OLD_ITEMS = [
    {**key("a"), "status": {"S": "OPEN"}, "total": {"N": "7.5"}, "photo": {"B": b"\x00\xff"}},
    {**key("b"), "note": {"S": "it's é"}},
    {**key("c"), "status": {"S": "DONE"}, "total": {"N": "-1"}},
]


def big(client, number):
    """Put an item of some size, that stands in the indexes."""
    return put(client, f"p{number}", status={"S": "OPEN"}, total={"N": str(number)}, note={"S": "x" * 3000})


def fill(client):
    """Put items until there is no room for one more; give those that were acknowledged."""
    written: list[Any] = []
    with pytest.raises(OperationError, match=r"PutItem: .*SQLITE_FULL.*; make room on the disk") as caught:
        written.extend(big(client, number) for number in range(10_000))
    assert isinstance(caught.value.__cause__, sqlite3.Error)
    return written


def everything(client, **index):
    """Give all items of the table or of an index, in the order of their keys."""
    return sorted(client.scan(TableName="shop", **index)["Items"], key=lambda item: item["pk"]["S"])


def in_order(items):
    """Sort items by their keys."""
    return sorted(items, key=lambda item: item["pk"]["S"])


def assert_whole(path):
    """Assert that SQLite finds nothing wrong with the file."""
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    raw.close()


def test_a_full_disk_loses_nothing_and_is_told(path):
    """What did not fit is not there in part either, and when there is room, writing goes on."""
    with LocalClient(path) as client:
        client.create_table(**table())
        limit = client._storage._writer.execute("PRAGMA max_page_count = 40").fetchone()[0]
        written = fill(client)
        assert everything(client) == everything(client, IndexName="ByStatus") == in_order(written)
        with pytest.raises(OperationError, match="SQLITE_FULL"):
            client.transact_write_items(TransactItems=[
                {"Delete": {"TableName": "shop", "Key": key("p0")}},
                *[{"Put": {"TableName": "shop", "Item": {**key(f"q{number}"), "note": {"S": "x" * 3000}}}}
                  for number in range(50)]])
        assert everything(client) == in_order(written)
        client._storage._writer.execute(f"PRAGMA max_page_count = {limit * 100}")
        written.append(big(client, 9999))
    with LocalClient(path) as again:
        assert everything(again) == everything(again, IndexName="ByStatus") == in_order(written)
    assert_whole(path)


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file system in memory (tmpfs), which Linux has")
def test_a_disk_that_is_really_full_loses_nothing(tmp_path):
    """A small file system, filled to the last byte; when something is deleted beside it, writing goes on."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"needs to be allowed to mount a file system: {mounted.stderr.strip()}")
    try:
        ballast = disk / "ballast"
        ballast.write_bytes(b"x" * 300_000)
        path = str(disk / "shop.db")
        with LocalClient(path) as client:
            client.create_table(**table())
            written = fill(client)
            assert everything(client) == in_order(written)
            ballast.unlink()
            written.append(big(client, 9999))
        with LocalClient(path) as again:
            assert everything(again) == everything(again, IndexName="ByStatus") == in_order(written)
        assert_whole(path)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("script", OLD_FORMATS, ids=lambda script: script.stem)
def test_a_file_of_an_earlier_format_is_brought_up_to_date(path, script):
    """In place, by opening it: its items are there, its indexes are kept, and it has the format of today."""
    with sqlite3.connect(path) as old:
        old.executescript(script.read_text())
    old.close()
    with LocalClient(path) as client:
        assert everything(client) == OLD_ITEMS
        assert [item["pk"]["S"] for item in everything(client, IndexName="ByStatus")] == ["a", "c"]
        put(client, "d", status={"S": "OPEN"}, total={"N": "9"})
        client.delete_item(TableName="shop", Key=key("c"))
        client.transact_write_items(
            ClientRequestToken="once", TransactItems=[{"Put": {"TableName": "shop", "Item": key("e")}}])
    with LocalClient(path) as again:
        assert [item["pk"]["S"] for item in everything(again)] == ["a", "b", "d", "e"]
        assert [item["pk"]["S"] for item in everything(again, IndexName="ByStatus")] == ["a", "d"]
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (FORMAT,)
    raw.close()
    assert_whole(path)


def test_every_format_has_a_file_to_try(path):
    """Whoever makes a new format keeps a file of the one before: formats 1 to the last but one, at least."""
    assert [script.stem for script in OLD_FORMATS][: FORMAT - 1] == [f"format_{number}" for number in range(1, FORMAT)]


def test_a_format_that_only_the_log_tells_of_is_refused(path):
    """Another process may have brought the file up to date, and not have closed it yet."""
    with LocalClient(path) as client:
        client.create_table(**table())
    newer = sqlite3.connect(path, isolation_level=None)
    newer.execute(f"PRAGMA user_version = {FORMAT + 1}")
    assert int.from_bytes(Path(path).read_bytes()[60:64], "big") == FORMAT
    with LocalClient(path) as client, pytest.raises(UnreachableError, match=f"its format is {FORMAT + 1}.*upgrade"):
        client.list_tables()
    newer.close()


def test_a_durable_url_waits_for_the_disk(tmp_path):
    """`?durable=1` is synchronous=FULL; without it, and with 0, it is NORMAL."""
    for number, (query, level) in enumerate([("?durable=1", 2), ("?durable=0", 1), ("", 1)]):
        client: Any = connect(f"sqlite:///{tmp_path}/{number}.db{query}")
        client.list_tables()
        assert client._storage._writer.execute("PRAGMA synchronous").fetchone()[0] == level
        client.close()


@pytest.mark.parametrize("query", ["durable=yes", "durable", "sync=1", "durable=1&x=2", "durable=1&durable=0"])
def test_another_option_of_a_url_is_refused(tmp_path, query):
    """And no file is made."""
    with pytest.raises(ValueError, match=r"the only option is durable, 0 or 1.*written %3F"):
        connect(f"sqlite:///{tmp_path}/shop.db?{query}")
    assert list(tmp_path.iterdir()) == []


def test_a_question_mark_may_stand_in_a_files_name(tmp_path):
    """As any character may, in the way of URLs."""
    client: Any = connect(f"sqlite:///{tmp_path}/a%3Fb.db")
    assert client.path == f"{tmp_path}/a?b.db"
    client.list_tables()
    client.close()
    assert [found.name for found in tmp_path.iterdir()] == ["a?b.db"]


def test_processes_and_threads_on_one_file_lose_no_increment(path):
    """Three processes with two threads each count to the same sum."""
    program = """
import sys, threading
from pynamite.local.client import LocalClient
client = LocalClient(sys.argv[1])
def count():
    for _ in range(25):
        client.update_item(TableName="shop", Key={"pk": {"S": "n"}, "sk": {"S": "s"}}, UpdateExpression="ADD n :one",
                           ExpressionAttributeValues={":one": {"N": "1"}})
threads = [threading.Thread(target=count) for _ in range(2)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""
    with LocalClient(path) as client:
        client.create_table(**table())
        running = [subprocess.Popen([sys.executable, "-c", program, path]) for _ in range(3)]
        assert [process.wait(60) for process in running] == [0, 0, 0]
        assert client.get_item(TableName="shop", Key=key("n"))["Item"]["n"] == {"N": "150"}


def test_a_writer_that_dies_in_the_middle_leaves_nothing_half_done(path):
    """What was not committed is gone, and the next writer need not wait."""
    with LocalClient(path) as client:
        client.create_table(**table())
        item = put(client, "a")
    pid = os.fork()
    if pid == 0:
        client = LocalClient(path)
        session = client._storage.writing().__enter__()
        session.connection.execute("DELETE FROM item")
        os._exit(0)
    os.waitpid(pid, 0)
    with LocalClient(path) as client:
        assert everything(client) == [item]
        put(client, "b")
    assert_whole(path)


def test_a_file_that_was_cut_short_is_refused_and_not_made_worse(path):
    """Whatever can be read of it is for its owner to save."""
    with LocalClient(path) as client:
        client.create_table(**table())
        for number in range(50):
            big(client, number)
    whole = Path(path).read_bytes()
    Path(path).write_bytes(whole[: len(whole) // 2])
    with LocalClient(path) as client:
        with pytest.raises(OperationError, match=r"Scan: SQLite cannot go on .*; the file is damaged: restore"):
            client.scan(TableName="shop")
        with pytest.raises(OperationError, match=r"the file is damaged: restore it from a copy"):
            for number in range(50):
                big(client, number)
    assert Path(path).read_bytes()[100:4096] == whole[100:4096]


def test_readers_go_on_while_a_writer_waits(path):
    """A long transaction of another process keeps nobody from reading what was there before."""
    with LocalClient(path) as client:
        client.create_table(**table())
        item = put(client, "a")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        writer = threading.Thread(target=put, args=(client, "b"))
        writer.start()
        time.sleep(0.1)
        for reader in range(3):  # each in a thread, and so on a connection, of its own
            with ThreadPoolExecutor(reader + 1) as threads:
                assert list(threads.map(lambda _: everything(client), range(reader + 1))) == [[item]] * (reader + 1)
        assert writer.is_alive()
        other.execute("ROLLBACK")
        writer.join(60)
        assert len(everything(client)) == 2
        other.close()
