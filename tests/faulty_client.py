"""A client in which things go wrong as a plan says, around any other: the embedded engine's above all.

It raises what boto3's client raises, before or after the call that it passes on. It tries nothing again by itself.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import botocore.exceptions

from pynamite.client import Client
from tests.faults import Fault, Plan, Script, refusal_of

__all__ = ["FaultyClient"]

_METHODS = {name for name in vars(Client) if not name.startswith("_")}
_ADDRESS = "http://127.0.0.1:1"


class FaultyClient:
    """Passes calls on to ``client`` unless the ``plan`` has something else in mind.

    ``seen`` counts calls by action, ``forwarded`` those that the client got.
    """

    def __init__(self, client: Any, plan: Plan | None = None, *, delay: float = 0.0) -> None:
        self.client = client
        self.plan = plan or Script()
        self.delay = delay
        self.seen: Counter[str] = Counter()
        self.forwarded: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        if name == "raw":  # the calls that fail are those of the methods
            raise AttributeError(name)
        passed = getattr(self.client, name)
        return self._faulty(name, passed) if name in _METHODS else passed

    def _faulty(self, method: str, call: Callable[..., Any]) -> Callable[..., Any]:
        action = "".join(word.capitalize() for word in method.split("_"))

        def faulty(**request: Any) -> Any:
            self.seen[action] += 1
            fault = self.plan.next(action)
            if fault is Fault.DELAY:
                time.sleep(self.delay)
            elif fault is Fault.DROP_REQUEST:
                raise botocore.exceptions.EndpointConnectionError(endpoint_url=_ADDRESS, error="refused")
            elif fault in {Fault.ERROR_BEFORE, Fault.THROTTLE, Fault.CONFLICT}:
                raise _refusal(fault, action, request)
            self.forwarded[action] += 1
            try:
                return call(**request)
            finally:
                # Instead of the answer, whatever it is.
                if fault is Fault.DROP_RESPONSE:
                    raise botocore.exceptions.ConnectionClosedError(endpoint_url=_ADDRESS)
                if fault is Fault.CUT_RESPONSE:
                    raise botocore.exceptions.ReadTimeoutError(endpoint_url=_ADDRESS)
                if fault is Fault.ERROR_AFTER:
                    raise _refusal(fault, action, request)

        return faulty


def _refusal(fault: Fault, action: str, request: dict[str, Any]) -> botocore.exceptions.ClientError:
    status, body = refusal_of(fault, action, request)
    told = {name: value for name, value in body.items() if name not in {"__type", "message", "Message"}}
    answer: Any = {
        "Error": {"Code": body["__type"].rpartition("#")[2], "Message": body["message"]},
        "ResponseMetadata": {"HTTPStatusCode": status},
        **told,
    }
    return botocore.exceptions.ClientError(answer, action)
