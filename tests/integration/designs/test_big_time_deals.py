"""Big Time Deals: answers of its access patterns, and what is tricky in it."""

from __future__ import annotations

from datetime import timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from examples.designs.big_time_deals import (
    COPIES,
    MAY,
    Brand,
    Brands,
    Category,
    Deal,
    DealsCache,
    FeaturedDeal,
    FrontPage,
    Message,
    User,
    all_users,
    brand_names,
    brand_page,
    cache_latest_deals,
    cached_deals,
    category_page,
    create_brand,
    create_deal,
    create_user,
    deal,
    deals_before,
    deals_table,
    edit_editors_choice,
    edit_front_page,
    editors_choice,
    feature_in_category,
    fill,
    front_page,
    latest_deals,
    latest_deals_of_brand,
    latest_deals_of_category,
    like_brand,
    like_category,
    mark_read,
    messages,
    tell_everybody,
    tell_watchers_of_brand,
    tell_watchers_of_category,
    unread_messages,
    user,
    watch_brand,
    watch_category,
    watchers_of_brand,
    watchers_of_category,
)
from pynamite.errors import ItemExistsError, ItemNotFoundError, TransactionCanceledError

NOW = MAY + timedelta(days=20)


@pytest.fixture
def empty(client, table_name):
    """The table, with nothing in it."""
    store = deals_table(table_name).connect(client)
    store.create_table()
    return store


@pytest.fixture
def deals(empty):
    """The deals of the sample data, which is in the store."""
    return fill(empty)


@pytest.fixture
def store(empty, deals):
    """The table with the sample data."""
    return empty


def made(**more: Any) -> Deal:
    """Make a deal."""
    given = {"title": "t", "link": "l", "price": Decimal(1), "brand": "Lego", "category": "Toys", "created_at": MAY}
    return Deal(**{**given, **more})


def ids(found):
    return [one.deal_id for one in found]


def test_a_deal_is_posted_and_looked_at(store, deals):
    """A deal is found by its id, and posted once."""
    assert deal(store, deals[0].deal_id) == deals[0]
    assert deal(store, "none") is None
    with pytest.raises(ItemExistsError):
        create_deal(store, deals[0])


def test_the_latest_deals_are_found_day_by_day(store, deals):
    """The newest come first, over days without any, until there are enough or no more."""
    assert ids(latest_deals(store, NOW, 25)) == ids(deals[::-1][:25])
    assert ids(latest_deals(store, NOW, 3)) == ids(deals[::-1][:3])
    assert ids(latest_deals(store, NOW, 100)) == ids(deals[::-1])
    assert ids(latest_deals(store, MAY + timedelta(days=1), 100)) == ids(deals[3::-1])
    assert latest_deals(store, MAY - timedelta(days=1)) == []
    assert latest_deals(store, NOW + timedelta(days=60)) == []  # only so many days are looked at


def test_the_latest_deals_of_a_brand_or_a_category(store, deals):
    """They are those of the brand, or the category, alone."""
    bricks, shoes = deals[0::2], deals[1::2]
    assert ids(latest_deals_of_brand(store, "Lego", NOW, 5)) == ids(bricks[::-1][:5])
    assert ids(latest_deals_of_category(store, "Sports", NOW, 25)) == ids(shoes[::-1])
    assert latest_deals_of_brand(store, "Puma", NOW) == []


def test_a_brand_is_listed_once(store):
    """A second one of that name is refused, and does not come into the list."""
    assert brand_names(store) == ["Lego", "Nike"]
    create_brand(store, "Adidas", "adidas.svg")
    with pytest.raises(TransactionCanceledError):
        create_brand(store, "NIKE", "other.svg")
    assert brand_names(store) == ["Adidas", "Lego", "Nike"]


def test_a_brand_page_has_its_latest_deals(store, deals):
    """The brand comes with its deals; one that is not there is an error."""
    brand, found = brand_page(store, "Nike", NOW)
    assert brand == Brand(name="Nike", logo="nike.svg")
    assert ids(found) == ids(deals[1::2][::-1])
    with pytest.raises(ItemNotFoundError):
        brand_page(store, "Puma", NOW)


def test_a_brand_is_liked_once(store):
    """A like counts once for each user, and only for a brand that is there."""
    like_brand(store, "Nike", "ann")
    like_brand(store, "Nike", "bob")
    with pytest.raises(TransactionCanceledError) as again:
        like_brand(store, "Nike", "ann")
    assert isinstance(again.value.reasons[0], ItemExistsError)
    with pytest.raises(TransactionCanceledError) as unknown:
        like_brand(store, "Puma", "ann")
    assert isinstance(unknown.value.reasons[1], ItemNotFoundError)
    assert store[Brand].require(name="Nike").likes == 2


def test_those_who_watch_a_brand_are_told(store, deals):
    """Each of them gets a message, nobody else does."""
    watch_brand(store, "Nike", "ann")
    watch_brand(store, "Nike", "cy")
    with pytest.raises(TransactionCanceledError):
        watch_brand(store, "Nike", "cy")
    assert watchers_of_brand(store, "Nike") == ["ann", "cy"]
    assert store[Brand].require(name="Nike").watchers == 2
    assert tell_watchers_of_brand(store, deals[1]) == 2
    assert [one.subject for one in messages(store, "cy")] == ["New from Nike: shoes"]
    assert messages(store, "bob") == []


def test_a_category_comes_to_be_with_its_first_use(store, deals):
    """Featured deals, likes and watchers each make it, and leave the others alone."""
    assert category_page(store, "Toys", NOW) == (Category(name="Toys"), deals[0::2][::-1])
    like_category(store, "Toys", "ann")
    watch_category(store, "Toys", "ann")
    feature_in_category(store, "Toys", deals[:1])
    with pytest.raises(TransactionCanceledError):
        like_category(store, "Toys", "ann")
    with pytest.raises(TransactionCanceledError):
        watch_category(store, "Toys", "ann")
    category, _ = category_page(store, "Toys", NOW)
    assert category == Category(
        name="Toys", featured=[FeaturedDeal(deals[0].deal_id, "bricks")], likes=1, watchers=1
    )
    assert watchers_of_category(store, "Toys") == ["ann"]
    assert tell_watchers_of_category(store, deals[0]) == 1


def test_users_sign_up_once(store):
    """A name that is taken is refused."""
    found = user(store, "ann")
    assert found is not None and found.name == "Ann"
    assert user(store, "eve") is None
    with pytest.raises(ItemExistsError):
        create_user(store, "ann", "Another", NOW)


@pytest.mark.parametrize("segments", [1, 4])
def test_all_users_are_in_an_index_of_their_own(store, segments):
    """The scan reads users only, in one part or in several, and each once."""
    assert sorted(one.username for one in all_users(store, segments)) == ["ann", "bob", "cy"]
    assert store[User].scan("UserIndex").measured().scanned_count == 3


def test_everybody_is_told(store, deals):
    """Each user has a message."""
    assert tell_everybody(store, deals[0]) == 3
    assert [len(unread_messages(store, name)) for name in ("ann", "bob", "cy")] == [1, 1, 1]


def test_messages_are_listed_newest_first(store, deals):
    """The ids of messages sort by time."""
    for one in deals[:3]:
        store[Message].create(Message(username="ann", subject=one.title, deal_id=one.deal_id))
    assert ids(messages(store, "ann")) == ids(deals[2::-1])
    assert ids(unread_messages(store, "ann")) == ids(deals[2::-1])


def test_copies_of_the_latest_deals_are_all_the_same(store, deals):
    """Whichever copy is read has the latest deals; before they are made there are none."""
    assert cached_deals(store) == []
    cache_latest_deals(store, NOW)
    assert {len(cached_deals(store)) for _ in range(20)} == {25}
    assert store[DealsCache].count() == COPIES
    assert {one.deals[0].deal_id for one in store[DealsCache].scan()} == {deals[-1].deal_id}


def test_trap_the_partition_is_the_day_of_the_moment_in_utc(store):
    """A moment is cut to its day; one that is given in another time zone is of the day that it has in UTC."""
    midnight = MAY.replace(hour=0) + timedelta(days=30)
    create_deal(store, made(deal_id="last", created_at=midnight - timedelta(microseconds=1)))
    create_deal(store, made(deal_id="first", created_at=midnight.astimezone(timezone(timedelta(hours=-5)))))
    by_day = store[Deal].query("GSI1", created_at=midnight + timedelta(hours=23))
    assert by_day.request()["ExpressionAttributeValues"][":v0"] == {"S": "DEALS#2026-05-31"}
    assert ids(by_day) == ["first"]
    assert ids(latest_deals(store, midnight, 2)) == ["first", "last"]


def test_trap_names_stand_in_keys_in_upper_case(store):
    """Any spelling finds the brand, which keeps its own."""
    for spelled in ("nike", "NIKE", "Nike"):
        assert store[Brand].require(name=spelled).name == "Nike"
        assert len(latest_deals_of_brand(store, spelled, NOW)) == 19
    like_brand(store, "nike", "ann")
    with pytest.raises(TransactionCanceledError):
        like_brand(store, "NIKE", "ann")
    like_category(store, "Toys", "ann")
    like_category(store, "TOYS", "bob")
    assert store[Category].require(name="toys") == Category(name="Toys", likes=2)


def test_trap_a_message_has_index_keys_only_while_it_is_unread(store, deals):
    """Marking it read removes both attributes of the index; marking it unread again writes them."""
    tell_everybody(store, deals[0])
    (message,) = unread_messages(store, "ann")
    place = {"PK": "MESSAGES#ann", "SK": f"MESSAGE#{message.message_id}"}
    item = store.db.get(place)
    assert (item["GSI1PK"], item["GSI1SK"]) == (place["PK"], place["SK"])
    assert mark_read(store, message).unread is False
    assert not {"GSI1PK", "GSI1SK"} & set(store.db.get(place))
    assert unread_messages(store, "ann") == [] and len(messages(store, "ann")) == 1
    assert len(unread_messages(store, "bob")) == 1
    store[Message].update(message, {"unread": True})
    assert len(unread_messages(store, "ann")) == 1


def test_trap_a_singleton_needs_no_arguments(store, deals):
    """What there is one of is read, written and changed without naming a key."""
    edit_front_page(store, deals[:2])
    edit_editors_choice(store, deals[2:3])
    assert [one.deal_id for one in front_page(store).featured] == ids(deals[:2])
    assert store[FrontPage].require() == front_page(store)
    assert [one.title for one in editors_choice(store).featured] == ["bricks"]
    assert store[FrontPage].delete() is True
    assert front_page(store) == FrontPage()


def test_trap_a_singleton_that_is_not_there_has_a_default(empty):
    """Before anything is written, the lists are empty, and no error."""
    assert brand_names(empty) == []
    assert front_page(empty).featured == editors_choice(empty).featured == []
    assert empty[Brands].get() is None


def test_trap_an_upper_bound_stays_within_the_prefix(store):
    """Deals before a deal are those of its day, and nothing whose key merely sorts before it."""
    for n in range(4):
        create_deal(store, made(deal_id=f"{n}", created_at=NOW))
    for sort_key in ("DEA", "DEAL", "DEAL!", "DEAL$", "CODE#1"):  # what the index has around the prefix DEAL#
        store.db.put({"PK": sort_key, "SK": sort_key}, {"GSI1PK": "DEALS#2026-05-21", "GSI1SK": sort_key})
    two = store[Deal].require(deal_id="2")
    assert ids(deals_before(store, two)) == ["1", "0"]
    same_day = store[Deal].query("GSI1", created_at=NOW)
    assert ids(same_day.gt(deal_id="2")) == ["3"]
    assert ids(same_day) == ["0", "1", "2", "3"]
    assert same_day.measured().scanned_count == 4
    assert ids(latest_deals(store, NOW, 4)) == ["3", "2", "1", "0"]
