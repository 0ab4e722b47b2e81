"""A session store: who is logged in, found by a token that nobody can guess.

    python examples/designs/session_store.py

The table has a simple key, and every attribute has its natural name: a session is found by what it is called, without a
template. Items say what they are in the attribute `et`.

    entity     session_token       index UserIndex: username
    Session    <session_token>     <username>                   KEYS_ONLY

Access patterns:

    start a session, with a token that is not taken     create_session
    who is it that sends this token?                    session_of
    where is this user logged in?                       sessions_of_user
    log this user out, everywhere                       end_sessions_of_user

DynamoDB deletes an expired item by itself, some time within a few days: it looks at the attribute `ttl`, which holds
seconds since 1970, a number. Until then the item is still there, but no read here finds it: the store's clock tells
what is over. The index holds keys only, which do not tell; the whole items behind them do.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import attrs

from pynamite import Index, Store, Table, attribute, entity, field

LIFETIME = timedelta(days=7)


@entity(pk="<session_token>")
class Session:
    """A user who is logged in, until the session expires."""

    session_token: UUID = field(factory=uuid4)
    username: str
    created_at: datetime
    expires_at: datetime = field(name="ttl", ttl=True)


@attrs.frozen
class SessionToken:
    """What UserIndex holds of a session."""

    session_token: UUID
    username: str


def session_table(name: str = "sessions") -> Table:
    """Declare the table."""
    by_user = Index("UserIndex", pk="username", sk=None, projection="KEYS_ONLY")
    return Table(name, Session, indexes=[by_user], pk="session_token", sk=None, type_attribute="et")


def create_session(store: Store, username: str, now: datetime, lifetime: timedelta = LIFETIME) -> Session:
    """Start a session; its token is one that no other session has."""
    session = Session(username=username, created_at=now, expires_at=now + lifetime)
    return store[Session].create(session)


def session_of(store: Store, session_token: UUID) -> Session | None:
    """Find the session of a token; None if there is none, or it is over."""
    return store[Session].get(session_token=session_token)


def sessions_of_user(store: Store, username: str) -> list[Session]:
    """List where a user is logged in: the index finds the tokens, the table has the rest."""
    return store[Session].query("UserIndex", username=username).hydrate().all()


def end_sessions_of_user(store: Store, username: str) -> int:
    """Log a user out everywhere, by the keys that the index holds; gives how many sessions that ended."""
    found = store[Session].view(SessionToken).query("UserIndex", username=username)
    keys = [{"session_token": entry.session_token} for entry in found]
    store[Session].delete_many(keys)
    return len(keys)


def tidy_up(store: Store, now: datetime) -> int:
    """Delete what is over, as DynamoDB itself does in its own time. Gives how many sessions there were."""
    over = store[Session].scan().include_expired().filter(attribute(Session.expires_at) <= now).all()
    store[Session].delete_many(over)
    return len(over)


MORNING = datetime(2126, 5, 1, 8, tzinfo=UTC)
"""A morning to come: what was over by the computer's clock, too, a database might delete in the middle of the story."""


def fill(store: Store) -> list[Session]:
    """Log ann in three times, one of them long ago, and bob once."""
    return [
        create_session(store, "ann", MORNING - timedelta(days=10)),
        create_session(store, "ann", MORNING),
        create_session(store, "ann", MORNING + timedelta(hours=1)),
        create_session(store, "bob", MORNING),
    ]


def main() -> None:
    """Log in, look, log out."""
    noon = MORNING + timedelta(hours=4)
    with session_table().connect("sqlite://", now=lambda: noon) as store:
        store.create_table()
        old, new, *_ = fill(store)
        print("who is it?", session_of(store, new.session_token))
        print("a session that is over:", session_of(store, old.session_token))
        print("ann is logged in", len(sessions_of_user(store, "ann")), "times")
        print("ended", end_sessions_of_user(store, "ann"), "sessions of ann")
        print("who is it now?", session_of(store, new.session_token))


if __name__ == "__main__":
    main()
