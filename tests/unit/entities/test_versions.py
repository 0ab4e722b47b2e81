"""What can be declared as a version, and what is wrong with the rest."""

from __future__ import annotations

from typing import Any

import pytest

from pynamite import entity, field
from pynamite.errors import DefinitionError


def problems(pk="<id>", **fields):
    """What is wrong with an entity of these fields, each an annotation and a declaration."""
    annotations = {"id": "str", **{name: kind for name, (kind, _) in fields.items()}}
    own = {"__annotations__": annotations, "__module__": __name__, **{name: own for name, (_, own) in fields.items()}}
    with pytest.raises(DefinitionError) as wrong:
        entity(pk=pk, sk="x")(type("Doc", (), own))
    return wrong.value.problems


DECLARE = "declare it as `int = field(default=0, version=True)`"


@pytest.mark.parametrize("kind, options, told", [
    ("str", {"default": ""}, "str, with default ''"),
    ("int", {}, "int, without default"),
    ("int", {"default": 1}, "int, with default 1"),
    ("int", {"default": False}, "int, with default False"),
    ("int | None", {"default": None}, "int | None, with default None"),
    ("float", {"default": 0}, "float, with default 0"),
])  # fmt: skip
def test_a_version_is_a_number_from_0_on(kind, options, told):
    """Whatever else it is, the message says how to declare it."""
    assert problems(version=(kind, field(version=True, **options))) == (
        f"field 'version' of entity 'Doc' is version=True, but {told}: {DECLARE}",
    )


def test_there_is_one_version():
    """Two could not both be checked."""
    one, two = (("int", field(default=0, version=True)) for _ in "12")
    assert problems(one=one, two=two) == ("entity 'Doc' has more than one version field: 'one', 'two'",)


def test_a_version_is_no_part_of_the_table_key():
    """No update could change it."""
    (told,) = problems(pk="<id>#<version>", version=("int", field(default=0, version=True)))
    assert told.startswith("field 'version' of entity 'Doc' is version=True, but part of the table key")


@pytest.mark.parametrize("other", ["key_only", "unique", "created", "updated", "ttl", "rest"])
def test_a_version_is_nothing_else(other):
    """A counter that every write changes can be neither the key's nor unique."""
    options: Any = {"version": True, other: True}
    told = problems(version=("int", field(default=0, **options)))
    assert "field 'version' of entity 'Doc' is version=True and more: it can only be one" in told


def test_a_version_is_stored():
    """A field that the constructor does not take is not."""
    (told,) = problems(version=("int", field(default=0, version=True, init=False)))
    assert told == (
        "field 'version' of entity 'Doc' is version=True, but init=False, so that it is not stored: make it an "
        "argument of the constructor"
    )
