"""Updates that index keys follow: from the second of a shape on they are no more planned, and are what they were."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import pytest

from pynamite import Increment, Index, IndexKey, Table, entity
from pynamite.errors import ExpressionError, ItemStructureError, KeyValueError
from pynamite.repository.writing import intents
from pynamite.repository.writing.updates import plan_update

KEY: Any = {"shop": "s", "number": "1"}


@entity(
    pk="SHOP#<shop>",
    sk="ORDER#<number>",
    indexes={
        "ByStatus": ("STATUS#<status>", "<number>"),
        "Late": IndexKey("LATE#<shop>", "<days:pad(3)>", when=lambda days: days > 10),
        "Best": "BEST#<shop>",
    },
)
class Order:
    shop: str
    number: str
    status: str | None = None
    days: int = 0
    points: int = 0
    note: str = ""


class Recorder:
    """Notes the updates that it passes on."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.updates: list[Mapping[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def raw(self, method: str, request: Mapping[str, Any], /) -> Any:
        """Pass a call on."""
        if method == "update_item":
            self.updates.append(request)
        return self._client.raw(method, request)


def opened() -> tuple[Any, Recorder]:
    """Give the orders of a new store, which know no update yet, and what notes theirs."""
    indexes = [Index("ByStatus"), Index("Late"), Index("Best", sk="points")]
    store = Table("shop", Order, indexes=indexes).connect("sqlite://")
    store.create_table()
    recorder: Any = Recorder(store.session.client)
    store.session = attrs.evolve(store.session, client=recorder)
    store[Order].put(Order(**KEY))
    return store[Order], recorder


@pytest.fixture
def planned(monkeypatch):
    """Count the updates that are planned."""
    plans: list[Any] = []

    def noting(*arguments: Any, **options: Any) -> Any:
        plans.append(arguments)
        return plan_update(*arguments, **options)

    monkeypatch.setattr(intents, "plan_update", noting)
    return plans


@pytest.mark.parametrize(("changes", "plans"), [
    pytest.param([{"status": "OPEN"}, {"status": "DONE"}, {"status": "\u00e9"}], 1, id="a key whose values change"),
    pytest.param([{"status": "OPEN"}, {"status": ""}, {"status": "DONE"}, {"status": ""}], 2, id="an item that leaves"),
    pytest.param([{"days": 1}, {"days": 11}, {"days": 12}, {"days": 2}], 2, id="a condition of the index"),
    pytest.param([{"days": 11, "status": ""}, {"days": 1, "status": "x"}, {"days": 12, "status": "x"},
                  {"days": 2, "status": "y"}, {"days": 13, "status": ""}], 3, id="two indexes at a time"),
    pytest.param([{"points": 1}, {"points": 2}], 1, id="a number that is the key itself"),
    pytest.param([{"note": "a"}, {"note": "b"}], 1, id="no index at all"),
])
def test_index_keys_are_written_as_if_each_update_were_the_first(changes, plans, planned):
    """Whether an item is in an index decides on the request's shape: each of the two is planned once."""
    # Arrange
    orders, recorder = opened()

    # Act
    found = [orders.update(KEY, change) for change in changes]
    taken = len(planned)

    # Assert
    for number, change in enumerate(changes):
        fresh, wanted = opened()
        fresh.put(attrs.evolve(found[number - 1]) if number else Order(**KEY))
        assert fresh.update(KEY, change) == found[number]
        assert recorder.updates[number] == wanted.updates[0]
    assert taken == plans


@pytest.mark.parametrize(("first", "second", "error"), [
    ({"status": "OPEN"}, {"status": "x" * 2100}, KeyValueError),
    ({"status": "OPEN"}, {"status": 3}, ItemStructureError),
    ({"days": 11}, {"days": 1000}, KeyValueError),
    ({"points": 1}, {"points": "x"}, ItemStructureError),
])
def test_what_does_not_fit_an_index_key_is_refused_by_a_known_shape_too(first, second, error):
    """Nothing is sent."""
    orders, recorder = opened()
    orders.update(KEY, first)
    with pytest.raises(error):
        orders.update(KEY, second)
    assert len(recorder.updates) == 1


def test_a_key_of_what_only_the_database_knows_has_to_be_read_each_time():
    """Whatever was set before."""
    orders, recorder = opened()
    orders.update(KEY, {"days": 11})
    for _ in range(2):
        with pytest.raises(ExpressionError, match="has to read the item first"):
            orders.update(KEY, {"days": Increment("days", 1)})
    assert len(recorder.updates) == 1
