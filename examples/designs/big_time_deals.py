"""Big Time Deals: a site that shows the newest bargains.

    python examples/designs/big_time_deals.py

    entity          PK                            SK
    Deal            DEAL#<deal_id>                DEAL#<deal_id>
    Brand           BRAND#<NAME>                  BRAND#<NAME>
    Brands          BRANDS                        BRANDS
    BrandLike       BRANDLIKE#<NAME>#<username>   the same
    BrandWatch      BRANDWATCH#<NAME>             USER#<username>
    Category        CATEGORY#<NAME>               CATEGORY#<NAME>
    CategoryLike    CATEGORYLIKE#<NAME>#<username>  the same
    CategoryWatch   CATEGORYWATCH#<NAME>          USER#<username>
    FrontPage       FRONTPAGE                     FRONTPAGE
    EditorsChoice   EDITORSCHOICE                 EDITORSCHOICE
    User            USER#<username>               USER#<username>
    Message         MESSAGES#<username>           MESSAGE#<message_id>
    DealsCache      DEALSCACHE#<copy>             DEALSCACHE#<copy>

    index       entity                PK                        SK
    GSI1        Deal                  DEALS#<day>               DEAL#<deal_id>
                Message, unread only  MESSAGES#<username>       MESSAGE#<message_id>
    GSI2        Deal                  BRAND#<BRAND>#<day>       DEAL#<deal_id>
    GSI3        Deal                  CATEGORY#<CATEGORY>#<day>  DEAL#<deal_id>
    UserIndex   User                  USER#<username>

Access patterns:

     1  post a deal                                           create_deal
     2  look at a deal                                        deal
     3  the latest deals, day by day until there are enough   latest_deals
     4  the latest deals of a brand                           latest_deals_of_brand
     5  the latest deals of a category                        latest_deals_of_category
     6  the deals before one, of the same day: the next page  deals_before
     7  list a brand, which goes into the list of all         create_brand
     8  all brands, by name                                   brand_names
     9  a brand with its latest deals                         brand_page
    10  like a brand, once                                    like_brand
    11  watch a brand, once; who watches it?                  watch_brand, watchers_of_brand
    12  a category, its featured deals and its latest deals   feature_in_category, category_page
    13  like a category, once                                 like_category
    14  watch a category; who watches it?                     watch_category, watchers_of_category
    15  the front page                                        front_page, edit_front_page
    16  the editor's choice                                   editors_choice, edit_editors_choice
    17  sign up; who is it?                                   create_user, user
    18  all users, to send them the hottest deal              all_users, tell_everybody
    19  send a message to those who watch a brand, a category tell_watchers_of_brand, tell_watchers_of_category
    20  all messages of a user, newest first                  messages
    21  the unread messages of a user, newest first           unread_messages
    22  a message has been read                               mark_read
    23  the latest deals, copied so that many can read them   cache_latest_deals, cached_deals

Names of brands and categories stand in keys in upper case: "Nike" and "NIKE" are one. Ids are made so that they sort by
time.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import attrs

from pynamite import Index, IndexKey, Store, Table, attribute, entity, field, new_ulid

DAYS = 30
"""How many days a walk for the latest deals goes back at most."""

COPIES = 10
"""How many copies of the latest deals there are, so that no partition has to serve everybody."""


@attrs.frozen
class FeaturedDeal:
    """A deal as a page shows it."""

    deal_id: str
    title: str


def is_unread(unread: bool) -> bool:
    """Tell whether a message is in the index of the unread ones."""
    return unread


@entity(
    pk="DEAL#<deal_id>",
    sk="DEAL#<deal_id>",
    indexes={
        "GSI1": ("DEALS#<created_at:day>", "DEAL#<deal_id>"),
        "GSI2": ("BRAND#<brand:upper>#<created_at:day>", "DEAL#<deal_id>"),
        "GSI3": ("CATEGORY#<category:upper>#<created_at:day>", "DEAL#<deal_id>"),
    },
)
class Deal:
    """A bargain."""

    deal_id: str = field(factory=new_ulid)
    title: str
    link: str
    price: Decimal
    brand: str
    category: str
    created_at: datetime


@entity(pk="BRAND#<name:upper>", sk="BRAND#<name:upper>")
class Brand:
    """Who makes things."""

    name: str
    logo: str
    likes: int = 0
    watchers: int = 0


@entity(pk="BRANDS", sk="BRANDS")
class Brands:
    """The names of all brands; there is one such item."""

    names: set[str] = field(factory=set)


@entity(pk="BRANDLIKE#<brand:upper>#<username>", sk="BRANDLIKE#<brand:upper>#<username>")
class BrandLike:
    """Somebody likes a brand."""

    brand: str
    username: str


@entity(pk="BRANDWATCH#<brand:upper>", sk="USER#<username>")
class BrandWatch:
    """Somebody wants to be told of a brand's deals."""

    brand: str
    username: str


@entity(pk="CATEGORY#<name:upper>", sk="CATEGORY#<name:upper>")
class Category:
    """A kind of things; it is there as soon as somebody features a deal in it, likes or watches it."""

    name: str
    featured: list[FeaturedDeal] = field(factory=list)
    likes: int = 0
    watchers: int = 0


@entity(pk="CATEGORYLIKE#<category:upper>#<username>", sk="CATEGORYLIKE#<category:upper>#<username>")
class CategoryLike:
    """Somebody likes a category."""

    category: str
    username: str


@entity(pk="CATEGORYWATCH#<category:upper>", sk="USER#<username>")
class CategoryWatch:
    """Somebody wants to be told of a category's deals."""

    category: str
    username: str


@entity(pk="FRONTPAGE", sk="FRONTPAGE")
class FrontPage:
    """What everybody sees first; there is one such item."""

    featured: list[FeaturedDeal] = field(factory=list)


@entity(pk="EDITORSCHOICE", sk="EDITORSCHOICE")
class EditorsChoice:
    """What the editors like best; there is one such item."""

    featured: list[FeaturedDeal] = field(factory=list)


@entity(pk="USER#<username>", sk="USER#<username>", indexes={"UserIndex": "USER#<username>"})
class User:
    """Who looks for bargains."""

    username: str
    name: str
    created_at: datetime


@entity(
    pk="MESSAGES#<username>",
    sk="MESSAGE#<message_id>",
    indexes={"GSI1": IndexKey("MESSAGES#<username>", "MESSAGE#<message_id>", when=is_unread)},
)
class Message:
    """What a user is told; it is in GSI1 while it is unread."""

    username: str
    message_id: str = field(factory=new_ulid)
    subject: str
    deal_id: str
    unread: bool = True


@entity(pk="DEALSCACHE#<copy>", sk="DEALSCACHE#<copy>")
class DealsCache:
    """One of several copies of the latest deals."""

    copy: int
    deals: list[FeaturedDeal] = field(factory=list)


def deals_table(name: str = "big-time-deals") -> Table:
    """Declare the table."""
    return Table(
        name,
        *(Deal, Brand, Brands, BrandLike, BrandWatch, Category, CategoryLike, CategoryWatch),
        *(FrontPage, EditorsChoice, User, Message, DealsCache),
        indexes=[Index("GSI1"), Index("GSI2"), Index("GSI3"), Index("UserIndex", sk=None)],
    )


# Deals


def create_deal(store: Store, deal: Deal) -> Deal:
    """Post a deal."""
    return store[Deal].create(deal)


def deal(store: Store, deal_id: str) -> Deal | None:
    """Look at a deal."""
    return store[Deal].get(deal_id=deal_id)


def latest_deals(store: Store, now: datetime, most: int = 25) -> list[Deal]:
    """List the latest deals: today's, then yesterday's, and so on until there are enough."""
    return store[Deal].walk_back("GSI1", created_at=now, most_buckets=DAYS).limit(most).all()


def latest_deals_of_brand(store: Store, brand: str, now: datetime, most: int = 25) -> list[Deal]:
    """List the latest deals of a brand."""
    return store[Deal].walk_back("GSI2", brand=brand, created_at=now, most_buckets=DAYS).limit(most).all()


def latest_deals_of_category(store: Store, category: str, now: datetime, most: int = 25) -> list[Deal]:
    """List the latest deals of a category."""
    return store[Deal].walk_back("GSI3", category=category, created_at=now, most_buckets=DAYS).limit(most).all()


def deals_before(store: Store, last: Deal, most: int = 25) -> list[Deal]:
    """List the deals of the same day that were posted before one, newest first."""
    same_day = store[Deal].query("GSI1", created_at=last.created_at)
    return same_day.lt(deal_id=last.deal_id).reverse().limit(most).all()


def _featured(deals: Iterable[Deal]) -> list[FeaturedDeal]:
    return [FeaturedDeal(one.deal_id, one.title) for one in deals]


# Brands


def create_brand(store: Store, name: str, logo: str) -> None:
    """List a brand: it is new, and its name goes into the list of all.

    Raises:
        TransactionCanceledError: there is such a brand.
    """
    with store.transaction() as tx:
        tx[Brand].create(Brand(name=name, logo=logo))
        tx[Brands].update({}, attribute(Brands.names).add({name}), upsert=True)


def brand_names(store: Store) -> list[str]:
    """List all brands; before the first, there are none."""
    return sorted((store[Brands].get() or Brands()).names)


def brand_page(store: Store, name: str, now: datetime) -> tuple[Brand, list[Deal]]:
    """Read a brand with its latest deals.

    Raises:
        ItemNotFoundError: there is no such brand.
    """
    return store[Brand].require(name=name), latest_deals_of_brand(store, name, now)


def like_brand(store: Store, brand: str, username: str) -> None:
    """Like a brand, and count it.

    Raises:
        TransactionCanceledError: the user likes it already, or there is no such brand; nothing is counted.
    """
    with store.transaction() as tx:
        tx[BrandLike].create(BrandLike(brand=brand, username=username))
        tx[Brand].update({"name": brand}, attribute(Brand.likes).add(1))


def watch_brand(store: Store, brand: str, username: str) -> None:
    """Watch a brand, and count it.

    Raises:
        TransactionCanceledError: the user watches it already, or there is no such brand; nothing is counted.
    """
    with store.transaction() as tx:
        tx[BrandWatch].create(BrandWatch(brand=brand, username=username))
        tx[Brand].update({"name": brand}, attribute(Brand.watchers).add(1))


def watchers_of_brand(store: Store, brand: str) -> list[str]:
    """List who watches a brand."""
    return [watch.username for watch in store[BrandWatch].partition(brand=brand)]


# Categories


def feature_in_category(store: Store, category: str, deals: Iterable[Deal]) -> Category:
    """Show deals at the top of a category."""
    featured = attribute(Category.featured).set(_featured(deals))
    return store[Category].update({"name": category}, featured, upsert=True)


def category_page(store: Store, name: str, now: datetime) -> tuple[Category, list[Deal]]:
    """Read a category with its latest deals; one that nobody has touched yet has nothing but those."""
    return store[Category].get(name=name) or Category(name=name), latest_deals_of_category(store, name, now)


def like_category(store: Store, category: str, username: str) -> None:
    """Like a category, and count it.

    Raises:
        TransactionCanceledError: the user likes it already; nothing is counted.
    """
    with store.transaction() as tx:
        tx[CategoryLike].create(CategoryLike(category=category, username=username))
        tx[Category].update({"name": category}, attribute(Category.likes).add(1), upsert=True)


def watch_category(store: Store, category: str, username: str) -> None:
    """Watch a category, and count it.

    Raises:
        TransactionCanceledError: the user watches it already; nothing is counted.
    """
    with store.transaction() as tx:
        tx[CategoryWatch].create(CategoryWatch(category=category, username=username))
        tx[Category].update({"name": category}, attribute(Category.watchers).add(1), upsert=True)


def watchers_of_category(store: Store, category: str) -> list[str]:
    """List who watches a category."""
    return [watch.username for watch in store[CategoryWatch].partition(category=category)]


# Pages that there is one of


def front_page(store: Store) -> FrontPage:
    """Read the front page; before anybody edits it, it is empty."""
    return store[FrontPage].get() or FrontPage()


def edit_front_page(store: Store, deals: Iterable[Deal]) -> FrontPage:
    """Choose what the front page shows."""
    return store[FrontPage].put(FrontPage(featured=_featured(deals)))


def editors_choice(store: Store) -> EditorsChoice:
    """Read the editor's choice; before anybody chooses, it is empty."""
    return store[EditorsChoice].get() or EditorsChoice()


def edit_editors_choice(store: Store, deals: Iterable[Deal]) -> EditorsChoice:
    """Choose what the editors like best."""
    return store[EditorsChoice].put(EditorsChoice(featured=_featured(deals)))


# Users and their messages


def create_user(store: Store, username: str, name: str, now: datetime) -> User:
    """Sign up, unless the name is taken."""
    return store[User].create(User(username=username, name=name, created_at=now))


def user(store: Store, username: str) -> User | None:
    """Find a user."""
    return store[User].get(username=username)


def all_users(store: Store, segments: int = 1) -> list[User]:
    """List all users, in no order: the index holds nothing else, and several threads may read a part of it each."""
    return store[User].scan("UserIndex", segments=segments).all()


def _tell(store: Store, usernames: Iterable[str], subject: str, about: Deal) -> int:
    """Send a message to several users; gives how many."""
    told = [Message(username=username, subject=subject, deal_id=about.deal_id) for username in usernames]
    store[Message].put_many(told)
    return len(told)


def tell_everybody(store: Store, about: Deal) -> int:
    """Tell all users of a hot deal; gives how many they are."""
    return _tell(store, (one.username for one in all_users(store, segments=4)), f"Hot: {about.title}", about)


def tell_watchers_of_brand(store: Store, about: Deal) -> int:
    """Tell those who watch a deal's brand; gives how many they are."""
    return _tell(store, watchers_of_brand(store, about.brand), f"New from {about.brand}: {about.title}", about)


def tell_watchers_of_category(store: Store, about: Deal) -> int:
    """Tell those who watch a deal's category; gives how many they are."""
    return _tell(store, watchers_of_category(store, about.category), f"New in {about.category}: {about.title}", about)


def messages(store: Store, username: str) -> list[Message]:
    """List a user's messages, newest first."""
    return store[Message].query(username=username).reverse().all()


def unread_messages(store: Store, username: str) -> list[Message]:
    """List a user's unread messages, newest first: the index holds no others."""
    return store[Message].query("GSI1", username=username).reverse().all()


def mark_read(store: Store, message: Message) -> Message:
    """Note that a message was read: that takes it out of the index."""
    return store[Message].update(message, attribute(Message.unread).set(False))


# Copies for many readers


def cache_latest_deals(store: Store, now: datetime, copies: int = COPIES) -> None:
    """Copy the latest deals, so that each reader can take any of the copies."""
    deals = _featured(latest_deals(store, now))
    store[DealsCache].put_many(DealsCache(copy=copy, deals=deals) for copy in range(copies))


def cached_deals(store: Store, copies: int = COPIES) -> list[FeaturedDeal]:
    """Read the latest deals from any of the copies; before they are made, there are none."""
    copy = random.randrange(copies)  # noqa: S311 - any will do
    return (store[DealsCache].get(copy=copy) or DealsCache(copy=copy)).deals


MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


def fill(store: Store) -> list[Deal]:
    """Sign three users up, list two brands, post two deals a day for twenty days but the tenth; gives the deals."""
    for username in ("ann", "bob", "cy"):
        create_user(store, username, username.title(), MAY)
    create_brand(store, "Nike", "nike.svg")
    create_brand(store, "Lego", "lego.svg")
    days = [MAY + timedelta(days=day) for day in range(20) if day != 9]
    return [
        create_deal(
            store,
            Deal(
                deal_id=f"{day:%Y%m%d}-{title}",
                title=title,
                link=f"https://example.com/{title}",
                price=Decimal("19.90"),
                brand=brand,
                category=category,
                created_at=day + timedelta(hours=hour),
            ),
        )
        for day in days
        for hour, (title, brand, category) in enumerate([("bricks", "Lego", "Toys"), ("shoes", "Nike", "Sports")])
    ]


def main() -> None:
    """Look for bargains."""
    now = MAY + timedelta(days=20)
    with deals_table().connect("sqlite://") as store:
        store.create_table()
        *_, newest = fill(store)
        print("latest:", [one.deal_id for one in latest_deals(store, now, 5)])
        print("brands:", brand_names(store))
        like_brand(store, "NIKE", "ann")
        watch_brand(store, "nike", "bob")
        brand, deals = brand_page(store, "Nike", now)
        print(brand, len(deals))
        print("told", tell_watchers_of_brand(store, newest), "and", tell_everybody(store, newest))
        first, *_ = unread_messages(store, "bob")
        mark_read(store, first)
        print("unread:", len(unread_messages(store, "bob")), "of", len(messages(store, "bob")))
        cache_latest_deals(store, now)
        print("cached:", len(cached_deals(store)))


if __name__ == "__main__":
    main()
