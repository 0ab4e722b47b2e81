"""What is wrong with a declaration is found when it is made: all of it, with the entity, the key and the remedy."""

from __future__ import annotations

import warnings
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from pynamite import Index, IndexKey, Table, by, entity, field, first_of
from pynamite.errors import DefinitionError, DefinitionWarning


def mistakes(**keys):
    """Declare an entity with these keys; gives what is wrong with it."""
    with pytest.raises(DefinitionError) as caught:

        @entity(**keys)
        class Order:
            order_id: str
            account_id: str
            number: int = 0
            placed_at: datetime | None = None

    return caught.value.problems


def table_mistakes(*entities, **options):
    """Declare a table; gives what is wrong with it."""
    with pytest.raises(DefinitionError) as caught:
        Table("shop", *entities, **options)
    return caught.value.problems


@entity(pk="USER#<user_id>", sk="PROFILE")
class User:
    user_id: str


@entity(pk="ORDER#<order_id>", sk="ORDER", indexes={"GSI1": ("STATUS#<status>", "<total>")})
class Order:
    order_id: str
    status: str = "OPEN"
    total: str = "0"


@pytest.mark.parametrize("template, words", [
    ("ORDER#<order>", ["placeholder <order>", "partition key", "no field 'order'", "'order_id', 'account_id'"]),
    ("ORDER#<>", ["placeholder <>", "partition key", "name of a field"]),
    ("ORDER#<order id>", ["placeholder <order id>", "name of a field"]),
    ("ORDER#<order_id", ["unclosed '<'", "partition key 'ORDER#<order_id'", "close the placeholder"]),
    ("<account_id<order_id>", ["unclosed '<'", "close the placeholder"]),
    ("<account_id><order_id>", ["nothing between <account_id> and <order_id>", "put a delimiter"]),
    ("<number:pad>", ["calls 'pad'", "takes 1 whole number"]),
    ("<number:pd(3)>", ["'pd(3)', which there is not", "pad", "shard"]),
    ("<order_id:pad(3)>", ["is a str", "'pad(3)' is for int"]),
    ("<order_id.inner>", ["<order_id.inner>", "no 'inner' in its field 'order_id'"]),
    ("", ["empty template for its partition key", "'USER#<user_id>'"]),
    (by("colour", {"red": "R#<order_id>"}), ["'colour', which is no field", "'order_id', 'account_id'"]),
    (first_of("A#<order_id>"), ["too few templates", "at least two"]),
])  # fmt: skip
def test_a_mistake_in_a_template_is_told_with_entity_template_and_remedy(template, words):
    """One sentence for each mistake."""
    (problem,) = mistakes(pk=template, sk="X")
    assert [word for word in ["'Order'", *words] if word not in problem] == []


def test_all_mistakes_of_an_entity_are_told_at_once():
    """Keys, indexes and options."""
    problems = mistakes(
        pk="ORDER#<order>", sk="<", indexes={"GSI1": ("A#<who>", "B#<"), "GSI2": ("a", "b", "c"), "GSI3": 5}, type=""
    )
    expected = ["<order>", "sort key", "<who>", "sort key of index 'GSI1'", "3 templates", "given as 5", "the type ''"]
    assert len(problems) == len(expected)
    assert [word for word in expected if not any(word in problem for problem in problems)] == []


def test_all_mistakes_of_a_table_are_told_at_once():
    """Indexes, entities, and what they have between them."""

    @entity(pk="ORDER#<id>", sk="ORDER")
    class Invoice:
        id: str

    @entity(pk="X#<id>")
    class Bare:
        id: str

    problems = table_mistakes(
        User, Order, Invoice, Bare, int, Order,
        indexes=[
            Index("Wide", pk=["a", "b", "c", "d", "e"]), Index("Odd", projection="SOME"),
            Index("Twice"), Index("Twice"), Index("Near", local=True, pk="other"),
        ],
        same_key=[(User, Decimal)],
    )  # fmt: skip
    expected = [
        "index 'Wide' has a key of 5 and 1 attributes: a partition key has 1 to 4",
        "index 'Odd' has projection 'SOME': use 'ALL'",
        "two entries for index 'Twice'",
        "index 'Near' is local",
        "two entries for entity 'Order'",
        "int is no entity",
        "entity 'Order' has templates for index 'GSI1', which table 'shop' does not declare",
        "add Index('GSI1')",
        "entities 'Order' and 'Invoice' of table 'shop' have the same key templates (ORDER#<id> | ORDER)",
        "same_key=[(Order, Invoice)]",
        "entity 'Bare' has no sort key template, but table 'shop' has a sort key 'SK'",
        "same_key of table 'shop' names Decimal",
    ]
    assert [words for words in expected if not any(words in problem for problem in problems)] == []


def test_an_index_key_lacks_what_the_index_has():
    """A sort key template for an index with a sort key, and none for one without."""
    keys: dict[str, Any] = {"GSI1": "ONLY#<id>", "GSI2": ("P#<id>", "S#<id>"), "GSI3": IndexKey(["<id>"], ["<id>"])}

    @entity(pk="A#<id>", sk="A", indexes=keys)
    class A:
        id: str

    (lacks, too_many) = table_mistakes(A, indexes=[Index("GSI1"), Index("GSI2", sk=None), Index("GSI3")])
    assert "'A' has no template for the sort key of index 'GSI1'" in lacks and "'GSI1SK': give one" in lacks
    assert "'A' has 1 template for the sort key of index 'GSI2', which has no sort key" in too_many
    (parts,) = table_mistakes(
        A, indexes=[Index("GSI1", sk=None), Index("GSI2"), Index("GSI3", pk=["a", "b"], sk=["c", "d"])]
    )[:1]
    assert "index 'GSI3'" in parts and "give one" in parts


def test_local_indexes_have_bounds_of_their_own():
    """Five of them, and a table with a sort key."""
    indexes = [Index(f"Local{n}", local=True) for n in range(6)]
    assert "6 local indexes, at most 5" in table_mistakes(User, indexes=indexes)[0]

    @entity(pk="<id>")
    class Alone:
        id: str

    assert "the table has no sort key" in table_mistakes(Alone, indexes=[Index("Local", local=True)], sk=None)[0]


def test_two_entities_that_disagree_about_an_attribute_are_told():
    """A key attribute has one type in a table, in the table's key and in every index."""

    @entity(pk="A#<id>", sk="A", indexes={"GSI1": "A#<id>"})
    class A:
        id: str
        at: int

    @entity(pk="B#<id>", sk="B", indexes={"GSI1": "B#<id>"})
    class B:
        id: str
        at: str

    (problem,) = table_mistakes(A, B, indexes=[Index("GSI1", sk="at")])
    assert problem == (
        "key attribute 'at' is of type N for entity 'A', but S for 'B': a key attribute has one type in a table"
    )


def test_the_definition_has_each_key_attribute_once_with_its_type():
    """Of the table and of all indexes, global and local, with their projections."""

    @entity(pk="A#<id>", sk="<at>", indexes={"GSI1": "G#<id>"})
    class A:
        id: str
        at: Decimal
        photo: bytes = b""

    indexes = [
        Index("GSI1", sk="at"), Index("Inverted", pk="at", sk="PK", projection=["photo"]),
        Index("Photos", local=True, sk="photo", projection="KEYS_ONLY"),
    ]  # fmt: skip
    table = Table("shop", A, sk="at", indexes=indexes)
    definition = table.definition()
    assert definition["AttributeDefinitions"] == [
        {"AttributeName": "PK", "AttributeType": "S"}, {"AttributeName": "at", "AttributeType": "N"},
        {"AttributeName": "GSI1PK", "AttributeType": "S"}, {"AttributeName": "photo", "AttributeType": "B"},
    ]  # fmt: skip
    assert definition["BillingMode"] == "PAY_PER_REQUEST" and definition["TableName"] == "shop"
    assert [one["IndexName"] for one in definition["GlobalSecondaryIndexes"]] == ["GSI1", "Inverted"]
    inverted, local = definition["GlobalSecondaryIndexes"][1], definition["LocalSecondaryIndexes"][0]
    assert inverted["Projection"] == {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["photo", "_type"]}
    assert local["Projection"] == {"ProjectionType": "KEYS_ONLY"}
    assert [one["AttributeName"] for one in local["KeySchema"]] == ["PK", "photo"]
    assert table.definition(name="shop-test") == {**definition, "TableName": "shop-test"}
    with pytest.raises(DefinitionError, match="name"):
        table.definition(name="")


def made(name, sk, pk="A#<id>", **options):
    """Declare an entity by its keys."""

    def annotated(cls):
        cls.__name__ = cls.__qualname__ = name
        return entity(pk=pk, sk=sk, **options)(cls)

    @annotated
    class Some:
        id: str
        x: str = field(default="x")
        y: str = field(default="y")

    return Some


@pytest.mark.parametrize("one, other", [
    ("A1", "A1#<x>"), ("ORDER#<x>", "ORDER#LINE#<x>"), ("#<x>", "#META"), (by("x", {"a": "A#<y>", "b": "B"}), "B#<x>"),
])  # fmt: skip
@pytest.mark.parametrize("turned", [False, True])
def test_a_beginning_that_does_not_tell_two_entities_apart_is_warned_of(one, other, turned):
    """At the line that declares the table; the other way round it is the same."""
    entities = [made("One", one), made("Other", other)]
    with pytest.warns(DefinitionWarning) as caught:
        table = Table("shop", *(entities[::-1] if turned else entities))
    (warning,) = caught
    message = str(warning.message)
    assert warning.filename == __file__ and table.entities
    words = ["table 'shop'", "entity 'One'", "entity 'Other'", "begin with", "choose literals"]
    assert [word for word in words if word not in message] == []


def test_the_sort_keys_of_an_index_are_looked_at_too():
    """Each index by itself."""
    one = made("One", "1", indexes={"GSI1": ("G#<x>", "A")})
    other = made("Other", "2", indexes={"GSI1": ("G#<y>", "A#<x>")})
    with pytest.warns(DefinitionWarning, match="in index 'GSI1' the sort keys 'A#<x>' of entity 'Other'") as warned:
        Table("shop", one, other, indexes=[Index("GSI1")])
    assert len(warned) == 1


@pytest.mark.parametrize("one, other", [
    ("sh#<x>", "shp#<x>"), ("INVOICE#<x>", "INVOICE#<x>#LINE#<y>"), ("A", "AB"), ("<x>", "META#"), ("B#<x>", "A#<x>"),
])  # fmt: skip
def test_what_can_be_told_apart_is_not_warned_of(one, other):
    """Another literal, children below their parent's own key, constants, and keys without a literal in front."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Table("shop", made("One", one), made("Other", other))
        Table("shop", made("One", "A1"), made("Other", "A1#<x>", pk="B#<id>"))
        with pytest.raises(DefinitionWarning):
            Table("shop", made("One", "A1"), made("Other", "A1#<x>"))
