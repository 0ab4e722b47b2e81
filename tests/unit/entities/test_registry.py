"""The entities of a table: checked against each other, all mistakes at once, and told apart by their items."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pynamite import Index, Table, entity, field
from pynamite.errors import DefinitionError, UnknownEntityError


@entity(pk="USER#<account_id>", sk="PROFILE")
class User:
    account_id: str


@entity(pk="USER#<user_id>", sk="PROFILE")
class Twin:
    user_id: str


@entity(pk="USER#<number>", sk="PROFILE")
class Numbered:
    number: int


@entity(pk="<a>#<a>", sk="X")
class Doubled:
    a: str


@entity(pk="<a>#<b>", sk="X")
class Paired:
    a: str
    b: str


@entity(pk="O#<id>", sk="X", indexes={"GSI1": ("S#<state>", "<total:pad(6)>"), "GSI2": ("<id>",)})
class Order:
    id: str
    state: str | None = None
    total: int = 0


@entity(pk="PLAIN#<id>")
class Plain:
    id: str


def problems_of(*arguments: Any, **options: Any) -> str:
    """Give what is wrong with a table, each problem on a line."""
    with pytest.raises(DefinitionError) as refused:
        Table(*arguments, **options)
    return "\n".join(refused.value.problems)


def test_entities_with_the_same_templates_are_refused():
    """Up to the names of the placeholders; the remedy is in the message."""
    told = problems_of("t", User, Twin)
    assert "'User' and 'Twin' of table 't' have the same key templates (USER#<user_id> | PROFILE)" in told
    assert "same_key=[(User, Twin)]" in told


def test_entities_with_the_same_templates_are_allowed_by_name():
    """The type attribute tells them apart then, and neither refuses the other's keys."""
    table = Table("t", User, Twin, same_key=[(User, Twin)])
    assert table.key(User(account_id="1")) == table.key(Twin(user_id="1"))


@pytest.mark.parametrize("pair", [(User, Numbered), (Doubled, Paired)])
def test_templates_that_differ_in_types_or_repetitions_are_not_the_same(pair):
    """They merely overlap: the more special one keeps its keys."""
    assert Table("t", *pair).entities == pair


def test_same_key_has_to_name_entities_that_the_type_tells_apart():
    """Without type attribute nothing would; another class has no place in it."""
    assert "same_key of table 't' names Order, which is none of its entities" in problems_of(
        "t", User, Twin, same_key=[(User, Twin, Order)]
    )
    assert "no type attribute that could tell the entities apart" in problems_of(
        "t", User, Twin, same_key=[(User, Twin)], type_attribute=None
    )


def test_all_mistakes_of_a_table_are_told_at_once():
    """Classes that are none, the same templates, unknown and doubled indexes, a sort key that is not there."""
    told = problems_of("t", User, Twin, Order, Plain, str, indexes=[Index("GSI1"), Index("GSI1"), Index("GSI3")])
    for part in (
        "table 't': str is no entity: declare it with @entity",
        "'User' and 'Twin' of table 't' have the same key templates",
        "entity 'Order' has templates for index 'GSI2', which table 't' does not declare; its indexes are 'GSI1'",
        "table 't' has two entries for index 'GSI1'",
        "entity 'Plain' has no sort key template, but table 't' has a sort key 'SK'",
    ):
        assert part in told


def test_names_and_types_are_unique():
    """Two classes of one name, or two that mark their items alike."""

    @entity(pk="A#<id>", sk="X", type="User")
    class Other:
        id: str

    assert "two entries for type 'User'" in problems_of("t", User, Other)
    assert "two entries for entity 'User'" in problems_of("t", User, User)
    assert Table("t", User, Other, type_attribute=None).entities == (User, Other)


@pytest.mark.parametrize(
    "options, told",
    [
        ({"sk": None}, "entity 'Order' has a sort key template, but table 't' has none"),
        ({"indexes": [Index("GSI1", sk=None), Index("GSI2", sk=None)]},
         "has 1 template for the sort key of index 'GSI1', which has no sort key"),
        ({"indexes": [Index("GSI1"), Index("GSI2")]}, "has no template for the sort key of index 'GSI2'"),
        ({"indexes": [Index("GSI1", pk="state"), Index("GSI2", sk=None)]},
         "its field 'state' is stored as 'state' itself: the template can only be '<state>'"),
        ({"indexes": [Index("GSI1", pk="PK"), Index("GSI2", sk=None)]},
         "that is the table's key 'PK', whose template is 'O#<id>': leave it out"),
        ({"indexes": [Index("GSI1", pk="A", sk="B"), Index("GSI2", pk="B", sk=None)]},
         "gives '<total:pad(6)>' for 'B' in index 'GSI1', but '<id>' in index 'GSI2': it is one attribute"),
        ({"indexes": [Index("GSI1"), Index("GSI2", sk=None)], "type_attribute": "state"},
         "field 'state' of entity 'Order' is stored as 'state', the table's type attribute"),
        ({"pk": "total", "indexes": [Index("GSI1"), Index("GSI2", sk=None)]},
         "its field 'total' is stored as 'total' itself"),
    ],
)  # fmt: skip
def test_a_table_and_its_entities_have_to_fit(options, told):
    """Each mistake is told with the entity, the index and the remedy."""
    assert told in problems_of("t", Order, **options)


@entity(pk="P#<id>", sk="<at>", indexes={"ByAt": ("<kind>", "<at>"), "Local": "<rank:pad(3)>"})
class Event:
    id: str
    at: str
    kind: str | None = None
    rank: int | None = None
    mail: str | None = None


EVENTS = Table(
    "events",
    Event,
    indexes=[
        Index("ByAt", pk="kind", sk="SK"),
        Index("Local", local=True),
        Index("ByMail", pk="mail", sk=None),
        Index("Inverted", pk="SK", sk="PK"),
    ],
)


def test_index_keys_can_be_fields_table_keys_and_attributes_of_their_own():
    """Only the last are written besides the fields; a single template of a local index is its sort key's."""
    member = EVENTS._registry.member(Event)
    item = member.item(Event(id="1", at="noon", kind="k", rank=7, mail="m"))
    assert item == {
        "PK": {"S": "P#1"}, "SK": {"S": "noon"}, "_type": {"S": "Event"}, "id": {"S": "1"}, "at": {"S": "noon"},
        "kind": {"S": "k"}, "rank": {"N": "7"}, "mail": {"S": "m"}, "LocalSK": {"S": "007"},
    }  # fmt: skip
    assert member.index_attributes({"id": "1", "at": "noon", "kind": None, "rank": None, "mail": None}) == {
        "LocalSK": None
    }


def test_an_attribute_that_two_indexes_share_stays_for_the_other():
    """What takes the item out of one index leaves what the other needs."""

    @entity(pk="P#<id>", sk="X", indexes={"One": ("A#<a>", "B#<b>"), "Two": ("C#<c>", "B#<b>")})
    class Shared:
        id: str
        a: str | None = None
        b: str | None = None
        c: str | None = None

    table = Table("t", Shared, indexes=[Index("One", pk="A", sk="B"), Index("Two", pk="C", sk="B")])
    member = table._registry.member(Shared)
    for values, attributes in (
        ({"a": "1", "b": "2", "c": "3"}, {"A": "A#1", "B": "B#2", "C": "C#3"}),
        ({"a": None, "b": "2", "c": "3"}, {"A": None, "B": "B#2", "C": "C#3"}),
        ({"a": "1", "b": None, "c": "3"}, {"A": None, "B": None, "C": None}),
        ({"a": None, "b": "2", "c": None}, {"A": None, "B": "B#2", "C": None}),
    ):
        found = member.index_attributes({"id": "1", **values})
        assert found == {name: text and {"S": text} for name, text in attributes.items()}


def test_a_key_attribute_has_one_type():
    """For one entity a number, for another a text: no table can have that."""

    @entity(pk="A#<id>", sk="<at>")
    class One:
        id: str
        at: int = field(name="SK")

    @entity(pk="B#<id>", sk="T#<at>")
    class Two:
        id: str
        at: str

    told = problems_of("t", One, Two)
    assert "key attribute 'SK' is of type N for entity 'One', but S for 'Two'" in told
    assert Table("t", One).definition()["AttributeDefinitions"] == [
        {"AttributeName": "PK", "AttributeType": "S"},
        {"AttributeName": "SK", "AttributeType": "N"},
    ]


@pytest.mark.parametrize("kind", [bool, list[str], dict[str, str], Decimal | str])
def test_a_field_that_is_a_key_is_a_text_a_number_or_bytes(kind):
    """Nothing else sorts."""

    @entity(pk="A#<id>", sk="X")
    class One:
        id: str
        mail: kind  # type: ignore[valid-type] # pyright: ignore[reportInvalidTypeForm]

    told = problems_of("t", One, indexes=[Index("ByMail", "mail", None)])
    assert "it has to be stored as a text, a number or bytes" in told


def test_a_field_that_is_an_index_key_cannot_be_null():
    """None would be stored as NULL beside another default, which no key can be."""

    @entity(pk="A#<id>", sk="X")
    class One:
        id: str
        mail: str | None = "none"

    told = problems_of("t", One, indexes=[Index("ByMail", "mail", None)])
    assert "None would be stored as NULL" in told and "give it the default None" in told


def test_items_are_told_by_type_or_by_template():
    """With a type attribute its value decides, without one the templates do; what is foreign belongs to none."""
    typed = Table("t", User, Order, indexes=[Index("GSI1"), Index("GSI2", sk=None)])._registry
    item = {"PK": {"S": "USER#1"}, "SK": {"S": "PROFILE"}}
    assert typed.identify(item) is None
    assert typed.identify(item | {"_type": {"S": "Robot"}}) is None
    assert typed.identify(item | {"_type": {"N": "1"}}) is None
    assert typed.identify(item | {"_type": {"S": "User"}}) is typed.member(User)
    untyped = Table("t", User, Numbered, type_attribute=None)._registry
    assert untyped.identify(item) is untyped.member(Numbered)
    assert untyped.identify(item | {"PK": {"S": "USER#a"}}) is untyped.member(User)
    assert untyped.identify({"PK": {"S": "?"}, "SK": {"S": "?"}}) is None
    assert untyped.identify({"PK": {"N": "1"}, "SK": {"S": "PROFILE"}}) is None


def test_a_class_of_another_table_is_unknown():
    """The message names those that the table holds."""
    with pytest.raises(UnknownEntityError, match="table 't' does not hold Order; its entities are User"):
        Table("t", User).key(Order(id="1"))
