"""What may go wrong between a client and the database, and plans that say when it does.

A plan is asked once for each request, in the order in which they come, and says what happens to it: `Script` by the
number of the request, `Chance` by a seeded dice. `tests.fault_proxy` and `tests.faulty_client` carry it out.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, Protocol

__all__ = ["LOST", "ODD", "UNDONE", "UNREADABLE", "Chance", "Fault", "Plan", "Script", "refusal_of"]


class Fault(Enum):
    """What happens to one request."""

    DROP_REQUEST = "the connection is closed, the database sees nothing"
    DROP_RESPONSE = "the database answers, and the connection is closed instead of handing its answer on"
    CUT_RESPONSE = "the database answers, and the connection is closed in the middle of its answer"
    ERROR_BEFORE = "the service says that it has an error of its own, and did nothing"
    ERROR_AFTER = "the service says that it has an error of its own, after it did what was asked"
    THROTTLE = "the service refuses because of the load"
    CONFLICT = "the service refuses because a transaction is at the item"
    DELAY = "the answer comes late"
    UNAVAILABLE = "what stands before the service says, in HTML, that there is none, and did nothing"
    WRONG_CHECKSUM = "the database answers, and a letter of its answer is changed on the way"
    CUT_HEAD = "the database answers, and the connection is closed in the middle of the answer's headers"
    GARBAGE = "the database answers, and what comes is no HTTP"
    NO_JSON = "the database answers, and what comes is HTTP, but no JSON"
    SLOW = "the answer comes in small pieces, one after the other"
    CHUNKED = "the answer comes in chunks, which tell their lengths themselves"
    UNTIL_CLOSED = "the answer tells no length, and ends with the connection"
    LAST = "the answer says that it is the last on this connection"
    HANG_UP = "the connection is closed behind the answer, which did not say so"


ODD = (Fault.SLOW, Fault.CHUNKED, Fault.UNTIL_CLOSED, Fault.LAST, Fault.HANG_UP)
"""Those after which there is an answer, if an unusual one."""
UNREADABLE = (Fault.WRONG_CHECKSUM, Fault.CUT_HEAD, Fault.GARBAGE, Fault.NO_JSON)
"""Those after which it is done, and nobody can read the answer."""
LOST = (Fault.DROP_RESPONSE, Fault.CUT_RESPONSE, Fault.ERROR_AFTER)
"""Those after which it is done and nobody was told."""
UNDONE = (Fault.DROP_REQUEST, Fault.ERROR_BEFORE, Fault.THROTTLE, Fault.CONFLICT)
"""Those after which nothing is done."""


class Plan(Protocol):
    """Says what happens to the next request of an action (``"PutItem"``): None lets it be."""

    def next(self, action: str) -> Fault | None:
        """Give the fault of the next request."""
        ...


class Script:
    """A plan by the number of the request: ``Script(UpdateItem=[Fault.DROP_RESPONSE, None, Fault.THROTTLE])``.

    What comes behind the end of a list goes well. ``add`` says more, from now on.
    """

    def __init__(self, **faults: Sequence[Fault | None]) -> None:
        self._lock = threading.Lock()
        self._faults = {action: list(given) for action, given in faults.items()}

    def add(self, action: str, *faults: Fault | None) -> None:
        """Put faults behind those that are still to come."""
        with self._lock:
            self._faults.setdefault(action, []).extend(faults)

    def next(self, action: str) -> Fault | None:
        """Give the fault of the next request."""
        with self._lock:
            left = self._faults.get(action)
            return left.pop(0) if left else None

    @property
    def left(self) -> dict[str, list[Fault | None]]:
        """What has not happened yet."""
        return {action: left for action, left in self._faults.items() if left}


class Chance:
    """A plan by a dice of its own: the same seed and the same order of requests make the same faults.

    Each request of the ``actions`` (all, if None) meets one of ``faults`` with this ``probability``; ``most`` bounds
    how many follow each other, so that every client gets through at last.
    """

    def __init__(self, seed: int, *, probability: float = 0.2, faults: Iterable[Fault] = (*LOST, *UNDONE),
                 actions: Iterable[str] | None = None, most: int = 3) -> None:
        self._lock = threading.Lock()
        self._random = random.Random(seed)
        self._probability = probability
        self._faults = list(faults)
        self._actions = None if actions is None else set(actions)
        self._most = most
        self._in_a_row = 0
        self.happened: Counter[Fault] = Counter()

    def next(self, action: str) -> Fault | None:
        """Give the fault of the next request."""
        if self._actions is not None and action not in self._actions:
            return None
        with self._lock:
            if self._in_a_row >= self._most or self._random.random() >= self._probability:
                self._in_a_row = 0
                return None
            self._in_a_row += 1
            fault = self._random.choice(self._faults)
            self.happened[fault] += 1
            return fault


def refusal_of(fault: Fault, action: str, request: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """Give the status and the body with which the service tells of a fault."""
    if fault is Fault.THROTTLE:
        return 400, _told("ProvisionedThroughputExceededException", "The level of configured throughput was exceeded.")
    if fault is not Fault.CONFLICT:
        return 500, _told("InternalServerError", "Internal server error")
    conflict = "Transaction is ongoing for the item"
    if action not in {"TransactWriteItems", "TransactGetItems"}:
        return 400, _told("TransactionConflictException", conflict)
    others = [{"Code": "None"} for _ in request["TransactItems"][1:]]
    return 400, {
        **_told("TransactionCanceledException", "Transaction cancelled, please refer cancellation reasons"),
        "CancellationReasons": [{"Code": "TransactionConflict", "Message": conflict}, *others],
    }


def _told(code: str, message: str) -> dict[str, Any]:
    return {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message, "Message": message}
