"""What the helpdesk itself refuses."""

from __future__ import annotations

from typing import Self

from pynamite.errors import ItemNotFoundError, OperationError


class TicketClosedError(Exception):
    """A ticket that is closed takes no comments."""

    @classmethod
    def unless_absent(cls, error: OperationError, number: int) -> Self | ItemNotFoundError:
        """Say why a ticket could not be commented on: it is closed, or there is none."""
        return error if isinstance(error, ItemNotFoundError) else cls(f"ticket {number} is closed: open it first")
