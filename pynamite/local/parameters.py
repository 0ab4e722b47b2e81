"""The parameters of each action by name and type: what boto3 checks before it sends anything.

The check here is quick and only says yes or no; a request that does not pass is given to botocore's own validator,
with the service's own model, so that the error is the one that boto3 would raise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from pynamite.local.failures import RefusedError

__all__ = ["check", "input_shape", "methods", "model", "refuse"]

Check = Callable[[Any], bool]

_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,255}")


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _filled_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _long_name(value: Any) -> bool:
    return isinstance(value, str) and len(value) >= 3


def _good_name(value: Any) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _one_of(*words: str) -> Check:
    allowed = frozenset(words)

    def word(value: Any) -> bool:
        return isinstance(value, str) and value in allowed
    return word


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _whole(least: int, most: int | None = None) -> Check:
    def whole(value: Any) -> bool:
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            return False
        return most is None or value <= most
    return whole


def _map(value: Any) -> bool:
    return isinstance(value, dict)


def _names(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_text, value)) and all(map(_text, value.values()))


def _sequence(of: Check, *, least: int = 0, most: int | None = None) -> Check:
    def sequence(value: Any) -> bool:
        if not isinstance(value, (list, tuple)) or len(value) < least or (most is not None and len(value) > most):
            return False
        return all(map(of, value))
    return sequence


def _mapping(of: Check, *, least: int = 0) -> Check:
    def mapping(value: Any) -> bool:
        return isinstance(value, dict) and len(value) >= least and all(map(_filled_text, value)) and all(
            map(of, value.values()))
    return mapping


def _structure(fields: Mapping[str, Check], *required: str) -> Check:
    def structure(value: Any) -> bool:
        return isinstance(value, dict) and _fits(value, fields, required)
    return structure


def _fits(value: Mapping[str, Any], fields: Mapping[str, Check], required: tuple[str, ...]) -> bool:
    for name, content in value.items():
        fits = fields.get(name)
        if fits is None or not fits(content):
            return False
    return all(name in value for name in required)


# What is checked on its way through the engine (items, keys, values) is only a map here.
_NAMED: dict[str, Check] = {"TableName": _filled_text}
_REPORT = {"ReturnConsumedCapacity": _text}
_METRICS = {"ReturnItemCollectionMetrics": _text}
_EXPRESSION = {"ExpressionAttributeNames": _names, "ExpressionAttributeValues": _map}
_CONDITION = {**_EXPRESSION, "ConditionExpression": _text, "ReturnValuesOnConditionCheckFailure": _text}
_VALUES = {"ComparisonOperator": _text, "AttributeValueList": _sequence(_map)}
_LEGACY_CONDITION = {
    "Expected": _mapping(_structure({"Value": _map, "Exists": _flag, **_VALUES})), "ConditionalOperator": _text}
_LEGACY_CONDITIONS = _mapping(_structure(_VALUES, "ComparisonOperator"))
_PROJECTION = {"ProjectionExpression": _text, "ExpressionAttributeNames": _names}
_LEGACY_PROJECTION = {"AttributesToGet": _sequence(_text, least=1)}
_WRITE = {**_NAMED, **_CONDITION, **_LEGACY_CONDITION, **_REPORT, **_METRICS, "ReturnValues": _text}
_READ = {
    **_NAMED, **_PROJECTION, **_LEGACY_PROJECTION, **_REPORT, **_EXPRESSION,
    "IndexName": _long_name, "Select": _text, "Limit": _whole(1), "ExclusiveStartKey": _map, "ConsistentRead": _flag,
    "FilterExpression": _text, "ConditionalOperator": _text,
}
_KEYS = {"Keys": _sequence(_map, least=1), "ConsistentRead": _flag, **_PROJECTION, **_LEGACY_PROJECTION}
_WRITE_REQUEST = {
    "PutRequest": _structure({"Item": _map}, "Item"), "DeleteRequest": _structure({"Key": _map}, "Key")}
_TRANSACT = {**_NAMED, **_CONDITION}
_TRANSACT_WRITE = {
    "ConditionCheck": _structure({**_TRANSACT, "Key": _map}, "Key", "TableName", "ConditionExpression"),
    "Put": _structure({**_TRANSACT, "Item": _map}, "Item", "TableName"),
    "Delete": _structure({**_TRANSACT, "Key": _map}, "Key", "TableName"),
    "Update": _structure(
        {**_TRANSACT, "Key": _map, "UpdateExpression": _text}, "Key", "TableName", "UpdateExpression"),
}
_TRANSACT_GET = {"Get": _structure({**_NAMED, **_PROJECTION, "Key": _map}, "Key", "TableName")}

# Of tables, whatever breaks a constraint of the service is left to the slow way, which has the words for it.
_KEY_PART = _structure(
    {"AttributeName": _filled_text, "KeyType": _one_of("HASH", "RANGE")}, "AttributeName", "KeyType")
_KEY_SCHEMA = _sequence(_KEY_PART, least=1)
_DEFINITIONS = _sequence(_structure(
    {"AttributeName": _filled_text, "AttributeType": _one_of("S", "N", "B")}, "AttributeName", "AttributeType"))
_THROUGHPUT = _structure(
    {"ReadCapacityUnits": _whole(1), "WriteCapacityUnits": _whole(1)}, "ReadCapacityUnits", "WriteCapacityUnits")
_PROJECTED = _structure({
    "ProjectionType": _one_of("ALL", "KEYS_ONLY", "INCLUDE"),
    "NonKeyAttributes": _sequence(_filled_text, least=1, most=20)})
_INDEX = {"IndexName": _good_name, "KeySchema": _KEY_SCHEMA, "Projection": _PROJECTED}
_LOCAL_INDEX = _structure(_INDEX, *_INDEX)
_GLOBAL_INDEX = _structure({**_INDEX, "ProvisionedThroughput": _THROUGHPUT}, *_INDEX)
_INDEX_UPDATE = _structure({"Create": _GLOBAL_INDEX, "Delete": _structure({"IndexName": _good_name}, "IndexName")})
_NAMED_TABLE: dict[str, Check] = {"TableName": _good_name}
_TABLE = {
    **_NAMED_TABLE, "AttributeDefinitions": _DEFINITIONS, "ProvisionedThroughput": _THROUGHPUT,
    "BillingMode": _one_of("PROVISIONED", "PAY_PER_REQUEST"), "DeletionProtectionEnabled": _flag}

Shape = tuple[Mapping[str, Check], tuple[str, ...]]

_ACTIONS: dict[str, Shape] = {
    "GetItem": (
        {**_NAMED, **_PROJECTION, **_LEGACY_PROJECTION, **_REPORT, "Key": _map, "ConsistentRead": _flag},
        ("TableName", "Key")),
    "PutItem": ({**_WRITE, "Item": _map}, ("TableName", "Item")),
    "DeleteItem": ({**_WRITE, "Key": _map}, ("TableName", "Key")),
    "UpdateItem": (
        {**_WRITE, "Key": _map, "UpdateExpression": _text, "AttributeUpdates": _mapping(
            _structure({"Value": _map, "Action": _text}))}, ("TableName", "Key")),
    "Query": (
        {**_READ, "KeyConditionExpression": _text, "ScanIndexForward": _flag, "KeyConditions": _LEGACY_CONDITIONS,
         "QueryFilter": _LEGACY_CONDITIONS},
        ("TableName",)),
    "Scan": (
        {**_READ, "Segment": _whole(0), "TotalSegments": _whole(1), "ScanFilter": _LEGACY_CONDITIONS}, ("TableName",)),
    "BatchGetItem": (
        {**_REPORT, "RequestItems": _mapping(_structure(_KEYS, "Keys"), least=1)}, ("RequestItems",)),
    "BatchWriteItem": (
        {**_REPORT, **_METRICS, "RequestItems": _mapping(_sequence(_structure(_WRITE_REQUEST), least=1), least=1)},
        ("RequestItems",)),
    "TransactGetItems": (
        {**_REPORT, "TransactItems": _sequence(_structure(_TRANSACT_GET, "Get"), least=1)}, ("TransactItems",)),
    "TransactWriteItems": (
        {**_REPORT, **_METRICS, "ClientRequestToken": _filled_text,
         "TransactItems": _sequence(_structure(_TRANSACT_WRITE), least=1)},
        ("TransactItems",)),
    **dict.fromkeys(("DescribeTable", "DescribeTimeToLive", "DeleteTable"), (_NAMED_TABLE, ("TableName",))),
    "CreateTable": (
        {**_TABLE, "KeySchema": _sequence(_KEY_PART, least=1, most=2), "LocalSecondaryIndexes": _sequence(_LOCAL_INDEX),
         "GlobalSecondaryIndexes": _sequence(_GLOBAL_INDEX)},
        ("TableName", "KeySchema", "AttributeDefinitions")),
    "UpdateTable": ({**_TABLE, "GlobalSecondaryIndexUpdates": _sequence(_INDEX_UPDATE)}, ("TableName",)),
    "ListTables": ({"ExclusiveStartTableName": _good_name, "Limit": _whole(1, 100)}, ()),
}
"""The actions and the parameters that are used from day to day; for the others botocore is asked."""


_STREAMS = frozenset({"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"})
"""The actions of the second service, DynamoDB Streams."""


def check(action: str, request: Mapping[str, Any]) -> bool:
    """Check the names and types of a request's parameters.

    False is a request that boto3 would send, but in which the service may yet find something to refuse: what its
    model limits.

    Raises:
        ParamValidationError: botocore's, where boto3 would raise it.
        RefusedError: a flag stands for a number, which boto3 sends and the service refuses.
    """
    known = _ACTIONS.get(action)
    if known is not None and _fits(request, *known):
        return True
    refuse(action, request)
    _refuse_flags(request, input_shape(action))
    return False


def refuse(action: str, request: Mapping[str, Any]) -> None:
    """Raise botocore's error of a request that looks wrong; return if boto3 would send it after all."""
    from botocore.exceptions import ParamValidationError
    from botocore.validate import ParamValidator

    report = ParamValidator().validate(dict(request), input_shape(action))
    if report.has_errors():
        raise ParamValidationError(report=report.generate_report())


def _refuse_flags(given: Any, shape: Any) -> None:
    if shape is None:
        return
    match shape.type_name:
        case "structure":
            for name, content in given.items():
                _refuse_flags(content, shape.members[name])
        case "list":
            for content in given:
                _refuse_flags(content, shape.member)
        case "integer" | "long" if isinstance(given, bool):
            raise RefusedError(
                "SerializationException",
                f"{str(given).upper()}_VALUE cannot be converted to {shape.type_name.capitalize()}")


@lru_cache
def input_shape(action: str) -> Any:
    """Give botocore's description of what an action takes."""
    return model("dynamodbstreams" if action in _STREAMS else "dynamodb").operation_model(action).input_shape


@lru_cache
def model(service: str) -> Any:
    """Give botocore's description of a service: ``dynamodb`` or ``dynamodbstreams``."""
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


@lru_cache
def methods(service: str = "dynamodb") -> Mapping[str, str]:
    """Give the actions of a service by the names of boto3's methods, also of those that the engine has not."""
    from botocore import xform_name

    return {xform_name(action): action for action in model(service).operation_names}
