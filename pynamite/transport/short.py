"""The short way: the item operations of one client, past botocore's events, checks, rules and parsers."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

import attrs

from pynamite.operation.key_texts import with_plain_keys
from pynamite.operation.sending import UNDER_WAY
from pynamite.transport.bodies import is_object, read_body, write_body
from pynamite.transport.connection import Connection
from pynamite.transport.guard import METHODS, UNKNOWN_BOTOCORE, guard_of
from pynamite.transport.place import FullPathError, Place, place_of
from pynamite.transport.pool import Pool
from pynamite.transport.replaying import Tries, answer_again, replay
from pynamite.transport.response import Answer
from pynamite.transport.signing import Signer
from pynamite.transport.skew import CLOCK_TOLERANCE, seconds_ahead

__all__ = ["ShortWay"]

_MARK = "md/pynamite#transport"
_NOTHING: Mapping[str, Any] = {}
_TRACE_CHARACTERS = "-=;:+&[]{}\"',"

T = TypeVar("T")


@attrs.frozen
class _Route:
    """The way to one endpoint; another account may have another endpoint."""

    place: Place
    account: str | None
    pool: Pool
    signer: Signer


class ShortWay:
    """Sends the item operations of a client of boto3's by itself, call by call, as long as nobody listens to them.

    What it cannot do, or nobody may do past botocore, is done by the client's own methods. It has no `__getattr__`, as
    the client in front of it does: that would be asked for every attribute of its own.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._guard = guard_of(client, answer_again)
        self._route: _Route | None = None
        self._refused: FullPathError | None = None
        self._targets = {
            method: f"{client.meta.service_model.metadata['targetPrefix']}.{action}"
            for method, action in METHODS.items()}
        self._quota = _retry_quota(client)
        self._is_traced = "AWS_LAMBDA_FUNCTION_NAME" in os.environ
        client.meta.events.register_first(
            "before-send.dynamodb", answer_again, unique_id="pynamite-answer-again")

    def close(self) -> None:
        """Close the connections; later calls make new ones."""
        if self._route is not None:
            self._route.pool.close()

    def why_not(self, method: str) -> str | None:
        """Say why calls of this method go all the way through boto3 at the moment; None if they do not."""
        try:
            self._way(_NOTHING)
        except FullPathError as reason:
            return str(reason)
        return self._guard.why_not(method)

    def attempt(self, method: str, request: Mapping[str, Any]) -> bytes | Callable[[], dict[str, Any]]:
        """Try a call once, and give the answer's body as it came.

        Where there is none, or the client's own method has to be called, give what goes on with the call.
        """
        if not self._guard.is_calm(method):
            return partial(self._by_boto3, method, request)
        try:
            way = self._way(request)
            body = write_body(request)
            outcome = self._exchange(way, method, body, Connection.body)
        except (FullPathError, TypeError, ValueError):
            return partial(self._by_boto3, method, request)
        if type(outcome) is Answer and outcome.is_sound and is_object(outcome.body):
            outcome = outcome.body
        if isinstance(outcome, bytes):
            if self._quota is not None:
                self._quota.release(1)
            return outcome
        return partial(self._resume, way, method, request, body, outcome)

    def call(self, method: str, request: dict[str, Any]) -> dict[str, Any]:
        """Give the answer that the client's own method gives."""
        if not self._guard.is_calm(method):
            return self._by_boto3(method, request)
        try:
            way = self._way(request)
            body = write_body(request) if _is_pynamites(method) else self._checked(method, request)
            outcome = self._exchange(way, method, body, Connection.exchange)
        except (FullPathError, TypeError, ValueError):
            return self._by_boto3(method, request)
        if type(outcome) is Answer and outcome.is_sound:
            answer = read_body(method, outcome)
            if answer is not None:
                if self._quota is not None:
                    self._quota.release(1)
                return answer
        return self._resume(way, method, request, body, outcome)

    def _by_boto3(self, method: str, request: Mapping[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(self._client, method)(**with_plain_keys(method, request))
        return answer

    def _checked(self, method: str, request: Mapping[str, Any]) -> bytes:
        """Write a request that is not pynamite's, as botocore writes it: it may be wrong.

        Raises:
            ParamValidationError: it is.
        """
        operation = self._client.meta.service_model.operation_model(METHODS[method])
        body: bytes = self._client._serializer.serialize_to_request(request, operation)["body"]  # noqa: SLF001
        return body

    def _way(self, request: Mapping[str, Any]) -> _Route:
        route = self._route or self._found_route()
        if not route.place.is_custom and _names_an_arn(request):
            raise FullPathError("the table is given by its ARN, which may have an endpoint of its own")
        return route

    def _found_route(self) -> _Route:
        if self._refused is not None:
            raise self._refused
        account = getattr(self._frozen(), "account_id", None)
        try:
            place = place_of(self._client, _MARK)
        except FullPathError as reason:
            self._refused = reason
            raise
        except (AttributeError, KeyError) as error:
            self._refused = FullPathError(f"{UNKNOWN_BOTOCORE}: {error}")
            raise self._refused from error
        signer = Signer(
            self._credentials_of(account), region=place.region, host=place.host, user_agent=place.user_agent,
            service=place.service)
        self._route = _Route(place, account, Pool(place.address, place.connections), signer)
        return self._route

    def _frozen(self) -> Any:
        """Give the credentials as they are now; they refresh themselves when it is time.

        Raises:
            FullPathError: there are none; boto3 is to say so.
        """
        try:
            return self._client._request_signer._credentials.get_frozen_credentials()  # noqa: SLF001
        except Exception as error:
            raise FullPathError(f"there are no credentials: {error}") from error

    def _credentials_of(self, account: str | None) -> Callable[[], Any]:
        def frozen() -> Any:
            credentials = self._frozen()
            if getattr(credentials, "account_id", None) != account:
                self._route = None
                raise FullPathError("the credentials are another account's by now, which may have another endpoint")
            return credentials

        return frozen

    def _by_the_right_clock(self, way: _Route, method: str, body: bytes,
                            outcome: Answer | Exception) -> Answer | Exception:
        """Send a request again where it was refused because of this clock, and give what comes of it."""
        if isinstance(outcome, Answer) and 400 <= outcome.status < 500:
            ahead = seconds_ahead(outcome)
            if ahead is not None and abs(ahead - way.signer.skew) > CLOCK_TOLERANCE:
                way.signer.skew = ahead
                outcome = self._exchange(way, method, body, Connection.exchange)
        return outcome

    def _exchange(self, way: _Route, method: str, body: bytes, ask: Callable[[Connection, bytes], T]) -> T | Exception:
        """Send a request over one of the connections, and give what came of it."""
        request = way.signer.request(self._targets[method], body, _trace() if self._is_traced else b"")
        try:
            return way.pool.exchange(request, ask)
        except Exception as error:  # noqa: BLE001 - whatever it is, botocore is told of it
            return error

    def _resume(self, way: _Route, method: str, request: Mapping[str, Any], body: bytes,
                outcome: Answer | Exception) -> dict[str, Any]:
        """Go on with a call whose first try came to this, by botocore's rules: see `pynamite.transport.replaying`."""
        def again() -> Answer | Exception:
            return self._by_the_right_clock(way, method, body, self._exchange(way, method, body, Connection.exchange))

        first = self._by_the_right_clock(way, method, body, outcome)
        tries = Tries(way.place.url, first, again)
        return replay(lambda: self._by_boto3(method, request), tries)


def _is_pynamites(method: str) -> bool:
    """Tell whether a call is one of pynamite's own, whose requests need no check."""
    sending = UNDER_WAY.get()
    return sending is not None and sending.operation.method == method


def _names_an_arn(request: Mapping[str, Any]) -> bool:
    """Tell whether a table is given by its ARN, as DynamoDB allows."""
    if "TableName" in request:
        return str(request["TableName"]).startswith("arn:")
    names = list(request.get("RequestItems", ()))
    names += [part.get("TableName") for entry in request.get("TransactItems", ()) for part in entry.values()]
    return any(str(name).startswith("arn:") for name in names)


def _retry_quota(client: Any) -> Any:
    """Find the quota of botocore's standard mode; None in its older one.

    Whoever succeeds gives back to it what it takes for other tries, as botocore's own calls do.
    """
    for handler in client.meta.events._emitter._handlers.prefix_search("after-call.dynamodb.GetItem"):  # noqa: SLF001
        quota = getattr(getattr(handler, "__self__", None), "_quota", None)
        if hasattr(quota, "release"):
            return quota
    return None


def _trace() -> bytes:
    """Give the header that AWS Lambda tells chains of calls by, as botocore does."""
    trace = os.environ.get("_X_AMZN_TRACE_ID")
    return b"" if not trace else f"X-Amzn-Trace-Id: {quote(trace, safe=_TRACE_CHARACTERS)}\r\n".encode()
