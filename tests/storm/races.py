"""What several writers do at once, and what has to be true of it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import attrs

from pynamite import Store, attribute, evolve
from pynamite.errors import ItemNotFoundError, StaleVersionError, TransactionCanceledError, UniqueViolationError
from tests.storm.model import ByEmail, Channel, Doc, Doctor, DocVersion, Token, User, Video

__all__ = ["RACES", "Race"]

Told = list[Any]
"""What one writer tells of its writes; JSON, since it may come from another process."""


@attrs.frozen
class Race:
    """What writers do: ``prepare`` makes the items, each runs ``write``, ``check`` looks at what they tell and left."""

    prepare: Callable[[Store, int], None]
    write: Callable[[Store, str, int], Told]
    check: Callable[[Store, list[Told], int], None]


def all_of(told: Iterable[Told]) -> Told:
    return [one for writer in told for one in writer]


def make_channel(channel_id: str) -> Callable[[Store, int], None]:
    return lambda store, times: void(store[Channel].create(Channel(channel_id=channel_id)))


def void(_: object) -> None:
    """Forget what a verb gives."""


def channel(store: Store, channel_id: str) -> Channel:
    return store[Channel].require(channel_id=channel_id, consistent_read=True)


def add(store: Store, me: str, times: int) -> Told:
    key = {"channel_id": "played"}
    return [store[Channel].update(key, attribute(Channel.plays).add(1)).plays for _ in range(times)]


def check_sum(store: Store, told: list[Told], times: int) -> None:
    """Every increment counted, and told its writer of a number that nobody else was told of."""
    assert sorted(all_of(told)) == list(range(1, len(told) * times + 1))
    assert channel(store, "played").plays == len(told) * times


def add_children(store: Store, me: str, times: int) -> Told:
    return [store[Video].create(Video(channel_id="filled", title=f"{me}.{n}")).number for n in range(times)]


def check_children(store: Store, told: list[Told], times: int) -> None:
    """The counter says how many children there are; no number was given twice, and none was lost."""
    videos = store[Video].query(channel_id="filled").consistently().all()
    assert [video.number for video in videos] == sorted(all_of(told)) == list(range(1, len(told) * times + 1))
    parent = channel(store, "filled")
    assert (parent.videos, parent.last) == (len(videos), len(videos))


def nothing(store: Store, times: int) -> None:
    """Leave the table as it is."""


def claim(store: Store, me: str, times: int) -> Told:
    won = []
    for n in range(times):
        with suppress(UniqueViolationError):
            store[User].create(User(account_id=f"{me}.{n}", email=f"{n}@example.com"))
            won.append(n)
    return won


def check_claims(store: Store, told: list[Told], times: int) -> None:
    """Each address has exactly one owner, the one who was told so, and leads to it."""
    assert sorted(all_of(told)) == list(range(times))
    owners = {user.email: user.account_id for user in store[User].scan().consistently()}
    assert len(owners) == times
    assert {one.email: one.account_id for one in store[ByEmail].scan().consistently()} == owners


def make_doc(doc_id: str) -> Callable[[Store, int], None]:
    return lambda store, times: void(store[Doc].create(Doc(doc_id=doc_id)))


def save(store: Store, me: str, times: int) -> Told:
    """Save what was read, whether or not somebody else did so meanwhile."""
    versions = []
    for n in range(times):
        old = store[Doc].require(doc_id="saved", consistent_read=True)
        new = evolve(old, title=f"{me}.{n}", edits=old.edits + 1)
        with suppress(StaleVersionError):
            versions.append(store[Doc].save(new, since=old).version)
    return versions


def edit(store: Store, me: str, times: int) -> Told:
    """Change the document as it is: all go through, since each waits for the others."""
    key = {"doc_id": "edited"}
    return [store[Doc].update(key, attribute(Doc.edits).add(1)).version for _ in range(times)]


def check_saves(store: Store, told: list[Told], times: int, doc_id: str = "saved") -> None:
    """Each success made one version, and each version is kept."""
    versions = sorted(all_of(told))
    assert versions == list(range(2, len(versions) + 2))
    doc = store[Doc].require(doc_id=doc_id, consistent_read=True)
    assert (doc.version, doc.edits) == (len(versions) + 1, len(versions))
    kept = store[DocVersion].query(doc_id=doc_id).consistently().all()
    assert [(one.version, one.edits) for one in kept] == [(n + 1, n) for n in range(len(versions) + 1)]


def check_edits(store: Store, told: list[Told], times: int) -> None:
    """Nobody was turned away."""
    check_saves(store, told, times, "edited")
    assert len(all_of(told)) == len(told) * times


def make_token(store: Store, times: int) -> None:
    store[Token].create(Token(token_id="hot", place="start"))


def move(store: Store, me: str, times: int) -> Told:
    places = []
    for n in range(times):
        # Somebody who moves it meanwhile is not seen by a query that has passed the new place: there may be none.
        for token in store[Token].query(token_id="hot").consistently():
            changes = {"place": f"{me}.{n}", "moves": token.moves + 1}
            with suppress(ItemNotFoundError):
                places.append(store[Token].move(token, changes).place)
    return places


def check_moves(store: Store, told: list[Told], times: int) -> None:
    """The token is in one place, where somebody said that it moved it, and knows how often it was moved."""
    (token,) = store[Token].query(token_id="hot").consistently()
    assert token.moves == len(all_of(told)) > 0
    assert token.place in all_of(told)


ON_CALL = attribute(Doctor.state) == "on call"


def make_shifts(store: Store, times: int) -> None:
    for n in range(times):
        for name in ("ann", "bob"):
            store[Doctor].create(Doctor(shift=str(n), name=name))


def leave(store: Store, me: str, times: int) -> Told:
    """Go off call, if the other one is on call."""
    mine, other = ("ann", "bob") if int(me) % 2 else ("bob", "ann")
    left = []
    for n in range(times):
        with suppress(TransactionCanceledError):
            with store.transaction() as tx:
                tx[Doctor].check(shift=str(n), name=other, where=ON_CALL)
                tx[Doctor].update({"shift": str(n), "name": mine}, {"state": "off"}, where=ON_CALL)
            left.append(n)
    return left


def check_shifts(store: Store, told: list[Told], times: int) -> None:
    """Of two who each looked at the other, one stayed."""
    assert sorted(all_of(told)) == list(range(times))
    on_call = [doctor.shift for doctor in store[Doctor].scan().consistently() if doctor.state == "on call"]
    assert sorted(on_call) == sorted(str(n) for n in range(times))


RACES = {
    "increments": Race(make_channel("played"), add, check_sum),
    "children": Race(make_channel("filled"), add_children, check_children),
    "claims": Race(nothing, claim, check_claims),
    "saves": Race(make_doc("saved"), save, check_saves),
    "edits": Race(make_doc("edited"), edit, check_edits),
    "moves": Race(make_token, move, check_moves),
    "shifts": Race(make_shifts, leave, check_shifts),
}
