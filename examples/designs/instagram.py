"""Instagram: photos, and who likes, comments and follows.

    python examples/designs/instagram.py

    entity     PK                   SK                      GSI1PK               GSI1SK
    User       USER#<username>      USER#<username>
    Photo      UP#<username>        PHOTO#<photo_id>
    Like       PL#<photo_id>        LIKE#<liked_by>         PL#<photo_id>        LIKE#<like_id>
    Comment    PC#<photo_id>        COMMENT#<comment_id>
    Follow     FOLLOW#<followed>    FOLLOW#<follower>       FOLLOW#<follower>    FOLLOW#<followed>

Access patterns:

    sign up, with a name that is not taken                create_user
    look at a user                                        user
    post a photo                                          post_photo
    look at a photo                                       photo
    the photos of a user, newest first                    photos_of_user
    like a photo, once; change one's mind                 like_photo, unlike_photo
    does this user like that photo?                       likes
    who likes a photo, newest first                       likes_of_photo
    comment on a photo                                    comment_on_photo
    the comments on a photo, in the order of writing      comments_on_photo
    follow a user, once; stop it                          follow, unfollow
    who follows a user                                    followers, profiles_of_followers
    whom a user follows                                   followed, profiles_of_followed

A user likes a photo once, so that the table's key of a like is made of both; in the same partition of GSI1 the likes
lie in the order of time, which the ULID begins with. Whatever is counted is counted in the transaction that adds it: a
like or a follow that is there already, or anything about what is not there, counts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from pynamite import Index, Store, Table, attribute, entity, field, new_ulid


@entity(pk="USER#<username>", sk="USER#<username>")
class User:
    """Who posts photos, or looks at them."""

    username: str
    name: str
    follower_count: int = 0
    following_count: int = 0


@entity(pk="UP#<username>", sk="PHOTO#<photo_id>")
class Photo:
    """A photo of a user."""

    username: str
    photo_id: str = field(factory=new_ulid)
    url: str
    like_count: int = 0
    comment_count: int = 0


@entity(
    pk="PL#<photo_id>",
    sk="LIKE#<liked_by>",
    indexes={"GSI1": ("PL#<photo_id>", "LIKE#<like_id>")},
)
class Like:
    """Somebody likes a photo."""

    photo_id: str
    liked_by: str
    like_id: str = field(factory=new_ulid)


@entity(pk="PC#<photo_id>", sk="COMMENT#<comment_id>")
class Comment:
    """What somebody says about a photo."""

    photo_id: str
    comment_id: str = field(factory=new_ulid)
    commented_by: str
    text: str


@entity(
    pk="FOLLOW#<followed>",
    sk="FOLLOW#<follower>",
    indexes={"GSI1": ("FOLLOW#<follower>", "FOLLOW#<followed>")},
)
class Follow:
    """Somebody follows a user."""

    followed: str
    follower: str


def instagram_table(name: str = "instagram") -> Table:
    """Declare the table."""
    return Table(name, User, Photo, Like, Comment, Follow, indexes=[Index("GSI1")])


# Users and photos


def create_user(store: Store, username: str, name: str) -> User:
    """Sign up, unless the name is taken.

    Raises:
        ItemExistsError: it is.
    """
    return store[User].create(User(username=username, name=name))


def user(store: Store, username: str) -> User | None:
    """Look at a user."""
    return store[User].get(username=username)


def post_photo(store: Store, username: str, url: str) -> Photo:
    """Post a photo."""
    return store[Photo].create(Photo(username=username, url=url))


def photo(store: Store, username: str, photo_id: str) -> Photo | None:
    """Look at a photo."""
    return store[Photo].get(username=username, photo_id=photo_id)


def photos_of_user(store: Store, username: str, most: int = 25) -> list[Photo]:
    """List the photos of a user, newest first."""
    return store[Photo].query(username=username).reverse().limit(most).all()


# Likes


def like_photo(store: Store, photo: Photo, username: str) -> None:
    """Like a photo, and count it.

    Raises:
        TransactionCanceledError: the user likes it already, or there is no such photo; nothing is counted.
    """
    with store.transaction() as tx:
        tx[Like].create(Like(photo_id=photo.photo_id, liked_by=username))
        tx[Photo].update(photo, attribute(Photo.like_count).add(1))


def unlike_photo(store: Store, photo: Photo, username: str) -> None:
    """Like a photo no more.

    Raises:
        TransactionCanceledError: the user does not like it; nothing is counted.
    """
    with store.transaction() as tx:
        tx[Like].delete(photo_id=photo.photo_id, liked_by=username, must_exist=True)
        tx[Photo].update(photo, attribute(Photo.like_count).subtract(1))


def likes(store: Store, photo: Photo, username: str) -> bool:
    """Tell whether a user likes a photo."""
    return store[Like].get(photo_id=photo.photo_id, liked_by=username) is not None


def likes_of_photo(store: Store, photo: Photo, most: int = 25) -> list[Like]:
    """List who likes a photo, newest first."""
    return store[Like].query("GSI1", photo_id=photo.photo_id).reverse().limit(most).all()


# Comments


def comment_on_photo(store: Store, photo: Photo, username: str, text: str) -> Comment:
    """Comment on a photo, and count it.

    Raises:
        TransactionCanceledError: there is no such photo.
    """
    comment = Comment(photo_id=photo.photo_id, commented_by=username, text=text)
    with store.transaction() as tx:
        tx[Comment].create(comment)
        tx[Photo].update(photo, attribute(Photo.comment_count).add(1))
    return comment


def comments_on_photo(store: Store, photo: Photo, most: int = 25) -> list[Comment]:
    """List the comments on a photo, in the order in which they were written."""
    return store[Comment].query(photo_id=photo.photo_id).limit(most).all()


# Follows


def follow(store: Store, follower: str, followed: str) -> None:
    """Follow a user, and count it for both.

    Raises:
        TransactionCanceledError: one follows the other already, or there is no such user; nothing is counted.
    """
    with store.transaction() as tx:
        tx[Follow].create(Follow(followed=followed, follower=follower))
        tx[User].update({"username": followed}, attribute(User.follower_count).add(1))
        tx[User].update({"username": follower}, attribute(User.following_count).add(1))


def unfollow(store: Store, follower: str, followed: str) -> None:
    """Follow a user no more.

    Raises:
        TransactionCanceledError: one does not follow the other; nothing is counted.
    """
    with store.transaction() as tx:
        tx[Follow].delete(followed=followed, follower=follower, must_exist=True)
        tx[User].update({"username": followed}, attribute(User.follower_count).subtract(1))
        tx[User].update({"username": follower}, attribute(User.following_count).subtract(1))


def followers(store: Store, username: str) -> list[str]:
    """List the names of those who follow a user."""
    return [follow.follower for follow in store[Follow].partition(followed=username)]


def followed(store: Store, username: str) -> list[str]:
    """List the names of those whom a user follows."""
    return [follow.followed for follow in store[Follow].query("GSI1", follower=username)]


def profiles_of_followers(store: Store, username: str) -> list[User]:
    """Read those who follow a user: one query for their names, then all of them at once."""
    return _profiles(store, followers(store, username))


def profiles_of_followed(store: Store, username: str) -> list[User]:
    """Read those whom a user follows."""
    return _profiles(store, followed(store, username))


def _profiles(store: Store, usernames: Iterable[str]) -> list[User]:
    """Read users by their names; one who is gone is left out."""
    found = store[User].get_many({"username": username} for username in usernames)
    return [user for user in found if user is not None]


def fill(store: Store) -> list[Photo]:
    """Sign four users up; ann posts three photos, the others like the first and follow her. Gives the photos."""
    for username in ("ann", "bob", "cy", "dee"):
        create_user(store, username, username.title())
    photos = [post_photo(store, "ann", f"https://example.com/{title}.jpg") for title in ("cat", "dog", "sea")]
    for username in ("dee", "bob", "cy"):
        like_photo(store, photos[0], username)
        follow(store, username, "ann")
    follow(store, "ann", "cy")
    comment_on_photo(store, photos[0], "dee", "What a cat!")
    comment_on_photo(store, photos[0], "ann", "Thank you.")
    return photos


def main() -> None:
    """Look around."""
    with instagram_table().connect("sqlite://") as store:
        store.create_table()
        cat, *_ = fill(store)
        print("ann:", user(store, "ann"))
        print("her photos, newest first:", [photo.url for photo in photos_of_user(store, "ann")])
        print("the first of them:", photo(store, "ann", cat.photo_id))
        print("who likes it, newest first:", [like.liked_by for like in likes_of_photo(store, cat)])
        print("what they say:", [(comment.commented_by, comment.text) for comment in comments_on_photo(store, cat)])
        print("who follows her:", [user.name for user in profiles_of_followers(store, "ann")])
        print("whom she follows:", [user.name for user in profiles_of_followed(store, "ann")])


if __name__ == "__main__":
    main()
