"""Connections without a thread each: one thread waits for all of them, a few work on those that have something to say.

A worker that has answered stays with its connection for a moment, since most clients ask again at once, and hands it
back to the waiting thread otherwise. Neither ever waits for a slow client: what has come is kept with the connection
until the rest is there, and what it does not take at once is sent when it does.
"""

from __future__ import annotations

import logging
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue

from pynamite.local.server.connection import Connection
from pynamite.local.server.http import Answer, NoAnswerError, Request

__all__ = ["Loop"]

LOGGER = logging.getLogger("pynamite.server")

WORKERS = 16
MOST_CONNECTIONS = 500

_TICK_SECONDS = 0.5
_WAKE = object()


class Loop:
    """Accepts connections, and has their requests answered, until it is stopped."""

    def __init__(self, listener: socket.socket, answer: Callable[[Request], Answer]) -> None:
        self._listener = listener
        self._answer = answer
        self._selector = selectors.DefaultSelector()
        self._connections: set[Connection] = set()
        self._returned: deque[Connection] = deque()
        self._ready: SimpleQueue[Connection | None] = SimpleQueue()
        self._workers: list[threading.Thread] = []
        self._busy = 0
        self._count = threading.Lock()
        self._wake, self._woken = socket.socketpair()
        self._accepts_after = 0.0
        self._accepting = False
        self._stopping = False
        self._last_moment = 0.0
        self._thread = threading.Thread(target=self._run, name="pynamite-server", daemon=True)

    def start(self) -> None:
        """Begin to accept connections."""
        self._listener.setblocking(False)
        self._wake.setblocking(False)
        self._woken.setblocking(False)
        self._selector.register(self._woken, selectors.EVENT_READ, _WAKE)
        self._thread.start()

    def stop(self, grace_seconds: float) -> None:
        """Accept nothing more, let requests that have begun come to their ends, and then end.

        What is not done after so many seconds is cut.
        """
        self._last_moment = time.monotonic() + grace_seconds
        self._stopping = True
        self._notify()
        self._thread.join()
        for _ in self._workers:
            self._ready.put(None)
        for worker in self._workers:
            worker.join(max(0.1, self._last_moment - time.monotonic()))
        for connected in (self._wake, self._woken, self._listener):
            connected.close()
        self._selector.close()

    def _notify(self) -> None:
        try:
            self._wake.send(b"\0")
        except BlockingIOError:  # it has been woken so often that it cannot be asleep
            return

    # The waiting thread

    def _run(self) -> None:
        next_tick = 0.0
        while not self._ended():
            self._set_accepting()
            for key, _ in self._selector.select(_TICK_SECONDS):
                if isinstance(key.data, Connection):
                    self._resume(key.data)
                elif key.data is _WAKE:
                    self._woken.recv(4096)
                else:
                    self._accept()
            while self._returned:
                self._wait(self._returned.popleft())
            now = time.monotonic()
            if now >= next_tick or self._stopping:
                next_tick = now + _TICK_SECONDS
                self._cut(now)
        for connection in list(self._connections):
            self._close(connection)

    def _ended(self) -> bool:
        return self._stopping and (not self._connections or time.monotonic() > self._last_moment)

    def _set_accepting(self) -> None:
        """Accept while there is room; who comes later waits in the system's queue."""
        wanted = (not self._stopping and len(self._connections) < MOST_CONNECTIONS
                  and time.monotonic() >= self._accepts_after)
        if wanted == self._accepting:
            return
        self._accepting = wanted
        if wanted:
            self._selector.register(self._listener, selectors.EVENT_READ)
        else:
            self._selector.unregister(self._listener)
            if self._stopping:
                self._listener.close()

    def _accept(self) -> None:
        try:
            connected, _ = self._listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionError):
            return
        except OSError:  # no more files may be open: some have to be closed first
            LOGGER.exception("no connection can be accepted")
            self._accepts_after = time.monotonic() + 1.0
            return
        connection = Connection(connected)
        self._connections.add(connection)
        self._wait(connection)

    def _wait(self, connection: Connection) -> None:
        state = connection.wait()
        if state == "idle" and self._stopping:
            self._close(connection)
            return
        self._selector.register(
            connection, selectors.EVENT_WRITE if state == "sending" else selectors.EVENT_READ, connection)

    def _resume(self, connection: Connection) -> None:
        """Go on with a connection whose waiting is over."""
        self._selector.unregister(connection)
        if connection.state == "sending":
            connection.flush()
            if connection.state == "sending":
                self._wait(connection)
                return
        elif connection.state == "draining":
            if connection.receive():
                self._wait(connection)
            else:
                self._close(connection)
            return
        self._hand_over(connection)

    def _hand_over(self, connection: Connection) -> None:
        if self._busy + self._ready.qsize() >= len(self._workers) and len(self._workers) < WORKERS:
            worker = threading.Thread(target=self._work, name=f"pynamite-worker-{len(self._workers)}", daemon=True)
            self._workers.append(worker)
            worker.start()
        self._ready.put(connection)

    def _cut(self, now: float) -> None:
        """Cut the connections that have waited for too long; at the end, those that have nothing under way, too."""
        for key in list(self._selector.get_map().values()):
            connection = key.data
            if not isinstance(connection, Connection):
                continue
            if connection.deadline <= now and connection.time_out():
                self._selector.unregister(connection)
                self._wait(connection)
            elif connection.deadline <= now or (self._stopping and connection.state in {"idle", "draining"}):
                self._selector.unregister(connection)
                self._close(connection)

    def _close(self, connection: Connection) -> None:
        self._connections.discard(connection)
        connection.close()

    # The workers

    def _work(self) -> None:
        while (connection := self._ready.get()) is not None:
            with self._count:
                self._busy += 1
            try:
                stays = self._serve(connection)
            except NoAnswerError:
                stays = False
            except Exception:
                LOGGER.exception("a connection failed")
                stays = False
            finally:
                with self._count:
                    self._busy -= 1
            if stays:
                self._returned.append(connection)
            else:
                self._close(connection)
            if stays or not self._accepting:
                self._notify()

    def _serve(self, connection: Connection) -> bool:
        """Answer what a connection asks for, as long as it goes on asking; tells whether the connection stays."""
        answered = False
        while True:
            while (request := connection.next_request()) is not None:
                answered = True
                connection.answer(request, self._answer(request), keep_alive=not self._stopping)
                if connection.state == "sending":
                    break
            if connection.over:
                return False
            if connection.state in {"sending", "draining"}:
                return True
            if answered and not self._ready.empty():  # others wait for a worker
                return True
            received = connection.receive()
            if received is None:
                return False
            if not received:
                return True
