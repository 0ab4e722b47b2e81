"""The parameters of the time before expressions: Developer Guide, "Legacy conditional parameters"."""

from __future__ import annotations

from typing import Any

from tests.conformance.model import call, case, item, items, key_schema

GUIDE = "Developer Guide, Legacy conditional parameters"
CONDITION = "API Reference, Condition"
EXPECTED = "API Reference, ExpectedAttributeValue"
UPDATE = "API Reference, AttributeValueUpdate"
CAPTURED = "captured answers of the service"
LOCAL = "DynamoDB Local"

TABLES: dict[str, Any] = {
    "LEGACY": {
        "KeySchema": key_schema("pk", "sk"),
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in (("pk", "S"), ("sk", "S"), ("status", "S"), ("total", "N"))
        ],
        "BillingMode": "PAY_PER_REQUEST",
        "GlobalSecondaryIndexes": [
            {"IndexName": "Keys", "KeySchema": key_schema("status"), "Projection": {"ProjectionType": "KEYS_ONLY"}}
        ],
        "LocalSecondaryIndexes": [
            {
                "IndexName": "ByTotal",
                "KeySchema": key_schema("pk", "total"),
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["note"]},
            }
        ],
    }
}
KEY = item(pk="a", sk="1")
WHOLE = item(
    pk="a",
    sk="1",
    n=5,
    s="hello",
    b=b"hello",
    t=True,
    nothing=None,
    l=["a", 1],
    m={"M": item(x="y")},
    ss={"SS": ["a", "b"]},
    ns={"NS": ["1", "2"]},
    status="open",
    total=3,
)
OTHER = item(pk="a", sk="2", n=7, status="shut", total=4)
LAST = item(pk="a", sk="3", n=9, s="world")
ITEMS = {"LEGACY": [WHOLE, OTHER, LAST]}

FAILED = "ConditionalCheckFailedException: The conditional request failed"
INVALID = "ValidationException: One or more parameter values were invalid: "
BOTH = "ValidationException: Can not use both expression and non-expression parameters in the same request: "


def is_(operator: str, *values: Any) -> dict[str, Any]:
    """Make a condition."""
    return {
        "ComparisonOperator": operator,
        "AttributeValueList": list(item(**{str(n): v for n, v in enumerate(values)}).values()),
    }


def expects(name: str, expected: Any, **outcome: Any) -> Any:
    """Make a case of a put with ``Expected``."""
    rest = outcome.pop("rest", {})
    outcome.setdefault("source", EXPECTED)
    if "refuses" not in outcome:
        outcome["gives"] = {}
    return case(
        f"expected: {name}", call("put_item", TableName="LEGACY", Item=WHOLE, Expected=expected, **rest), **outcome
    )


def compares(attribute: str, operator: str, *values: Any, holds: bool) -> Any:
    """Make two cases of one comparison: as the condition of a write, and as a filter."""
    differs = "it compares lists without their order" if values == ([1, "a"],) else None
    told = " ".join((attribute, operator, *map(repr, values)))
    return [
        expects(
            told,
            {attribute: is_(operator, *values)},
            source=CONDITION,
            differs=differs,
            **({} if holds else {"refuses": FAILED}),
        ),
        case(
            f"filter: {told}",
            call(
                "query",
                TableName="LEGACY",
                KeyConditions={"pk": is_("EQ", "a"), "sk": is_("EQ", "1")},
                QueryFilter={attribute: is_(operator, *values)},
            ),
            gives=items(*([WHOLE] if holds else []), scanned=1),
            source=CONDITION,
            differs=differs,
        ),
    ]


SAME_SET, OTHER_SET = {"SS": ["b", "a"]}, {"SS": ["a"]}
COMPARISONS: list[Any] = [
    (True, "n", "EQ", 5),
    (True, "n", "EQ", {"N": "5.0"}),
    (False, "n", "EQ", 6),
    (False, "n", "EQ", "5"),
    (False, "none", "EQ", 5),
    (True, "ss", "EQ", SAME_SET),
    (False, "ss", "EQ", OTHER_SET),
    (True, "l", "EQ", ["a", 1]),
    (False, "l", "EQ", [1, "a"]),
    (True, "m", "EQ", {"M": item(x="y")}),
    (True, "nothing", "EQ", None),
    (True, "t", "EQ", True),
    (False, "t", "EQ", False),
    (True, "b", "EQ", b"hello"),
    (False, "n", "NE", 5),
    (True, "n", "NE", 6),
    (True, "n", "NE", "5"),
    (True, "none", "NE", 5),
    (False, "ss", "NE", SAME_SET),
    (True, "m", "NE", {"M": {}}),
    (True, "n", "LT", 6),
    (False, "n", "LT", 5),
    (True, "n", "LE", 5),
    (False, "n", "LE", 4),
    (True, "n", "GT", 4),
    (False, "n", "GT", 5),
    (True, "n", "GE", 5),
    (False, "n", "GE", 6),
    (False, "n", "LT", "6"),
    (False, "none", "LT", 5),
    (True, "s", "GT", "hell"),
    (True, "b", "LE", b"hello"),
    (False, "l", "GT", 1),
    (True, "n", "BETWEEN", 1, 5),
    (True, "n", "BETWEEN", 5, 9),
    (False, "n", "BETWEEN", 6, 9),
    (False, "n", "BETWEEN", "1", "9"),
    (True, "s", "BETWEEN", "a", "z"),
    (False, "none", "BETWEEN", 1, 9),
    (True, "n", "IN", 1, 5),
    (False, "n", "IN", 1, 2),
    (True, "s", "IN", "hello"),
    (False, "none", "IN", 1),
    (False, "ss", "IN", "a"),
    (True, "n", "NOT_NULL"),
    (True, "nothing", "NOT_NULL"),
    (False, "none", "NOT_NULL"),
    (False, "n", "NULL"),
    (True, "none", "NULL"),
    (False, "nothing", "NULL"),
    (True, "s", "CONTAINS", "ell"),
    (False, "s", "CONTAINS", "x"),
    (True, "ss", "CONTAINS", "a"),
    (False, "ss", "CONTAINS", "c"),
    (True, "ns", "CONTAINS", 2),
    (False, "ns", "CONTAINS", "2"),
    (True, "l", "CONTAINS", "a"),
    (True, "l", "CONTAINS", 1),
    (False, "l", "CONTAINS", "b"),
    (True, "b", "CONTAINS", b"ell"),
    (False, "n", "CONTAINS", 5),
    (False, "m", "CONTAINS", "x"),
    (False, "none", "CONTAINS", "x"),
    (False, "s", "NOT_CONTAINS", "ell"),
    (True, "s", "NOT_CONTAINS", "x"),
    (False, "ss", "NOT_CONTAINS", "a"),
    (True, "ss", "NOT_CONTAINS", "c"),
    (True, "l", "NOT_CONTAINS", "b"),
    (True, "n", "NOT_CONTAINS", 5),
    (False, "none", "NOT_CONTAINS", "x"),
    (True, "s", "BEGINS_WITH", "he"),
    (True, "s", "BEGINS_WITH", "hello"),
    (False, "s", "BEGINS_WITH", "ello"),
    (True, "b", "BEGINS_WITH", b"he"),
    (False, "n", "BEGINS_WITH", "5"),
    (False, "none", "BEGINS_WITH", "x"),
]

ARITIES = {
    **dict.fromkeys(("EQ", "NE", "LT", "LE", "GT", "GE", "CONTAINS", "NOT_CONTAINS", "BEGINS_WITH"), (0, 2)),
    "BETWEEN": (1, 3),
    "IN": (0,),
    "NULL": (1,),
    "NOT_NULL": (1,),
}
UNFIT = {"SS": {"SS": ["a"]}, "NS": {"NS": ["1"]}, "L": {"L": []}, "M": {"M": {}}, "BOOL": True, "NULL": None}

CASES = [
    *(one for told in COMPARISONS for one in compares(*told[1:], holds=told[0])),
    *(
        expects(
            f"{operator} with {count} values",
            {"n": is_(operator, *["x"] * count)},
            source=CONDITION,
            refuses=f"{INVALID}Invalid number of argument(s) for the {operator} ComparisonOperator",
        )
        for operator, counts in ARITIES.items()
        for count in counts
    ),
    *(
        expects(
            f"{operator} of a value of type {kind}",
            {"n": is_(operator, *[value] * (operator == "BETWEEN"), value)},
            refuses=f"{INVALID}ComparisonOperator {operator} is not valid for {kind} AttributeValue type",
            source=CONDITION,
        )
        for operator in ("IN", "LT", "LE", "GT", "GE", "BETWEEN", "BEGINS_WITH")
        for kind, value in UNFIT.items()
    ),
    *(
        expects(
            f"{operator} of a value of type {kind}",
            {"n": is_(operator, UNFIT[kind])},
            source=CONDITION,
            refuses=f"{INVALID}ComparisonOperator {operator} is not valid for {kind} AttributeValue type",
        )
        for operator in ("CONTAINS", "NOT_CONTAINS")
        for kind in ("SS", "NS", "L", "M")
    ),
    expects(
        "BEGINS_WITH of a number",
        {"n": is_("BEGINS_WITH", 1)},
        source=CONDITION,
        refuses=f"{INVALID}ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type",
    ),
    expects(
        "values of two types",
        {"n": is_("IN", 1, "a")},
        source=LOCAL,
        refuses=f"{INVALID}AttributeValues inside AttributeValueList must be of same type",
    ),
    expects(
        "BETWEEN with bounds swapped",
        {"n": is_("BETWEEN", 10, 9)},
        source=LOCAL,
        refuses="ValidationException: The BETWEEN condition was provided a range where the lower bound is greater "
        "than the upper bound",
    ),
    expects(
        "an operator that there is not",
        {"n": is_("LIKE", 1)},
        source=EXPECTED,
        refuses="ValidationException: 1 validation error detected: Value 'LIKE' at "
        "'expected.n.member.comparisonOperator' failed to satisfy constraint: Member must satisfy enum "
        "value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, "
        "CONTAINS]",
        differs="it says that the comparison type does not exist",
    ),
    expects("an equal value", {"n": {"Value": {"N": "5"}}}),
    expects("another value", {"n": {"Value": {"N": "6"}}}, refuses=FAILED),
    expects("an equal value that exists", {"n": {"Value": {"N": "5"}, "Exists": True}}),
    expects("an attribute that is not there", {"none": {"Exists": False}}),
    expects("an attribute that is there after all", {"n": {"Exists": False}}, refuses=FAILED),
    expects("nothing at all", {}, source=LOCAL),
    expects("a value beside an operator", {"n": {"Value": {"N": "5"}, "ComparisonOperator": "EQ"}}),
    expects(
        "neither a value nor an operator",
        {"n": {}},
        refuses=f"{INVALID}Value must be provided when Exists is null for Attribute: n",
    ),
    expects(
        "existence without a value",
        {"n": {"Exists": True}},
        refuses=f"{INVALID}Value must be provided when Exists is true for Attribute: n",
    ),
    expects(
        "absence of a value",
        {"n": {"Exists": False, "Value": {"N": "5"}}},
        refuses=f"{INVALID}Value cannot be used when Exists is false for Attribute: n",
    ),
    expects(
        "values without an operator",
        {"n": {"AttributeValueList": [{"N": "5"}]}},
        refuses=f"{INVALID}AttributeValueList can only be used with a ComparisonOperator for Attribute: n",
    ),
    expects(
        "an operator without values",
        {"n": {"ComparisonOperator": "EQ"}},
        refuses=f"{INVALID}Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: n",
    ),
    expects(
        "existence beside an operator",
        {"n": {**is_("EQ", 5), "Exists": True}},
        refuses=f"{INVALID}Exists and ComparisonOperator cannot be used together for Attribute: n",
    ),
    expects(
        "a value beside values",
        {"n": {**is_("EQ", 5), "Value": {"N": "5"}}},
        refuses=f"{INVALID}Value and AttributeValueList cannot be used together for Attribute: n",
    ),
    expects(
        "NULL with a value",
        {"n": {"ComparisonOperator": "NULL", "Value": {"N": "5"}}},
        refuses=f"{INVALID}Invalid number of argument(s) for the NULL ComparisonOperator",
    ),
    expects("a name with a dot is a whole name", {"m.x": {"Exists": False}}, source=GUIDE),
    expects(
        "a name that is empty",
        {"": {"Exists": False}},
        source=LOCAL,
        refuses="ValidationException: Empty attribute name",
    ),
    expects(
        "a value that is none",
        {"n": {"Value": {}}},
        source=LOCAL,
        refuses="ValidationException: Supplied AttributeValue is empty, must contain exactly one of the supported "
        "datatypes",
    ),
    expects("two conditions, one of which fails", {"n": is_("EQ", 5), "s": is_("EQ", "x")}, refuses=FAILED),
    expects(
        "two conditions joined by OR",
        {"n": is_("EQ", 5), "s": is_("EQ", "x")},
        rest={"ConditionalOperator": "OR"},
        source=GUIDE,
    ),
    expects(
        "two conditions joined by AND",
        {"n": is_("EQ", 5), "s": is_("EQ", "hello")},
        rest={"ConditionalOperator": "AND"},
        source=GUIDE,
    ),
    expects(
        "one condition joined by AND",
        {"n": is_("EQ", 5)},
        rest={"ConditionalOperator": "AND"},
        source=LOCAL,
        refuses="ValidationException: ConditionalOperator can only be used when Filter or Expected has two or "
        "more elements",
    ),
    expects(
        "conditions joined by XOR",
        {"n": is_("EQ", 5), "s": is_("EQ", "x")},
        source=GUIDE,
        rest={"ConditionalOperator": "XOR"},
        refuses="ValidationException: 1 validation error detected: Value 'XOR' at 'conditionalOperator' failed to "
        "satisfy constraint: Member must satisfy enum value set: [OR, AND]",
        differs="it fails by itself",
    ),
    expects(
        "the old item is told where it was asked for",
        {"n": is_("EQ", 6)},
        refuses=FAILED,
        told={"Item": WHOLE},
        rest={"ReturnValuesOnConditionCheckFailure": "ALL_OLD"},
        source="API Reference, PutItem",
    ),
    expects(
        "beside an expression",
        {"n": is_("EQ", 5)},
        rest={"ConditionExpression": "attribute_exists(pk)"},
        source=GUIDE,
        refuses=f"{BOTH}Non-expression parameters: {{Expected}} Expression parameters: {{ConditionExpression}}",
    ),
    expects(
        "with its operator beside an expression",
        {"n": is_("EQ", 5)},
        source=GUIDE,
        rest={"ConditionExpression": "attribute_exists(pk)", "ConditionalOperator": "OR"},
        refuses=f"{BOTH}Non-expression parameters: {{Expected, ConditionalOperator}} Expression parameters: "
        "{ConditionExpression}",
    ),
    expects(
        "beside values for an expression",
        {"n": is_("EQ", 5)},
        source=LOCAL,
        rest={"ExpressionAttributeValues": {":v": {"S": "x"}}},
        refuses="ValidationException: ExpressionAttributeValues can only be specified when using expressions: "
        "ConditionExpression is null",
    ),
    expects(
        "beside names for an expression",
        {"n": is_("EQ", 5)},
        source=LOCAL,
        rest={"ExpressionAttributeNames": {"#n": "x"}},
        refuses="ValidationException: ExpressionAttributeNames can only be specified when using expressions",
    ),
    case(
        "an operator without conditions",
        call("put_item", TableName="LEGACY", Item=WHOLE, ConditionalOperator="OR"),
        source=LOCAL,
        refuses="ValidationException: ConditionalOperator cannot be used without Filter or Expected",
    ),
    case(
        "a delete that is expected",
        call("delete_item", TableName="LEGACY", Key=KEY, Expected={"n": is_("EQ", 5)}, ReturnValues="ALL_OLD"),
        gives={"Attributes": WHOLE},
        leaves={"LEGACY": [OTHER, LAST]},
        source="API Reference, DeleteItem",
    ),
    case(
        "a delete that is not expected",
        call("delete_item", TableName="LEGACY", Key=KEY, Expected={"n": is_("EQ", 6)}),
        refuses=FAILED,
        leaves=ITEMS,
        source="API Reference, DeleteItem",
    ),
    case(
        "an update that is not expected",
        call(
            "update_item",
            TableName="LEGACY",
            Key=KEY,
            Expected={"n": is_("EQ", 6)},
            AttributeUpdates={"n": {"Value": {"N": "0"}}},
        ),
        refuses=FAILED,
        leaves=ITEMS,
        source="API Reference, UpdateItem",
    ),
    case(
        "a condition beside an update expression",
        call("update_item", TableName="LEGACY", Key=KEY, Expected={"n": is_("EQ", 6)}, UpdateExpression="REMOVE n"),
        source=GUIDE,
        refuses=f"{BOTH}Non-expression parameters: {{Expected}} Expression parameters: {{UpdateExpression}}",
    ),
]


def updates(name: str, changes: Any, changed: Any = None, **outcome: Any) -> Any:
    """Make a case of AttributeUpdates; ``changed`` are the attributes after it, None for one that is gone."""
    rest = outcome.pop("rest", {})
    outcome.setdefault("source", UPDATE)
    if changed is not None:
        new = {**WHOLE, **{key: value for key, value in changed.items() if value}}
        new = {key: value for key, value in new.items() if changed.get(key, True) is not None}
        outcome.update(gives={"Attributes": new}, leaves={"LEGACY": [new, OTHER, LAST]})
        rest = {"ReturnValues": "ALL_NEW", **rest}
    return case(
        f"update: {name}", call("update_item", TableName="LEGACY", Key=KEY, AttributeUpdates=changes, **rest), **outcome
    )


VALUES = {
    "S": "x",
    "N": 1,
    "B": b"x",
    "SS": {"SS": ["b", "c"]},
    "NS": {"NS": ["2", "3"]},
    "L": ["z"],
    "M": {"M": {}},
    "BOOL": True,
    "NULL": None,
}
LONG_NAMES = "it calls types by their long names"
WIRED = item(**VALUES)
MISMATCH = "ValidationException: Type mismatch for attribute to update"
NEW_KEY = item(pk="new", sk="1")
NO_ACTION = "it does nothing where no action is named"


def put_(**value: Any) -> dict[str, Any]:
    """Make a change that puts a value."""
    return {"Action": "PUT", "Value": value}


CASES += [
    updates("nothing", {}, {}, source=LOCAL),
    updates("a value without an action is put", {"n": {"Value": {"N": "7"}}}, item(n=7), differs=NO_ACTION),
    updates("PUT takes the place of what is there", {"n": {"Action": "PUT", "Value": {"S": "x"}}}, item(n="x")),
    updates("PUT of a new attribute", {"new": {"Action": "PUT", "Value": {"L": []}}}, item(new=[])),
    updates("DELETE takes an attribute away", {"n": {"Action": "DELETE"}}, {"n": None}),
    updates("DELETE of what is not there", {"none": {"Action": "DELETE"}}, {}),
    updates(
        "DELETE of members of a set", {"ss": {"Action": "DELETE", "Value": {"SS": ["b", "z"]}}}, {"ss": {"SS": ["a"]}}
    ),
    updates("DELETE of all members of a set", {"ss": {"Action": "DELETE", "Value": {"SS": ["b", "a"]}}}, {"ss": None}),
    updates("DELETE of members of what is not there", {"none": {"Action": "DELETE", "Value": {"SS": ["b"]}}}, {}),
    updates("ADD to a number", {"n": {"Action": "ADD", "Value": {"N": "1.5"}}}, {"n": {"N": "6.5"}}),
    updates("ADD of a negative number", {"n": {"Action": "ADD", "Value": {"N": "-7"}}}, item(n=-2)),
    updates("ADD to a number that is not there", {"none": {"Action": "ADD", "Value": {"N": "3"}}}, item(none=3)),
    updates("ADD to a set", {"ns": {"Action": "ADD", "Value": {"NS": ["2", "3"]}}}, {"ns": {"NS": ["1", "2", "3"]}}),
    updates(
        "ADD to a set that is not there", {"none": {"Action": "ADD", "Value": {"SS": ["a"]}}}, {"none": {"SS": ["a"]}}
    ),
    updates(
        "ADD to a list appends",
        {"l": {"Action": "ADD", "Value": {"L": [{"S": "z"}]}}},
        item(l=["a", 1, "z"]),
        source=LOCAL,
    ),
    updates(
        "ADD of a list where there is none",
        {"none": {"Action": "ADD", "Value": {"L": [{"S": "z"}]}}},
        item(none=["z"]),
        source=LOCAL,
    ),
    updates(
        "several at once",
        {"n": {"Action": "ADD", "Value": {"N": "1"}}, "s": {"Action": "DELETE"}, "new": put_(S="x")},
        {"n": {"N": "6"}, "s": None, "new": {"S": "x"}},
    ),
    *(
        updates(
            f"ADD of {kind}",
            {"n": {"Action": "ADD", "Value": WIRED[kind]}},
            refuses=f"{INVALID}ADD action is not supported for the type {kind}",
            source=CAPTURED,
            differs=None if kind == "NULL" else LONG_NAMES,
        )
        for kind in ("S", "B", "M", "BOOL", "NULL")
    ),
    *(
        updates(
            f"DELETE of {kind}",
            {"n": {"Action": "DELETE", "Value": WIRED[kind]}},
            refuses=f"{INVALID}DELETE action with value is not supported for the type {kind}",
            source=CAPTURED,
            differs=None if kind == "NULL" else LONG_NAMES,
        )
        for kind in ("S", "N", "B", "L", "M", "BOOL", "NULL")
    ),
    *(
        updates(f"ADD of {kind} to {attribute}", {attribute: {"Action": "ADD", "Value": WIRED[kind]}}, refuses=MISMATCH)
        for kind, attribute in (("N", "s"), ("N", "ns"), ("SS", "ns"), ("NS", "n"), ("L", "ss"), ("SS", "l"))
    ),
    *(
        updates(
            f"DELETE of {kind} from {attribute}",
            {attribute: {"Action": "DELETE", "Value": WIRED[kind]}},
            refuses=MISMATCH,
        )
        for kind, attribute in (("SS", "ns"), ("NS", "ss"), ("SS", "n"), ("SS", "l"))
    ),
    *(
        updates(
            f"{action} without a value",
            {"n": {"Action": action}},
            refuses=f"{INVALID}Only DELETE action is allowed when no attribute value is specified",
        )
        for action in ("PUT", "ADD")
    ),
    updates(
        "neither an action nor a value",
        {"n": {}},
        refuses=f"{INVALID}Only DELETE action is allowed when no attribute value is specified",
    ),
    updates(
        "an action that there is not",
        {"n": {"Action": "SET", "Value": {"N": "1"}}},
        refuses="ValidationException: 1 validation error detected: Value 'SET' at "
        "'attributeUpdates.n.member.action' failed to satisfy constraint: Member must satisfy enum value "
        "set: [ADD, PUT, DELETE]",
        differs="it leaves the place out of its words",
    ),
    updates(
        "of a key",
        {"pk": {"Value": {"S": "x"}}},
        refuses=f"{INVALID}Cannot update attribute pk. This attribute is part of the key",
    ),
    updates(
        "of an index key by another type",
        {"status": {"Value": {"N": "1"}}},
        refuses=f"{INVALID}Type mismatch for Index Key status Expected: S Actual: N IndexName: Keys",
        source="Developer Guide, Using Global Secondary Indexes in DynamoDB",
        differs="it writes it",
    ),
    updates("a name with a dot is a whole name", {"m.x": put_(N="1")}, {"m.x": {"N": "1"}}, source=GUIDE),
    updates(
        "a name that is empty",
        {"": {"Value": {"N": "1"}}},
        source=LOCAL,
        refuses="ValidationException: Empty attribute name",
    ),
    updates(
        "a number that is none",
        {"n": {"Value": {"N": "x"}}},
        source="captured answers of the service",
        refuses="ValidationException: The parameter cannot be converted to a numeric value: x",
        differs="it has other words for it",
    ),
    updates(
        "a number that grows out of range",
        {"n": {"Action": "ADD", "Value": {"N": "1E-126"}}},
        refuses="ValidationException: Number overflow. Attempting to store a number with magnitude larger than "
        "supported range",
        source="captured answers of the service",
        differs="it has other words for it",
    ),
    updates(
        "beside an update expression",
        {"n": {"Value": {"N": "1"}}},
        rest={"UpdateExpression": "REMOVE n"},
        refuses=f"{BOTH}Non-expression parameters: {{AttributeUpdates}} Expression parameters: {{UpdateExpression}}",
        source=GUIDE,
    ),
    updates(
        "beside a condition expression",
        {"n": {"Value": {"N": "1"}}},
        rest={"ConditionExpression": "attribute_exists(pk)"},
        source=GUIDE,
        refuses=f"{BOTH}Non-expression parameters: {{AttributeUpdates}} Expression parameters: {{ConditionExpression}}",
    ),
    updates(
        "UPDATED_OLD",
        {"n": put_(N="1"), "s": {"Action": "DELETE"}, "none": {"Action": "DELETE"}},
        rest={"ReturnValues": "UPDATED_OLD"},
        gives={"Attributes": item(n=5, s="hello")},
        source="API Reference, UpdateItem",
    ),
    updates(
        "UPDATED_NEW",
        {"n": put_(N="1"), "s": {"Action": "DELETE"}},
        rest={"ReturnValues": "UPDATED_NEW"},
        gives={"Attributes": item(n=1)},
        source="API Reference, UpdateItem",
    ),
    case(
        "update: PUT makes an item",
        call("update_item", TableName="LEGACY", Key=NEW_KEY, AttributeUpdates={"n": put_(N="1")}),
        gives={},
        leaves={"LEGACY": [*ITEMS["LEGACY"], {**NEW_KEY, **item(n=1)}]},
        source=UPDATE,
    ),
    case(
        "update: ADD makes an item",
        call(
            "update_item",
            TableName="LEGACY",
            Key=NEW_KEY,
            AttributeUpdates={"n": {"Action": "ADD", "Value": {"NS": ["1"]}}},
        ),
        gives={},
        leaves={"LEGACY": [*ITEMS["LEGACY"], {**NEW_KEY, "n": {"NS": ["1"]}}]},
        source=UPDATE,
    ),
    case(
        "update: DELETE makes an item of its key alone",
        call("update_item", TableName="LEGACY", Key=NEW_KEY, AttributeUpdates={"n": {"Action": "DELETE"}}),
        gives={},
        leaves={"LEGACY": [*ITEMS["LEGACY"], NEW_KEY]},
        source=LOCAL,
    ),
]


def queries(name: str, conditions: Any, *found: Any, **outcome: Any) -> Any:
    """Make a case of KeyConditions."""
    rest = outcome.pop("rest", {})
    outcome.setdefault("source", "API Reference, Query (KeyConditions)")
    if "refuses" not in outcome and "gives" not in outcome:
        outcome["gives"] = items(*found)
    return case(f"query: {name}", call("query", TableName="LEGACY", KeyConditions=conditions, **rest), **outcome)


PK = {"pk": is_("EQ", "a")}
OPEN = {"status": is_("EQ", "open")}
ALL = (WHOLE, OTHER, LAST)
NOT_INDEXABLE = "ValidationException: Attempted conditional constraint is not an indexable operation"
NO_SUCH_KEY = "ValidationException: Query condition missed key schema element: "
ATTRIBUTES_AND_PROJECTION = (
    f"{BOTH}Non-expression parameters: {{AttributesToGet}} Expression parameters: {{ProjectionExpression}}"
)
SHORT = "it does not name the attribute"

CASES += [
    queries("a partition", PK, *ALL),
    queries("a partition backwards", PK, *reversed(ALL), rest={"ScanIndexForward": False}),
    queries("EQ on the sort key", {**PK, "sk": is_("EQ", "2")}, OTHER),
    queries("LT on the sort key", {**PK, "sk": is_("LT", "2")}, WHOLE),
    queries("LE on the sort key", {**PK, "sk": is_("LE", "2")}, WHOLE, OTHER),
    queries("GT on the sort key", {**PK, "sk": is_("GT", "2")}, LAST),
    queries("GE on the sort key", {**PK, "sk": is_("GE", "2")}, OTHER, LAST),
    queries("BETWEEN on the sort key", {**PK, "sk": is_("BETWEEN", "2", "3")}, OTHER, LAST),
    queries("BEGINS_WITH on the sort key", {**PK, "sk": is_("BEGINS_WITH", "3")}, LAST),
    queries("a page", PK, rest={"Limit": 1}, gives=items(WHOLE, LastEvaluatedKey=KEY)),
    queries("the next page", PK, OTHER, LAST, rest={"ExclusiveStartKey": KEY}),
    queries(
        "a local index", {**PK, "total": is_("GT", 3)}, item(pk="a", sk="2", total=4), rest={"IndexName": "ByTotal"}
    ),
    queries("a global index", OPEN, item(pk="a", sk="1", status="open"), rest={"IndexName": "Keys"}),
    *(
        queries(
            f"{operator} on the sort key",
            {**PK, "sk": is_(operator, *values)},
            refuses=NOT_INDEXABLE,
            source="captured answers of the service" if differs else LOCAL,
            differs=differs,
        )
        for operator, values, differs in (
            ("IN", ["1"], None),
            ("CONTAINS", ["1"], None),
            ("NOT_CONTAINS", ["1"], None),
            ("NE", ["1"], "it fails by itself"),
            ("NULL", [], "it speaks of scalar types"),
            ("NOT_NULL", [], "it speaks of scalar types"),
        )
    ),
    *(
        queries(
            f"{operator} on the partition key",
            {"pk": is_(operator, *values)},
            refuses="ValidationException: Query key condition not supported",
        )
        for operator, values in (("LT", "a"), ("GE", "a"), ("BEGINS_WITH", "a"), ("BETWEEN", "ab"))
    ),
    queries("no partition key", {"sk": is_("EQ", "1")}, refuses=f"{NO_SUCH_KEY}pk", differs=SHORT),
    queries("a condition on another attribute", {**PK, "n": is_("EQ", 1)}, refuses=f"{NO_SUCH_KEY}sk", differs=SHORT),
    queries(
        "three conditions",
        {**PK, "sk": is_("EQ", "1"), "n": is_("EQ", 1)},
        refuses="ValidationException: Conditions can be of length 1 or 2 only",
        source=LOCAL,
    ),
    queries(
        "no condition",
        {},
        refuses="ValidationException: Conditions can be of length 1 or 2 only",
        source=CAPTURED,
        differs="it has other words for it",
    ),
    queries(
        "a partition key of another type",
        {"pk": is_("EQ", 1)},
        refuses=f"{INVALID}Condition parameter type does not match schema type",
        source=LOCAL,
    ),
    queries(
        "a sort key of another type",
        {**PK, "sk": is_("EQ", 1)},
        refuses=f"{INVALID}Condition parameter type does not match schema type",
        source=LOCAL,
    ),
    queries(
        "an empty partition key",
        {"pk": is_("EQ", "")},
        source=LOCAL,
        refuses="ValidationException: One or more parameter values are not valid. The AttributeValue for a key "
        "attribute cannot contain an empty string value. Key: pk",
    ),
    queries(
        "BETWEEN with bounds swapped",
        {**PK, "sk": is_("BETWEEN", "2", "1")},
        source=LOCAL,
        refuses="ValidationException: The BETWEEN condition was provided a range where the lower bound is greater "
        "than the upper bound",
    ),
    queries(
        "an operator without values",
        {"pk": {"ComparisonOperator": "EQ"}},
        source=LOCAL,
        refuses=f"{INVALID}Invalid number of argument(s) for the EQ ComparisonOperator",
    ),
    queries(
        "no operator",
        {"pk": {"AttributeValueList": [{"S": "a"}]}},
        source="boto3",
        refuses='ParamValidationError: Missing required parameter in KeyConditions.pk: "ComparisonOperator"',
    ),
    queries("a filter", PK, rest={"QueryFilter": {"n": is_("GT", 5)}}, gives=items(OTHER, LAST, scanned=3)),
    queries(
        "two filters", PK, rest={"QueryFilter": {"n": is_("GT", 5), "s": is_("NULL")}}, gives=items(OTHER, scanned=3)
    ),
    queries(
        "two filters joined by OR",
        PK,
        source=GUIDE,
        rest={"QueryFilter": {"n": is_("GT", 8), "s": is_("EQ", "hello")}, "ConditionalOperator": "OR"},
        gives=items(WHOLE, LAST, scanned=3),
    ),
    queries(
        "a filter on a key",
        PK,
        rest={"QueryFilter": {"sk": is_("GT", "1")}},
        source=LOCAL,
        refuses="ValidationException: QueryFilter can only contain non-primary key attributes: Primary key "
        "attribute: sk",
    ),
    queries(
        "a filter that the index does not hold",
        OPEN,
        rest={"IndexName": "Keys", "QueryFilter": {"n": is_("EQ", 1)}},
        source=LOCAL,
        refuses=f"{INVALID}Secondary index Keys does not project one or more filter attributes: [n]",
    ),
    queries(
        "one filter joined by OR",
        PK,
        rest={"QueryFilter": {"n": is_("GT", 5)}, "ConditionalOperator": "OR"},
        refuses="ValidationException: ConditionalOperator can only be used when Filter or Expected has two or "
        "more elements",
        source=LOCAL,
    ),
    queries(
        "an operator without a filter",
        PK,
        rest={"ConditionalOperator": "OR"},
        source=LOCAL,
        refuses="ValidationException: ConditionalOperator cannot be used without Filter or Expected",
    ),
    queries("some attributes", PK, item(n=5), item(n=7), item(n=9), rest={"AttributesToGet": ["n"]}),
    queries("attributes that are not there", PK, {}, {}, {}, rest={"AttributesToGet": ["m.x"]}, source=GUIDE),
    queries(
        "an attribute twice",
        PK,
        rest={"AttributesToGet": ["n", "n"]},
        refuses=f"{INVALID}Duplicate value in attribute name: n",
        source="captured answers of the service",
        differs="it has other words for it",
    ),
    queries(
        "attributes that a global index does not hold",
        OPEN,
        rest={"IndexName": "Keys", "AttributesToGet": ["n"]},
        refuses=f"{INVALID}Global secondary index Keys does not project [n]",
        source=LOCAL,
    ),
    queries(
        "attributes that a local index fetches",
        {**PK, "total": is_("EQ", 3)},
        item(n=5),
        rest={"IndexName": "ByTotal", "AttributesToGet": ["n"]},
        source="API Reference, Query (AttributesToGet)",
    ),
    queries(
        "attributes and COUNT",
        PK,
        rest={"AttributesToGet": ["n"], "Select": "COUNT"},
        source=LOCAL,
        refuses="ValidationException: Cannot specify the AttributesToGet when choosing to get only the Count",
    ),
    queries(
        "attributes and ALL_ATTRIBUTES",
        PK,
        rest={"AttributesToGet": ["n"], "Select": "ALL_ATTRIBUTES"},
        refuses="ValidationException: Cannot specify the AttributesToGet when choosing to get ALL_ATTRIBUTES",
        source=LOCAL,
    ),
    queries(
        "attributes and SPECIFIC_ATTRIBUTES",
        PK,
        item(n=5),
        item(n=7),
        item(n=9),
        rest={"AttributesToGet": ["n"], "Select": "SPECIFIC_ATTRIBUTES"},
        source="API Reference, Query (Select)",
    ),
    queries(
        "a filter expression beside key conditions",
        PK,
        gives=items(LAST, scanned=3),
        source=LOCAL,
        rest={"FilterExpression": "n > :n", "ExpressionAttributeValues": {":n": {"N": "8"}}},
    ),
    queries(
        "a projection expression beside key conditions",
        PK,
        item(n=5),
        item(n=7),
        item(n=9),
        source=LOCAL,
        rest={"ProjectionExpression": "n"},
    ),
    queries(
        "a key condition expression beside key conditions",
        PK,
        source=GUIDE,
        rest={"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "a"}}},
        refuses=f"{BOTH}Non-expression parameters: {{KeyConditions}} Expression parameters: {{KeyConditionExpression}}",
    ),
    case(
        "query: a filter beside a key condition expression",
        call(
            "query",
            TableName="LEGACY",
            KeyConditionExpression="pk = :p",
            QueryFilter={"n": is_("EQ", 1)},
            ExpressionAttributeValues={":p": {"S": "a"}},
        ),
        source=GUIDE,
        refuses=f"{BOTH}Non-expression parameters: {{QueryFilter}} Expression parameters: {{KeyConditionExpression}}",
    ),
    case(
        "query: neither key conditions nor an expression",
        call("query", TableName="LEGACY"),
        source=LOCAL,
        refuses="ValidationException: Either the KeyConditions or KeyConditionExpression parameter must be specified "
        "in the request.",
    ),
    case(
        "scan: a filter",
        call("scan", TableName="LEGACY", ScanFilter={"n": is_("GT", 7)}),
        gives=items(LAST, scanned=3),
        source="API Reference, Scan (ScanFilter)",
    ),
    case(
        "scan: a filter on a key",
        call("scan", TableName="LEGACY", ScanFilter={"pk": is_("NE", "a")}),
        gives=items(scanned=3),
        source="API Reference, Scan (ScanFilter)",
    ),
    case(
        "scan: two filters joined by OR",
        call(
            "scan", TableName="LEGACY", ScanFilter={"n": is_("GT", 7), "sk": is_("EQ", "1")}, ConditionalOperator="OR"
        ),
        gives=items(WHOLE, LAST, scanned=3),
        source=GUIDE,
    ),
    case(
        "scan: some attributes",
        call("scan", TableName="LEGACY", AttributesToGet=["n", "none"]),
        gives=items(item(n=5), item(n=7), item(n=9)),
        source="API Reference, Scan (AttributesToGet)",
    ),
    case(
        "scan: a filter beside an expression",
        call("scan", TableName="LEGACY", ScanFilter={"n": is_("GT", 7)}, FilterExpression="attribute_exists(n)"),
        refuses=f"{BOTH}Non-expression parameters: {{ScanFilter}} Expression parameters: {{FilterExpression}}",
        source=GUIDE,
    ),
    case(
        "scan: everything beside everything",
        call(
            "scan",
            TableName="LEGACY",
            ScanFilter={"n": is_("GT", 7)},
            AttributesToGet=["n"],
            ConditionalOperator="OR",
            FilterExpression="attribute_exists(n)",
            ProjectionExpression="n",
        ),
        refuses=f"{BOTH}Non-expression parameters: {{AttributesToGet, ScanFilter, ConditionalOperator}} Expression "
        "parameters: {ProjectionExpression, FilterExpression}",
        source=GUIDE,
    ),
    case(
        "get: some attributes",
        call("get_item", TableName="LEGACY", Key=KEY, AttributesToGet=["n", "none"]),
        gives={"Item": item(n=5)},
        source="API Reference, GetItem (AttributesToGet)",
    ),
    case(
        "get: attributes that are not there",
        call("get_item", TableName="LEGACY", Key=KEY, AttributesToGet=["none"]),
        gives={"Item": {}},
        source=LOCAL,
    ),
    case(
        "get: an attribute twice",
        call("get_item", TableName="LEGACY", Key=KEY, AttributesToGet=["n", "n"]),
        refuses=f"{INVALID}Duplicate value in attribute name: n",
        source="captured answers of the service",
        differs="it has other words for it",
    ),
    case(
        "get: attributes beside a projection",
        call("get_item", TableName="LEGACY", Key=KEY, AttributesToGet=["n"], ProjectionExpression="n"),
        source=GUIDE,
        refuses=ATTRIBUTES_AND_PROJECTION,
    ),
    case(
        "get: no attributes",
        call("get_item", TableName="LEGACY", Key=KEY, AttributesToGet=[]),
        source="boto3",
        refuses="ParamValidationError: Invalid length for parameter AttributesToGet, value: 0, valid min length: 1",
    ),
    case(
        "batch get: some attributes",
        call("batch_get_item", RequestItems={"LEGACY": {"Keys": [KEY], "AttributesToGet": ["n"]}}),
        gives={"Responses": {"LEGACY": [item(n=5)]}, "UnprocessedKeys": {}},
        source="API Reference, KeysAndAttributes",
    ),
    case(
        "batch get: an attribute twice",
        call("batch_get_item", RequestItems={"LEGACY": {"Keys": [KEY], "AttributesToGet": ["n", "n"]}}),
        refuses=f"{INVALID}Duplicate value in attribute name: n",
        source=LOCAL,
    ),
    case(
        "batch get: attributes beside a projection",
        call(
            "batch_get_item",
            RequestItems={"LEGACY": {"Keys": [KEY], "AttributesToGet": ["n"], "ProjectionExpression": "n"}},
        ),
        source=GUIDE,
        refuses=ATTRIBUTES_AND_PROJECTION,
    ),
]
