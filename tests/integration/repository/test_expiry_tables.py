"""The table's Time to Live is switched on with the table."""

from __future__ import annotations

from typing import Any

import pytest

from pynamite import Table, entity
from pynamite.errors import DefinitionError, OperationError
from tests.integration.repository.sessions import Session, sessions_table


def told(client, table_name):
    """What the database says."""
    found = client.describe_time_to_live(TableName=table_name)["TimeToLiveDescription"]
    return found["TimeToLiveStatus"], found.get("AttributeName")


def test_create_table_lets_items_expire(client, table_name):
    """By the attribute of the ttl fields; a second time it is left as it is."""
    table = sessions_table(table_name)
    store = table.connect(client)
    store.create_table()
    assert table.ttl_attribute == "ttl"
    assert told(client, table_name) == ("ENABLED", "ttl")
    store.create_table(exist_ok=True)
    assert told(client, table_name) == ("ENABLED", "ttl")
    with pytest.raises(OperationError, match="there already"):
        store.create_table()


def test_a_table_that_is_there_gets_it(client, table_name):
    """The definition is CreateTable's, which knows nothing of it."""
    table = sessions_table(table_name)
    client.create_table(**table.definition())
    assert told(client, table_name)[0] == "DISABLED"
    table.connect(client).create_table(exist_ok=True)
    assert told(client, table_name) == ("ENABLED", "ttl")


def test_another_attribute_is_not_replaced(client, table_name):
    """Items of somebody else may expire by it."""
    table = sessions_table(table_name)
    client.create_table(**table.definition())
    client.update_time_to_live(
        TableName=table_name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
    with pytest.raises(DefinitionError, match=r"expire by 'expires' already, not by 'ttl'.*name='expires'"):
        table.connect(client).create_table(exist_ok=True)
    assert told(client, table_name) == ("ENABLED", "expires")


@entity(pk="<name>", sk="X")
class Lasting:
    name: str


def test_a_table_whose_items_do_not_expire_is_left_alone(client, table_name):
    """No call more than before."""
    table = Table(table_name, Lasting)
    table.connect(client).create_table()
    assert table.ttl_attribute is None
    assert told(client, table_name)[0] == "DISABLED"


class OldClient:
    """A client of somebody's own, with the methods that pynamite has always asked for."""

    def __init__(self, client):
        self._client = client

    def __getattr__(self, name):
        if "time_to_live" in name:
            raise AttributeError(name)
        return getattr(self._client, name)


def test_a_client_without_the_methods(client, table_name):
    """It works as before, but cannot switch it on, and says so."""
    old: Any = OldClient(client)
    store = sessions_table(table_name).connect(old)
    with pytest.raises(OperationError, match=r"no 'describe_time_to_live'.*for the attribute 'ttl'"):
        store.create_table()
    assert store.exists()
    assert store[Session].scan().all() == []
