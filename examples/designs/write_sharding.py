"""Write sharding: a log whose index would be too hot for one partition.

    python examples/designs/write_sharding.py

    entity      PK                          SK             GSI_1_PK                        GSI_1_SK
    LogEntry    request#<request_id>        LOG            shard#<request_id modulo 10>    <response_code>#<date>#<hour>
    Invoice     <date>.<1 of 20, computed>  <invoice_id>
    Click       <date>.<1 of 8, drawn>      <at>#<click_id>
    Vote        VOTE#<vote_id>              VOTE           <date>.<1 of 8, drawn>          <cast_at>#<vote_id>

There are three ways to name a shard: modulo a number (LogEntry), computed from a text (Invoice), drawn at random
(Click, Vote). What is computed tells by itself where an item is. What is drawn is kept in a field, so that the item
stays in its shard, and a click is found by its whole key only.

Access patterns:

    load the log                                                load_log
    requests with a response code, on a day, in some hours      requests_with_code, requests_with_code_in_hours
    the same, page by page                                      page_of_requests_with_code
    how many requests with a response code?                     count_of_code
    how many bytes were sent for other codes than one?          bytes_sent_but_for_code: a parallel scan
    write an invoice; find it; all of a day                     write_invoice, invoice_of, invoices_of_day
    count a click; say where it led; the clicks of a day        record_click, follow_click, clicks_of_day
    cast a vote, for somebody else, at another moment           cast_vote, change_vote, postpone_vote
    the votes of a day; the latest of them                      votes_of_day, latest_votes

A query that does not give the shard asks all of them, and merges the answers in the order of the sort key.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from pynamite import Index, Page, Query, Store, Table, attribute, entity, field, new_ulid


@entity(
    pk="request#<request_id>",
    sk="LOG",
    indexes={"GSI_1": ("shard#<request_id:shard(10)>", "<response_code>#<date>#<hour:pad(2)>")},
)
class LogEntry:
    """A line of a web server's log."""

    request_id: int
    host: str
    date: date
    hour: int
    method: str
    url: str
    response_code: int
    bytes_sent: int = 0


@entity(pk="<date>.<invoice_id:shard(20)>", sk="<invoice_id>")
class Invoice:
    """An invoice, in a partition that its day and its id tell."""

    invoice_id: str
    date: date
    amount: int


@entity(pk="<at:day>.<shard:shard(8, random)>", sk="<at>#<click_id>")
class Click:
    """A click on an advertisement; the shard is drawn when it is recorded."""

    at: datetime
    click_id: str = field(factory=new_ulid)
    shard: int | None = None
    led_to: str | None = None


@entity(
    pk="VOTE#<vote_id>",
    sk="VOTE",
    indexes={"GSI_1": ("<cast_at:day>.<shard:shard(8, random)>", "<cast_at>#<vote_id>")},
)
class Vote:
    """A vote; the shard is drawn when it is cast."""

    vote_id: str = field(factory=new_ulid)
    candidate: str
    cast_at: datetime
    shard: int | None = None


def log_table(name: str = "logfile") -> Table:
    """Declare the table."""
    by_shard = Index("GSI_1", pk="GSI_1_PK", sk="GSI_1_SK")
    return Table(name, LogEntry, Invoice, Click, Vote, indexes=[by_shard])


def load_log(store: Store, entries: Iterable[LogEntry]) -> None:
    """Write many lines of a log."""
    store[LogEntry].put_many(entries)


def requests_with_code(store: Store, code: int, day: date | None = None) -> Query[LogEntry]:
    """Read the requests that were answered with a code, on one day or whenever, from all shards, the oldest first."""
    if day is None:
        return store[LogEntry].query("GSI_1", response_code=code)
    return store[LogEntry].query("GSI_1", response_code=code, date=day)


def requests_with_code_in_hours(store: Store, code: int, day: date, first: int, last: int) -> Query[LogEntry]:
    """Read the requests that were answered with a code in some hours of a day, both included."""
    return requests_with_code(store, code, day).between(hour=(first, last))


def page_of_requests_with_code(store: Store, code: int, size: int, cursor: str | None = None) -> Page[LogEntry]:
    """Read the requests that were answered with a code page by page; the cursor knows how far each shard is."""
    return requests_with_code(store, code).page(size, cursor)


def count_of_code(store: Store, code: int) -> int:
    """Count the requests that were answered with a code."""
    return requests_with_code(store, code).count()


def bytes_sent_but_for_code(store: Store, code: int, segments: int = 4) -> int:
    """Add up what was sent for all codes but one: the whole table is read, in so many parts at once."""
    others = store[LogEntry].scan(segments=segments).filter(attribute(LogEntry.response_code) != code)
    return sum(entry.bytes_sent for entry in others)


def write_invoice(store: Store, invoice: Invoice) -> Invoice:
    """Write an invoice, with an id that is not taken."""
    return store[Invoice].create(invoice)


def invoice_of(store: Store, day: date, invoice_id: str) -> Invoice | None:
    """Find an invoice: its id tells the shard."""
    return store[Invoice].get(date=day, invoice_id=invoice_id)


def invoices_of_day(store: Store, day: date) -> list[Invoice]:
    """List the invoices of a day, in the order of their ids."""
    return store[Invoice].partition(date=day)


def record_click(store: Store, now: datetime) -> Click:
    """Record a click, in a shard that is drawn."""
    return store[Click].create(Click(at=now))


def follow_click(store: Store, click: Click, led_to: str) -> Click:
    """Say where a click led; it knows its shard."""
    return store[Click].update(click, attribute(Click.led_to).set(led_to))


def clicks_of_day(store: Store, day: datetime) -> Query[Click]:
    """Read the clicks of the day in which a moment lies, from all shards, the oldest first."""
    return store[Click].query(at=day)


def cast_vote(store: Store, candidate: str, now: datetime) -> Vote:
    """Cast a vote, in a shard that is drawn."""
    return store[Vote].create(Vote(candidate=candidate, cast_at=now))


def change_vote(store: Store, vote: Vote, candidate: str) -> Vote:
    """Vote for somebody else: the vote stays in its shard, and where it was in the order of time."""
    return store[Vote].update(vote, attribute(Vote.candidate).set(candidate))


def postpone_vote(store: Store, vote: Vote, moment: datetime) -> Vote:
    """Let a vote count as cast at another moment: its index key changes, but for the shard."""
    return store[Vote].update(vote, attribute(Vote.cast_at).set(moment), reread=True)


def votes_of_day(store: Store, day: datetime) -> Query[Vote]:
    """Read the votes of the day in which a moment lies, from all shards, the oldest first."""
    return store[Vote].query("GSI_1", cast_at=day)


def latest_votes(store: Store, day: datetime, most: int) -> list[Vote]:
    """List the latest votes of a day, the newest first."""
    return votes_of_day(store, day).reverse().limit(most).all()


FIRST_DAY = date(2009, 7, 20)

MORNING = datetime(2026, 5, 1, 8, tzinfo=UTC)


def fill(store: Store) -> None:
    """Log two days of requests: of each twelve, one was not found, one failed; write invoices, click, cast votes."""
    codes = {3: 404, 7: 500}
    load_log(
        store,
        (
            LogEntry(
                request_id=number,
                host=f"66.249.67.{number % 7}",
                date=FIRST_DAY + timedelta(days=number // 120),
                hour=number % 24,
                method="GET",
                url=f"/page/{number}",
                response_code=codes.get(number % 12, 200),
                bytes_sent=1000,
            )
            for number in range(240)
        ),
    )
    for number in range(30):
        write_invoice(store, Invoice(invoice_id=f"invoice-{number:03}", date=FIRST_DAY, amount=100 * number))
    for minute in range(20):
        record_click(store, MORNING + timedelta(minutes=minute))
        cast_vote(store, "ann" if minute % 3 else "bob", MORNING + timedelta(minutes=minute))


def main() -> None:
    """Look into the log."""
    with log_table().connect("sqlite://") as store:
        store.create_table()
        fill(store)
        print("not found:", count_of_code(store, 404))
        print("on the first day:", [entry.url for entry in requests_with_code(store, 404, FIRST_DAY)])
        print("sent for good answers and failures:", bytes_sent_but_for_code(store, 404))
        print(invoice_of(store, FIRST_DAY, "invoice-007"))
        print("clicks:", clicks_of_day(store, MORNING).count())
        latest = latest_votes(store, MORNING, 3)
        print("latest votes:", [vote.candidate for vote in latest])
        print("the shard is kept:", change_vote(store, latest[0], "cy").shard == latest[0].shard)


if __name__ == "__main__":
    main()
