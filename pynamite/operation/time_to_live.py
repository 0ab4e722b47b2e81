"""UpdateTimeToLive and DescribeTimeToLive: by which attribute the items of a table expire."""

from __future__ import annotations

from typing import Any

from pynamite.operation.operation import Operation

__all__ = ["describe_time_to_live", "update_time_to_live"]


def update_time_to_live(table_name: str, attribute: str, *, enabled: bool = True) -> Operation[str]:
    """Make an UpdateTimeToLive, which lets items expire by an attribute; its result is the attribute's name.

    Switching it off takes the attribute's name, too.
    """
    wanted = {"Enabled": enabled, "AttributeName": attribute}
    request = {"TableName": table_name, "TimeToLiveSpecification": wanted}
    return Operation("UpdateTimeToLive", "update_time_to_live", request, lambda _: attribute)


def describe_time_to_live(table_name: str) -> Operation[str | None]:
    """Make a DescribeTimeToLive; its result is the attribute that items expire by, None where they do not.

    One that is being switched on counts as on already.
    """
    return Operation("DescribeTimeToLive", "describe_time_to_live", {"TableName": table_name}, _read_attribute)


def _read_attribute(answer: dict[str, Any]) -> str | None:
    told: dict[str, Any] = answer.get("TimeToLiveDescription") or {}
    attribute: str | None = told.get("AttributeName")
    return attribute if told.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"} else None
