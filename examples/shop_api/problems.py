"""Which error is which answer: all of it in one place, so that no route catches anything.

Answers are problem details as RFC 9457 has them. What an error of pynamite's says is for whoever runs the shop, not for
its clients: it names keys and tables.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from pynamite.errors import (
    AnswerLostError,
    ConditionFailedError,
    CursorError,
    ItemExistsError,
    ItemNotFoundError,
    ItemStructureError,
    KeyValueError,
    StaleVersionError,
    ThrottledError,
    TransactionCanceledError,
    UniqueViolationError,
    UnreachableError,
)

from .errors import OutOfStockError, ShopError, UnknownProductError

# The most special class of an error decides.
ANSWERS: dict[type[Exception], tuple[HTTPStatus, str]] = {
    ShopError: (HTTPStatus.CONFLICT, "the shop refuses this"),
    OutOfStockError: (HTTPStatus.CONFLICT, "out of stock"),
    UnknownProductError: (HTTPStatus.UNPROCESSABLE_ENTITY, "no such product"),
    ItemNotFoundError: (HTTPStatus.NOT_FOUND, "not found"),
    ItemExistsError: (HTTPStatus.CONFLICT, "there is one already"),
    UniqueViolationError: (HTTPStatus.CONFLICT, "this is taken"),
    StaleVersionError: (HTTPStatus.PRECONDITION_FAILED, "somebody else has changed it"),
    ConditionFailedError: (HTTPStatus.CONFLICT, "not as it is now"),
    CursorError: (HTTPStatus.BAD_REQUEST, "this cursor is not one of this list"),
    KeyValueError: (HTTPStatus.UNPROCESSABLE_ENTITY, "this cannot be an id"),
    ItemStructureError: (HTTPStatus.UNPROCESSABLE_ENTITY, "this is not valid"),
    # Its reasons have errors of their own (`on_failure`), but for others who were at the same items all the time.
    TransactionCanceledError: (HTTPStatus.SERVICE_UNAVAILABLE, "too many at once: try again"),
    ThrottledError: (HTTPStatus.SERVICE_UNAVAILABLE, "too much to do: try again later"),
    UnreachableError: (HTTPStatus.SERVICE_UNAVAILABLE, "the database does not answer"),
    AnswerLostError: (HTTPStatus.SERVICE_UNAVAILABLE, "this may have been done: look before you try again"),
}


def install(app: FastAPI) -> None:
    """Let the app answer errors as the table says."""
    for kind in ANSWERS:
        app.add_exception_handler(kind, _answer)


def problem(status: HTTPStatus, title: str, **more: Any) -> JSONResponse:
    """Make an answer that says what is wrong."""
    content = {"status": status.value, "title": title, **more}
    return JSONResponse(content, status_code=status, media_type="application/problem+json")


def _answer(_request: Request, error: Exception) -> JSONResponse:
    status, title = next(ANSWERS[kind] for kind in type(error).__mro__ if kind in ANSWERS)
    return problem(status, title, **_facts(error))


def _facts(error: Exception) -> dict[str, Any]:
    if isinstance(error, OutOfStockError):
        return {"detail": str(error), "sku": error.sku, "left": error.left}
    if isinstance(error, ShopError):
        return {"detail": str(error)}
    if isinstance(error, UniqueViolationError):
        return {"fields": error.fields}
    if isinstance(error, StaleVersionError):
        return {"found": error.found}
    return {}
