"""Classes that are generated from models, used as a program uses them."""

from __future__ import annotations

import pytest

from pynamite.workbench import export_model, generate_entities, load_model, read_model
from tests.workbench.generated import check, module_of, unused_names
from tests.workbench.models import MODELS, facet, index, model, rows, table

CLASSES = {
    "Library": {"Readers": 2, "Loans": 2},
    "Arena": {"Profile": 1, "Gear": 2, "Quests": 2},
    "Shop": {"Customer": 2, "Product": 2, "OrderItem": 2, "Order": 2, "Invoice": 1},
    "Chat": {"User": 2, "RoomMeta": 2},
    "Devices": {"Device": 3},
    "Lifts": {"Daily": 2, "Static": 2, "Resort": 2},
    "Songs": {"Play": 2},
    "Twins": {"FollowingOrBlocked": 5, "Following": 1},
    "Plain": {"A": 2},
}


@pytest.mark.parametrize("name", MODELS)
def test_generated_classes_load_every_row_and_answer_the_queries_of_their_facets(client, name):
    """Each row is an instance of its facet's class, is found by its partition's fields, and by its key."""
    assert check(read_model(MODELS[name]), client) == CLASSES[name]


@pytest.mark.parametrize("name", MODELS)
def test_the_same_model_gives_the_same_code(name):
    """Whatever else was generated before."""
    assert generate_entities(read_model(MODELS[name])) == generate_entities(read_model(MODELS[name]))


def test_the_code_is_readable():
    """Templates of the aliases and rows, snake_case names, types of the values, defaults where rows lack something."""
    assert (
        generate_entities(read_model(MODELS["Library"]))
        == '''\
"""Entities and tables of the NoSQL Workbench model 'Library'."""

from __future__ import annotations

import attrs
from pynamite import Index, Table, entity, field


@attrs.define(kw_only=True)
class Address:
    """A map under 'Address' in items."""

    zip_code: str = field(name="zip-code")
    street: str | None = None


@entity(pk="RDR#<reader_id>", sk="RDR#<reader_id>")
class Readers:
    """The facet 'Readers' of table 'library' (2 rows)."""

    reader_id: str = field(key_only=True)
    email: str = field(name="Email")
    address: Address = field(name="Address")


@entity(
    pk="RDR#<reader_id>",
    sk="LOAN#<loan_id>#ISBN#<isbn>",
    indexes={"GSI1": ("ISBN#<isbn>", "RDR#<reader_id>")},
)
class Loans:
    """The facet 'Loans' of table 'library' (2 rows)."""

    reader_id: str = field(key_only=True)
    loan_id: str = field(key_only=True)
    isbn: str = field(name="ISBN")
    due_date: str = field(name="DueDate")


library = Table(
    "library",
    Readers,
    Loans,
    indexes=[Index("GSI1", projection=["DueDate"])],
    type_attribute=None,
)
'''
    )


def test_new_items_are_made_by_generated_classes(embedded):
    """What is written has the form of the model's rows, index keys included."""
    found = read_model(MODELS["Library"])
    load_model(found, embedded)
    with module_of(found) as tables:
        store = tables["library"].connect(embedded)
        readers, loans = tables["library"].entities
        store[loans].create(loans(reader_id="2", loan_id="80", isbn="5-55", due_date="2026-03-01"))
        assert len(store[loans].query("GSI1", isbn="5-55").hydrate().all()) == 1
        assert len(store.collection(readers, loans, reader_id="2").all()) == 3
        item = store.db.get({"PK": "RDR#2", "SK": "LOAN#80#ISBN#5-55"})
        assert item["GSI1PK"] == "ISBN#5-55"


def test_an_attribute_that_names_the_type_tells_entities_apart():
    """It becomes the table's type attribute, with the model's values."""
    text = generate_entities(read_model(MODELS["Shop"]))
    assert 'type_attribute="EntityType"' in text
    assert '@entity(pk="c#<customer_id>", sk="c#<customer_id>", type="customer")' in text


def test_facets_whose_keys_are_alike_are_one_class_that_says_so():
    """Where nothing tells them apart, their rows are of one class; others that are called the same keep apart."""
    text = generate_entities(read_model(MODELS["Twins"]))
    assert "class FollowingOrBlocked:" in text
    text = " ".join(text.split())
    assert "The keys of 'Following' and 'Blocked' do not tell them apart." in text
    assert 'class_: str | None = field(name="class", default=None)' in text


def test_a_facet_whose_keys_have_no_form_in_common_has_a_field_for_them(embedded):
    """The whole sort key is the field, and the class says why; the partition key has its template."""
    data = rows("PK SK a b", ("VIN#X", "#META#", 1), ("VIN#X", "FEATURE#SEATS", None, 2), ("VIN#X", "F#ann#<x>\t"))
    found = read_model(model("m", table("cars", "PK", "SK", facets=[facet("Car", ("PK", "SK"), data)])))
    text = generate_entities(found)
    assert '@entity(pk="VIN#<vin_id>", sk="<sk>")' in text
    assert "The texts of 'SK' have no form in common, so that a field holds all of it." in text
    assert check(found, embedded) == {"Car": 3}


def test_numbers_that_are_alike_by_chance_are_not_one_field():
    """Order 1 may have invoice 1 without being it; but a reader's own item repeats the reader's number."""
    data = [
        facet("Invoice", ("PK", "SK"), rows("PK SK", ("o#1", "i#1"), ("o#2", "i#2"))),
        facet("Reader", ("PK", "SK"), rows("PK SK", ("r#1", "r#1"), ("r#2", "r#2"))),
    ]
    text = generate_entities(read_model(model("m", table("tab", "PK", "SK", facets=data))))
    assert '@entity(pk="o#<o_id>", sk="i#<invoice_id>")' in text
    assert '@entity(pk="r#<reader_id>", sk="r#<reader_id>")' in text


def test_any_attribute_that_differs_tells_facets_apart_if_keys_do_not(embedded):
    """One that has one value in each facet, and another in each, does as a type."""
    found = read_model(
        model(
            "m",
            table(
                "links",
                "PK",
                "SK",
                facets=[
                    facet(
                        "Follows",
                        ("PK", "SK"),
                        rows("PK SK verb", ("U#1", "U#2", "follows"), ("U#2", "U#3", "follows")),
                    ),
                    facet(
                        "Blocks", ("PK", "SK"), rows("PK SK verb", ("U#1", "U#9", "blocks"), ("U#4", "U#8", "blocks"))
                    ),
                ],
            ),
        )
    )
    assert 'type_attribute="verb", same_key=[(Follows, Blocks)]' in " ".join(generate_entities(found).split())
    assert check(found, embedded) == {"Follows": 2, "Blocks": 2}


def test_sort_keys_that_begin_alike_give_no_warning_where_the_code_is_run(embedded):
    """The code says why it is silent; the warning would be an error here."""
    found = read_model(
        model(
            "m",
            table(
                "tasks",
                "PK",
                "SK",
                facets=[
                    facet("Tasks", ("PK", "SK"), rows("PK SK", ("U#1", "T#1"), ("U#2", "T#2"))),
                    facet("SubTasks", ("PK", "SK"), rows("PK SK", ("U#1", "T#SUB#1"), ("U#2", "T#SUB#2"))),
                ],
            ),
        )
    )
    assert "warnings.catch_warnings()" in generate_entities(found)
    assert check(found, embedded) == {"Tasks": 2, "SubTasks": 2}


def test_index_keys_that_follow_from_no_fields_are_fields(embedded):
    """They are written as they were, and the index is queried by them."""
    found = read_model(
        model(
            "m",
            table(
                "tab",
                "PK",
                "SK",
                indexes=[index("GSI1", "GSI1PK", "GSI1SK"), index("ByRank", "rank:N")],
                data=rows("PK SK GSI1PK GSI1SK rank", ("A#1", "B", "red", "7", 3), ("A#2", "B")),
            ),
        )
    )
    text = generate_entities(found)
    assert 'gsi1_pk: str | None = field(name="GSI1PK", default=None)' in text
    load_model(found, embedded)
    with module_of(found) as tables:
        store = tables["tab"].connect(embedded)
        (cls,) = tables["tab"].entities
        assert [one.gsi1_sk for one in store[cls].query("GSI1", gsi1_pk="red")] == ["7"]
        assert [one.rank for one in store[cls].query("ByRank", rank=3)] == [3]


def test_a_facet_without_rows_has_the_templates_of_its_aliases():
    """As far as they are templates; attributes are optional, and of their declared types."""
    found = read_model(
        model(
            "m",
            table(
                "tab",
                "PK",
                "SK",
                declared="name size:N",
                facets=[
                    facet("Users", ("USER#userId", "PROFILE"), attributes=["name", "size"]),
                    facet("Posts", ("USER#<name>", "POST#{postId}"), [], ["size"]),
                ],
            ),
        )
    )
    text = generate_entities(found)
    assert '@entity(pk="USER#<user_id>", sk="PROFILE")' in text
    assert "size: Decimal | None = None" in text
    assert '@entity(pk="USER#<name>", sk="POST#<post_id>")' in text


def test_an_exported_table_is_generated_as_it_was_declared(store_of_declared):
    """Aliases that are templates are taken as they are, codecs included; the second export is the same."""
    model_of = export_model(store_of_declared, name="m")
    text = generate_entities(model_of)
    assert 'sk="ORDER#<number:pad(6)>"' in text
    assert "type_attribute" not in text
    with module_of(model_of) as tables:
        again = tables[store_of_declared.name].connect(store_of_declared.client)
        exported = export_model(again, name="m")
    assert [
        (facet.name, facet.partition_alias, facet.sort_alias, facet.rows) for facet in exported.tables[0].facets
    ] == [(facet.name, facet.partition_alias, facet.sort_alias, facet.rows) for facet in model_of.tables[0].facets]


@pytest.fixture
def store_of_declared(embedded):
    """A store of two entities, with items of both."""
    from pynamite import Table, entity

    @entity(pk="USER#<account_id>", sk="PROFILE")
    class User:
        account_id: str
        email: str

    @entity(pk="USER#<account_id>", sk="ORDER#<number:pad(6)>")
    class Order:
        account_id: str
        number: int
        total: int = 0

    store = Table("shop", User, Order).connect(embedded)
    store.create_table()
    store[User].put_many([User(account_id="1", email="a@b"), User(account_id="2", email="b@c")])
    store[Order].put_many([Order(account_id="1", number=number) for number in (1, 20)])
    return store


def test_models_of_several_tables_have_a_variable_for_each(embedded):
    """Names that meet are told apart."""
    facets = [facet("Things", ("id", "PK"), rows("PK", ("a",), ("b",)))]
    found = read_model(model("m", table("one", "PK", facets=facets), table("One", "PK", facets=facets)))
    names = unused_names(found)
    load_model(found, embedded, names=names)
    with module_of(found) as tables:
        assert {own.name: [cls.__name__ for cls in own.entities] for own in tables.values()} == {
            "one": ["Things"],
            "One": ["Things2"],
        }
