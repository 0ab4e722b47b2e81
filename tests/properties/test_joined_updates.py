"""Updates of one item in one transaction: either they come to the same in any order, or they are refused."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from pynamite import Decrement, Increment, SetAdd, SetRemove, Table, Transaction, attribute, entity, evolve, field, path
from pynamite.errors import ConditionFailedError, DefinitionError, ItemNotFoundError, TransactionCanceledError

IDS = itertools.count()


@entity(pk="ITEM#<id>", sk="ITEM")
class Item:
    id: str
    whole: int = 3
    other: int = 4
    exact: Decimal = Decimal("0.1")
    maybe: int | None = None
    rough: float = 0.5
    tags: set[str] = field(factory=set)
    by_name: dict[str, int] = field(factory=lambda: {"a": 1, "b": 2})
    text: str = "x"


@entity(pk="CAUSE#<id>#<number>", sk="CAUSE")
class Cause:
    id: str
    number: int


@pytest.fixture(scope="module")
def store():
    """A table in memory, for all examples: each has items of its own."""
    with Table("items", Item, Cause).connect("sqlite://") as made:
        made.create_table()
        yield made


WHOLE = st.integers(-(10**36), 10**36)
EXACT = st.decimals(-(10**6), 10**6, places=4) | st.just(Decimal("123456789012345678.901234567891234567"))
ROUGH = st.sampled_from([0.1, 0.2, 0.3, 1.5, -0.7])
SETS = st.sets(st.sampled_from("abcd"), min_size=1)
ADDS: st.SearchStrategy[Any] = st.one_of(
    st.builds(lambda amount: attribute(Item.whole).add(amount), WHOLE),
    st.builds(lambda amount: {"whole": Decrement("whole", amount)}, WHOLE),
    st.builds(lambda amount: attribute(Item.other).add(amount), st.integers(-9, 9)),
    st.builds(lambda amount: attribute(Item.maybe).add(amount), st.integers(-9, 9)),
    st.builds(lambda amount: attribute(Item.exact).subtract(amount), EXACT),
    st.builds(lambda amount: {"exact": Increment("exact", amount)}, EXACT),
    st.builds(lambda amount: attribute(Item.rough).add(amount), ROUGH),
    st.builds(lambda name: attribute(Item.by_name)[name].add(1), st.sampled_from("ab")),
    st.builds(lambda tags: attribute(Item.tags).add(tags), SETS),
    st.builds(lambda tags: {"tags": SetAdd("tags", tags)}, SETS),
)
OTHERS: st.SearchStrategy[Any] = st.one_of(
    st.builds(lambda tags: {"tags": SetRemove("tags", tags)}, SETS),
    st.builds(lambda text: {"text": text}, st.sampled_from("xyz")),
    st.just({"whole": 7}),
    st.just({"maybe": None}),
    st.just(attribute(Item.whole).copy(attribute(Item.other))),
    st.just({"whole": Increment("other")}),
    st.just(path("by_name.a").set(9)),
    st.just(attribute(Item.text).set_if_absent("w")),
)
CONDITIONS = st.sampled_from([
    None, None, None, attribute(Item.text) == "x", attribute(Item.whole) >= 3, attribute(Item.maybe).absent(),
    attribute(Item.tags).contains("a"), attribute(Item.exact) > Decimal(0),
    attribute(Item.other) < attribute(Item.whole),
])  # fmt: skip


def fields_of(change: Any) -> set[str]:
    return set(change) if isinstance(change, dict) else {str(change.action.path.steps[0])}


UPDATES = st.tuples(
    st.lists(ADDS | OTHERS, min_size=1, max_size=2).filter(
        lambda changes: len(changes) == 1 or not fields_of(changes[0]) & fields_of(changes[1])
    ),
    CONDITIONS,
)


def one_by_one(store: Any, updates: Any) -> Item | None:
    """Carry out updates one after the other; None if one of them is refused."""
    key = {"id": str(next(IDS))}
    store[Item].create(Item(id=key["id"]))
    try:
        for changes, where in updates:
            store[Item].update(key, *changes, where=where)
    except ConditionFailedError:
        return None
    return same(store[Item].require(key))


def same(item: Item) -> Item:
    """Leave out what tells items apart, and what floats lose."""
    return evolve(item, id="", rough=round(item.rough, 9))


@settings(max_examples=120)
@given(updates=st.lists(UPDATES, min_size=2, max_size=3))
def test_they_come_to_the_same_in_any_order_or_are_refused(store, updates):
    """Written at once, they leave what they leave one after the other, whichever is the first; or fail as one."""
    key = {"id": str(next(IDS))}
    store[Item].create(Item(id=key["id"]))
    together: Item | None = None
    try:
        with store.transaction() as tx:
            for changes, where in updates:
                tx[Item].update(key, *changes, where=where)
        together = same(store[Item].require(key))
    except DefinitionError:
        event("refused")
        return
    except TransactionCanceledError:
        event("failed")
    else:
        event("joined")
    for order in itertools.permutations(updates):
        assert one_by_one(store, order) == together


@settings(max_examples=60)
@given(changes=st.lists(ADDS, min_size=1, max_size=6))
def test_what_is_only_added_is_never_refused(store, changes):
    """However many updates; and the same goes for an item that the transaction makes, or deletes."""
    key, new, gone = ({"id": str(next(IDS))} for _ in range(3))
    for one in (key, gone):
        store[Item].create(Item(id=one["id"]))
    with store.transaction() as tx:
        for change in changes:
            tx[Item].update(key, change)
        tx[Item].create(Item(id=new["id"]))
        for one in (new, gone):
            for change in changes:
                tx[Item].update(one, change)
        tx[Item].delete(gone)
    expected = one_by_one(store, [([change], None) for change in changes])
    assert same(store[Item].require(key)) == same(store[Item].require(new)) == expected
    assert store[Item].get(gone) is None


@settings(max_examples=40)
@given(changes=st.lists(ADDS, min_size=1, max_size=5))
def test_reactions_add_up_as_they_follow(changes):
    """Each item that is made adds something to one other; that one has to be there."""
    table = Table("items", Item, Cause)

    @table.on_create(Cause)
    def count(new: Cause, tx: Transaction) -> None:
        tx[Item].update({"id": new.id}, changes[new.number])

    with table.connect("sqlite://") as store:
        store.create_table()
        store[Item].create(Item(id="all"))
        with store.transaction() as tx:
            for number in range(len(changes)):
                tx[Cause].create(Cause(id="all", number=number))
        assert same(store[Item].require(id="all")) == one_by_one(store, [([change], None) for change in changes])
        with pytest.raises(ItemNotFoundError):
            store[Cause].create(Cause(id="none", number=0))
        assert store[Cause].get(id="none", number=0) is None
