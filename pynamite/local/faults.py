"""Faults on demand, so that a test can show that a program bears them.

`Faults` says what goes wrong, and `FaultyClient` lets it go wrong, around the engine's client. What is raised is what
boto3's client raises, and what is not done is not done: `Faults.throttle` and `Faults.conflict` come before the call,
`Faults.lose_response` after it.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import attrs

from pynamite.local.client import LocalClient
from pynamite.local.failures import RefusedError, cancelled, client_error

__all__ = ["Faults", "FaultyClient"]

_ADDRESS = "http://127.0.0.1:8000"
_THROTTLED = (
    "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning "
    "level with the UpdateTable API.")
_CONFLICT = "Transaction is ongoing for the item"
_READS = ("Get", "BatchGet", "Query", "Scan", "TransactGet", "Describe", "List")


_NO_ACTIONS = {"close", "snapshot", "streams", "sweep"}
"""The methods of the client that are none of the API's."""


def _methods() -> dict[str, str]:
    """Give the client's operations: the names of the methods by those of the actions."""
    return {
        "".join(word.capitalize() for word in name.split("_")): name
        for name, content in vars(LocalClient).items()
        if callable(content) and not name.startswith("_") and name not in _NO_ACTIONS}


@attrs.define
class _Fault:
    """Something that goes wrong so many times more, with one action or, if it is None, with any."""

    kind: str
    action: str | None
    times: int
    before: Callable[[str, Mapping[str, Any]], Exception] | None = None
    instead_of_answer: Callable[[str], Exception] | None = None

    def __str__(self) -> str:
        which = "" if self.action is None else f"{self.action!r}, "
        return f"{self.kind}({which}times={self.times})"


class Faults:
    """What goes wrong with the calls of a client; faults of one action happen in the order in which they are asked for.

    ``now`` is a clock whose steps count for `stale_index_reads`, beside the time that passes by itself.
    """

    def __init__(self, now: Callable[[], datetime] | None = None) -> None:
        self._now = now
        self._started = time.monotonic() if now is None else time.monotonic() - now().timestamp()
        self._lock = threading.Lock()
        self._faults: list[_Fault] = []
        self._clients: list[FaultyClient] = []
        self.lag_seconds: float | None = None

    def around(self, client: LocalClient) -> FaultyClient:
        """Give a client with which things go wrong as they are asked for here, and as ever otherwise."""
        faulty = FaultyClient(client, self)
        self._clients.append(faulty)
        return faulty

    def throttle(self, action: str | None = None, *, times: int = 1) -> None:
        """Refuse the next calls of an action (``"PutItem"``; None is any) because of the table's capacity."""
        self._add(_Fault("throttle", action, times, before=lambda name, _: _refusal(
            RefusedError("ProvisionedThroughputExceededException", _THROTTLED), name)))

    def conflict(self, action: str | None = None, *, times: int = 1) -> None:
        """Refuse the next calls because a transaction of somebody else is at the item."""
        self._add(_Fault("conflict", action, times, before=_conflict))

    def fail(self, action: str | None = None, *, times: int = 1) -> None:
        """Let the next calls end with an internal error of the service (500), and do nothing."""
        self._add(_Fault("fail", action, times, before=lambda name, _: _refusal(
            RefusedError("InternalServerError", "Internal server error"), name, status=500)))

    def lose_request(self, action: str | None = None, *, times: int = 1) -> None:
        """Let the next calls find nobody at the address: nothing is done."""
        from botocore.exceptions import EndpointConnectionError

        self._add(_Fault("lose_request", action, times, before=lambda _, __: EndpointConnectionError(
            endpoint_url=_ADDRESS, error="refused")))

    def lose_response(self, action: str | None = None, *, times: int = 1) -> None:
        """Carry the next calls out, and break the connection before the answer: nobody is told what was done."""
        from botocore.exceptions import ConnectionClosedError

        self._add(_Fault("lose_response", action, times, instead_of_answer=lambda _: ConnectionClosedError(
            endpoint_url=_ADDRESS)))

    def stale_index_reads(self, *, milliseconds: float) -> None:
        """Answer queries and scans of indexes from what was there so long ago, as AWS may; 0 ends it.

        Time passes by itself, and by the steps of a clock: writes are in the index after
        ``clock.advance(milliseconds=...)``.
        """
        if milliseconds < 0:
            raise ValueError(f"an index cannot be {milliseconds} ms old: give 0 or more")
        self.lag_seconds = milliseconds / 1000 or None
        for client in self._clients:
            client.remember()

    @property
    def pending(self) -> list[str]:
        """What was asked for and has not happened yet."""
        return [str(fault) for fault in self._faults]

    def clear(self) -> None:
        """Let everything go well from now on."""
        with self._lock:
            self._faults.clear()
        self.lag_seconds = None

    def seconds(self) -> float:
        """Give a time that goes on by itself and by the steps of the clock."""
        passed = time.monotonic() - self._started
        return passed if self._now is None else passed + self._now().timestamp()

    def _add(self, fault: _Fault) -> None:
        methods = _methods()
        if fault.action is not None and fault.action not in methods:
            raise ValueError(f"{fault.action!r} is no action; these are: {', '.join(sorted(methods))}")
        if fault.times < 1:
            raise ValueError(f"nothing happens {fault.times} times: give 1 or more")
        with self._lock:
            self._faults.append(fault)

    def next(self, action: str) -> _Fault | None:
        """Give what goes wrong with the next call of an action, which is that much less to come."""
        with self._lock:
            for fault in self._faults:
                if fault.action in {None, action}:
                    fault.times -= 1
                    if fault.times == 0:
                        self._faults.remove(fault)
                    return fault
        return None


class FaultyClient:
    """The engine's ``client``, with which things go wrong; it has all of its methods, and tries nothing again."""

    def __init__(self, client: LocalClient, faults: Faults) -> None:
        self.client = client
        self._faults = faults
        self._actions = {method: action for action, method in _methods().items()}
        self._history: deque[tuple[float, bytes]] = deque()
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"FaultyClient({self.client!r})"

    def __getattr__(self, name: str) -> Any:
        passed = getattr(self.client, name)
        action = self._actions.get(name)
        return passed if action is None else self._faulty(action, name, passed)

    def _faulty(self, action: str, method: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def carry_out(**request: Any) -> Any:
            if self._faults.lag_seconds is None:
                return call(**request)
            if "IndexName" in request and action in {"Query", "Scan"} and not request.get("ConsistentRead"):
                return self._answer_late(method, request)
            return self._remembering(action, call, request)

        def faulty(**request: Any) -> Any:
            from botocore.exceptions import ClientError

            fault = self._faults.next(action)
            if fault is None:
                return carry_out(**request)
            if fault.before is not None:
                raise fault.before(action, request)
            assert fault.instead_of_answer is not None
            with contextlib.suppress(ClientError):  # a refusal is an answer, too, and gets lost as any
                carry_out(**request)
            raise fault.instead_of_answer(action)

        return faulty

    def remember(self) -> None:
        """Keep what is there now, for reads of indexes that are to come too late."""
        with self._lock:
            self._history.append((self._faults.seconds(), self.client.snapshot()))

    def _remembering(self, action: str, call: Callable[..., Any], request: Mapping[str, Any]) -> Any:
        try:
            return call(**request)
        finally:
            if not action.startswith(_READS):
                self.remember()

    def _answer_late(self, method: str, request: Mapping[str, Any]) -> Any:
        moment = self._faults.seconds() - (self._faults.lag_seconds or 0)
        with self._lock:
            while len(self._history) > 1 and self._history[1][0] <= moment:
                self._history.popleft()
            snapshot = self._history[0][1]
        with LocalClient(snapshot=snapshot) as past:
            return getattr(past, method)(**request)


def _conflict(action: str, request: Mapping[str, Any]) -> Exception:
    if action not in {"TransactWriteItems", "TransactGetItems"}:
        return _refusal(RefusedError("TransactionConflictException", _CONFLICT), action)
    others = [{"Code": "None"} for _ in request["TransactItems"][1:]]
    return _refusal(cancelled([{"Code": "TransactionConflict", "Message": _CONFLICT}, *others]), action)


def _refusal(refused: RefusedError, action: str, *, status: int = 400) -> Exception:
    return client_error(refused, action, {"RequestId": "", "HTTPHeaders": {}, "RetryAttempts": 0}, status=status)
