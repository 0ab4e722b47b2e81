"""UpdateTimeToLive and DescribeTimeToLive; an expired item stays readable until it is swept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pynamite.local.actions.tables import save, table_of
from pynamite.local.failures import invalid
from pynamite.local.keys import check_table_name
from pynamite.local.storage import Storage
from pynamite.local.sweeping import TIME_TO_LIVE

__all__ = ["describe_time_to_live", "update_time_to_live"]



def update_time_to_live(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Say which attribute holds the time, in seconds since 1970, at which an item expires; or that none does."""
    name = check_table_name(request["TableName"])
    wanted = request["TimeToLiveSpecification"]
    with storage.writing() as session:
        table = table_of(session, name)
        current = table.description.get(TIME_TO_LIVE)
        if wanted["Enabled"] and current is not None:
            raise invalid("TimeToLive is already enabled" if current == wanted["AttributeName"] else
                          "TimeToLive is active on a different AttributeName: current AttributeName is "
                          f"{current}")
        if not wanted["Enabled"] and current is None:
            raise invalid("TimeToLive is already disabled")
        if not wanted["Enabled"] and current != wanted["AttributeName"]:
            raise invalid("TimeToLive is active on a different AttributeName: current AttributeName is "
                          f"{current}")
        description = {key: value for key, value in table.description.items() if key != TIME_TO_LIVE}
        if wanted["Enabled"]:
            description[TIME_TO_LIVE] = wanted["AttributeName"]
        save(session, table, description)
    return {"TimeToLiveSpecification": dict(wanted)}


def describe_time_to_live(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Tell which attribute holds the time at which an item expires."""
    name = check_table_name(request["TableName"])
    with storage.reading() as session:
        current = table_of(session, name).description.get(TIME_TO_LIVE)
    if current is None:
        return {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}
    return {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": current}}
