"""A video service: users have channels, channels have videos, and what people watch is counted.

    python examples/video_service.py                          # in the file video_service.db
    python examples/video_service.py http://127.0.0.1:8000    # in DynamoDB Local

One table holds three kinds of item:

    PK         SK                      attributes
    USER       #ACTIVE#ACC_15464279    firstname, email, verified
    CHANNEL    #penny_makes_things     channel, author, videos, subscribers
    VIDEO      #VID_15464279           Title, author, channel, views

All users share a partition here, and so do all channels and all videos. That is easy to look at, and good enough for a
small service; the entities in the second half spread over many partitions.
"""

from __future__ import annotations

import sys
from pprint import pprint

from pynamite import dynamo
from pynamite.expression import Increment, SetAdd, SetRemove

URL = sys.argv[1] if len(sys.argv) > 1 else "sqlite:///video_service.db"

JOHN = ["USER", "#ACTIVE#ACC_45438981"]
PENNY = ["USER", "#ACTIVE#ACC_15464279"]
CHANNEL = ["CHANNEL", "#penny_makes_things"]
SOUP = ["VIDEO", "#VID_15464279"]


def main() -> None:
    """Work with the service as plain items, then as entities."""
    with_plain_items()


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


def title(text: str) -> None:
    """Print a heading."""
    print(f"\n{text}\n{'=' * len(text)}")


def step(text: str) -> None:
    """Print what comes next."""
    print(f"\n-- {text}")


if __name__ == "__main__":
    main()
