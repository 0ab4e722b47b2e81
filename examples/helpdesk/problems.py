"""Which error is which answer."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException

from pynamite.errors import (
    AnswerLostError,
    ItemNotFoundError,
    ItemStructureError,
    KeyValueError,
    TableNotFoundError,
    ThrottledError,
    TransactionCanceledError,
    UnreachableError,
)

from .bodies import BodyError
from .errors import TicketClosedError


def install(app: Flask) -> None:
    """Let the app answer errors as JSON; the most special class of an error decides."""
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(BodyError, lambda error: _problem(422, "this is not valid", problems=error.problems))
    app.register_error_handler(ItemStructureError, lambda error: _problem(422, "not valid", problems=error.problems))
    app.register_error_handler(KeyValueError, lambda error: _problem(422, "this is not valid", field=error.field))
    app.register_error_handler(TicketClosedError, lambda error: _problem(409, str(error)))
    app.register_error_handler(ItemNotFoundError, lambda error: _problem(404, _absent(error)))
    app.register_error_handler(TableNotFoundError, lambda _: _problem(503, "run `flask create-table` first"))
    app.register_error_handler(TransactionCanceledError, lambda _: _problem(503, "too many at once: try again"))
    app.register_error_handler(ThrottledError, lambda _: _problem(503, "too much to do: try again later"))
    app.register_error_handler(UnreachableError, lambda _: _problem(503, "the database does not answer"))
    app.register_error_handler(
        AnswerLostError, lambda _: _problem(503, "this may have been done: look before you try again"))


def _absent(error: ItemNotFoundError) -> str:
    # Where a ticket is made and the desk is missing, the error is the desk's.
    return "there is no such desk" if error.entity == "Desk" else f"there is no such {(error.entity or 'item').lower()}"


def _of_http(error: HTTPException) -> tuple[Response, int]:
    return _problem(error.code or 500, error.name)


def _problem(status: int, title: str, **more: Any) -> tuple[Response, int]:
    answer = jsonify({"status": status, "title": title, **more})
    answer.mimetype = "application/problem+json"
    return answer, status
