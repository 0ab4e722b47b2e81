"""What can be declared as unique, and what is wrong with the rest."""

from __future__ import annotations

import attrs
import pytest

from pynamite import Index, Table, entity, field
from pynamite.errors import DefinitionError


def problems(**options):
    """What is wrong with an entity of this ``unique=`` and these fields."""
    with pytest.raises(DefinitionError) as wrong:
        declared(**options)
    return wrong.value.problems


def declared(unique=(), type=None, computed=None, **fields):
    annotations = {"id": "str", "email": "str", "number": "int", "tags": "list[str]"}
    own = {"__annotations__": annotations, "__module__": __name__, **fields}
    return entity(pk="<id>", sk="x", unique=unique, type=type, computed=computed)(__builtins__["type"]("User", (), own))


def names_of(cls, attribute="__pynamite_entity__"):
    return [unique.names for unique in getattr(cls, attribute).uniques]


def test_fields_and_forms_are_unique_each_once():
    """Single fields go first; one that is named twice in the same way is one."""
    cls = declared(["number", ("id", "number"), "number", ["email", "id"]], email=field(unique=True))
    assert names_of(cls) == [("email",), ("number",), ("id", "number"), ("email", "id")]
    assert names_of(declared("email")) == [("email",)]
    assert names_of(declared(("email",))) == [("email",)]
    assert names_of(declared(name for name in ["email", "number"])) == [("email",), ("number",)]


def test_guards_have_keys_of_their_own():
    """The type, the names, the values; texts before other values are escaped, codecs are kept."""
    cls = declared(["email : lower", ("id", "number:pad(3)", "email")])
    assert [unique.template.text for unique in cls.__pynamite_entity__.uniques] == [
        "UNIQUE#User#email#<email: lower>",
        "UNIQUE#User#id+number+email#<id:escape>#<number:pad(3)>#<email>",
    ]
    assert cls.__pynamite_entity__.guarded == {"email", "id", "number"}


def test_what_an_entity_without_anything_unique_depends_on():
    """Nothing."""
    assert declared().__pynamite_entity__.guarded == frozenset()


@pytest.mark.parametrize("unique, told", [
    (5, "entity 'User' has unique=5: list what is unique, such as unique=['email']"),
    ([5], "entity 'User' is to be unique by 5: name a field, or several of them together"),
    ([()], "entity 'User' is to be unique by (): name a field, or several of them together"),
    ([("id", 5)], "entity 'User' is to be unique by ('id', 5): name a field, or several of them together"),
    ([("id", "id")], "entity 'User' is to be unique by ('id', 'id'): name a field, or several of them together"),
    (["<id>"], "entity 'User' is to be unique by '<id>': name a field, or several of them together"),
    (["id:lower><number"], "unique by 'id:lower><number': name a field"),
    ([""], "entity 'User' is to be unique by '': name a field"),
    (["nope"], "uses placeholder <nope> in its unique 'nope', but has no field 'nope'; its fields are 'id', 'email'"),
    (["email.zip"], "uses placeholder <email.zip> in its unique 'email.zip', but has no 'zip' in its field 'email'"),
    (["email:lowre"], "unique 'email' 'UNIQUE#User#email#<email:lowre>': field 'email' names the codec 'lowre'"),
    (["number:lower"], "field 'number' is a int, but the codec 'lower' is for str"),
    (["tags"], "field 'tags' is a list, which has no form in a key"),
    (("id", "number"), "has unique=('id', 'number'), which could mean each by itself, or all together"),
    (("id", "number"), "write unique=['id', 'number'], or unique=[('id', 'number')]"),
    (["email", "email:lower"], "entity 'User' is to be unique by 'email' and by 'email:lower': say it once"),
    ([("id", "number"), ("number", "id")], "is to be unique by ('id', 'number') and by ('number', 'id'): say it once"),
])  # fmt: skip
def test_what_cannot_be_unique(unique, told):
    """Each mistake is told where the class is declared."""
    (problem,) = problems(unique=unique)
    assert told in problem


def test_a_field_and_a_form_may_not_say_two_things():
    """What is unique in lower case is unique anyway."""
    (problem,) = problems(unique=["email:lower"], email=field(unique=True))
    assert problem == "entity 'User' is to be unique by 'email' and by 'email:lower': say it once"


def test_all_mistakes_are_told_at_once():
    """Those of one form do not hide those of another."""
    assert len(problems(unique=["nope", 5, ("id", "tags")], number=field(default="x", version=True))) == 4


@pytest.mark.parametrize("name", ["a#b", "<a", "a>"])
def test_a_type_that_guards_cannot_be_named_by(name):
    """The delimiters of the guards' keys cannot be in it."""
    (problem,) = problems(unique=["email"], type=name)
    assert problem == (
        f"entity 'User' has something unique, but its type {name!r} has one of <, > and # in it, which the keys of its "
        "guard items are made with: choose another type="
    )
    declared(type=name)


def test_only_what_is_stored_can_be_unique():
    """A field that is no argument of the constructor is not, and a nested class is no entity."""
    (problem,) = problems(email=field(default="", init=False, unique=True))
    assert problem == (
        "field 'email' of entity 'User' is unique=True, but init=False, so that it is not stored: make it an argument "
        "of the constructor"
    )

    @attrs.define
    class Inner:
        code: str = field(unique=True)
        version: int = field(default=0, version=True)

    with pytest.raises(DefinitionError) as wrong:
        @entity(pk="<id>", sk="x")
        class Outer:
            id: str
            inner: Inner
    assert wrong.value.problems == (
        "Inner.code: unique=True is for the fields of an entity, not of a class inside one: leave it out",
        "Inner.version: version=True is for the fields of an entity, not of a class inside one: leave it out",
    )


@entity(pk="USER#<user_id>", sk="PROFILE")
class User:
    user_id: str
    email: str = field(unique=True)


def told_by(*entities, **options):
    """What is wrong with a table of these entities: one thing."""
    with pytest.raises(DefinitionError) as wrong:
        Table("t", *entities, **options)
    (problem,) = wrong.value.problems
    return problem


def test_guards_need_text_keys():
    """A table whose keys are numbers, or binary, cannot hold them."""

    @entity(pk="<number>", sk="<at>")
    class Numbered:
        number: int = field(name="PK")
        at: bytes = field(name="SK")
        email: str = field(unique=True)

    assert told_by(Numbered) == (
        "entity 'Numbered' has something unique, but the keys of table 't' are not all text, as those of guard items "
        "are: give the table text keys"
    )


def test_no_other_keys_begin_as_those_of_guards():
    """Where the table has some."""

    @entity(pk="UNIQUE#<code>", sk="CODE")
    class Code:
        code: str

    assert told_by(User, Code) == (
        "entity 'Code' has the partition key 'UNIQUE#<code>', which begins as the keys of guard items of table 't' do "
        "('UNIQUE#'): begin it with another literal"
    )
    Table("t", Code)


def test_the_attributes_of_guards_are_not_taken():
    """The owner's key stands in an attribute that no index, and not the type, may have."""
    told = (
        "entity 'User' of table 't' has something unique, whose guard items have '_owner' for the key of their owner: "
        "give the type attribute, or the key, of that name another one"
    )
    assert told_by(User, type_attribute="_owner") == told
    assert told_by(User, indexes=[Index("ByOwner", pk="_owner", sk=None)]) == told
    assert told_by(User, pk="_owner") == told


def test_no_other_type_is_that_of_guards():
    """Guards would be taken for its items."""

    @entity(pk="OTHER#<id>", sk="x", type="User!unique")
    class Other:
        id: str

    assert told_by(User, Other) == (
        "entity 'Other' has the type 'User!unique', which the guard items of 'User' are marked with: choose another "
        "type="
    )
