"""The file: connections, transactions and the tables that are in it.

One connection writes, under a lock and ``BEGIN IMMEDIATE``; each read takes one of a pool of reading connections and
sees what was committed when it began. A database in memory has one connection for both.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Literal, Self

from pynamite.errors import OperationError
from pynamite.local import opening
from pynamite.local.definition import RowKey, Table, read_table
from pynamite.local.failures import no_table

__all__ = ["Reading", "Session", "Storage", "Writing"]

_FIND = (
    "SELECT meta.version, item.size, item.wire FROM meta "
    "LEFT JOIN item ON item.t = ? AND item.pk = ? AND item.sk = ?")

_REMEDIES = (
    ("SQLITE_FULL", "make room on the disk"),
    ("SQLITE_BUSY", "another process has been writing for too long; end it, or try again"),
    ("SQLITE_LOCKED", "another process has been writing for too long; end it, or try again"),
    ("SQLITE_CORRUPT", "the file is damaged: restore it from a copy"),
    ("SQLITE_NOTADB", "the file is not, or no longer, a SQLite file: restore it from a copy"),
    ("SQLITE_READONLY", "make the file and its folder writable"),
    ("SQLITE_CANTOPEN", "check that the folder is there, and that it may be written"),
)


class Session:
    """One transaction: a connection, and the tables as they are in it."""

    __slots__ = ("_checked", "_storage", "connection")

    connection: sqlite3.Connection

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._checked = False

    def table(self, name: str) -> Table:
        """Give a table by its name.

        Raises:
            RefusedError: there is none.
        """
        found = self.tables().get(name)
        if found is None:
            raise no_table()
        return found

    def tables(self) -> dict[str, Table]:
        """Give all tables by name, as they are in this transaction."""
        if not self._checked:
            self._checked = True
            return self._storage.current_tables(self.connection)
        return self._storage.known[1]

    def changed(self) -> None:
        """Tell everybody, in other processes too, that a table was made, altered or deleted."""
        self.connection.execute("UPDATE meta SET version = version + 1")
        self._checked = False


class Reading(Session):
    """A transaction that only reads, as a context manager."""

    __slots__ = ()

    def __enter__(self) -> Self:
        self.connection = self._storage.take_reader()
        self.connection.execute("BEGIN")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        try:
            if self.connection.in_transaction:
                self.connection.execute("COMMIT")
        finally:
            self._storage.give_reader(self.connection)


class Writing(Session):
    """A transaction that writes, as a context manager; an error takes everything back."""

    __slots__ = ()

    def __enter__(self) -> Self:
        self.connection = self._storage.take_writer()
        try:
            self.connection.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._storage.give_writer()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self.connection.execute("COMMIT")
        finally:
            try:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                    self._storage.forget_tables()
            finally:
                self._storage.give_writer()


class Storage:
    """A file of tables, or a private memory where ``path`` is None.

    The file is made, and opened, when it is first used; what is wrong with it is told at once.

    Raises:
        UnreachableError: see `opening.inspect`.
    """

    def __init__(
        self, path: str | None, *, synchronous: Literal["NORMAL", "FULL"] = "NORMAL", snapshot: bytes | None = None,
    ) -> None:
        self.path = path
        self._snapshot = snapshot
        self._synchronous = synchronous
        self._lock = threading.Lock()
        self._writer: sqlite3.Connection | None = None
        self._readers: deque[sqlite3.Connection] = deque()
        self._closed = False
        self.known: tuple[int, dict[str, Table]] = (-1, {})
        self.read_only = False
        if path is not None:
            opening.inspect(path)
            self.read_only = opening.is_read_only(path)
        _STORAGES.add(self)

    def reading(self) -> Reading:
        """Begin a transaction that reads: ``with storage.reading() as session``."""
        return Reading(self)

    def writing(self) -> Writing:
        """Begin a transaction that writes: ``with storage.writing() as session``."""
        return Writing(self)

    def find(self, name: str, key_of: Callable[[Table], RowKey]) -> tuple[Table, tuple[int, bytes] | None] | None:
        """Look one item up in a single statement; None if that cannot be done here, and a `Reading` has to.

        ``key_of`` gives the row's key from the table.
        """
        version, tables = self.known
        table = tables.get(name)
        if table is None or self.path is None:
            return None
        pk, sk = key_of(table)
        connection = self.take_reader()
        try:
            found = connection.execute(_FIND, (table.id, pk, sk)).fetchone()
        finally:
            self.give_reader(connection)
        if found[0] != version:
            return None
        return table, (None if found[2] is None else found[1:])

    def current_tables(self, connection: sqlite3.Connection) -> dict[str, Table]:
        """Give all tables by name, reading them again if they have changed."""
        version = connection.execute("SELECT version FROM meta").fetchone()[0]
        if version != self.known[0]:
            tables = {}
            for table_id, name, description in connection.execute("SELECT id, name, description FROM definition"):
                ids = dict(connection.execute("SELECT name, id FROM definition_index WHERE t = ?", (table_id,)))
                tables[name] = read_table(table_id, description, ids)
            self.known = (version, tables)
        return self.known[1]

    def snapshot(self) -> bytes:
        """Give all that is committed, as the bytes of a database from which a memory can be made."""
        with self.reading() as session:
            return opening.without_log(session.connection.serialize())

    def forget_tables(self) -> None:
        """Read the tables again when they are next needed: what was known may have been taken back."""
        self.known = (-1, {})

    def take_reader(self) -> sqlite3.Connection:
        """Give a connection to read with, for this thread alone until it is given back."""
        if self.path is None:
            return self.take_writer()
        try:
            return self._readers.pop()
        except IndexError:
            pass
        self._check_open()
        if not self.read_only and self._writer is None:
            # The writer makes the file. Once it is there, nobody who reads waits for it: it may be waiting itself.
            with self._lock:
                self._check_open()
                if self._writer is None:
                    self._writer = self._open_writer()
        return opening.connection(self.path, read_only=self.read_only)

    def give_reader(self, connection: sqlite3.Connection) -> None:
        """Take a reading connection back."""
        if self.path is None:
            self.give_writer()
        elif self._closed:
            connection.close()
        else:
            self._readers.append(connection)

    def take_writer(self) -> sqlite3.Connection:
        """Give the writing connection to this thread, when the others have done with it.

        Raises:
            OperationError: the file is read-only.
        """
        if self.read_only:
            raise OperationError(
                f"{self.path!r} is read-only, so nothing can be written to it; make it writable "
                "(its mode, and its folder's), or connect to a copy", code="AccessDeniedException")
        self._lock.acquire()
        try:
            self._check_open()
            if self._writer is None:
                self._writer = self._open_writer()
        except BaseException:
            self._lock.release()
            raise
        return self._writer

    def give_writer(self) -> None:
        """Let the next thread write."""
        self._lock.release()

    def _open_writer(self) -> sqlite3.Connection:
        opened = opening.connection(self.path)
        try:
            if self._snapshot is not None:
                opened.deserialize(self._snapshot)
            opening.check_format(opened, self.path)
            opening.prepare(opened, synchronous=self._synchronous)
        except BaseException:
            opened.close()
            raise
        return opened

    def _check_open(self) -> None:
        if self._closed:
            raise OperationError(
                f"the client of {self.path or 'a database in memory'!r} is closed; connect again to go on")

    def forked(self) -> None:
        """Go on in a process that was forked off: SQLite's connections may not be carried over."""
        self._lock = threading.Lock()
        if self.path is not None:
            _LEFT_BEHIND.extend((*self._readers, self._writer))
            self._readers = deque()
            self._writer = None

    def close(self) -> None:
        """Close the file; closing it again does nothing."""
        with self._lock:
            self._closed = True
            while self._readers:
                self._readers.pop().close()
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def trouble(self, error: sqlite3.Error, action: str) -> OperationError:
        """Word an error of SQLite's: a full disk, a damaged file, another process that does not let go of it."""
        name = getattr(error, "sqlite_errorname", None) or type(error).__name__
        remedy = next((text for start, text in _REMEDIES if name.startswith(start)),
                      "check the file, its folder and the disk")
        return OperationError(
            f"{action}: SQLite cannot go on with {self.path or 'the database in memory'!r}: {error} ({name}); {remedy}",
            operation=action)


_STORAGES: weakref.WeakSet[Storage] = weakref.WeakSet()
_LEFT_BEHIND: list[sqlite3.Connection | None] = []
"""The parent's connections, in a child: closing them here would undo the parent's locks."""


def _forked() -> None:
    for storage in list(_STORAGES):
        storage.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
