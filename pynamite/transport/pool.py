"""Connections that wait for the next request: the one that was used last goes first."""

from __future__ import annotations

import contextlib
import os
import weakref
from collections.abc import Callable
from typing import TypeVar

from pynamite.transport.connection import Address, Connection

__all__ = ["Pool"]

T = TypeVar("T")


class Pool:
    """Connections to one address, for any number of threads.

    At most ``most`` are kept; where more are needed at a time, they are made, and closed afterwards, as boto3's pool
    does. A process that was forked off leaves those of its parent alone, and makes its own.
    """

    def __init__(self, address: Address, most: int) -> None:
        self._address = address
        self._most = most
        # Taking from a list and putting into it are atomic: there is no lock that a fork could leave locked.
        self._idle: list[Connection] = []
        weakref.finalize(self, _close, self._idle)
        _POOLS.add(self)

    def exchange(self, request: bytes, ask: Callable[[Connection, bytes], T]) -> T:
        """Send a request over a connection that nobody else uses, by ``ask``, and give what that gives.

        A connection that the server has closed meanwhile is replaced. Afterwards it is kept for the next request.

        Raises:
            NotConnectedError: the server cannot be reached.
            Exception: whatever ``ask`` raises; the connection is closed then.
        """
        idle = self._idle
        try:
            connection = idle.pop()
        except IndexError:  # none waits, or another thread took the last one
            connection = Connection(self._address)
        else:  # Over a new one TLS may have sent something by itself.
            if connection.is_stale():
                connection = self._instead_of(connection)
        try:
            answer = ask(connection, request)
        except BaseException:
            connection.close()
            raise
        if connection.reusable and len(idle) < self._most:
            idle.append(connection)
        else:
            connection.close()
        return answer

    def _instead_of(self, stale: Connection) -> Connection:
        """Give another connection than one that cannot be used any more: those that waited longer may be no better."""
        stale.close()
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:
                break
            if not connection.is_stale():
                return connection
            connection.close()
        return Connection(self._address)

    def close(self) -> None:
        """Close those that wait; later requests make new ones."""
        _close(self._idle)


def _close(idle: list[Connection]) -> None:
    while idle:
        with contextlib.suppress(IndexError):  # another thread may take the last one
            idle.pop().close()


_POOLS: weakref.WeakSet[Pool] = weakref.WeakSet()


def _close_all() -> None:
    """Close this process's copies of the parent's connections; nothing is sent over them."""
    for pool in list(_POOLS):
        pool.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_close_all)
