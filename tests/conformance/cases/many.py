"""Batches and transactions."""

from __future__ import annotations

from typing import Any

from tests.conformance.model import call, case, constraint, item, key_schema

BATCH_GET, BATCH_WRITE, READ, WRITE = (
    f"API Reference, {name}" for name in ("BatchGetItem", "BatchWriteItem", "TransactGetItems", "TransactWriteItems")
)
CAPACITY = "Developer Guide, DynamoDB read and write operations"
IDEMPOTENCY = "Developer Guide, Amazon DynamoDB Transactions: How it works (Idempotency)"
CAPTURED = "captured answers of the service"
LOCAL = "DynamoDB Local"
OTHER_WORDS = "it has other words for it"

TABLES: dict[str, Any] = {
    "MANY": {
        "KeySchema": key_schema("pk"),
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    },
    "SORTED": {
        "KeySchema": key_schema("pk", "sk"),
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"},
        ],
    },
}
ONE, TWO, PAIR = item(pk="a", k=1), item(pk="b", k=2), item(pk="a", sk=1, v="x")
ITEMS = {"MANY": [ONE, TWO], "SORTED": [PAIR]}
A, B, C = (item(pk=pk) for pk in "abc")
AT_MOST_100 = "Member must have length less than or equal to 100"
VALIDATION = "ValidationException: "
EMPTY_KEY = (
    f"{VALIDATION}One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain "
    "an empty string value. Key: pk"
)
NO_TABLE = "ResourceNotFoundException: Requested resource not found"
CANCELLED = (
    "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons "
)
FAILED = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
FINE = {"Code": "None"}


def gets(*keys: Any, **rest: Any) -> dict[str, Any]:
    """Give what reads these keys in a batch."""
    return {"Keys": list(keys), **rest}


def put(new: Any) -> dict[str, Any]:
    """Give a put of a batch."""
    return {"PutRequest": {"Item": new}}


def delete(key: Any) -> dict[str, Any]:
    """Give a delete of a batch."""
    return {"DeleteRequest": {"Key": key}}


def batch(name: str, entries: Any, **outcome: Any) -> Any:
    """Make a case of a batch of writes."""
    rest = outcome.pop("rest", {})
    outcome.setdefault("source", BATCH_WRITE)
    if "refuses" not in outcome and "gives" not in outcome and "has" not in outcome:
        outcome["gives"] = {"UnprocessedItems": {}}
    return case(f"batch write: {name}", call("batch_write_item", RequestItems=entries, **rest), **outcome)


def reads(name: str, wanted: Any, **outcome: Any) -> Any:
    """Make a case of a batch of reads."""
    rest = outcome.pop("rest", {})
    outcome.setdefault("source", BATCH_GET)
    if "finds" in outcome:
        outcome["gives"] = {"Responses": outcome.pop("finds"), "UnprocessedKeys": {}}
    return case(f"batch get: {name}", call("batch_get_item", RequestItems=wanted, **rest), **outcome)


CASES = [
    reads("an item", {"MANY": gets(A)}, finds={"MANY": [ONE]}),
    reads(
        "of two tables", {"MANY": gets(B), "SORTED": gets(item(pk="a", sk=1))}, finds={"MANY": [TWO], "SORTED": [PAIR]}
    ),
    reads("what is not there", {"MANY": gets(A, item(pk="none"))}, finds={"MANY": [ONE]}),
    reads("nothing that is there", {"MANY": gets(item(pk="none"))}, finds={"MANY": []}),
    reads("a projection", {"MANY": gets(A, ProjectionExpression="k")}, finds={"MANY": [item(k=1)]}),
    reads(
        "a key twice",
        {"MANY": gets(A, A)},
        source=CAPTURED,
        refuses=f"{VALIDATION}Provided list of item keys contains duplicates",
    ),
    reads(
        "101 keys",
        {"MANY": gets(*(item(pk=str(n)) for n in range(101)))},
        source=CAPTURED,
        differs="it counts the keys of all tables",
        refuses=constraint([item(pk=str(n)) for n in range(101)], "requestItems.MANY.member.keys", AT_MOST_100),
    ),
    reads("100 keys", {"MANY": gets(*(item(pk=f"n{n}") for n in range(100)))}, finds={"MANY": []}),
    reads(
        "a key that does not fit",
        {"MANY": gets(item(sk="a"))},
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses=f"{VALIDATION}The provided key element does not match the schema",
    ),
    reads("an empty key", {"MANY": gets(item(pk=""))}, source=CAPTURED, refuses=EMPTY_KEY),
    reads("a table that there is not", {"nowhere": gets(A)}, source=CAPTURED, refuses=NO_TABLE, differs=OTHER_WORDS),
    reads(
        "no keys",
        {"MANY": gets()},
        source="boto3",
        refuses="ParamValidationError: Invalid length for parameter "
        "RequestItems.MANY.Keys, value: 0, valid min length: 1",
    ),
    reads(
        "cost",
        {"MANY": gets(A, B)},
        rest={"ReturnConsumedCapacity": "TOTAL"},
        source=CAPACITY,
        has={"ConsumedCapacity": [{"TableName": "MANY", "CapacityUnits": 1.0}]},
    ),
    reads(
        "cost of consistent reads",
        {"MANY": gets(A, B, ConsistentRead=True)},
        source=CAPACITY,
        rest={"ReturnConsumedCapacity": "TOTAL"},
        has={"ConsumedCapacity": [{"CapacityUnits": 2.0}]},
    ),
    batch("puts and deletes", {"MANY": [put(item(pk="c", k=3)), delete(A)]}, leaves={"MANY": [TWO, item(pk="c", k=3)]}),
    batch(
        "of two tables",
        {"MANY": [delete(A)], "SORTED": [delete(item(pk="a", sk=1))]},
        leaves={"MANY": [TWO], "SORTED": []},
    ),
    batch("a delete of nothing", {"MANY": [delete(item(pk="none"))]}, leaves={"MANY": [ONE, TWO]}),
    batch(
        "a put in the place of another", {"MANY": [put(item(pk="a", z=1))]}, leaves={"MANY": [item(pk="a", z=1), TWO]}
    ),
    batch(
        "a key twice",
        {"MANY": [put(ONE), delete(A)]},
        source=CAPTURED,
        leaves=ITEMS,
        refuses=f"{VALIDATION}Provided list of item keys contains duplicates",
    ),
    batch(
        "26 entries",
        {"MANY": [put(item(pk=str(n))) for n in range(26)]},
        source=CAPTURED,
        leaves=ITEMS,
        differs="it counts the entries of all tables",
        refuses=constraint(
            {"MANY": [put(item(pk=str(n))) for n in range(26)]}, "requestItems",
            "Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have "
            "length greater than or equal to 1]"),
    ),
    batch("25 entries", {"MANY": [put(item(pk=f"n{n}")) for n in range(25)]}),
    batch(
        "one bad entry is enough",
        {"MANY": [put(item(pk="c")), put(item(k=1))]},
        source=CAPTURED,
        leaves=ITEMS,
        refuses=f"{VALIDATION}The provided key element does not match the schema",
        differs=OTHER_WORDS,
    ),
    batch(
        "an item that is too large",
        {"MANY": [put(item(pk="c", v="x" * 409_600))]},
        source=BATCH_WRITE,
        leaves=ITEMS,
        refuses=f"{VALIDATION}Item size has exceeded the maximum allowed size",
    ),
    batch(
        "an entry of two kinds",
        {"MANY": [{**put(item(pk="c")), **delete(A)}]},
        source=CAPTURED,
        leaves=ITEMS,
        refuses=f"{VALIDATION}Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
        "supported datatypes",
    ),
    batch("an empty key", {"MANY": [put(item(pk=""))]}, source=CAPTURED, refuses=EMPTY_KEY),
    batch("a table that there is not", {"nowhere": [put(A)]}, source=CAPTURED, refuses=NO_TABLE, differs=OTHER_WORDS),
    batch(
        "cost",
        {"MANY": [put(item(pk="c")), delete(A)], "SORTED": [delete(item(pk="x", sk=1))]},
        source=CAPACITY,
        rest={"ReturnConsumedCapacity": "TOTAL"},
        has={
            "ConsumedCapacity": [
                {"TableName": "MANY", "CapacityUnits": 2.0},
                {"TableName": "SORTED", "CapacityUnits": 1.0},
            ]
        },
        differs="it tells the tables in another order",
    ),
]


def action(kind: str, target: Any, **rest: Any) -> dict[str, Any]:
    """Give one action of a transaction on MANY."""
    return {kind: {"TableName": "MANY", "Item" if kind == "Put" else "Key": target, **rest}}


def writes(name: str, *actions: Any, **outcome: Any) -> Any:
    """Make a case of a transaction that writes."""
    rest = outcome.pop("rest", {})
    outcome.setdefault("source", WRITE)
    if "refuses" not in outcome and "gives" not in outcome and "has" not in outcome:
        outcome["gives"] = {}
    if "reasons" in outcome:
        outcome["told"] = {"CancellationReasons": outcome.pop("reasons")}
        outcome["refuses"] = f"{CANCELLED}[{', '.join(one['Code'] for one in outcome['told']['CancellationReasons'])}]"
        outcome.pop("gives", None)
        outcome.setdefault("leaves", ITEMS)
    return case(f"transaction: {name}", call("transact_write_items", TransactItems=list(actions), **rest), **outcome)


ADD = {"UpdateExpression": "ADD k :v", "ExpressionAttributeValues": {":v": {"N": "1"}}}
NEW = {"ConditionExpression": "attribute_not_exists(pk)"}
THERE = {"ConditionExpression": "attribute_exists(pk)"}
OLD = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
INVALID = "One or more parameter values were invalid: "

CASES += [
    writes(
        "all kinds",
        action("Put", item(pk="c")),
        action("Update", A, **ADD),
        action("Delete", B),
        leaves={"MANY": [item(pk="a", k=2), item(pk="c")]},
    ),
    writes("a check that holds", action("ConditionCheck", A, **THERE), action("Delete", B), leaves={"MANY": [ONE]}),
    writes(
        "a check that fails",
        action("ConditionCheck", C, **THERE),
        action("Delete", B),
        reasons=[FAILED, FINE],
        differs="it ends the reason with a full stop",
    ),
    writes("a condition that fails", action("Put", item(pk="c")), action("Put", ONE, **NEW), reasons=[FINE, FAILED]),
    writes("two conditions that fail", action("Put", TWO, **NEW), action("Put", ONE, **NEW), reasons=[FAILED, FAILED]),
    writes(
        "a failed condition gives the old item",
        action("Put", item(pk="c")),
        action("Put", item(pk="a"), **NEW, **OLD),
        reasons=[FINE, {**FAILED, "Item": ONE}],
    ),
    writes(
        "an update of the wrong type",
        action("Update", A, UpdateExpression="ADD k :v", ExpressionAttributeValues={":v": {"SS": ["x"]}}),
        source=WRITE,
        reasons=[
            {"Code": "ValidationError", "Message": "An operand in the update expression has an incorrect data type"}
        ],
        differs="it refuses the whole request",
    ),
    writes(
        "an update of a key",
        action("Update", A, UpdateExpression="SET pk = :v", ExpressionAttributeValues={":v": {"S": "x"}}),
        source=CAPTURED,
        reasons=[
            {
                "Code": "ValidationError",
                "Message": f"{INVALID}Cannot update attribute pk. This attribute is part of the key",
            }
        ],
    ),
    writes(
        "a key that does not fit",
        action("Delete", item(sk="x")),
        source=CAPTURED,
        reasons=[{"Code": "ValidationError", "Message": "The provided key element does not match the schema"}],
        differs="it refuses the whole request",
    ),
    writes(
        "one item twice",
        action("Update", A, **ADD),
        action("Delete", A),
        leaves=ITEMS,
        refuses=f"{VALIDATION}Transaction request cannot include multiple operations on one item",
    ),
    writes(
        "101 actions",
        *(action("Put", item(pk=str(n))) for n in range(101)),
        source=WRITE,
        leaves=ITEMS,
        differs=OTHER_WORDS,
        refuses=constraint([action("Put", item(pk=str(n))) for n in range(101)], "transactItems", AT_MOST_100),
    ),
    writes("100 actions", *(action("Put", item(pk=f"n{n}")) for n in range(100))),
    writes(
        "no actions",
        source="boto3",
        refuses="ParamValidationError: Invalid length for parameter TransactItems, value: 0, valid min length: 1",
    ),
    writes(
        "two kinds in one",
        {**action("Put", ONE), **action("Delete", B)},
        source=CAPTURED,
        refuses=f"{VALIDATION}TransactItems can only contain one of Check, Put, Update or Delete",
    ),
    writes("an empty key", action("Put", item(pk="")), source=CAPTURED, refuses=EMPTY_KEY),
    writes(
        "a syntax error",
        action("Update", A, UpdateExpression="SET"),
        source=CAPTURED,
        refuses=f'{VALIDATION}Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "SET"',
    ),
    writes(
        "a table that there is not",
        {"Put": {"TableName": "nowhere", "Item": ONE}},
        source=CAPTURED,
        refuses=NO_TABLE,
        differs=OTHER_WORDS,
    ),
    writes(
        "an item that is too large",
        action("Put", item(pk="c", v="x" * 409_600)),
        source=WRITE,
        leaves=ITEMS,
        refuses=f"{VALIDATION}Item size has exceeded the maximum allowed size",
    ),
    writes(
        "the same token and the same actions",
        action("Update", A, **ADD),
        rest={"ClientRequestToken": "MANY-same"},
        given=[
            call("transact_write_items", TransactItems=[action("Update", A, **ADD)], ClientRequestToken="MANY-same")
        ],
        leaves={"MANY": [item(pk="a", k=2), TWO]},
        source=IDEMPOTENCY,
    ),
    writes(
        "the same token and other actions",
        action("Delete", B),
        rest={"ClientRequestToken": "MANY-other"},
        given=[
            call("transact_write_items", TransactItems=[action("Update", A, **ADD)], ClientRequestToken="MANY-other")
        ],
        source=IDEMPOTENCY,
        leaves={"MANY": [item(pk="a", k=2), TWO]},
        differs=OTHER_WORDS,
        refuses="IdempotentParameterMismatchException: DynamoDB rejected the request because you retried a request with "
        "a different payload but with an idempotent token that was already used.",
    ),
    writes(
        "another token",
        action("Update", A, **ADD),
        rest={"ClientRequestToken": "MANY-second"},
        source=IDEMPOTENCY,
        given=[
            call("transact_write_items", TransactItems=[action("Update", A, **ADD)], ClientRequestToken="MANY-first")
        ],
        leaves={"MANY": [item(pk="a", k=3), TWO]},
    ),
    writes(
        "a token that is too long",
        action("Delete", A),
        rest={"ClientRequestToken": "x" * 37},
        source=WRITE,
        leaves=ITEMS,
        differs=OTHER_WORDS,
        refuses=f"{VALIDATION}1 validation error detected: Value '{'x' * 37}' at 'clientRequestToken' failed to satisfy "
        "constraint: Member must have length less than or equal to 36",
    ),
    writes(
        "cost",
        action("Put", item(pk="c")),
        action("ConditionCheck", A, **THERE),
        source=CAPACITY,
        rest={"ReturnConsumedCapacity": "TOTAL"},
        has={"ConsumedCapacity": [{"TableName": "MANY", "CapacityUnits": 4.0}]},
        differs="it counts a transaction as little as a write",
    ),
    writes(
        "cost of 2 KB",
        action("Put", item(pk="c", v="x" * 1500)),
        source=CAPACITY,
        rest={"ReturnConsumedCapacity": "TOTAL"},
        has={"ConsumedCapacity": [{"TableName": "MANY", "CapacityUnits": 4.0}]},
    ),
]


def transacted(name: str, *wanted: Any, **outcome: Any) -> Any:
    """Make a case of a transaction that reads."""
    rest = outcome.pop("rest", {})
    outcome.setdefault("source", READ)
    return case(
        f"transaction of reads: {name}",
        call("transact_get_items", TransactItems=[{"Get": {"TableName": "MANY", **one}} for one in wanted], **rest),
        **outcome,
    )


CASES += [
    transacted("items in their order", {"Key": B}, {"Key": A}, gives={"Responses": [{"Item": TWO}, {"Item": ONE}]}),
    transacted("what is not there", {"Key": item(pk="none")}, gives={"Responses": [{}]}),
    transacted("a projection", {"Key": A, "ProjectionExpression": "k"}, gives={"Responses": [{"Item": item(k=1)}]}),
    transacted(
        "of two tables",
        {"Key": A},
        {"TableName": "SORTED", "Key": item(pk="a", sk=1)},
        gives={"Responses": [{"Item": ONE}, {"Item": PAIR}]},
    ),
    transacted(
        "one item twice",
        {"Key": A},
        {"Key": A},
        source=LOCAL,
        refuses=f"{VALIDATION}Transaction request cannot include multiple operations on one item",
    ),
    transacted(
        "101 items",
        *({"Key": item(pk=str(n))} for n in range(101)),
        source=READ,
        differs=OTHER_WORDS,
        refuses=constraint([{"Get": {"TableName": "MANY", "Key": item(pk=str(n))}} for n in range(101)],
                           "transactItems", AT_MOST_100),
    ),
    transacted(
        "cost",
        {"Key": A},
        {"Key": item(pk="none")},
        rest={"ReturnConsumedCapacity": "TOTAL"},
        source=CAPACITY,
        has={"ConsumedCapacity": [{"TableName": "MANY", "CapacityUnits": 4.0}]},
    ),
    transacted(
        "a key that does not fit",
        {"Key": item(sk="a")},
        source=CAPTURED,
        refuses=f"{CANCELLED}[ValidationError]",
        told={
            "CancellationReasons": [
                {"Code": "ValidationError", "Message": "The provided key element does not match the schema"}
            ]
        },
        differs="it refuses the whole request",
    ),
]
