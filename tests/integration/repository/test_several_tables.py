"""Transactions over several tables of one database."""

from __future__ import annotations

from typing import Any

import pytest

from pynamite import Table, Transaction, attribute, entity, field
from pynamite.errors import (
    DefinitionError,
    ItemExistsError,
    ItemNotFoundError,
    StaleVersionError,
    TransactionCanceledError,
    UniqueViolationError,
    UnknownEntityError,
)
from tests.integration.repository.meddler import Meddler


@entity(pk="USER#<user_id>", sk="PROFILE")
class User:
    user_id: str
    email: str | None = field(default=None, unique=True)
    orders: int = 0


@entity(pk="USER#<user_id>", sk="ORDER#<number:pad(4)>")
class Order:
    user_id: str
    number: int
    total: int = 0


@entity(pk="LOG#<user_id>", sk="<what>")
class Entry:
    user_id: str
    what: str


@entity(pk="<user_id>")
class Balance:
    """In a table without sort key, and with other names."""

    user_id: str
    amount: int = 0
    version: int = field(default=0, version=True)


@pytest.fixture
def tables(table_name):
    """A shop, its audit table, and a bank."""
    shop = Table(f"{table_name}-shop", User, Order)
    audit = Table(f"{table_name}-audit", Entry)
    return shop, audit, Table(f"{table_name}-bank", Balance, pk="id", sk=None)


@pytest.fixture
def stores(client, tables):
    """The three of them, connected, with a user who has something in the bank."""
    made = [table.connect(client) for table in tables]
    for store in made:
        store.create_table()
    made[0][User].create(User(user_id="1", email="a@x"))
    made[2][Balance].create(Balance(user_id="1", amount=10))
    return made


def test_all_of_it_happens_or_nothing(stores):
    """Each entity is found in the table that has it; the reasons are in the order of the operations."""
    shop, audit, bank = stores
    with shop.transaction(audit, bank) as tx:
        tx[Order].create(Order(user_id="1", number=1, total=7))
        tx[Entry].put(Entry(user_id="1", what="order 1"))
        enough = attribute(Balance.amount) >= 7
        tx[Balance].update({"user_id": "1"}, attribute(Balance.amount).subtract(7), where=enough)
        tx[User].update({"user_id": "1"}, {"email": "b@x"})
    assert bank[Balance].require(user_id="1").amount == 3
    assert audit[Entry].scan().all() == [Entry(user_id="1", what="order 1")]
    assert shop[User].require(user_id="1").email == "b@x"
    with pytest.raises(TransactionCanceledError) as cancelled, audit.transaction(shop, bank) as tx:
        tx[Entry].put(Entry(user_id="1", what="order 2"))
        tx[Order].create(Order(user_id="1", number=1))
        tx[Balance].update(Balance(user_id="1"), {"amount": 0})
        tx[User].create(User(user_id="2", email="b@x"))
    reasons = cancelled.value.reasons
    assert [type(one) for one in reasons] == [type(None), ItemExistsError, StaleVersionError, UniqueViolationError]
    assert [one.table_name for one in reasons if one] == [shop.name, bank.name, shop.name]
    assert f"in table {bank.name!r}" in str(cancelled.value)
    assert audit[Entry].count() == shop[Order].count() == shop[User].count() == 1


def test_the_same_keys_in_two_tables_are_two_items(client, table_name):
    """A table of the same entities: which one is meant has to be said."""
    old, new = Table(f"{table_name}-old", User, Entry), Table(f"{table_name}-new", User)
    stores = [table.connect(client) for table in (old, new)]
    for store in stores:
        store.create_table()
    one = User(user_id="1", email="a@x")
    stores[0][User].create(one)
    with stores[0].transaction(stores[1]) as tx:
        told = f"User is in several tables of the transaction, '{table_name}-old', '{table_name}-new': use tx.of"
        with pytest.raises(DefinitionError, match=told):
            tx[User]
        tx.of(stores[0])[User].delete(user_id="1")
        tx.of(stores[1])[User].create(one)
        tx[Entry].create(Entry(user_id="1", what="moved"))
    assert (stores[0][User].get(user_id="1"), stores[1][User].get(user_id="1")) == (None, one)
    with stores[0].transaction(stores[0], stores[1], stores[1]) as tx:
        tx.of(stores[1])[User].update(one, {"orders": 1})
        tx[Entry].delete(user_id="1", what="moved")
    assert stores[1][User].require(one).orders == 1


def test_what_takes_no_part_is_refused(stores, client, table_name):
    """A class of none of the tables, a store of none of them."""
    shop, audit, bank = stores
    told = f"none of the transaction's tables '{shop.name}', '{audit.name}' holds Balance: .* give its store to"
    with shop.transaction(audit) as tx:
        with pytest.raises(UnknownEntityError, match=told):
            tx[Balance]
        with pytest.raises(ValueError, match=f"the store of table '{bank.name}' takes no part in the transaction"):
            tx.of(bank)
        with pytest.raises(UnknownEntityError, match="does not hold"):
            tx.of(audit)[User]


def test_tables_of_two_databases_are_refused(stores, tables):
    """Before anything is asked for."""
    shop, audit, _ = stores
    told = f"tables '{shop.name}' and '{tables[1].name}' are not of one database"
    with tables[1].connect("sqlite://") as elsewhere, pytest.raises(DefinitionError, match=told):
        shop.transaction(audit, elsewhere)


def test_tables_that_were_connected_apart(tables, url):
    """To the same file, or the same server: one transaction reaches both."""
    with tables[0].connect(url) as shop, tables[1].connect(url) as audit:
        shop.create_table()
        audit.create_table()
        with shop.transaction(audit) as tx:
            tx[User].create(User(user_id="1"))
            tx[Entry].create(Entry(user_id="1", what="new"))
        assert (shop[User].count(), audit[Entry].count()) == (1, 1)


def test_a_reaction_writes_to_another_table(tables, stores):
    """In a transaction that the other table takes part in; otherwise it is told what to do."""
    shop, audit, bank = stores

    @tables[0].on_create(Order)
    def log(new: Order, tx: Transaction) -> None:
        tx[User].update({"user_id": new.user_id}, attribute(User.orders).add(1))
        tx[Entry].create(Entry(user_id=new.user_id, what=f"order {new.number}"))

    @tables[1].on_create(Entry)
    def pay(new: Entry, tx: Transaction) -> None:
        tx.of(bank)[Balance].update({"user_id": new.user_id}, attribute(Balance.amount).subtract(1))

    with audit.transaction(bank, shop) as tx:
        tx[Order].create(Order(user_id="1", number=1))
        tx[Order].create(Order(user_id="1", number=2))
    assert (shop[User].require(user_id="1").orders, bank[Balance].require(user_id="1").amount) == (2, 8)
    assert audit[Entry].count() == 2
    with pytest.raises(UnknownEntityError, match=f"'{shop.name}' holds Entry: .* or give its store to transaction"):
        shop[Order].create(Order(user_id="1", number=3))
    with pytest.raises(ValueError, match="takes no part"), shop.transaction(audit) as tx:
        tx[Order].create(Order(user_id="1", number=3))
    with pytest.raises(TransactionCanceledError) as cancelled, shop.transaction(audit, bank) as tx:
        tx[User].update({"user_id": "1"}, {"email": "c@x"})
        tx[Order].create(Order(user_id="2", number=3))
    assert [type(reason) for reason in cancelled.value.reasons] == [type(None), ItemNotFoundError]
    assert shop[Order].count() == audit[Entry].count() == 2


def test_who_was_overtaken_in_any_of_them_reads_again(tables, stores):
    """What follows is made of the items as they are, in each table."""
    shop, audit, bank = stores

    @tables[2].on_update(Balance)
    def note(old: Balance, new: Balance, tx: Transaction) -> None:
        tx[Entry].put(Entry(user_id=new.user_id, what=f"{old.amount} to {new.amount}"))

    with bank.transaction(audit) as tx:
        tx[Balance].update({"user_id": "1"}, {"amount": 11})

    def meddle() -> None:
        with bank.transaction(audit) as tx:
            tx[Balance].update({"user_id": "1"}, {"amount": 20})

    client: Any = Meddler(shop.client, meddle)
    others = [table.connect(client) for table in tables]
    with others[0].transaction(*others[1:]) as tx:
        tx[User].update({"user_id": "1"}, attribute(User.orders).add(1))
        tx[Balance].update({"user_id": "1"}, attribute(Balance.amount).add(1))
    assert bank[Balance].require(user_id="1") == Balance(user_id="1", amount=21, version=4)
    assert [one.what for one in audit[Entry].scan()] == ["10 to 11", "11 to 20", "20 to 21"]


def test_a_hundred_actions_over_all_tables(stores):
    """The limit is that of the transaction."""
    shop, audit, _ = stores
    with pytest.raises(DefinitionError, match="more than 100 actions"), shop.transaction(audit) as tx:
        for number in range(51):
            tx[Order].create(Order(user_id="1", number=number))
            tx[Entry].create(Entry(user_id="1", what=str(number)))
    with shop.transaction(audit) as tx:
        for number in range(50):
            tx[Order].create(Order(user_id="1", number=number))
            tx[Entry].create(Entry(user_id="1", what=str(number)))
    assert shop[Order].count() == audit[Entry].count() == 50
