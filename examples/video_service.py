"""A video service: users have channels, channels have videos, and what people watch is counted.

    python examples/video_service.py                          # in the file video_service.db
    python examples/video_service.py http://127.0.0.1:8000    # in DynamoDB Local

One table holds three kinds of item:

    PK         SK                      attributes
    USER       #ACTIVE#ACC_15464279    firstname, email, verified
    CHANNEL    #penny_makes_things     channel, author, videos, subscribers
    VIDEO      #VID_15464279           Title, author, channel, views

All users share a partition here, and so do all channels and all videos. That is easy to look at, and good enough for a
small service. The entities in the second half spread over many partitions, and a channel shares one with its videos.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pprint import pprint

from pynamite import Index, Repository, Store, Table, Transaction, attribute, dynamo, entity
from pynamite.errors import ItemExistsError
from pynamite.expression import Increment, SetAdd, SetRemove

URL = sys.argv[1] if len(sys.argv) > 1 else "sqlite:///video_service.db"



def main() -> None:
    """Run the service on plain items, then on entities."""
    with_plain_items()
    with_entities()


# Plain items: dicts, found by keys that are texts or lists.

JOHN = ["USER", "#ACTIVE#ACC_45438981"]
PENNY = ["USER", "#ACTIVE#ACC_15464279"]
CHANNEL = ["CHANNEL", "#penny_makes_things"]
SOUP = ["VIDEO", "#VID_15464279"]


def with_plain_items() -> None:
    """Use the DB core: `update` makes an item that is not there, and changes one that is."""
    title("Plain items")
    dynamo.create_table("youtubeclone.com", URL, exist_ok=True)
    with dynamo.DB("youtubeclone.com", URL) as db:
        empty(db)
        sign_up(db)
        publish(db)
        watch(db)
        moderate(db)
        publish_in_a_batch(db)
        step("what is in the table")
        pprint(dynamo.show_schema(db))


def empty(db: dynamo.DB) -> None:
    """Delete what an earlier run left."""
    with db.batch() as batch:
        for item in db.scan():
            batch.delete([item["PK"], item["SK"]])


def sign_up(db: dynamo.DB) -> None:
    """Make two users; one of them verifies the e-mail address."""
    db.update(JOHN, {"firstname": "John", "email": "john@example.com", "verified": True})
    db.update(PENNY, {"firstname": "Penny", "email": "penny@example.com", "verified": False})

    step("a user: the key may be one text, in which the first dot separates")
    pprint(db.get("USER.#ACTIVE#ACC_45438981"))

    step("an update gives what changed, or the whole item")
    pprint(db.update(PENNY, {"verified": True}))
    pprint(db.update(PENNY, {"verified": True}, ReturnValues="ALL_NEW"))


def publish(db: dynamo.DB) -> None:
    """Make a channel and a video, and count the video."""
    db.update(CHANNEL, {"author": "ACC_15464279", "videos": 0, "subscribers": 0, "channel": "penny_makes_things"})
    video = {"Title": "How to make soup", "views": 0, "author": "ACC_15464279", "channel": "penny_makes_things"}
    db.update(SOUP, video)
    db.update(CHANNEL, {"videos": Increment("videos")})


def watch(db: dynamo.DB) -> None:
    """Count three views and two subscribers: the database adds, so that nobody's view is lost."""
    for _ in range(3):
        db.update(SOUP, {"views": Increment("views")})
    for _ in range(2):
        db.update(CHANNEL, {"subscribers": Increment("subscribers")})

    step("the video and its channel")
    pprint(dynamo.remove_meta(db.get(SOUP, default={})))
    pprint(dynamo.remove_meta(db.get(CHANNEL, default={})))


def moderate(db: dynamo.DB) -> None:
    """Keep a set of marks on a video; a set that becomes empty is gone, since DynamoDB has no empty sets."""
    step("a video is moderated, and moderated no more")
    pprint(db.update(SOUP, {"__shadow_ban_level": SetAdd("__shadow_ban_level", "MODERATE")}))
    pprint(db.update(SOUP, {"__shadow_ban_level": SetRemove("__shadow_ban_level", "MODERATE")}))
    pprint(db.get(SOUP, "Title, __shadow_ban_level"))


def publish_in_a_batch(db: dynamo.DB) -> None:
    """Collect writes, and send them together; an aborted batch sends nothing."""
    step("a batch")
    with db.batch() as batch:
        batch.update("VIDEO.#VID_15464280", {"Title": "How to make bread", "views": 0, "channel": "penny_makes_things"})
        batch.update(CHANNEL, {"videos": Increment("videos")})
    pprint(db.get(CHANNEL, "videos"))

    with db.batch() as batch:
        batch.delete(SOUP)
        batch.abort()
    print("still there:", db.get(SOUP, "Title"))


# Entities: classes whose fields make the keys.


@entity(pk="USER#<account_id>", sk="PROFILE")
class User:
    """Someone who watches, or makes, videos."""

    account_id: str
    first_name: str
    email: str
    verified: bool = False


@entity(pk="CHANNEL#<handle>", sk="CHANNEL")
class Channel:
    """What people subscribe to; it counts what it has."""

    handle: str
    author: str
    videos: int = 0
    subscribers: int = 0


@entity(
    pk="CHANNEL#<handle>",
    sk="VIDEO#<published>#<video_id>",
    indexes={"ByAuthor": ("AUTHOR#<author>", "<published>"), "Moderated": ("MODERATED#<moderation>", "<published>")},
)
class Video:
    """A video; while `moderation` is None it is not in the index Moderated."""

    handle: str
    video_id: str
    published: datetime
    title: str
    author: str
    views: int = 0
    moderation: str | None = None


class Videos(Repository[Video]):
    """The questions that the service asks about videos, by name."""

    def newest(self, handle: str, most: int) -> list[Video]:
        """The channel's newest videos, newest first."""
        return self.query(handle=handle).reverse().limit(most).all()

    def moderated(self) -> list[Video]:
        """Videos that somebody has to look at."""
        return self.query("Moderated", moderation="MODERATE").all()


table = Table("videos", User, Channel, Video, indexes=[Index("ByAuthor"), Index("Moderated")])


@table.on_create(Video)
def count_video(new: Video, tx: Transaction) -> None:
    """Count a video in its channel, in the transaction that creates it: no video is made without this."""
    tx[Channel].update({"handle": new.handle}, attribute(Channel.videos).add(1))


@table.on_delete(Video)
def discount_video(old: Video, tx: Transaction) -> None:
    """Count a video no more that is deleted."""
    tx[Channel].update({"handle": old.handle}, attribute(Channel.videos).subtract(1))


NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
DISHES = ["soup", "bread", "cake", "pasta", "salad"]


def with_entities() -> None:
    """Use repositories and transactions."""
    title("Entities")
    with table.connect(URL) as store:
        if store.exists():
            store.delete_table()
        store.create_table()
        sign_up_users(store)
        publish_videos(store)
        publish_twice(store)
        watch_videos(store)
        moderate_video(store)
        read_in_pages(store)


def sign_up_users(store: Store) -> None:
    """Create refuses an account that is there already; update gives the new instance."""
    step("a user verifies the e-mail address")
    store[User].create(User(account_id="ACC_15464279", first_name="Penny", email="penny@example.com"))
    print(store[User].update({"account_id": "ACC_15464279"}, {"verified": True}))


def publish_videos(store: Store) -> None:
    """A video and its channel's count change together, or not at all: the reaction above sees to it."""
    store[Channel].create(Channel(handle="penny_makes_things", author="ACC_15464279"))
    for number, dish in enumerate(DISHES):
        store[Video].create(Video(
            handle="penny_makes_things", video_id=f"VID_{number}", published=NOON + timedelta(days=number),
            title=f"How to make {dish}", author="ACC_15464279",
        ))

    step("the channel, and its newest videos")
    print(store[Channel].require(handle="penny_makes_things"))
    print(*(video.title for video in Videos(store).newest("penny_makes_things", 2)), sep="\n")


def publish_twice(store: Store) -> None:
    """A video that is there already is not created, and not counted either."""
    step("the same video once more")
    (newest,) = Videos(store).newest("penny_makes_things", 1)
    try:
        store[Video].create(newest)
    except ItemExistsError as error:
        print(error)
    print("videos:", store[Channel].require(handle="penny_makes_things").videos)

    step("and a video less")
    store[Video].delete(newest)
    print("videos:", store[Channel].require(handle="penny_makes_things").videos)


def watch_videos(store: Store) -> None:
    """Views are added by the database; a filter finds the popular videos."""
    (newest,) = Videos(store).newest("penny_makes_things", 1)
    for _ in range(3):
        store[Video].update(newest, attribute(Video.views).add(1))

    step("what the author made since the third of May, and what of it was watched")
    recent = store[Video].query("ByAuthor", author="ACC_15464279").ge(published=NOON + timedelta(days=2))
    print([video.title for video in recent])
    print([(video.title, video.views) for video in recent.filter(attribute(Video.views) > 0)])


def moderate_video(store: Store) -> None:
    """An index key follows its field: None takes the video out of the index."""
    (newest,) = Videos(store).newest("penny_makes_things", 1)

    step("a video is moderated, and moderated no more")
    store[Video].update(newest, {"moderation": "MODERATE"})
    print([video.title for video in Videos(store).moderated()])
    store[Video].update(newest, {"moderation": None})
    print([video.title for video in Videos(store).moderated()])


def read_in_pages(store: Store) -> None:
    """A cursor is a text that can be handed to a web client."""
    step("all videos, two on a page")
    videos = store[Video].query(handle="penny_makes_things")
    page = videos.page(2)
    print([video.title for video in page.items])
    while page.cursor is not None:
        page = videos.page(2, page.cursor)
        print([video.title for video in page.items])


def title(text: str) -> None:
    """Print a heading."""
    print(f"\n{text}\n{'=' * len(text)}")


def step(text: str) -> None:
    """Print what comes next."""
    print(f"\n-- {text}")


if __name__ == "__main__":
    main()
