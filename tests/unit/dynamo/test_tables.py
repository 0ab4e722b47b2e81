"""Every form in which keys and indexes can be given, and waiting for a table."""

from __future__ import annotations

from typing import Any

import pytest

from pynamite.dynamo.describe import index_partition, summary
from pynamite.dynamo.tables import (
    create_table,
    ensure_table,
    ensure_time_to_live,
    read_indexes,
    wait_until_active,
)
from pynamite.errors import DefinitionError, OperationError, TableNotFoundError
from pynamite.key.schema import IndexSchema, KeyAttribute, KeySchema
from pynamite.operation.tables import create_table as create_operation
from tests.unit.dynamo.scripted import ScriptedClient, refusal
from tests.unit.dynamo.test_tenant import DESCRIPTION

READY = {"Table": {**DESCRIPTION, "TableStatus": "ACTIVE", "GlobalSecondaryIndexes": []}}
BUSY = {"Table": {**DESCRIPTION, "TableStatus": "CREATING"}}


def test_indexes_in_every_form():
    """A name, a key by name, a typed key, a schema."""
    schema = IndexSchema("Own", KeyAttribute("x"))
    assert read_indexes(["GSI1", schema]) == [
        IndexSchema("GSI1", KeyAttribute("GSI1PK"), KeyAttribute("GSI1SK")), schema]
    assert read_indexes({"ByUrl": "url", "ByEmail": ("email", "PK"), "ByRank": ("rank", "N"),
                         "Top": (("rank", "N"), ("at", "B")), "Alone": ("x", None)}) == [
        IndexSchema("ByUrl", KeyAttribute("url")),
        IndexSchema("ByEmail", KeyAttribute("email"), KeyAttribute("PK")),
        IndexSchema("ByRank", KeyAttribute("rank", "N")),
        IndexSchema("Top", KeyAttribute("rank", "N"), KeyAttribute("at", "B")),
        IndexSchema("Alone", KeyAttribute("x"))]


@pytest.mark.parametrize("indexes", ["GSI1", [5], {"": "x"}, {"A": 5}, {"A": ""}, {"A": (("x", "BOOL"), "y")}])
def test_a_wrong_index_is_refused(indexes: Any):
    """Before any call."""
    with pytest.raises(DefinitionError):
        read_indexes(indexes)


@pytest.mark.parametrize("arguments", [("",), (None,), ("shop", None, "PK", 5), ("shop", None, ("PK", "SS"))])
def test_a_wrong_table_is_refused_before_a_client_is_made(arguments: Any):
    """The error is about the name or the key, not about credentials."""
    with pytest.raises(DefinitionError):
        create_table(*arguments)


def test_a_table_is_waited_for():
    """Until it is active, and its indexes too."""
    waits: list[float] = []
    client: Any = ScriptedClient(BUSY, BUSY, {"Table": {**READY["Table"], "GlobalSecondaryIndexes": [
        {"IndexName": "GSI1", "IndexStatus": "CREATING", "KeySchema": []}]}}, READY)
    assert wait_until_active(client, "shop", sleep=waits.append)["TableStatus"] == "ACTIVE"
    assert waits == [0.1, 0.2, 0.4]


def test_waiting_ends():
    """The error says in which state the table is."""
    client: Any = ScriptedClient(*[BUSY] * 10)
    with pytest.raises(OperationError, match="'shop' is not ready after 1 seconds, but CREATING"):
        wait_until_active(client, "shop", timeout=1, sleep=lambda seconds: None)


def test_a_table_just_made_may_not_be_known_yet():
    """DescribeTable is eventually consistent; elsewhere a missing table is an error at once."""
    missing = refusal("ResourceNotFoundException")
    client: Any = ScriptedClient(missing, missing, READY)
    assert wait_until_active(client, "shop", missing_ok=True, sleep=lambda seconds: None)["TableStatus"] == "ACTIVE"
    client = ScriptedClient(missing)
    with pytest.raises(TableNotFoundError):
        wait_until_active(client, "shop")


SHOP = create_operation("shop", KeySchema(KeyAttribute("PK"), KeyAttribute("SK")))


def test_a_table_that_is_there_is_left_alone_if_that_is_allowed():
    """exist_ok takes a table with the same key, and no other."""
    taken = refusal("ResourceInUseException")
    client: Any = ScriptedClient(taken, READY, READY)
    assert ensure_table(client, SHOP, exist_ok=True)["TableName"] == "shop"
    client = ScriptedClient(taken)
    with pytest.raises(OperationError) as error:
        ensure_table(client, SHOP)
    assert error.value.code == "ResourceInUseException"
    other = create_operation("shop", KeySchema(KeyAttribute("PK"), KeyAttribute("SK", "N")))
    client = ScriptedClient(taken, READY)
    with pytest.raises(DefinitionError, match=r"SK \(S\).*SK \(N\)"):
        ensure_table(client, other, exist_ok=True)


def expiring(status: str, attribute: str = "ttl") -> dict[str, Any]:
    """The answer of DescribeTimeToLive."""
    return {"TimeToLiveDescription": {"TimeToLiveStatus": status, "AttributeName": attribute}}


OFF = {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}


def test_time_to_live_is_switched_on_where_it_is_off():
    """And left alone where it is on, or about to be."""
    client: Any = ScriptedClient(OFF, {})
    ensure_time_to_live(client, "shop", "ttl")
    assert [method for method, _ in client.requests] == ["describe_time_to_live", "update_time_to_live"]
    for status in ("ENABLED", "ENABLING"):
        client = ScriptedClient(expiring(status))
        ensure_time_to_live(client, "shop", "ttl")
        assert len(client.requests) == 1


def test_somebody_else_may_switch_it_on_meanwhile():
    """By the same attribute it is no error, by another one it is."""
    already = refusal("ValidationException")
    client: Any = ScriptedClient(OFF, already, expiring("ENABLING"))
    ensure_time_to_live(client, "shop", "ttl")
    client = ScriptedClient(OFF, already, expiring("ENABLED", "expires"))
    with pytest.raises(DefinitionError, match="'expires' already, not by 'ttl'"):
        ensure_time_to_live(client, "shop", "ttl")
    client = ScriptedClient(OFF, already, expiring("DISABLING"))
    with pytest.raises(OperationError, match="said so"):
        ensure_time_to_live(client, "shop", "ttl")


def test_a_description_in_short():
    """Key types, indexes and counts by their names."""
    assert summary({**DESCRIPTION, "TableStatus": "ACTIVE", "ItemCount": 3, "TableSizeBytes": 99}) == {
        "name": "shop", "status": "ACTIVE", "items": 3, "size": 99, "key": {"PK": "S", "SK": "S"},
        "indexes": {"GSI1": ["GSI1PK", "rank"], "ByRank": ["rank"]}, "billing": "PROVISIONED"}


def test_the_partition_key_of_an_index():
    """An index that is not there is named, beside those that are."""
    assert index_partition(DESCRIPTION, "GSI1") == "GSI1PK"
    with pytest.raises(DefinitionError, match="no index 'GSI9'; its indexes are: 'GSI1', 'ByRank'"):
        index_partition(DESCRIPTION, "GSI9")
