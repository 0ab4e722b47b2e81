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
    epoch_seconds,
    fill,
    session_of,
    session_table,
    sessions_of_user,
    tidy_up,
)
from pynamite.errors import DefinitionError, ItemExistsError

NOON = MORNING + timedelta(hours=4)


@pytest.fixture
def store(client, table_name):
    """The session table, empty."""
    store = session_table(table_name).connect(client)
    store.create_table()
    return store


def test_a_session_is_created_only_if_its_token_is_new(store):
    """Two sessions with one token cannot be."""
    session = create_session(store, "ann", MORNING)
    with pytest.raises(ItemExistsError) as caught:
        store[Session].create(Session(session_token=session.session_token, username="eve", created_at=MORNING, ttl=1))
    assert caught.value.item == session


def test_a_session_is_found_by_its_token(store):
    """The token finds its session, another one finds none."""
    _, session, *_ = fill(store)
    assert session_of(store, session.session_token, NOON) == session
    assert session_of(store, uuid4(), NOON) is None


def test_a_user_is_logged_out_everywhere(store):
    """All sessions of the user are deleted, expired ones too; those of others stay."""
    *_, bobs = fill(store)
    assert end_sessions_of_user(store, "ann") == 3
    assert sessions_of_user(store, "ann", NOON) == []
    assert store[Session].scan().all() == [bobs]
    assert end_sessions_of_user(store, "ann") == 0


def test_what_is_over_can_be_tidied_up(store):
    """Sessions that have expired are deleted, the others stay."""
    old, *current = fill(store)
    assert tidy_up(store, NOON) == 1
    assert {one.session_token for one in store[Session].scan()} == {one.session_token for one in current}
    assert old not in current


def test_trap_the_time_to_live_is_a_number_of_epoch_seconds(store):
    """What DynamoDB looks at is a whole number of seconds, not a text and not milliseconds."""
    session = create_session(store, "ann", MORNING, timedelta(hours=1))
    (item,) = store.db.scan()
    assert item["ttl"] == Decimal(epoch_seconds(MORNING)) + 3600 == session.ttl
    assert epoch_seconds(MORNING) == 1777622400


def test_trap_a_read_leaves_expired_items_out(store):
    """An item that is over, but not deleted yet, is found by no access pattern."""
    old, *_ = fill(store)
    assert store[Session].get(session_token=old.session_token) == old
    assert session_of(store, old.session_token, NOON) is None
    assert old not in sessions_of_user(store, "ann", NOON)
    assert len(sessions_of_user(store, "ann", NOON)) == 2
    assert sessions_of_user(store, "ann", NOON + timedelta(days=7)) == []


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
    assert session_of(store, session.session_token, NOON) is None
