"""Keys of what is computed from fields, and of what is inside it."""

from __future__ import annotations

import attrs
import pytest

from pynamite import Index, Table, entity
from pynamite.errors import DefinitionError, ExpressionError


@attrs.frozen
class Name:
    owner: str
    name: str


def network(repo: Name, fork_of: Name | None) -> Name:
    return fork_of or repo


@entity(
    pk="REPO#<repo.owner>#<repo.name>",
    sk="REPO",
    computed={"network": network},
    indexes={"Forks": ("NETWORK#<network.owner>#<network.name>", "<repo.owner>")},
)
class Repo:
    repo: Name
    fork_of: Name | None = None


SOURCE, FORK = Name("ann", "hello"), Name("bob", "hello")


@pytest.fixture
def repos(client, table_name):
    """A repository, and a fork of it."""
    store = Table(table_name, Repo, indexes=[Index("Forks")]).connect(client)
    store.create_table()
    store[Repo].put_many([Repo(repo=SOURCE), Repo(repo=FORK, fork_of=SOURCE)])
    return store[Repo]


def test_a_key_is_made_of_what_is_inside_a_computed_value(repos):
    """A query gives what is computed, or the fields that it is computed from."""
    assert [one.repo for one in repos.query("Forks", network=SOURCE)] == [SOURCE, FORK]
    inside = {"network.owner": "ann", "network.name": "hello"}
    assert [one.repo for one in repos.query("Forks", inside)] == [SOURCE, FORK]
    assert [one.repo for one in repos.query("Forks", repo=FORK, fork_of=SOURCE)] == [FORK]


def test_the_key_follows_the_fields_behind_a_computed_value(repos):
    """A repository that is no fork any more is a network of its own."""
    repos.update({"repo": FORK}, {"fork_of": None})
    assert [one.repo for one in repos.query("Forks", network=SOURCE)] == [SOURCE]
    assert [one.repo for one in repos.query("Forks", network=FORK)] == [FORK]


def test_what_does_not_stand_in_the_key_is_refused(repos):
    """A computed value that the table's own key does not have is no way to query it."""
    with pytest.raises(ExpressionError, match="'network'"):
        repos.query(repo=SOURCE, network=SOURCE)


def test_what_a_computed_value_does_not_have_is_no_placeholder():
    """The declaration tells what is missing inside the computed value."""
    with pytest.raises(DefinitionError, match="<network.host>"):

        @entity(pk="<repo.owner>", sk="<network.host>", computed={"network": network})
        class Odd:
            repo: Name
            fork_of: Name | None = None
