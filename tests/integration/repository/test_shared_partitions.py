"""Variants of an index key that lead into one partition, where the sort key tells them apart."""

from __future__ import annotations

import attrs
import pytest

from pynamite import Index, Table, by, entity
from pynamite.errors import DefinitionError, KeyValueError


@attrs.frozen
class Name:
    owner: str
    name: str


def is_fork(fork_of: Name | None) -> bool:
    return fork_of is not None


REPO = "REPO#<repo.owner>#<repo.name>"
SOURCE_OR_OWN = by("is_fork", {True: "REPO#<fork_of.owner>#<fork_of.name>", False: REPO})


@entity(
    pk=REPO,
    sk="REPO",
    computed={"is_fork": is_fork},
    indexes={"Forks": (SOURCE_OR_OWN, by("is_fork", {True: "FORK#<repo.owner>", False: "#REPO#<repo.name>"}))},
)
class Repo:
    repo: Name
    fork_of: Name | None = None


@entity(pk=REPO, sk="OTHER", computed={"is_fork": is_fork}, indexes={"Forks": (SOURCE_OR_OWN, "<repo.owner>")})
class Other:
    repo: Name
    fork_of: Name | None = None


SOURCE, FORK = Name("ann", "hello"), Name("bob", "hello")


@pytest.fixture
def store(client, table_name):
    """A repository, and a fork of it."""
    store = Table(table_name, Repo, Other, indexes=[Index("Forks")]).connect(client)
    store.create_table()
    store[Repo].create(Repo(repo=SOURCE))
    store[Repo].create(Repo(repo=FORK, fork_of=SOURCE))
    return store


def test_each_variant_is_found_in_the_partition_that_they_share(store):
    """What is given decides which of them is read; a fork is no answer to the question for the repository."""
    repos = store[Repo]
    assert [one.repo for one in repos.query("Forks", fork_of=SOURCE)] == [FORK]
    assert [one.repo for one in repos.query("Forks", repo=SOURCE, is_fork=False)] == [SOURCE]
    assert [one.repo for one in repos.query("Forks", repo=FORK, fork_of=None)] == []
    with pytest.raises(KeyValueError, match="is_fork"):
        repos.query("Forks", repo=SOURCE)


def test_an_update_takes_an_item_from_one_variant_to_the_other(store):
    """A repository that is no fork any more has a partition of its own."""
    store[Repo].update({"repo": FORK}, {"fork_of": None})
    assert store[Repo].query("Forks", fork_of=SOURCE).all() == []
    assert [one.repo for one in store[Repo].query("Forks", repo=FORK, is_fork=False)] == [FORK]


def test_a_shared_partition_whose_sort_key_does_not_tell_is_refused(store):
    """Without a sort key that is chosen, too, one variant could be taken for the other."""
    with pytest.raises(KeyValueError, match="sort key is chosen by the same field"):
        store[Other].create(Other(repo=SOURCE))


def test_a_view_does_not_read_the_values_of_one_variant_from_the_key_of_another(client, table_name):
    """Where variants share a key, the key does not tell the fields that stand in it."""

    @entity(
        pk="ITEM#<id>",
        sk="ITEM",
        indexes={"Ends": (by("turned", {True: "<last>#<first>", False: "<first>#<last>"}),
                          by("turned", {True: "T", False: "F"}))},
    )
    class Line:
        id: str
        first: str
        last: str
        turned: bool = False

    @attrs.frozen
    class Ends:
        id: str
        first: str

    store = Table(table_name, Line, indexes=[Index("Ends", projection="KEYS_ONLY")]).connect(client)
    store.create_table()
    store[Line].put(Line(id="1", first="a", last="b", turned=True))
    ends = store[Line].view(Ends).query("Ends", first="a", last="b", turned=True)
    with pytest.raises(DefinitionError, match="'first'"):
        ends.all()
    assert ends.hydrate().all() == [Ends("1", "a")]
