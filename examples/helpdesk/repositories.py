"""The questions that a helpdesk asks, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from pynamite import Aggregate, Repository, Store, View

from .models import Comment, Event, Status, TagOfTicket, Ticket


@attrs.frozen
class TicketHeader:
    """What a list shows of a ticket."""

    number: int | None
    subject: str
    assignee: str | None
    comments: int


class Tickets(Repository[Ticket]):
    """What has been asked for."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._store = store
        self._headers: View[TicketHeader] = self.view(TicketHeader)

    def in_status(self, status: Status) -> list[TicketHeader]:
        """List the tickets in a status, the newest first."""
        return self._headers.query("GSI1", status=status).reverse().limit(100).all()

    def with_entries(self, number: int, most: int = 50) -> Aggregate[Ticket, Comment | Event]:
        """Read a ticket with its newest entries, by one query."""
        return self._store.aggregate(Ticket, Comment, Event, number=number).reverse().limit(most)

    def with_tag(self, tag: str) -> list[TagOfTicket]:
        """List the tickets that have a tag."""
        return self._store[TagOfTicket].partition(tag=tag)

    def change(self, number: int, changes: Mapping[str, Any]) -> Ticket:
        """Change some fields of a ticket; what follows from it is declared with the table."""
        return self.update({"number": number}, changes)


class Comments(Repository[Comment]):
    """What has been said."""
