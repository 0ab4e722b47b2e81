"""Reads of several items as of one moment."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite import Pending, Table, attribute, connect, entity
from pynamite.errors import (
    DefinitionError,
    ItemNotFoundError,
    ItemStructureError,
    KeyValueError,
    TableNotFoundError,
    TransactionCanceledError,
    UnknownEntityError,
)
from tests.integration.repository.shop import Order, Task, User, order, shop_table

ANN = User(account_id="1", email="1@example.com")


@entity(pk="PRODUCT#<sku>", sk="P")
class Product:
    sku: str
    price: int = 0


class Listener:
    """A client that notes what is sent in read transactions, and may refuse the first of them."""

    def __init__(self, client: Any, conflicts: int = 0, code: str = "TransactionConflict") -> None:
        self.client, self.conflicts, self.code = client, conflicts, code
        self.sent: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def transact_get_items(self, **request: Any) -> Any:
        self.sent.append(request["TransactItems"])
        if len(self.sent) <= self.conflicts:
            others = [{"Code": "None"} for _ in request["TransactItems"][1:]]
            answer: Any = {
                "Error": {"Code": "TransactionCanceledException", "Message": "Transaction cancelled"},
                "CancellationReasons": [{"Code": self.code, "Message": "no"}, *others],
            }
            raise botocore.exceptions.ClientError(answer, "TransactGetItems")
        return self.client.transact_get_items(**request)


def test_items_are_read_together(filled):
    """Of several entities, by keywords, mappings and instances; None where there is none."""
    with filled.read_transaction() as tx:
        ann = tx[User].get(account_id="1")
        nobody = tx[User].get({"account_id": "404"})
        first = tx[Order].require(order(1))
        none = tx[Task].get(account_id="1", number=7)
    assert (ann.value, nobody.value, first.value, none.value) == (ANN, None, order(1, total=10), None)
    assert isinstance(ann, Pending) and "email='1@example.com'" in repr(ann)


def test_a_foreign_item_is_none(shop):
    """As for get."""
    shop.db.put(["USER#1", "PROFILE"], {"_type": "Robot"})
    with shop.read_transaction() as tx:
        found = tx[User].get(account_id="1")
    assert found.value is None


def test_a_required_item_that_is_missing_ends_the_block(filled):
    """With what require says; the others were read all the same."""
    tx, told = filled.read_transaction(), "there is no User with account_id='404' in table"
    asked: list[Pending[Any]] = []
    with pytest.raises(ItemNotFoundError, match=told) as missing, tx:
        asked += [tx[User].get(ANN), tx[User].require(account_id="404"), tx[Order].require(order(77))]
    assert missing.value.operation == "TransactGetItems"
    assert missing.value.key == {"PK": "USER#404", "SK": "PROFILE"}
    assert "there is no Order" in missing.value.__notes__[0]
    assert asked[0].value == ANN
    for pending in asked[1:]:
        with pytest.raises(ItemNotFoundError):
            _ = pending.value


def test_an_item_that_does_not_fit_is_told(filled):
    """At the end of the block, and whenever it is asked for."""
    filled.db.put(["USER#3", "PROFILE"], {"_type": "User", "account_id": "3", "email": 5})
    tx = filled.read_transaction()
    asked: list[Pending[Any]] = []
    with pytest.raises(ItemStructureError, match=r"\$\.email"), tx:
        asked += [tx[User].get(account_id="1"), tx[User].get(account_id="3")]
    assert asked[0].value == ANN
    with pytest.raises(ItemStructureError):
        _ = asked[1].value


def test_a_value_is_there_when_the_block_has_ended(filled):
    """Before it, and after a block that raised, the error says why not."""
    tx = filled.read_transaction()
    asked: list[Pending[Any]] = []
    with pytest.raises(ZeroDivisionError), tx:
        ann = tx[User].get(account_id="1")
        asked.append(ann)
        assert repr(ann) == "Pending(User with account_id='1')"
        with pytest.raises(RuntimeError, match="User with account_id='1' has not been read yet"):
            _ = ann.value
        raise ZeroDivisionError
    with pytest.raises(RuntimeError, match="was not read: the block of the read transaction raised"):
        _ = asked[0].value


def test_it_is_used_in_a_block_and_once(filled):
    """Outside of a block, behind it, or in a second one, nothing would be read: each is an error."""
    tx = filled.read_transaction()
    with pytest.raises(RuntimeError, match="not begun"):
        tx[User].get(account_id="1")
    with tx, pytest.raises(RuntimeError, match="begun before"):
        tx.__enter__()
    with pytest.raises(RuntimeError, match="has ended"):
        tx[User].get(account_id="1")
    with pytest.raises(RuntimeError, match="begin another"), tx:
        pass


def test_nothing_needless_is_sent(filled):
    """Neither by an empty block nor by one that raises; the same item is read once, whatever it is read as."""
    listener: Any = Listener(filled.client)
    store = shop_table(filled.name).connect(listener)
    with store.read_transaction():
        pass
    with pytest.raises(KeyValueError), store.read_transaction() as tx:
        tx[User].get(account_id="1")
        tx[Order].get(account_id="1")
    assert listener.sent == []
    with store.read_transaction() as tx:
        anns = [tx[User].get(account_id="1"), tx[User].require(ANN), tx[User].get({"account_id": "1"})]
        other = tx[User].get(account_id="2")
    assert [len(sent) for sent in listener.sent] == [2]
    assert [ann.value for ann in anns] == [ANN] * 3 and other.value.account_id == "2"


@pytest.mark.differs(backend="moto", reason="moto 5 takes 25 items, as the service did years ago")
def test_a_hundred_items_fit_and_no_more(shop):
    """One more is refused where it is asked for, before anything is sent; the same ones again are no more."""
    shop[Task].put_many([Task(account_id="1", number=n) for n in range(100)])
    with shop.read_transaction() as tx:
        found = [tx[Task].require(account_id="1", number=n) for n in range(100)]
        again = tx[Task].require(account_id="1", number=0)
    assert [task.value.number for task in found] == list(range(100))
    assert again.value == found[0].value
    with pytest.raises(DefinitionError, match="at most 100 items"), shop.read_transaction() as tx:
        for n in range(101):
            tx[Task].get(account_id="1", number=n)


def test_a_conflict_is_tried_again(filled):
    """As often as any other; what is no conflict is told at once, and nothing was read."""
    listener: Any = Listener(filled.client, conflicts=2)
    store = shop_table(filled.name).connect(listener)
    with store.read_transaction() as tx:
        ann = tx[User].get(account_id="1")
    assert (ann.value, len(listener.sent)) == (ANN, 3)
    listener = Listener(filled.client, conflicts=1, code="ValidationError")
    tx = shop_table(filled.name).connect(listener).read_transaction()
    with pytest.raises(TransactionCanceledError, match="operation 0: ValidationError"), tx:
        ann = tx[User].get(account_id="1")
    with pytest.raises(RuntimeError, match="the read transaction failed"):
        _ = ann.value
    assert len(listener.sent) == 1


def test_several_tables_are_read_together(filled, table_name):
    """Each entity is found in the table that holds it; where several do, the store is named."""
    catalogue = Table(f"{table_name}-catalogue", Product, User).connect(filled.client)
    catalogue.create_table()
    catalogue[Product].create(Product(sku="a", price=5))
    catalogue[User].create(User(account_id="1", email="other"))
    with filled.read_transaction(catalogue) as tx:
        first, product = tx[Order].require(order(1)), tx[Product].require(sku="a")
        ann, other = tx.of(filled)[User].get(account_id="1"), tx.of(catalogue)[User].get(account_id="1")
        with pytest.raises(DefinitionError, match=rf"'{table_name}' and '{table_name}-catalogue'.*tx\.of\(store\)"):
            tx[User]
        with pytest.raises(UnknownEntityError, match="of none of the tables"):
            tx[int]
        with pytest.raises(UnknownEntityError, match="does not hold"):
            tx.of(filled)[Product]
        with pytest.raises(DefinitionError, match="does not read from table"):
            tx.of(Table("third", Product).connect(filled.client))
    assert (first.value.total, product.value.price) == (10, 5)
    assert (ann.value, other.value.email) == (ANN, "other")
    with filled.read_transaction(filled) as tx:
        ann = tx[User].require(account_id="1")
    assert ann.value == ANN


def test_tenants_are_told_apart(client, table_name):
    """Two tenants of one table, each by its store."""
    acme, other = (Table(table_name, Product).connect(client, tenant=name) for name in ("acme", "other"))
    acme.create_table()
    for store, price in ((acme, 1), (other, 2)):
        store[Product].put(Product(sku="a", price=price))
    with acme.read_transaction(other) as tx:
        prices = [tx.of(store)[Product].require(sku="a") for store in (acme, other)]
        with pytest.raises(DefinitionError, match=r"tx\.of\(store\)"):
            tx[Product]
    assert [price.value.price for price in prices] == [1, 2]


def test_a_missing_table_is_named(client, table_name):
    """As anywhere."""
    tx = Table(table_name, User).connect(client).read_transaction()
    with pytest.raises(TableNotFoundError, match=table_name), tx:
        tx[User].get(account_id="1")


def test_mistakes_are_found_in_the_block(filled):
    """At the verb, before anything is sent."""
    for act, error in (
        (lambda tx: tx[User].get(), KeyValueError),
        (lambda tx: tx[User].get(account_id=""), KeyValueError),
        (lambda tx: tx[User].get("USER#1"), TypeError),
        (lambda tx: tx[User].require(account_id="1", email="x"), KeyValueError),
        (lambda tx: tx[Order].get(ANN), TypeError),
    ):
        with pytest.raises(error), filled.read_transaction() as tx:
            act(tx)


def test_stores_of_different_databases_are_refused(filled, tmp_path):
    """Nothing can be read from both as of one moment; two clients of one file are of one database."""
    memory = Table("elsewhere", Product).connect("sqlite://")
    with pytest.raises(DefinitionError, match="not of one database"):
        filled.read_transaction(memory)
    memory.close()
    url = f"sqlite:///{tmp_path}/shared.db"
    with Table("left", Product).connect(url) as left, Table("right", User).connect(url) as right:
        for store in (left, right):
            store.create_table()
        left[Product].create(Product(sku="a"))
        right[User].create(ANN)
        with left.read_transaction(right) as tx:
            product, ann = tx[Product].get(sku="a"), tx[User].get(ANN)
        assert (product.value, ann.value) == (Product(sku="a"), ANN)


def test_what_is_read_is_of_one_moment(filled):
    """A sum over two items that others move about, all or nothing, stays the same."""
    for number in range(5):
        with filled.transaction() as tx:
            tx[User].update({"account_id": "1"}, attribute(User.visits).subtract(number))
            tx[User].update({"account_id": "2"}, attribute(User.visits).add(number))
        with filled.read_transaction() as reads:
            both = [reads[User].require(account_id=id) for id in ("1", "2")]
        assert sum(user.value.visits for user in both) == 0


@given(st.lists(st.tuples(st.sampled_from(["User", "Order"]), st.integers(0, 4)), max_size=12))
def test_it_reads_what_get_reads(wanted):
    """Whatever is asked for, in whatever order, as often as you like."""
    client: Any = connect("sqlite://")
    store = shop_table("shop").connect(client)
    store.create_table()
    for number in (0, 2, 3):
        store[User].put(User(account_id=str(number), email="x", visits=number))
        store[Order].put(order(number, "0"))
    users = {n: (User, {"account_id": str(n)}) for n in range(5)}
    asked: list[Any] = [users[n] if name == "User" else (Order, order(n, "0")) for name, n in wanted]
    with store.read_transaction() as tx:
        found: list[Pending[Any]] = [tx[cls].get(key) for cls, key in asked]
    assert [pending.value for pending in found] == [store[cls].get(key) for cls, key in asked]
    client.close()
