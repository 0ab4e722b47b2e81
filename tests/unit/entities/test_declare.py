"""``@entity``: the class it makes, the classes it takes, and everything that it finds wrong at once."""

# Types that the checkers refuse, or cannot follow, are what this module is about.
# mypy: disable-error-code="call-arg, misc, type-arg, name-defined"
# pyright: reportCallIssue=false, reportUndefinedVariable=false, reportAttributeAccessIssue=false

from __future__ import annotations

import datetime as dt
from datetime import date
from enum import Enum
from typing import Any, Generic, TypeVar

import attrs
import pytest

from pynamite import Table, attribute, entity, field
from pynamite.entities.definition import definition_of, is_entity
from pynamite.entities.member import Member
from pynamite.errors import DefinitionError

T = TypeVar("T")


def member_of(cls: type) -> Member[Any]:
    """Give an entity as the only member of a table."""
    return Table("t", cls)._registry.member(cls)


def problems_of(declare) -> tuple[str, ...]:
    """Give what is wrong with the class that a function declares."""
    with pytest.raises(DefinitionError) as refused:
        declare()
    return refused.value.problems


def test_the_class_is_an_attrs_class_with_slots_and_keywords():
    """Its arguments are keywords, so that a field with a default may stand before one without."""

    @entity(pk="U#<id>", sk="P", order=True, frozen=True, repr=False)
    class User:
        name: str = ""
        id: str

    one = User(id="1")
    assert not hasattr(one, "__dict__")
    assert one < User(id="2") and hash(one) == hash(User(id="1")) and "name=" not in repr(one)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        one.name = "x"
    with pytest.raises(TypeError):
        User("1")
    assert member_of(User).instance(member_of(User).item(one)) == one


def test_an_attrs_class_is_taken_as_it_is():
    """Its own options stay."""

    @entity(pk="U#<id>", sk="P")
    @attrs.frozen
    class User:
        id: str
        name: str = "x"

    assert User("1", "y") == User("1", name="y")
    assert attribute(User.name).path.owner is User


def test_a_class_without_slots_is_refused():
    """attribute(User.id) needs the slot, and a field with a default would be a value."""

    @attrs.define(slots=False)
    class Base:
        id: str = "1"

    def derived() -> None:
        @entity(pk="U#<id>", sk="P")
        class User(Base):
            name: str

    (told,) = problems_of(derived)
    assert "entity 'User' has no slot for id" in told and "slots=True" in told


def test_fields_are_inherited():
    """From an attrs mixin and from another entity; each class has its own key."""

    @attrs.define(kw_only=True)
    class Stamped:
        made: date

    @entity(pk="U#<id>", sk="P")
    class User(Stamped):
        id: str

    @entity(pk="A#<id>", sk="P", type="Boss")
    class Admin(User):
        level: int = 1

    member = member_of(Admin)
    admin = Admin(id="1", made=date(2026, 5, 1))
    assert member.item(admin)["_type"] == {"S": "Boss"}
    assert member.instance(member.item(admin)) == admin
    assert list(definition_of(Admin).fields) == ["made", "id", "level"]
    assert attribute(Admin.made).path.owner is Stamped


def test_a_subclass_is_no_entity_by_itself():
    """What is not declared has no key of its own."""

    @entity(pk="U#<id>", sk="P")
    class User:
        id: str

    class Admin(User):
        pass

    assert is_entity(User) and not is_entity(Admin)
    with pytest.raises(DefinitionError, match="Admin is no entity: declare it with @entity"):
        definition_of(Admin)
    with pytest.raises(DefinitionError, match="Admin is no entity"):
        Table("t", User, Admin)


def test_private_fields_keep_their_names():
    """attrs takes the underscore off the argument, the item does not; alias= is the argument's only."""

    @entity(pk="U#<_id>", sk="P")
    class User:
        _id: str
        name: str = field(default="", alias="called", name="n")

    member = member_of(User)
    user = User(id="1", called="x")
    assert member.item(user) == {
        "PK": {"S": "U#1"}, "SK": {"S": "P"}, "_type": {"S": "User"}, "_id": {"S": "1"}, "n": {"S": "x"}
    }  # fmt: skip
    assert member.instance(member.item(user)) == user


def test_what_the_constructor_does_not_take_is_not_stored():
    """A field with init=False is the class's own business, whatever its type."""

    @entity(pk="U#<id>", sk="P")
    class User:
        id: str
        cache: complex = field(init=False, default=1j)
        shout: str = field(init=False)

        def __attrs_post_init__(self) -> None:
            self.shout = self.id.upper()

    member = member_of(User)
    item = member.item(User(id="a"))
    assert {"cache", "shout"}.isdisjoint(item)
    assert member.instance(item).shout == "A"


def test_a_key_of_what_is_not_stored_is_refused():
    """An update could not know it."""

    def declare() -> None:
        @entity(pk="U#<shout>", sk="P")
        class User:
            id: str
            shout: str = field(init=False, default="")

    assert any("field 'shout' of entity 'User' is init=False" in told for told in problems_of(declare))


def test_attrs_converters_and_validators_are_kept():
    """A field is what attrs makes of it."""

    @entity(pk="U#<id>", sk="P")
    class User:
        id: str = field(converter=str.strip, validator=attrs.validators.min_len(1))

    assert User(id=" 1 ").id == "1"
    with pytest.raises(ValueError):
        User(id=" ")


class Outer:
    class Inner(Enum):
        A = "a"


def test_annotations_are_resolved_where_the_class_stands():
    """Local classes, a class's own name, a field named as its type, dotted names: in this module they are all texts."""

    class Color(Enum):
        RED = "red"

    @attrs.define
    class Paint:
        color: Color
        under: Paint | None = None

    @entity(pk="U#<id>", sk="P")
    class Thing:
        id: str
        paint: Paint
        date: date
        at: dt.datetime | None = None
        inner: Outer.Inner = Outer.Inner.A
        parts: list[Thing] = field(factory=list)

    thing = Thing(id="1", paint=Paint(Color.RED, Paint(Color.RED)), date=date(2026, 5, 1))
    nested = Thing(id="2", paint=Paint(Color.RED), date=date(2026, 5, 1), parts=[thing])
    member = member_of(Thing)
    assert member.instance(member.item(nested)) == nested


@pytest.mark.parametrize(
    "annotation, told",
    [
        ("Nowhere", "the annotation 'Nowhere' does not resolve (name 'Nowhere' is not defined)"),
        ("list[Nowhere]", "does not resolve"),
        ("1 +", "does not resolve"),
        ("T", "is generic (~T)"),
        ("list[T]", "cannot be stored"),
        ("complex", "User.wrong: complex cannot be stored: use str, int"),
        ("int | float", "look alike in an item"),
    ],
)
def test_a_wrong_annotation_is_told_with_its_field(annotation, told):
    """With the class, and what to do."""

    def declare() -> None:
        entity(pk="U#<id>", sk="P")(
            type("User", (), {"__annotations__": {"id": "str", "wrong": annotation}, "__module__": __name__})
        )

    (problem,) = problems_of(declare)
    assert problem.startswith("User.wrong") and told in problem


@attrs.define
class Deep:
    wrong: complex


@attrs.define
class Middle:
    deep: dict[str, list[Deep | None]]
    lost: Nowhere  # noqa: F821


@attrs.define
class Lossy:
    id: str = field(key_only=True)
    rest: dict[str, Any] = field(factory=dict, rest=True)  # noqa: RUF009 - it is attrs' field


@attrs.define
class Box(Generic[T]):
    content: T


def test_nested_classes_are_checked_with_the_entity():
    """What they cannot store, and what would be lost of them, is told when the class is declared, at any depth."""

    def declare() -> None:
        @entity(pk="U#<id>", sk="P")
        class User:
            id: str
            deep: list[Deep]
            middle: Middle | None
            lossy: Lossy
            box: Box

    told = "\n".join(problems_of(declare))
    for part in (
        "Deep.wrong: complex cannot be stored",
        "Middle.lost: the annotation 'Nowhere' does not resolve",
        "Lossy.id: key_only=True is for the fields of an entity",
        "Lossy.rest: rest=True is for the fields of an entity",
        "Box.content is generic (~T)",
    ):
        assert part in told


def test_all_mistakes_of_a_class_are_told_at_once():
    """Templates, annotations, options and names together, each with the entity and a remedy."""

    def declare() -> None:
        @entity(
            pk="U#<nope>", sk="<id", type="",
            indexes={"A": ("<id:pad(3)>", "X#<blob>"), "B": ("a", "b", "c"), "C": ()},
        )  # fmt: skip
        class User:
            id: str
            blob: bytes
            lost: Nowhere  # noqa: F821

    told = problems_of(declare)
    for part in (
        "entity 'User' has the type ''",
        "User.lost: the annotation 'Nowhere' does not resolve",
        "entity 'User' uses placeholder <nope> in its partition key, but has no field 'nope'; its fields are 'id'",
        "entity 'User' has an unclosed '<' in its sort key '<id'",
        "partition key of index 'A' '<id:pad(3)>': field 'id' is a str, but the codec 'pad(3)' is for int",
        "sort key of index 'A' 'X#<blob>': field 'blob' is a bytes, which has no form in a key",
        "index 'B' of entity 'User' has 3 templates",
        "index 'C' of entity 'User' has 0 templates",
    ):
        assert sum(part in problem for problem in told) == 1, part
    assert len(told) == 8


def test_options_that_would_lose_values_are_refused():
    """A key_only field outside the key, more than one rest field, a rest field that is no dict, one attribute twice."""

    def options() -> None:
        @entity(pk="U#<id>", sk="P", indexes={"A": ("<only>",)})
        class User:
            id: str
            only: str = field(key_only=True)
            rest: dict[str, Any] = field(factory=dict, rest=True)
            more: dict[str, str] = field(factory=dict, rest=True)
            bare: dict[str, Any] = field(rest=True)

    told = "\n".join(problems_of(options))
    for part in (
        "'only' of entity 'User' is key_only",
        "more than one rest field: 'rest', 'more', 'bare'",
        "field 'more' of entity 'User' keeps the rest",
        "field 'bare' of entity 'User' keeps the rest",
    ):
        assert part in told

    def names() -> None:
        @entity(pk="U#<id>", sk="P")
        class User:
            id: str
            name: str = field(name="id")

    assert "User stores two fields as attribute 'id'" in problems_of(names)[0]


def test_an_optional_set_has_none_or_the_empty_set_as_default():
    """Three values do not fit into absence and NULL."""

    def declare() -> None:
        @entity(pk="U#<id>", sk="P")
        class User:
            id: str
            tags: set[str] | None = field(factory=lambda: {"new"})

    assert "another default than None and the empty set" in problems_of(declare)[0]


@pytest.mark.parametrize("given", ["", 5, None])
def test_a_type_is_a_text(given):
    """None is the class's name, everything else is a text that is not empty."""

    def declare() -> None:
        @entity(pk="U#<id>", sk="P", type=given)
        class User:
            id: str

        assert definition_of(User).type_value == "User"

    if given is None:
        declare()
    else:
        assert "give it a text" in problems_of(declare)[0]
