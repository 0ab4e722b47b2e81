"""UpdateTimeToLive and DescribeTimeToLive: what is sent, and what the answers say."""

from __future__ import annotations

import pytest

from pynamite.operation.time_to_live import describe_time_to_live, update_time_to_live


def test_switching_on_and_off():
    """Both name the attribute."""
    operation = update_time_to_live("shop", "ttl")
    assert (operation.action, operation.method) == ("UpdateTimeToLive", "update_time_to_live")
    assert operation.request == {
        "TableName": "shop", "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "ttl"}}
    assert operation.read({}) == "ttl"
    off = update_time_to_live("shop", "ttl", enabled=False)
    assert off.request["TimeToLiveSpecification"] == {"Enabled": False, "AttributeName": "ttl"}


@pytest.mark.parametrize("status, attribute", [
    ("ENABLED", "ttl"), ("ENABLING", "ttl"), ("DISABLED", None), ("DISABLING", None)])
def test_what_items_expire_by(status, attribute):
    """Whatever name is left of the time when it was on."""
    operation = describe_time_to_live("shop")
    assert (operation.method, operation.request) == ("describe_time_to_live", {"TableName": "shop"})
    assert operation.read({"TimeToLiveDescription": {"TimeToLiveStatus": status, "AttributeName": "ttl"}}) == attribute


def test_an_answer_that_says_nothing():
    """Nothing expires."""
    assert describe_time_to_live("shop").read({}) is None
