"""When an item was made and when it last changed: filled in by every write, with the index keys made of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs
import pytest

from pynamite import Index, Remove, Table, attribute, entity, evolve, field
from pynamite.errors import (
    ConditionFailedError,
    DefinitionError,
    ExpressionError,
    ItemStructureError,
    KeyValueError,
    TransactionCanceledError,
)

START = datetime(2026, 5, 1, 12, tzinfo=UTC)


@entity(
    pk="ACCOUNT#<owner>",
    sk="REPO#<name>",
    indexes={"Made": ("ACCOUNT#<owner>", "<created_at>"), "Changed": ("ACCOUNT#<owner>", "<updated_at:desc>"),
             "Stars": ("STARS#<stars:pad(4)>", "<updated_at>")},
)
class Repo:
    owner: str
    name: str
    stars: int | None = None
    topic: str = ""
    created_at: datetime | None = field(default=None, created=True)
    updated_at: datetime | None = field(default=None, updated=True)


@entity(pk="ACCOUNT#<owner>", sk="NOTE#<created_at>", indexes={"Made": ("ACCOUNT#<owner>", "<text>")})
class Note:
    owner: str
    text: str
    created_at: datetime | None = field(default=None, created=True, key_only=True)


@attrs.define
class Inner:
    at: datetime | None = field(default=None, created=True)  # noqa: RUF009


class Clock:
    """A clock that goes on by a minute each time that it is looked at."""

    def __init__(self):
        self.looks = 0

    def __call__(self):
        self.looks += 1
        return self.at(self.looks)

    @staticmethod
    def at(looks):
        return START + timedelta(minutes=looks)


@pytest.fixture
def hub(client, table_name):
    """A table on its own clock."""
    indexes = [Index("Made"), Index("Changed"), Index("Stars")]
    store = Table(table_name, Repo, Note, indexes=indexes).connect(client, now=Clock())
    store.create_table()
    return store


def stored(store, repo):
    """The item itself."""
    return store.db.get(f"ACCOUNT#{repo.owner}.REPO#{repo.name}")


def consistent(store, repo):
    """Tell whether the index keys of a stored item are those that its fields make."""
    item, expected = stored(store, repo), store.session.registry.member(Repo).item(repo)
    names = {name for name in item if name.startswith(("Made", "Changed", "Stars"))}
    return {name: item[name] for name in names} == {
        name: value["S"] for name, value in expected.items() if name.startswith(("Made", "Changed", "Stars"))
    }


def test_a_new_item_is_made_and_changed_at_once(hub):
    """`create` and `put` give the instance as it is stored; what was given is not touched."""
    given = Repo(owner="ann", name="one")
    made = hub[Repo].create(given)
    assert made == evolve(given, created_at=Clock.at(1), updated_at=Clock.at(1))
    assert given.created_at is None
    assert hub[Repo].get(made) == made
    assert hub[Repo].put(Repo(owner="ann", name="two")).created_at == Clock.at(2)
    assert consistent(hub, made)


def test_a_given_creation_stays(hub):
    """`put` of what was read, and an import, keep it; the last change is always now."""
    long_ago = START - timedelta(days=999)
    made = hub[Repo].create(Repo(owner="ann", name="one", created_at=long_ago, updated_at=long_ago))
    assert (made.created_at, made.updated_at) == (long_ago, Clock.at(1))
    again = hub[Repo].put(evolve(made, topic="x"))
    assert (again.created_at, again.updated_at) == (long_ago, Clock.at(2))


def test_an_update_stamps_and_its_index_keys_follow(hub):
    """The creation stays, the last change is now, in the field and in every key."""
    repo = hub[Repo].create(Repo(owner="ann", name="one"))
    hub[Repo].create(Repo(owner="ann", name="two"))
    changed = hub[Repo].update(repo, attribute(Repo.topic).set("db"), attribute(Repo.stars).set(3))
    assert (changed.created_at, changed.updated_at) == (Clock.at(1), Clock.at(3))
    assert consistent(hub, changed)
    assert [one.name for one in hub[Repo].query("Changed", owner="ann")] == ["one", "two"]
    assert [one.name for one in hub[Repo].query("Made", owner="ann")] == ["one", "two"]
    assert hub[Repo].query("Stars", stars=3).all() == [changed]


def test_an_update_that_knows_a_part_of_an_index_key_reads_first(hub):
    """Every update changes the stamp; an index that is made of it and of what is not said needs the item."""
    repo = hub[Repo].create(Repo(owner="ann", name="one", stars=3))
    with pytest.raises(ExpressionError, match=r"'updated_at'.*'Stars'.*'stars'.*reread"):
        hub[Repo].update(repo, {"topic": "db"})
    changed = hub[Repo].update(repo, {"topic": "db"}, reread=True)
    assert (changed.topic, changed.stars, changed.updated_at) == ("db", 3, Clock.at(3))
    assert consistent(hub, changed)


def test_no_update_says_when_it_was(hub):
    """Neither `update`, nor `save`, whose instances may say anything."""
    repo = hub[Repo].create(Repo(owner="ann", name="one", stars=1))
    with pytest.raises(ExpressionError, match="'updated_at'.*every write sets"):
        hub[Repo].update(repo, {"updated_at": START})
    saved = hub[Repo].save(evolve(repo, topic="x", updated_at=START), since=repo)
    assert saved.updated_at == Clock.at(2)
    assert hub[Repo].get(repo) == saved
    assert consistent(hub, saved)


def test_save_writes_nothing_where_nothing_else_differs(hub):
    """A stamp alone is no difference."""
    repo = hub[Repo].create(Repo(owner="ann", name="one"))
    assert hub[Repo].save(evolve(repo, updated_at=START), since=repo) == repo
    assert hub[Repo].get(repo) == repo


def test_two_saves_of_different_fields_do_not_collide(hub):
    """The stamp of the first is no reason to refuse the second."""
    repo = hub[Repo].create(Repo(owner="ann", name="one"))
    hub[Repo].save(evolve(repo, topic="x"), since=repo)
    later = hub[Repo].save(evolve(repo, stars=1), since=repo)
    assert (later.topic, later.stars) == ("x", 1)
    with pytest.raises(ConditionFailedError):
        hub[Repo].save(evolve(repo, stars=2), since=repo)


def test_an_upsert_makes_or_changes(hub):
    """The creation is the first one's, in the index, too."""
    changes = {"topic": "x", "stars": None}
    made = hub[Repo].update({"owner": "ann", "name": "one"}, changes, upsert=True)
    assert (made.created_at, made.updated_at) == (Clock.at(1), Clock.at(1))
    assert consistent(hub, made)
    changed = hub[Repo].update({"owner": "ann", "name": "one"}, changes, upsert=True)
    assert (changed.created_at, changed.updated_at) == (Clock.at(1), Clock.at(2))
    assert consistent(hub, changed)
    given = hub[Repo].update(made, {**changes, "created_at": START}, upsert=True)
    assert given.created_at == START
    assert consistent(hub, given)


def test_an_upsert_of_an_item_that_is_not_in_a_newer_index_is_refused(hub):
    """Its key would be another moment's: `reread` looks first."""
    repo = hub[Repo].create(Repo(owner="ann", name="one"))
    hub.db.update("ACCOUNT#ann.REPO#one", {"MadePK": Remove(), "MadeSK": Remove()})
    with pytest.raises(ConditionFailedError):
        hub[Repo].update(repo, {"stars": None}, upsert=True)
    assert stored(hub, repo).get("MadeSK") is None
    changed = hub[Repo].update(repo, {"stars": None}, upsert=True, reread=True)
    assert changed.created_at == repo.created_at
    assert consistent(hub, changed)


def test_an_upsert_that_reads_first_stamps_as_well(hub):
    """For a new item and for one that is there."""
    made = hub[Repo].update({"owner": "ann", "name": "one"}, {"topic": "x"}, upsert=True, reread=True)
    assert (made.created_at, made.updated_at) == (Clock.at(1), Clock.at(1))
    changed = hub[Repo].update(made, {"topic": "y"}, upsert=True, reread=True)
    assert (changed.created_at, changed.updated_at) == (Clock.at(1), Clock.at(2))
    assert consistent(hub, changed)


def test_a_move_is_a_change(hub):
    """The item was made when it was made."""
    repo = hub[Repo].create(Repo(owner="ann", name="one"))
    moved = hub[Repo].move(repo, {"name": "two"})
    assert (moved.created_at, moved.updated_at) == (Clock.at(1), Clock.at(2))
    assert hub[Repo].get(moved) == moved


def test_a_transaction_happens_at_one_moment(hub):
    """All of its items have it."""
    old = hub[Repo].create(Repo(owner="ann", name="old"))
    with hub.transaction() as tx:
        tx[Repo].create(Repo(owner="ann", name="new"))
        tx[Repo].put(Repo(owner="ann", name="put", created_at=START))
        tx[Repo].update({"owner": "ann", "name": "up"}, {"stars": None}, upsert=True)
        tx[Repo].save(evolve(old, topic="x"), since=old)
        tx[Note].create(Note(owner="ann", text="t"))
    repos = {repo.name: repo for repo in hub[Repo].partition(owner="ann")}
    assert {repo.updated_at for repo in repos.values()} == {Clock.at(2)}
    made = {name: repo.created_at for name, repo in repos.items()}
    assert made == {"old": Clock.at(1), "new": Clock.at(2), "put": START, "up": Clock.at(2)}
    assert [note.created_at for note in hub[Note].partition(owner="ann")] == [Clock.at(2)]
    assert all(consistent(hub, repo) for repo in repos.values())
    with pytest.raises(TransactionCanceledError), hub.transaction() as tx:
        tx[Repo].create(Repo(owner="ann", name="new"))


def test_many_at_once_are_stamped(hub):
    """In a batch, and one by one."""
    for checked in (False, True):
        hub[Repo].put_many((Repo(owner=str(checked), name=str(n)) for n in range(3)), checked=checked)
        repos = hub[Repo].partition(owner=str(checked))
        assert all(repo.created_at == repo.updated_at is not None for repo in repos)
        assert len(repos) == 3


def test_a_creation_can_be_the_key(hub):
    """And be stored nowhere else."""
    first, second = (hub[Note].create(Note(owner="ann", text=text)) for text in "ab")
    assert first.created_at == Clock.at(1)
    assert hub[Note].query(owner="ann").reverse().all() == [second, first]
    changed = hub[Note].update(first, {"text": "c"})
    assert changed == evolve(first, text="c")


def test_the_computer_has_a_clock(client, table_name):
    """Used unless another one is given."""
    store = Table(table_name, Repo, indexes=[Index("Made"), Index("Changed"), Index("Stars")]).connect(client)
    store.create_table()
    before = datetime.now(UTC)
    made = store[Repo].create(Repo(owner="a", name="b"))
    assert made.created_at is not None
    assert made.created_at == made.updated_at
    assert before <= made.created_at <= datetime.now(UTC)


def test_a_clock_without_time_zone_is_refused(embedded, table_name):
    """As any naive moment is."""
    table = Table(table_name, Note, indexes=[Index("Made")])
    store = table.connect(embedded, now=lambda: datetime(2026, 5, 1))
    with pytest.raises((ItemStructureError, KeyValueError), match="naive"):
        store[Note].create(Note(owner="a", text="b"))


@pytest.mark.parametrize("kind, options, told", [
    ("datetime", {}, r"without default: declare it as `datetime \| None = field\(default=None, created=True\)`"),
    ("datetime", {"default": START}, "with default"),
    ("str | None", {"default": None}, r"str \| None"),
    ("datetime | None", {"default": START}, "with default"),
    ("datetime | None", {"default": None, "updated": True}, "can only be one"),
    ("datetime | None", {"default": None, "init": False}, "init=False"),
])
def test_a_stamp_is_declared_as_it_is(kind, options, told):
    """Everything else is told where it is declared."""
    annotations = {"id": "str", "at": kind}
    with pytest.raises(DefinitionError, match=told):
        entity(pk="<id>", sk="x")(type("Wrong", (), {
            "__annotations__": annotations, "__module__": __name__, "at": field(created=True, **options)}))


def test_there_is_one_stamp_of_a_kind_and_no_key_that_changes():
    """Two of one kind, one inside a nested class, and a table key of the last change are refused."""
    with pytest.raises(DefinitionError, match="more than one created field: 'one', 'two'"):
        @entity(pk="<id>", sk="x")
        class Twice:
            id: str
            one: datetime | None = field(default=None, created=True)
            two: datetime | None = field(default=None, created=True)

    with pytest.raises(DefinitionError, match="part of the table key, which no update can change"):
        @entity(pk="<id>", sk="<at>")
        class Restless:
            id: str
            at: datetime | None = field(default=None, updated=True)

    with pytest.raises(DefinitionError, match="created=True is for the fields of an entity"):
        @entity(pk="<id>", sk="x")
        class Outer:
            id: str
            inner: Inner
