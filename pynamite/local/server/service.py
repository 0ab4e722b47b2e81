"""What is answered to a request: an operation of the engine, or an error in the envelope of the service."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import attrs

from pynamite.checksum import crc32
from pynamite.errors import OperationError
from pynamite.local.failures import RefusedError
from pynamite.local.server.authentication import check_signature
from pynamite.local.server.http import Answer, NoAnswerError, Request
from pynamite.local.server.payload import (
    decode,
    encode,
    is_plain,
    operations,
    parameters_of,
    read_request,
)

__all__ = ["Service"]

LOGGER = logging.getLogger("pynamite.server")

_JSON = "application/x-amz-json-1.0"
_OTHER_JSON = "application/json"
_SERVICES = {"DynamoDB_20120810": "dynamodb", "DynamoDBStreams_20120810": "dynamodbstreams"}

# Errors of the machinery before DynamoDB, and of the checks that are made of its model; all others are DynamoDB's own.
_FRAMEWORK = "com.amazon.coral.service"
_VALIDATION = "com.amazon.coral.validate"
_OWN = "com.amazonaws.dynamodb.v20120810"
_PLACES = {
    "ValidationException": _VALIDATION,
    **dict.fromkeys(
        ("SerializationException", "UnknownOperationException", "MissingAuthenticationTokenException",
         "IncompleteSignatureException", "InvalidSignatureException", "AccessDeniedException"),
        _FRAMEWORK),
}
_PREFLIGHT = (
    ("Access-Control-Allow-Headers", "access-control-request-headers"),
    ("Access-Control-Allow-Methods", "access-control-request-method"))
_HTML_404 = b"<UnknownOperationException/>\n"


@attrs.frozen
class _Operation:
    """An operation that the engine has; its answer is a dict, or JSON already."""

    service: str
    name: str
    call: Callable[[Mapping[str, Any]], bytes | dict[str, Any]]
    parameters: frozenset[str]


class Service:
    """Answers requests with a client of the engine.

    Every operation for which the client has a method is served, under the name that the service's model has for it;
    the operations of streams are those of what its method ``streams`` gives.
    """

    def __init__(self, client: Any) -> None:
        from botocore import xform_name

        self._operations: dict[str, _Operation] = {}
        clients = {"dynamodb": client, "dynamodbstreams": client.streams()}
        for prefix, service in _SERVICES.items():
            for name in operations(service):
                call = _call_of(clients[service], xform_name(name))
                if call is not None:
                    self._operations[f"{prefix}.{name}"] = _Operation(
                        service, name, call, parameters_of(service, name))

    def answer(self, request: Request) -> Answer:
        """Answer one request; whatever goes wrong is in the answer, and in the log if it is nobody's fault but ours.

        Raises:
            NoAnswerError: the request, or the answer to it, is to be lost on the way.
        """
        answer = self._answer(request)
        if "origin" in request.headers:  # a page of anywhere may ask, as it may ask AWS
            answer = attrs.evolve(answer, headers=(*answer.headers, ("Access-Control-Allow-Origin", "*")))
        return answer

    def _answer(self, request: Request) -> Answer:
        if request.method != "POST":
            return _answer_other(request)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in {_JSON, _OTHER_JSON} and (kind or request.body):
            return _plain(HTTPStatus.NOT_FOUND, _HTML_404)
        answer = self._attempt(request, kind)
        if kind == _JSON:
            return answer
        headers = [(name, _OTHER_JSON if content == _JSON else content) for name, content in answer.headers]
        return attrs.evolve(answer, headers=tuple(headers))

    def _attempt(self, request: Request, kind: str) -> Answer:
        from botocore import exceptions

        try:
            return self._carry_out(request, kind)
        except RefusedError as refused:
            return _refusal(refused.code, refused.message, refused.extra)
        except (exceptions.ConnectionError, exceptions.HTTPClientError) as lost:
            # An engine in this process loses nothing by itself: somebody wants to see what comes of it.
            raise NoAnswerError from lost
        except OperationError as error:
            # A read-only file says so to each writer; a full or busy one is worth another try, as errors 500 are.
            if error.code is not None:
                return _refusal(error.code, str(error))
            LOGGER.exception("the file cannot be used")
            return _refusal("InternalServerError", str(error), status=HTTPStatus.INTERNAL_SERVER_ERROR)
        except Exception:
            LOGGER.exception("%s cannot be answered", request.headers.get("x-amz-target"))
            return _refusal(
                "InternalServerError", "Internal server error; see the server's log",
                status=HTTPStatus.INTERNAL_SERVER_ERROR)

    def _carry_out(self, request: Request, kind: str) -> Answer:
        from botocore.exceptions import ClientError, ParamValidationError

        told = decode(request.body) if request.body else None
        operation = self._operations.get(request.headers.get("x-amz-target", ""))
        if operation is None or kind == _OTHER_JSON:
            raise RefusedError("UnknownOperationException", "")
        check_signature(request.headers, request.target)
        if told is None:
            raise RefusedError("SerializationException", "")
        strict = not is_plain(request.body) or not operation.parameters.issuperset(told)
        if strict:
            told = read_request(operation.service, operation.name, told)
        try:
            try:
                answer = operation.call(told)
            except ParamValidationError:
                if strict:
                    raise
                answer = operation.call(read_request(operation.service, operation.name, told))
        except ClientError as error:
            return _client_error(error)
        except ParamValidationError as error:
            raise RefusedError("ValidationException", str(error)) from error
        if isinstance(answer, bytes):
            return _of_json(HTTPStatus.OK, answer)
        metadata = answer.pop("ResponseMetadata")
        return _json(HTTPStatus.OK, answer, metadata["RequestId"])


def _call_of(client: Any, method: str) -> Callable[[Mapping[str, Any]], bytes | dict[str, Any]] | None:
    """Give what carries a request out by a method of a client; None where it has none."""
    call = getattr(client, method, None)
    if call is None:
        return None
    raw = getattr(client, "raw", None) if hasattr(type(client), "raw") else None
    return (lambda told: call(**told)) if raw is None else (lambda told: raw(method, told))


def _json(status: HTTPStatus, answer: Mapping[str, Any], request_id: str | None = None) -> Answer:
    return _of_json(status, encode(answer), request_id)


def _of_json(status: HTTPStatus, body: bytes, request_id: str | None = None) -> Answer:
    return Answer(status, body, (
        ("Content-Type", _JSON), ("x-amzn-RequestId", request_id or _request_id()),
        ("x-amz-crc32", str(crc32(body)))))


def _plain(status: HTTPStatus, body: bytes) -> Answer:
    return Answer(status, body, (("x-amzn-RequestId", _request_id()), ("x-amz-crc32", str(crc32(body)))))


def _request_id() -> str:
    return secrets.token_hex(26).upper()


def _answer_other(request: Request) -> Answer:
    """Answer what is no operation: a look whether anybody is there, as AWS answers it, else nothing."""
    if request.method in {"GET", "HEAD"} and request.target == "/":
        body = f"healthy: {request.headers.get('host', 'dynamodb')} ".encode("latin-1")
        healthy = _plain(HTTPStatus.OK, body)
        return attrs.evolve(healthy, headers=(*healthy.headers, ("Content-Type", "text/plain; charset=iso-8859-1")))
    if request.method == "OPTIONS" and "origin" in request.headers:
        allowed = [
            (name, asked) for name, header in _PREFLIGHT if (asked := request.headers.get(header)) is not None]
        return Answer(HTTPStatus.OK, b"", (
            ("x-amzn-RequestId", _request_id()), ("Access-Control-Max-Age", "172800"), *allowed))
    return _plain(HTTPStatus.NOT_FOUND, _HTML_404)


def _client_error(error: Any) -> Answer:
    response = error.response
    told = response["Error"]
    extra = {name: content for name, content in response.items()
             if name not in {"Error", "ResponseMetadata", "Message", "message"}}
    metadata = response["ResponseMetadata"]
    return _refusal(
        told["Code"], told["Message"], extra, status=HTTPStatus(metadata["HTTPStatusCode"]),
        request_id=metadata["RequestId"])


def _refusal(code: str, message: str, extra: Mapping[str, Any] | None = None, *,
             status: HTTPStatus = HTTPStatus.BAD_REQUEST, request_id: str | None = None) -> Answer:
    body: dict[str, Any] = {"__type": f"{_PLACES.get(code, _OWN)}#{code}"}
    if message:
        # The service is of two minds here, and clients know it.
        body["Message" if code in {"SerializationException", "TransactionCanceledException"} else "message"] = message
    return _json(status, {**body, **(extra or {})}, request_id)
