"""Operations, and what each has to come to where nothing goes wrong: another state, or a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import attrs

from pynamite import Store, Transaction, attribute, evolve
from pynamite.errors import ItemExistsError, ItemNotFoundError, StaleVersionError, UniqueViolationError
from tests.storm.model import Channel, Doc, User, Video
from tests.storm.state import State

__all__ = [
    "AddVideo",
    "ChangeEmail",
    "CreateDoc",
    "CreateUser",
    "DeleteDoc",
    "DeleteUser",
    "DeleteVideo",
    "EditDoc",
    "MoveDoc",
    "MoveUser",
    "Operation",
    "Play",
    "PutDoc",
    "PutUser",
    "RefusedError",
    "SaveDoc",
    "SaveUser",
    "SwapEmails",
    "Visit",
]

K = TypeVar("K")
V = TypeVar("V")

Verbs = Store | Transaction


class RefusedError(Exception):
    """An operation has to be refused, with an error of one of these classes."""

    def __init__(self, *kinds: type[Exception]) -> None:
        super().__init__(*kinds)
        self.kinds = kinds


def refuse(*cases: tuple[bool, type[Exception]]) -> None:
    kinds = [kind for case, kind in cases if case]
    if kinds:
        raise RefusedError(*kinds)


def with_one(mapping: Mapping[K, V], key: K, value: V) -> dict[K, V]:
    return {**mapping, key: value}


def without(mapping: Mapping[K, V], key: K) -> dict[K, V]:
    return {one: value for one, value in mapping.items() if one != key}


class Operation:
    """What a user of the table asks for."""

    def run(self, verbs: Any) -> Any:
        """Do it, by the verbs of a store or of a transaction."""
        raise AssertionError

    def after(self, before: State, seen: State) -> State:
        """Give the state that has to come of it; of ``seen``, that there is, only the numbers that were given out.

        Raises:
            RefusedError: it has to be refused.
        """
        raise AssertionError


@attrs.frozen
class CreateUser(Operation):
    account_id: str
    email: str

    def run(self, verbs):
        return verbs[User].create(User(account_id=self.account_id, email=self.email))

    def after(self, before, seen):
        refuse(
            (self.account_id in before.users, ItemExistsError),
            (before.owner(self.email) is not None, UniqueViolationError),
        )
        return attrs.evolve(before, users=with_one(before.users, self.account_id, (self.email, 0)))


@attrs.frozen
class PutUser(Operation):
    account_id: str
    email: str

    def run(self, verbs):
        return verbs[User].put(User(account_id=self.account_id, email=self.email))

    def after(self, before, seen):
        refuse((before.owner(self.email) not in {None, self.account_id}, UniqueViolationError))
        return attrs.evolve(before, users=with_one(before.users, self.account_id, (self.email, 0)))


@attrs.frozen
class ChangeEmail(Operation):
    account_id: str
    email: str

    def run(self, verbs):
        return verbs[User].update({"account_id": self.account_id}, {"email": self.email})

    def after(self, before, seen):
        refuse(
            (self.account_id not in before.users, ItemNotFoundError),
            (before.owner(self.email) not in {None, self.account_id}, UniqueViolationError),
        )
        changed = (self.email, before.users[self.account_id][1])
        return attrs.evolve(before, users=with_one(before.users, self.account_id, changed))


@attrs.frozen
class Visit(Operation):
    account_id: str

    def run(self, verbs):
        return verbs[User].update({"account_id": self.account_id}, attribute(User.visits).add(1))

    def after(self, before, seen):
        refuse((self.account_id not in before.users, ItemNotFoundError))
        email, visits = before.users[self.account_id]
        return attrs.evolve(before, users=with_one(before.users, self.account_id, (email, visits + 1)))


@attrs.frozen
class SaveUser(Operation):
    """Save what an instance of the state ``known`` was changed to."""

    known: State
    account_id: str
    email: str
    visits: int

    def run(self, verbs):
        email, visits = self.known.users.get(self.account_id, ("nobody@example.com", 0))
        old = User(account_id=self.account_id, email=email, visits=visits)
        return verbs[User].save(evolve(old, email=self.email, visits=self.visits), since=old)

    def after(self, before, seen):
        refuse(
            (self.account_id not in before.users, ItemNotFoundError),
            (before.owner(self.email) not in {None, self.account_id}, UniqueViolationError),
        )
        changed = (self.email, self.visits)
        return attrs.evolve(before, users=with_one(before.users, self.account_id, changed))


@attrs.frozen
class MoveUser(Operation):
    account_id: str
    to: str

    def run(self, verbs):
        return verbs[User].move({"account_id": self.account_id}, {"account_id": self.to})

    def after(self, before, seen):
        refuse(
            (self.account_id not in before.users, ItemNotFoundError),
            (self.account_id in before.users and self.to in before.users, ItemExistsError),
        )
        moved = with_one(without(before.users, self.account_id), self.to, before.users[self.account_id])
        return attrs.evolve(before, users=moved)


@attrs.frozen
class DeleteUser(Operation):
    account_id: str

    def run(self, verbs):
        return verbs[User].delete(account_id=self.account_id)

    def after(self, before, seen):
        return attrs.evolve(before, users=without(before.users, self.account_id))


@attrs.frozen
class SwapEmails(Operation):
    """Let two users, who are there, have each other's e-mail; for a transaction."""

    one: str
    other: str
    known: State

    def run(self, verbs):
        for account_id, of in ((self.one, self.other), (self.other, self.one)):
            verbs[User].update({"account_id": account_id}, {"email": self.known.users[of][0]})

    def after(self, before, seen):
        (email, visits), (other_email, other_visits) = before.users[self.one], before.users[self.other]
        users = {**before.users, self.one: (other_email, visits), self.other: (email, other_visits)}
        return attrs.evolve(before, users=users)


def written(before: State, doc_id: str, title: str, edits: int, version: int) -> State:
    """Give the state with a new version of a document; one that is in its history already is refused."""
    refuse(((doc_id, version) in before.history, ItemExistsError))
    return attrs.evolve(
        before,
        docs=with_one(before.docs, doc_id, (title, edits, version)),
        history=with_one(before.history, (doc_id, version), (title, edits)),
    )


@attrs.frozen
class CreateDoc(Operation):
    doc_id: str
    title: str

    def run(self, verbs):
        return verbs[Doc].create(Doc(doc_id=self.doc_id, title=self.title))

    def after(self, before, seen):
        refuse((self.doc_id in before.docs, ItemExistsError))
        return written(before, self.doc_id, self.title, 0, 1)


@attrs.frozen
class PutDoc(Operation):
    """Put a document in the place of its version ``known``, 0 for none."""

    doc_id: str
    title: str
    known: int

    def run(self, verbs):
        return verbs[Doc].put(Doc(doc_id=self.doc_id, title=self.title, version=self.known))

    def after(self, before, seen):
        refuse((self.known != before.docs.get(self.doc_id, ("", 0, 0))[2], StaleVersionError))
        return written(before, self.doc_id, self.title, 0, self.known + 1)


@attrs.frozen
class EditDoc(Operation):
    doc_id: str

    def run(self, verbs):
        return verbs[Doc].update({"doc_id": self.doc_id}, attribute(Doc.edits).add(1))

    def after(self, before, seen):
        refuse((self.doc_id not in before.docs, ItemNotFoundError))
        title, edits, version = before.docs[self.doc_id]
        return written(before, self.doc_id, title, edits + 1, version + 1)


@attrs.frozen
class SaveDoc(Operation):
    """Save a document with another title, if it is as an instance of its version ``known`` was."""

    doc_id: str
    title: str
    known: int

    def run(self, verbs):
        old = Doc(doc_id=self.doc_id, version=self.known)
        return verbs[Doc].save(evolve(old, title=self.title), since=old)

    def after(self, before, seen):
        refuse((self.doc_id not in before.docs, ItemNotFoundError))
        _, edits, version = before.docs[self.doc_id]
        refuse((self.known != version, StaleVersionError))
        return written(before, self.doc_id, self.title, edits, version + 1)


@attrs.frozen
class MoveDoc(Operation):
    doc_id: str
    to: str

    def run(self, verbs):
        return verbs[Doc].move({"doc_id": self.doc_id}, {"doc_id": self.to})

    def after(self, before, seen):
        refuse((self.doc_id not in before.docs, ItemNotFoundError))
        refuse((self.to in before.docs, ItemExistsError))
        title, edits, version = before.docs[self.doc_id]
        gone = attrs.evolve(before, docs=without(before.docs, self.doc_id))
        return written(gone, self.to, title, edits, version + 1)


@attrs.frozen
class DeleteDoc(Operation):
    doc_id: str

    def run(self, verbs):
        return verbs[Doc].delete(doc_id=self.doc_id)

    def after(self, before, seen):
        return attrs.evolve(before, docs=without(before.docs, self.doc_id))


@attrs.frozen
class AddVideo(Operation):
    channel_id: str
    title: str

    def run(self, verbs):
        return verbs[Video].create(Video(channel_id=self.channel_id, title=self.title))

    def after(self, before, seen):
        number = seen.last[self.channel_id]
        return attrs.evolve(before, videos=with_one(before.videos, (self.channel_id, number), self.title))


@attrs.frozen
class DeleteVideo(Operation):
    channel_id: str
    number: int

    def run(self, verbs):
        return verbs[Video].delete(channel_id=self.channel_id, number=self.number)

    def after(self, before, seen):
        return attrs.evolve(before, videos=without(before.videos, (self.channel_id, self.number)))


@attrs.frozen
class Play(Operation):
    channel_id: str

    def run(self, verbs):
        return verbs[Channel].update({"channel_id": self.channel_id}, attribute(Channel.plays).add(1))

    def after(self, before, seen):
        plays = with_one(before.plays, self.channel_id, before.plays[self.channel_id] + 1)
        return attrs.evolve(before, plays=plays)
