"""Open the engine's file: make a new one, refuse one that is not ours, and do no harm to either."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

from pynamite.errors import UnreachableError

__all__ = ["FORMAT", "check_format", "connection", "inspect", "is_read_only", "prepare", "without_log"]

APPLICATION_ID = 0x70796E6D
"""What marks a SQLite file as ours: "pynm", bytes 68 to 71 of its header (SQLite, "Database File Format")."""

FORMAT = 2
"""The version of the tables below, as the file's ``user_version``; a later format gets a higher number."""

BUSY_SECONDS = 60.0
"""How long a write waits for another process's."""

_MAGIC = b"SQLite format 3\x00"

_TABLES = """
CREATE TABLE meta (version INTEGER NOT NULL);
INSERT INTO meta VALUES (0);
CREATE TABLE definition (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, description TEXT NOT NULL);
CREATE TABLE definition_index (
    id INTEGER PRIMARY KEY AUTOINCREMENT, t INTEGER NOT NULL, name TEXT NOT NULL, UNIQUE (t, name));
CREATE TABLE item (
    id INTEGER PRIMARY KEY, t INTEGER NOT NULL, pk BLOB NOT NULL, sk BLOB NOT NULL, hash INTEGER NOT NULL,
    size INTEGER NOT NULL, wire BLOB NOT NULL, UNIQUE (t, pk, sk));
CREATE TABLE entry (
    x INTEGER NOT NULL, pk BLOB NOT NULL, sk BLOB NOT NULL, item_pk BLOB NOT NULL, item_sk BLOB NOT NULL,
    item INTEGER NOT NULL, PRIMARY KEY (x, pk, sk, item_pk, item_sk)) WITHOUT ROWID;
CREATE TABLE token (token TEXT PRIMARY KEY, fingerprint BLOB NOT NULL, expires REAL NOT NULL) WITHOUT ROWID;
"""

_STREAMS = """
CREATE TABLE stream (
    id INTEGER PRIMARY KEY AUTOINCREMENT, t INTEGER NOT NULL, name TEXT NOT NULL, label TEXT NOT NULL,
    view TEXT NOT NULL, key_schema TEXT NOT NULL, created REAL NOT NULL, first INTEGER NOT NULL,
    ended REAL, last INTEGER, UNIQUE (name, label));
CREATE TABLE stream_record (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, stream INTEGER NOT NULL, at REAL NOT NULL, event TEXT NOT NULL,
    expired INTEGER NOT NULL, size INTEGER NOT NULL, keys BLOB NOT NULL, old BLOB, new BLOB);
CREATE INDEX stream_record_of ON stream_record (stream, seq);
"""

_STEPS = (_TABLES, _STREAMS)
"""What makes each format of the one before: a file of any earlier one is brought up to date when it is written."""


def inspect(path: str) -> None:
    """Check that ``path`` is one of our files or can become one, without touching it.

    Raises:
        UnreachableError: it is a folder, stands in a folder that is not there, is no SQLite file, is another
            program's, or of a later format.
    """
    folder = os.path.dirname(path) or "."  # noqa: PTH120 - the path is kept as it was given, for the messages
    if not Path(folder).is_dir():
        raise _refusal(path, f"there is no folder {folder!r}; make it first, or give a path in a folder that is there")
    if not Path(path).exists():
        return
    if Path(path).is_dir():
        raise _refusal(path, "it is a folder; give the path of a file")
    try:
        with Path(path).open("rb") as file:
            header = file.read(100)
    except OSError as error:
        raise _refusal(path, f"{error.strerror}; check who may read it") from error
    if not header:
        return
    if not header.startswith(_MAGIC) or len(header) < 100:
        raise _refusal(path, "it is not a SQLite file; give another path (this file was left as it is)")
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise _refusal(path, "it is a SQLite file of another program; give another path (this file was left as it is)")
    _check_format(path, int.from_bytes(header[60:64], "big"))


def check_format(opened: sqlite3.Connection, path: str | None) -> None:
    """Check the format once more, as it is: another process may have changed it since, and its log may tell so alone.

    Raises:
        UnreachableError: it is a later one.
    """
    _check_format(path or ":memory:", opened.execute("PRAGMA user_version").fetchone()[0])


def _check_format(path: str, found: int) -> None:
    if found > FORMAT:
        raise _refusal(path, f"its format is {found}, and this pynamite knows formats up to {FORMAT}; upgrade pynamite")


def _refusal(path: str, reason: str) -> UnreachableError:
    return UnreachableError(f"cannot open {path!r}: {reason}")


def is_read_only(path: str) -> bool:
    """Tell whether an existing file may not be written: by its mode (even for root), or by the system's word."""
    if not Path(path).exists():
        return False
    return not (_may_be_written(path) and os.access(path, os.W_OK))


def _may_be_written(path: str) -> bool:
    return bool(Path(path).stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))


def connection(path: str | None, *, read_only: bool = False) -> sqlite3.Connection:
    """Open one connection; ``None`` is a private memory.

    It may be used by any thread, by one at a time; transactions are begun and ended by hand.
    """
    if path is None:
        return _connect(":memory:")
    uri = Path(path).absolute().as_uri()
    if not read_only:
        return _connect(f"{uri}?mode=rwc")
    if not _may_be_written(path) and not Path(f"{path}-wal").exists():
        return _connect(f"{uri}?mode=ro&immutable=1")  # nobody writes it, so no lock and no log is made beside it
    opened = _connect(f"{uri}?mode=ro")
    try:
        opened.execute("SELECT version FROM meta").fetchone()
    except sqlite3.OperationalError:
        # A folder that cannot be written has no room for the write-ahead log's index. Nobody can be writing there.
        opened.close()
        return _connect(f"{uri}?mode=ro&immutable=1")
    return opened


def _connect(address: str) -> sqlite3.Connection:
    return sqlite3.connect(
        address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=256)


def without_log(content: bytes) -> bytes:
    """Give the bytes of a database without the mark that it has a write-ahead log, which a memory cannot have.

    The mark is the version of the format, 2 for 1, in bytes 18 and 19: SQLite, "Database File Format".
    """
    return b"".join((content[:18], b"\x01\x01", content[20:]))


def prepare(opened: sqlite3.Connection, *, synchronous: str) -> None:
    """Make the tables in a file that is new or of an earlier format, and set how it is written."""
    if _format(opened) < FORMAT:
        opened.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have been quicker: so the format is asked for again.
            for step in _STEPS[_format(opened) :]:
                for statement in step.split(";")[:-1]:
                    opened.execute(statement)
            opened.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            opened.execute(f"PRAGMA user_version = {FORMAT}")
            opened.execute("COMMIT")
        except BaseException:
            opened.execute("ROLLBACK")
            raise
    # Only now: so the marks above are in the file itself, where `inspect` looks, and not in the log.
    opened.execute("PRAGMA journal_mode = WAL")
    opened.execute(f"PRAGMA synchronous = {synchronous}")


def _format(opened: sqlite3.Connection) -> int:
    found: int = opened.execute("PRAGMA user_version").fetchone()[0]
    return found
