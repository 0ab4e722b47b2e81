"""`evolve`: an instance with other values."""

from __future__ import annotations

import pytest

from pynamite import entity, evolve


@entity(pk="USER#<name>", frozen=True)
class User:
    name: str
    visits: int = 0


def test_evolve_gives_another_instance():
    """The changes are made, the rest is as it was, and so is the instance given."""
    user = User(name="ann", visits=1)
    assert evolve(user, visits=2) == User(name="ann", visits=2)
    assert user == User(name="ann", visits=1)


def test_evolve_knows_the_fields():
    """A field that is not there is an error."""
    with pytest.raises(TypeError, match="nope"):
        evolve(User(name="ann"), nope=1)
