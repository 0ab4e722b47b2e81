"""Tenants: what is stored has the prefix, what is shown has not, and nobody gets around it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite.dynamo.tenant import Tenancy
from pynamite.errors import ExpressionError, KeyValueError
from pynamite.expression import nodes
from pynamite.expression.render import bind_plain
from pynamite.expression.update import IfNotExists, ListAppend, build_update
from pynamite.key.tenant import check_tenant

DESCRIPTION = {
    "TableName": "shop",
    "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
    "AttributeDefinitions": [
        {"AttributeName": "PK", "AttributeType": "S"}, {"AttributeName": "SK", "AttributeType": "S"},
        {"AttributeName": "GSI1PK", "AttributeType": "S"}, {"AttributeName": "rank", "AttributeType": "N"}],
    "GlobalSecondaryIndexes": [
        {"IndexName": "GSI1", "KeySchema": [
            {"AttributeName": "GSI1PK", "KeyType": "HASH"}, {"AttributeName": "rank", "KeyType": "RANGE"}]},
        {"IndexName": "ByRank", "KeySchema": [{"AttributeName": "rank", "KeyType": "HASH"}]},
    ],
}
ACME = Tenancy.of("ACME", DESCRIPTION)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=10)
TENANTS = TEXT.filter(lambda name: "@" not in name)


@pytest.mark.parametrize("tenant", ["", "a@b", "@", 5, b"acme"])
def test_a_tenants_name_is_text_without_an_at_sign(tenant: Any):
    """The name has to be told from the key."""
    with pytest.raises(KeyValueError, match="tenant"):
        check_tenant(tenant)


@given(TENANTS, TEXT, TEXT)
def test_what_is_stored_is_shown_as_it_was(tenant: str, pk: str, gsi: str):
    """Storing and showing are inverse, for keys full of @ too."""
    tenancy = Tenancy.of(tenant, DESCRIPTION)
    item = {"PK": {"S": pk}, "SK": {"S": pk}, "GSI1PK": {"S": gsi}, "rank": {"N": "1"}, "x": {"S": pk}}
    stored = tenancy.stored(item)
    assert stored == {**item, "PK": {"S": f"{tenant}@{pk}"}, "GSI1PK": {"S": f"{tenant}@{gsi}"}}
    assert tenancy.shown(stored) == item
    assert tenancy.shown_plain({"PK": f"{tenant}@{pk}", "n": 1}) == {"PK": pk, "n": 1}


@given(TENANTS, TENANTS, TEXT, TEXT)
def test_two_tenants_never_meet(one: str, other: str, pk: str, key: str):
    """Different tenants or keys are different partitions."""
    first = Tenancy.of(one, DESCRIPTION).stored({"PK": {"S": pk}})
    second = Tenancy.of(other, DESCRIPTION).stored({"PK": {"S": key}})
    assert (first == second) == ((one, pk) == (other, key))


def test_the_tenant_counts_for_the_keys_length():
    """Tenant and key together are what DynamoDB measures."""
    with pytest.raises(KeyValueError, match="2049 bytes"):
        ACME.stored({"PK": {"S": "x" * 2044}})
    with pytest.raises(KeyValueError, match="empty"):
        ACME.stored({"PK": {"S": "a"}, "GSI1PK": {"S": ""}})


def test_a_number_cannot_have_a_tenant():
    """A table needs a text for a partition key; an index that has none cannot be queried."""
    numbers: dict[str, Any] = {
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "N"}]}
    with pytest.raises(KeyValueError, match="'id' is not"):
        Tenancy.of("ACME", numbers)
    with pytest.raises(KeyValueError, match="'ByRank'"):
        ACME.check_index("ByRank")
    ACME.check_index("GSI1")
    ACME.check_index(None)


def path(name: str) -> nodes.Path:
    return nodes.Path((name,))


def text(value: str) -> nodes.Value:
    return nodes.Value({"S": value})


def test_values_that_meet_a_partition_key_get_the_tenant():
    """In comparisons of every kind and depth, on either side; other attributes keep theirs."""
    given_ = nodes.Or((
        nodes.And((nodes.Compare("=", path("PK"), text("a")), nodes.Compare("<", text("b"), path("GSI1PK")))),
        nodes.Not(nodes.Between(path("PK"), text("c"), text("d"))),
        nodes.In(path("GSI1PK"), (text("e"), text("f"))),
        nodes.Function("begins_with", (path("PK"), text("g"))),
        nodes.Compare("=", path("SK"), text("h")),
        nodes.Function("contains", (path("PK"), text("i"))),
    ))
    assert ACME.condition(given_) == nodes.Or((
        nodes.And((nodes.Compare("=", path("PK"), text("ACME@a")), nodes.Compare("<", text("ACME@b"), path("GSI1PK")))),
        nodes.Not(nodes.Between(path("PK"), text("ACME@c"), text("ACME@d"))),
        nodes.In(path("GSI1PK"), (text("ACME@e"), text("ACME@f"))),
        nodes.Function("begins_with", (path("PK"), text("ACME@g"))),
        nodes.Compare("=", path("SK"), text("h")),
        nodes.Function("contains", (path("PK"), text("i"))),
    ))


def test_an_update_of_an_index_key_gets_the_tenant():
    """Set to a value, or to one where there is none."""
    update = ACME.update(bind_plain(build_update({"GSI1PK": "a", "x": "b"})))
    assert [action.value for action in update.sets] == [text("ACME@a"), text("b")]
    update = ACME.update(bind_plain(build_update({"GSI1PK": IfNotExists("GSI1PK", "a")})))
    assert update.sets[0].value == nodes.IfNotExists(path("GSI1PK"), text("ACME@a"))


@pytest.mark.parametrize("changes", [{"GSI1PK": IfNotExists("x", "a")}, {"x": ListAppend("GSI1PK", ["a"])}])
def test_an_index_key_is_not_mixed_with_other_attributes(changes: dict[str, Any]):
    """One has the tenant before it, the other has not: both are named."""
    with pytest.raises(ExpressionError, match="GSI1PK"):
        ACME.update(bind_plain(build_update(changes)))
