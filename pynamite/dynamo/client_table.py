"""A table with the item methods of boto3's Table, on any client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from pynamite.client import Client
from pynamite.wire import from_wire, item_from_wire, item_to_wire

__all__ = ["ClientTable"]

_PLAIN = ("Key", "Item", "ExclusiveStartKey", "ExpressionAttributeValues")
_CONDITIONS = {"KeyConditionExpression": True, "ConditionExpression": False, "FilterExpression": False}


@attrs.frozen
class ClientTable:
    """A table, by the item methods of boto3's Table: its parameters, plain Python values, its answers.

    Conditions are text, or made of boto3's ``Key`` and ``Attr``.
    """

    client: Client
    name: str

    @property
    def table_name(self) -> str:
        """The table's name."""
        return self.name

    @property
    def table_status(self) -> str:
        """The table's state."""
        return str(self.client.describe_table(TableName=self.name)["Table"]["TableStatus"])

    def get_item(self, **parameters: Any) -> dict[str, Any]:
        """Get an item: ``Key=``; the answer has ``Item`` where there is one."""
        return self._call("get_item", parameters)

    def put_item(self, **parameters: Any) -> dict[str, Any]:
        """Put an item: ``Item=``."""
        return self._call("put_item", parameters)

    def update_item(self, **parameters: Any) -> dict[str, Any]:
        """Update an item: ``Key=``, ``UpdateExpression=``; the answer has ``Attributes``."""
        return self._call("update_item", parameters)

    def delete_item(self, **parameters: Any) -> dict[str, Any]:
        """Delete an item: ``Key=``."""
        return self._call("delete_item", parameters)

    def query(self, **parameters: Any) -> dict[str, Any]:
        """Query one page: ``KeyConditionExpression=``; the answer has ``Items``."""
        return self._call("query", parameters)

    def scan(self, **parameters: Any) -> dict[str, Any]:
        """Scan one page; the answer has ``Items``."""
        return self._call("scan", parameters)

    def _call(self, method: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        request: dict[str, Any] = {"TableName": self.name, **_written(parameters)}
        request.update({name: item_to_wire(request[name]) for name in _PLAIN if name in request})
        answer: dict[str, Any] = getattr(self.client, method)(**request)
        return _read(answer)


def _written(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Write boto3's conditions as text, and add their names and values to the caller's."""
    written = dict(parameters)
    builder: Any = None
    for name, is_key in _CONDITIONS.items():
        condition = written.get(name)
        if condition is None or isinstance(condition, str):
            continue
        if builder is None:
            from boto3.dynamodb.conditions import ConditionExpressionBuilder

            builder = ConditionExpressionBuilder()
        built = builder.build_expression(condition, is_key_condition=is_key)
        written[name] = built.condition_expression
        for parameter, added in (("ExpressionAttributeNames", built.attribute_name_placeholders),
                                 ("ExpressionAttributeValues", built.attribute_value_placeholders)):
            if added:
                written[parameter] = {**written.get(parameter, {}), **added}
    return written


def _read(answer: Mapping[str, Any]) -> dict[str, Any]:
    read = dict(answer)
    for name in ("Item", "Attributes", "LastEvaluatedKey"):
        if name in read:
            read[name] = item_from_wire(read[name])
    if "Items" in read:
        read["Items"] = [{name: from_wire(value) for name, value in item.items()} for item in read["Items"]]
    return read
