"""A call under way: what became of its tries, and whether the client may try again.

boto3's client sends a request again by itself when the connection breaks, whatever the request does. It asks its event
handlers first: `needs_retry` is one of them, and stops it where doing a thing twice would be wrong. Calls on the same
client that are not pynamite's are left alone.
"""

from __future__ import annotations

import json
import random
import time
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

import attrs

from pynamite.checksum import crc32
from pynamite.operation.failures import not_sent
from pynamite.operation.operation import Operation
from pynamite.operation.resend import Resend

__all__ = ["UNDER_WAY", "Sending", "needs_retry"]

R = TypeVar("R")

# "A client request token is valid for 10 minutes": API Reference, "TransactWriteItems". A minute is for the way.
_TOKEN_SECONDS = 9 * 60.0

_CUT_TRIES = 4


@attrs.define
class Sending(Generic[R]):
    """The sending of one operation, over all its tries.

    ``lost`` says that one of them got no answer, and may have been done; ``started`` is when the first was sent, by the
    monotonic clock: it matters where the operation has a token, which is known for a while.
    """

    operation: Operation[R]
    lost: bool = False
    started: float = attrs.Factory(time.monotonic)

    def may_go_on(self) -> bool:
        """Tell whether the operation may be sent again though it may have been done."""
        if self.operation.resend is Resend.TOKEN:
            return time.monotonic() - self.started < _TOKEN_SECONDS
        return self.operation.resend is not Resend.NEVER


UNDER_WAY: ContextVar[Sending[Any] | None] = ContextVar("pynamite_under_way", default=None)
"""What is being sent now, in this thread."""


def needs_retry(*, operation: Any, response: Any, caught_exception: Exception | None, attempts: int,
                **_: Any) -> float | bool | None:
    """Handle botocore's event ``needs-retry``: False stops it, a number is how long to wait, None leaves it to others.

    Raises:
        ChecksumError: what came is not what was sent, and cannot be asked for again.
    """
    sending = UNDER_WAY.get()
    if sending is None or sending.operation.action != operation.name:
        return None
    if caught_exception is not None:
        if not_sent(caught_exception):
            return None
    elif response[0].status_code < 500:
        answered = response[0].status_code < 300
        return _checked(sending, response[0], attempts) if answered else _read(response[0], attempts)
    sending.lost = True
    return None if sending.may_go_on() else False


def _checked(sending: Sending[Any], response: Any, attempts: int) -> float | None:
    """See whether an answer is whole: where the connection breaks within it, botocore's newer modes do not notice."""
    told = response.headers.get("x-amz-crc32")
    if told is None or int(told) == (found := crc32(response.content)):
        return None
    sending.lost = True
    if sending.may_go_on() and attempts < _CUT_TRIES:
        return _wait(attempts)
    from botocore.exceptions import ChecksumError

    raise ChecksumError(checksum_type="crc32", expected_checksum=told, actual_checksum=str(found))


def _read(refusal: Any, attempts: int) -> float | None:
    """See whether a refusal can be read; where it was cut, it is asked for again: it says that nothing was done."""
    try:
        json.loads(refusal.content)
    except ValueError:
        return _wait(attempts) if attempts < _CUT_TRIES else None
    return None


def _wait(attempts: int) -> float:
    return random.uniform(0, 0.05 * 2**attempts)  # noqa: S311 - jitter is no secret
