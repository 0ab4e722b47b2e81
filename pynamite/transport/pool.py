"""Connections that wait for the next request: the one that was used last goes first."""

from __future__ import annotations

import contextlib
import os
import weakref

from pynamite.transport.connection import Address, Connection

__all__ = ["Pool"]


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

    def take(self) -> Connection:
        """Give a connection that nobody else uses; one that the server has closed meanwhile is replaced.

        Raises:
            NotConnectedError: the server cannot be reached.
        """
        idle = self._idle
        while idle:
            try:
                connection = idle.pop()
            except IndexError:
                break  # another thread took the last one
            if not connection.is_stale():
                return connection
            connection.close()
        return Connection(self._address)

    def give_back(self, connection: Connection) -> None:
        """Keep a connection for the next request, or close it."""
        if connection.reusable and len(self._idle) < self._most:
            self._idle.append(connection)
        else:
            connection.close()

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
