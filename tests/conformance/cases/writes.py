"""PutItem, UpdateItem and DeleteItem: what they leave, what they give back, what they cost, what they refuse."""

from __future__ import annotations

from typing import Any

from tests.conformance.model import call, case, item, key_schema

PUT, UPDATE, DELETE = (f"API Reference, {name}" for name in ("PutItem", "UpdateItem", "DeleteItem"))
UPDATES = "Developer Guide, Using update expressions in DynamoDB"
CONDITIONS = "Developer Guide, Condition and filter expressions, operators, and functions"
NAMING = "Developer Guide, Supported data types and naming rules"
SIZES = "Developer Guide, DynamoDB item sizes and formats"
CAPACITY = "Developer Guide, DynamoDB read and write operations"
QUOTAS = "Developer Guide, Quotas in Amazon DynamoDB"
COLLECTIONS = "Developer Guide, Local secondary indexes (Item collections)"
LOCAL = "DynamoDB Local"
CAPTURED = "captured answers of the service"

TABLES: dict[str, Any] = {
    "WRITTEN": {
        "KeySchema": key_schema("pk", "sk"),
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in (("pk", "S"), ("sk", "S"), ("g", "S"), ("n", "N"))
        ],
        "BillingMode": "PAY_PER_REQUEST",
        "GlobalSecondaryIndexes": [
            {"IndexName": "Groups", "KeySchema": key_schema("g", "n"), "Projection": {"ProjectionType": "ALL"}},
            {"IndexName": "Keys", "KeySchema": key_schema("g"), "Projection": {"ProjectionType": "KEYS_ONLY"}},
        ],
        "LocalSecondaryIndexes": [
            {
                "IndexName": "Numbers",
                "KeySchema": key_schema("pk", "n"),
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["note"]},
            }
        ],
    },
    "SIMPLE": {
        "KeySchema": key_schema("pk"),
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    },
    "NUMBERED": {
        "KeySchema": key_schema("pk", "sk"),
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "N"},
            {"AttributeName": "sk", "AttributeType": "B"},
        ],
        "BillingMode": "PAY_PER_REQUEST",
    },
}
KEY = item(pk="a", sk="1")
OLD = item(
    pk="a",
    sk="1",
    s="text",
    k=5,
    l=["x", "y", "z"],
    m={"M": item(x=1, deep={"M": item(y="in")})},
    ss={"SS": ["a", "b"]},
    ns={"NS": ["1", "2"]},
    flag=True,
)
ITEMS = {"WRITTEN": [OLD], "SIMPLE": [item(pk="a", k=1)]}
INVALID = "ValidationException: One or more parameter values were invalid: "
VALIDATION = "ValidationException: "
FAILED = "ConditionalCheckFailedException: The conditional request failed"


def updates(text: str, changed: Any = None, **outcome: Any) -> Any:
    """Make a case of an update of OLD: what it makes of it (None: gone), or what it is refused with."""
    values = {f":{name}": wire for name, wire in item(**outcome.pop("values", {})).items()}
    rest = outcome.pop("rest", {})
    outcome.setdefault("source", UPDATES)
    if changed is not None:
        new = {name: value for name, value in {**OLD, **changed}.items() if value is not None}
        outcome.update(gives={"Attributes": new}, leaves={"WRITTEN": [new]})
        rest = {"ReturnValues": "ALL_NEW", **rest}
    if values:
        rest = {"ExpressionAttributeValues": values, **rest}
    return case(
        outcome.pop("name", f"update: {text} {sorted(values)}"),
        call("update_item", TableName="WRITTEN", Key=KEY, UpdateExpression=text, **rest),
        **outcome,
    )


def syntax(text: str, token: str, near: str, **outcome: Any) -> Any:
    """Make a case of an update that does not read."""
    return updates(
        text,
        source=CAPTURED,
        refuses=f'{VALIDATION}Invalid UpdateExpression: Syntax error; token: "{token}", near: "{near}"',
        **outcome,
    )


def operand_type(operator: str, kind: str, what: str = "UpdateExpression") -> str:
    """Word an operand of a type that an operator does not take."""
    return (
        f"{VALIDATION}Invalid {what}: Incorrect operand type for operator or function; operator or function: "
        f"{operator}, operand type: {kind}"
    )


def operand_set(action: str, kind: str) -> str:
    """Word an operand of ADD or DELETE of another type than they take."""
    return (
        f"{VALIDATION}Invalid UpdateExpression: Incorrect operand type for operator or function; operator: {action}, "
        f"operand type: {kind}, typeSet: ALLOWED_FOR_{action}_OPERAND"
    )


NO_ATTRIBUTE = f"{VALIDATION}The provided expression refers to an attribute that does not exist in the item"
NO_PATH = f"{VALIDATION}The document path provided in the update expression is invalid for update"
WRONG_TYPE = f"{VALIDATION}An operand in the update expression has an incorrect data type"

CASES = [
    updates("SET s = :v", item(s="new"), values={"v": "new"}),
    updates("set s = :v", item(s="new"), values={"v": "new"}, name="update: a clause in small letters"),
    updates("SET s = :v, k = :w", item(s="new", k=1), values={"v": "new", "w": 1}),
    updates("SET fresh = :v", {"fresh": {"M": {}}}, values={"v": {"M": {}}}),
    updates("SET k = k + :v", item(k=7), values={"v": 2}),
    updates("SET k = k - :v", item(k=3), values={"v": 2}),
    updates("SET k = :v + k", item(k=7), values={"v": 2}),
    updates("SET k = :v - k", item(k=-3), values={"v": 2}),
    updates("SET k = k + k", item(k=10)),
    updates("SET s = k, k = s", {"s": {"N": "5"}, "k": {"S": "text"}}),
    updates("SET k = if_not_exists(k, :v)", {}, values={"v": 9}),
    updates("SET fresh = if_not_exists(fresh, :v)", {"fresh": {"N": "9"}}, values={"v": 9}),
    updates("SET fresh = if_not_exists(fresh, :v) + :w", {"fresh": {"N": "10"}}, values={"v": 9, "w": 1}),
    updates("SET l = list_append(l, :v)", item(l=["x", "y", "z", "new"]), values={"v": ["new"]}),
    updates("SET l = list_append(:v, l)", item(l=["new", "x", "y", "z"]), values={"v": ["new"]}),
    updates("SET l = list_append(if_not_exists(nil, :v), :v)", item(l=["a", "a"]), values={"v": ["a"]}),
    updates("SET l[1] = :v", item(l=["x", "new", "z"]), values={"v": "new"}),
    updates("SET l[9] = :v", item(l=["x", "y", "z", "new"]), values={"v": "new"}),
    updates("SET l[9] = :v, l[5] = :w", item(l=["x", "y", "z", "w", "v"]), values={"v": "v", "w": "w"}),
    updates("SET m.x = :v", {"m": {"M": item(x=2, deep={"M": item(y="in")})}}, values={"v": 2}),
    updates("SET m.fresh = :v", {"m": {"M": item(x=1, deep={"M": item(y="in")}, fresh=2)}}, values={"v": 2}),
    updates("SET m.deep.y = m.x", {"m": {"M": item(x=1, deep={"M": item(y=1)})}}),
    updates("REMOVE s", {"s": None}),
    updates("REMOVE nil", {}),
    updates("REMOVE s, k", {"s": None, "k": None}),
    updates("REMOVE l[0]", item(l=["y", "z"])),
    updates("REMOVE l[0], l[2]", item(l=["y"])),
    updates("REMOVE l[7]", {}),
    updates("REMOVE m.deep", {"m": {"M": item(x=1)}}),
    updates("REMOVE l[0] SET l[1] = :v", item(l=["new", "z"]), values={"v": "new"}),
    updates("ADD k :v", item(k=7), values={"v": 2}),
    updates("ADD k :v", item(k=4), values={"v": -1}, name="ADD of -1"),
    updates("ADD fresh :v", {"fresh": {"N": "2"}}, values={"v": 2}),
    updates("ADD ss :v", {"ss": {"SS": ["a", "b", "c"]}}, values={"v": {"SS": ["b", "c"]}}),
    updates("ADD fresh :v", {"fresh": {"SS": ["a"]}}, values={"v": {"SS": ["a"]}}, name="ADD of a new set"),
    updates("ADD m.x :v", {"m": {"M": item(x=3, deep={"M": item(y="in")})}}, values={"v": 2}),
    updates("DELETE ss :v", {"ss": {"SS": ["b"]}}, values={"v": {"SS": ["a", "z"]}}),
    updates("DELETE ss :v", {"ss": None}, values={"v": {"SS": ["a", "b"]}}, name="DELETE of all members"),
    updates("DELETE nil :v", {}, values={"v": {"SS": ["a"]}}),
    updates(
        "SET s = :v REMOVE k ADD fresh :w DELETE ss :x",
        {"s": {"S": "new"}, "k": None, "fresh": {"N": "1"}, "ss": {"SS": ["b"]}},
        values={"v": "new", "w": 1, "x": {"SS": ["a"]}},
    ),
    updates("SET #s = :v", item(s="new"), values={"v": "new"}, rest={"ExpressionAttributeNames": {"#s": "s"}}),
    updates(
        "SET #d = :v", {"a.b": {"S": "new"}}, values={"v": "new"}, rest={"ExpressionAttributeNames": {"#d": "a.b"}}
    ),
    updates("SET g = :v", item(g="group"), values={"v": "group"}),
    # What is refused
    updates("SET fresh = nil", refuses=NO_ATTRIBUTE),
    updates("SET k = k + nil", refuses=NO_ATTRIBUTE),
    updates("SET nil.x = :v", refuses=NO_PATH, values={"v": 1}),
    updates("SET s.x = :v", refuses=NO_PATH, values={"v": 1}),
    updates("SET m[0] = :v", refuses=NO_PATH, values={"v": 1}),
    updates("SET l.x = :v", refuses=NO_PATH, values={"v": 1}),
    updates("REMOVE nil.x", refuses=NO_PATH),
    updates("SET k = s + :v", refuses=WRONG_TYPE, values={"v": 1}),
    updates("SET l = list_append(s, :v)", refuses=WRONG_TYPE, values={"v": []}),
    updates("ADD s :v", refuses=WRONG_TYPE, values={"v": 1}),
    updates("ADD ss :v", refuses=WRONG_TYPE, values={"v": 1}, name="ADD of a number to a set"),
    updates("DELETE ns :v", refuses=WRONG_TYPE, values={"v": {"SS": ["a"]}}),
    updates("SET k = k + :v", refuses=operand_type("+", "S"), values={"v": "a"}, name="a sum of text", source=CAPTURED),
    updates(
        "SET l = list_append(l, :v)",
        refuses=operand_type("list_append", "S"),
        values={"v": "a"},
        name="a text appended",
        source=CAPTURED,
    ),
    updates("ADD k :v", refuses=operand_set("ADD", "STRING"), values={"v": "a"}, name="ADD of text", source=CAPTURED),
    updates(
        "DELETE ss :v",
        refuses=operand_set("DELETE", "NUMBER"),
        values={"v": 1},
        name="DELETE of a number",
        source=CAPTURED,
    ),
    updates(
        "SET pk = :v",
        refuses=f"{INVALID}Cannot update attribute pk. This attribute is part of the key",
        values={"v": "x"},
    ),
    updates("REMOVE sk", refuses=f"{INVALID}Cannot update attribute sk. This attribute is part of the key"),
    updates(
        "SET g = :v",
        refuses=f"{INVALID}Type mismatch for Index Key g Expected: S Actual: N IndexName: Groups",
        values={"v": 1},
        name="an index key of another type",
        source=CAPTURED,
        differs="it does not name the index",
    ),
    updates(
        "SET g = :v",
        values={"v": ""},
        name="an empty index key",
        source=CAPTURED,
        refuses=f"{VALIDATION}One or more parameter values are not valid. The update expression attempted to "
        "update a secondary index key to a value that is not supported. The AttributeValue for a key "
        "attribute cannot contain an empty string value.",
    ),
    updates(
        "SET s = :v, s = :v",
        values={"v": 1},
        source=CAPTURED,
        refuses=f"{VALIDATION}Invalid UpdateExpression: Two document paths overlap with each other; must remove or "
        "rewrite one of these paths; path one: [s], path two: [s]",
    ),
    updates(
        "SET m = :v REMOVE m.x",
        values={"v": 1},
        source=CAPTURED,
        refuses=f"{VALIDATION}Invalid UpdateExpression: Two document paths overlap with each other; must remove or "
        "rewrite one of these paths; path one: [m], path two: [m, x]",
    ),
    updates(
        "SET s = :v SET k = :v",
        values={"v": 1},
        source=CAPTURED,
        refuses=f'{VALIDATION}Invalid UpdateExpression: The "SET" section can only be used once in an update '
        "expression;",
    ),
    updates(
        "SET s = :none",
        source=CAPTURED,
        refuses=f"{VALIDATION}Invalid UpdateExpression: An expression attribute value used in expression is not "
        "defined; attribute value: :none",
    ),
    updates(
        "SET #none = :v",
        values={"v": 1},
        source=CAPTURED,
        refuses=f"{VALIDATION}Invalid UpdateExpression: An expression attribute name used in the document path is "
        "not defined; attribute name: #none",
    ),
    updates(
        "SET s = :v",
        values={"v": 1, "unused": 2},
        source=CAPTURED,
        refuses=f"{VALIDATION}Value provided in ExpressionAttributeValues unused in expressions: keys: {{:unused}}",
    ),
    updates(
        "SET s = :v",
        values={"v": 1},
        rest={"ExpressionAttributeNames": {"#unused": "x"}},
        name="an unused name",
        source=CAPTURED,
        refuses=f"{VALIDATION}Value provided in ExpressionAttributeNames unused in expressions: keys: {{#unused}}",
    ),
    updates(
        "SET size = :v",
        values={"v": 1},
        source="Developer Guide, Reserved words in DynamoDB",
        differs="it takes it",
        refuses=f"{VALIDATION}Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: size",
    ),
    updates("", source=CAPTURED, refuses=f"{VALIDATION}Invalid UpdateExpression: The expression can not be empty;"),
    updates(
        "SET s = nothing(s)",
        source=CAPTURED,
        refuses=f"{VALIDATION}Invalid UpdateExpression: Invalid function name; function: nothing",
    ),
    updates(
        "SET s = size(s)",
        source=CAPTURED,
        refuses=f"{VALIDATION}Invalid UpdateExpression: The function is not allowed in an update expression; "
        "function: size",
    ),
    updates(
        "SET s = if_not_exists(:v, :v)",
        values={"v": 1},
        source=CAPTURED,
        refuses=f"{VALIDATION}Invalid UpdateExpression: Operator or function requires a document path; operator or "
        "function: if_not_exists",
    ),
    updates(
        "SET s = list_append(l)",
        source=CAPTURED,
        refuses=f"{VALIDATION}Invalid UpdateExpression: Incorrect number of operands for operator or function; "
        "operator or function: list_append, number of operands: 1",
    ),
    syntax("SET", "<EOF>", "SET"),
    syntax("SET s", "<EOF>", "s"),
    syntax("SET s =", "<EOF>", "="),
    syntax("SET s = :v,", "<EOF>", ",", values={"v": 1}),
    syntax("SET s = :v k", "k", ":v k", values={"v": 1}),
    syntax("PUT s = :v", "PUT", "PUT s", values={"v": 1}),
    syntax("REMOVE", "<EOF>", "REMOVE"),
    syntax("ADD k", "<EOF>", "k"),
    syntax("SET s = 5", "5", "= 5"),
    syntax("SET s == :v", "=", "== :v", values={"v": 1}),
]


def conditions(text: str, *, holds: bool | None = None, **outcome: Any) -> Any:
    """Make a case of a condition on OLD: whether it holds, or what it is refused with."""
    values = {f":{name}": wire for name, wire in item(**outcome.pop("values", {})).items()}
    rest = {"ExpressionAttributeValues": values} if values else {}
    rest.update(outcome.pop("rest", {}))
    outcome.setdefault("source", CONDITIONS)
    if holds is not None:
        outcome.update({"gives": {}, "leaves": {"WRITTEN": []}} if holds else {"refuses": FAILED, "leaves": ITEMS})
        outcome.get("leaves", {}).pop("SIMPLE", None) if holds else None
    return case(
        outcome.pop("name", f"condition: {text} {sorted(map(str, values.values()))}"),
        call("delete_item", TableName="WRITTEN", Key=KEY, ConditionExpression=text, **rest),
        **outcome,
    )


def refused(text: str, what: str, **outcome: Any) -> Any:
    """Make a case of a condition that is refused."""
    return conditions(text, source=CAPTURED, refuses=f"{VALIDATION}Invalid ConditionExpression: {what}", **outcome)


HOLD = {
    "attribute_exists(s)": {},
    "attribute_not_exists(nil)": {},
    "attribute_exists(m.deep.y)": {},
    "attribute_exists(l[2])": {},
    "attribute_not_exists(l[3])": {},
    "attribute_type(s, :v)": {"v": "S"},
    "attribute_type(m, :v)": {"v": "M"},
    "begins_with(s, :v)": {"v": "te"},
    "contains(s, :v)": {"v": "ex"},
    "contains(l, :v)": {"v": "y"},
    "contains(ss, :v)": {"v": "a"},
    "contains(ns, :v)": {"v": 2},
    "size(s) = :v": {"v": 4},
    "size(l) = :v": {"v": 3},
    "size(m) = :v": {"v": 2},
    "size(ss) > :v": {"v": 1},
    "k = :v": {"v": 5},
    "k <> :v": {"v": 6},
    "nil <> :v": {"v": 6},
    "k < :v": {"v": 6},
    "k <= :v": {"v": 5},
    "k > :v": {"v": 4},
    "k >= :v": {"v": 5},
    ":v < k": {"v": 4},
    "k BETWEEN :v AND :w": {"v": 5, "w": 9},
    "k IN (:v, :w)": {"v": 1, "w": 5},
    "NOT k = :v": {"v": 6},
    "k = :v AND s = :w": {"v": 5, "w": "text"},
    "k = :v OR s = :w": {"v": 6, "w": "text"},
    "NOT (k = :v AND s = :w)": {"v": 5, "w": "other"},
    "k = :v AND (s = :w OR flag = :x)": {"v": 5, "w": "no", "x": True},
    "m.x = :v": {"v": 1},
    "l[0] = :v": {"v": "x"},
    "m = :v": {"v": {"M": item(x=1, deep={"M": item(y="in")})}},
    "ss = :v": {"v": {"SS": ["b", "a"]}},
    "pk = :v": {"v": "a"},
    "attribute_exists(pk) and attribute_exists(sk)": {},
}
FAIL = {
    "attribute_exists(nil)": {},
    "attribute_not_exists(s)": {},
    "attribute_type(s, :v)": {"v": "N"},
    "begins_with(s, :v)": {"v": "ex"},
    "contains(s, :v)": {"v": "z"},
    "contains(ss, :v)": {"v": "z"},
    "size(nil) = :v": {"v": 0},
    "size(k) = :v": {"v": 1},
    "k = :v": {"v": "5"},
    "nil = :v": {"v": 5},
    "k < :v": {"v": "6"},
    "nil < :v": {"v": 5},
    "k BETWEEN :v AND :w": {"v": 6, "w": 9},
    "k IN (:v)": {"v": 6},
    "NOT k = :v": {"v": 5},
    "k = :v AND s = :w": {"v": 5, "w": "other"},
    "k = :v OR s = :w": {"v": 6, "w": "other"},
    "s > :v": {"v": "z"},
    "contains(k, :v)": {"v": 5},
    "begins_with(k, :v)": {"v": "5"},
}
CASES += [
    *(conditions(text, holds=True, values=values) for text, values in HOLD.items()),
    *(conditions(text, holds=False, values=values) for text, values in FAIL.items()),
    conditions(
        "k = :v",
        name="a failed condition gives the old item",
        refuses=FAILED,
        told={"Item": OLD},
        values={"v": 6},
        rest={"ReturnValuesOnConditionCheckFailure": "ALL_OLD"},
        source=DELETE,
    ),
    refused("", "The expression can not be empty;"),
    refused("k", 'Syntax error; token: "<EOF>", near: "k"'),
    refused("k =", 'Syntax error; token: "<EOF>", near: "="'),
    refused("k = :v AND", 'Syntax error; token: "<EOF>", near: "AND"', values={"v": 1}),
    refused("(k = :v", 'Syntax error; token: "<EOF>", near: ":v"', values={"v": 1}),
    refused("k = :v)", 'Syntax error; token: ")", near: ":v)"', values={"v": 1}),
    refused("((k = :v))", "The expression has redundant parentheses;", values={"v": 1}),
    refused("none_such(k)", "Invalid function name; function: none_such"),
    refused("size(k)", "The function is not allowed to be used this way in an expression; function: size"),
    refused(
        "if_not_exists(k, :v) = :v",
        "The function is not allowed in a condition expression; function: if_not_exists",
        values={"v": 1},
    ),
    refused(
        "contains(k)",
        "Incorrect number of operands for operator or function; operator or function: contains, number of operands: 1",
    ),
    refused(
        "k = k",
        "The first operand must be distinct from the remaining operands for this operator or function; "
        "operator: =, first operand: [k]",
    ),
    refused(
        "k < :v",
        "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL",
        values={"v": True},
        name="an order of flags",
    ),
    refused(
        "begins_with(s, :v)",
        "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
        values={"v": 1},
        name="a number as a prefix",
    ),
    refused(
        "attribute_type(s, :v)",
        "Invalid attribute type name found; type: X, valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}",
        values={"v": "X"},
        name="a type that there is not",
    ),
    refused(
        "attribute_exists(:v)",
        "Operator or function requires a document path; operator or function: attribute_exists",
        values={"v": "X"},
    ),
    refused(
        "k BETWEEN :v AND :w",
        "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
        "lower bound operand: AttributeValue: {N:9}, upper bound operand: AttributeValue: "
        "{N:1}",
        values={"v": 9, "w": 1},
        name="bounds swapped",
    ),
    refused("comment = :v", "Attribute name is a reserved keyword; reserved keyword: comment", values={"v": 1}),
    refused("k = :none", "An expression attribute value used in expression is not defined; attribute value: :none"),
]


def puts(name: str, **outcome: Any) -> Any:
    """Make a case of a put to the table of a partition key."""
    new = outcome.pop("new")
    rest = outcome.pop("rest", {})
    table = outcome.pop("table", "SIMPLE")
    outcome.setdefault("source", PUT)
    return case(f"put: {name}", call("put_item", TableName=table, Item=new, **rest), **outcome)


def stores(name: str, given: Any, stored: Any = None, **outcome: Any) -> Any:
    """Make a case of a value, and how it is kept."""
    outcome.setdefault("source", NAMING)
    kept = item(pk="b", v=given if stored is None else stored)
    return puts(name, new=item(pk="b", v=given), leaves={"SIMPLE": [*ITEMS["SIMPLE"], kept]}, gives={}, **outcome)


def rejects(name: str, given: Any, what: str, **outcome: Any) -> Any:
    """Make a case of a value that is refused."""
    outcome.setdefault("source", CAPTURED)
    return puts(
        name, new=item(pk="b", v=given), refuses=f"{VALIDATION}{what}", leaves={"SIMPLE": ITEMS["SIMPLE"]}, **outcome
    )


NO_NUMBER = "The parameter cannot be converted to a numeric value"
OTHER_WORDS = "it has other words for it"
OVERFLOW = "Number overflow. Attempting to store a number with magnitude larger than supported range"
UNDERFLOW = "Number underflow. Attempting to store a number with magnitude smaller than supported range"
DIGITS = "Attempting to store more than 38 significant digits in a Number"


def nested(depth: int) -> Any:
    """Make lists in lists."""
    value: Any = {"L": []}
    for _ in range(depth - 1):
        value = {"L": [value]}
    return value


CASES += [
    *(
        stores(f"the number {text}", {"N": text}, {"N": kept})
        for text, kept in (
            ("0", "0"),
            ("-0", "0"),
            ("1.0", "1"),
            ("007", "7"),
            ("+5", "5"),
            ("1e3", "1000"),
            ("1E-3", "0.001"),
            (".5", "0.5"),
            ("5.", "5"),
            ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
            ("9.9999999999999999999999999999999999999E125", "99999999999999999999999999999999999999" + "0" * 88),
            ("1E-130", "0." + "0" * 129 + "1"),
        )
    ),
    *(
        rejects(f"the number {text!r}", {"N": text}, f"{NO_NUMBER}{': ' if text else ''}{text}", differs=OTHER_WORDS)
        for text in ("", "x", "1x", "NaN", "Infinity", "1 2", "0x1", "--1", "1e", "1_0")
    ),
    *(
        rejects(f"the number {text}", {"N": text}, what)
        for text, what in (("1E126", OVERFLOW), ("-1E126", OVERFLOW), ("1E-131", UNDERFLOW), ("-1E-131", UNDERFLOW))
    ),
    *(
        rejects(f"the number {text}", {"N": text}, DIGITS, differs=OTHER_WORDS)
        for text in ("1" * 39, "0." + "1" * 39, "1" + "0" * 37 + "1.5")
    ),
    *(
        stores(f"the value {name}", value)
        for name, value in (
            ("empty text", ""),
            ("empty binary", b""),
            ("an empty list", []),
            ("an empty map", {"M": {}}),
            ("null", None),
            ("a set of binaries", {"BS": [b"a", b"b"]}),
            ("text beyond the first plane", "\U0001f600"),
            ("a deep list", nested(31)),
            ("a set with an empty text", {"SS": ["", "a"]}),
        )
    ),
    stores("a set of numbers", {"NS": ["1.0", "2"]}, {"NS": ["1", "2"]}),
    rejects(
        "an empty set of texts",
        {"SS": []},
        "One or more parameter values were invalid: An string set  may not be empty",
    ),
    rejects(
        "an empty set of numbers",
        {"NS": []},
        "One or more parameter values were invalid: An number set  may not be empty",
    ),
    rejects(
        "an empty set of binaries",
        {"BS": []},
        "One or more parameter values were invalid: Binary sets should not be empty",
    ),
    rejects(
        "a set with a text twice",
        {"SS": ["a", "a"]},
        "One or more parameter values were invalid: Input collection [a, a] contains duplicates.",
        differs="it leaves out the full stop",
    ),
    rejects("a set with a number twice", {"NS": ["1", "1.0"]}, "Input collection contains duplicates"),
    rejects(
        "a set with a binary twice",
        {"BS": [b"a", b"a"]},
        "One or more parameter values were invalid: Input collection [YQ==, YQ==]of type BS contains duplicates.",
        differs=OTHER_WORDS,
    ),
    rejects("no type", {}, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
    rejects(
        "two types",
        {"S": "a", "N": "1"},
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
    ),
    rejects(
        "a null that is false",
        {"NULL": False},
        "One or more parameter values were invalid: Null attribute value types must have the value of true",
    ),
    rejects(
        "a value that is too deep",
        nested(33),
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported "
        "limit",
        source=QUOTAS,
    ),
    rejects(
        "an empty list at level 32, which would be the 33rd",
        nested(32),
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported "
        "limit",
        source=LOCAL,
    ),
    *(
        case(
            f"update: a value that is too deep for the item: {depth} lists",
            call("update_item", TableName="WRITTEN", Key=KEY, UpdateExpression="SET s = :v",
                 ExpressionAttributeValues={":v": nested(depth)}),
            source=LOCAL,
            refuses=f"{VALIDATION}{told}",
        )
        for depth, told in (
            (32, "Nesting Levels have exceeded supported limits"),
            (33, "ExpressionAttributeValues contains invalid value: Nesting Levels have exceeded supported limits: "
             "Attributes in the item have nested levels beyond supported limit for key :v"),
        )
    ),
    rejects("an empty name", {"M": {"": {"S": "x"}}}, "Empty attribute name"),
    puts(
        "no key",
        new=item(k=1),
        refuses=f"{INVALID}Missing the key pk in the item",
        source=CAPTURED,
        differs=OTHER_WORDS,
    ),
    puts(
        "a key of another type",
        new=item(pk=1),
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses=f"{INVALID}Type mismatch for key pk expected: S actual: N",
    ),
    puts(
        "an empty key",
        new=item(pk=""),
        source=CAPTURED,
        refuses=f"{VALIDATION}One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
        "contain an empty string value. Key: pk",
    ),
    puts("a partition key of 2048 bytes", new=item(pk="x" * 2048), gives={}, source=QUOTAS),
    puts(
        "a partition key of 2049 bytes",
        new=item(pk="x" * 2049),
        source=QUOTAS,
        differs=OTHER_WORDS,
        refuses=f"{INVALID}Size of hashkey has exceeded the maximum size limit of2048 bytes",
    ),
    puts("a sort key of 1024 bytes", new=item(pk=1, sk=b"x" * 1024), table="NUMBERED", gives={}, source=QUOTAS),
    puts(
        "a sort key of 1025 bytes",
        new=item(pk=1, sk=b"x" * 1025),
        table="NUMBERED",
        source=QUOTAS,
        differs=OTHER_WORDS,
        refuses=f"{INVALID}Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
    ),
    puts("the largest item", new=item(pk="a", v="x" * (409_600 - 4)), gives={}, source=QUOTAS),
    puts(
        "an item that is too large",
        new=item(pk="a", v="x" * (409_600 - 3)),
        source=QUOTAS,
        refuses=f"{VALIDATION}Item size has exceeded the maximum allowed size",
    ),
    puts(
        "the old item is given back",
        new=item(pk="a", k=2),
        rest={"ReturnValues": "ALL_OLD"},
        gives={"Attributes": item(pk="a", k=1)},
    ),
    puts("no old item is given back", new=item(pk="b"), rest={"ReturnValues": "ALL_OLD"}, gives={}),
    *(
        puts(
            f"{values} is not for puts",
            new=item(pk="a"),
            rest={"ReturnValues": values},
            refuses=f"{VALIDATION}ReturnValues can only be ALL_OLD or NONE",
            source=CAPTURED,
            differs=OTHER_WORDS,
        )
        for values in ("ALL_NEW", "UPDATED_OLD", "UPDATED_NEW")
    ),
    puts(
        "ReturnValues that there are not",
        new=item(pk="a"),
        rest={"ReturnValues": "ALL"},
        refuses=f"{VALIDATION}1 validation error detected: Value 'ALL' at 'returnValues' failed to satisfy constraint: "
        "Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]",
        source=CAPTURED,
        differs="it fails by itself",
    ),
    puts(
        "a table that there is not",
        new=item(pk="a"),
        table="nowhere",
        source=CAPTURED,
        refuses="ResourceNotFoundException: Requested resource not found",
        differs="it says that operations on it are not possible",
    ),
    puts(
        "a name of a table that is too short",
        new=item(pk="a"),
        table="ab",
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses=f"{VALIDATION}1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: Member "
        "must have length greater than or equal to 3",
    ),
]
ASKED = {"TableName": "WRITTEN", "Key": KEY}


def returns(values: str, text: str, gives: Any, **outcome: Any) -> Any:
    """Make a case of an update's ReturnValues."""
    given = {":v": {"S": "new"}} if ":v" in text else {}
    rest = {"ExpressionAttributeValues": given} if given else {}
    return case(
        f"returns: {values} of {text}",
        call("update_item", **ASKED, UpdateExpression=text, ReturnValues=values, **rest),
        gives={"Attributes": gives} if gives else {},
        source=UPDATE,
        **outcome,
    )


NEW = {**OLD, **item(s="new")}
PARTS = "it gives the whole attribute"
CASES += [
    returns("NONE", "SET s = :v", None),
    returns("ALL_OLD", "SET s = :v", OLD),
    returns("ALL_NEW", "SET s = :v", NEW),
    returns("UPDATED_OLD", "SET s = :v", item(s="text")),
    returns("UPDATED_NEW", "SET s = :v", item(s="new")),
    returns("UPDATED_OLD", "SET fresh = :v", None),
    returns("UPDATED_NEW", "SET fresh = :v", {"fresh": {"S": "new"}}),
    returns("UPDATED_OLD", "REMOVE s", item(s="text")),
    returns("UPDATED_NEW", "REMOVE s", None),
    returns("UPDATED_NEW", "SET m.x = :v", {"m": {"M": item(x="new")}}, differs=PARTS),
    returns("UPDATED_OLD", "SET m.x = :v", {"m": {"M": item(x=1)}}, differs=PARTS),
    returns("UPDATED_NEW", "SET l[1] = :v", {"l": {"L": [{"S": "new"}]}}, differs=PARTS),
    case(
        "returns: ALL_OLD of a delete",
        call("delete_item", **ASKED, ReturnValues="ALL_OLD"),
        gives={"Attributes": OLD},
        leaves={"WRITTEN": []},
        source=DELETE,
    ),
    case(
        "returns: ALL_OLD of a delete of nothing",
        call("delete_item", TableName="WRITTEN", Key=item(pk="a", sk="2"), ReturnValues="ALL_OLD"),
        gives={},
        source=DELETE,
    ),
    case(
        "returns: ALL_NEW is not for deletes",
        call("delete_item", **ASKED, ReturnValues="ALL_NEW"),
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses=f"{VALIDATION}ReturnValues can only be ALL_OLD or NONE",
    ),
    case(
        "returns: ALL_OLD of an item that is made",
        call(
            "update_item",
            TableName="SIMPLE",
            Key=item(pk="new"),
            UpdateExpression="SET k = :v",
            ExpressionAttributeValues={":v": {"N": "1"}},
            ReturnValues="ALL_OLD",
        ),
        gives={},
        source=UPDATE,
    ),
    case(
        "returns: ALL_NEW of an update without an expression",
        call("update_item", TableName="SIMPLE", Key=item(pk="new"), ReturnValues="ALL_NEW"),
        gives={"Attributes": item(pk="new")},
        leaves={"SIMPLE": [*ITEMS["SIMPLE"], item(pk="new")]},
        source=UPDATE,
    ),
    case(
        "key: too many attributes",
        call("delete_item", TableName="WRITTEN", Key=item(pk="a", sk="1", k=1)),
        refuses=f"{VALIDATION}The provided key element does not match the schema",
        source=CAPTURED,
        differs=OTHER_WORDS,
    ),
    case(
        "key: too few attributes",
        call("update_item", TableName="WRITTEN", Key=item(pk="a")),
        source=CAPTURED,
        refuses=f"{VALIDATION}The provided key element does not match the schema",
        differs=OTHER_WORDS,
    ),
    case(
        "key: another type",
        call("delete_item", TableName="WRITTEN", Key=item(pk="a", sk=1)),
        source=CAPTURED,
        refuses=f"{VALIDATION}The provided key element does not match the schema",
        differs=OTHER_WORDS,
    ),
]


def costs(name: str, asked: Any, units: Any, **outcome: Any) -> Any:
    """Make a case of the capacity that a write takes: of the table, and of its indexes by name."""
    method, request = asked
    table = request["TableName"]
    told: dict[str, Any] = {
        "TableName": table,
        "CapacityUnits": float(sum(units.values())),
        "Table": {"CapacityUnits": float(units["Table"])},
    }
    for place, names in (("LocalSecondaryIndexes", ("Numbers",)), ("GlobalSecondaryIndexes", ("Groups", "Keys"))):
        if used := {one: {"CapacityUnits": float(units[one])} for one in names if one in units}:
            told[place] = used
    return case(
        f"cost: {name}",
        (method, {**request, "ReturnConsumedCapacity": "INDEXES"}),
        has={"ConsumedCapacity": told},
        source=CAPACITY,
        **outcome,
    )


INDEXED = item(pk="a", sk="2", g="x", n=1)
CASES += [
    costs("of a small item", call("put_item", TableName="SIMPLE", Item=item(pk="b")), {"Table": 1}),
    costs("of 1 KB", call("put_item", TableName="SIMPLE", Item=item(pk="b", v="x" * 1020)), {"Table": 1}),
    costs("of a byte more", call("put_item", TableName="SIMPLE", Item=item(pk="b", v="x" * 1022)), {"Table": 2}),
    costs(
        "of the larger of two",
        call("put_item", TableName="SIMPLE", Item=item(pk="b")),
        {"Table": 3},
        given=[call("put_item", TableName="SIMPLE", Item=item(pk="b", v="x" * 3000))],
    ),
    costs("of a delete of nothing", call("delete_item", TableName="SIMPLE", Key=item(pk="none")), {"Table": 1}),
    costs(
        "of an item in three indexes",
        call("put_item", TableName="WRITTEN", Item=INDEXED),
        {"Table": 1, "Numbers": 1, "Groups": 1, "Keys": 1},
    ),
    costs(
        "of the same item again",
        call("put_item", TableName="WRITTEN", Item=INDEXED),
        {"Table": 1},
        given=[call("put_item", TableName="WRITTEN", Item=INDEXED)],
    ),
    costs(
        "of another index key",
        call("put_item", TableName="WRITTEN", Item={**INDEXED, **item(g="y")}),
        {"Table": 1, "Groups": 2, "Keys": 2},
        given=[call("put_item", TableName="WRITTEN", Item=INDEXED)],
    ),
    costs(
        "of an attribute that one index holds",
        call("put_item", TableName="WRITTEN", Item={**INDEXED, **item(k=1)}),
        {"Table": 1, "Groups": 1},
        given=[call("put_item", TableName="WRITTEN", Item=INDEXED)],
    ),
    costs(
        "of a delete",
        call("delete_item", TableName="WRITTEN", Key=item(pk="a", sk="2")),
        {"Table": 1, "Numbers": 1, "Groups": 1, "Keys": 1},
        given=[call("put_item", TableName="WRITTEN", Item=INDEXED)],
    ),
    case(
        "cost: in all",
        call("put_item", TableName="SIMPLE", Item=item(pk="b"), ReturnConsumedCapacity="TOTAL"),
        gives={"ConsumedCapacity": {"TableName": "SIMPLE", "CapacityUnits": 1.0}},
        source=PUT,
    ),
    case(
        "cost: nil",
        call("put_item", TableName="SIMPLE", Item=item(pk="b"), ReturnConsumedCapacity="NONE"),
        gives={},
        source=PUT,
    ),
    case(
        "cost: a report that there is not",
        call("put_item", TableName="SIMPLE", Item=item(pk="b"), ReturnConsumedCapacity="SOME"),
        source=CAPTURED,
        refuses=f"{VALIDATION}1 validation error detected: Value 'SOME' at 'returnConsumedCapacity' failed to satisfy "
        "constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]",
        differs="it takes it",
    ),
]
UNTOLD = "it tells no sizes of collections"
METRICS = {"ItemCollectionKey": item(pk="a"), "SizeEstimateRangeGB": [0.0, 1.0]}
SIZE = {"ReturnItemCollectionMetrics": "SIZE"}
CASES += [
    case(
        "collections: of a put",
        call("put_item", TableName="WRITTEN", Item=KEY, **SIZE),
        gives={"ItemCollectionMetrics": METRICS},
        source=COLLECTIONS,
        differs=UNTOLD,
    ),
    case(
        "collections: of a delete",
        call("delete_item", **ASKED, **SIZE),
        gives={"ItemCollectionMetrics": METRICS},
        source=COLLECTIONS,
        differs=UNTOLD,
    ),
    case(
        "collections: of an update",
        call("update_item", **ASKED, UpdateExpression="REMOVE s", **SIZE),
        gives={"ItemCollectionMetrics": METRICS},
        source=COLLECTIONS,
        differs=UNTOLD,
    ),
    case("collections: not asked for", call("put_item", TableName="WRITTEN", Item=KEY), gives={}, source=COLLECTIONS),
    case(
        "collections: of a table without local indexes",
        call("put_item", TableName="SIMPLE", Item=item(pk="a"), **SIZE),
        gives={},
        source=COLLECTIONS,
    ),
    case(
        "collections: of a batch",
        call(
            "batch_write_item",
            **SIZE,
            RequestItems={
                "WRITTEN": [{"PutRequest": {"Item": KEY}}, {"DeleteRequest": {"Key": item(pk="b", sk="1")}}],
                "SIMPLE": [{"PutRequest": {"Item": item(pk="a")}}],
            },
        ),
        source=COLLECTIONS,
        differs=UNTOLD,
        gives={
            "UnprocessedItems": {},
            "ItemCollectionMetrics": {"WRITTEN": [METRICS, {**METRICS, "ItemCollectionKey": item(pk="b")}]},
        },
    ),
    case(
        "collections: of a transaction",
        call(
            "transact_write_items",
            **SIZE,
            TransactItems=[
                {"Put": {"TableName": "WRITTEN", "Item": KEY}},
                {"Delete": {"TableName": "SIMPLE", "Key": item(pk="a")}},
            ],
        ),
        source=COLLECTIONS,
        differs=UNTOLD,
        gives={"ItemCollectionMetrics": {"WRITTEN": [METRICS]}},
    ),
    case(
        "collections: a wish that there is not",
        call("put_item", TableName="SIMPLE", Item=item(pk="b"), ReturnItemCollectionMetrics="COUNT"),
        source=CAPTURED,
        refuses=f"{VALIDATION}1 validation error detected: Value 'COUNT' at 'returnItemCollectionMetrics' failed to "
        "satisfy constraint: Member must satisfy enum value set: [SIZE, NONE]",
        differs="it takes it",
    ),
]
