"""Items of others: neither returned nor touched, by any verb; and items that do not fit."""

from __future__ import annotations

import pytest

from pynamite import Index, Table, attribute, entity
from pynamite.errors import (
    ConditionFailedError,
    DefinitionError,
    ItemExistsError,
    ItemNotFoundError,
    ItemStructureError,
    KeyValueError,
)
from tests.integration.repository.shop import Order, Status, Task, User, order

ROBOT = {"PK": "USER#3", "SK": "PROFILE", "_type": "Robot", "email": "r2@d2"}
NOBODY = {"PK": "USER#4", "SK": "PROFILE", "email": "x"}
KEYS = ({"account_id": "3"}, {"account_id": "4"})


@pytest.fixture
def mixed(filled):
    """The filled shop with an item of another type, and one of none, under the keys of users."""
    for item in (ROBOT, NOBODY):
        filled.db.put([item["PK"], item["SK"]], item)
    return filled


def untouched(store):
    return [
        {name: value for name, value in store.db.get([item["PK"], item["SK"]]).items() if name in item}
        for item in (ROBOT, NOBODY)
    ] == [ROBOT, NOBODY]


@pytest.mark.parametrize("key", KEYS)
def test_a_foreign_item_is_not_there_for_reads(mixed, key):
    """Not for get, require, get_many, queries, scans, counts and collections."""
    users = mixed[User]
    assert users.get(key) is None
    assert users.get_many([key]) == [None]
    with pytest.raises(ItemNotFoundError):
        users.require(key)
    assert users.partition(key) == users.query(key).all() == mixed.collection(User, Order, **key).all() == []
    assert users.query(key).count() == users.count(**key) == 0
    assert users.count() == len(users.scan().all()) == 2


@pytest.mark.parametrize("key", KEYS)
def test_a_foreign_item_is_not_touched_by_writes(mixed, key):
    """Each write that would hit it is an error that tells what is there, and carries it."""
    users, mine = mixed[User], User(**key, email="mine")
    with pytest.raises(ItemExistsError, match="another type") as exists:
        users.create(mine)
    with pytest.raises(ConditionFailedError, match="another type") as put:
        users.put(mine)
    with pytest.raises(ConditionFailedError, match="another type"):
        users.put(mine, where=attribute(User.email).exists())
    with pytest.raises(ItemNotFoundError, match="another type"):
        users.update(key, {"email": "mine"})
    with pytest.raises(ConditionFailedError, match="another type") as upsert:
        users.update(key, {"email": "mine"}, upsert=True)
    with pytest.raises(ItemNotFoundError, match="another type"):
        users.save(mine, since=User(**key, email="other"))
    with pytest.raises(ConditionFailedError, match="another type") as deleted:
        users.delete(key)
    with pytest.raises(ItemNotFoundError, match="another type"):
        users.delete(key, must_exist=True)
    with pytest.raises(ConditionFailedError, match="another type"):
        users.put_many([mine], checked=True)
    with pytest.raises(ConditionFailedError, match="another type"):
        users.delete_many([key], checked=True)
    assert untouched(mixed)
    for failed in (exists, put, upsert, deleted):
        assert failed.value.item["email"] in {"r2@d2", "x"}


def test_rereading_an_upsert_meets_a_foreign_item_at_once(mixed):
    """It does not try again and again."""
    address = [order(1).account_id and "USER#1", "ORDER#2026-05-01T21:00:00.000000Z#o9"]
    mixed.db.put(address, {"_type": "Robot", "total": 1})
    with pytest.raises(ConditionFailedError, match="another type"):
        mixed[Order].update(order(9), attribute(Order.total).add(1), upsert=True, reread=True)
    with pytest.raises(ItemNotFoundError):
        mixed[Order].update(order(9), attribute(Order.total).add(1), reread=True)
    assert mixed.db.get(address)["total"] == 1


def test_foreign_items_in_an_index_are_left_out(mixed):
    """Tasks and orders share an index; a robot in it is nobody's."""
    mixed.db.put(["X", "1"], {"_type": "Robot", "GSI1PK": "STATUS#OPEN", "GSI1SK": "2026"})
    mixed.db.put(["X", "2"], {"GSI1PK": "STATUS#OPEN", "GSI1SK": "2027"})
    mixed[Task].put(Task(account_id="1", number=1, owner="ann", due="1"))
    query = mixed[Order].query("GSI1", status=Status.OPEN)
    assert query.count() == len(query.all()) == mixed[Order].scan("GSI1").count() == 12
    assert len(query.reverse().page(11).items) == 11
    assert mixed[Task].scan("GSI1").count() == 1


def test_an_unchecked_batch_replaces_what_is_there(mixed):
    """A batch takes no conditions, as its documentation says."""
    mixed[User].put_many([User(account_id="3", email="mine")])
    assert mixed[User].require(account_id="3").email == "mine"


def test_an_item_that_does_not_fit_is_an_error_with_the_path(filled):
    """From every read, and with every misfit; a count does not look inside."""
    filled.db.update(["USER#1", "PROFILE"], {"address": {"street": "Main", "zip": 12}, "visits": "many"})
    users = filled[User]
    for read in (
        lambda: users.get(account_id="1"), lambda: users.require(account_id="1"),
        lambda: users.get_many([{"account_id": "1"}]), lambda: users.partition(account_id="1"),
        lambda: users.scan().all(), lambda: users.query(account_id="1").page(1),
    ):  # fmt: skip
        with pytest.raises(ItemStructureError, match=r"User: .*\$\.address\.zip: expected str, got 12 \(N\)") as misfit:
            read()
        assert any("$.visits" in problem for problem in misfit.value.problems)
    assert users.count() == 2


def test_a_required_attribute_that_is_absent_is_an_error(filled):
    """And no default comes in its place."""
    filled.db.put(["USER#9", "PROFILE"], {"_type": "User", "account_id": "9"})
    with pytest.raises(ItemStructureError, match=r"\$\.email: the attribute is missing"):
        filled[User].get(account_id="9")


def test_the_failed_condition_of_an_item_that_does_not_fit_shows_it_plain(filled):
    """The error is the failed condition, whatever the item looks like."""
    filled.db.update(["USER#1", "PROFILE"], {"visits": "many"})
    with pytest.raises(ConditionFailedError) as failed:
        filled[User].put(User(account_id="1", email="x"), where=attribute(User.email) == "nope")
    assert failed.value.item["visits"] == "many"


@entity(pk="A#<id>", sk="CARD")
class Person:
    id: str
    name: str


@entity(pk="A#<id>", sk="CARD")
class Company:
    id: str
    name: str
    staff: int = 0


def test_entities_of_one_key_are_told_by_type(client, table_name):
    """same_key: each is foreign to the other, for reads, writes and moves."""
    store = Table(table_name, Person, Company, same_key=[(Person, Company)]).connect(client)
    store.create_table()
    store[Person].create(Person(id="1", name="ann"))
    with pytest.raises(ItemExistsError, match="another type"):
        store[Company].create(Company(id="1", name="corp"))
    with pytest.raises(ConditionFailedError, match="another type"):
        store[Company].put(Company(id="1", name="corp"))
    with pytest.raises(ItemNotFoundError):
        store[Company].update({"id": "1"}, {"staff": 3})
    store[Company].create(Company(id="2", name="corp"))
    with pytest.raises(ItemExistsError):
        store[Company].move({"id": "2"}, {"id": "1"})
    assert store[Company].get(id="1") is None
    assert store[Company].partition(id="1") == []
    assert store[Person].scan().all() == [Person(id="1", name="ann")]
    assert store.collection(Person, Company, id="2").all() == [Company(id="2", name="corp")]


def test_keys_alone_cannot_tell_entities_of_one_key(client, table_name):
    """A KEYS_ONLY index of such entities says so; hydrated, the items tell."""
    indexes = [Index("ByName", pk="name", sk=None, projection="KEYS_ONLY")]
    store = Table(table_name, Person, Company, indexes=indexes, same_key=[(Person, Company)]).connect(client)
    store.create_table()
    store[Person].create(Person(id="1", name="x"))
    store[Company].create(Company(id="2", name="x"))
    with pytest.raises(DefinitionError, match=r"hydrate"):
        store[Person].query("ByName", name="x").count()
    query = store[Person].query("ByName", name="x").hydrate()
    assert query.all() == [Person(id="1", name="x")]
    assert query.count() == len(query.page(5).items) == 1


def test_without_a_type_attribute_the_templates_decide(client, table_name):
    """Items hold nothing but their fields, and belong to the entity that their keys fit."""

    @entity(pk="<customer>", sk="CUST#<customer>", indexes={"GSI1": ("ALL", "<name>")})
    class Customer:
        customer: str
        name: str = ""

    @entity(pk="<customer>", sk="<url>", indexes={"GSI1": ("ALL", "<name>")})
    class Bookmark:
        customer: str
        url: str
        name: str = ""

    table = Table(table_name, Customer, Bookmark, indexes=[Index("GSI1")], type_attribute=None)
    store = table.connect(client)
    store.create_table()
    customer = store[Customer].create(Customer(customer="1", name="ann"))
    bookmark = store[Bookmark].create(Bookmark(customer="1", url="https://a.b/#c", name="b"))
    assert "_type" not in store.db.get_partition("1")[0]
    assert store[Customer].partition(customer="1") == [customer]
    assert store[Bookmark].partition(customer="1") == [bookmark]
    assert store[Bookmark].query(customer="1").count() == store[Bookmark].count() == store[Customer].count() == 1
    assert store[Bookmark].query("GSI1").all() == [bookmark]
    assert store.collection(Customer, Bookmark, customer="1").all() == [customer, bookmark]
    with pytest.raises(KeyValueError, match="also one of entity 'Customer'"):
        store[Bookmark].get(customer="1", url="CUST#1")
    with pytest.raises(ItemNotFoundError):
        store[Bookmark].update({"customer": "2", "url": "x"}, {"name": "y"})
    assert store[Bookmark].update(bookmark, {"name": "new"}).name == "new"
    assert store[Bookmark].update({"customer": "2", "url": "x"}, {"name": "y"}, upsert=True).name == "y"
    assert store[Bookmark].put(bookmark) == bookmark
    with pytest.raises(ItemExistsError):
        store[Bookmark].create(bookmark)
    assert store[Bookmark].delete(bookmark, must_exist=True) is True
    with pytest.raises(ItemNotFoundError):
        store[Bookmark].delete(bookmark, must_exist=True)
