"""What the service's framework checks by the API's model: all of it at once, before DynamoDB looks at the request."""

from __future__ import annotations

from typing import Any

from tests.conformance.model import call, case, constraint, item, key_schema

CAPTURED = "captured answers of the service"
OTHER_WORDS = "it has other words for it"
ONE_AT_A_TIME = "it tells one at a time, in other words"

TABLES: dict[str, Any] = {
    "LIMITED": {
        "KeySchema": key_schema("pk"),
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    },
}
KEY = item(pk="a")
NAMES = "[a-zA-Z0-9_.-]+"
PATTERN = f"Member must satisfy regular expression pattern: {NAMES}"
AT_LEAST_3 = "Member must have length greater than or equal to 3"
AT_MOST_255 = "Member must have length less than or equal to 255"
MAP_KEYS = f"Map keys must satisfy constraint: [{AT_MOST_255}, {AT_LEAST_3}, {PATTERN}]"
REPORTS = "Member must satisfy enum value set: [INDEXES, TOTAL, NONE]"


def several(*complaints: tuple[str, str, str]) -> str:
    """Give the message of several complaints."""
    told = "; ".join(f"Value '{value}' at '{place}' failed to satisfy constraint: {what}"
                     for value, place, what in complaints)
    return f"ValidationException: {len(complaints)} validation errors detected: {told}"


def limited(name: str, asked: tuple[str, dict[str, Any]], refuses: str, differs: str | None = OTHER_WORDS) -> Any:
    """Make a case of a request that the framework refuses."""
    return case(name, asked, refuses=refuses, source=CAPTURED, differs=differs)


_NAMED: dict[str, dict[str, Any]] = {
    "get_item": {"Key": KEY}, "put_item": {"Item": KEY}, "delete_item": {"Key": KEY}, "update_item": {"Key": KEY},
    "query": {"KeyConditionExpression": "a = b"}, "scan": {}, "describe_table": {}, "delete_table": {},
    "update_table": {}, "describe_time_to_live": {},
    "update_time_to_live": {"TimeToLiveSpecification": {"Enabled": True, "AttributeName": "t"}},
}

CASES = [
    *(
        limited(f"{method}: a name of {what}", call(method, TableName=name, **rest), refuses)
        for method, rest in _NAMED.items()
        for what, name, refuses in (
            ("two letters", "ab", constraint("ab", "tableName", AT_LEAST_3)),
            ("other letters", "abc;", constraint("abc;", "tableName", PATTERN)),
            ("a letter and a semicolon", "a;", several(("a;", "tableName", PATTERN), ("a;", "tableName", AT_LEAST_3))),
            ("256 letters", "x" * 256, constraint("x" * 256, "tableName", AT_MOST_255)),
        )
    ),
    limited(
        "list: a name of other letters to start after",
        call("list_tables", ExclusiveStartTableName="abc;"),
        constraint("abc;", "exclusiveStartTableName", PATTERN),
    ),
    limited(
        "batch get: a name of two letters",
        call("batch_get_item", RequestItems={"ab": {"Keys": [KEY]}}),
        constraint({"ab": {"Keys": [KEY]}}, "requestItems", MAP_KEYS),
    ),
    limited(
        "batch write: a name of two letters",
        call("batch_write_item", RequestItems={"ab": [{"DeleteRequest": {"Key": KEY}}]}),
        constraint({"ab": [{"DeleteRequest": {"Key": KEY}}]}, "requestItems", MAP_KEYS),
    ),
    limited(
        "transaction: a name of two letters",
        call("transact_write_items", TransactItems=[{"Delete": {"TableName": "ab", "Key": KEY}}]),
        constraint("ab", "transactItems.1.member.delete.tableName", AT_LEAST_3),
    ),
    limited(
        "put: several words that there are not",
        call("put_item", TableName="LIMITED", Item=item(pk={"SS": []}), ReturnConsumedCapacity="ALL",
             ReturnValues="ALL", ReturnItemCollectionMetrics="ALL", ConditionExpression=""),
        several(
            ("ALL", "returnConsumedCapacity", REPORTS),
            ("ALL", "returnValues", "Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, "
             "UPDATED_NEW]"),
            ("ALL", "returnItemCollectionMetrics", "Member must satisfy enum value set: [SIZE, NONE]"),
        ),
        ONE_AT_A_TIME,
    ),
    limited(
        "create: types, kinds and modes that there are not",
        call("create_table", TableName="LIMITED-2", BillingMode="FREE",
             AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "X"}],
             KeySchema=[{"AttributeName": "pk", "KeyType": "KEY"}]),
        several(
            ("FREE", "billingMode", "Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]"),
            ("X", "attributeDefinitions.1.member.attributeType", "Member must satisfy enum value set: [B, N, S]"),
            ("KEY", "keySchema.1.member.keyType", "Member must satisfy enum value set: [HASH, RANGE]"),
        ),
        ONE_AT_A_TIME,
    ),
    limited(
        "create: a name of an index that has other letters",
        call("create_table", TableName="LIMITED-2", BillingMode="PAY_PER_REQUEST",
             AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}], KeySchema=key_schema("pk"),
             GlobalSecondaryIndexes=[{"IndexName": "abc;", "KeySchema": key_schema("pk"),
                                      "Projection": {"ProjectionType": "ALL"}}]),
        constraint("abc;", "globalSecondaryIndexes.1.member.indexName", PATTERN),
    ),
    limited(
        "query: a word that there is not, in a filter of old",
        call("query", TableName="LIMITED", Select="ALL",
             KeyConditions={"pk": {"ComparisonOperator": "IS", "AttributeValueList": [{"S": "a"}]}}),
        several(
            ("ALL", "select", "Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, "
             "ALL_PROJECTED_ATTRIBUTES]"),
            ("IS", "keyConditions.pk.member.comparisonOperator", "Member must satisfy enum value set: [IN, NULL, "
             "BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]"),
        ),
        ONE_AT_A_TIME,
    ),
    limited(
        "scan: a flag for a number",
        call("scan", TableName="LIMITED", Limit=True),
        "SerializationException: TRUE_VALUE cannot be converted to Integer",
    ),
    limited(
        "create: a flag for a number, further in",
        call("create_table", TableName="LIMITED-2", AttributeDefinitions=[], KeySchema=key_schema("pk"),
             ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": True}),
        "SerializationException: TRUE_VALUE cannot be converted to Long",
    ),
]
