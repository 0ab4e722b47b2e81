"""Two actions on one item: what one action is made of them, as pure values."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from pynamite import Increment, SetAdd, SetRemove, Table, attribute, entity, evolve, field, path
from pynamite.repository.writing.intents import Check, Create, Delete, Intent, Put, Update
from pynamite.repository.writing.merging import merged, takes_along
from pynamite.repository.writing.reasons import Why, numbered_operations


@entity(pk="ITEM#<id>", sk="ITEM")
class Item:
    id: str
    count: int = 0
    exact: Decimal = Decimal(0)
    tags: set[str] = field(factory=set)
    text: str = ""
    wild: dict[str, Any] = field(factory=dict, rest=True)


@entity(pk="OTHER#<id>", sk="OTHER")
class Other:
    id: str


STORE = Table("items", Item, Other).connect("sqlite://")
ITEM: dict[str, Any] = {"session": STORE.session, "member": STORE.session.registry.member(Item)}
KEY: dict[str, Any] = {"values": {"id": "1"}}


def update(*changes: Any, **more: Any) -> Update[Any]:
    return Update(**{**ITEM, **KEY, "changes": changes, "now": lambda: datetime.now(UTC), **more})


def actions(intent: Intent[Any] | None) -> dict[str, Any]:
    """What an update adds, by path."""
    assert isinstance(intent, Update)
    return {str(place): getattr(action.value, "right", action.value).value for place, action in intent.actions}


@pytest.mark.parametrize(
    "one, other, total",
    [
        (attribute(Item.count).add(1), attribute(Item.count).add(2), {"count": 3}),
        (attribute(Item.count).add(1), attribute(Item.count).subtract(5), {"count": -4}),
        ({"count": Increment("count", 2)}, attribute(Item.count).subtract(2), {"count": 0}),
        ({"count": Increment("count")}, {"exact": Increment("exact")}, {"count": 1, "exact": 1}),
        ({"exact": Increment("exact", Decimal("0.1"))}, attribute(Item.exact).add(Decimal("0.2")),
         {"exact": Decimal("0.3")}),
        (attribute(Item.exact).add(Decimal("0.1")), {"exact": Increment("exact", 2)}, {"exact": Decimal("2.1")}),
        (attribute(Item.exact).subtract(Decimal("1E+30")), attribute(Item.exact).subtract(Decimal("0.0000001")),
         {"exact": Decimal("-1000000000000000000000000000000.0000001")}),
        (path("wild_1").add(0.1), path("wild_1").add(0.2), {"wild_1": 0.3}),
        (path("wild_1").add(0.1), {"wild_1": Increment("wild_1", 2)}, {"wild_1": 2.1}),
        (attribute(Item.tags).add({"a"}), {"tags": SetAdd("tags", ["b", "a"])}, {"tags": {"a", "b"}}),
        (attribute(Item.tags).discard({"a"}), {"tags": SetRemove("tags", "b")}, {"tags": {"a", "b"}}),
        (attribute(Item.count).add(1), {"text": "x"}, {"text": "x", "count": 1}),
    ],
)  # fmt: skip
def test_sums_are_exact(one, other, total):
    """By the digits that are stored, whichever form the change has; either may be the first."""
    assert actions(merged(update(one), update(other))) == total
    assert actions(merged(update(other), update(one))) == total


@pytest.mark.parametrize(
    "one, other",
    [
        (path("wild_1").add(0.1), path("wild_1").add(Decimal("0.1"))),
        (path("wild_1").add(1), path("wild_1").add({"a"})),
        (path("wild_1").add(True), path("wild_1").add(1)),
        (attribute(Item.tags).add({"a"}), attribute(Item.tags).discard({"b"})),
        (path("wild_1").append(1), path("wild_1").append(2)),
        ({"count": Increment("other_count")}, {"count": Increment("count")}),
        ({"text": "x"}, {"text": "x"}),
    ],
)
def test_what_has_no_sum(one, other):
    """Numbers of kinds that Python does not add, additions to different kinds, lists, what is set twice."""
    assert merged(update(one), update(other)) is None
    assert merged(update(other), update(one)) is None


def test_what_an_update_was_asked_with():
    """Errors of one's own, versions and conditions are those of both; an upsert is no plain update."""
    add = attribute(Item.count).add(1)
    error = KeyError()
    both: Any = merged(update(add, version=3), update(add, on_failure=error, reread=True))
    assert (both.version, both.on_failure, both.reread, both.where) == (3, error, True, None)
    assert merged(update(add, version=3), update(add, version=4)) is None
    assert merged(update(add, upsert=True), update(add)) is None
    upsert: Any = merged(update(add, upsert=True), update(add, upsert=True))
    assert upsert.upsert


def test_checks():
    """Of two checks, both have to hold."""
    check = Check(**ITEM, **KEY)
    where = (attribute(Item.count) > 1).node
    both: Any = merged(evolve(check, where=where), check)
    assert both.where == where and both.version is None
    versions: Any = merged(evolve(check, version=2), check)
    assert versions.version == 2
    assert merged(evolve(check, version=2), evolve(check, version=3)) is None
    assert merged(check, update({"count": 1})) is None


def test_makes_and_deletes():
    """What is added goes into an item that is made, and with one that is deleted; of companions, the new one stays."""
    create, delete = Create(**ITEM, instance=Item(id="1", count=5)), Delete(**ITEM, **KEY)
    add = update(attribute(Item.count).add(2), {"tags": SetAdd("tags", "x")})
    for made in (merged(create, add), merged(add, create)):
        assert isinstance(made, Create) and made.instance == Item(id="1", count=7, tags={"x"})
    for gone in (merged(delete, add), merged(add, delete)):
        assert isinstance(gone, Delete) and gone.must_exist
    put = Put(**ITEM, instance=Item(id="1"))
    for one, other in ((put, add), (put, create), (delete, create), (create, create), (delete, delete), (put, delete)):
        assert merged(one, other) is None and merged(other, one) is None
    mine = TypeError()
    kept = evolve(delete, kept=True, on_failure=mine), evolve(create, kept=True)
    for replaced in (merged(*kept), merged(*reversed(kept))):
        assert isinstance(replaced, Put) and replaced.instance is create.instance and replaced.on_failure is mine
    foreign: Any = Create(session=STORE.session, member=STORE.session.registry.member(Other), instance=Other(id="1"))
    assert merged(foreign, add) is None


def test_what_goes_along_with_a_deletion():
    """Only what is added, without a condition; and no deletion that looks at what is added, or that is a move."""
    delete: Delete[Any] = Delete(**ITEM, **KEY)
    add = update(attribute(Item.count).add(2))
    looking = evolve(delete, where=(attribute(Item.count) == 0).node)
    assert takes_along(delete, add)
    assert takes_along(evolve(delete, where=(attribute(Item.text) == "").node), add)
    assert not takes_along(looking, add) and merged(looking, add) is None
    assert not takes_along(evolve(delete, moved=True), add)
    for other in (
        update({"count": 1}),
        evolve(add, upsert=True),
        evolve(add, version=1),
        evolve(add, where=(attribute(Item.text) == "").node),
        delete,
    ):
        assert not takes_along(delete, other)


def test_reasons_in_words():
    """Each chain once; the middle of a long one is left out."""
    why = Why.asked(update({"count": 1}), 2).then("a")
    assert (why.text, why.origins) == ("update Item: a", (2,))
    both = why.together(Why.asked(Delete(**ITEM, **KEY), 0)).together(why)
    assert (both.text, both.origins) == ("update Item: a, and delete Item", (2, 0))
    assert both.then("b").text == "update Item: a: b, and delete Item: b"
    for number in range(8):
        why = why.then(str(number))
    assert why.text == "update Item: a: ... (6 more): 6: 7"
    assert [numbered_operations(one) for one in ((3,), (2, 0), (4, 1, 2))] == [
        "operation 3", "operations 0 and 2", "operations 1, 2 and 4",
    ]  # fmt: skip
