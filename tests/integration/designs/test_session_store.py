"""The session store: answers of its access patterns, and what is tricky in it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from examples.designs.session_store import (
    MORNING,
    Session,
    SessionToken,
    create_session,
    end_sessions_of_user,
    fill,
    session_of,
    session_table,
    sessions_of_user,
    tidy_up,
)
from pynamite import evolve
from pynamite.errors import DefinitionError, ItemExistsError

NOON = MORNING + timedelta(hours=4)


@pytest.fixture
def clock():
    """The time at noon; a test may put it forward."""
    return [NOON]


@pytest.fixture
def store(client, table_name, clock):
    """The session table, empty."""
    store = session_table(table_name).connect(client, now=lambda: clock[0])
    store.create_table()
    return store


def test_a_session_is_created_only_if_its_token_is_new(store):
    """Two sessions with one token cannot be."""
    session = create_session(store, "ann", MORNING)
    with pytest.raises(ItemExistsError) as caught:
        store[Session].create(evolve(session, username="eve"))
    assert caught.value.item == session


def test_a_session_is_found_by_its_token(store):
    """The token finds its session, another one finds none."""
    _, session, *_ = fill(store)
    assert session_of(store, session.session_token) == session
    assert session_of(store, uuid4()) is None


def test_a_user_is_logged_out_everywhere(store):
    """All sessions of the user are deleted, expired ones too; those of others stay."""
    *_, bobs = fill(store)
    assert end_sessions_of_user(store, "ann") == 3
    assert sessions_of_user(store, "ann") == []
    assert store[Session].scan().include_expired().all() == [bobs]
    assert end_sessions_of_user(store, "ann") == 0


def test_what_is_over_can_be_tidied_up(store):
    """Sessions that have expired are deleted, the others stay."""
    old, *current = fill(store)
    assert tidy_up(store, NOON) == 1
    left = store[Session].scan().include_expired()
    assert {one.session_token for one in left} == {one.session_token for one in current}
    assert old not in current


def test_trap_the_time_to_live_is_a_number_of_epoch_seconds(store):
    """What DynamoDB looks at is a whole number of seconds, not a text and not milliseconds; its table knows where."""
    session = create_session(store, "ann", MORNING, timedelta(hours=1))
    (item,) = store.db.scan()
    assert item["ttl"] == 4933296000 + 3600 == Decimal(session.expires_at.timestamp())
    told = store.client.describe_time_to_live(TableName=store.name)["TimeToLiveDescription"]
    assert told == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}


def test_trap_a_read_leaves_expired_items_out(store, clock):
    """An item that is over, but not deleted yet, is found by no access pattern."""
    old, *_ = fill(store)
    assert store[Session].get(session_token=old.session_token, include_expired=True) == old
    assert session_of(store, old.session_token) is None
    assert old not in sessions_of_user(store, "ann")
    assert len(sessions_of_user(store, "ann")) == 2
    clock[0] = NOON + timedelta(days=7)
    assert sessions_of_user(store, "ann") == []


def test_trap_the_index_gives_keys_only(store):
    """The index gives tokens as a type of their own, and never half of a session."""
    sessions = fill(store)
    found = store[Session].view(SessionToken).query("UserIndex", username="ann").all()
    assert {one.session_token for one in found} == {one.session_token for one in sessions[:3]}
    with pytest.raises(DefinitionError, match="hydrate"):
        store[Session].query("UserIndex", username="ann").all()


def test_trap_the_type_attribute_has_another_name(store):
    """An item says in `et` what it is; one that says something else is no session."""
    session = create_session(store, "ann", MORNING)
    (item,) = store.db.scan()
    assert item["et"] == "Session" and "_type" not in item
    store.db.update(str(session.session_token), {"et": "Ticket"})
    assert session_of(store, session.session_token) is None
