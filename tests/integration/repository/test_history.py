"""History: an item for each version of another one, made by every write, and staying."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pynamite import Table, Transaction, attribute, entity, evolve, field, new_ulid
from pynamite.errors import (
    ConditionFailedError,
    ItemExistsError,
    ItemNotFoundError,
    StaleVersionError,
    TransactionCanceledError,
)
from tests.integration.repository.meddler import Meddler

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@entity(pk="DOC#<doc_id>", sk="v<version:pad(4)>")
class DocVersion:
    doc_id: str
    version: int
    title: str = ""


@entity(pk="DOC#<doc_id>", sk="v0", history=DocVersion)
class Doc:
    """The newest version, under v0."""

    doc_id: str
    title: str = ""
    views: int = 0
    version: int = field(default=0, version=True)


@entity(pk="PRICE#<product>", sk="AT#<changed_at:desc>")
class PriceAt:
    product: str
    changed_at: datetime
    price: int


@entity(pk="LOG#<product>", sk="<log_id>")
class LogLine:
    product: str
    log_id: str
    price: int
    by: str


def past_of(price: Price) -> list[object]:
    """Two kinds of history; a price of 0 leaves none."""
    if price.price == 0:
        return []
    assert price.changed_at is not None
    return [
        PriceAt(product=price.product, changed_at=price.changed_at, price=price.price),
        LogLine(product=price.product, log_id=new_ulid(), price=price.price, by=price.by),
    ]


@entity(pk="PRICE#<product>", sk="NOW", history=[past_of])
class Price:
    product: str
    price: int
    by: str = "ann"
    changed_at: datetime | None = field(default=None, updated=True)


@pytest.fixture
def table(table_name):
    return Table(table_name, Doc, DocVersion, Price, PriceAt, LogLine)


@pytest.fixture
def store(client, table):
    """A table of documents and prices, by a clock that goes on."""
    moments = iter(NOON + timedelta(hours=n) for n in range(999))
    made = table.connect(client, now=lambda: next(moments))
    made.create_table()
    return made


def titles(store: Any, doc_id: str = "1") -> list[str]:
    """The titles of all versions, which are numbered without a gap."""
    found = store[DocVersion].partition(doc_id=doc_id)
    assert [one.version for one in found] == list(range(1, len(found) + 1))
    return [one.title for one in found]


def test_every_write_leaves_a_version(store):
    """Whichever verb it is; the pointer has the newest, and deleting it leaves the past."""
    docs, key = store[Doc], {"doc_id": "1"}
    first = docs.create(Doc(doc_id="1", title="a"))
    docs.put(evolve(first, title="b"))
    docs.update(key, {"title": "c"})
    docs.update(key, attribute(Doc.views).add(1))
    loaded = docs.require(key)
    assert docs.save(evolve(loaded, title="d"), since=loaded) == Doc(doc_id="1", title="d", views=1, version=5)
    docs.update({"doc_id": "2"}, {"title": "x"}, upsert=True)
    docs.update({"doc_id": "2"}, {"title": "y"}, upsert=True)
    assert (titles(store), titles(store, "2")) == (["a", "b", "c", "c", "d"], ["x", "y"])
    assert store[DocVersion].require(doc_id="1", version=2).title == "b"
    docs.put_many([evolve(docs.require(key), title="e"), Doc(doc_id="3", title="z")])
    docs.delete(key)
    assert (titles(store), titles(store, "3")) == (["a", "b", "c", "c", "d", "e"], ["z"])
    assert store.collection(Doc, DocVersion, doc_id="3").all() == [
        Doc(doc_id="3", title="z", version=1), DocVersion(doc_id="3", version=1, title="z"),
    ]  # fmt: skip


def test_what_writes_nothing_leaves_nothing(store):
    """A save without a difference, a check, a write that fails."""
    doc = store[Doc].create(Doc(doc_id="1", title="a"))
    store[Doc].save(doc, since=doc)
    with store.transaction() as tx:
        tx[Doc].check(doc)
    for act, kind in (
        (lambda: store[Doc].create(doc), ItemExistsError),
        (lambda: store[Doc].put(Doc(doc_id="1", title="late")), StaleVersionError),
        (lambda: store[Doc].update(doc, {"title": "x"}, where=attribute(Doc.views) == 9), ConditionFailedError),
        (lambda: store[Doc].update({"doc_id": "9"}, {"title": "x"}), ItemNotFoundError),
    ):
        with pytest.raises(kind):
            act()
    assert (titles(store), titles(store, "9")) == (["a"], [])


def test_in_a_transaction(store):
    """One version for an item, however many updates became one; a move begins a history of its own."""
    loaded = store[Doc].create(Doc(doc_id="1", title="a"))
    with store.transaction() as tx:
        tx[Doc].update({"doc_id": "1"}, {"title": "b"})
        tx[Doc].update({"doc_id": "1"}, attribute(Doc.views).add(1))
        tx[Doc].create(Doc(doc_id="2", title="x"))
    assert (titles(store), titles(store, "2")) == (["a", "b"], ["x"])
    assert store[Doc].require(doc_id="1") == Doc(doc_id="1", title="b", views=1, version=2)
    with pytest.raises(TransactionCanceledError) as cancelled, store.transaction() as tx:
        tx[Doc].update(loaded, {"title": "late"})
    assert type(cancelled.value.reasons[0]) is StaleVersionError
    store[Doc].move({"doc_id": "2"}, {"doc_id": "3", "title": "y"})
    assert titles(store, "2") == ["x"]
    assert [one.title for one in store[DocVersion].partition(doc_id="3")] == ["y"]


def test_a_past_that_is_there_is_not_overwritten(store):
    """A document that was deleted has its versions still: another one cannot begin at version 1 again."""
    store[Doc].create(Doc(doc_id="1", title="a"))
    store[Doc].delete(doc_id="1")
    for write in (store[Doc].create, store[Doc].put):
        with pytest.raises(ItemExistsError, match="there is a DocVersion with doc_id='1', version=1"):
            write(Doc(doc_id="1", title="new"))
    with pytest.raises(TransactionCanceledError, match="create Doc: its history DocVersion"), store.transaction() as tx:
        tx[Doc].create(Doc(doc_id="1", title="new"))
    assert titles(store) == ["a"]
    store[DocVersion].delete(doc_id="1", version=1)
    store[Doc].create(Doc(doc_id="1", title="new"))
    assert titles(store) == ["new"]


def test_who_was_overtaken_leaves_the_next_version(store, table):
    """The history has both changes, each once."""
    store[Doc].create(Doc(doc_id="1", title="a"))
    meddler: Any = Meddler(store.client, lambda: store[Doc].update({"doc_id": "1"}, {"title": "b"}))
    assert table.connect(meddler)[Doc].update({"doc_id": "1"}, {"views": 1}).version == 3
    assert titles(store) == ["a", "b", "b"]


def test_a_history_by_moments_made_by_a_function(store):
    """Without versions: by the stamp of the change, and by ids; the function decides what is kept."""
    key = {"product": "tea"}
    for price in (5, 6, 0, 7):
        store[Price].put(Price(product="tea", price=price))
    store[Price].update(key, {"by": "bob"})
    newest = store[PriceAt].partition(key)
    assert [one.price for one in newest] == [7, 7, 6, 5]
    assert newest[0].changed_at == store[Price].require(key).changed_at
    assert [(one.price, one.by) for one in store[LogLine].partition(key)] == [
        (5, "ann"), (6, "ann"), (7, "ann"), (7, "bob"),
    ]  # fmt: skip


def test_reactions_to_versions_and_to_documents(client, table, store):
    """A version is made like any other item."""
    seen: list[object] = []
    table.on_create(DocVersion)(lambda new, tx: seen.append(new.version))

    @table.on_update(Doc)
    def retitle(old: Doc, new: Doc, tx: Transaction) -> None:
        tx[Price].put(Price(product=new.title, price=new.version))

    doc = store[Doc].create(Doc(doc_id="1"))
    store[Doc].update(doc, {"title": "tea"})
    assert seen == [1, 2]
    assert store[PriceAt].partition(product="tea")[0].price == 2
