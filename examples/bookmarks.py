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
from datetime import UTC, datetime
from pprint import pprint
from textwrap import shorten

import attrs

from pynamite import Index, Store, Table, attribute, dynamo, entity, field
from pynamite.errors import ConditionFailedError, KeyValueError
from pynamite.expression import Increment

URL = sys.argv[1] if len(sys.argv) > 1 else "sqlite:///bookmarks.db"



def main() -> None:
    """Keep the bookmarks as plain items, then as entities."""
    with_plain_items()
    with_entities()


# Plain items: dicts, found by keys that are texts.

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


# Entities: classes whose fields make the keys. They have a table of their own, in which each item says what it is.


@attrs.define
class Preferences:
    """How a customer likes the bookmarks to be shown."""

    language: str = "en"
    sort: str = "date"


@entity(pk="<customer_id>", sk="CUST#<customer_id>")
class Customer:
    """A customer; the index ByEmail has the e-mail address itself as its key."""

    customer_id: str
    email: str
    full_name: str = field(name="fullName")
    preferences: Preferences = field(name="userPreferences", factory=Preferences)
    visits: int = 0


@entity(pk="<customer_id>", sk="<url>")
class Bookmark:
    """A page that a customer keeps in a folder."""

    customer_id: str
    url: str
    title: str
    folder: str
    created: datetime = field(name="createDate")
    tags: set[str] = attrs.Factory(set)


table = Table(
    "bookmarks-of-customers", Customer, Bookmark,
    indexes=[Index("ByEmail", pk="email", sk=None), Index("ByUrl", pk="url", sk="PK"),
             Index("ByCustomerFolder", pk="PK", sk="folder")],
)


def with_entities() -> None:
    """Use repositories: what goes in and comes out has a type, and keys are given by fields."""
    title("Entities")
    with table.connect(URL) as store:
        store.create_table(exist_ok=True)
        fill_store(store)
        read_store(store)
        change_store(store)
        refuse(store)
        show(store.db)


def fill_store(store: Store) -> None:
    """Put the instances."""
    spring = datetime(2020, 3, 25, 16, 16, 46, tzinfo=UTC)
    store[Customer].put(Customer(customer_id="123", email="shirley@example.net", full_name="Shirley Rodriguez"))
    store[Customer].put(Customer(customer_id="321", email="zhang@example.net", full_name="Zhang Wei",
                                 preferences=Preferences(language="zh", sort="rating")))
    aws, console = "https://aws.amazon.com", "https://console.aws.amazon.com"
    store[Bookmark].put_many([
        Bookmark(customer_id="123", url=aws, title="AWS", folder="Cloud", created=spring),
        Bookmark(customer_id="123", url=console, title="AWS Console", folder="Cloud", created=spring),
        Bookmark(customer_id="321", url=aws, title="AWS", folder="Tools", created=spring),
    ])


def read_store(store: Store) -> None:
    """Get instances by the fields of their keys, and query the indexes."""
    customers, bookmarks = store[Customer], store[Bookmark]

    step("one customer, and one that is not there")
    print(customers.get(customer_id="123"))
    print(customers.get(customer_id="999"))

    step("this customer's bookmarks, and nothing else of the partition")
    print(*(bookmark.title for bookmark in bookmarks.partition(customer_id="123")), sep="\n")

    step("the customer and the bookmarks in one query: each comes back as what it is")
    print(*(type(one).__name__ for one in store.collection(Customer, Bookmark, customer_id="123")), sep="\n")

    step("by e-mail address, by page, by folder")
    print(customers.query("ByEmail", email="zhang@example.net").first())
    print([bookmark.customer_id for bookmark in bookmarks.query("ByUrl", url="https://aws.amazon.com")])
    print([bookmark.url for bookmark in bookmarks.query("ByCustomerFolder", customer_id="123", folder="Cloud")])


def change_store(store: Store) -> None:
    """Update instances: the new one is the answer, and the indexes follow."""
    customers, bookmarks = store[Customer], store[Bookmark]

    step("count a visit, and change one preference: a type checker knows that visits is an int")
    print(customers.update(
        {"customer_id": "123"},
        attribute(Customer.visits).add(1),
        attribute(Customer.preferences).at(lambda preferences: preferences.language).set("es"),
    ))

    step("move a bookmark to another folder, if it is still in the old one")
    bookmarks.update({"customer_id": "123", "url": "https://aws.amazon.com"}, {"folder": "Work"},
                     where=attribute(Bookmark.folder) == "Cloud")
    print([bookmark.title for bookmark in bookmarks.query("ByCustomerFolder", customer_id="123", folder="Work")])


def refuse(store: Store) -> None:
    """Try what must not happen: each is refused before anything is sent, or nothing of it is written."""
    step("a bookmark that would take a customer's key")
    try:
        store[Bookmark].get(customer_id="123", url="CUST#123")
    except KeyValueError as error:
        print(error)

    step("a condition that does not hold: what is there comes with the refusal")
    try:
        zhang = {"customer_id": "321"}
        store[Customer].update(zhang, {"email": "new@example.net"}, where=attribute(Customer.visits) > 0)
    except ConditionFailedError as error:
        print(error)
        print("there is:", error.item)


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
