"""Writes against a model: whatever the verbs do, the item is the model's, and its index keys follow its fields."""

from __future__ import annotations

import itertools
from typing import Any

import attrs
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from pynamite import Index, Table, attribute, entity, field
from pynamite.errors import ConditionFailedError, ExpressionError, ItemNotFoundError

COUNTER = itertools.count()


@entity(
    pk="T#<id>",
    sk="T",
    indexes={
        "Owned": ("OWNER#<owner>", "DUE#<due>"),
        "Ranked": ("OWNER#<owner>", "<rank>"),
        "State": ("STATE#<state>", "<id>"),
        "Mixed": ("STATE#<state>", "<email>"),
        "Every": ("ALL", "<id>"),
    },
)
class Ticket:
    id: str
    owner: str | None = None
    due: str | None = None
    rank: int | None = None
    state: str = "new"
    email: str | None = None
    tags: set[str] = field(factory=set)
    count: int = field(default=0, validator=attrs.validators.ge(0))


TABLE = Table(
    "tickets",
    Ticket,
    indexes=[
        Index("Owned", pk="OWNER", sk="DUE"),
        Index("Ranked", pk="OWNER", sk="RANK"),
        Index("State"),
        Index("Mixed", pk="MIXED", sk="email"),
        Index("ByEmail", pk="email", sk=None),
        Index("ByRank", pk="owner", sk="rank"),
        Index("Every"),
    ],
)
MEMBER = TABLE._registry.member(Ticket)

TEXTS = st.none() | st.sampled_from(["ann", "bob"])
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "owner": TEXTS,
    "due": TEXTS | st.just(""),
    "rank": st.none() | st.integers(-3, 3),
    "state": st.sampled_from(["new", "old", ""]),
    "email": TEXTS,
    "tags": st.sets(st.sampled_from(["a", "b"])),
    "count": st.integers(0, 3),
}
PARTS = st.fixed_dictionaries({}, optional=FIELDS)
STEPS = st.one_of(
    st.tuples(st.just("put"), PARTS),
    st.tuples(st.just("create"), PARTS),
    st.tuples(st.just("save"), PARTS),
    st.tuples(st.just("stale"), PARTS),
    st.tuples(st.just("update"), PARTS, st.booleans(), st.booleans()),
    st.tuples(st.just("add"), PARTS, st.integers(-2, 2)),
    st.tuples(st.just("move"), PARTS),
    st.tuples(st.just("delete")),
    st.tuples(st.just("legacy"), st.sampled_from(["owner", "due", "rank", "email", "count", "tags"])),
)


@pytest.fixture(scope="module")
def store():
    with TABLE.connect("sqlite://") as opened:
        opened.create_table()
        yield opened


class Follower:
    """The item of one id, and the instance that it should be; None where there should be none."""

    def __init__(self, store: Any) -> None:
        self.tickets = store[Ticket]
        self.store = store
        self.id = f"i{next(COUNTER)}"
        self.now: Any = None

    def with_(self, part: dict[str, Any], id: str | None = None) -> Any:
        values = {} if self.now is None else {name: getattr(self.now, name) for name in FIELDS}
        return Ticket(**{**values, **part, "id": id or self.id})

    def put(self, part):
        self.now = self.tickets.put(Ticket(id=self.id, **part))

    def create(self, part):
        if self.now is None:
            self.now = self.tickets.create(Ticket(id=self.id, **part))

    def save(self, part):
        if self.now is not None:
            self.now, since = self.with_(part), self.now
            assert self.tickets.save(self.now, since=since) == self.now

    def stale(self, part):
        """Save with a wrong idea of what is there: only fields that are as it thinks can be changed."""
        if self.now is None:
            return
        since, changed = self.with_({"count": self.now.count + 1}), self.with_({**part, "count": self.now.count + 2})
        with pytest.raises(ConditionFailedError):
            self.tickets.save(changed, since=since)

    def update(self, part, upsert, reread):
        self.now, before = self.with_(part), self.now
        try:
            assert self.tickets.update({"id": self.id}, part, upsert=upsert, reread=reread) == self.now
        except ExpressionError:
            assert not reread
            event("refused")
            self.now = before
        except ItemNotFoundError:
            assert before is None and not upsert
            self.now = None

    def add(self, part, amount):
        if self.now is None or self.now.count + amount < 0:
            return
        part = {name: value for name, value in part.items() if name != "count"}
        self.now = self.with_({**part, "count": self.now.count + amount})
        changes = (part, attribute(Ticket.count).add(amount))
        assert self.tickets.update({"id": self.id}, *changes, reread=True) == self.now

    def move(self, part):
        if self.now is not None:
            new = f"i{next(COUNTER)}"
            self.now = self.with_(part, new)
            assert self.tickets.move({"id": self.id}, {**part, "id": new}) == self.now
            assert self.tickets.get(id=self.id) is None
            self.id = new

    def delete(self):
        assert self.tickets.delete(id=self.id) is (self.now is not None)
        self.now = None

    def legacy(self, name):
        """Let another program take away what reads as the default, or write NULL for None."""
        value = getattr(self.now, name, "nothing")
        if value is None and name not in {"email", "owner", "rank"}:
            self.store.db.update([f"T#{self.id}", "T"], {name: None})
        elif value == 0 and name == "count":
            self.store.client.update_item(
                TableName="tickets", Key={"PK": {"S": f"T#{self.id}"}, "SK": {"S": "T"}},
                UpdateExpression="REMOVE #c", ExpressionAttributeNames={"#c": "count"},
            )  # fmt: skip

    def check(self):
        key = {"PK": {"S": f"T#{self.id}"}, "SK": {"S": "T"}}
        item = self.store.client.get_item(TableName="tickets", Key=key).get("Item")
        assert self.tickets.get(id=self.id) == self.now
        if self.now is None:
            assert item is None
            return
        kept = MEMBER.index_attributes(MEMBER.values_of(self.now))
        assert {name: item.get(name) for name in kept} == kept
        for index, keys in (
            ("State", {"state": self.now.state}), ("Mixed", {"state": self.now.state}), ("Every", {}),
            ("Owned", {"owner": self.now.owner}), ("Ranked", {"owner": self.now.owner}),
            ("ByEmail", {"email": self.now.email}), ("ByRank", {"owner": self.now.owner}),
        ):  # fmt: skip
            if all(keys.values()):
                found = [one for one in self.tickets.query(index, keys) if one.id == self.id]
                assert found == ([self.now] if belongs(index, self.now) else [])


def belongs(index, ticket):
    """Whether an item is in an index, told from its fields alone."""
    needed = {
        "Owned": ("owner", "due"), "Ranked": ("owner", "rank"), "State": ("state",), "Mixed": ("state", "email"),
        "ByEmail": ("email",), "ByRank": ("owner", "rank"), "Every": (),
    }[index]  # fmt: skip
    return all(getattr(ticket, name) not in (None, "") for name in needed)


@given(st.lists(STEPS, max_size=6))
def test_the_item_follows_the_model_through_every_verb(store, steps):
    """Put, create, save, update, upsert, counters, moves and deletes in any order, with others' writes in between."""
    follower = Follower(store)
    for verb, *arguments in steps:
        getattr(follower, verb)(*arguments)
        follower.check()
    follower.delete()
