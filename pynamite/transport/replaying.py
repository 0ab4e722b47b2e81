"""What becomes of a call whose first try did not succeed: botocore reads it, and decides what follows.

The call is made once more, through the whole of botocore, but what botocore would send is not sent: it is given what
has come of it already. So refusals become the errors that they always become, and whether, when and how often there is
another try is told by the rules of botocore and its retry mode, by its quota, and by pynamite's own handler. Those
other tries are sent as the first was.
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import attrs

from pynamite.transport.connection import NotConnectedError, SendError
from pynamite.transport.place import FullPathError
from pynamite.transport.response import Answer

__all__ = ["Tries", "answer_again", "as_botocores", "replay"]


@attrs.define
class Tries:
    """The tries of one call: what came of the ``first``, and how to make another."""

    url: str
    first: Answer | Exception | None
    again: Callable[[], Answer | Exception]

    def next(self) -> Any:
        """Give botocore the answer of the next try; None where it has to make that by itself.

        Raises:
            Exception: botocore's word for why there was none.
        """
        try:
            outcome, self.first = (self.again(), None) if self.first is None else (self.first, None)
        except FullPathError:
            return None
        if isinstance(outcome, Answer):
            return _response(self.url, outcome)
        raise as_botocores(outcome, self.url) from outcome


_TRIES: ContextVar[Tries | None] = ContextVar("pynamite_tries", default=None)


def replay(call: Callable[[], dict[str, Any]], tries: Tries) -> dict[str, Any]:
    """Make a call of botocore's whose tries are these."""
    before = _TRIES.set(tries)
    try:
        return call()
    finally:
        _TRIES.reset(before)


def answer_again(**_: Any) -> Any:
    """Handle botocore's event ``before-send``: what it gives is taken for what came over the wire."""
    tries = _TRIES.get()
    return None if tries is None else tries.next()


def _response(url: str, answer: Answer) -> Any:
    from botocore.awsrequest import AWSResponse

    headers: Any = answer.headers()
    response: Any = AWSResponse(url, answer.status, headers, None)
    response._content = answer.body  # noqa: SLF001 - there is no stream to read it from
    return response


def as_botocores(error: Exception, url: str) -> Exception:
    """Give the error that botocore raises where this one keeps an answer from coming."""
    from botocore import exceptions

    cause = error.__cause__ if isinstance(error, NotConnectedError | SendError) else error
    if isinstance(cause, ssl.SSLError) and not isinstance(cause, TimeoutError):
        return exceptions.SSLError(endpoint_url=url, error=cause)
    if isinstance(error, NotConnectedError):
        kind = exceptions.ConnectTimeoutError if isinstance(cause, TimeoutError) else exceptions.EndpointConnectionError
        return kind(endpoint_url=url, error=cause)
    if isinstance(error, TimeoutError):
        return exceptions.ReadTimeoutError(endpoint_url=url, error=error)
    if isinstance(error, OSError | SendError | http.client.HTTPException):
        return exceptions.ConnectionClosedError(endpoint_url=url, request=None, error=cause)
    return exceptions.HTTPClientError(error=error)
