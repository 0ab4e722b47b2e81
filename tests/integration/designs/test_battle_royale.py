"""Battle royale: answers of its access patterns, and what is tricky in it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from examples.designs.battle_royale import (
    ALMOST_FULL,
    FULL,
    NOON,
    PLAYERS,
    Game,
    User,
    UserGameMapping,
    create_game,
    create_user,
    fill,
    game_table,
    game_with_players,
    games_of_user,
    games_of_user_in_full,
    join_game,
    open_games,
    open_games_on_map,
    record_places,
    start_game,
    user_of,
)
from pynamite.errors import ConditionFailedError, ItemExistsError, ItemNotFoundError, TransactionCanceledError

LATER = NOON + timedelta(hours=2)


@pytest.fixture
def store(client, table_name):
    """The game table with the sample data."""
    store = game_table(table_name).connect(client)
    store.create_table()
    fill(store)
    return store


def codes(error):
    """Give the reasons of a cancelled transaction as the service words them."""
    return [reason and reason.code for reason in error.reasons]


def test_a_user_signs_up_once(store):
    """A name that is taken is refused, with who has it."""
    with pytest.raises(ItemExistsError) as caught:
        create_user(store, User(username="vlopez", name="Another", email="another@example.com"))
    assert caught.value.item == user_of(store, "vlopez")
    assert user_of(store, "nobody") is None


def test_a_game_comes_with_its_players(store):
    """One query gives the game and the seventeen who have items."""
    found = game_with_players(store, ALMOST_FULL)
    assert found.parent == store[Game].require(game_id=ALMOST_FULL)
    assert [one.username for one in found.children] == ["carrpatrick", *PLAYERS]


def test_the_games_of_a_user_are_found(store):
    """The inverted index finds the games of a user, a batch their details."""
    assert [one.game_id for one in games_of_user(store, "carrpatrick")] == [ALMOST_FULL, "game3", "game7"]
    assert [game.map for game in games_of_user_in_full(store, "vlopez")] == ["Dirty Desert"]
    assert games_of_user(store, "nobody") == []


def test_open_games_are_found(store):
    """Nine games are open; four of them on the green grasslands, which come in the order of their opening."""
    assert open_games(store).count() == 9
    found = open_games_on_map(store, "Green Grasslands").all()
    assert [game.game_id for game in found] == [ALMOST_FULL, "game1", "game2", "game3"]
    assert open_games_on_map(store, "Nowhere").all() == []


def test_places_are_recorded_together(store):
    """All places are noted, or none."""
    record_places(store, ALMOST_FULL, {"carrpatrick": 1, "player01": 2})
    assert [one.place for one in game_with_players(store, ALMOST_FULL).children[:3]] == [1, 2, None]
    with pytest.raises(TransactionCanceledError) as caught:
        record_places(store, ALMOST_FULL, {"carrpatrick": 3, "nobody": 4})
    assert isinstance(caught.value.reasons[1], ItemNotFoundError)
    assert game_with_players(store, ALMOST_FULL).children[0].place == 1


def test_a_game_is_joined_filled_and_started(store):
    """The published run: refused before it is full, joined, joined again, started, and too late for one more."""
    with pytest.raises(ConditionFailedError):
        start_game(store, ALMOST_FULL, LATER)
    join_game(store, ALMOST_FULL, "vlopez")
    assert game_with_players(store, ALMOST_FULL).parent.people == FULL
    with pytest.raises(TransactionCanceledError) as again:
        join_game(store, ALMOST_FULL, "vlopez")
    assert codes(again.value) == ["ConditionalCheckFailed", "ConditionalCheckFailed"]
    assert start_game(store, ALMOST_FULL, LATER).start_timestamp == LATER
    assert open_games(store).count() == 8
    with pytest.raises(TransactionCanceledError) as late:
        join_game(store, ALMOST_FULL, "nobody")
    assert codes(late.value) == [None, "ConditionalCheckFailed"]
    with pytest.raises(ConditionFailedError):
        start_game(store, ALMOST_FULL, LATER)
    assert game_with_players(store, ALMOST_FULL).parent.people == FULL


def test_trap_removing_the_open_timestamp_takes_a_game_out_of_the_sparse_index(store):
    """The started game has no such attribute any more, and is in the index no longer; its other attributes stay."""
    join_game(store, ALMOST_FULL, "vlopez")
    start_game(store, ALMOST_FULL, LATER)
    assert [game.game_id for game in open_games_on_map(store, "Green Grasslands")] == ["game1", "game2", "game3"]
    (item,) = [item for item in store.db.scan() if item["SK"] == f"#METADATA#{ALMOST_FULL}"]
    assert "open_timestamp" not in item and item["map"] == "Green Grasslands"


def test_trap_a_full_game_takes_nobody_in(store):
    """The guard looks at the number of people in the same write that counts them."""
    join_game(store, ALMOST_FULL, "vlopez")
    with pytest.raises(TransactionCanceledError) as caught:
        join_game(store, ALMOST_FULL, "newcomer")
    assert codes(caught.value) == [None, "ConditionalCheckFailed"]
    assert store[UserGameMapping].get(game_id=ALMOST_FULL, username="newcomer") is None
    with pytest.raises(TransactionCanceledError) as missing:
        join_game(store, "no such game", "vlopez")
    assert isinstance(missing.value.reasons[1], ItemNotFoundError)


def test_trap_a_failed_condition_gives_the_old_item(store):
    """The error of a refused write has what is there, as an instance: alone, and within a transaction."""
    with pytest.raises(ConditionFailedError) as caught:
        start_game(store, ALMOST_FULL, LATER)
    assert caught.value.item == store[Game].require(game_id=ALMOST_FULL)
    join_game(store, ALMOST_FULL, "vlopez")
    with pytest.raises(TransactionCanceledError) as again:
        join_game(store, ALMOST_FULL, "vlopez")
    taken, full = again.value.reasons
    assert isinstance(taken, ItemExistsError)
    assert taken.item == UserGameMapping(game_id=ALMOST_FULL, username="vlopez")
    assert isinstance(full, ConditionFailedError)
    assert full.item == store[Game].require(game_id=ALMOST_FULL)


def test_trap_attributes_are_named_map_and_name(store):
    """Reserved words are stored under their own names, and no request has to spell them out."""
    (item,) = [item for item in store.db.scan() if item["PK"] == "USER#vlopez"]
    assert item["name"] == "Valerie Lopez"
    request = open_games_on_map(store, "Dirty Desert").request()
    assert "map" not in request["KeyConditionExpression"]
    assert "map" in request["ExpressionAttributeNames"].values()
    assert create_game(store, Game(game_id="x", map="name", creator="map", create_timestamp=NOON)).map == "name"


def test_trap_the_query_ends_where_the_players_end(store):
    """A single BETWEEN, from the game to what follows its last player, reads neither more nor less."""
    behind = {"PK": f"GAME#{ALMOST_FULL}", "SK": "VOICE#1"}
    before = {"PK": f"GAME#{ALMOST_FULL}", "SK": "!BANNER"}
    for item in (behind, before):
        store.db.put(item)
    query = store.collection(Game, UserGameMapping, game_id=ALMOST_FULL)
    request = query.request()
    assert "BETWEEN" in request["KeyConditionExpression"]
    assert {"S": f"#METADATA#{ALMOST_FULL}"} in request["ExpressionAttributeValues"].values()
    assert {"S": "USER$"} in request["ExpressionAttributeValues"].values()  # "$" is what follows "#"
    measured = query.measured()
    assert (measured.count, measured.scanned_count, measured.requests) == (18, 18, 1)
