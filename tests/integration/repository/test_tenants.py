"""Tenants: two of them on one table never see each other, whatever is called."""

from __future__ import annotations

import attrs
import pytest

from pynamite import Index, Table, attribute, dynamo, entity
from pynamite.errors import CursorError, DefinitionError, ExpressionError, ItemExistsError, ItemNotFoundError
from pynamite.expression import IfNotExists


@entity(pk="USER#<user_id>", sk="PROFILE", indexes={"Newest": ("USERS", "<visits:desc(6)>")})
class User:
    user_id: str
    email: str | None = None
    visits: int = 0
    nick: str | None = None


@entity(pk="USER#<user_id>", sk="NOTE#<number:pad(3)>")
class Note:
    user_id: str
    number: int
    text: str = ""


INDEXES = [Index("ByEmail", pk="email", sk=None), Index("Inverted", pk="SK", sk="PK"), Index("Newest")]


@pytest.fixture
def table(client, table_name):
    made = Table(table_name, User, Note, indexes=INDEXES)
    made.connect(client).create_table()
    return made


@pytest.fixture
def stores(client, table):
    """Two tenants with the same keys in one table, each with things of its own."""
    made = {}
    for name in ("acme", "zeta"):
        store = made[name] = table.connect(client, tenant=name)
        for user_id in "12":
            store[User].create(User(user_id=user_id, email=f"{user_id}@x.com", nick=name))
        store[Note].put_many([Note(user_id="1", number=number, text=name) for number in range(3)])
    return made


@pytest.fixture
def acme(stores):
    return stores["acme"]


@pytest.fixture
def zeta(stores):
    return stores["zeta"]


def test_no_read_sees_another_tenants_items(stores):
    """Get, batches, queries of the table and of every index, scans, counts and collections are of one tenant."""
    for name, store in stores.items():
        users, notes = store[User], store[Note]
        assert users.require(user_id="1").nick == name
        assert [one.nick for one in users.get_many([{"user_id": "1"}, {"user_id": "2"}])] == [name] * 2
        assert [note.text for note in notes.partition(user_id="1")] == [name] * 3
        assert [note.number for note in notes.query(user_id="1").between(number=(1, 5))] == [1, 2]
        assert [one.nick for one in users.query("ByEmail", email="1@x.com")] == [name]
        assert [one.nick for one in users.query("Inverted")] == [name] * 2
        assert [one.nick for one in users.query("Newest").le(visits=5)] == [name] * 2
        assert [one.nick for one in users.scan()] == [name] * 2
        assert {note.text for note in notes.scan(segments=3)} == {name}
        assert [one.nick for one in users.scan("ByEmail")] == [name] * 2
        assert users.count() == 2 and notes.count(user_id="1") == 3 and users.count("ByEmail", email="1@x.com") == 1
        together = store.collection(User, Note, user_id="1").all()
        assert [getattr(one, "nick", None) or one.text for one in together] == [name] * 4


def test_no_write_reaches_another_tenants_items(acme, zeta):
    """Updates, saves, moves, deletes, batches and transactions stay in their tenant."""
    before = zeta[User].scan().all(), zeta[Note].scan().all()
    acme[User].update({"user_id": "1"}, {"nick": "changed"})
    one = acme[User].require(user_id="2")
    acme[User].save(attrs.evolve(one, email="new@x.com"), since=one)
    acme[Note].move({"user_id": "1", "number": 0}, {"number": 9})
    acme[Note].delete(user_id="1", number=1)
    acme[Note].delete_many([{"user_id": "1", "number": 2}])
    with acme.transaction() as tx:
        tx[User].update({"user_id": "1"}, {"visits": 5})
        tx[Note].delete(user_id="1", number=9)
    assert (zeta[User].scan().all(), zeta[Note].scan().all()) == before
    assert acme[Note].count() == 0 and acme[User].require(user_id="1").visits == 5


def test_a_key_is_taken_only_within_its_tenant(table, client, acme):
    """A third tenant can create what the others have; a second time it cannot."""
    third = table.connect(client, tenant="third")
    third[User].create(User(user_id="1"))
    with pytest.raises(ItemExistsError) as refused:
        third[User].create(User(user_id="1"))
    assert refused.value.item == User(user_id="1")
    with pytest.raises(ItemNotFoundError):
        third[User].update({"user_id": "2"}, {"visits": 1})
    assert acme[User].require(user_id="1").nick == "acme"


def test_a_field_that_is_an_index_key_follows_every_update(acme, zeta):
    """A natural partition key is found under its value, and shown as it is, however it was written."""
    users = acme[User]

    def found(email):
        return [one.user_id for one in users.query("ByEmail", email=email)]

    assert users.update({"user_id": "1"}, {"email": "set@x.com"}).email == "set@x.com"
    assert found("set@x.com") == ["1"] and found("1@x.com") == []
    users.update({"user_id": "1"}, {"email": None})
    assert found("set@x.com") == []
    users.update({"user_id": "1"}, {"email": IfNotExists("email", "start@x.com")})
    assert found("start@x.com") == ["1"]
    users.update({"user_id": "3"}, {"email": "third@x.com", "visits": 1}, upsert=True)
    assert found("third@x.com") == ["3"]
    one = users.require(user_id="3")
    users.save(attrs.evolve(one, email="saved@x.com"), since=one)
    assert found("saved@x.com") == ["3"]
    assert [one.user_id for one in zeta[User].query("ByEmail", email="1@x.com")] == ["1"]


def test_conditions_on_a_key_that_is_a_field_compare_its_value(acme):
    """What is compared is what the field has, not what is stored with the tenant."""
    email = attribute(User.email)
    for holds in (
        email == "1@x.com",
        email.begins_with("1@"),
        email.in_(["1@x.com", "9"]),
        email.between("1", "1z"),
        (email < "2") & (attribute(User.nick) == "acme"),
        ~(email == "2@x.com"),
    ):
        assert [one.user_id for one in acme[User].scan().filter(holds)] == ["1"]
        acme[User].update({"user_id": "1"}, {"visits": 1}, where=holds)


def test_a_condition_that_would_meet_the_tenants_name_is_refused(acme):
    """Sizes, parts and comparisons with other attributes would be wrong by the prefix, and are errors instead."""
    email = attribute(User.email)
    for condition in (email.size() > 3, email.contains("acme"), email == attribute(User.nick)):
        with pytest.raises(ExpressionError, match="the tenant's name before it"):
            acme[User].scan().filter(condition)
    with pytest.raises(ExpressionError, match="cannot be made from email"):
        acme[User].update({"user_id": "1"}, attribute(User.nick).copy(attribute(User.email)))


def test_a_cursor_is_of_its_tenant(acme, zeta):
    """Nobody goes on where another tenant's page ended."""
    for query, other in (
        (acme[Note].query(user_id="1"), zeta[Note].query(user_id="1")),
        (acme[Note].scan(), zeta[Note].scan()),
    ):
        cursor = query.page(1).cursor
        with pytest.raises(CursorError):
            other.page(1, cursor)
        assert len(query.page(5, cursor).items) == 2


def test_pages_within_a_tenant_are_exact(acme):
    """A scan skips the other tenant's items without shortening its pages."""
    found, cursor = [], None
    while True:
        page = acme[Note].scan().page(2, cursor)
        found += page.items
        cursor = page.cursor
        if cursor is None:
            break
        assert len(page.items) == 2
    assert sorted(note.number for note in found) == [0, 1, 2]


def test_items_are_stored_as_plain_items_of_a_tenant_are(acme, client, table):
    """The store of entities and the plain database of the same tenant share their items."""
    plain = dynamo.DB(table.name, client, tenant="acme")
    assert plain.get("USER#1.PROFILE") == acme.db.get("USER#1.PROFILE")
    assert plain.get("USER#1.PROFILE")["email"] == "1@x.com"
    stored = client.get_item(TableName=table.name, Key={"PK": {"S": "acme@USER#1"}, "SK": {"S": "acme@PROFILE"}})
    assert stored["Item"]["email"] == {"S": "acme@1@x.com"}
    assert stored["Item"]["NewestPK"] == {"S": "acme@USERS"} and stored["Item"]["NewestSK"] == {"S": "999999"}


def test_a_table_without_a_text_to_stand_in_has_no_tenants(client, table_name):
    """A partition key of numbers, of the table or an index, has no room for a name."""
    table = Table(table_name, User, Note, indexes=[*INDEXES, Index("ByVisits", pk="visits", sk=None)])
    with pytest.raises(DefinitionError, match="'visits' is no text"):
        table.connect(client, tenant="acme")
