"""Several templates for one key: chosen by a field's value, or by what is set."""

from __future__ import annotations

from enum import Enum

import attrs
import pytest

from pynamite import Index, Table, entity, field
from pynamite.entities.keys import IndexKey
from pynamite.errors import DefinitionError, ExpressionError, ItemNotFoundError, KeyValueError
from pynamite.key.variants import by, first_of


class Status(Enum):
    OPEN = "open"
    CLOSED = "closed"
    DRAFT = "draft"


@entity(
    pk="REPO#<repo>",
    sk="ISSUE#<number:pad(4)>",
    indexes={
        "ByState": (
            "REPO#<repo>",
            by("status", {Status.OPEN: "ISSUE#OPEN#<number:desc(4)>", Status.CLOSED: "#ISSUE#CLOSED#<number:pad(4)>"}),
        ),
        "Active": IndexKey(
            "ACTIVE#<repo>", "<number:pad(4)>", when=lambda status, muted: status is Status.OPEN and not muted
        ),
        "Groups": (
            by("status", {Status.OPEN: "SHOWN", Status.CLOSED: "SHOWN", Status.DRAFT: "HIDDEN"}),
            "<number:pad(4)>",
        ),
    },
)
class Issue:
    repo: str
    number: int
    status: Status = Status.OPEN
    muted: bool = False


@entity(pk=first_of("user#<user_id>", "cart#<cookie>"), sk="product#<product_id>")
class CartItem:
    product_id: str = field(key_only=True)
    user_id: str | None = None
    cookie: str | None = field(default=None, key_only=True)
    quantity: int = 1


@entity(pk="<country>", sk=first_of("<state>#<city>#<street>", "<state>#<city>", "<state>"))
class Place:
    country: str
    state: str
    city: str | None = None
    street: str | None = None


@pytest.fixture
def store(client, table_name):
    indexes = [Index("ByState"), Index("Active"), Index("Groups")]
    made = Table(table_name, Issue, CartItem, Place, indexes=indexes).connect(client)
    made.create_table()
    return made


@pytest.fixture
def issues(store):
    repository = store[Issue]
    repository.put_many([Issue(repo="r", number=number) for number in range(1, 6)])
    return repository


def numbers(query):
    return [issue.number for issue in query]


def test_an_update_moves_an_item_between_the_variants_of_an_index_key(issues):
    """Closing an issue takes it out of the open ones; a status without template takes it out of the index."""
    issues.update({"repo": "r", "number": 2}, {"status": Status.CLOSED, "muted": False})
    issues.update({"repo": "r", "number": 3}, {"status": Status.DRAFT, "muted": False})
    assert numbers(issues.query("ByState", repo="r", status=Status.OPEN)) == [5, 4, 1]
    assert numbers(issues.query("ByState", repo="r", status=Status.CLOSED)) == [2]
    assert numbers(issues.query("ByState", repo="r")) == [2, 5, 4, 1]
    issues.update({"repo": "r", "number": 3}, {"status": Status.OPEN, "muted": False})
    assert numbers(issues.query("ByState", repo="r", status=Status.OPEN)) == [5, 4, 3, 1]


def test_bounds_go_by_the_variant_that_is_chosen(issues):
    """A bound is on the field, whichever way its codec sorts; without the choice there is nothing to bound."""
    query = issues.query("ByState", repo="r", status=Status.OPEN)
    assert numbers(query.le(number=3)) == [3, 2, 1]
    assert numbers(query.gt(number=3)) == [5, 4]
    assert numbers(query.between(number=(2, 4)).reverse()) == [2, 3, 4]
    with pytest.raises(ExpressionError, match="'status', too"):
        issues.query("ByState", repo="r").gt(number=3)
    assert numbers(issues.query("ByState", repo="r", number=3)) == [3]
    with pytest.raises(KeyValueError, match="no key template for status=<Status.DRAFT"):
        issues.query("ByState", repo="r", status=Status.DRAFT)


def test_several_values_may_share_a_template_in_an_index(issues):
    """Open and closed issues stand in one partition, and a query by a value gives those that have it."""
    issues.update({"repo": "r", "number": 2}, {"status": Status.CLOSED, "muted": False})
    issues.update({"repo": "r", "number": 3}, {"status": Status.DRAFT, "muted": False})
    assert numbers(issues.query("Groups", status=Status.OPEN)) == [1, 4, 5]
    assert numbers(issues.query("Groups", status=Status.CLOSED)) == [2]
    assert numbers(issues.query("Groups", status=Status.DRAFT)) == [3]


def test_a_predicate_is_followed_by_every_write(issues):
    """Put, update, save, upsert and a reread update take an item in and out of a sparse index, both attributes."""

    def active():
        return numbers(issues.query("Active", repo="r"))

    assert active() == [1, 2, 3, 4, 5]
    issues.update({"repo": "r", "number": 1}, {"status": Status.OPEN, "muted": True})
    issues.put(Issue(repo="r", number=2, muted=True))
    with pytest.raises(ExpressionError, match="'status'"):
        issues.update({"repo": "r", "number": 3}, {"muted": True})
    issues.update({"repo": "r", "number": 3}, {"muted": True}, reread=True)
    with pytest.raises(ExpressionError, match="'muted'"):
        issues.update({"repo": "r", "number": 3}, {"status": Status.DRAFT})
    one = issues.require(repo="r", number=4)
    issues.save(attrs.evolve(one, muted=True), since=one)
    assert active() == [5]
    issues.update({"repo": "r", "number": 1}, {"muted": False}, reread=True)
    issues.update({"repo": "r", "number": 6}, {"muted": False, "status": Status.OPEN}, upsert=True)
    issues.update({"repo": "r", "number": 7}, {"muted": True, "status": Status.OPEN}, upsert=True)
    issues.update({"repo": "r", "number": 5}, {"muted": False, "status": Status.CLOSED}, upsert=True)
    assert active() == [1, 6]


def test_a_cart_is_an_users_or_a_visitors(store):
    """The first template whose fields are set is the key; what lives in the key alone is read from it."""
    carts = store[CartItem]
    carts.put(CartItem(user_id="u", product_id="p#1"))
    carts.put(CartItem(cookie="k", product_id="p#1", quantity=3))
    assert carts.get(user_id="u", product_id="p#1") == CartItem(user_id="u", product_id="p#1")
    assert carts.get(cookie="k", product_id="p#1") == CartItem(cookie="k", product_id="p#1", quantity=3)
    assert carts.partition(cookie="k") == [CartItem(cookie="k", product_id="p#1", quantity=3)]
    assert carts.get(user_id="k", product_id="p#1") is None
    assert carts.update({"cookie": "k", "product_id": "p#1"}, {"quantity": 4}).cookie == "k"
    with pytest.raises(KeyValueError, match="lacks 'user_id'"):
        carts.get(product_id="p#1")
    with pytest.raises(KeyValueError):
        carts.query(product_id="p#1")
    with pytest.raises(KeyValueError, match="no key template for what is set"):
        carts.put(CartItem(product_id="p"))


def test_a_cart_moves_from_the_visitor_to_the_user(store):
    """A login changes the key, in one transaction."""
    carts = store[CartItem]
    carts.put(CartItem(cookie="k", product_id="p", quantity=3))
    with pytest.raises(DefinitionError, match=r"use move\(...\)"):
        carts.update({"cookie": "k", "product_id": "p"}, {"user_id": "u"})
    moved = carts.move({"cookie": "k", "product_id": "p"}, {"user_id": "u", "cookie": None})
    assert moved == carts.require(user_id="u", product_id="p") == CartItem(user_id="u", product_id="p", quantity=3)
    assert carts.get(cookie="k", product_id="p") is None


def test_what_no_variant_of_the_key_holds_is_not_lost(store):
    """A key-only field whose value another variant would hold is refused: reading would give None."""
    with pytest.raises(KeyValueError, match="'cookie' of entity 'CartItem' is key_only"):
        store[CartItem].put(CartItem(user_id="u", cookie="k", product_id="p"))
    with pytest.raises(KeyValueError, match="'cookie' of entity 'CartItem' is key_only"):
        key = {"user_id": "u", "cookie": "k", "product_id": "p"}
        store[CartItem].update(key, {"quantity": 1}, upsert=True)


def test_the_end_of_a_key_may_be_optional(store):
    """A place is a state, a city or a street: a query finds all that begin so, a get the one that ends there."""
    places = store[Place]
    usa = [
        Place(country="USA", state="WA"),
        Place(country="USA", state="WA", city="Sea"),
        Place(country="USA", state="WA", city="Seattle"),
        Place(country="USA", state="WA", city="Seattle", street="Pike"),
        Place(country="USA", state="WAX", city="Seattle", street="Pike"),
    ]
    places.put_many(usa)
    assert places.partition(country="USA") == usa
    assert places.query(country="USA", state="WA").all() == usa[:4]
    assert places.query(country="USA", state="WA").count() == 4
    assert places.query(country="USA", state="WA").reverse().limit(2).all() == usa[3:1:-1]
    assert places.query(country="USA", state="WA", city="Seattle").all() == usa[2:4]
    assert places.query(country="USA", state="WA", city="Seattle", street="Pike").all() == usa[3:4]
    assert places.query(country="USA", state="WA", city="Seattle").ge(street="A").all() == usa[3:4]
    assert places.get(country="USA", state="WA") == usa[0]
    assert places.get(country="USA", state="WA", city="Seattle") == usa[2]
    first, second = places.query(country="USA", state="WA").page(3), None
    second = places.query(country="USA", state="WA").page(3, first.cursor)
    assert first.items + second.items == usa[:4] and second.cursor is None
    with pytest.raises(ExpressionError, match="'city'"):
        places.query(country="USA", city="Seattle")


def test_variants_never_share_a_key(store):
    """A value that would make another variant's key is refused."""
    with pytest.raises(KeyValueError, match="is one of"):
        store[Place].put(Place(country="USA", state="WA#Seattle"))
    with pytest.raises(KeyValueError):
        store[Place].put(Place(country="USA", state="WA", city="Seattle#Pike"))


def test_an_item_that_is_gone_is_not_updated_into_a_variant(issues):
    """An update of nothing makes nothing."""
    with pytest.raises(ItemNotFoundError):
        issues.update({"repo": "r", "number": 99}, {"status": Status.CLOSED, "muted": False})
