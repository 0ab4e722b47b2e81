"""Bookmarks: customers keep links in folders.

    python examples/bookmarks.py                          # in the file bookmarks.db
    python examples/bookmarks.py http://127.0.0.1:8000    # in DynamoDB Local

One table holds two kinds of item. A customer and all the customer's bookmarks share a partition: one query reads them
together:

    PK     SK                        attributes
    123    CUST#123                  email, fullName, userPreferences
    123    https://aws.amazon.com    title, folder, url, description, createDate, updateDate

Three indexes answer the other questions: who has this e-mail address (ByEmail), who bookmarked this page (ByUrl), and
what is in this folder (ByCustomerFolder).
"""

from __future__ import annotations

import sys
from pprint import pprint
from textwrap import shorten

from pynamite import dynamo
from pynamite.errors import ConditionFailedError
from pynamite.expression import Increment

URL = sys.argv[1] if len(sys.argv) > 1 else "sqlite:///bookmarks.db"

SHIRLEY = {
    "email": "shirley@example.net",
    "fullName": "Shirley Rodriguez",
    "userPreferences": {"language": "en", "sort": "date", "sortDirection": "ascending"},
}
ZHANG = {
    "email": "zhang@example.net",
    "fullName": "Zhang Wei",
    "userPreferences": {"language": "zh", "sort": "rating", "sortDirection": "descending"},
}
AWS = {
    "url": "https://aws.amazon.com",
    "title": "AWS",
    "folder": "Cloud",
    "description": "Amazon Web Services",
    "createDate": "2020-03-25T09:16:46-07:00",
}
CONSOLE = {
    "url": "https://console.aws.amazon.com",
    "title": "AWS Console",
    "folder": "Cloud",
    "description": "Web console",
    "createDate": "2020-03-25T09:16:43-07:00",
}


def main() -> None:
    """Work with the table as plain items, then as entities."""
    with_plain_items()


def with_plain_items() -> None:
    """Use the DB core: items are dicts, keys are texts."""
    title("Plain items")
    dynamo.create_table(
        "bookmarks", URL, exist_ok=True,
        indexes={"ByEmail": "email", "ByUrl": ("url", "PK"), "ByCustomerFolder": ("PK", "folder")},
    )
    with dynamo.DB("bookmarks", URL) as db:
        fill(db)
        read_one(db)
        read_many(db)
        change(db)
        show(db)


def fill(db: dynamo.DB) -> None:
    """Put the items: a key is given as "PK.SK", as a list, as a tuple, or as a dict."""
    db.put("123.CUST#123", SHIRLEY)
    db.put("321.CUST#321", ZHANG)
    db.put(["123", "https://aws.amazon.com"], AWS)
    db.put(("123", "https://console.aws.amazon.com"), CONSOLE)
    db.put({"PK": "321", "SK": "https://aws.amazon.com"}, {**AWS, "folder": "Tools"})


def read_one(db: dynamo.DB) -> None:
    """Get an item, or a part of it."""
    step("one customer")
    pprint(db.get("123.CUST#123"))

    step("three attributes of a bookmark: only the first dot of a key separates")
    pprint(db.get("123.https://aws.amazon.com", "createDate, folder, url"))

    step("a value inside a map, one that is not there, and an item that is not there")
    pprint(db.get("321.CUST#321", "userPreferences.language"))
    pprint(db.get("321.CUST#321", "userPreferences.gpsLocation"))
    pprint(db.get("999.CUST#999"))


def read_many(db: dynamo.DB) -> None:
    """Query a partition, and the indexes."""
    step("a customer with all bookmarks: one query")
    print(*(item["SK"] for item in db.get_partition("123")), sep="\n")

    step("the bookmarks alone")
    print(*(item["title"] for item in db.get_partition("123", startswith="https://")), sep="\n")

    step("who has this e-mail address?")
    print(*(item["fullName"] for item in db.query("zhang@example.net", IndexName="ByEmail")), sep="\n")

    step("who bookmarked this page?")
    print(*(item["PK"] for item in db.query("https://aws.amazon.com", IndexName="ByUrl")), sep="\n")


def change(db: dynamo.DB) -> None:
    """Update items by paths; what changed is the answer."""
    step("move a bookmark to another folder")
    pprint(db.update("123.https://aws.amazon.com", {"folder": "Work", "updateDate": "2020-03-25T09:16:46-07:00"}))

    step("change one preference, and count a visit")
    pprint(db.update("123.CUST#123", {"userPreferences.language": "es", "visits": Increment("visits")}))

    step("a condition that does not hold is an error, and nothing is written")
    try:
        db.update("123.CUST#123", {"email": "new@example.net"}, ConditionExpression="attribute_not_exists(PK)")
    except ConditionFailedError as error:
        print(error)


def show(db: dynamo.DB) -> None:
    """Print the table, an item on each line."""
    step("the table")
    print(f"{'PK':<6}{'SK':<34}attributes")
    for item in db.scan():
        attributes = ", ".join(f"{name}: {value}" for name, value in sorted(dynamo.remove_meta(item).items()))
        print(f"{item['PK']:<6}{item['SK']:<34}{shorten(attributes, 78, placeholder=' ...')}")


def title(text: str) -> None:
    """Print a heading."""
    print(f"\n{text}\n{'=' * len(text)}")


def step(text: str) -> None:
    """Print what comes next."""
    print(f"\n-- {text}")


if __name__ == "__main__":
    main()
