"""A server on a port: made, used and stopped as a context manager."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from os import PathLike, fspath
from types import TracebackType
from typing import Any, Literal, Self

from pynamite.local.client import LocalClient
from pynamite.local.faults import FaultyClient
from pynamite.local.server.loop import Loop
from pynamite.local.server.service import Service

__all__ = ["Server", "serve"]

LOGGER = logging.getLogger("pynamite.server")

GRACE_SECONDS = 30.0
"""How long requests that are under way may take when the server is closed."""


class Server:
    """A running server; see `serve`. ``url`` is its address, ``port`` the port in it, ``client`` the engine behind."""

    def __init__(self, client: Any, *, host: str, port: int, owned: bool, sweep_seconds: float | None) -> None:
        self.client = client
        self._owned = owned
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=256)
        self.port: int = listener.getsockname()[1]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{self.port}"
        self._closed = threading.Event()
        self._closing = threading.Lock()
        self._loop = Loop(listener, Service(client).answer)
        self._loop.start()
        self._sweeper: threading.Thread | None = None
        sweep = getattr(client, "sweep", None)
        if sweep is not None and sweep_seconds is not None:
            self._sweeper = threading.Thread(
                target=self._sweep, args=(sweep, sweep_seconds), name="pynamite-sweeper", daemon=True)
            self._sweeper.start()

    def __repr__(self) -> str:
        return f"<Server {self.url}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Stop: requests under way are finished, then the file is closed, if the server opened it."""
        with self._closing:
            if self._closed.is_set():
                return
            self._closed.set()
            self._loop.stop(GRACE_SECONDS)
            if self._sweeper is not None:
                self._sweeper.join()
            if self._owned:
                self.client.close()

    def _sweep(self, sweep: Callable[[], object], seconds: float) -> None:
        while not self._closed.wait(seconds):
            try:
                sweep()
            except Exception:
                LOGGER.exception("expired items cannot be swept")


def serve(
    database: str | PathLike[str] | LocalClient | FaultyClient | None = None, *, host: str = "127.0.0.1", port: int = 0,
    synchronous: Literal["NORMAL", "FULL"] = "NORMAL", sweep_seconds: float | None = None,
) -> Server:
    """Serve a database over HTTP, as DynamoDB does, from threads of this process.

    ``database`` is a file's path, None for a memory, or a client that is there already and stays open. Port 0 is any
    free one. Every ``sweep_seconds`` the items whose time to live is over are removed; None never does.

    >>> import urllib.request
    >>> with serve() as server, urllib.request.urlopen(server.url) as answer:
    ...     answer.status
    200

    Raises:
        UnreachableError: the file cannot be used.
        OSError: nothing can listen at that address: another program does, or there is no such host.
    """
    if database is not None and not isinstance(database, (str, PathLike)):
        return Server(database, host=host, port=port, owned=False, sweep_seconds=sweep_seconds)
    client = LocalClient(None if database is None else fspath(database), synchronous=synchronous)
    try:
        return Server(client, host=host, port=port, owned=True, sweep_seconds=sweep_seconds)
    except BaseException:
        client.close()
        raise
