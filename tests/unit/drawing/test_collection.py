"""What a picture has in it: partitions, rows and attributes, for the table and each index."""

from __future__ import annotations

from datetime import UTC, datetime

from pynamite.drawing.collection import Cell, arranged
from pynamite.drawing.labels import UNMARKED, Label
from tests.unit.drawing.shop import Address, Order, User, drawn, item_of, plain

ANN = User(user_id="ann", email="ann@x.com", address=Address("Main St", "Bern"))
BOB = User(user_id="bob", email="bob@x.com", tags={"vip"})


def keys(view):
    """Give the partition keys with the sort keys in them, as plain values."""
    return {
        tuple(text(cell) for cell in partition.key): [tuple(text(cell) for cell in row.sort) for row in partition.rows]
        for partition in view.partitions
    }


def text(cell):
    """Give what a cell holds, without its type."""
    return next(iter(cell.value.values()))


def test_items_stand_in_their_partitions_in_the_order_of_their_keys():
    """However they were read, partitions and sort keys are in order."""
    table, _, _ = drawn(BOB, Order(user_id="ann", number=2), ANN, Order(user_id="ann", number=1)).views
    assert keys(table) == {("USER#ann",): [("ORDER#001",), ("ORDER#002",), ("PROFILE",)], ("USER#bob",): [("PROFILE",)]}
    assert list(keys(table)) == [("USER#ann",), ("USER#bob",)]
    assert (table.partition_names, table.sort_names, table.count) == (("PK",), ("SK",), 4)


def test_an_index_has_the_items_that_have_its_keys():
    """A user is in no index, and only what is big is in the sparse one."""
    _, statuses, big = drawn(
        ANN, Order(user_id="ann", number=1, total=5), Order(user_id="bob", number=1, status="PAID", total=500)).views
    assert (statuses.index, big.index) == ("GSI1", "Big")
    assert keys(statuses) == {
        ("STATUS#OPEN",): [("2026-05-04T12:00:00.000000Z",)], ("STATUS#PAID",): [("2026-05-04T12:00:00.000000Z",)]}
    assert keys(big) == {("BIG",): [("000500",)]}


def test_an_index_shows_what_it_holds():
    """Of an index of keys there are the keys alone, those of the table among them."""
    _, statuses, big = drawn(Order(user_id="bob", number=1, total=500)).views
    assert {cell.name for cell in statuses.partitions[0].rows[0].cells} == {
        "user_id", "number", "placed_at", "status", "total", "PK", "SK", "BigPK", "BigSK"}
    assert [cell.name for cell in big.partitions[0].rows[0].cells] == ["PK", "SK"]
    assert (statuses.projection, big.projection) == ("ALL", "KEYS_ONLY")


def test_fields_come_in_the_order_of_the_class_and_keys_behind_them():
    """What is not declared stands between the fields and the keys of other indexes; the type is told by the label."""
    order = {**item_of(Order(user_id="ann", number=1, total=500)), "note": {"S": "extra"}}
    (group,) = drawn(order).views[0].groups
    assert group.attributes == (
        "user_id", "number", "placed_at", "status", "total", "note", "GSI1PK", "GSI1SK", "BigPK", "BigSK")
    cells = {cell.name: cell for cell in drawn(order).views[0].partitions[0].rows[0].cells}
    assert cells["total"] == Cell("total", {"N": "500"})
    assert cells["GSI1PK"] == Cell("GSI1PK", {"S": "STATUS#OPEN"}, is_key=True)


def test_what_an_item_lacks_keeps_its_place():
    """So the values of one entity stand below each other."""
    table = drawn(ANN, BOB).views[0]
    (group,) = table.groups
    assert group.attributes == ("user_id", "email", "address", "tags")
    ann, bob = (partition.rows[0] for partition in table.partitions)
    assert [cell and cell.name for cell in ann.cells] == ["user_id", "email", "address", None]
    assert [cell and cell.name for cell in bob.cells] == ["user_id", "email", None, "tags"]


def test_an_entity_is_named_with_its_templates_and_counted():
    """What stands above a view tells how its keys are made."""
    table, statuses, _ = drawn(ANN, BOB, Order(user_id="ann", number=1)).views
    users, orders = table.groups
    assert (users.label, users.count) == (Label("User", "entity", 0), 2)
    assert users.templates == (("PK", "USER#<user_id>"), ("SK", "PROFILE"))
    assert (orders.label.number, statuses.groups[0].templates) == (
        1, (("GSI1PK", "STATUS#<status>"), ("GSI1SK", "<placed_at>")))


def test_a_guard_item_is_told_as_one():
    """The item that keeps an e-mail address unique is no user, but has its colour."""
    guard = {"PK": {"S": "UNIQUE#User#email#ann@x.com"}, "SK": {"S": "UNIQUE#User#email#ann@x.com"},
             "_type": {"S": "User!unique"}, "_owner": {"M": {}}}
    (group,) = drawn(guard).views[0].groups
    assert group.label == Label("User · unique email", "guard", 0)
    assert group.attributes == ("_owner",)


def test_foreign_items_and_items_without_type_are_told_as_such():
    """They are in the table, so they are in the picture; a foreign one by the type that it has."""
    foreign = {"PK": {"S": "a"}, "SK": {"S": "1"}, "_type": {"S": "Invoice"}}
    bare = {"PK": {"S": "a"}, "SK": {"S": "2"}, "note": {"S": "x"}}
    groups = drawn(foreign, bare, ANN).views[0].groups
    assert [group.label for group in groups] == [Label("User", "entity", 0), Label("Invoice", "foreign"), UNMARKED]


def test_an_index_of_keys_that_is_read_itself_goes_by_the_templates():
    """Its entries are without type; the key tells whose they are, as it does to a query."""
    order = item_of(Order(user_id="bob", number=1, total=500))
    entry = {name: order[name] for name in ("PK", "SK", "BigPK", "BigSK")}
    (view,) = drawn(entry, index="Big").views
    assert (view.index, view.groups[0].label.name) == ("Big", "Order")


def test_what_has_expired_is_marked():
    """It is in the table still, though reads do not give it."""
    past, future = datetime(2020, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)
    rows = drawn(Order(user_id="a", number=1, expires=past), Order(user_id="a", number=2, expires=future)).views[0]
    assert [row.has_expired for row in rows.partitions[0].rows] == [True, False]


def test_plain_items_are_told_by_what_they_are_marked_with():
    """Without entities, each type that is met has a number of its own, and so a colour."""
    items = [{"PK": {"S": "1"}, "SK": {"S": name}, "_type": {"S": name}} for name in ("dog", "cat")]
    (view,) = arranged(plain(), [*items, {"PK": {"S": "1"}, "SK": {"S": "x"}, "n": {"N": "1"}}]).views
    assert [group.label for group in view.groups] == [
        Label("cat", "entity", 0), Label("dog", "entity", 1), UNMARKED]


def test_a_table_without_sort_key_has_one_row_for_each_partition():
    """There is nothing to be shown as sort key."""
    (view,) = arranged(plain(("id", None)), [{"id": {"S": "b"}}, {"id": {"S": "a"}, "x": {"S": ""}}]).views
    assert keys(view) == {("a",): [()], ("b",): [()]}
    assert view.sort_names == ()


def test_nothing_makes_empty_views():
    """An empty table has its views all the same."""
    found = drawn()
    assert [view.count for view in found.views] == [0, 0, 0]
    assert (found.read, found.more) == (0, False)
