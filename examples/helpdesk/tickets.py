"""The routes of a desk: `/<tenant>/...`.

Whoever puts this on the network lets a log-in say which company somebody is of: a path proves nothing.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, current_app, g, jsonify, request, url_for

from .bodies import NewComment, NewTicket, TicketChanges, read
from .models import Comment, Desk, Status, Ticket
from .repositories import Comments, Tickets
from .shown import shown

bp = Blueprint("tickets", __name__, url_prefix="/<tenant:tenant>")


@bp.url_value_preprocessor
def _choose_store(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Connect to the desk of the company that the path names; from here on there is no other."""
    g.tenant = (values or {}).pop("tenant")
    g.store = current_app.extensions["helpdesk"].of(g.tenant)


@bp.url_defaults
def _same_tenant(_endpoint: str, values: dict[str, Any]) -> None:
    """Let the addresses that are made be of the same company."""
    values.setdefault("tenant", g.tenant)


@bp.get("/")
def desk() -> Response:
    """Show the desk: its name, and how many tickets are open."""
    return jsonify(shown(g.store[Desk].require()))


@bp.post("/tickets")
def ask() -> tuple[Response, int, dict[str, str]]:
    """Open a ticket; it gets the next number of the desk."""
    given = read(request.get_json(), NewTicket)
    ticket = Tickets(g.store).create(
        Ticket(subject=given.subject, author=given.author, text=given.text, tags=given.tags))
    return jsonify(shown(ticket)), 201, {"Location": url_for(".show", number=ticket.number)}


@bp.get("/tickets")
def in_status() -> Response:
    """List the tickets in a status, the newest first: `?status=CLOSED`."""
    return jsonify(shown(Tickets(g.store).in_status(read(request.args.get("status", "OPEN"), Status))))


@bp.get("/tickets/<int:number>")
def show(number: int) -> Response:
    """Show a ticket with what was said and what happened, the oldest of it first."""
    found = Tickets(g.store).with_entries(number)
    if found.parent is None:
        abort(404)
    entries = [{"kind": type(entry).__name__.lower(), **shown(entry)} for entry in reversed(found.children)]
    return jsonify({**shown(found.parent), "entries": entries})


@bp.patch("/tickets/<int:number>")
def change(number: int) -> Response:
    """Change a ticket: close it, give it to somebody, tag it."""
    body = request.get_json()
    given = read(body, TicketChanges)
    # What the body does not name stays; a null takes a value away.
    return jsonify(shown(Tickets(g.store).change(number, {name: getattr(given, name) for name in body})))


@bp.post("/tickets/<int:number>/comments")
def comment(number: int) -> tuple[Response, int]:
    """Say something about a ticket that is open."""
    given = read(request.get_json(), NewComment)
    made = Comments(g.store).create(Comment(number=number, author=given.author, text=given.text))
    return jsonify(shown(made)), 201


@bp.delete("/tickets/<int:number>/comments/<entry_id>")
def take_back(number: int, entry_id: str) -> tuple[str, int]:
    """Take a comment back."""
    Comments(g.store).delete(number=number, entry_id=entry_id, must_exist=True)
    return "", 204


@bp.get("/tags/<tag>")
def with_tag(tag: str) -> Response:
    """List the tickets that have a tag."""
    return jsonify(shown(Tickets(g.store).with_tag(tag)))
