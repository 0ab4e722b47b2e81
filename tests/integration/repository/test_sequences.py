"""Sequences: numbers that a parent's counter hands out, one after the other, each once."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from pynamite import Index, NextOf, Table, Transaction, attribute, entity, field
from pynamite.errors import (
    ExpressionError,
    ItemExistsError,
    ItemNotFoundError,
    ItemStructureError,
    KeyValueError,
    TransactionCanceledError,
)
from tests.integration.repository.meddler import Meddler


@attrs.define
class Counted:
    """What everything that counts inherits."""

    handed_out: int = 0
    rounds: int | None = None


@attrs.frozen
class Place:
    owner: str
    name: str


@entity(pk="REPO#<repo.owner>#<repo.name>", sk="REPO", indexes={"ByCount": ("ALL", "<issues>")})
class Repo(Counted):
    repo: Place
    issues: int = field(default=0, validator=attrs.validators.le(6))


@entity(pk="REPO#<repo.owner>#<repo.name>", sk="ISSUE#<number:pad(6)>")
class Issue:
    repo: Place
    number: int | None = field(default=None, sequence=Repo.issues)
    title: str = ""


@entity(pk="PULL#<place.owner>#<place.name>", sk="PULL#<pull_id>")
class PullRequest:
    """It shares the counter with issues, names the key differently, and has its number beside the key."""

    place: Place
    pull_id: str
    number: int | None = field(default=None, sequence=NextOf(Repo.issues, key={"repo": "place"}))
    line: int | None = field(default=None, sequence=NextOf(Repo.rounds, key={"repo": "place"}, of=Repo))


@entity(pk="COUNTER", sk="COUNTER")
class Everything(Counted):
    """One of it, without a key field."""


@entity(pk="TICKET#<number>", sk="TICKET")
class Ticket:
    number: int | None = field(default=None, sequence=NextOf(Everything.handed_out, of=Everything))


A, B = Place("octo", "a"), Place("octo", "b")


@pytest.fixture
def table(table_name):
    return Table(table_name, Repo, Issue, PullRequest, Everything, Ticket, indexes=[Index("ByCount")])


@pytest.fixture
def store(client, table):
    """Two repositories."""
    made = table.connect(client)
    made.create_table()
    for place in (A, B):
        made[Repo].create(Repo(repo=place))
    return made


def count(store: Any, place: Place = A) -> int:
    """The last number that a repository has handed out; its index key has to follow."""
    found = store[Repo].require(repo=place)
    assert found in store[Repo].query("ByCount", issues=found.issues).all()
    return found.issues


def test_each_gets_the_next_number(store):
    """By create and by put; the instance that is given has it, and numbers that are given stay."""
    issues = store[Issue]
    assert issues.create(Issue(repo=A, title="x")) == Issue(repo=A, number=1, title="x")
    assert issues.put(Issue(repo=A)).number == 2
    assert issues.create(Issue(repo=B)).number == 1
    assert issues.put(Issue(repo=A, number=2, title="y")).number == 2
    assert issues.create(Issue(repo=A, number=40)).number == 40
    assert issues.create(Issue(repo=A)).number == 3
    assert [issue.number for issue in issues.partition(repo=A)] == [1, 2, 3, 40]
    assert (count(store), count(store, B)) == (3, 1)


def test_two_kinds_share_a_counter(store):
    """Issues and pull requests have no number in common; a second sequence counts for itself."""
    assert store[Issue].create(Issue(repo=A)).number == 1
    pull = store[PullRequest].create(PullRequest(place=A, pull_id="x"))
    assert (pull.number, pull.line) == (2, 1)
    assert store[Issue].create(Issue(repo=A)).number == 3
    pull = store[PullRequest].put(PullRequest(place=A, pull_id="y", line=9))
    assert (pull.number, pull.line) == (4, 9)
    assert store[PullRequest].require(pull) == pull
    assert store[Repo].require(repo=A).rounds == 1


def test_many_take_a_block_at_once(store, table):
    """In order, those of each parent together; one update for each, and none where nothing lacks a number."""
    updates: list[Any] = []

    class Spy:
        def __getattr__(self, name: str) -> Any:
            return getattr(store.client, name)

        def put_item(self, **request: Any) -> Any:
            pytest.fail("one by one")

        def update_item(self, **request: Any) -> Any:
            updates.append(request)
            return store.client.update_item(**request)

    client: Any = Spy()
    given = [Issue(repo=A, title="1"), Issue(repo=B), Issue(repo=A, number=70), Issue(repo=A, title="2"), Issue(repo=B)]
    table.connect(client)[Issue].put_many(given)
    assert len(updates) == 2
    assert [(one.number, one.title) for one in store[Issue].partition(repo=A)] == [(1, "1"), (2, "2"), (70, "")]
    assert [one.number for one in store[Issue].partition(repo=B)] == [1, 2]
    assert given[0].number is None
    table.connect(client)[Issue].put_many([Issue(repo=A, number=5)])
    assert len(updates) == 2


def test_in_a_transaction(store):
    """The number is known in the block, and stays taken whatever becomes of the transaction."""
    with store.transaction() as tx:
        first = tx[Issue].create(Issue(repo=A))
        second = tx[PullRequest].put(PullRequest(place=A, pull_id=f"of {first.number}"))
    assert (first.number, second.number) == (1, 2)
    assert store[PullRequest].require(place=A, pull_id="of 1") == second
    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        tx[Issue].create(Issue(repo=A))
        raise ZeroDivisionError
    with pytest.raises(TransactionCanceledError), store.transaction() as tx:
        tx[Issue].create(Issue(repo=A))
        tx[Issue].create(Issue(repo=A, number=1))
    assert store[Issue].create(Issue(repo=A)).number == 5
    assert [issue.number for issue in store[Issue].partition(repo=A)] == [1, 5]


def test_in_a_reaction(client, table_name):
    """What a reaction makes gets its number, too; the counter has reactions of its own."""
    table = Table(table_name, Repo, Issue, PullRequest, Everything, Ticket, indexes=[Index("ByCount")])
    seen: list[tuple[int, int]] = []
    table.on_update(Repo)(lambda old, new, tx: seen.append((old.issues, new.issues)))

    @table.on_create(PullRequest)
    def describe(new: PullRequest, tx: Transaction) -> None:
        tx[Issue].create(Issue(repo=new.place, title=f"about {new.number}"))

    store = table.connect(client)
    store.create_table()
    store[Repo].create(Repo(repo=A))
    store[PullRequest].create(PullRequest(place=A, pull_id="x", line=1))
    assert [(one.number, one.title) for one in store[Issue].partition(repo=A)] == [(2, "about 1")]
    assert seen == [(0, 1), (1, 2)]


def test_the_parent_has_to_be_there(store):
    """Otherwise nothing is written: by a verb, by many, in the block of a transaction."""
    nowhere = Place("octo", "nowhere")
    for act in (
        lambda: store[Issue].create(Issue(repo=nowhere)),
        lambda: store[Issue].put(Issue(repo=nowhere)),
        lambda: store[Issue].put_many([Issue(repo=nowhere), Issue(repo=nowhere)]),
        lambda: store[Ticket].create(Ticket()),
    ):
        with pytest.raises(ItemNotFoundError, match="there is no (Repo with repo=Place|Everything)"):
            act()
    with pytest.raises(ItemNotFoundError), store.transaction() as tx:
        tx[Repo].create(Repo(repo=nowhere))
        tx[Issue].create(Issue(repo=nowhere))
        pytest.fail("it went on")
    assert store[Issue].count() == store[Ticket].count() == 0
    with store.transaction() as tx:
        tx[Repo].create(Repo(repo=nowhere, issues=1))
        tx[Issue].create(Issue(repo=nowhere, number=1))
    assert store[Issue].create(Issue(repo=nowhere)).number == 2


def test_no_number_is_taken_for_what_does_not_fit(store):
    """The rest of the instance is looked at before; what only the number can tell, behind."""
    wrong: Any = 5
    for act, kind in (
        (lambda: store[Issue].create(Issue(repo=A, title=wrong)), ItemStructureError),
        (lambda: store[Issue].put(Issue(repo=A, title=wrong)), ItemStructureError),
        (lambda: store[Issue].put_many([Issue(repo=A), Issue(repo=A, title=wrong)]), ItemStructureError),
        (lambda: store[Issue].create(Issue(repo=Place("", "a"))), KeyValueError),
        (lambda: store[PullRequest].put(PullRequest(place=A, pull_id="")), KeyValueError),
        (lambda: store[PullRequest].update({"place": A, "pull_id": "x"}, {"line": 1}, upsert=True), ExpressionError),
    ):
        with pytest.raises(kind):
            act()
    with pytest.raises(ItemStructureError), store.transaction() as tx:
        tx[Issue].create(Issue(repo=A, title=wrong))
    assert count(store) == 0
    assert store[PullRequest].update({"place": A, "pull_id": "x"}, {"line": 1, "number": 9}, upsert=True).number == 9
    with pytest.raises(ItemExistsError):
        store[PullRequest].create(PullRequest(place=A, pull_id="x", line=1))
    assert count(store) == 1


def test_a_counter_with_a_validator_is_looked_at(store, table):
    """It is read, checked and counted up, so that no number is beyond it; who was overtaken takes the next."""
    store[Repo].update({"repo": A}, {"issues": 4})
    client: Any = Meddler(store.client, lambda: store[Issue].create(Issue(repo=A)))
    assert table.connect(client)[Issue].create(Issue(repo=A)).number == 6
    with pytest.raises(ItemStructureError, match="issues"):
        store[Issue].create(Issue(repo=A))
    with pytest.raises(ItemStructureError, match="issues"):
        store[Issue].put_many([Issue(repo=B) for _ in range(7)])
    assert (count(store), count(store, B)) == (6, 0)


def test_a_counter_that_is_inherited_and_the_only_one(store, client, table):
    """The entity that is meant counts; another tenant's counts for itself."""
    store[Everything].create(Everything())
    assert [store[Ticket].create(Ticket()).number for _ in range(3)] == [1, 2, 3]
    assert store[Everything].require({}).handed_out == 3
    assert store[Repo].require(repo=A).handed_out == 0
    tenant = table.connect(client, tenant="acme")
    tenant[Everything].create(Everything(handed_out=7))
    assert tenant[Ticket].create(Ticket()).number == 8
    assert store[Ticket].create(Ticket()).number == 4


def test_a_counter_that_was_never_written(client, table_name, store):
    """An attribute that is not there counts as the field's default."""
    store.db.delete("COUNTER.COUNTER")
    store.db.put("COUNTER.COUNTER", {"_type": "Everything"})
    assert store[Ticket].create(Ticket()).number == 1
    store[Repo].update({"repo": A}, attribute(Repo.rounds).remove())
    assert store[PullRequest].create(PullRequest(place=A, pull_id="x")).line == 1
