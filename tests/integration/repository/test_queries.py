"""Queries: what they read, in which order, and how much of it."""

from __future__ import annotations

import pytest

from pynamite import Index, Table, attribute, entity, path
from pynamite.errors import DefinitionError, ExpressionError, KeyValueError
from tests.integration.repository.shop import NOON, Order, Status, Task, User, order


def test_a_query_is_lazy_and_can_be_read_again(filled):
    """Every iteration reads anew."""
    query = filled[Order].query(account_id="1").filter(attribute(Order.total) >= 40)
    assert query.count() == 2
    filled[Order].put(order(9, total=90))
    assert [one.total for one in query] == [40, 50, 90] == [one.total for one in query.all()]


def test_a_partition_ends_at_its_key(filled):
    """USER#1 is not the beginning of USER#12, nor an order of o1 that of o10."""
    filled[Order].put_many([order(0, "12"), order(0, order_id="o10"), order(0, order_id="o1")])
    assert filled[Order].count(account_id="12") == 1
    query = filled[Order].query(account_id="1", placed_at=NOON)
    assert [one.order_id for one in query] == ["o0", "o1", "o10"]
    assert filled[Order].query(account_id="1", placed_at=NOON, order_id="o1").count() == 1


def test_a_given_field_ends_at_its_delimiter(client, table_name):
    """The name 'ann' is no beginning of 'ann b' or 'anna'."""

    @entity(pk="CITY#<city>", sk="NAME#<name>#<id>")
    class Person:
        city: str
        name: str
        id: str

    store = Table(table_name, Person).connect(client)
    store.create_table()
    names = ["ann", "ann b", "anna", "an", "ann!", "b", "ann\u00e9", "\U0001f600", "\ud7ff", "\ue000"]
    store[Person].put_many(Person(city="x", name=name, id=str(n)) for n in (1, 2) for name in names)
    people = store[Person].query(city="x")
    assert [one.id for one in store[Person].query(city="x", name="ann")] == ["1", "2"]
    assert {one.name for one in people.begins_with(name="ann")} == {"ann", "ann b", "anna", "ann!", "ann\u00e9"}
    for bound in [*names, "ann a", "zz", "a", "ann#", "\ufffd"]:
        assert {one.name for one in people.ge(name=bound)} == {name for name in names if name >= bound}
        assert {one.name for one in people.gt(name=bound)} == {name for name in names if name > bound}
        assert {one.name for one in people.le(name=bound)} == {name for name in names if name <= bound}
        assert people.lt(name=bound).count() == 2 * sum(name < bound for name in names)
        assert {one.name for one in people.between(name=("ann", bound))} == {n for n in names if "ann" <= n <= bound}
    assert [one.id for one in store[Person].query(city="x", name="ann b").gt(id="1")] == ["2"]
    assert [one.name for one in people.ge(name="ann").lt(name="anna").limit(3).reverse()] == ["ann", "ann", "ann!"]


def test_every_bound_on_a_moment(filled):
    """Fixed-width keys: each bound is what it says, alone and together with another."""
    query = filled[Order].query(account_id="1")
    at = [order(n).placed_at for n in range(6)]

    def numbers(bounded):
        return [one.total // 10 for one in bounded]

    assert numbers(query.ge(placed_at=at[3])) == [3, 4, 5]
    assert numbers(query.gt(placed_at=at[3])) == [4, 5]
    assert numbers(query.le(placed_at=at[2])) == [0, 1, 2]
    assert numbers(query.lt(placed_at=at[2])) == [0, 1]
    assert numbers(query.between(placed_at=(at[1], at[3]))) == [1, 2, 3]
    assert numbers(query.gt(placed_at=at[1]).lt(placed_at=at[4])) == [2, 3]
    assert numbers(query.gt(placed_at=at[1]).le(placed_at=at[4]).reverse()) == [4, 3, 2]
    assert numbers(query.begins_with(placed_at="2026-05-01T15")) == [3]
    assert numbers(query.between(placed_at=(at[3], at[1]))) == []
    assert numbers(query.gt(placed_at=at[3]).lt(placed_at=at[3])) == []
    assert query.gt(placed_at=at[3]).lt(placed_at=at[3]).count() == 0
    gsi = filled[Order].query("GSI1", status=Status.OPEN)
    assert numbers(gsi.gt(placed_at=at[4])) == [5, 5]
    assert numbers(gsi.gt(placed_at=at[2]).lt(placed_at=at[4])) == [3, 3]
    assert gsi.gt(placed_at=at[2]).lt(placed_at=at[4]).count() == 2


def test_numbers_in_a_text_key_are_bounded_as_numbers(shop):
    """Their texts do not sort as they do: 10 is behind 9, and found there."""
    shop[Task].put_many(Task(account_id="1", number=n) for n in (-5, 0, 9, 10, 100))
    query = shop[Task].query(account_id="1")
    assert sorted(task.number for task in query.ge(number=9)) == [9, 10, 100]
    assert sorted(task.number for task in query.lt(number=10)) == [-5, 0, 9]
    assert query.between(number=(0, 10)).count() == 3
    assert [task.number for task in query.begins_with(number="10")] == [10, 100]
    assert len(query.ge(number=9).page(2).items) == 2


def test_a_field_that_is_in_both_keys_counts_for_both(client, table_name):
    """Given for the partition, it may come late in the sort key, or twice."""

    @entity(pk="U#<user>", sk="<day>#<user>#<day>", indexes={"GSI1": ("ALL", "<day>/<user>/<day>")})
    class Entry:
        user: str
        day: str

    store = Table(table_name, Entry, indexes=[Index("GSI1")]).connect(client)
    store.create_table()
    store[Entry].put_many([Entry(user="a", day="1"), Entry(user="a", day="2"), Entry(user="b", day="1")])
    assert store[Entry].query(user="a").count() == 2
    assert store[Entry].query(user="a").ge(day="2").all() == [Entry(user="a", day="2")]
    assert store[Entry].query(user="a", day="1").all() == [Entry(user="a", day="1")]
    assert store[Entry].query("GSI1", day="1").count() == 2
    with pytest.raises(ExpressionError, match="'user', but not 'day'"):
        store[Entry].query("GSI1", user="a")


def test_limit_counts_what_is_returned(filled):
    """After the filter; first is the first of what is left."""
    query = filled[Order].query(account_id="1").filter(attribute(Order.total) > 10)
    assert [one.total for one in query.limit(2)] == [20, 30]
    assert [one.total for one in query.reverse().limit(2)] == [50, 40]
    assert query.limit(2).count() == 2 and query.limit(100).count() == 4
    first = query.reverse().reverse().first()
    assert first is not None and first.total == 20
    assert query.filter(attribute(Order.total) > 100).first() is None
    with pytest.raises(ValueError, match="from 1 up"):
        query.limit(0)


def test_filters_add_up_and_take_conditions_of_every_kind(filled):
    """Several calls are all to hold; paths and status values are bound as the field wants them."""
    query = filled[Order].query(account_id="1")
    both = query.filter(attribute(Order.total) > 10).filter(attribute(Order.total) < 40)
    assert [one.total for one in both] == [20, 30]
    assert query.filter(attribute(Order.status) == Status.PAID).count() == 0
    assert query.filter(attribute(Order.order_id).in_(["o1", "o2", "zz"])).count() == 2
    assert query.filter(~(path("total") >= 10) | (attribute(Order.total) == 50)).count() == 2


def test_a_filter_that_cannot_be_is_refused_at_once(filled):
    """No condition, an unknown field, a value of another type, several entities."""
    query = filled[Order].query(account_id="1")
    for wrong in (True, None, "total > 3"):
        with pytest.raises(TypeError, match="filter"):
            query.filter(wrong)
    with pytest.raises(ExpressionError, match="no field 'nope'"):
        query.filter(path("nope") == 1)
    with pytest.raises(ExpressionError, match="expected int"):
        query.filter(path("total") == "1")
    with pytest.raises(ExpressionError, match="several entities"):
        filled.collection(User, Order, account_id="1").filter(attribute(User.visits) == 0)
    with pytest.raises(ExpressionError, match="User"):
        query.filter(attribute(User.visits) == 0)


def test_mistakes_in_a_query_are_found_when_it_is_made(filled):
    """Missing, unknown, unusable and ill-typed fields; unknown indexes; bounds that do not fit."""
    orders = filled[Order]
    with pytest.raises(KeyValueError, match="'account_id'"):
        orders.query()
    with pytest.raises(KeyValueError, match="no field 'acount_id'; did you mean 'account_id'"):
        orders.query(acount_id="1")
    with pytest.raises(ExpressionError, match=r"not by 'total'.*filter"):
        orders.query(account_id="1", total=3)
    with pytest.raises(ExpressionError, match="'order_id', but not 'placed_at'"):
        orders.query(account_id="1", order_id="o1")
    with pytest.raises(DefinitionError, match="'GSI9'.*'GSI1'"):
        orders.query("GSI9", status=Status.OPEN)
    with pytest.raises(KeyValueError, match="'status'"):
        orders.query("GSI1", status="OPEN!")
    with pytest.raises(KeyValueError, match="naive"):
        orders.query(account_id="1").ge(placed_at=NOON.replace(tzinfo=None))
    with pytest.raises(ExpressionError, match=r"'placed_at', the next field.*not by 'order_id'"):
        orders.query(account_id="1").ge(order_id="o1")
    with pytest.raises(ExpressionError, match="whole sort key already"):
        orders.query(account_id="1", placed_at=NOON, order_id="o1").ge(order_id="o1")
    with pytest.raises(ExpressionError, match="bounded already"):
        orders.query(account_id="1").ge(placed_at=NOON).gt(placed_at=NOON)
    with pytest.raises(ExpressionError, match="other bounds"):
        orders.query(account_id="1").ge(placed_at=NOON).begins_with(placed_at="2026")
    with pytest.raises(TypeError, match="pair"):
        orders.query(account_id="1").between(placed_at=NOON)
    with pytest.raises(TypeError, match="one field"):
        orders.query(account_id="1").ge()
    with pytest.raises(KeyValueError, match="empty"):
        orders.query(account_id="1", placed_at=NOON).ge(order_id="")
    with pytest.raises(KeyValueError, match="one character"):
        orders.query(account_id="1").begins_with(placed_at="")
    with pytest.raises(TypeError, match="once"):
        orders.query({"account_id": "1"}, account_id="1")
    for wrong in (5, ("GSI1",), filled[User].require(account_id="1")):
        with pytest.raises(TypeError, match="goes by fields"):
            orders.query(wrong)
    with pytest.raises(TypeError, match="goes by fields"):
        orders.partition("1")
    with pytest.raises(TypeError, match="name of an index"):
        orders.query({"account_id": "1"}, {"account_id": "1"})


def test_an_instance_stands_for_the_partition_that_it_is_in(filled):
    """Of the table, or of an index."""
    assert filled[Order].partition(order(3)) == filled[Order].partition(account_id="1")
    assert filled[Order].query(order(3, "2")).ge(placed_at=order(4).placed_at).count() == 2
    assert filled[Order].query("GSI1", order(3, status=Status.PAID)).all() == []
    assert filled[Order].count("GSI1", order(3)) == 12 and filled[Order].count(order(3)) == 6


def test_a_scan_reads_this_entity_alone(filled):
    """Of the table, or of an index; it has neither order nor bounds."""
    assert sorted(user.account_id for user in filled[User].scan()) == ["1", "2"]
    assert filled[Order].scan("GSI1").filter(attribute(Order.total) == 50).count() == 2
    assert len(filled[Order].scan().limit(5).all()) == 5
    with pytest.raises(ExpressionError, match="order"):
        filled[User].scan().reverse()
    with pytest.raises(ExpressionError, match="filter"):
        filled[Order].scan().ge(placed_at=NOON)
    with pytest.raises(DefinitionError, match="GSI1"):
        filled[User].scan("GSI1")


@pytest.mark.parametrize("width", [150])
def test_every_page_of_a_large_partition_is_read(shop, width):
    """More than a megabyte: all of it comes, with a filter, a limit, a count and backwards."""
    shop[Task].put_many(Task(account_id="1", number=n, title="x" * 10_000) for n in range(width))
    query = shop[Task].query(account_id="1")
    assert len(query.all()) == query.count() == shop[Task].count() == width
    assert query.filter(attribute(Task.title).begins_with("y")).all() == []
    assert len(query.reverse().limit(width - 1).all()) == width - 1
    last = query.filter(path("number") == 99).all()
    assert [task.number for task in last] == [99]
    assert len(shop[Task].scan().all()) == width


def test_a_consistent_query_says_so(filled):
    """The table can be read so; a global index cannot, and says it before any call."""
    assert filled[Order].query(account_id="1").consistently().count() == 6
    assert filled[Order].query(account_id="1").consistently().request()["ConsistentRead"] is True
    with pytest.raises(ExpressionError, match="global"):
        filled[Order].query("GSI1", status=Status.OPEN).consistently()
