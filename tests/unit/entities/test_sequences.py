"""Sequences: what is wrong with a field that gets its numbers from a counter, told when it is declared."""

# Fields that are declared wrongly are what this module is about.
# mypy: disable-error-code="misc, name-defined"

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs
import pytest

from pynamite import NextOf, Table, attribute, entity, field
from pynamite.errors import DefinitionError


@attrs.define
class Counted:
    total: int = 0


@entity(pk="REPO#<owner>", sk="REPO#<name>")
class Repo(Counted):
    owner: str
    name: str
    issues: int = 0
    stars: int | None = None
    title: str = ""
    version: int = field(default=0, version=True)
    made_at: datetime | None = field(default=None, created=True)
    hidden: int = field(default=0, init=False)


@entity(pk="GIST#<owner>", sk="GIST")
class Gist(Counted):
    owner: str


def numbered(kind: str = "int | None", **options: Any) -> Any:
    """Make an entity with a field of this type and these options."""
    own: dict[str, Any] = {
        "__annotations__": {"owner": "str", "name": "str", "id": "str", "number": kind},
        "__module__": __name__,
        "number": field(**options),
    }
    return entity(pk="ISSUE#<owner>#<name>", sk="<id>")(type("Issue", (), own))


def field_problems(kind: str = "int | None", **options: Any) -> tuple[str, ...]:
    """Give what is wrong with a sequence field of this type and these options."""
    with pytest.raises(DefinitionError) as refused:
        numbered(kind, **options)
    return refused.value.problems


@pytest.mark.parametrize(
    "counter",
    ["issues", 5, int, Repo, attribute(Repo.issues), NextOf("issues")],
    ids=["text", "number", "type", "entity", "attribute", "NextOf a text"],
)
def test_the_counter_is_named_by_its_class(counter):
    """A text or an instance's value tells nothing of the entity."""
    (problem,) = field_problems(default=None, sequence=counter)
    assert "entity 'Issue': field 'number' has sequence=" in problem
    assert "name the field that counts by its class, such as sequence=Repo.issues" in problem


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("int", {}),
        ("int", {"default": 0}),
        ("int | None", {"default": 1}),
        ("int | None", {}),
        ("str | None", {"default": None}),
        ("bool | None", {"default": None}),
    ],
)
def test_the_field_has_to_be_able_to_wait(kind, options):
    """It is None until there is a number."""
    (problem,) = field_problems(kind, sequence=Repo.issues, **options)
    assert problem == (
        "entity 'Issue': field 'number' gets the next number of a sequence where it is None: declare it as "
        "`number: int | None = field(default=None, sequence=...)`"
    )


def test_where_a_key_comes_from_is_a_field():
    """Of the entity that is numbered."""
    (problem,) = field_problems(default=None, sequence=NextOf(Repo.issues, key={"owner": "user"}))
    assert problem == "entity 'Issue': field 'number' takes a key field from 'user', which is no field"


def test_the_entity_that_is_meant_has_the_counter():
    """of= names an entity that inherits it."""
    (problem,) = field_problems(default=None, sequence=NextOf(Repo.issues, of=Gist))
    assert "field 'number' counts in Repo.issues of=" in problem and "which does not have that field" in problem


def table_problems(sequence: Any, *entities: type) -> tuple[str, ...]:
    """Give what is wrong with a table of these entities and one whose numbers come from a sequence."""
    with pytest.raises(DefinitionError) as refused:
        Table("t", numbered(default=None, sequence=sequence), *entities)
    return refused.value.problems


@entity(pk="TEAM#<team>", sk="<season>")
class Team:
    team: str
    season: int
    wins: int = 0


@pytest.mark.parametrize(
    ("sequence", "problem"),
    [
        (Repo.title, "counts in Repo.title, which is str: count in an int"),
        (Repo.made_at, "counts in Repo.made_at, which is datetime | None: count in an int"),
        (Repo.name, "counts in Repo.name, which is str: count in an int"),
        (Repo.name, "counts in Repo.name, which is part of the table key, and cannot change"),
        (Repo.version, "counts in Repo.version, which has a meaning of its own: count in another field"),
        (Repo.hidden, "counts in Repo.hidden, which is init=False, so that it is not stored"),
        (NextOf(Repo.issues, key={"title": "id"}), "where 'title' comes from, which is no field of the key of 'Repo'"),
    ],
)
def test_what_cannot_count(sequence, problem):
    """Told of the table, which knows both entities."""
    found = table_problems(sequence, Repo)
    assert any(problem in one for one in found), found
    assert all("field 'number' of entity 'Issue'" in one for one in found)


def test_the_key_of_the_counting_item_has_to_be_found():
    """A key field that the numbered entity does not have is named by NextOf."""
    for field_name, problem in zip(("team", "season"), table_problems(Team.wins, Team), strict=True):
        assert problem == (
            f"field 'number' of entity 'Issue' counts in Team.wins, whose key has {field_name!r}, which is no field "
            f"here: say which one has it, sequence=NextOf(Team.wins, key={{{field_name!r}: ...}})"
        )
    assert len(table_problems(NextOf(Team.wins, key={"team": "owner"}), Team)) == 1


def test_the_entity_that_counts_is_in_the_table():
    """As a class that is listed, or as the only one that inherits the counter."""
    (problem,) = table_problems(Repo.issues)
    assert problem == (
        "field 'number' of entity 'Issue' gets its numbers from Repo, which table 't' does not hold: name the class in "
        "Table(...)"
    )
    (problem,) = table_problems(NextOf(Repo.total, of=Repo), Gist)
    assert "gets its numbers from Repo, which table 't' does not hold" in problem
    (problem,) = table_problems(Repo.total, Repo, Gist)
    assert problem == (
        "field 'number' of entity 'Issue' counts in Counted.total, which several entities of table 't' have (Gist, "
        "Repo): say which one counts, sequence=NextOf(Counted.total, of=Gist)"
    )


def test_what_can_count():
    """An optional counter, an inherited one, another entity's, with a key by other names."""

    @entity(pk="T#<id>", sk="T")
    class Ticket:
        id: str
        owner: str
        name: str
        a: int | None = field(default=None, sequence=Repo.stars)
        b: int | None = field(default=None, sequence=NextOf(Repo.total, of=Repo))
        c: int | None = field(default=None, sequence=NextOf(Gist.total, key={"owner": "id"}, of=Gist))

    assert Table("t", Ticket, Repo, Gist).entities == (Ticket, Repo, Gist)
