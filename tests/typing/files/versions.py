"""Unique values and versions: how they are declared, what their verbs take and give."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, assert_type

from pynamite import Store, entity, evolve, field
from pynamite.errors import StaleVersionError, UniqueViolationError


@entity(pk="USER#<user_id>", sk="PROFILE", unique=["nick:lower", ("org", "number")])
class User:
    user_id: str
    email: str = field(unique=True)
    nick: str | None = field(default=None, name="Nick", unique=False)
    org: str | None = None
    number: int = 0
    version: int = field(default=0, version=True)
    changed_at: datetime | None = field(default=None, updated=True)


entity(pk="<id>", unique="email")
entity(pk="<id>", unique={"email"})
entity(pk="<id>", unique=[5])  # ERROR
entity(pk="<id>", unique=5)  # ERROR
field(default=0, version="yes")  # ERROR
field(unique="email")  # ERROR


def told(seen: int, written: int) -> None: ...


def told_of_texts(seen: str, written: str) -> None: ...


def use(store: Store, user: User) -> None:
    users = store[User]
    assert_type(user.version, int)
    assert_type(evolve(user, email="x").version, int)
    assert_type(users.get_unique(email="a@x"), User | None)
    assert_type(users.get_unique({"org": "a", "number": 1}), User | None)
    assert_type(users.reindex(), int)
    assert_type(users.reindex(progress=told), int)
    users.reindex(progress=lambda seen, written: print(seen, written))
    users.get_unique("a@x")  # ERROR
    users.get_unique(email="a@x").email  # ERROR
    users.get_unique(user)  # ERROR
    users.reindex(told)  # ERROR
    users.reindex(progress=told_of_texts)  # ERROR
    users.reindex(progress=5)  # ERROR
    User(user_id="1", email="a", version="1")  # ERROR
    with store.transaction() as tx:
        tx[User].check(user)
        tx[User].update(user, {"email": "b"}, on_failure=UniqueViolationError)


def facts(stale: StaleVersionError, taken: UniqueViolationError) -> None:
    assert_type(stale.expected, int | None)
    assert_type(stale.found, int | None)
    assert_type(taken.fields, tuple[str, ...])
    assert_type(taken.owner, Mapping[str, Any] | None)
    stale.owner  # ERROR
    taken.expected  # ERROR
