"""Pictures of tables that are there, on each backend."""

from __future__ import annotations

import pytest

from pynamite import Index, Table, drawing, dynamo, entity
from pynamite.errors import DefinitionError, TableNotFoundError
from tests.unit.drawing.shop import TABLE, Order, User


@entity(pk="USER#<user_id>", sk="PROFILE", indexes={"ByCity": ("CITY#<city>", "<user_id>")})
class Resident:
    user_id: str
    city: str


@pytest.fixture
def shop(client, table_name):
    """A shop with two users and three orders."""
    store = TABLE.connect(client, name=table_name)
    store.create_table()
    for name in ("ann", "bob"):
        store[User].create(User(user_id=name, email=f"{name}@x.com"))
    for number in (1, 2, 30):
        store[Order].create(Order(user_id="ann", number=number, total=number * 10))
    return store


def shown(view):
    """Give a view as plain texts: partition keys with their sort keys."""
    def text(cells):
        return " ".join(next(iter(cell.value.values())) for cell in cells)

    return {text(partition.key): [text(row.sort) for row in partition.rows] for partition in view.partitions}


def test_a_store_draws_its_table_and_its_indexes(shop):
    """What was written is in the picture, guard items among it."""
    table, statuses, big = shop.draw().collections.views
    assert shown(table) == {
        "UNIQUE#User#email#ann@x.com": ["UNIQUE#User#email#ann@x.com"],
        "UNIQUE#User#email#bob@x.com": ["UNIQUE#User#email#bob@x.com"],
        "USER#ann": ["ORDER#001", "ORDER#002", "ORDER#030", "PROFILE"],
        "USER#bob": ["PROFILE"],
    }
    assert (statuses.count, shown(big)) == (3, {"BIG": ["000300"]})
    assert [group.label.name for group in table.groups] == ["User", "User · unique email", "Order"]


def test_one_index_is_read_by_itself(shop):
    """Its entries are told by the templates where it has keys only."""
    picture = shop.draw(index="Big")
    (view,) = picture.collections.views
    assert (view.index, picture.collections.read, view.groups[0].label.name) == ("Big", 1, "Order")


def test_no_more_is_read_than_was_asked_for(shop):
    """And the picture says that there is more; exactly as many is all of it."""
    few, all_of_it, unlimited = shop.draw(limit=3), shop.draw(limit=7), shop.draw(limit=None)
    assert (few.collections.read, few.collections.more) == (3, True)
    assert (all_of_it.collections.read, all_of_it.collections.more) == (7, False)
    assert (unlimited.collections.read, unlimited.collections.more) == (7, False)


@pytest.mark.parametrize("limit", [0, -1, True, "5"])
def test_a_limit_that_is_none_is_refused(shop, limit):
    """Before anything is read."""
    with pytest.raises(ValueError, match="give a positive number, or None for all"):
        shop.draw(limit=limit)


def test_an_index_that_is_not_there_is_refused_by_name(shop):
    """The message lists those that are."""
    with pytest.raises(DefinitionError, match="has no index 'GSI9' to be drawn; its indexes are 'GSI1', 'Big'"):
        shop.draw(index="GSI9")


def test_a_table_that_is_not_there_is_an_error(client, table_name):
    """As it is to every read."""
    with pytest.raises(TableNotFoundError):
        TABLE.connect(client, name=table_name).draw()


def test_a_page_is_written_of_a_store(shop, tmp_path):
    """The file's path comes back."""
    path = shop.to_html(tmp_path / "shop.html", title="The shop", limit=4)
    text = path.read_text(encoding="utf-8")
    assert "<title>The shop</title>" in text
    assert "there are more" in text


def test_a_tenant_sees_its_own_items_without_the_prefix(client, table_name):
    """In the table and in its indexes."""
    table = Table(table_name, Resident, indexes=[Index("ByCity")])
    one, other = table.connect(client, tenant="one"), table.connect(client, tenant="other")
    one.create_table()
    one[Resident].put(Resident(user_id="ann", city="Bern"))
    other[Resident].put(Resident(user_id="bob", city="Bern"))
    views = one.draw(limit=1).collections
    assert [shown(view) for view in views.views] == [{"USER#ann": ["PROFILE"]}, {"CITY#Bern": ["ann"]}]
    assert not views.more
    assert views.views[0].groups[0].label.name == "Resident"
    assert shown(drawing.draw(one.db).collections.views[1]) == {"CITY#Bern": ["ann"]}


def test_plain_items_are_drawn_as_the_table_describes_itself(client, table_name):
    """Keys of any type, local indexes, what they hold: all of it is in the description."""
    client.create_table(
        TableName=table_name, BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": kind} for name, kind in (("id", "S"), ("at", "N"), ("size", "N"))],
        LocalSecondaryIndexes=[{
            "IndexName": "BySize", "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["note"]},
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "size", "KeyType": "RANGE"}]}],
    )  # fmt: skip
    for at, size in (("10", "1"), ("9", "2")):
        client.put_item(TableName=table_name, Item={
            "id": {"S": "a"}, "at": {"N": at}, "size": {"N": size}, "note": {"S": "x"}, "other": {"S": "y"}})
    picture = drawing.draw(dynamo.DB(table_name, client, pk="id", sk="at"))
    table, by_size = picture.collections.views
    assert (shown(table), shown(by_size)) == ({"a": ["9", "10"]}, {"a": ["1", "2"]})
    assert [cell.name for cell in by_size.partitions[0].rows[0].cells] == ["note", "at"]
    assert by_size.projection == ("note",)
    assert "BySize" in picture.text(100)


def test_show_schema_keeps_giving_its_dict(shop):
    """The picture is beside it, not in its place."""
    assert dynamo.show_schema(shop.db)["USER#ann"] == ["ORDER#001", "ORDER#002", "ORDER#030", "PROFILE"]
