"""Exporting tables, and bringing what was exported back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pynamite import Index, Table, attribute, dynamo, entity, field
from pynamite.errors import WorkbenchError
from pynamite.workbench import create_nosql_workbench, export_model, load_model, read_model
from tests.workbench.generated import module_of, unused_names
from tests.workbench.models import MODELS


@entity(pk="READER#<reader_id>", sk="READER", indexes={"GSI1": ("TOWN#<town>", "<name>")})
class Reader:
    """One of two kinds of items, with values of all types."""

    reader_id: str = field(key_only=True)
    name: str
    town: str | None = None
    tags: set[str] = field(factory=set)
    numbers: set[int] = field(factory=set)
    picture: bytes | None = None
    fees: dict[str, Decimal] = field(factory=dict)
    notes: list[str | int] = field(factory=list)
    active: bool = True


@entity(pk="READER#<reader_id>", sk="LOAN#<number:pad(4)>")
class Loan:
    """The other kind."""

    reader_id: str
    number: int
    isbn: str = field(name="ISBN")


def declared(name):
    """Make the table; each test has its own."""
    return Table(name, Reader, Loan, indexes=[Index("GSI1", projection=["name"])])


@pytest.fixture
def store(client, table_name):
    """A store with four items."""
    found = declared(table_name).connect(client)
    found.create_table()
    ann = Reader(
        reader_id="1",
        name="Ann",
        town="Rome",
        tags={"x", "a"},
        numbers={10, 9},
        picture=b"\x00\xff",
        fees={"b": Decimal("1.5"), "a": Decimal(2)},
        notes=["ü", 1],
        active=False,
    )
    found[Reader].put_many([ann, Reader(reader_id="2", name="Bob")])
    found[Loan].put_many([Loan(reader_id="1", number=10, isbn="9-9"), Loan(reader_id="1", number=9, isbn="3-1")])
    return found


def test_a_store_is_exported(store, tmp_path):
    """The declaration and the items: each entity is a facet with its templates as aliases."""
    create_nosql_workbench(store, filename=tmp_path / "table.json", author="Ann")
    tree = json.loads((tmp_path / "table.json").read_text())
    assert tree["ModelMetadata"] == {
        "Author": "Ann",
        "Description": "",
        "AWSService": "Amazon DynamoDB",
        "Version": "3.0",
    }
    (table,) = tree["DataModel"]
    reader, loan = table["TableFacets"]
    assert reader["FacetName"] == "Reader"
    assert reader["KeyAttributeAlias"] == {"PartitionKeyAlias": "READER#<reader_id>", "SortKeyAlias": "READER"}
    assert loan["KeyAttributeAlias"]["SortKeyAlias"] == "LOAN#<number:pad(4)>"
    assert loan["NonKeyAttributes"] == ["_type", "reader_id", "number", "ISBN"]
    assert [row["SK"]["S"] for row in loan["TableData"]] == ["LOAN#0009", "LOAN#0010"]
    assert reader["TableData"][0]["picture"] == {"B": "AP8="}
    assert table["GlobalSecondaryIndexes"] == [
        {
            "IndexName": "GSI1",
            "KeyAttributes": {
                "PartitionKey": {"AttributeName": "GSI1PK", "AttributeType": "S"},
                "SortKey": {"AttributeName": "GSI1SK", "AttributeType": "S"},
            },
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["name", "_type"]},
        }
    ]
    types = {own["AttributeName"]: own["AttributeType"] for own in table["NonKeyAttributes"]}
    assert types["tags"] == "SS"
    assert (types["number"], types["fees"], types["active"], types["GSI1PK"]) == ("N", "M", "BOOL", "S")


def test_export_import_export_gives_the_same_file(store, client, table_name, tmp_path):
    """Byte by byte; and the items are the same ones."""
    create_nosql_workbench(store, tmp_path / "one.json")
    other = f"{table_name}-2"
    load_model(read_model(tmp_path / "one.json", strict=True), client, names={table_name: other})
    again = declared(table_name).connect(client, name=other)
    assert again[Reader].scan().all() == store[Reader].scan().all()
    create_nosql_workbench(again, tmp_path / "two.json", name=table_name)
    text = (tmp_path / "one.json").read_text()
    assert (tmp_path / "two.json").read_text().replace(other, table_name) == text
    # The plain table, too, whose description and items are all that is known of it.
    create_nosql_workbench(dynamo.DB(table_name, client), tmp_path / "plain.json")
    load_model(read_model(tmp_path / "plain.json"), client, names={table_name: f"{other}-3"})
    create_nosql_workbench(dynamo.DB(f"{other}-3", client), tmp_path / "plain-2.json")
    plain = (tmp_path / "plain-2.json").read_text().replace(f"{other}-3", table_name)
    assert plain == (tmp_path / "plain.json").read_text()


@pytest.mark.parametrize("tree", MODELS.values(), ids=MODELS)
def test_any_model_survives_load_export_load_export(embedded, tree, tmp_path):
    """A foreign model goes through a database, its generated classes, and a second database as the same file."""
    model = read_model(tree)
    names = unused_names(model)
    load_model(model, embedded, names=names)
    with module_of(model) as tables:
        for table in model.tables:
            store = tables[table.name].connect(embedded, name=names[table.name])
            exported = create_nosql_workbench(store, tmp_path / "one.json", name="m")
            rows = [row for facet in exported.tables[0].facets for row in facet.rows]
            assert sorted(map(str, rows)) == sorted(map(str, map(_sorted_like(rows), table.items)))
            load_model(read_model(tmp_path / "one.json"), embedded, names={names[table.name]: f"{names[table.name]}-2"})
            again = tables[table.name].connect(embedded, name=f"{names[table.name]}-2")
            create_nosql_workbench(again, tmp_path / "two.json", name="m")
            two = (tmp_path / "two.json").read_text().replace(f"{names[table.name]}-2", names[table.name])
            assert two == (tmp_path / "one.json").read_text()


def _sorted_like(rows):
    """Give rows the order of attributes that the equal one among others has."""

    def arrange(row):
        like = next(own for own in rows if own == row)
        return {name: like[name] for name in like}

    return arrange


def test_a_table_is_exported_without_items(tmp_path):
    """A declaration alone has no rows; the file is read back as the same model."""
    model = create_nosql_workbench(declared("library"), tmp_path / "table.json")
    assert read_model(tmp_path / "table.json") == model
    assert [(facet.name, facet.rows) for facet in model.tables[0].facets] == [("Reader", []), ("Loan", [])]


def test_each_item_is_in_exactly_one_facet(client, table_name):
    """Those of no entity, guards of unique values among them, have a facet of their own."""

    @entity(pk="U#<user_id>", sk="U")
    class User:
        user_id: str
        email: str = field(unique=True)

    store = Table(table_name, User).connect(client)
    store.create_table()
    store[User].create(User(user_id="1", email="a@b"))
    store.db.put("foreign.item", {"x": 1})
    (table,) = export_model(store).tables
    assert [(facet.name, len(facet.rows)) for facet in table.facets] == [("User", 1), ("Other items", 2)]
    assert table.rows == []


def test_a_tenant_exports_its_own_items(client, table_name):
    """Keys come without the tenant's name, and nobody else's come at all."""
    table = declared(table_name)
    table.connect(client).create_table()
    for tenant in ("red", "blue"):
        table.connect(client, tenant=tenant)[Reader].create(Reader(reader_id=tenant, name="x", town="Rome"))
    (exported,) = export_model(table.connect(client, tenant="red")).tables
    (row,) = exported.items
    assert (row["PK"], row["GSI1PK"]) == ({"S": "READER#red"}, {"S": "TOWN#Rome"})


def test_dates_are_in_the_file_only_if_they_are_given(tmp_path):
    """So that the same table makes the same file tomorrow."""
    model = create_nosql_workbench(
        declared("library"), tmp_path / "t.json", now=datetime(2026, 4, 5, 16, 7, tzinfo=UTC)
    )
    assert model.metadata["DateCreated"] == model.metadata["DateLastModified"] == "Apr 05, 2026, 04:07 PM"


def test_the_original_call_exports_the_default_table(monkeypatch, url, table_name, tmp_path):
    """``create_nosql_workbench(filename=...)`` takes the table that the environment names, as `dynamo.DB` does."""
    from pynamite import connect
    from pynamite.dynamo import db

    dynamo.create_table(table_name, url)
    with dynamo.DB(table_name, url) as plain:
        plain.put("a.b", {"n": 1})
    monkeypatch.setenv("DYNAMO_TABLE_NAME", table_name)
    monkeypatch.setattr(db, "connect", lambda target=None, **options: connect(url, **options))
    model = create_nosql_workbench(filename=tmp_path / "table.json")
    assert model.name == table_name
    assert [row["n"] for row in model.tables[0].rows] == [{"N": "1"}]
    assert export_model(table_name) == model


def test_what_the_format_cannot_say_is_refused():
    """An index with several attributes in its key has no form there."""

    @entity(pk="<a>", sk="<b>")
    class Place:
        a: str
        b: str

    table = Table("places", Place, indexes=[Index("GSI1", pk=["a", "b"], sk=None)])
    with pytest.raises(WorkbenchError, match="index 'GSI1' has a key of 2 and 0 attributes"):
        export_model(table)
    with pytest.raises(TypeError, match="takes a Store, a Table, a DB or a table's name, not 7"):
        export_model(7)  # type: ignore[arg-type]


def test_exported_items_are_those_that_are_stored(store):
    """An attribute that no field declares is exported, too."""
    store.db.update(["READER#2", "READER"], {"extra": {"deep": [1]}})
    (table,) = export_model(store).tables
    (bob,) = [row for row in table.items if row.get("name") == {"S": "Bob"}]
    assert bob["extra"] == {"M": {"deep": {"L": [{"N": "1"}]}}}
    assert store[Reader].get(reader_id="2").town is None
    assert attribute(Reader.name) is not None
