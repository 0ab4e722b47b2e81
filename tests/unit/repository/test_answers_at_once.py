"""Answers that are read at once, from bytes to instances, and what happens where one of the items does not fit."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import attrs
import pytest

from pynamite import Index, Table, attribute, entity, field
from pynamite.dynamodb_json import from_json, to_json
from pynamite.errors import ItemStructureError, KeyValueError, OperationError
from pynamite.operation.answers import Found, Ready, ready_batch, unread_page
from pynamite.operation.unread import UnreadItems


@entity(pk="SHOP#<shop>", sk="ORDER#<number:pad(3)>", indexes={"GSI1": ("STATUS#<status>", "<number:pad(3)>")})
class Order:
    shop: str
    number: int
    status: str = "OPEN"
    tags: set[str] = field(factory=set)


@entity(pk="SHOP#<shop>", sk="NOTE#<number:pad(3)>")
class Note:
    shop: str
    number: int
    text: str = ""


@entity(pk="<n>")
class Counted:
    n: int
    text: str = ""


@entity(pk="CODE#<code>")
class Code:
    code: str
    found: frozenset[str] = frozenset()


SHOP = Table("shop", Order, Note, indexes=[Index("GSI1")])


class Recorder:
    """The client of an embedded store that notes what it was asked, and changes answers where it is told to."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.asked: list[str] = []
        self.change = lambda method, body: body

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def raw(self, method: str, request: Any) -> Any:
        """Note the method."""
        self.asked.append(method)
        return self.change(method, self._client.raw(method, request))


@pytest.fixture
def client():
    with SHOP.connect("sqlite://") as store:
        yield Recorder(store.session.client)


@pytest.fixture
def shop(client):
    """Three orders and two notes."""
    store = SHOP.connect(client)
    store.create_table()
    for number in range(3):
        store[Order].create(Order(shop="ann", number=number, tags={"a", "b"}))
    for number in range(2):
        store[Note].create(Note(shop="ann", number=number))
    client.asked.clear()
    return store


def spoilt(body: bytes) -> bytes:
    """Spoil the items of an answer: the second order has a number that is none."""
    return body.replace(b'"number":{"N":"1"}', b'"number":{"S":"?"}')


def test_an_item_is_read_with_its_answer(shop, monkeypatch):
    """Neither the item alone nor a dict of it is made on the way."""
    monkeypatch.setattr("pynamite.operation.answers._unread", None)
    assert shop[Order].get(shop="ann", number=1) == Order(shop="ann", number=1, tags={"a", "b"})
    assert shop[Order].get(shop="ann", number=9) is None


def test_another_entitys_item_is_none(shop):
    """An item under the key that is marked as something else is not given, one by one and in a batch."""
    key = {"PK": {"S": "SHOP#ann"}, "SK": {"S": "ORDER#007"}}
    shop.session.client.put_item(TableName="shop", Item={**key, "_type": {"S": "Note"}})
    shop.session.client.put_item(TableName="shop", Item={**key, "SK": {"S": "ORDER#008"}})
    assert shop[Order].get(shop="ann", number=7) is None
    assert shop[Order].get_many([{"shop": "ann", "number": number} for number in (7, 1, 8, 9)]) == [
        None, Order(shop="ann", number=1, tags={"a", "b"}), None, None]


def test_pages_and_batches_are_read_with_their_answers(shop, monkeypatch):
    """Queries, scans and batches make their instances of the answer's bytes, page by page."""
    monkeypatch.setattr("pynamite.operation.answers.unread_page", None)
    monkeypatch.setattr("pynamite.operation.answers.unread_batch", None)
    orders = [Order(shop="ann", number=number, tags={"a", "b"}) for number in range(3)]
    assert shop[Order].partition(shop="ann") == orders
    assert shop[Order].query("GSI1", status="OPEN").reverse().limit(2).all() == orders[:0:-1]
    assert list(shop[Order].query(shop="ann").filter(attribute(Order.number) > 0)) == orders[1:]
    assert sorted(shop[Order].scan(), key=lambda one: one.number) == orders
    assert shop[Order].get_many([{"shop": "ann", "number": number} for number in (2, 0, 2)]) == [
        orders[2], orders[0], orders[2]]


@pytest.mark.parametrize("read", ["get", "get_many"])
def test_an_item_that_does_not_fit_is_told_of_with_its_path(shop, client, read):
    """What cannot be read at once is read carefully, from the same answer."""
    client.change = lambda method, body: spoilt(body)
    key = {"shop": "ann", "number": 1}
    with pytest.raises(ItemStructureError, match=r"\$\.number"):
        shop[Order].get(key) if read == "get" else shop[Order].get_many([{**key, "number": 0}, key])
    assert len(client.asked) == 1


def test_the_items_before_one_that_does_not_fit_are_given(shop, client):
    """A page in which one item does not fit is read item by item."""
    client.change = lambda method, body: spoilt(body)
    found = iter(shop[Order].query(shop="ann"))
    assert next(found) == Order(shop="ann", number=0, tags={"a", "b"})
    with pytest.raises(ItemStructureError, match=r"\$\.number"):
        next(found)
    assert client.asked == ["query"]


def test_a_page_that_is_read_at_once_says_where_it_ends(shop, client):
    """The key of a page's end, and the capacity, are read beside the items."""
    def cut(method: str, body: bytes) -> bytes:
        answer: dict[str, Any] = from_json(body)
        if len(client.asked) == 1:
            last = answer["Items"][0]
            answer = {
                "Items": [last], "Count": 1, "ScannedCount": 1,
                "LastEvaluatedKey": {name: last[name] for name in ("PK", "SK")}}
        return to_json({**answer, "ConsumedCapacity": {"TableName": "shop", "CapacityUnits": 0.5}})

    client.change = cut
    measured = shop[Order].query(shop="ann").measured()
    assert [one.number for one in measured.items] == [0, 1, 2]
    assert (measured.requests, measured.capacity, measured.scanned_count) == (2, 1.0, 3)


def test_a_query_of_several_pages_is_read_to_its_end(client, shop):
    """Page by page, in their order, whether all is read at once, or one after the other."""
    notes = [Note(shop="bob", number=number, text="x" * 300_000) for number in range(8)]
    shop[Note].put_many(notes)
    client.asked.clear()
    query = shop[Note].query(shop="bob")
    assert shop[Note].partition(shop="bob") == query.all() == list(query) == notes
    assert client.asked == ["query"] * 9
    assert query.reverse().all() == notes[::-1] and query.limit(5).all() == notes[:5]


SHOPS = [("ann", 0), (b"ann".decode(), 1), ("bob", 0), ("ann", 7), ("ann", 0), ("bob", 0)]


@pytest.mark.parametrize("wanted", [SHOPS, SHOPS[:2], SHOPS[3:4]], ids=["of two partitions", "of one", "of none"])
@pytest.mark.parametrize("spoil", [False, True], ids=["at once", "one by one"])
def test_a_batch_finds_its_items_in_each_partition(shop, client, wanted, spoil):
    """By the sort key alone where all are of one partition; also where an answer is left to be read item by item."""
    bobs = Order(shop="bob", number=0, status="PAID")
    shop[Order].put(bobs)
    if spoil:
        client.change = lambda method, body: body.replace(b'"status":', b'"more":{"NULL":true},"status":').replace(
            b'"number":{"N":"0"}', b'"number":{"N":"0.0"}')
    there = {("ann", number): Order(shop="ann", number=number, tags={"a", "b"}) for number in range(3)}
    there["bob", 0] = bobs
    found = shop[Order].get_many([{"shop": name, "number": number} for name, number in wanted])
    assert found == [there.get(one) for one in wanted]


def test_an_update_of_a_known_shape_is_read_with_its_answer(shop, client, monkeypatch):
    """The second time neither the item alone nor a dict of it is made; what does not fit is told of with its path."""
    notes = shop[Note]
    notes.update({"shop": "ann", "number": 0}, {"text": "x"})
    monkeypatch.setattr("pynamite.operation.answers._unread", None)
    assert notes.update({"shop": "ann", "number": 1}, {"text": "y"}) == Note(shop="ann", number=1, text="y")
    monkeypatch.undo()
    client.change = lambda method, body: spoilt(body)
    with pytest.raises(ItemStructureError, match=r"\$\.number"):
        notes.update({"shop": "ann", "number": 1}, {"text": "z"})
    assert client.asked == ["update_item"] * 3


def test_what_expires_is_looked_at_first():
    """Where items expire, whether one has is known before it is read: such answers are left unread."""
    @entity(pk="S#<id>")
    class Session:
        id: str
        until: datetime | None = field(default=None, ttl=True)

    now = datetime(2026, 5, 1, tzinfo=UTC)
    with Table("sessions", Session, sk=None).connect("sqlite://", now=lambda: now) as store:
        store.create_table()
        gone = Session(id="1", until=datetime(2026, 4, 1, tzinfo=UTC))
        store[Session].put(gone)
        assert store[Session].get(id="1") is None
        assert store[Session].get_many([{"id": "1"}]) == [None]
        assert store[Session].get(id="1", include_expired=True) == gone
        assert store[Session].get_many([{"id": "1"}], include_expired=True) == [gone]


@pytest.mark.parametrize("kind", [datetime, int])
@pytest.mark.parametrize(("due", "there", "whole"), [
    (None, True, True),
    ({"N": "1767225600"}, False, True),
    ({"N": "1767225601"}, True, True),
    ({"N": "1767225599.5"}, False, False),
    ({"NULL": True}, True, True),
])
def test_of_what_expires_the_time_is_looked_at_in_its_answer(monkeypatch, kind, due, there, whole):
    """Up to the second that the clock is in; what is no whole number takes a closer look, and so does an int."""

    @entity(pk="SESSION#<id>", sk="X")
    class Session:
        id: str
        until: kind | None = field(default=None, ttl=True)  # type: ignore[valid-type]

    now = datetime(2026, 1, 1, 0, 0, 0, 900_000, tzinfo=UTC)
    store = Table("sessions", Session).connect("sqlite://", now=lambda: now)
    store.create_table()
    item = {"PK": {"S": "SESSION#a"}, "SK": {"S": "X"}, "_type": {"S": "Session"}, "id": {"S": "a"}}
    expiring = item if due is None else {**item, "until": due}
    store.session.client.put_item(TableName="sessions", Item=expiring)
    if whole and kind is datetime:
        monkeypatch.setattr("pynamite.operation.answers._unread", None)
    found = store[Session].get(id="a")
    assert (found is not None) is there
    assert not whole or store[Session].get(id="a", include_expired=True) is not None


def test_keys_of_numbers_are_matched_as_numbers():
    """A batch by keys that are no texts is matched item by item."""
    with Table("counted", Counted, pk="n", sk=None).connect("sqlite://") as store:
        store.create_table()
        store[Counted].put(Counted(n=10, text="ten"))
        assert store[Counted].get_many([{"n": 10}, {"n": 1}]) == [Counted(n=10, text="ten"), None]


def test_a_table_without_sort_key_is_read_in_batches():
    """The text of one key attribute tells the items apart."""
    with Table("codes", Code, sk=None).connect("sqlite://") as store:
        store.create_table()
        store[Code].put(Code(code="x", found=frozenset({"a"})))
        assert store[Code].get_many([{"code": "y"}, {"code": "x"}]) == [None, Code(code="x", found=frozenset({"a"}))]
        assert store[Code].get(code="x").found == frozenset({"a"})


def test_a_get_that_is_refused_says_what_it_was_about(shop, client):
    """The error has the entity and the key."""
    client.get_item(TableName="shop", Key={"PK": {"S": "x"}, "SK": {"S": "y"}})
    shop.session.client.delete_table(TableName="shop")
    with pytest.raises(OperationError) as caught:
        shop[Order].get(shop="ann", number=1)
    assert (caught.value.entity, caught.value.key) == ("Order", {"PK": "SHOP#ann", "SK": "ORDER#001"})


def test_a_client_that_gives_dicts_is_read_as_ever(shop):
    """Clients without JSON, boto3's say, give dicts, which are read one by one."""
    class Plain:
        def __init__(self, client: Any) -> None:
            self._client = client

        def __getattr__(self, name: str) -> Any:
            if name == "raw":
                raise AttributeError(name)
            return getattr(self._client, name)

    plain: Any = Plain(shop.session.client)
    store = SHOP.connect(plain)
    orders = [Order(shop="ann", number=number, tags={"a", "b"}) for number in range(3)]
    assert store[Order].get(shop="ann", number=0) == orders[0]
    assert store[Order].partition(shop="ann") == orders
    assert store[Order].get_many([{"shop": "ann", "number": 2}]) == orders[2:]


def test_an_answer_that_cannot_be_read_at_once_is_left_unread():
    """Whatever the maker of instances has against an item, the answer's parts are there."""
    import msgspec

    kind = msgspec.defstruct("Kind", [("f0", msgspec.Raw)], rename={"f0": "PK"})
    refuse = ready_batch(kind, lambda structs: {1: structs[9]})
    body = b'{"Responses":{"t":[{"PK":{"S":"x"}}]},"UnprocessedKeys":{"t":{"Keys":[{"PK":{"S":"y"}}]}}}'
    answer = refuse(body)
    assert isinstance(answer["Responses"]["t"], UnreadItems)
    assert answer["UnprocessedKeys"] == {"t": {"Keys": [{"PK": {"S": "y"}}]}}
    taken = ready_batch(kind, lambda structs: {1: len(structs)})(body)
    assert taken["Responses"] == {"t": Found({1: 1})} and taken["UnprocessedKeys"] == answer["UnprocessedKeys"]


def test_keys_that_make_up_what_they_lack_are_refused(shop, client):
    """A mapping that has a default for everything is asked for what it has, one of another class for its values."""
    lacking = defaultdict(lambda: 1, shop="ann", other=2)
    with pytest.raises(KeyValueError, match="other"):
        shop[Order].get_many([lacking])
    assert dict(lacking) == {"shop": "ann", "other": 2} and client.asked == []
    found = shop[Order].get_many([MappingProxyType({"shop": "ann", "number": 1})])
    assert found == [Order(shop="ann", number=1, tags={"a", "b"})]


def test_what_is_ready_is_told_from_what_is_unread():
    """Both are lists of items to those who count them."""
    unread = unread_page(b'{"Items":[{"PK":{"S":"x"}}],"Count":1,"ScannedCount":1}')
    assert not isinstance(unread["Items"], Ready) and len(unread["Items"]) == 1


def test_a_class_with_a_constructor_of_its_own_is_read_at_once_by_it():
    """Converters and validators run as ever, and what they refuse is worded by the careful path."""
    @entity(pk="V#<id>")
    class Valued:
        id: str
        total: int = attrs.field(default=0, validator=attrs.validators.ge(0))

    with Table("valued", Valued, sk=None).connect("sqlite://") as store:
        store.create_table()
        store[Valued].put(Valued(id="1", total=5))
        assert store[Valued].get(id="1") == Valued(id="1", total=5)
        store.session.client.put_item(TableName="valued", Item={
            "PK": {"S": "V#2"}, "_type": {"S": "Valued"}, "id": {"S": "2"}, "total": {"N": "-1"}})
        with pytest.raises(ItemStructureError, match="'total' must be >= 0"):
            store[Valued].get(id="2")
