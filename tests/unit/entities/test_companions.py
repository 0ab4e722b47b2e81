"""Companions and history: what is wrong with them, told when they are declared."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from pynamite import Table, entity, field
from pynamite.entities.definition import definition_of
from pynamite.errors import DefinitionError


@entity(pk="EMAIL#<email>", sk="LOOKUP")
class ByEmail:
    email: str
    account_id: str
    source: str = "sign-up"


@entity(pk="NAME#<name>", sk="NAME")
class ByName:
    name: str
    account_id: str
    letter: str


@entity(pk="OLD#<account_id>", sk="OLD")
class Counting:
    account_id: str
    version: int = field(default=0, version=True)


@attrs.define
class Plain:
    account_id: str


async def later(user: Any) -> None:
    """Give nothing but a coroutine."""


def declare(**options: Any) -> Any:
    """Make an entity with these options."""
    own = {"__annotations__": {"account_id": "str", "email": "str"}, "__module__": __name__}
    return entity(pk="USER#<account_id>", sk="PROFILE", **options)(type("User", (), own))


def problems(**options: Any) -> tuple[str, ...]:
    """Give what is wrong with it."""
    with pytest.raises(DefinitionError) as refused:
        declare(**options)
    return refused.value.problems


@pytest.mark.parametrize("what", ["companions", "history"])
@pytest.mark.parametrize(
    "given, told",
    [
        (5, "has 5: give an entity class, or a function of an instance"),
        ("ByEmail", "has 'ByEmail': give an entity class, or a function of an instance"),
        ([later], "has later, which is async: give an ordinary function of an instance"),
        (Plain, "has Plain, which is no entity: declare it with @entity(pk=..., sk=...)"),
        (int, "has int, which is no entity"),
        (ByName, "has ByName, whose 'name', 'letter' no field of User is called: give a function that makes the"),
        ((ByEmail, ByName), "has ByName, whose 'name', 'letter' no field of User is called"),
    ],
)
def test_what_is_no_companion(what, given, told):
    """A class takes over the fields of the same names: all that it needs have to be there."""
    assert told in problems(**{what: given})[0]
    assert problems(**{what: given})[0].startswith(f"entity 'User': {what}= has")


def test_all_mistakes_are_told_at_once():
    """Of companions and of the history."""
    assert len(problems(companions=[ByName, 5], history=Plain)) == 3


def test_what_can_be_a_companion():
    """A class, a function, several of them; a name is kept for messages."""
    def made(user: Any) -> None:
        return None

    definition = definition_of(declare(companions=[ByEmail, made], history=ByEmail))
    assert [one.name for one in definition.companions] == ["ByEmail", "made"]
    assert [one.cls for one in definition.history] == [ByEmail]
    assert definition_of(declare()).companions == definition_of(declare(companions=[])).companions == ()


def test_a_class_takes_over_the_fields_of_the_same_names():
    """By their names, even where the constructor calls them otherwise; its own defaults are for the others."""

    @entity(pk="A#<_id>", sk="A")
    class Alias:
        _id: str
        own: int = 3
        both: int = 4

    @entity(pk="B#<_id>", sk="B", companions=Alias)
    class Owner:
        _id: str
        both: int = 5
        hidden: int = field(default=0, init=False)

    (companion,) = definition_of(Owner).companions
    owner: Any = Owner
    (made,) = companion.make(owner(id="x", both=6))
    assert [getattr(made, name) for name in ("_id", "own", "both")] == ["x", 3, 6]


def test_companions_are_in_the_table_and_count_nothing_themselves():
    """Told of the table, which knows all classes."""
    with pytest.raises(DefinitionError) as refused:
        Table("t", declare(companions=ByEmail, history=Counting), Counting)
    missing, counting = refused.value.problems
    assert missing == (
        "entity 'User' has ByEmail in companions=, which table 't' does not hold: name the class in Table(...)"
    )
    assert counting == (
        "entity 'User' has Counting in history=, whose field 'version' is version=True: what is kept in step is not "
        "changed by itself; make it an ordinary field"
    )
    Table("t", declare(companions=ByEmail), ByEmail)
