"""Instagram: answers of its access patterns, and what is tricky in it."""

from __future__ import annotations

import pytest

from examples.designs.instagram import (
    Comment,
    Follow,
    Like,
    Photo,
    User,
    comment_on_photo,
    comments_on_photo,
    create_user,
    fill,
    follow,
    followed,
    followers,
    instagram_table,
    like_photo,
    likes,
    likes_of_photo,
    photo,
    photos_of_user,
    post_photo,
    profiles_of_followed,
    profiles_of_followers,
    unfollow,
    unlike_photo,
    user,
)
from pynamite.errors import ItemExistsError, ItemNotFoundError, TransactionCanceledError


@pytest.fixture
def store(client, table_name):
    """The table, empty."""
    store = instagram_table(table_name).connect(client)
    store.create_table()
    return store


def reasons(caught):
    """Name what cancelled a transaction, write by write."""
    return [None if reason is None else type(reason) for reason in caught.value.reasons]


def test_the_keys_are_those_of_the_design(store):
    """Each entity lies where the design puts it."""
    store[Like].put(Like(photo_id="1", liked_by="ann", like_id="2"))
    store[Follow].put(Follow(followed="ann", follower="bob"))
    assert store.db.get("PL#1.LIKE#ann", "GSI1PK, GSI1SK") == {"GSI1PK": "PL#1", "GSI1SK": "LIKE#2"}
    assert store.db.get("FOLLOW#ann.FOLLOW#bob", "GSI1PK, GSI1SK") == {"GSI1PK": "FOLLOW#bob", "GSI1SK": "FOLLOW#ann"}
    table = instagram_table()
    assert table.key(User(username="ann", name="Ann")) == {"PK": "USER#ann", "SK": "USER#ann"}
    assert table.key(Photo(username="ann", photo_id="1", url="x")) == {"PK": "UP#ann", "SK": "PHOTO#1"}
    assert table.key(Comment(photo_id="1", comment_id="2", commented_by="ann", text="x")) == {
        "PK": "PC#1",
        "SK": "COMMENT#2",
    }


def test_a_user_signs_up_once(store):
    """A name that is taken stays who it was."""
    ann = create_user(store, "ann", "Ann")
    with pytest.raises(ItemExistsError):
        create_user(store, "ann", "Another")
    assert user(store, "ann") == ann
    assert user(store, "bob") is None


def test_photos_are_found_newest_first(store):
    """The ids begin with the time, so that the sort key orders photos by it."""
    photos = [post_photo(store, "ann", f"{number}.jpg") for number in range(5)]
    post_photo(store, "bob", "other.jpg")
    assert photos_of_user(store, "ann") == photos[::-1]
    assert photos_of_user(store, "ann", most=2) == photos[:2:-1]
    assert photo(store, "ann", photos[0].photo_id) == photos[0]
    assert photo(store, "bob", photos[0].photo_id) is None


def test_a_photo_is_liked_once_but_likes_are_listed_by_time(store):
    """The table's key is of photo and user, that of the index of photo and time: same partition, other order."""
    cat, dog, _ = fill(store)
    assert [like.liked_by for like in likes_of_photo(store, cat)] == ["cy", "bob", "dee"]
    assert [like.liked_by for like in likes_of_photo(store, cat, most=1)] == ["cy"]
    assert [like.liked_by for like in store[Like].partition(photo_id=cat.photo_id)] == ["bob", "cy", "dee"]
    assert likes_of_photo(store, dog) == []
    assert likes(store, cat, "bob") and not likes(store, dog, "bob")
    with pytest.raises(TransactionCanceledError) as caught:
        like_photo(store, cat, "bob")
    assert reasons(caught) == [ItemExistsError, None]
    assert photo(store, "ann", cat.photo_id).like_count == 3
    assert len(likes_of_photo(store, cat)) == 3


def test_what_is_not_there_cannot_be_liked_or_commented(store):
    """The counter needs its photo: without, there is no like and no comment either."""
    fill(store)
    nothing = Photo(username="ann", url="x")
    with pytest.raises(TransactionCanceledError) as caught:
        like_photo(store, nothing, "bob")
    assert reasons(caught) == [None, ItemNotFoundError]
    with pytest.raises(TransactionCanceledError) as caught:
        comment_on_photo(store, nothing, "bob", "Hello?")
    assert reasons(caught) == [None, ItemNotFoundError]
    assert likes_of_photo(store, nothing) == []
    assert comments_on_photo(store, nothing) == []
    assert photo(store, "ann", nothing.photo_id) is None


def test_a_like_can_be_taken_back_once(store):
    """The like goes with its count."""
    cat, *_ = fill(store)
    unlike_photo(store, cat, "bob")
    assert not likes(store, cat, "bob")
    with pytest.raises(TransactionCanceledError) as caught:
        unlike_photo(store, cat, "bob")
    assert reasons(caught) == [ItemNotFoundError, None]
    assert photo(store, "ann", cat.photo_id).like_count == 2


def test_comments_are_listed_in_the_order_of_writing(store):
    """Comments come oldest first, and are counted."""
    cat, *_ = fill(store)
    last = comment_on_photo(store, cat, "bob", "Miaow.")
    assert [comment.text for comment in comments_on_photo(store, cat)] == ["What a cat!", "Thank you.", "Miaow."]
    assert comments_on_photo(store, cat)[-1] == last
    assert len(comments_on_photo(store, cat, most=2)) == 2
    assert photo(store, "ann", cat.photo_id).comment_count == 3


def test_one_transaction_counts_on_two_items_besides_the_follow(store):
    """Follower and followed are counted together, or neither."""
    fill(store)
    assert (user(store, "ann").follower_count, user(store, "ann").following_count) == (3, 1)
    assert (user(store, "cy").follower_count, user(store, "cy").following_count) == (1, 1)
    with pytest.raises(TransactionCanceledError) as caught:
        follow(store, "bob", "ann")
    assert reasons(caught) == [ItemExistsError, None, None]
    with pytest.raises(TransactionCanceledError) as caught:
        follow(store, "bob", "nobody")
    assert reasons(caught) == [None, ItemNotFoundError, None]
    assert (user(store, "bob").following_count, user(store, "ann").follower_count) == (1, 3)
    assert user(store, "nobody") is None and followers(store, "nobody") == []
    unfollow(store, "bob", "ann")
    assert (user(store, "bob").following_count, user(store, "ann").follower_count) == (0, 2)
    with pytest.raises(TransactionCanceledError) as caught:
        unfollow(store, "bob", "ann")
    assert reasons(caught) == [ItemNotFoundError, None, None]


def test_followers_are_queried_then_read_by_keys_made_of_an_attribute(store):
    """The names come from the follows, the users from one batch; the index turns a follow round."""
    fill(store)
    assert followers(store, "ann") == ["bob", "cy", "dee"]
    assert followed(store, "ann") == ["cy"]
    assert profiles_of_followers(store, "ann") == [user(store, name) for name in ("bob", "cy", "dee")]
    assert profiles_of_followed(store, "bob") == [user(store, "ann")]
    assert profiles_of_followers(store, "dee") == []
    store[User].delete(username="cy")
    assert [profile.username for profile in profiles_of_followers(store, "ann")] == ["bob", "dee"]
