"""How a client calls an action: parameters checked, refusals made botocore's errors, metadata added."""

from __future__ import annotations

import itertools
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from pynamite.local import iteration, parameters
from pynamite.local.constraints import check_constraints, refusal_of
from pynamite.local.failures import Exceptions, RefusedError, client_error, invalid, lone_surrogate
from pynamite.local.storage import Storage
from pynamite.local.values import MisshapenError

__all__ = ["Action", "Caller", "unknown_operation"]

_MISSHAPEN = "A value of the request is none of the types of an AttributeValue"

# Where the framework of the service would have been first: the engine refuses by itself what breaks a constraint.
_AFTER_CONSTRAINTS = frozenset({"ValidationException", "ResourceNotFoundException"})

Action = Callable[[Storage, Mapping[str, Any]], dict[str, Any]]


class Caller:
    """What the clients of one storage have in common."""

    service: ClassVar = "dynamodb"

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._requests = itertools.count(1)
        self._session = secrets.token_hex(16).upper()
        self.exceptions = Exceptions()

    def can_paginate(self, operation_name: str) -> bool:
        """Tell whether the answers of a method come in pages."""
        return parameters.methods(self.service).get(operation_name) in iteration.pages_of(self.service)

    def get_paginator(self, operation_name: str) -> Any:
        """Give botocore's paginator of a method, as boto3's clients do.

        Raises:
            OperationNotPageableError: its answers do not come in pages.
        """
        action = parameters.methods(self.service).get(operation_name, operation_name)
        return iteration.paginator(self.service, action, getattr(self, operation_name, None))

    @property
    def waiter_names(self) -> list[str]:
        """The names that `get_waiter` takes."""
        return iteration.waiter_names(self.service)

    def get_waiter(self, waiter_name: str) -> Any:
        """Give botocore's waiter, as boto3's clients do: ``get_waiter("table_exists").wait(TableName=...)``.

        Raises:
            ValueError: there is no such waiter.
        """
        return iteration.waiter(self.service, waiter_name, self)

    def _call(self, name: str, action: Action, request: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._answer(name, action, request)
        answer["ResponseMetadata"] = self._metadata()
        return answer

    def _answer(self, name: str, action: Action, request: Mapping[str, Any]) -> dict[str, Any]:
        try:
            if not parameters.check(name, request):
                check_constraints(name, request)
            return action(self._storage, request)
        except RefusedError as refused:
            first = refusal_of(name, request) if refused.code in _AFTER_CONSTRAINTS else None
            raise client_error(first or refused, name, self._metadata()) from None
        except MisshapenError:
            parameters.refuse(name, request)
            raise client_error(invalid(_MISSHAPEN), name, self._metadata()) from None
        except UnicodeEncodeError as error:
            raise client_error(lone_surrogate(error), name, self._metadata()) from None
        except sqlite3.Error as error:
            raise self._storage.trouble(error, name) from error

    def _metadata(self) -> dict[str, Any]:
        return {
            "RequestId": f"{self._session}{next(self._requests):020d}", "HTTPStatusCode": 200, "HTTPHeaders": {},
            "RetryAttempts": 0}


def unknown_operation(name: str) -> Action:
    """Give an action that is refused: the service has it, the engine has not."""

    def refused(_storage: Storage, _request: Mapping[str, Any]) -> dict[str, Any]:
        raise RefusedError(
            "UnknownOperationException",
            f"An unknown operation was requested: the embedded engine has no {name}; it is for AWS alone.")

    return refused
