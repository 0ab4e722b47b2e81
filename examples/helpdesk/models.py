"""What a helpdesk keeps, and what follows from a write.

    entity      PK                          SK                           GSI1PK             GSI1SK
    Desk        DESK                        DESK
    Ticket      TICKET#<number:pad(8)>      TICKET                       STATUS#<status>    <number:pad(8)>
    Comment     TICKET#<number:pad(8)>      ENTRY#<entry_id>#COMMENT
    Event       TICKET#<number:pad(8)>      ENTRY#<entry_id>#EVENT
    TagOfTicket TAG#<tag>                   TICKET#<number:pad(8)>

Every company has its own desk: its partition keys begin with its name, `acme@TICKET#00000007`, which is said where the
table is connected, and nowhere here. A ticket sorts behind its entries: read backwards, its partition begins with the
ticket, and the newest entries follow.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from pynamite import Index, Table, Transaction, attribute, entity, field, new_ulid

from .errors import TicketClosedError


class Status(Enum):
    """Whether somebody waits for an answer."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"


@entity(pk="DESK", sk="DESK")
class Desk:
    """What is known of a company's desk; there is one."""

    name: str
    numbers: int = 0
    open: int = 0


@entity(pk="TAG#<tag>", sk="TICKET#<number:pad(8)>")
class TagOfTicket:
    """A row by which a ticket is found by one of its tags: a set can be no key of an index."""

    tag: str
    number: int
    subject: str


def tags_of(ticket: Ticket) -> list[TagOfTicket]:
    """Give the rows that a ticket has; they come, change and go with it."""
    assert ticket.number is not None
    return [TagOfTicket(tag=tag, number=ticket.number, subject=ticket.subject) for tag in ticket.tags]


@entity(
    pk="TICKET#<number:pad(8)>",
    sk="TICKET",
    indexes={"GSI1": ("STATUS#<status>", "<number:pad(8)>")},
    companions=tags_of,
)
class Ticket:
    """What somebody asks for. It gets the desk's next number when it is made."""

    number: int | None = field(default=None, sequence=Desk.numbers)
    subject: str
    author: str
    text: str
    status: Status = Status.OPEN
    assignee: str | None = None
    tags: set[str] = field(factory=set)
    comments: int = 0
    created: datetime | None = field(default=None, created=True)
    updated: datetime | None = field(default=None, updated=True)


@entity(pk="TICKET#<number:pad(8)>", sk="ENTRY#<entry_id>#COMMENT")
class Comment:
    """What somebody says about a ticket."""

    number: int
    entry_id: str = field(factory=new_ulid)
    author: str
    text: str


@entity(pk="TICKET#<number:pad(8)>", sk="ENTRY#<entry_id>#EVENT")
class Event:
    """What happened to a ticket."""

    number: int
    entry_id: str = field(factory=new_ulid)
    text: str


table = Table("helpdesk", Desk, Ticket, Comment, Event, TagOfTicket, indexes=[Index("GSI1")])


@table.on_create(Ticket)
def count_ticket(_new: Ticket, tx: Transaction) -> None:
    """Count the open tickets of the desk."""
    tx[Desk].update({}, attribute(Desk.open).add(1))


@table.on_update(Ticket)
def note_changes(old: Ticket, new: Ticket, tx: Transaction) -> None:
    """Write down what happened, and keep the desk's count."""
    assert new.number is not None
    if new.status is not old.status:
        tx[Desk].update({}, attribute(Desk.open).add(1 if new.status is Status.OPEN else -1))
        tx[Event].create(Event(number=new.number, text=new.status.value.lower()))
    if new.assignee != old.assignee:
        tx[Event].create(Event(number=new.number, text=f"assigned to {new.assignee or 'nobody'}"))


@table.on_create(Comment)
def count_comment(new: Comment, tx: Transaction) -> None:
    """Count a comment on its ticket, which has to be open."""
    tx[Ticket].update(
        {"number": new.number},
        attribute(Ticket.comments).add(1),
        where=attribute(Ticket.status) == Status.OPEN,
        on_failure=lambda error: TicketClosedError.unless_absent(error, new.number),
    )


@table.on_delete(Comment)
def discount_comment(old: Comment, tx: Transaction) -> None:
    """Take a comment from the count."""
    tx[Ticket].update({"number": old.number}, attribute(Ticket.comments).subtract(1))
