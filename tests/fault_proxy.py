"""A proxy in front of a DynamoDB server on this machine, in which things go wrong as a plan says.

::

    with fault_proxy(dynamodb_local_url, Script(UpdateItem=[Fault.DROP_RESPONSE])) as proxy:
        client = boto3.client("dynamodb", endpoint_url=proxy.url, ...)

It listens on the loopback alone, takes no more than a few connections at a time, and ends with its block.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import urlsplit

from tests.faults import UNREADABLE, Fault, Plan, Script, refusal_of

__all__ = ["FaultProxy", "fault_proxy"]

_CONNECTIONS = 32
_SECONDS = 30.0
_UNREADABLE = frozenset(UNREADABLE)
_PASSED_ON = ("X-Amz-Target", "Content-Type", "Authorization", "X-Amz-Date", "X-Amz-Security-Token")


class FaultProxy(ThreadingHTTPServer):
    """The running proxy: its ``url``, its ``plan`` (which may be exchanged), and what it has seen by action.

    ``seen`` counts requests that came, ``forwarded`` those that the database got, ``answered`` the answers of the
    database that were handed on whole. ``delay`` is how long `Fault.DELAY` takes, in seconds.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, upstream: str, plan: Plan, delay: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        parts = urlsplit(upstream)
        self.upstream = (parts.hostname, parts.port)
        self.plan = plan
        self.delay = delay
        self.seen: Counter[str] = Counter()
        self.forwarded: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self.places = threading.BoundedSemaphore(_CONNECTIONS)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def forget(self) -> None:
        """Count from nought again."""
        for counter in (self.seen, self.forwarded, self.answered):
            counter.clear()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that goes away in the middle is what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _SECONDS
    wbufsize = -1  # an answer goes out in one piece

    def handle(self) -> None:
        with self._proxy.places:
            super().handle()

    @property
    def _proxy(self) -> FaultProxy:
        return cast("FaultProxy", self.server)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        action = self.headers["X-Amz-Target"].rpartition(".")[2]
        self._proxy.seen[action] += 1
        fault = self._proxy.plan.next(action)
        if fault is Fault.DELAY:
            time.sleep(self._proxy.delay)
        elif fault is Fault.DROP_REQUEST:
            self._hang_up()
            return
        elif fault in {Fault.ERROR_BEFORE, Fault.THROTTLE, Fault.CONFLICT}:
            self._refuse(fault, action, body)
            return
        elif fault is Fault.UNAVAILABLE:
            page = b"<html><body><b>Http/1.1 Service Unavailable</b></body></html>"
            self._answer(503, {}, page, len(page))
            return
        status, headers, answer = self._forward(action, body)
        if fault is Fault.DROP_RESPONSE:
            self._hang_up()
        elif fault is Fault.ERROR_AFTER:
            self._refuse(fault, action, body)
        elif fault is Fault.CUT_RESPONSE:
            self._answer(status, headers, answer[: len(answer) // 2], len(answer))
            self._hang_up()
        elif fault in _UNREADABLE:
            self._answer_wrongly(fault, status, headers, answer)
        else:
            self._proxy.answered[action] += 1
            self._answer_oddly(fault, status, headers, answer)

    def _answer_wrongly(self, fault: Fault, status: int, headers: dict[str, str], answer: bytes) -> None:
        """Hand on an answer that nobody can read, or that is not what the database said."""
        if fault is Fault.WRONG_CHECKSUM:
            changed = answer.replace(b'{"', b"{ ", 1) if b'{"' in answer else b"{ "
            self._answer(status, headers, changed, len(changed))
        elif fault is Fault.CUT_HEAD:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-am")
            self._hang_up()
        elif fault is Fault.GARBAGE:
            self.wfile.write(b"\x15\x03\x01 what is this?\r\n\r\n")
            self._hang_up()
        else:
            page = b"<html>Welcome to the hotel</html>"
            self._answer(200, {}, page, len(page))

    def _answer_oddly(self, fault: Fault | None, status: int, headers: dict[str, str], answer: bytes) -> None:
        """Hand on an answer that is right, in one of the forms that HTTP allows."""
        if fault is Fault.SLOW:
            self._answer(status, headers, b"", len(answer))
            for start in range(0, len(answer), 64):
                self.wfile.write(answer[start : start + 64])
                self.wfile.flush()
                time.sleep(0.001)
        elif fault is Fault.CHUNKED:
            parts = [answer[start : start + 100] for start in range(0, len(answer), 100)]
            chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (*parts, b""))
            self._answer(status, {**headers, "Transfer-Encoding": "chunked"}, chunks, None)
        elif fault is Fault.UNTIL_CLOSED:
            self._answer(status, {**headers, "Connection": "close"}, answer, None)
            self._hang_up()
        elif fault is Fault.LAST:
            self._answer(status, {**headers, "Connection": "close"}, answer, len(answer))
            self._hang_up()
        else:
            self._answer(status, headers, answer, len(answer))
            if fault is Fault.HANG_UP:
                self._hang_up()

    def _forward(self, action: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        host, port = self._proxy.upstream
        connection = http.client.HTTPConnection(str(host), port, timeout=_SECONDS)
        try:
            passed = {name: self.headers[name] for name in _PASSED_ON if name in self.headers}
            self._proxy.forwarded[action] += 1
            connection.request("POST", "/", body, passed)
            response = connection.getresponse()
            kept = {name: value for name, value in response.getheaders() if name.lower().startswith("x-amz")}
            return response.status, kept, response.read()
        finally:
            connection.close()

    def _refuse(self, fault: Fault, action: str, body: bytes) -> None:
        status, told = refusal_of(fault, action, json.loads(body))
        answer = json.dumps(told).encode()
        self._answer(status, {"x-amzn-RequestId": "fault"}, answer, len(answer))

    def _answer(self, status: int, headers: dict[str, str], body: bytes, length: int | None) -> None:
        self.send_response_only(status)
        for name, value in {**headers, "Content-Type": "application/x-amz-json-1.0"}.items():
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _hang_up(self) -> None:
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def fault_proxy(upstream: str, plan: Plan | None = None, *, delay: float = 0.5) -> Iterator[FaultProxy]:
    """Run a proxy in front of the server at ``upstream`` (a URL) until the end of the block."""
    with FaultProxy(upstream, plan or Script(), delay) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()
