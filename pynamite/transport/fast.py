"""A client of boto3's with a short way for the item operations."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import attrs

from pynamite.operation.sending import UNDER_WAY
from pynamite.transport.bodies import is_object, read_body, write_body
from pynamite.transport.connection import NotConnectedError
from pynamite.transport.guard import METHODS, UNKNOWN_BOTOCORE, guard_of
from pynamite.transport.place import FullPathError, Place, place_of
from pynamite.transport.pool import Pool
from pynamite.transport.replaying import Tries, answer_again, replay
from pynamite.transport.response import Answer
from pynamite.transport.signing import Signer
from pynamite.transport.skew import CLOCK_TOLERANCE, seconds_ahead

__all__ = ["FastClient"]

_MARK = "md/pynamite#transport"
_NOTHING: Mapping[str, Any] = {}
_TRACE_CHARACTERS = "-=;:+&[]{}\"',"


@attrs.frozen
class _Route:
    """The way to one endpoint; another account may have another endpoint."""

    place: Place
    account: str | None
    pool: Pool
    signer: Signer


class FastClient:
    """A client of boto3's whose item operations take a short way, call by call, as long as nobody listens to them.

    It has all that boto3's client has. ``get_item``, ``query`` and the other item operations give the same answers and
    raise the same errors; what is left out is botocore's event system, its checks of pynamite's own requests, its rules
    for endpoints, and its parsing by shapes. `why_not` tells what keeps a call from the short way. Threads may share
    one client, and a process that was forked off may go on using its own copy of it.
    """

    def __init__(self, client: Any, *, closes_client: bool = True) -> None:
        self._client = client
        self._closes_client = closes_client
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

    def __getattr__(self, name: str) -> Any:
        if name == "_client":  # not there yet: a copy that is being made
            raise AttributeError(name)
        return getattr(self._client, name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *dir(self._client)})

    def __repr__(self) -> str:
        return f"FastClient({self._client!r})"

    @property
    def boto3(self) -> Any:
        """The client of boto3's behind it."""
        return self._client

    def close(self) -> None:
        """Close the connections; boto3's client too, unless it was somebody else's before."""
        if self._route is not None:
            self._route.pool.close()
        if self._closes_client:
            self._client.close()

    def why_not(self, method: str = "get_item") -> str | None:
        """Say why calls of this method go all the way through boto3 at the moment; None if they do not."""
        try:
            self._way()
        except FullPathError as reason:
            return str(reason)
        return self._guard.why_not(METHODS[method], method)

    def raw(self, method: str, request: Mapping[str, Any], /) -> bytes | dict[str, Any]:
        """Give the answer's body as it came; the method's own answer where somebody listens: see `RawClient`."""
        if method not in METHODS or method in vars(self):
            answer: dict[str, Any] = getattr(self, method)(**request)
            return answer
        if not self._guard.is_calm(METHODS[method], method):
            return self._by_boto3(method, request)
        try:
            way = self._way(request)
            body = write_body(request)
            outcome = self._exchange(way, method, body)
        except (FullPathError, TypeError, ValueError):
            return self._by_boto3(method, request)
        if type(outcome) is Answer and outcome.is_sound and (outcome.checksum is not None or is_object(outcome.body)):
            self._succeeded()
            return outcome.body
        return self._resume(way, method, request, body, outcome)

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        """BatchGetItem: read up to 100 items of any tables."""
        return self._call("batch_get_item", request)

    def batch_write_item(self, **request: Any) -> dict[str, Any]:
        """BatchWriteItem: put and delete up to 25 items of any tables."""
        return self._call("batch_write_item", request)

    def delete_item(self, **request: Any) -> dict[str, Any]:
        """DeleteItem: take one item away."""
        return self._call("delete_item", request)

    def get_item(self, **request: Any) -> dict[str, Any]:
        """GetItem: read one item."""
        return self._call("get_item", request)

    def put_item(self, **request: Any) -> dict[str, Any]:
        """PutItem: put one item in the place of what is there."""
        return self._call("put_item", request)

    def query(self, **request: Any) -> dict[str, Any]:
        """Query: read a page of one partition."""
        return self._call("query", request)

    def scan(self, **request: Any) -> dict[str, Any]:
        """Scan: read a page of a table or an index."""
        return self._call("scan", request)

    def transact_get_items(self, **request: Any) -> dict[str, Any]:
        """TransactGetItems: read up to 100 items as they are at one moment."""
        return self._call("transact_get_items", request)

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        """TransactWriteItems: up to 100 writes, all or none."""
        return self._call("transact_write_items", {"ClientRequestToken": str(uuid.uuid4()), **request})

    def update_item(self, **request: Any) -> dict[str, Any]:
        """UpdateItem: change one item, or make it."""
        return self._call("update_item", request)

    def _call(self, method: str, request: dict[str, Any]) -> dict[str, Any]:
        if not self._guard.is_calm(METHODS[method], method):
            return self._by_boto3(method, request)
        try:
            way = self._way(request)
            body = write_body(request) if _is_pynamites(method) else self._checked(method, request)
            outcome = self._exchange(way, method, body)
        except (FullPathError, TypeError, ValueError):
            return self._by_boto3(method, request)
        if type(outcome) is Answer and outcome.is_sound:
            answer = read_body(method, outcome)
            if answer is not None:
                self._succeeded()
                return answer
        return self._resume(way, method, request, body, outcome)

    def _by_boto3(self, method: str, request: Mapping[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(self._client, method)(**request)
        return answer

    def _checked(self, method: str, request: Mapping[str, Any]) -> bytes:
        """Write a request that is not pynamite's, as botocore writes it: it may be wrong.

        Raises:
            ParamValidationError: it is.
        """
        operation = self._client.meta.service_model.operation_model(METHODS[method])
        body: bytes = self._client._serializer.serialize_to_request(request, operation)["body"]  # noqa: SLF001
        return body

    def _way(self, request: Mapping[str, Any] = _NOTHING) -> _Route:
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
                outcome = self._exchange(way, method, body)
        return outcome

    def _exchange(self, way: _Route, method: str, body: bytes) -> Answer | Exception:
        request = way.signer.request(self._targets[method], body, _trace() if self._is_traced else "")
        try:
            connection = way.pool.take()
        except NotConnectedError as error:
            return error
        try:
            answer = connection.exchange(request)
        except Exception as error:  # noqa: BLE001 - whatever it is, botocore is told of it
            connection.close()
            return error
        except BaseException:
            connection.close()
            raise
        way.pool.give_back(connection)
        return answer

    def _resume(self, way: _Route, method: str, request: Mapping[str, Any], body: bytes,
                outcome: Answer | Exception) -> dict[str, Any]:
        """Go on with a call whose first try came to this, by botocore's rules: see `pynamite.transport.replaying`."""
        def again() -> Answer | Exception:
            return self._by_the_right_clock(way, method, body, self._exchange(way, method, body))

        first = self._by_the_right_clock(way, method, body, outcome)
        tries = Tries(way.place.url, first, again)
        return replay(lambda: self._by_boto3(method, request), tries)

    def _succeeded(self) -> None:
        """Give back to the quota of botocore's standard mode what it takes for other tries, as its own calls do."""
        if self._quota is not None:
            self._quota.release(1)


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
    """Find the quota of botocore's standard mode; None in its older one."""
    for handler in client.meta.events._emitter._handlers.prefix_search("after-call.dynamodb.GetItem"):  # noqa: SLF001
        quota = getattr(getattr(handler, "__self__", None), "_quota", None)
        if hasattr(quota, "release"):
            return quota
    return None


def _trace() -> str:
    """Give the header that AWS Lambda tells chains of calls by, as botocore does."""
    trace = os.environ.get("_X_AMZN_TRACE_ID")
    return "" if not trace else f"X-Amzn-Trace-Id: {quote(trace, safe=_TRACE_CHARACTERS)}\r\n"
