"""Keys that have a form of a field only, such as its upper case: what an item says otherwise is its own."""

from __future__ import annotations

import attrs
import pytest

from pynamite import Index, Table, attribute, entity
from pynamite.errors import ExpressionError


@attrs.frozen
class Place:
    country: str
    city: str


@entity(
    pk="BRAND#<name:upper>",
    sk="BRAND#<place.country>#<place.city:lower>",
    indexes={
        "Loud": ("BRANDS", "<name:upper>#<likes:pad(6)>"),
        "Exact": ("BRANDS", "<name>#<rank>"),
        "City": ("<place.city>", "<votes>"),
        "Country": ("<place.country>", "<votes>"),
    },
)
class Brand:
    name: str
    place: Place
    likes: int = 0
    rank: int | None = None
    votes: int | None = None


@entity(pk="CATEGORY#<name:upper>", sk="CATEGORY")
class Category:
    name: str
    likes: int = 0


BERNE = Place("CH", "Berne")
KEY = {"name": "NIKE", "place": Place("CH", "BERNE")}


@pytest.fixture
def store(client, table_name):
    """A brand and a category, which are written as Nike and Toys."""
    indexes = [Index(name) for name in ("Loud", "Exact", "City", "Country")]
    store = Table(table_name, Brand, Category, indexes=indexes).connect(client)
    store.create_table()
    store[Brand].create(Brand(name="Nike", place=BERNE))
    store[Category].create(Category(name="Toys"))
    return store


def test_an_upsert_leaves_an_item_the_form_that_it_has(store):
    """Whoever spells the name otherwise changes the same item, and not its name; a new one has the name given."""
    categories = store[Category]
    more = attribute(Category.likes).add(1)
    assert categories.update({"name": "TOYS"}, more, upsert=True) == Category(name="Toys", likes=1)
    assert categories.update({"name": "carS"}, more, upsert=True) == Category(name="carS", likes=1)
    assert categories.update({"name": "CARS"}, more, upsert=True, reread=True) == Category(name="carS", likes=2)


def test_an_index_key_of_the_same_form_follows_without_reading(store):
    """The upper case is the same, whichever way the name is spelled."""
    store[Brand].update(KEY, {"likes": 7})
    assert store[Brand].query("Loud", name="nike", likes=7).all() == [Brand(name="Nike", place=BERNE, likes=7)]


@pytest.mark.parametrize("change, index, key", [
    ({"rank": 1}, "Exact", {"name": "Nike"}),
    ({"votes": 2}, "City", {"place.city": "Berne"}),
])
def test_an_index_key_of_the_exact_value_is_made_of_what_is_stored(store, change, index, key):
    """What is given as the key may be spelled otherwise: the item is read, if that is allowed."""
    brands = store[Brand]
    with pytest.raises(ExpressionError, match="a form only"):
        brands.update(KEY, change)
    brands.update(KEY, change, reread=True)
    assert [(one.name, one.place) for one in brands.query(index, key)] == [("Nike", BERNE)]


def test_what_the_key_has_exactly_needs_no_reading():
    """Of a nested value, each part is known by itself."""
    table = Table("brands-of-places", Brand, indexes=[Index(name) for name in ("Loud", "Exact", "City", "Country")])
    with table.connect("sqlite://") as store:
        store.create_table()
        store[Brand].create(Brand(name="Nike", place=BERNE))
        with pytest.raises(ExpressionError) as refused:
            store[Brand].update(KEY, {"votes": 1})
    assert "'City'" in str(refused.value) and "'Country'" not in str(refused.value)
