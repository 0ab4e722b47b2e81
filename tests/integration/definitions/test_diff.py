"""A declared table is compared with the one that is there, and the difference made good."""

from __future__ import annotations

import pytest

from pynamite import Index, Table, entity
from pynamite.definitions import Difference, Provisioned, Settings, apply, diff, shape_of
from pynamite.errors import DefinitionError, TableNotFoundError
from tests.unit.definitions.tables import INDEXES, Order, shop


@entity(pk="THING#<id>", sk="THING")
class Thing:
    id: str
    rank: int = 0


@pytest.fixture
def store(client, table_name):
    """The table, made by the store."""
    store = shop(table_name).connect(client)
    store.create_table()
    return store


def test_a_table_that_was_just_made_is_as_declared(store):
    """Nothing differs, by whichever way it is asked for."""
    table = shop("other-name")
    assert not diff(table, store)
    assert not diff(table, store.client, name=store.name)
    assert str(diff(table, store)) == f"table {store.name!r} is as declared"


def test_what_can_be_changed_is_changed(store, table_name):
    """Indexes, billing, stream and protection: after it, nothing differs, and the index has the items."""
    store[Order].put(Order(user="1", number=1, placed="now", rank=4))
    changed = Table(table_name, Order, indexes=[
        Index("GSI1"), INDEXES[1], Index("ByPlace", pk="placed", sk="user", projection="KEYS_ONLY")])
    settings = Settings(billing=Provisioned(5, 6), stream="NEW_IMAGE")
    found = diff(changed, store, settings=settings)
    assert {one.what: one.remedy for one in found.differences} == {
        "billing": "in place", "stream": "in place", "global index 'GSI1'": "backfill",
        "global index 'ByPlace'": "backfill", "global index 'ByRank'": "in place"}
    with pytest.raises(DefinitionError, match="'ByRank'.*this loses"):
        apply(found, store)
    done: list[Difference] = []
    apply(found, store, lose=True, progress=done.append)
    assert len(done) == 5
    assert not diff(changed, store, settings=settings)
    assert [one.rank for one in changed.connect(store.client)[Order].query("ByPlace", placed="now").hydrate()] == [4]
    back = Settings(stream=False)
    apply(diff(shop(table_name), store, settings=back), store, lose=True)
    assert not diff(shop(table_name), store, settings=back)


def test_deletion_protection_is_switched(embedded, table_name):
    """It is compared only if it is declared."""
    store = shop(table_name).connect(embedded)
    store.create_table()
    apply(diff(shop(), store, settings=Settings(deletion_protection=True)), store)
    assert not diff(shop(), store)
    assert str(diff(shop(), store, settings=Settings(deletion_protection=False))) == (
        "deletion protection: declared False, there True (in place)")
    apply(diff(shop(), store, settings=Settings(deletion_protection=False)), store)


def test_time_to_live_is_switched_on(client, table_name):
    """A table that was made by others gets it."""
    shape = shape_of(shop(table_name))
    client.create_table(**shape.parameters)
    found = diff(shop(table_name), client)
    assert [(one.what, one.declared, one.live) for one in found.differences] == [("Time to Live", "expires", "none")]
    apply(found, client)
    assert not diff(shop(table_name), client)


def test_what_cannot_be_changed_needs_a_new_table(store):
    """Keys and local indexes are as they were made."""
    other = Table("shop", Thing, indexes=[*INDEXES[::2], Index("Local")], pk="P")
    found = diff(other, store)
    assert found.needs_new_table
    assert [one.what for one in found.differences if one.remedy == "new table"] == [
        "the table's key", "index 'Local', local and not"]
    with pytest.raises(DefinitionError, match="make a table of another name"):
        apply(found, store, lose=True)


def test_a_table_that_is_not_there_is_told(client, table_name):
    """There is nothing to compare with."""
    with pytest.raises(TableNotFoundError):
        diff(shop(table_name), client)
