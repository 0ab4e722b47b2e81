"""Instances to items and back: None and empty sets, defaults, names, keys, rest, and the path of every misfit."""

# Types that the checkers refuse, or cannot follow, are what this module is about.
# mypy: disable-error-code="arg-type, list-item"
# pyright: reportArgumentType=false

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

import attrs
import pytest

from pynamite import Index, Table, entity, field
from pynamite.entities.member import Member
from pynamite.errors import DefinitionError, ItemStructureError, KeyValueError


def member_of(cls: type, *indexes: Index, **options: Any) -> Member[Any]:
    """Give an entity as the only member of a table."""
    return Table("t", cls, indexes=indexes, **options)._registry.member(cls)


@attrs.define
class Geo:
    lat: Decimal
    label: str | None = None


@attrs.define
class Address:
    zip: str
    geo: Geo | None = None
    lines: list[str] = attrs.Factory(list)
    note: str = attrs.field(default="", validator=attrs.validators.max_len(3))


@entity(pk="P#<id>", sk="P")
class Person:
    id: str
    required: str | None
    plan: str | None = "free"
    note: str | None = None
    made: str | None = attrs.Factory(lambda: "now")
    anything: Any = None
    whatever: Any = 5
    choice: Literal["a", None] = None  # noqa: PYI061 - a spelling of Optional
    tags: set[str] = attrs.Factory(set)
    bare: frozenset[int] = frozenset()
    roles: set[str] = attrs.Factory(lambda: {"new"})
    later: set[str] = attrs.Factory(lambda self: {self.id}, takes_self=True)
    maybe: set[str] | None = None
    empty: set[str] | None = attrs.Factory(set)
    address: Address | None = None


PERSON = member_of(Person)
NULL = {"NULL": True}


def item_of(**fields: Any) -> dict[str, Any]:
    """Write a Person with these fields, and leave out what every Person has."""
    item = PERSON.item(Person(**{"id": "1", "required": "r", **fields}))
    return {name: value for name, value in item.items() if name in fields}


@pytest.mark.parametrize("name", ["required", "note", "anything", "choice", "address"])
def test_none_is_left_out_where_absence_reads_as_none(name):
    """So attribute_not_exists tells the truth."""
    assert item_of(**{name: None}) == {}


@pytest.mark.parametrize("name", ["plan", "made", "whatever"])
def test_none_is_null_where_the_default_is_something_else(name):
    """An absent attribute would read as the default."""
    assert item_of(**{name: None}) == {name: NULL}


@pytest.mark.parametrize("name", ["tags", "bare", "empty"])
def test_an_empty_set_is_left_out_where_absence_reads_as_one(name):
    """DynamoDB has no empty sets, and none is needed."""
    assert item_of(**{name: frozenset() if name == "bare" else set()}) == {}


@pytest.mark.parametrize("name", ["roles", "later", "maybe"])
def test_an_empty_set_is_null_where_the_default_is_something_else(name):
    """An absent attribute would read as the default."""
    assert item_of(**{name: set()}) == {name: NULL}


def test_none_is_null_where_the_default_is_the_empty_set():
    """Of an optional set, absence is its default, and NULL the other."""
    assert item_of(empty=None) == {"empty": NULL}
    assert item_of(maybe=None) == {}


@pytest.mark.parametrize("name", ["tags", "roles", "bare"])
def test_none_is_no_set(name):
    """A set that may not be None is not None."""
    with pytest.raises(ItemStructureError, match=rf"\$\.{name}: expected .*set\[\w+\], got None"):
        item_of(**{name: None})


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"plan": None, "note": None, "made": None, "anything": None, "whatever": None, "choice": None},
        {"required": None, "plan": "x", "note": "", "choice": "a", "anything": {"a": None}},
        {"tags": set(), "bare": frozenset(), "roles": set(), "later": set(), "maybe": set(), "empty": set()},
        {"maybe": None, "empty": None},
        {"tags": {"a"}, "bare": frozenset({1}), "roles": {"b"}, "later": {"c"}, "maybe": {"d"}, "empty": {"e"}},
        {"address": Address("1", Geo(Decimal("1.5")), ["a"])},
    ],
)
def test_what_is_written_is_read(fields):
    """Whichever way None and empty sets are stored, they come back."""
    person = Person(**{"id": "1", "required": "r", **fields})
    assert PERSON.instance(PERSON.item(person)) == person


def test_absent_attributes_read_as_defaults():
    """None, the empty set or the default; a factory is called anew for each instance."""
    item = {"PK": {"S": "P#1"}, "SK": {"S": "P"}, "_type": {"S": "Person"}, "id": {"S": "1"}}
    first, second = PERSON.instance(item), PERSON.instance(item)
    assert first == Person(id="1", required=None) == second
    assert first.tags is not second.tags


def test_a_required_attribute_has_to_be_there():
    """Nothing is put in its place."""
    with pytest.raises(ItemStructureError, match=r"\$\.id: the attribute is missing, and field 'id' \(str\)"):
        PERSON.instance({"required": {"S": "r"}})


def test_null_is_no_text():
    """A stored NULL reads as None only where None is a value."""
    with pytest.raises(ItemStructureError, match=r"\$\.id: expected str, got None \(NULL\)"):
        PERSON.instance({"id": NULL})


def test_every_misfit_of_an_instance_is_told_with_its_path():
    """Types at every depth, and the validators of nested classes."""
    person = Person(
        id=5,
        required="r",
        tags={"a", 1},
        later={"a"},
        address=Address(zip=7, geo=Geo(1.5), lines=["a", None]),
    )
    object.__setattr__(person.address, "note", "too long")
    with pytest.raises(ItemStructureError) as refused:
        PERSON.item(person)
    assert [line.split(":")[0] for line in refused.value.problems] == [
        "$.id", "$.tags", "$.address.zip", "$.address.geo.lat", "$.address.lines[1]", "$.address.note",
    ]  # fmt: skip
    assert refused.value.entity == "Person"


def test_every_misfit_of_an_item_is_told_with_its_path():
    """By the names of the attributes, as they stand in the item."""
    item = PERSON.item(Person(id="1", required="r", address=Address("1", Geo(Decimal(1)))))
    item["plan"] = {"N": "1"}
    item["address"]["M"]["zip"] = {"N": "12"}
    item["address"]["M"]["geo"]["M"] = {"label": {"BOOL": True}}
    with pytest.raises(ItemStructureError) as refused:
        PERSON.instance(item)
    assert refused.value.problems == (
        "$.plan: expected str, got 1 (N)",
        "$.address.zip: expected str, got 12 (N)",
        "$.address.geo.lat: the attribute is missing, and field 'lat' (Decimal) has no default",
        "$.address.geo.label: expected str, got True (BOOL)",
    )


def test_a_class_that_refuses_its_values_is_heard():
    """An attrs validator speaks on reading, too, and its error is the cause."""
    item = PERSON.item(Person(id="1", required="r", address=Address("1")))
    item["address"]["M"]["note"] = {"S": "too long"}
    with pytest.raises(ItemStructureError, match=r"\$\.address: Address refuses the values: .*note"):
        PERSON.instance(item)


def test_unknown_attributes_are_ignored():
    """What another program has added is none of this class's business."""
    item = PERSON.item(Person(id="1", required="r")) | {"added": {"S": "x"}}
    assert PERSON.instance(item) == Person(id="1", required="r")


@entity(pk="U#<account>#<number:pad(3)>", sk="K#<kind>", indexes={"GSI1": ("X#<group>", "<number:pad(3)>")})
class Keyed:
    account: str = field(key_only=True)
    number: int = field(key_only=True, validator=attrs.validators.ge(5))
    kind: Literal["a", "b"] = field(key_only=True, default="a")
    group: str | None = None
    rest: dict[str, Any] = field(factory=dict, rest=True)
    email: str = field(default="", name="e-mail")


KEYED = member_of(Keyed, Index("GSI1"))


def test_key_only_fields_live_in_the_key():
    """They are no attributes, and are read from the key."""
    keyed = Keyed(account="1", number=7, group="g", email="a@b")
    item = KEYED.item(keyed)
    assert item == {
        "PK": {"S": "U#1#007"}, "SK": {"S": "K#a"}, "_type": {"S": "Keyed"},
        "group": {"S": "g"}, "e-mail": {"S": "a@b"}, "GSI1PK": {"S": "X#g"}, "GSI1SK": {"S": "007"},
    }  # fmt: skip
    assert KEYED.instance(item) == keyed


@pytest.mark.parametrize("sort", ["K#c", "L#a", "K#"])
def test_a_key_that_does_not_fit_gives_no_key_only_fields(sort):
    """A choice that is none, or another template: the item does not fit."""
    item = KEYED.item(Keyed(account="1", number=7)) | {"SK": {"S": sort}}
    with pytest.raises(ItemStructureError, match="its key does not fit the templates"):
        KEYED.instance(item)


def test_key_only_fields_are_validated_as_all_are():
    """Their types and their validators, although no attribute is written."""
    keyed = Keyed(account="1", number=7)
    object.__setattr__(keyed, "number", 3)
    object.__setattr__(keyed, "kind", "c")
    with pytest.raises(ItemStructureError) as refused:
        KEYED.item(keyed)
    assert [line.split(":")[0] for line in refused.value.problems] == ["$.number", "$.kind"]


def test_a_rest_field_keeps_what_no_field_declares():
    """Unknown attributes come back with the next write; the keys and the type are not among them."""
    item = KEYED.item(Keyed(account="1", number=7)) | {"added": {"NS": ["1"]}, "gone": NULL}
    keyed = KEYED.instance(item)
    assert keyed.rest == {"added": {Decimal(1)}, "gone": None}
    assert KEYED.item(keyed) == item


@pytest.mark.parametrize(
    "rest, path",
    [
        ({"PK": "x"}, "$.rest"),
        ({"_type": "x"}, "$.rest"),
        ({"GSI1PK": "x"}, "$.rest"),
        ({"group": "x"}, "$.rest"),
        ({"e-mail": "x"}, "$.rest"),
        ({"": "x"}, "$.rest."),
        ({5: "x"}, "$.rest.5"),
        ({"a": {"b": Geo}}, "$.rest.a.b"),
        (None, "$.rest"),
        ("text", "$.rest"),
    ],
)
def test_a_rest_field_holds_other_attributes_only(rest, path):
    """Not the table's, not another field's, and nothing that cannot be stored."""
    with pytest.raises(ItemStructureError) as refused:
        KEYED.item(Keyed(account="1", number=7, rest=rest))
    assert [line.split(":")[0] for line in refused.value.problems] == [path]


def test_an_index_key_follows_its_fields():
    """None keeps the item out of the index, with both parts of the key."""
    assert {"GSI1PK", "GSI1SK"}.isdisjoint(KEYED.item(Keyed(account="1", number=7)))


def test_a_key_that_is_too_long_is_refused_before_any_call():
    """The limits are in bytes: 2048 for a partition key, 1024 for a sort key."""
    assert PERSON.key({"id": "a" * 2046})
    for value in ("a" * 2047, "é" * 1024):
        with pytest.raises(KeyValueError, match="at most 2048 fit: shorten id"):
            PERSON.key({"id": value})


@entity(pk="<PK>", sk="<at>", indexes={"ByMail": ("<mail>",)})
class Own:
    PK: str
    at: int = field(name="SK")
    mail: str | None = None


def test_fields_can_be_the_key_attributes_themselves():
    """Each is stored once, with the type of the field."""
    own = member_of(Own, Index("ByMail", pk="mail", sk=None))
    item = own.item(Own(PK="p", at=0, mail=None))
    assert item == {"PK": {"S": "p"}, "SK": {"N": "0"}, "_type": {"S": "Own"}}
    assert own.instance(item) == Own(PK="p", at=0)
    with pytest.raises(KeyValueError, match="field 'mail' of entity 'Own' is empty, but it is the index key"):
        own.item(Own(PK="p", at=0, mail=""))


def test_a_number_cannot_be_key_and_padded():
    """A field that is the key itself is stored as it is."""

    @entity(pk="P#<id>", sk="<SK:pad(3)>")
    class Padded:
        id: str
        SK: int

    with pytest.raises(DefinitionError, match="the template can only be '<SK>'"):
        Table("t", Padded)
