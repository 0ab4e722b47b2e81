"""Collections by type, and parents with their children, by one query wherever the parent stands."""

from __future__ import annotations

from typing import Any

import pytest

from pynamite import Index, Table, entity
from pynamite.errors import DefinitionError, ExpressionError, KeyValueError, UnknownEntityError


@entity(pk="CUSTOMER#<username>", sk="CUSTOMER#<username>")
class Customer:
    username: str
    name: str = "Ann"


@entity(
    pk="CUSTOMER#<username>", sk="#ORDER#<number:pad(4)>",
    indexes={"GSI1": ("ORDER#<number:pad(4)>", "ORDER#<number:pad(4)>"), "Keys": ("O#<username>", "A#<number:pad(4)>")},
)
class Order:
    username: str
    number: int
    total: int = 0


@entity(pk="CUSTOMER#<username>", sk="STAR#<repo>", indexes={"Keys": ("O#<username>", "B#<repo>")})
class Star:
    username: str
    repo: str


@entity(pk="ITEM#<item>", sk="ITEM#<item>", indexes={"GSI1": ("ORDER#<number:pad(4)>", "ITEM#<item>")})
class Line:
    item: str
    number: int


def table(name):
    return Table(name, Customer, Order, Star, Line, indexes=[Index("GSI1"), Index("Keys", projection="KEYS_ONLY")])


@pytest.fixture
def shop(client, table_name):
    """Ann has thirty orders before her in the order of the sort keys, three stars behind her; Bob has orders only."""
    store = table(table_name).connect(client)
    store.create_table()
    store[Customer].create(Customer(username="ann"))
    store[Order].put_many(Order(username="ann", number=number) for number in range(30))
    store[Order].put_many(Order(username="bob", number=number) for number in range(100, 105))
    store[Star].put_many(Star(username="ann", repo=repo) for repo in "abc")
    store[Line].put_many(Line(item=item, number=7) for item in "xyz")
    return store


class Counted:
    """A client that notes which requests go through it."""

    def __init__(self, client):
        self.client, self.requests = client, []

    def __getattr__(self, name):
        def send(**request):
            self.requests.append((name, request))
            return getattr(self.client, name)(**request)

        return send


@pytest.fixture
def counted(shop):
    """The same shop, and the requests that are sent for it."""
    client: Any = Counted(shop.client)
    return table(shop.name).connect(client), client.requests


def numbers(children):
    return [child.number for child in children]


def test_a_collection_by_type_has_a_list_for_each_entity_in_the_order_of_the_query(shop):
    """An entity of which there is nothing has an empty list, and one that was not asked for is an error."""
    groups = shop.collection(Star, Customer, Order, username="ann").reverse().by_type()
    assert numbers(groups[Order]) == [*range(29, -1, -1)]
    assert [star.repo for star in groups[Star]] == ["c", "b", "a"]
    assert groups.first(Customer) == Customer(username="ann") and len(groups) == 34
    assert list(groups) == [Star, Customer, Order] and Star in groups and Line not in groups
    assert repr(groups) == "Groups(Star: 3, Customer: 1, Order: 30)"
    lonely = shop.collection(Customer, Order, username="bob").by_type()
    assert lonely[Customer] == [] and lonely.first(Customer) is None and len(lonely[Order]) == 5
    with pytest.raises(UnknownEntityError, match="did not ask for Star, only for Customer, Order"):
        lonely[Star]
    assert numbers(shop.collection(Order, Star, username="ann").limit(2).by_type()[Order]) == [0, 1]
    assert numbers(shop[Order].query(username="bob").by_type()[Order]) == [*range(100, 105)]


def test_a_collection_goes_by_an_index_and_by_a_mapping(shop):
    """The index is named first, a mapping of fields last."""
    order = Order(username="ann", number=7)
    assert shop.collection("GSI1", Order, Line, number=7).all()[-1] == order
    assert shop.collection("GSI1", Order, Line, {"number": 7}).count() == 4
    assert shop.collection("Keys", Order, Star, username="ann").reverse().limit(4).hydrate().by_type()[Order] == [
        Order(username="ann", number=29)]
    with pytest.raises(TypeError, match="once"):
        shop.collection(Customer, Order, {"username": "ann"}, username="ann")
    with pytest.raises(DefinitionError, match="no part in an index 'GSI1'"):
        shop.collection("GSI1", Customer, Order, username="ann")


def test_a_parent_at_the_near_end_and_its_newest_children_are_one_request(counted):
    """Reading backwards, the customer comes first, then the newest orders: eleven items are asked for, once."""
    shop, requests = counted
    found = shop.aggregate(Customer, Order, username="ann").reverse().limit(10)
    assert requests == []
    assert found.parent == Customer(username="ann") and numbers(found.children) == [*range(29, 19, -1)]
    assert [(name, request["Limit"]) for name, request in requests] == [("query", 11)]
    assert found.request() == requests[0][1]


def test_a_parent_in_the_middle_is_read_with_the_children_on_either_side(counted):
    """Backwards with its orders, forwards with its stars, or with all of them."""
    shop, requests = counted
    stars = shop.aggregate(Customer, Star, username="ann").limit(2)
    assert stars.parent and [star.repo for star in stars.children] == ["a", "b"] and len(requests) == 1
    both = shop.aggregate(Customer, Order, Star, username="ann")
    assert both.parent and len(both.children) == 33 and len(requests) == 2
    mixed = shop.aggregate(Customer, Order, Star, username="ann").reverse().limit(4)
    assert mixed.parent and [getattr(one, "repo", 29) for one in mixed.children] == ["c", "b", "a", 29]
    assert len(requests) == 3


def test_a_parent_at_the_far_end_is_fetched_by_itself_where_a_limit_comes_first(counted):
    """The oldest orders are in front of the customer: the rest of them is not read for its sake."""
    shop, requests = counted
    found = shop.aggregate(Customer, Order, username="ann").limit(3)
    assert found.parent == Customer(username="ann") and numbers(found.children) == [0, 1, 2]
    assert len(requests) == 2 and requests[1][1]["Limit"] == 2
    whole = shop.aggregate(Customer, Order, username="ann")
    assert whole.parent == Customer(username="ann") and len(whole.children) == 30 and len(requests) == 3


def test_a_parent_that_is_not_there_is_none(counted):
    """It is not looked for where it would have come already."""
    shop, requests = counted
    near = shop.aggregate(Customer, Order, username="bob").reverse().limit(2)
    assert near.parent is None and numbers(near.children) == [104, 103] and len(requests) == 1
    far = shop.aggregate(Customer, Order, username="bob").limit(2)
    assert far.parent is None and numbers(far.children) == [100, 101] and len(requests) == 3
    nothing = shop.aggregate(Customer, Order, username="cy").reverse().limit(2)
    assert nothing.parent is None and nothing.children == []


@pytest.mark.parametrize("children", [(Order,), (Star,), (Order, Star)])
def test_every_limit_and_direction_gives_what_the_whole_collection_says(shop, children):
    """The parent always, and the first children in the direction."""
    query = shop.collection(Customer, *children, username="ann")
    found = shop.aggregate(Customer, *children, username="ann")
    for way, whole in ((found, query), (found.reverse(), query.reverse())):
        expected = [one for one in whole if not isinstance(one, Customer)]
        for limit in (1, 2, 3, 4, 29, 30, 31, 33, 34):
            limited = way.limit(limit)
            assert limited.parent == Customer(username="ann") and limited.children == expected[:limit]


def test_an_aggregate_goes_by_an_index_and_reads_whole_items_behind_keys(shop):
    """As collections do."""
    order = shop.aggregate("GSI1", Order, Line, number=7)
    assert order.parent == Order(username="ann", number=7) and [line.item for line in order.children] == ["x", "y", "z"]
    last = shop.aggregate("GSI1", Order, Line, {"number": 7}).reverse().limit(1)
    assert last.parent == order.parent and last.children == order.children[-1:]
    assert shop.aggregate(Customer, Star, username="ann").consistently().parent == Customer(username="ann")


def test_aggregates_that_cannot_be_are_refused(shop):
    """One entity alone, a parent among its children, several parents, and what a collection refuses."""
    with pytest.raises(TypeError, match="takes the entities"):
        shop.aggregate(Customer, username="ann")
    with pytest.raises(TypeError, match="among the children"):
        shop.aggregate(Customer, Order, Customer, username="ann")
    with pytest.raises(ExpressionError, match="more than one Order: use collection"):
        _ = shop.aggregate(Order, Customer, username="ann").parent
    with pytest.raises(KeyValueError, match="'username'"):
        shop.aggregate(Customer, Order)
    with pytest.raises(ValueError, match="limit"):
        shop.aggregate(Customer, Order, username="ann").limit(0)
    with pytest.raises(UnknownEntityError, match="int"):
        shop.aggregate(Customer, int, username="ann")
