"""Writes with conditions of one shape: what depends on their values is told anew for each."""

from __future__ import annotations

from typing import Any

import pytest

from pynamite import Table, attribute, entity, field
from pynamite.errors import ConditionFailedError, ItemNotFoundError, StaleVersionError
from pynamite.operation.resend import Resend
from pynamite.operation.sending import UNDER_WAY


@entity(pk="TASK#<id>")
class Task:
    id: str
    state: str = "new"
    owner: str | None = None
    tries: int = 0


@entity(pk="NOTE#<id>")
class Note:
    id: str
    text: str = ""
    version: int = field(default=0, version=True)


@entity(pk="GAME#<id>")
class Game:
    id: str
    total: int = 0
    scores: dict[str, int] = field(factory=dict)


TABLE = Table("work", Task, Note, Game, sk=None)
STATE, OWNER = attribute(Task.state), attribute(Task.owner)


class Recorder:
    """Notes the requests, and how each may be sent again."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.resends: list[Resend] = []
        self.requests: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def raw(self, method: str, request: Any, /) -> Any:
        """Note a call, and pass it on."""
        under_way = UNDER_WAY.get()
        assert under_way is not None
        self.resends.append(under_way.operation.resend)
        self.requests.append(request)
        return self._client.raw(method, request)


@pytest.fixture
def client():
    with TABLE.connect("sqlite://") as store:
        store.create_table()
        yield Recorder(store.session.client)


@pytest.fixture
def tasks(client):
    found = TABLE.connect(client)[Task]
    found.create(Task(id="1"))
    client.resends.clear()
    return found


def test_an_update_that_ends_its_own_condition_is_not_sent_again(tasks, client):
    """If its answer is lost: whatever updates of the same shape were before, which may have kept theirs."""
    for before, after in [("new", "new"), ("new", "open"), ("open", "open"), ("open", "done")]:
        tasks.update({"id": "1"}, {"state": after}, where=(STATE == before))  # noqa: SIM300
    assert client.resends == [Resend.SAFE, Resend.NEVER, Resend.SAFE, Resend.NEVER]
    assert tasks.require(id="1").state == "done"


def test_a_put_that_ends_its_own_condition_is_not_sent_again(tasks, client):
    """It depends on the item that is put: on its values, and on whether it has them."""
    for before, after in [("new", "new"), ("new", "open"), ("open", "open")]:
        tasks.put(Task(id="1", state=after), where=STATE == before)  # noqa: SIM300
    tasks.put(Task(id="1", owner="ann"), where=~OWNER.exists())
    tasks.put(Task(id="1", owner="bob"), where=OWNER.exists())
    tasks.put(Task(id="1"), where=OWNER.exists())
    assert client.resends == [
        Resend.SAFE, Resend.NEVER, Resend.SAFE, Resend.NEVER, Resend.SAFE, Resend.NEVER]


@pytest.mark.parametrize("verb", ["update", "put", "delete"])
def test_each_condition_is_compared_with_its_own_values(tasks, verb):
    """One that does not hold is refused, between those that do."""
    def write(state: str) -> Any:
        where = STATE.in_([state, "never"]) & (attribute(Task.tries) < 5)
        if verb == "update":
            return tasks.update({"id": "1"}, attribute(Task.tries).add(1), where=where)
        return tasks.put(Task(id="1"), where=where) if verb == "put" else tasks.delete(id="1", where=where)

    for _ in range(2):
        with pytest.raises(ConditionFailedError):
            write("open")
        write("new")
        tasks.put(Task(id="1"))


@pytest.mark.parametrize("verb", ["update", "put"])
def test_what_a_condition_says_twice_is_no_obstacle(tasks, verb):
    """Parts that are equal once, and differ the next time."""
    def write(first: str, second: str) -> Task:
        where = (STATE == first) & (STATE == second)  # noqa: SIM300
        if verb == "put":
            return tasks.put(Task(id="1", tries=1), where=where)
        return tasks.update({"id": "1"}, {"tries": 1}, where=where)

    assert write("new", "new").tries == write("new", "new").tries == 1
    for first, second in [("new", "old"), ("old", "old")]:
        with pytest.raises(ConditionFailedError):
            write(first, second)


@pytest.mark.parametrize("verb", ["update", "put"])
@pytest.mark.parametrize("asked", [(1, 1, 2, 2, 9), (9, 1, 2), (1, 9, 2)])
def test_a_condition_on_the_version_stands_beside_the_entitys_own(client, verb, asked):
    """It may say the same as that does, or something else."""
    notes = TABLE.connect(client)[Note]
    stored = notes.put(Note(id="1"))
    for version in asked:
        def write(version: int = version, given: Note = stored) -> Note:
            where = attribute(Note.version) == version
            return notes.put(given, where=where) if verb == "put" else notes.update(given, {"text": "x"}, where=where)

        if version == stored.version:
            stored = write()
        else:
            with pytest.raises(ConditionFailedError):
                write()
    assert notes.require(id="1") == stored
    with pytest.raises(StaleVersionError):
        notes.update(Note(id="1", version=9), {"text": "x"}, where=attribute(Note.version) == 9)
    with pytest.raises(ItemNotFoundError):
        notes.update({"id": "2"}, {"text": "x"}, where=attribute(Note.version) == 9)


def test_no_end_of_shapes_is_kept(client, monkeypatch):
    """Conditions may name keys of maps, each of which is another shape: what is kept is bounded, and stays right."""
    monkeypatch.setattr("pynamite.entities.shapes.MOST_SHAPES", 8)
    games = TABLE.connect(client)[Game]
    games.put(Game(id="1", scores={f"p{number}": number for number in range(30)}))
    for number in range(30):
        held = attribute(Game.scores)[f"p{number}"] == number
        assert games.update({"id": "1"}, {"total": number}, where=held).total == number
        assert [one.total for one in games.query(id="1").filter(held)] == [number]
        assert games.query(id="1").filter(~held).all() == []
        assert not games.delete(id="2", where=~held)
    standing = games._member.standing
    kept = [standing["write: shapes"], standing["update: shapes"]]
    kept += [outline.standing for outline in standing["read: outlines"].values()]
    assert all(1 <= len(shapes) <= 8 for shapes in kept) and len(standing) < 10
