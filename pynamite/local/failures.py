"""What the engine refuses, in the words of the service; one place for the codes and for the sentences used twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pynamite.wire import Item

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

__all__ = [
    "CONDITION_FAILED",
    "KEY_MISMATCH",
    "NO_TABLE",
    "SUPPLIED_EMPTY",
    "SUPPLIED_SEVERAL",
    "EmptyKeyError",
    "Exceptions",
    "RefusedError",
    "cancelled",
    "client_error",
    "condition_failed",
    "exception_class",
    "invalid",
    "invalid_parameter",
    "lone_surrogate",
    "no_table",
    "not_in_set",
]

KEY_MISMATCH = "The provided key element does not match the schema"
NO_TABLE = "Requested resource not found"
CONDITION_FAILED = "The conditional request failed"
SUPPLIED_EMPTY = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
SUPPLIED_SEVERAL = (
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")


class RefusedError(Exception):
    """A request that the service would refuse, on its way to the client, which makes a ClientError of it.

    ``extra`` is what the answer has besides the error: the old item, the reasons of a cancelled transaction.
    """

    def __init__(self, code: str, message: str, extra: Mapping[str, Any] | None = None) -> None:
        self.code = code
        self.message = message
        self.extra: Mapping[str, Any] = extra or {}
        super().__init__(message)


class EmptyKeyError(RefusedError):
    """A key attribute that is empty: refused before a transaction begins, and so no reason to cancel it."""

    def __init__(self, message: str) -> None:
        super().__init__("ValidationException", f"One or more parameter values are not valid. {message}")


def invalid(message: str) -> RefusedError:
    """Word a ValidationException."""
    return RefusedError("ValidationException", message)


def invalid_parameter(what: str) -> RefusedError:
    """Word a ValidationException of the kind that most values cause."""
    return invalid(f"One or more parameter values were invalid: {what}")


def not_in_set(parameter: str, value: str, allowed: Sequence[str]) -> RefusedError:
    """Word a parameter that is none of the values that the API lists."""
    return invalid(
        f"1 validation error detected: Value '{value}' at '{parameter[:1].lower()}{parameter[1:]}' failed to satisfy "
        f"constraint: Member must satisfy enum value set: [{', '.join(allowed)}]")


def lone_surrogate(error: UnicodeEncodeError) -> RefusedError:
    """Word a text that has no UTF-8 form, so that it could not be sent."""
    return RefusedError("SerializationException", f"{error.object!r} has a lone surrogate, which UTF-8 cannot hold")


def no_table(name: str | None = None) -> RefusedError:
    """Word a table that is not there; the actions on tables name it, the actions on items do not."""
    which = "" if name is None else f": Table: {name} not found"
    return RefusedError("ResourceNotFoundException", NO_TABLE + which)


def condition_failed(old: Item | None) -> RefusedError:
    """Word a condition that did not hold; ``old`` is the item, where the request asked for it."""
    return RefusedError("ConditionalCheckFailedException", CONDITION_FAILED, {"Item": old} if old else None)


def cancelled(reasons: Sequence[Mapping[str, Any]]) -> RefusedError:
    """Word a transaction that was not carried out, with one reason for each of its actions."""
    codes = ", ".join(reason["Code"] for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    return RefusedError(
        "TransactionCanceledException", message, {"Message": message, "CancellationReasons": list(reasons)})


@lru_cache(maxsize=256)
def exception_class(code: str) -> type[ClientError]:
    """Give the ClientError of a code, as boto3's ``client.exceptions`` has them."""
    from botocore.exceptions import ClientError

    return type(code, (ClientError,), {})


def client_error(
    refused: RefusedError, action: str, metadata: Mapping[str, Any], *, status: int = 400,
) -> ClientError:
    """Make botocore's error of a refusal of the engine."""
    response: Any = {
        "Error": {"Message": refused.message, "Code": refused.code},
        "ResponseMetadata": {**metadata, "HTTPStatusCode": status},
        **refused.extra,
    }
    return exception_class(refused.code)(response, action)


class Exceptions:
    """The errors of a client by name, as in ``except client.exceptions.ConditionalCheckFailedException``."""

    def __getattr__(self, name: str) -> type[ClientError]:
        if name == "ClientError":
            from botocore.exceptions import ClientError

            return ClientError
        if name.endswith(("Exception", "Error")) and name[:1].isupper():
            return exception_class(name)
        raise AttributeError(f"DynamoDB has no error called {name!r}")

    def from_code(self, code: str) -> type[ClientError]:
        """Give the class of the errors with this code."""
        return exception_class(code)
