"""Unique values and versions against a model: random writes on a few keys and e-mail addresses, by every verb.

The model is a dict of what is stored. After each write, the guards are those of the items, and an error is the model's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pynamite import Table, attribute, entity, evolve, field
from pynamite.errors import (
    ItemExistsError,
    ItemNotFoundError,
    OperationError,
    StaleVersionError,
    TransactionCanceledError,
    UniqueViolationError,
)

KEYS = st.sampled_from("123")
EMAILS = st.sampled_from([None, "", "a", "A", "b", "c#d", "c"])
NUMBERS = st.sampled_from([None, 0, 1])
STALE = st.integers(-1, 1)


@entity(pk="USER#<user_id>", sk="USER", unique=["email:lower", ("email", "number")])
class User:
    user_id: str
    email: str | None = None
    number: int | None = None
    visits: int = 0
    version: int = field(default=0, version=True)


def texts(user: User) -> set[str]:
    """The guards that a user has to have, written by hand."""
    found: set[str] = set()
    if user.email:
        found.add(f"UNIQUE#User#email#{user.email.lower()}")
        if user.number is not None:
            escaped = user.email.replace("%", "%25").replace("#", "%23")
            found.add(f"UNIQUE#User#email+number#{escaped}#{user.number}")
    return found


Users = Mapping[str, User]
Change = Callable[[Users], dict[str, User | None]]
"""What a write makes of the items: those that are others then, None for one that is gone."""


class Model:
    """What is stored, and what becomes of a write."""

    def __init__(self) -> None:
        self.users: dict[str, User] = {}

    def outcome(self, *changes: Change) -> type[OperationError] | None:
        """Carry changes out as one, or tell the error of the first that cannot be."""
        after: dict[str, User | None] = {}
        for change in changes:
            try:
                after |= change(self.users)
            except OperationError as error:
                return type(error)
        users = {key: user for key, user in {**self.users, **after}.items() if user is not None}
        held = [text for user in users.values() for text in texts(user)]
        if len(held) > len(set(held)):
            return UniqueViolationError
        self.users = users
        return None


def create(user: User) -> Change:
    def change(users: Users) -> dict[str, User | None]:
        if user.user_id in users:
            raise ItemExistsError("there")
        return {user.user_id: evolve(user, version=1)}

    return change


def put(user: User) -> Change:
    def change(users: Users) -> dict[str, User | None]:
        there = users.get(user.user_id)
        if (there.version if there is not None else 0) != user.version:
            raise StaleVersionError("stale")
        return {user.user_id: evolve(user, version=user.version + 1)}

    return change


def update(key: str, version: int | None, changes: Mapping[str, Any], *, upsert: bool = False) -> Change:
    def change(users: Users) -> dict[str, User | None]:
        there = users.get(key)
        if there is None and not upsert:
            raise ItemNotFoundError("none")
        if there is None and version:
            raise StaleVersionError("gone")
        old = User(user_id=key) if there is None else there
        if version is not None and version != old.version:
            raise StaleVersionError("stale")
        visits = old.visits + 1
        return {key: evolve(old, **changes, visits=visits, version=old.version + 1)}

    return change


def delete(key: str, version: int | None, *, must_exist: bool) -> Change:
    def change(users: Users) -> dict[str, User | None]:
        there = users.get(key)
        if there is None and must_exist:
            raise ItemNotFoundError("none")
        if there is not None and version is not None and version != there.version:
            raise StaleVersionError("stale")
        return {key: None}

    return change


def move(key: str, version: int | None, target: str, changes: Mapping[str, Any]) -> Change:
    def change(users: Users) -> dict[str, User | None]:
        there = users.get(key)
        if there is None:
            raise ItemNotFoundError("none")
        if version is not None and version != there.version:
            raise StaleVersionError("stale")
        if target in users:
            raise ItemExistsError("there")
        return {key: None, target: evolve(there, user_id=target, **changes, version=there.version + 1)}

    return change


class Writes(RuleBasedStateMachine):
    """Writes by every verb, on the embedded engine."""

    @initialize()
    def begin(self) -> None:
        self.store = Table("people", User).connect("sqlite://")
        self.store.create_table()
        self.users = self.store[User]
        self.model = Model()

    def teardown(self) -> None:
        for user in self.model.users.values():
            if user.email:
                assert self.users.get_unique(email=user.email.upper()) == user
        assert self.users.reindex() == 0
        self.store.close()

    def version(self, key: str, stale: int) -> int:
        there = self.model.users.get(key)
        return max(0, (0 if there is None else there.version) + stale)

    def check(self, write: Callable[[], Any], *changes: Change) -> Any:
        """Carry out a write: it has to do what the model does."""
        expected = self.model.outcome(*changes)
        if expected is None:
            return write()
        with pytest.raises(expected) as refused:
            write()
        assert refused.type is expected
        return None

    @rule(key=KEYS, email=EMAILS, number=NUMBERS, version=st.integers(0, 2))
    def create(self, key: str, email: str | None, number: int | None, version: int) -> None:
        user = User(user_id=key, email=email, number=number, version=version)
        self.check(lambda: self.users.create(user), create(user))

    @rule(key=KEYS, email=EMAILS, number=NUMBERS, stale=STALE, many=st.booleans())
    def put(self, key: str, email: str | None, number: int | None, stale: int, many: bool) -> None:
        user = User(user_id=key, email=email, number=number, version=self.version(key, stale))
        self.check(lambda: self.users.put_many([user]) if many else self.users.put(user), put(user))

    @rule(key=KEYS, email=EMAILS, number=NUMBERS, upsert=st.booleans(), reread=st.booleans())
    def update(self, key: str, email: str | None, number: int | None, upsert: bool, reread: bool) -> None:
        changes = {"email": email, "number": number}
        visit = attribute(User.visits).add(1)
        done = self.check(
            lambda: self.users.update({"user_id": key}, changes, visit, upsert=upsert, reread=reread),
            update(key, None, changes, upsert=upsert),
        )
        assert done is None or done == self.model.users[key]

    @rule(key=KEYS, email=EMAILS, stale=STALE, upsert=st.booleans())
    def update_what_was_read(self, key: str, email: str | None, stale: int, upsert: bool) -> None:
        user = User(user_id=key, version=self.version(key, stale))
        visit = attribute(User.visits).add(1)
        self.check(
            lambda: self.users.update(user, {"email": email}, visit, upsert=upsert),
            update(key, user.version, {"email": email}, upsert=upsert),
        )

    @rule(key=KEYS)
    def count(self, key: str) -> None:
        self.check(
            lambda: self.users.update({"user_id": key}, attribute(User.visits).add(1)), update(key, None, {})
        )

    @rule(key=KEYS, email=EMAILS, number=NUMBERS, stale=STALE)
    def save(self, key: str, email: str | None, number: int | None, stale: int) -> None:
        since = self.model.users.get(key, User(user_id=key))
        since = evolve(since, version=self.version(key, stale))
        changes = {"email": email, "number": number}
        changed = evolve(since, **changes, visits=since.visits + 1)
        self.check(lambda: self.users.save(changed, since=since), update(key, since.version, changes))

    @rule(keys=st.permutations("123"), email=EMAILS, stale=st.none() | STALE)
    def move(self, keys: list[str], email: str | None, stale: int | None) -> None:
        key, target, _ = keys
        version = None if stale is None else self.version(key, stale)
        of: Any = {"user_id": key} if version is None else User(user_id=key, version=version)
        changes = {"user_id": target, "email": email}
        self.check(lambda: self.users.move(of, changes), move(key, version, target, {"email": email}))

    @rule(key=KEYS, stale=st.none() | STALE, must_exist=st.booleans())
    def delete(self, key: str, stale: int | None, must_exist: bool) -> None:
        version = None if stale is None else self.version(key, stale)
        of: Any = {"user_id": key} if version is None else User(user_id=key, version=version)
        there = key in self.model.users
        told = self.check(
            lambda: self.users.delete(of, must_exist=must_exist), delete(key, version, must_exist=must_exist)
        )
        assert told is None or told is there

    @rule(emails=st.lists(EMAILS, min_size=3, max_size=3), verbs=st.lists(st.integers(0, 4), min_size=3, max_size=3))
    def together(self, emails: list[str | None], verbs: list[int]) -> None:
        """Change all three in one transaction, each by a verb of its own: values may go round."""
        changes: list[Change] = []
        asked: list[Callable[[Any], Any]] = []
        for key, email, verb in zip("123", emails, verbs, strict=True):
            change, ask = self._part(key, email, verb)
            changes.append(change)
            asked.append(ask)
        expected = self.model.outcome(*changes)

        def write() -> None:
            with self.store.transaction() as tx:
                for ask in asked:
                    ask(tx)

        if expected is None:
            write()
            return
        with pytest.raises(TransactionCanceledError) as refused:
            write()
        # What two of its writes both want is told before the database is asked for anything.
        assert {expected, UniqueViolationError} & {type(reason) for reason in refused.value.reasons}

    def _part(self, key: str, email: str | None, verb: int) -> tuple[Change, Callable[[Any], Any]]:
        there = self.model.users.get(key, User(user_id=key))
        user = evolve(there, email=email)
        match verb:
            case 0:
                return create(user), lambda tx: tx[User].create(user)
            case 1:
                return put(user), lambda tx: tx[User].put(user)
            case 2:
                visit = attribute(User.visits).add(1)
                return (
                    update(key, None, {"email": email}),
                    lambda tx: tx[User].update({"user_id": key}, {"email": email}, visit),
                )
            case 3:
                changed = evolve(user, visits=user.visits + 1)
                return update(key, there.version, {"email": email}), lambda tx: tx[User].save(changed, since=there)
        return delete(key, None, must_exist=False), lambda tx: tx[User].delete(user_id=key)

    @invariant()
    def items_are_the_models(self) -> None:
        assert {user.user_id: user for user in self.users.scan()} == self.model.users

    @invariant()
    def guards_are_those_of_the_items(self) -> None:
        guards = {item["PK"]: item["_owner"]["PK"] for item in self.store.db.scan() if item["_type"] == "User!unique"}
        owners = {text: f"USER#{user.user_id}" for user in self.model.users.values() for text in texts(user)}
        assert guards == owners



TestWrites = Writes.TestCase
TestWrites.settings = settings(max_examples=10000, stateful_step_count=30, deadline=None)


@attrs.frozen
class Raw:
    """An item as a program wrote it that knew nothing of guards."""

    user_id: str
    email: str | None


RAW = st.builds(Raw, user_id=st.sampled_from("12345"), email=st.sampled_from(["a", "A", "b", "c", None]))


@settings(max_examples=1000, deadline=None)
@given(st.lists(RAW, max_size=6), st.lists(RAW, max_size=4), st.sets(st.sampled_from("12345")))
def test_reindex_mends_whatever_was_done(before: list[Raw], after: list[Raw], gone: set[str]) -> None:
    """Items that were written, changed and deleted behind our back have their guards then, as far as they can."""
    with Table("people", User).connect("sqlite://") as store:
        store.create_table()
        for raw in before:
            store.db.put([f"USER#{raw.user_id}", "USER"], raw_item(raw))
        tell(store)
        for raw in after:
            store.db.put([f"USER#{raw.user_id}", "USER"], raw_item(raw))
        for user_id in gone:
            store.db.delete([f"USER#{user_id}", "USER"])
        tell(store)
        emails = [user.email.lower() for user in store[User].scan() if user.email]
        guards = {item["PK"]: item["_owner"]["PK"] for item in store.db.scan() if item["_type"] == "User!unique"}
        assert set(guards) == {f"UNIQUE#User#email#{email}" for email in emails}
        for email in emails:
            found = store[User].get_unique(email=email)
            assert found is not None and found.email is not None and found.email.lower() == email
        if len(emails) == len(set(emails)):
            assert store[User].reindex() == 0


def raw_item(raw: Raw) -> dict[str, Any]:
    item = {"_type": "User", "user_id": raw.user_id}
    return item if raw.email is None else {**item, "email": raw.email}


def tell(store: Any) -> None:
    """Reindex; what is shared is told, and the rest is done."""
    emails = [user.email.lower() for user in store[User].scan() if user.email]
    try:
        store[User].reindex()
    except UniqueViolationError:
        assert len(emails) > len(set(emails))
    else:
        assert len(emails) == len(set(emails))
