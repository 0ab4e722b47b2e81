"""The engine's file: made when it is used, kept over a restart, and never harmed when it is not ours."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest

from pynamite.errors import OperationError, UnreachableError
from pynamite.local.client import LocalClient
from pynamite.local.opening import APPLICATION_ID, FORMAT
from tests.unit.local.shapes import key, put, table


def test_making_a_client_makes_no_file(path):
    """The file comes with the first call, so that a declaration leaves nothing behind."""
    with LocalClient(path) as client:
        assert not Path(path).exists()
        assert client.list_tables()["TableNames"] == []
        assert Path(path).exists()


def test_what_was_written_survives_a_restart(path):
    """Tables, items, index entries and tokens are in the file."""
    transaction = {
        "ClientRequestToken": "once",
        "TransactItems": [
            {
                "Update": {
                    "TableName": "shop",
                    "Key": key("counter"),
                    "UpdateExpression": "ADD n :one",
                    "ExpressionAttributeValues": {":one": {"N": "1"}},
                }
            }
        ],
    }
    with LocalClient(path) as client:
        client.create_table(**table())
        item = put(client, "a", status={"S": "OPEN"}, total={"N": "7"}, photo={"B": b"\x00\xff"})
        client.transact_write_items(**transaction)
    with LocalClient(path) as again:
        assert again.get_item(TableName="shop", Key=key("a"))["Item"] == item
        assert again.query(
            TableName="shop",
            IndexName="ByStatus",
            KeyConditionExpression="#s = :open",
            ExpressionAttributeNames={"#s": "status"},
            ExpressionAttributeValues={":open": {"S": "OPEN"}},
        )["Items"] == [item]
        again.transact_write_items(**transaction)
        assert again.get_item(TableName="shop", Key=key("counter"))["Item"]["n"] == {"N": "1"}


def test_a_closed_file_is_one_file(path):
    """Closing leaves no log beside the file, so it can be copied."""
    with LocalClient(path) as client:
        client.create_table(**table())
    assert [found.name for found in Path(path).parent.iterdir()] == ["test.db"]


def test_the_file_bears_our_marks(path):
    """The application id and the format stand in the header, where other programs look, too."""
    with LocalClient(path) as client:
        client.list_tables()
        header = Path(path).read_bytes()[:100]
    assert (int.from_bytes(header[68:72], "big"), int.from_bytes(header[60:64], "big")) == (APPLICATION_ID, FORMAT)


def other_database(path):
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE customers (name)")
    other.close()


def newer_format(path):
    with LocalClient(path) as client:
        client.list_tables()
    with sqlite3.connect(path) as newer:
        newer.execute(f"PRAGMA user_version = {FORMAT + 1}")
    newer.close()


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda path: Path(path).write_text("name,price\nsoap,1\n" * 20), "it is not a SQLite file"),
        (lambda path: Path(path).write_bytes(b"SQLite format 3\x00"), "it is not a SQLite file"),
        (lambda path: Path(path).mkdir(), "it is a folder"),
        (other_database, "a SQLite file of another program"),
        (newer_format, f"its format is {FORMAT + 1}, and this pynamite knows formats up to {FORMAT}; upgrade"),
    ],
    ids=["text", "cut short", "folder", "another program's", "newer"],
)
def test_a_file_that_is_not_ours_is_refused_and_left_alone(path, make, message):
    """One error names the file and says what to do; not a byte of it changes."""
    make(path)
    before = Path(path).read_bytes() if Path(path).is_file() else None
    with pytest.raises(UnreachableError, match=message) as caught:
        LocalClient(path)
    assert repr(path) in str(caught.value)
    assert before is None or Path(path).read_bytes() == before


def test_a_folder_that_is_not_there_is_named(tmp_path):
    """No folder is made by mistake."""
    with pytest.raises(UnreachableError, match="there is no folder .*nowhere'; make it first"):
        LocalClient(f"{tmp_path}/nowhere/test.db")
    assert not (tmp_path / "nowhere").exists()


def test_an_empty_file_becomes_a_database(path):
    """An empty file is what a temporary file is; nothing can be lost."""
    Path(path).touch()
    with LocalClient(path) as client:
        client.create_table(**table())
        assert client.list_tables()["TableNames"] == ["shop"]


def test_a_read_only_file_can_be_read_and_not_written(path):
    """Writes are refused with the file's name and the remedy, and the file stays as it was, to the byte."""
    with LocalClient(path) as client:
        client.create_table(**table())
        item = put(client, "a")
    Path(path).chmod(stat.S_IRUSR)
    before = Path(path).read_bytes()
    with LocalClient(path) as client:
        assert client.get_item(TableName="shop", Key=key("a"))["Item"] == item
        for write in (lambda: put(client, "b"), lambda: client.delete_table(TableName="shop")):
            with pytest.raises(OperationError, match=r"test\.db' is read-only.*make it writable"):
                write()
        assert client.scan(TableName="shop")["Items"] == [item]
    assert Path(path).read_bytes() == before
    assert [found.name for found in Path(path).parent.iterdir()] == ["test.db"]


def test_a_damaged_file_is_named_with_the_remedy(path):
    """SQLite's own complaint stays reachable as the cause."""
    with LocalClient(path) as client:
        client.create_table(**table())
        for number in range(50):
            put(client, f"p{number}", note={"S": "x" * 3000})
    content = bytearray(Path(path).read_bytes())
    content[8192:] = b"\xa5" * (len(content) - 8192)
    Path(path).write_bytes(content)
    with (
        LocalClient(path) as client,
        pytest.raises(OperationError, match=r"Scan: SQLite cannot go on with '.*test\.db'") as caught,
    ):
        client.scan(TableName="shop")
    assert isinstance(caught.value.__cause__, sqlite3.DatabaseError)


def test_a_closed_client_says_so(engine):
    """Closing twice is nothing; a call after it is an error."""
    engine.close()
    engine.close()
    with pytest.raises(OperationError, match="is closed; connect again"):
        engine.list_tables()


def test_a_memory_is_private(engine):
    """Each client without a path has a memory of its own."""
    with LocalClient() as one, LocalClient() as other:
        one.create_table(**table())
        assert other.list_tables()["TableNames"] == []
