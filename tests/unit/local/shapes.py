"""The table that the engine's tests work on, and short forms for its items."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError


def schema(*names: str) -> list[dict[str, str]]:
    """A key schema: the first name is the partition key."""
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"), strict=False)]


def table(**changes: Any) -> dict[str, Any]:
    """What creates the table `shop`."""
    return {
        "TableName": "shop",
        "KeySchema": schema("pk", "sk"),
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in (("pk", "S"), ("sk", "S"), ("status", "S"), ("total", "N"))
        ],
        "BillingMode": "PAY_PER_REQUEST",
        "GlobalSecondaryIndexes": [
            {"IndexName": "ByStatus", "KeySchema": schema("status", "total"), "Projection": {"ProjectionType": "ALL"}},
            {"IndexName": "Keys", "KeySchema": schema("status"), "Projection": {"ProjectionType": "KEYS_ONLY"}},
        ],
        "LocalSecondaryIndexes": [
            {
                "IndexName": "ByTotal",
                "KeySchema": schema("pk", "total"),
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["note"]},
            }
        ],
        **changes,
    }


def key(pk: str, sk: str = "s") -> dict[str, Any]:
    """The key of an item."""
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def put(client: Any, pk: str, sk: str = "s", **attributes: Any) -> dict[str, Any]:
    """Put an item, and give it."""
    item = {**key(pk, sk), **attributes}
    client.put_item(TableName="shop", Item=item)
    return item


def refusal(call: Any, /, **request: Any) -> str:
    """Give the code and the message that a call is refused with."""
    with pytest.raises(ClientError) as caught:
        call(**request)
    error = caught.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"
