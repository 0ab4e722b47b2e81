"""One client's connection: what it sent, and what it has yet to be sent, on a socket that never waits for long."""

from __future__ import annotations

import socket
import time
from http import HTTPStatus
from typing import Literal

from pynamite.local.server.http import CONTINUE, Answer, Parser, ProtocolError, Request

__all__ = ["Connection", "State"]

LINGER_SECONDS = 0.02
"""How long a worker waits for the next request of a connection before it turns to others."""

State = Literal["idle", "receiving", "sending", "draining"]

_LIMITS: dict[State, float] = {"idle": 120.0, "receiving": 60.0, "sending": 60.0, "draining": 5.0}
"""Seconds that a connection may go without a request, take to send one, refuse to take an answer, and go on sending
after it has been refused: closing at once would take the answer back before the client has read it."""

_PIECE = 256 * 1024


class Connection:
    """A socket with its parser and what has yet to be sent.

    It belongs to one thread at a time: to the loop while it waits, to a worker while there is something to do.
    ``deadline`` is when the loop cuts it, by ``time.monotonic()``.
    """

    def __init__(self, connected: socket.socket) -> None:
        connected.settimeout(LINGER_SECONDS)
        if connected.family in {socket.AF_INET, socket.AF_INET6}:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = connected
        self.deadline = 0.0
        self._parser = Parser()
        self._outgoing = memoryview(b"")
        self._ending = False
        self._refused = False
        self._draining = False
        self._state: State | None = None
        self._since = 0.0

    def fileno(self) -> int:
        """Give the socket's number, for selectors."""
        return self.socket.fileno()

    @property
    def state(self) -> State:
        """What is waited for."""
        if self._draining:
            return "draining"
        if self._outgoing:
            return "sending"
        return "receiving" if self._parser.begun else "idle"

    @property
    def over(self) -> bool:
        """Whether nothing more will be received or sent."""
        return self._ending and not self._outgoing and not self._refused

    def wait(self) -> State:
        """Begin to wait, for what it tells; sets the deadline."""
        if self._refused and not self._outgoing and not self._draining:
            self._draining = True
            try:
                self.socket.shutdown(socket.SHUT_WR)
            except OSError:  # the client has gone
                self._refused = False
        state = self.state
        if state != self._state or state in {"idle", "sending"}:
            self._since = time.monotonic()
        self._state = state
        self.deadline = self._since + _LIMITS[state]
        return state

    def next_request(self) -> Request | None:
        """Give the next whole request; None if there is none yet, or nothing more is answered here."""
        if self._ending:
            return None
        try:
            request = self._parser.next()
        except ProtocolError as error:
            self._refuse(error)
            return None
        if request is not None:
            self._state = None
        elif self._parser.wants_continue:
            self._parser.wants_continue = False
            self._send(CONTINUE)
        return request

    def receive(self) -> bool | None:
        """Take what comes in a moment: True if there was something, False if there was nothing, None at the end."""
        try:
            received = self.socket.recv(_PIECE)
        except (TimeoutError, BlockingIOError, InterruptedError):
            return False
        except OSError:
            return None
        if not received:
            return None
        if not self._ending:
            self._parser.feed(received)
        return True

    def answer(self, request: Request, answer: Answer, *, keep_alive: bool) -> None:
        """Send an answer, as far as the client takes it at once."""
        keep_alive = keep_alive and request.keep_alive
        self._ending = not keep_alive
        self._send(answer.to_bytes(keep_alive=keep_alive, old=request.old, without_body=request.method == "HEAD"))

    def time_out(self) -> bool:
        """Tell a client whose request did not come to an end that it is cut; False where there is nothing to tell."""
        if self.state != "receiving" or self._ending:
            return False
        self._refuse(ProtocolError(HTTPStatus.REQUEST_TIMEOUT, "the request did not arrive in time"))
        return True

    def _refuse(self, error: ProtocolError) -> None:
        self._ending = self._refused = True
        self._send(Answer(
            error.status, f"{error.reason}\n".encode(), (("Content-Type", "text/plain"),)).to_bytes(keep_alive=False))

    def _send(self, content: bytes) -> None:
        self._outgoing = memoryview(bytes(self._outgoing) + content) if self._outgoing else memoryview(content)
        self.flush()

    def flush(self) -> None:
        """Send a piece of what is left; all of it, where the client takes it."""
        try:
            self._outgoing = self._outgoing[self.socket.send(self._outgoing) :]
        except (TimeoutError, BlockingIOError, InterruptedError):
            return
        except OSError:  # the client has gone
            self._outgoing = memoryview(b"")
            self._ending = True
            self._refused = False

    def close(self) -> None:
        """End the connection."""
        self.socket.close()
