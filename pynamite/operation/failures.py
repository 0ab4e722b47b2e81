"""The one table from the service's codes to pynamite's errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pynamite.errors import (
    AnswerLostError,
    ConditionFailedError,
    CredentialsError,
    OperationError,
    PynamiteError,
    TableNotFoundError,
    ThrottledError,
    TransactionCanceledError,
    UnreachableError,
)
from pynamite.operation.operation import Operation
from pynamite.operation.resend import Resend
from pynamite.wire import Item, item_from_wire

__all__ = ["CONFLICT_CODES", "after_lost_answer", "failure", "not_sent", "reason_error"]

CODES: dict[str, type[OperationError]] = {
    "ConditionalCheckFailedException": ConditionFailedError,
    "ConditionalCheckFailed": ConditionFailedError,
    "TransactionCanceledException": TransactionCanceledError,
    "ResourceNotFoundException": TableNotFoundError,
    "TableNotFoundException": TableNotFoundError,
    "ProvisionedThroughputExceededException": ThrottledError,
    "ProvisionedThroughputExceeded": ThrottledError,
    "ThrottlingException": ThrottledError,
    "ThrottlingError": ThrottledError,
    "Throttling": ThrottledError,
    "RequestLimitExceeded": ThrottledError,
    "UnrecognizedClientException": CredentialsError,
    "InvalidSignatureException": CredentialsError,
    "IncompleteSignatureException": CredentialsError,
    "MissingAuthenticationTokenException": CredentialsError,
    "MissingAuthenticationToken": CredentialsError,
    "InvalidClientTokenId": CredentialsError,
    "ExpiredTokenException": CredentialsError,
    "ExpiredToken": CredentialsError,
    "AccessDeniedException": CredentialsError,
}
"""The service's codes (as an error's code and as a cancellation reason's); any other code is an OperationError."""

CONFLICT_CODES = frozenset({"TransactionConflict", "TransactionConflictException", "TransactionInProgressException"})
"""Codes after which the same request may be sent again."""

_UNREACHABLE = {"ConnectionError", "HTTPClientError", "ChecksumError", "IncompleteReadError", "ResponseParserError"}
"""botocore's names for all that keeps an answer from coming, or from being read: these and what is below them."""
_NOT_SENT = {"EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError"}
"""Those of them after which the request has not left this machine."""
_HANDSHAKE = re.compile(
    "CERTIFICATE|WRONG_VERSION_NUMBER|UNSUPPORTED_PROTOCOL|HANDSHAKE|PROTOCOL_VERSION|NO_PROTOCOLS|UNRECOGNIZED_NAME|"
    "NO_CIPHERS|HTTP_REQUEST|doesn't match")
"""OpenSSL's reasons for which there is no connection to begin with; others may come in the middle of it."""
_SERVER_ERRORS = {
    "InternalServerError", "InternalServerErrorException", "InternalFailure", "ServiceUnavailable",
    "ServiceUnavailableException",
}
"""Codes that leave open whether a write was done: Developer Guide, "Error messages and codes"."""
_UNDECIDED = (ThrottledError, UnreachableError, CredentialsError)
"""What a later try is refused with without a word about the one before."""
_NO_CREDENTIALS = {
    "NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "NoRegionError", "ProfileNotFound",
    "TokenRetrievalError", "SSOTokenLoadError", "UnauthorizedSSOTokenError",
}


def failure(error: Exception, operation: Operation[Any]) -> PynamiteError | None:
    """Word a client's error as pynamite's; None if the error is not a client's, and belongs to the caller.

    botocore's errors are told by their form, so that nothing has to import botocore to find out.
    """
    facts: dict[str, Any] = {
        "operation": operation.action,
        "table_name": operation.table_name,
        "key": item_from_wire(operation.key) if operation.key is not None else None,
    }
    response = getattr(error, "response", None)
    if isinstance(response, Mapping) and "Error" in response:
        refusal = _refusal(response, facts)
        if not operation.is_read and _is_server_error(response):
            return _answer_lost(str(refusal), operation, {**facts, "code": refusal.code, "response": response})
        return refusal
    if not type(error).__module__.startswith("botocore."):
        return None
    names = _names(error)
    if names & _NO_CREDENTIALS:
        return CredentialsError(
            f"{operation.action}: {error}; set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_DEFAULT_REGION, or "
            "AWS_PROFILE, or connect to 'sqlite:///file.db' to work without AWS", **facts)
    if names & _UNREACHABLE:
        if not operation.is_read and not not_sent(error):
            return _answer_lost(f"{_where(facts)}: {error}", operation, facts)
        return UnreachableError(
            f"{operation.action}: {error}; check that the database runs at this address and that the network lets you "
            "reach it", **facts)
    return OperationError(f"{operation.action}: {error}", **facts)


def _names(error: Exception) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}


def not_sent(error: Exception) -> bool:
    """Tell whether a client's error says that the request did not even leave: nothing was done."""
    names = _names(error)
    if "SSLError" in names:
        # The message has the address, too, in which anything may stand.
        reason = getattr(error, "kwargs", {}).get("error", error)
        return _HANDSHAKE.search(str(reason)) is not None
    return bool(names & _NOT_SENT)


def _is_server_error(response: Mapping[str, Any]) -> bool:
    status = (response.get("ResponseMetadata") or {}).get("HTTPStatusCode")
    return response["Error"].get("Code") in _SERVER_ERRORS or (isinstance(status, int) and status >= 500)


def after_lost_answer(error: OperationError, operation: Operation[Any]) -> OperationError:
    """Word the error of a write's last try, when one before it got no answer and may have been done."""
    undecided = isinstance(error, _UNDECIDED) or error.code in CONFLICT_CODES
    if operation.is_read or isinstance(error, AnswerLostError) or not undecided:
        return error
    facts = {name: getattr(error, name) for name in ("operation", "table_name", "key", "code", "response")}
    return _answer_lost(f"{error}; a try before it got no answer", operation, facts)


def _answer_lost(said: str, operation: Operation[Any], facts: Mapping[str, Any]) -> AnswerLostError:
    token: str | None = operation.request.get("ClientRequestToken")
    repeatable = operation.resend in {Resend.SAFE, Resend.COMPARE}
    if token is not None:
        advice = f"run it again within ten minutes with the same token ({token!r}), which is harmless"
    elif repeatable:
        advice = "do the same again, which is harmless, or read the item"
    elif operation.action.endswith("Table"):
        advice = "describe the table to see"
    else:
        advice = "read the item to see; what must not happen twice belongs in a transaction, which has a token"
    return AnswerLostError(
        f"{said}; it was sent, but no answer came, so it may have been done or not: {advice}",
        repeatable=repeatable, token=token, **facts)


def _is_unreadable(response: Mapping[str, Any]) -> bool:
    """Tell whether a refusal was cut, or is none of DynamoDB's: botocore then has its status for a code."""
    status = (response.get("ResponseMetadata") or {}).get("HTTPStatusCode")
    return isinstance(status, int) and 400 <= status < 500 and response["Error"].get("Code") == str(status)


def _refusal(response: Mapping[str, Any], facts: dict[str, Any]) -> OperationError:
    told = response["Error"]
    code = told.get("Code", "")
    message = told.get("Message") or told.get("message") or code
    facts = {**facts, "code": code, "response": response}
    where = _where(facts)
    if _is_unreadable(response):
        return UnreachableError(
            f"{where} was refused, but not in words that can be read: {message}; nothing was done by that, so try "
            "again, and if it stays so, check what answers at this address", **facts)
    kind = CODES.get(code, OperationError)
    if kind is TableNotFoundError:
        name = facts["table_name"]
        missing = "one of the tables is not there" if name is None else f"there is no table {name!r}"
        return TableNotFoundError(
            f"{missing} ({facts['operation']}: {message}); create it first, "
            "and check the region and the address of the client", **facts)
    if kind is ConditionFailedError:
        return ConditionFailedError(f"the condition of {where} did not hold", item=_old_item(response), **facts)
    if kind is TransactionCanceledError:
        reasons = [reason_error(reason, facts) for reason in response.get("CancellationReasons", ())]
        said = ", ".join(f"operation {n}: {reason}" for n, reason in enumerate(reasons) if reason is not None)
        return TransactionCanceledError(f"the transaction was cancelled: {said or message}", reasons=reasons, **facts)
    if kind is CredentialsError:
        return CredentialsError(
            f"{where} was refused: {message}; check the credentials that boto3 finds, and what they are allowed to do",
            **facts)
    return kind(f"{where}: {message}{_advice(code)}", **facts)


def _advice(code: str) -> str:
    """Say what to do about a conflict, of which the caller hears only after all waiting."""
    return "; others were at it whenever it was tried: try again later" if code in CONFLICT_CODES else ""


def _where(facts: Mapping[str, Any]) -> str:
    text = str(facts["operation"])
    if facts["key"] is not None:
        text += f" on {facts['key']!r}"
    if facts["table_name"] is not None:
        text += f" in table {facts['table_name']!r}"
    return text


def _old_item(response: Mapping[str, Any]) -> dict[str, Any] | None:
    item: Item | None = response.get("Item")
    return item_from_wire(item) if item else None


def reason_error(reason: Mapping[str, Any], facts: Mapping[str, Any]) -> OperationError | None:
    """Turn one entry of ``CancellationReasons`` into an error; None for an operation that was not at fault."""
    code = reason.get("Code") or "None"
    if code == "None":
        return None
    message = f"{code}: {reason.get('Message') or 'no message'}{_advice(code)}"
    told = {"operation": facts["operation"], "table_name": facts["table_name"], "code": code, "response": reason}
    kind = CODES.get(code, OperationError)
    if kind is ConditionFailedError:
        return ConditionFailedError(message, item=_old_item(reason), **told)
    return kind(message, **told)
