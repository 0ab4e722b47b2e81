"""Of two mistakes in a request, which one is told: one case for each two that can meet."""

from __future__ import annotations

from typing import Any

from tests.conformance.model import call, case, item, key_schema

CAPTURED = "captured answers of the service"
READS_TELL_EXPRESSIONS = "it looks at the expressions of a read before the values of its key"
OTHER_ORDER = "it reads all expressions of a read before it looks into one, the key condition last"
OTHER_WORDS = "it has other words for it"

TABLES: dict[str, Any] = {
    "ORDER": {
        "KeySchema": key_schema("pk", "sk"),
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        "BillingMode": "PAY_PER_REQUEST",
    },
}
VALIDATION = "ValidationException: "
VALUE = f"{VALIDATION}One or more parameter values were invalid: An string set  may not be empty"
START = f"{VALIDATION}The provided starting key is invalid: {VALUE.removeprefix(VALIDATION)}"
WRONG = item(pk="a", sk="1", s={"SS": []})
TEXT = {"S": "a"}


def both(name: str, method: str, refuses: str, **outcome: Any) -> Any:
    """Make a case of a request with two mistakes."""
    request = {"TableName": "ORDER", **outcome.pop("request")}
    outcome.setdefault("source", CAPTURED)
    return case(f"{method}: {name}", call(method, **request), refuses=refuses, **outcome)


_WRITES: dict[str, tuple[dict[str, Any], str, str]] = {
    "put_item": ({"Item": WRONG}, "ConditionExpression", "s = s"),
    "delete_item": ({"Key": WRONG}, "ConditionExpression", "s = s"),
    "update_item": ({"Key": WRONG}, "UpdateExpression", "REMOVE s"),
}
_READS: dict[str, tuple[dict[str, Any], str, str]] = {
    "get_item": ({"Key": WRONG}, "ProjectionExpression", "s"),
    "scan": ({"ExclusiveStartKey": WRONG}, "FilterExpression", "s = s"),
    "query": ({"ExclusiveStartKey": WRONG}, "KeyConditionExpression", "pk = s"),
}
_MISTAKES: dict[str, dict[str, Any]] = {
    "no names": {"ExpressionAttributeNames": {}},
    "a name without a #": {"ExpressionAttributeNames": {"s": "s"}},
    "a name that is not used": {"ExpressionAttributeNames": {"#s": "s"}},
}
_VALUE_MISTAKES: dict[str, dict[str, Any]] = {
    "no values": {"ExpressionAttributeValues": {}},
    "a name of a value without a colon": {"ExpressionAttributeValues": {"v": TEXT}},
    "a wrong value": {"ExpressionAttributeValues": {":v": {"NS": []}}},
    "a value that is not used": {"ExpressionAttributeValues": {":v": TEXT}},
}


def _values_first() -> list[Any]:
    """The values of a key or an item come before the names and values of expressions, and before these."""
    cases = []
    for method, (wrong, parameter, text) in {**_WRITES, **_READS}.items():
        rest: dict[str, Any] = {"differs": READS_TELL_EXPRESSIONS} if method in _READS else {}
        told = START if method in {"scan", "query"} else VALUE
        mistakes = {**_MISTAKES, **({} if method == "get_item" else _VALUE_MISTAKES)}
        for name, given in mistakes.items():
            request = {**wrong, parameter: text, **given}
            cases.append(both(f"a value before {name}", method, told, request=request, **rest))
        for name, wrong_text in (("an empty expression", ""), ("a syntax error", "s,,s"), ("no such name", "#s")):
            expression = f"REMOVE {wrong_text}" if parameter == "UpdateExpression" and wrong_text else wrong_text
            cases.append(
                both(f"a value before {name}", method, told, request={**wrong, parameter: expression}, **rest))
    return cases


CASES = [
    *_values_first(),
    both(
        "a number of the key before paths that overlap",
        "get_item",
        f"{VALIDATION}The parameter cannot be converted to a numeric value",
        request={"Key": item(pk="a", n={"N": ""}), "ProjectionExpression": "#a, #a",
                 "ExpressionAttributeNames": {"#a": "a"}},
        differs=READS_TELL_EXPRESSIONS,
    ),
    # Which parameters stand beside which comes before everything else.
    both(
        "names without an expression before a value",
        "put_item",
        f"{VALIDATION}ExpressionAttributeNames can only be specified when using expressions",
        request={"Item": WRONG, "ExpressionAttributeNames": {}},
        differs="it looks at the item first",
    ),
    both(
        "expressions beside old parameters before a value",
        "put_item",
        f"{VALIDATION}Can not use both expression and non-expression parameters in the same request: Non-expression "
        "parameters: {Expected} Expression parameters: {ConditionExpression}",
        request={"Item": WRONG, "ConditionExpression": "", "Expected": {"a": {"Exists": False}}},
        differs="it looks at the item first",
    ),
    both(
        "a number in a value of two types",
        "put_item",
        f"{VALIDATION}The parameter cannot be converted to a numeric value: x",
        request={"Item": item(pk="a", sk="1", n={"S": "a", "N": "x"})},
        differs=OTHER_WORDS,
    ),
    both(
        "an item that is too large before a syntax error",
        "put_item",
        f"{VALIDATION}Item size has exceeded the maximum allowed size",
        request={"Item": item(pk="a", sk="1", v="x" * 410_000), "ConditionExpression": "a,,b"},
    ),
    both(
        "the names of values before the values",
        "scan",
        f'{VALIDATION}ExpressionAttributeValues contains invalid key: Syntax error; key: "b"',
        request={"FilterExpression": "a = b", "ExpressionAttributeValues": {":a": {"SS": []}, "b": TEXT}},
    ),
    both(
        "the key condition before the filter",
        "query",
        f"{VALIDATION}Invalid KeyConditionExpression: The expression can not be empty;",
        request={"KeyConditionExpression": "", "FilterExpression": "", "ProjectionExpression": ""},
        differs=OTHER_ORDER,
    ),
    both(
        "types in the key condition before the filter",
        "query",
        f"{VALIDATION}Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or "
        "function: attribute_type, operand type: N",
        request={"KeyConditionExpression": "attribute_type(pk, :v)", "FilterExpression": "",
                 "ExpressionAttributeValues": {":v": {"N": "1"}}},
        differs=OTHER_ORDER,
    ),
    both(
        "the filter before the projection",
        "query",
        f"{VALIDATION}Invalid FilterExpression: The expression can not be empty;",
        request={"KeyConditionExpression": "pk = :v", "FilterExpression": "", "ProjectionExpression": "",
                 "ExpressionAttributeValues": {":v": TEXT}},
    ),
    both(
        "a start before a missing key condition",
        "query",
        START,
        request={"ExclusiveStartKey": WRONG},
        differs="it misses the key condition first",
    ),
    both(
        "a number of a start, told as everywhere",
        "scan",
        f"{VALIDATION}The parameter cannot be converted to a numeric value: x",
        request={"ExclusiveStartKey": item(pk="a", n={"N": "x"})},
        differs=OTHER_WORDS,
    ),
    both(
        "a start of another size before the key condition",
        "query",
        f"{VALIDATION}The provided starting key is invalid",
        request={"KeyConditionExpression": "z = :v", "ExpressionAttributeValues": {":v": TEXT},
                 "ExclusiveStartKey": item(pk="a")},
        differs="it looks at the key condition first",
    ),
    both(
        "a start of another type before the key condition",
        "query",
        f"{VALIDATION}The provided key element does not match the schema",
        request={"KeyConditionExpression": "z = :v", "ExpressionAttributeValues": {":v": TEXT},
                 "ExclusiveStartKey": item(pk=1, sk="a")},
        differs="it looks at the key condition first",
    ),
    both(
        "a start in another partition that fits the sort key's condition",
        "query",
        f"{VALIDATION}The query can return at most one row and cannot be restarted",
        request={"KeyConditionExpression": "pk = :v AND sk = :v", "ExpressionAttributeValues": {":v": TEXT},
                 "ExclusiveStartKey": item(pk="b", sk="a")},
        differs=OTHER_WORDS,
    ),
    *(
        case(
            f"query: {text} before a table that there is not",
            call("query", TableName="nowhere", KeyConditionExpression=text, ExpressionAttributeValues={":v": TEXT}),
            refuses=f"{VALIDATION}{told}",
            source=CAPTURED,
            differs="it looks for the table first",
        )
        for text, told in (
            ("a <> :v", "Invalid operator used in KeyConditionExpression: <>"),
            ("a = :v OR b = :v", "Invalid operator used in KeyConditionExpression: OR"),
            ("NOT a = :v", "Invalid operator used in KeyConditionExpression: NOT"),
            ("contains(a.d, :v)", "Invalid operator used in KeyConditionExpression: contains"),
            (":v BETWEEN size(b) AND :v", "Invalid condition in KeyConditionExpression: BETWEEN operator must have the "
             "key attribute as its first operand"),
            ("begins_with(:v, b)", "Invalid condition in KeyConditionExpression: begins_with operator must have the key "
             "attribute as its first operand"),
            ("a > size(b) AND c = :v", "KeyConditionExpressions cannot contain nested operations"),
            ("b > a.b AND b = :v", "Invalid condition in KeyConditionExpression: Multiple attribute names used in one "
             "condition"),
            ("a.d = :v", "KeyConditionExpressions cannot have conditions on nested attributes"),
            ("(a > :v AND b > :v) AND (b > :v AND c > :v)", "KeyConditionExpressions must only contain one condition "
             "per key"),
        )
    ),
]
