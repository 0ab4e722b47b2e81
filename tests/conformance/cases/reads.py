"""GetItem, Query and Scan: keys, indexes, filters, projections, pages, segments."""

from __future__ import annotations

from typing import Any

from tests.conformance.model import call, case, item, items, key_schema

GET, QUERY, SCAN = (f"API Reference, {name}" for name in ("GetItem", "Query", "Scan"))
KEYS = "Developer Guide, Key condition expressions for the Query operation in DynamoDB"
PAGES = "Developer Guide, Paginating table query results in DynamoDB"
PARALLEL = "Developer Guide, Scanning tables in DynamoDB (Parallel scan)"
PROJECTIONS = "Developer Guide, Using projection expressions in DynamoDB"
GLOBAL = "Developer Guide, Using Global Secondary Indexes in DynamoDB"
LOCAL_INDEXES = "Developer Guide, Local secondary indexes"
MULTI = "Developer Guide, Multi-attribute keys pattern"
CAPACITY = "Developer Guide, DynamoDB read and write operations"
CAPTURED = "captured answers of the service"
LOCAL = "DynamoDB Local"

TABLES: dict[str, Any] = {
    "READ": {
        "KeySchema": key_schema("pk", "sk"),
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in (("pk", "S"), ("sk", "S"), ("g", "S"), ("n", "N"), ("b", "B"))
        ],
        "BillingMode": "PAY_PER_REQUEST",
        "GlobalSecondaryIndexes": [
            {"IndexName": "Groups", "KeySchema": key_schema("g", "n"), "Projection": {"ProjectionType": "ALL"}},
            {"IndexName": "Keys", "KeySchema": key_schema("g", "sk"), "Projection": {"ProjectionType": "KEYS_ONLY"}},
            {
                "IndexName": "Some",
                "KeySchema": key_schema("b"),
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["note"]},
            },
        ],
        "LocalSecondaryIndexes": [
            {"IndexName": "Numbers", "KeySchema": key_schema("pk", "n"), "Projection": {"ProjectionType": "KEYS_ONLY"}}
        ],
    },
    "PLAIN": {
        "KeySchema": key_schema("pk", "sk"),
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"},
        ],
        "BillingMode": "PAY_PER_REQUEST",
    },
    "MULTI": {
        "KeySchema": key_schema("pk"),
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in (("pk", "S"), ("a", "S"), ("b", "N"), ("c", "S"), ("d", "N"))
        ],
        "BillingMode": "PAY_PER_REQUEST",
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "Several",
                "Projection": {"ProjectionType": "ALL"},
                "KeySchema": [
                    {"AttributeName": "a", "KeyType": "HASH"},
                    {"AttributeName": "b", "KeyType": "HASH"},
                    {"AttributeName": "c", "KeyType": "RANGE"},
                    {"AttributeName": "d", "KeyType": "RANGE"},
                ],
            }
        ],
    },
}
ONE = item(pk="p", sk="a", g="x", n=3, b=b"z", note="first", m={"M": item(x=1, y="two", deep=["k"])}, l=["a", "b", "c"])
TWO = item(pk="p", sk="ab", g="x", n=1, b=b"y", other="second")
THREE = item(pk="p", sk="b", g="y", n=2, m={"M": item(x=2)})
FOUR = item(pk="p", sk="é")
NUMBERS = [item(pk="p", sk={"N": text}) for text in ("-100", "-9.5", "-1", "0", "0.001", "1", "9.5", "10", "1E+30")]
SEVERAL = [
    item(pk=f"{number}", a="x", b=1, c=c, d=d)
    for number, (c, d) in enumerate((("a", -5), ("a", 2), ("a", 10), ("aa", 1), ("b", 7)))
]
PART = item(pk="part", a="x", b=1, c="a")
ITEMS = {"READ": [ONE, TWO, THREE, FOUR], "PLAIN": NUMBERS, "MULTI": [*SEVERAL, PART]}
ALL = (ONE, TWO, THREE, FOUR)
KEY = item(pk="p", sk="a")
VALIDATION = "ValidationException: "
INVALID = f"{VALIDATION}One or more parameter values were invalid: "
OTHER_WORDS = "it has other words for it"


def parameters(values: Any, names: Any = None) -> dict[str, Any]:
    """Give the values and names of an expression."""
    found: dict[str, Any] = {}
    if values:
        found["ExpressionAttributeValues"] = {f":{name}": value for name, value in item(**values).items()}
    if names:
        found["ExpressionAttributeNames"] = names
    return found


def reads(method: str, table: str, name: str, *found: Any, **outcome: Any) -> Any:
    """Make a case of a query or a scan, and the items that it finds."""
    rest = {**parameters(outcome.pop("values", {}), outcome.pop("names", None)), **outcome.pop("rest", {})}
    if "refuses" not in outcome and "gives" not in outcome and "has" not in outcome:
        outcome["gives"] = items(*found, scanned=outcome.pop("scanned", None))
    return case(f"{method}: {name}", call(method, TableName=table, **rest), **outcome)


def queries(condition: str, *found: Any, **outcome: Any) -> Any:
    """Make a case of a query by its key condition."""
    outcome.setdefault("source", KEYS)
    values = outcome.setdefault("values", {})
    rest = {"KeyConditionExpression": condition, **outcome.pop("rest", {})}
    name = outcome.pop("name", f"{condition} {sorted(map(str, values.items()))}")
    return reads("query", outcome.pop("table", "READ"), name, *found, rest=rest, **outcome)


P = {"p": "p"}
X = {"g": "x"}
UNSUPPORTED = f"{VALIDATION}Query key condition not supported"
MISSED = f"{VALIDATION}Query condition missed key schema element: "
OPERATOR = f"{VALIDATION}Invalid operator used in KeyConditionExpression: "
SHORT = "it does not name the attribute"

CASES = [
    case("get: an item", call("get_item", TableName="READ", Key=KEY), gives={"Item": ONE}, source=GET),
    case("get: nothing", call("get_item", TableName="READ", Key=item(pk="p", sk="none")), gives={}, source=GET),
    *(
        case(
            f"get: {text}",
            call("get_item", TableName="READ", Key=KEY, ProjectionExpression=text),
            gives={"Item": cut},
            source=PROJECTIONS,
        )
        for text, cut in (
            ("note", item(note="first")),
            ("note, n", item(note="first", n=3)),
            ("nowhere", {}),
            ("m.x", {"m": {"M": item(x=1)}}),
            ("m.deep[0]", {"m": {"M": item(deep=["k"])}}),
            ("m.nowhere", {}),
            ("l[1]", item(l=["b"])),
            ("l[2], l[0]", item(l=["a", "c"])),
            ("l[9]", {}),
            ("m.x, m.y", {"m": {"M": item(x=1, y="two")}}),
            ("note.x", {}),
        )
    ),
    case(
        "get: by a name",
        call(
            "get_item",
            TableName="READ",
            Key=KEY,
            ProjectionExpression="#n.#x",
            ExpressionAttributeNames={"#n": "m", "#x": "x"},
        ),
        gives={"Item": {"m": {"M": item(x=1)}}},
        source=PROJECTIONS,
    ),
    *(
        case(
            f"get refused: {text}",
            call("get_item", TableName="READ", Key=KEY, ProjectionExpression=text),
            refuses=f"{VALIDATION}Invalid ProjectionExpression: {what}",
            source=CAPTURED,
            differs=differs,
        )
        for text, what, differs in (
            ("", "The expression can not be empty;", None),
            ("note,", 'Syntax error; token: "<EOF>", near: ","', None),
            ("note n", 'Syntax error; token: "n", near: "note n"', None),
            ("m[x]", 'Syntax error; token: "x", near: "[x]"', None),
            (
                "m.x, m",
                "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: "
                "[m, x], path two: [m]",
                None,
            ),
            (
                "note, note",
                "Two document paths overlap with each other; must remove or rewrite one of these paths; path "
                "one: [note], path two: [note]",
                None,
            ),
            ("date", "Attribute name is a reserved keyword; reserved keyword: date", None),
            (
                "#none",
                "An expression attribute name used in the document path is not defined; attribute name: #none",
                None,
            ),
        )
    ),
    case(
        "get: names without an expression",
        call("get_item", TableName="READ", Key=KEY, ExpressionAttributeNames={"#n": "note"}),
        source=CAPTURED,
        refuses=f"{VALIDATION}ExpressionAttributeNames can only be specified when using expressions",
    ),
    case(
        "get: a path into a key",
        call("get_item", TableName="READ", Key=KEY, ProjectionExpression="pk.x"),
        source=LOCAL,
        refuses=f"{VALIDATION}Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "
        "Key: pk",
    ),
    case(
        "get: a key that does not fit",
        call("get_item", TableName="READ", Key=item(pk="p")),
        source=CAPTURED,
        refuses=f"{VALIDATION}The provided key element does not match the schema",
        differs=OTHER_WORDS,
    ),
    case(
        "get: an empty key",
        call("get_item", TableName="READ", Key=item(pk="", sk="a")),
        source=CAPTURED,
        refuses=f"{VALIDATION}One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
        "contain an empty string value. Key: pk",
    ),
    *(
        case(
            f"get: cost {consistent} {size}",
            call(
                "get_item",
                TableName="PLAIN",
                Key=item(pk="big", sk=1),
                ConsistentRead=consistent,
                ReturnConsumedCapacity="TOTAL",
            ),
            given=[call("put_item", TableName="PLAIN", Item=item(pk="big", sk=1, v="x" * size))],
            source=CAPACITY,
            has={"ConsumedCapacity": {"TableName": "PLAIN", "CapacityUnits": units}},
        )
        for consistent, size, units in (
            (True, 10, 1.0),
            (False, 10, 0.5),
            (True, 4084, 1.0),
            (True, 4090, 2.0),
            (False, 4090, 1.0),
            (True, 8200, 3.0),
        )
    ),
    # Keys of a query
    queries("pk = :p", *ALL, values=P),
    queries("pk = :p", values={"p": "none"}),
    queries("pk = :p AND sk = :s", TWO, values={**P, "s": "ab"}),
    queries("sk = :s AND pk = :p", TWO, values={**P, "s": "ab"}),
    queries(":p = pk", *ALL, values=P, source=LOCAL),
    queries("pk = :p AND sk < :s", ONE, TWO, values={**P, "s": "b"}),
    queries("pk = :p AND sk <= :s", ONE, TWO, THREE, values={**P, "s": "b"}),
    queries("pk = :p AND sk > :s", TWO, THREE, FOUR, values={**P, "s": "a"}),
    queries("pk = :p AND sk >= :s", FOUR, values={**P, "s": "c"}),
    queries("pk = :p AND sk BETWEEN :s AND :t", TWO, THREE, values={**P, "s": "aa", "t": "b"}),
    queries("pk = :p AND begins_with(sk, :s)", ONE, TWO, values={**P, "s": "a"}),
    queries("(pk = :p) AND (sk > :s)", FOUR, values={**P, "s": "b"}, source=LOCAL),
    queries("pk = :p", *reversed(ALL), values=P, rest={"ScanIndexForward": False}, name="backwards", source=QUERY),
    queries(
        "pk = :p",
        *NUMBERS,
        values=P,
        table="PLAIN",
        name="numbers in their order",
        source="Developer Guide, Supported data types and naming rules",
    ),
    queries(
        "pk = :p AND sk > :s", *NUMBERS[6:], values={**P, "s": {"N": "1.00"}}, table="PLAIN", name="numbers above 1"
    ),
    queries(
        "pk = :p AND sk BETWEEN :s AND :t",
        *NUMBERS[1:4],
        values={**P, "s": {"N": "-9.50"}, "t": 0},
        table="PLAIN",
        name="numbers between",
    ),
    queries("sk = :s", values={"s": "a"}, refuses=f"{MISSED}pk", differs=SHORT),
    queries("pk > :p", values=P, refuses=UNSUPPORTED),
    queries("begins_with(pk, :p)", values=P, refuses=UNSUPPORTED),
    queries("pk = :p AND n = :n", values={**P, "n": 1}, refuses=f"{MISSED}sk", differs=SHORT),
    queries("pk = :p OR sk = :s", values={**P, "s": "a"}, refuses=f"{OPERATOR}OR"),
    queries("pk = :p AND NOT sk = :s", values={**P, "s": "a"}, refuses=f"{OPERATOR}NOT"),
    queries("pk = :p AND sk <> :s", values={**P, "s": "a"}, refuses=f"{OPERATOR}<>"),
    queries("pk = :p AND sk IN (:s)", values={**P, "s": "a"}, refuses=f"{OPERATOR}IN"),
    queries("pk = :p AND contains(sk, :s)", values={**P, "s": "a"}, refuses=f"{OPERATOR}contains"),
    queries("pk = :p AND attribute_exists(sk)", values=P, refuses=f"{OPERATOR}attribute_exists"),
    queries(
        "pk = :p AND size(sk) = :s",
        values={**P, "s": 1},
        source=LOCAL,
        refuses=f"{VALIDATION}KeyConditionExpressions cannot contain nested operations",
    ),
    queries(
        "pk = :p AND sk > :s AND sk < :t",
        values={**P, "s": "a", "t": "b"},
        source=CAPTURED,
        refuses=f"{VALIDATION}KeyConditionExpressions must only contain one condition per key",
    ),
    queries(
        "pk = sk",
        values={},
        source=CAPTURED,
        refuses=f"{VALIDATION}Invalid condition in KeyConditionExpression: "
        "Multiple attribute names used in one condition",
    ),
    queries("pk = :p", values={"p": 1}, refuses=f"{INVALID}Condition parameter type does not match schema type"),
    queries(
        "pk = :p AND sk = :s",
        values={**P, "s": 1},
        refuses=f"{INVALID}Condition parameter type does not match schema type",
    ),
    queries(
        "pk = :p",
        values={"p": ""},
        source=CAPTURED,
        refuses=f"{VALIDATION}One or more parameter values are not valid. The AttributeValue for a key attribute "
        "cannot contain an empty string value. Key: pk",
    ),
    queries(
        "pk = :p AND sk BETWEEN :s AND :t",
        values={**P, "s": "b", "t": "a"},
        source=CAPTURED,
        refuses=f"{VALIDATION}Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater "
        "than or equal to lower bound; lower bound operand: AttributeValue: {S:b}, upper bound operand: "
        "AttributeValue: {S:a}",
    ),
    queries(
        "", refuses=f"{VALIDATION}Invalid KeyConditionExpression: The expression can not be empty;", source=CAPTURED
    ),
    queries(
        "pk = :p",
        values={**P, "unused": 1},
        source=CAPTURED,
        refuses=f"{VALIDATION}Value provided in ExpressionAttributeValues unused in expressions: keys: {{:unused}}",
    ),
    # Filters, projections, Select
    queries(
        "pk = :p",
        ONE,
        THREE,
        values={**P, "n": 2},
        rest={"FilterExpression": "n >= :n"},
        scanned=4,
        name="a filter",
        source=QUERY,
    ),
    queries(
        "pk = :p",
        FOUR,
        values=P,
        rest={"FilterExpression": "attribute_not_exists(n)"},
        scanned=4,
        name="a filter on what is missing",
        source=QUERY,
    ),
    queries(
        "pk = :p",
        values={**P, "s": "a"},
        rest={"FilterExpression": "sk > :s"},
        name="a filter on a key",
        source=CAPTURED,
        refuses=f"{VALIDATION}Filter Expression can only contain non-primary key attributes: Primary key attribute: sk",
    ),
    queries(
        "pk = :p",
        item(n=3),
        item(n=1),
        item(n=2),
        {},
        values=P,
        rest={"ProjectionExpression": "n"},
        name="a projection",
        source=QUERY,
    ),
    queries(
        "pk = :p",
        values=P,
        rest={"Select": "COUNT"},
        gives={"Count": 4, "ScannedCount": 4},
        name="a count",
        source=QUERY,
    ),
    queries(
        "pk = :p",
        values={**P, "n": 1},
        rest={"Select": "COUNT", "FilterExpression": "n > :n"},
        gives={"Count": 2, "ScannedCount": 4},
        name="a filtered count",
        source=QUERY,
    ),
    queries(
        "pk = :p",
        values=P,
        rest={"Select": "COUNT", "ProjectionExpression": "n"},
        name="a count and a projection",
        source=CAPTURED,
        refuses=f"{VALIDATION}Cannot specify the ProjectionExpression when choosing to get only the Count",
    ),
    queries(
        "pk = :p",
        values=P,
        rest={"Select": "ALL_ATTRIBUTES", "ProjectionExpression": "n"},
        source=CAPTURED,
        name="everything and a projection",
        refuses=f"{VALIDATION}Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES",
    ),
    queries(
        "pk = :p",
        values=P,
        rest={"Select": "SPECIFIC_ATTRIBUTES"},
        name="nothing named",
        source=CAPTURED,
        refuses=f"{VALIDATION}Must specify the AttributesToGet or ProjectionExpression when choosing to get "
        "SPECIFIC_ATTRIBUTES",
    ),
    queries(
        "pk = :p",
        values=P,
        rest={"Select": "ALL_PROJECTED_ATTRIBUTES"},
        name="projected attributes of a table",
        source=CAPTURED,
        refuses=f"{VALIDATION}ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
    ),
    queries(
        "pk = :p",
        values=P,
        rest={"Select": "NOTHING"},
        name="a Select that there is not",
        source=CAPTURED,
        differs="it fails by itself",
        refuses=f"{VALIDATION}1 validation error detected: Value 'NOTHING' at 'select' failed to satisfy constraint: "
        "Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, "
        "ALL_PROJECTED_ATTRIBUTES]",
    ),
    # Indexes
    queries(
        "g = :g", TWO, ONE, values=X, rest={"IndexName": "Groups"}, name="a global index in its order", source=GLOBAL
    ),
    queries(
        "g = :g AND n > :n",
        ONE,
        values={**X, "n": 1},
        rest={"IndexName": "Groups"},
        name="a global index above 1",
        source=GLOBAL,
    ),
    queries(
        "g = :g",
        ONE,
        TWO,
        values=X,
        rest={"IndexName": "Groups", "ScanIndexForward": False},
        name="a global index backwards",
        source=GLOBAL,
    ),
    queries(
        "g = :g",
        item(pk="p", sk="a", g="x"),
        item(pk="p", sk="ab", g="x"),
        values=X,
        rest={"IndexName": "Keys"},
        name="an index of keys",
        source=GLOBAL,
    ),
    queries(
        "b = :b",
        item(pk="p", sk="a", b=b"z", note="first"),
        values={"b": b"z"},
        rest={"IndexName": "Some"},
        name="an index of some attributes",
        source=GLOBAL,
    ),
    queries(
        "g = :g",
        values=X,
        rest={"IndexName": "Keys", "ProjectionExpression": "note"},
        source=GLOBAL,
        name="what a global index does not hold",
        refuses=f"{INVALID}Global secondary index Keys does not project [note]",
    ),
    queries(
        "g = :g",
        values=X,
        rest={"IndexName": "Keys", "Select": "ALL_ATTRIBUTES"},
        source=GLOBAL,
        name="everything of a global index that has not all",
        refuses=f"{INVALID}Select type ALL_ATTRIBUTES is not supported for global secondary index Keys because its "
        "projection type is not ALL",
    ),
    queries(
        "g = :g",
        values={**X, "n": 1},
        rest={"IndexName": "Keys", "FilterExpression": "n = :n"},
        source=GLOBAL,
        name="a filter on what a global index does not hold",
        refuses=f"{INVALID}Secondary index Keys does not project one or more filter attributes: [n]",
    ),
    queries(
        "g = :g",
        values=X,
        rest={"IndexName": "Groups", "ConsistentRead": True},
        source=GLOBAL,
        name="a consistent read of a global index",
        refuses=f"{VALIDATION}Consistent reads are not supported on global secondary indexes",
    ),
    queries(
        "pk = :p",
        values=P,
        rest={"IndexName": "Nowhere"},
        name="an index that there is not",
        source=CAPTURED,
        refuses=f"{VALIDATION}The table does not have the specified index: Nowhere",
    ),
    queries(
        "pk = :p",
        item(pk="p", sk="ab", n=1),
        item(pk="p", sk="b", n=2),
        item(pk="p", sk="a", n=3),
        values=P,
        rest={"IndexName": "Numbers", "ConsistentRead": True},
        name="a local index",
        source=LOCAL_INDEXES,
    ),
    queries(
        "pk = :p",
        TWO,
        THREE,
        ONE,
        values=P,
        rest={"IndexName": "Numbers", "Select": "ALL_ATTRIBUTES"},
        name="everything of a local index",
        source=LOCAL_INDEXES,
    ),
    queries(
        "pk = :p AND n = :n",
        item(note="first"),
        values={**P, "n": 3},
        source=LOCAL_INDEXES,
        rest={"IndexName": "Numbers", "ProjectionExpression": "note"},
        name="what a local index fetches",
    ),
    queries(
        "pk = :p AND n = :n",
        values={**P, "n": 3},
        source=LOCAL_INDEXES,
        name="the cost of fetching",
        rest={"IndexName": "Numbers", "ProjectionExpression": "note", "ReturnConsumedCapacity": "INDEXES"},
        has={
            "ConsumedCapacity": {
                "CapacityUnits": 1.0,
                "Table": {"CapacityUnits": 0.5},
                "LocalSecondaryIndexes": {"Numbers": {"CapacityUnits": 0.5}},
            }
        },
    ),
    queries(
        "g = :g",
        values=X,
        rest={"IndexName": "Keys", "ReturnConsumedCapacity": "INDEXES"},
        name="the cost of an index",
        source=CAPACITY,
        has={
            "ConsumedCapacity": {
                "CapacityUnits": 0.5,
                "Table": {"CapacityUnits": 0.0},
                "GlobalSecondaryIndexes": {"Keys": {"CapacityUnits": 0.5}},
            }
        },
    ),
    # Pages
    queries(
        "pk = :p",
        values=P,
        rest={"Limit": 2},
        name="a page",
        source=PAGES,
        gives=items(ONE, TWO, LastEvaluatedKey=item(pk="p", sk="ab")),
    ),
    queries(
        "pk = :p",
        THREE,
        FOUR,
        values=P,
        rest={"ExclusiveStartKey": item(pk="p", sk="ab")},
        name="the next page",
        source=PAGES,
    ),
    queries(
        "pk = :p",
        THREE,
        FOUR,
        values=P,
        rest={"ExclusiveStartKey": item(pk="p", sk="az")},
        name="a page after an item that is gone",
        source=PAGES,
    ),
    queries(
        "pk = :p",
        ONE,
        values=P,
        rest={"ExclusiveStartKey": item(pk="p", sk="ab"), "ScanIndexForward": False},
        name="a page backwards",
        source=PAGES,
    ),
    queries(
        "pk = :p",
        values=P,
        rest={"Limit": 4},
        name="a page that ends with the last item",
        source=PAGES,
        gives=items(*ALL, LastEvaluatedKey=item(pk="p", sk="é")),
    ),
    queries(
        "pk = :p",
        values={**P, "n": 2},
        rest={"Limit": 2, "FilterExpression": "n = :n"},
        source=PAGES,
        name="a page without a match",
        gives=items(scanned=2, LastEvaluatedKey=item(pk="p", sk="ab")),
    ),
    queries(
        "g = :g",
        values=X,
        rest={"IndexName": "Groups", "Limit": 1},
        name="a page of an index",
        source=PAGES,
        gives=items(TWO, LastEvaluatedKey=item(pk="p", sk="ab", g="x", n=1)),
    ),
    queries(
        "g = :g",
        ONE,
        values=X,
        name="the next page of an index",
        source=PAGES,
        rest={"IndexName": "Groups", "ExclusiveStartKey": item(pk="p", sk="ab", g="x", n=1)},
    ),
    queries(
        "pk = :p",
        values=P,
        rest={"ExclusiveStartKey": item(pk="q", sk="a")},
        name="a page of another partition",
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses=f"{VALIDATION}The provided starting key is outside query boundaries based on provided conditions",
    ),
    queries(
        "pk = :p AND sk > :s",
        values={**P, "s": "b"},
        rest={"ExclusiveStartKey": item(pk="p", sk="a")},
        name="a page before the bounds",
        source=CAPTURED,
        refuses=f"{VALIDATION}The provided starting key does not match the range key predicate",
    ),
    queries(
        "pk = :p AND sk BETWEEN :a AND :b",
        values={**P, "a": "a", "b": "b"},
        rest={"ExclusiveStartKey": item(pk="p", sk="b")},
        name="a page after the upper bound of BETWEEN, where the one before may have ended",
        source=PAGES,
        differs="it refuses such a start",
        gives=items(),
    ),
    queries(
        "pk = :p",
        values=P,
        rest={"ExclusiveStartKey": item(pk="p")},
        name="half a key to start",
        source=CAPTURED,
        refuses=f"{VALIDATION}The provided starting key is invalid",
        differs=OTHER_WORDS,
    ),
    queries(
        "g = :g",
        values=X,
        rest={"IndexName": "Groups", "ExclusiveStartKey": KEY},
        source=CAPTURED,
        name="a key without the index's to start",
        refuses=f"{VALIDATION}The provided starting key is invalid",
    ),
    queries(
        "pk = :p",
        values={"p": "big"},
        table="PLAIN",
        name="a page of 1 MB",
        source=PAGES,
        given=[call("put_item", TableName="PLAIN", Item=item(pk="big", sk=n, v="x" * 300_000)) for n in range(5)],
        has={"Count": 4, "ScannedCount": 4, "LastEvaluatedKey": item(pk="big", sk=3)},
    ),
    queries(
        "pk = :p",
        values={"p": "big"},
        table="PLAIN",
        name="1 MB is counted before a projection",
        source=PAGES,
        given=[call("put_item", TableName="PLAIN", Item=item(pk="big", sk=n, v="x" * 300_000)) for n in range(5)],
        rest={"ProjectionExpression": "sk"},
        gives=items(*(item(sk=n) for n in range(4)), LastEvaluatedKey=item(pk="big", sk=3)),
    ),
    # Scans
    reads("scan", "READ", "everything", *ALL, source=SCAN),
    reads(
        "scan",
        "READ",
        "a filter on a key",
        TWO,
        scanned=4,
        values={"s": "ab"},
        rest={"FilterExpression": "sk = :s"},
        source=SCAN,
    ),
    reads(
        "scan",
        "READ",
        "a projection",
        item(n=3),
        item(n=1),
        item(n=2),
        {},
        rest={"ProjectionExpression": "n"},
        source=SCAN,
    ),
    reads("scan", "READ", "a count", rest={"Select": "COUNT"}, gives={"Count": 4, "ScannedCount": 4}, source=SCAN),
    reads(
        "scan",
        "READ",
        "a page",
        rest={"Limit": 3},
        gives=items(ONE, TWO, THREE, LastEvaluatedKey=item(pk="p", sk="b")),
        source=PAGES,
    ),
    reads("scan", "READ", "the next page", FOUR, rest={"ExclusiveStartKey": item(pk="p", sk="b")}, source=PAGES),
    reads(
        "scan",
        "READ",
        "a sparse index",
        item(pk="p", sk="ab", b=b"y"),
        item(pk="p", sk="a", b=b"z", note="first"),
        rest={"IndexName": "Some"},
        source=GLOBAL,
    ),
    reads("scan", "READ", "the only segment", *ALL, rest={"Segment": 0, "TotalSegments": 1}, source=PARALLEL),
    *(
        reads(
            "scan",
            "READ",
            f"segments {segment} of {total}",
            source=CAPTURED,
            refuses=f"{VALIDATION}{what}",
            differs=None if total == 1_000_001 else OTHER_WORDS,
            rest={name: value for name, value in (("Segment", segment), ("TotalSegments", total)) if value is not None},
        )
        for segment, total, what in (
            (
                0,
                None,
                "The TotalSegments parameter is required but was not present in the request when Segment parameter is "
                "present",
            ),
            (
                None,
                1,
                "The Segment parameter is required but was not present in the request when parameter TotalSegments is "
                "present",
            ),
            (
                2,
                2,
                "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 2 is not "
                "less than TotalSegments: 2",
            ),
            (
                0,
                1_000_001,
                "1 validation error detected: Value '1000001' at 'totalSegments' failed to satisfy constraint: "
                "Member must have value less than or equal to 1000000",
            ),
        )
    ),
    reads(
        "scan",
        "READ",
        "an unknown index",
        rest={"IndexName": "Nowhere"},
        source=CAPTURED,
        refuses=f"{VALIDATION}The table does not have the specified index: Nowhere",
    ),
    reads(
        "scan",
        "READ",
        "a consistent scan of a global index",
        rest={"IndexName": "Groups", "ConsistentRead": True},
        source=GLOBAL,
        refuses=f"{VALIDATION}Consistent reads are not supported on global secondary indexes",
    ),
    case(
        "scan: a table that there is not",
        call("scan", TableName="nowhere"),
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses="ResourceNotFoundException: Requested resource not found",
    ),
]
AB = {"a": "x", "b": 1}


def several(condition: str, *places: int, **outcome: Any) -> Any:
    """Make a case of a query of the index of several attributes; found are the items by number."""
    rest = {"IndexName": "Several", **outcome.pop("rest", {})}
    return queries(condition, *(SEVERAL[place] for place in places), table="MULTI", rest=rest, source=MULTI, **outcome)


CASES += [
    several("a = :a AND b = :b", 0, 1, 2, 3, 4, values=AB),
    several("a = :a AND b = :b", 4, 3, 2, 1, 0, values=AB, rest={"ScanIndexForward": False}, name="several backwards"),
    several("a = :a AND b = :b AND c = :c", 0, 1, 2, values={**AB, "c": "a"}),
    several("a = :a AND b = :b AND c > :c", 3, 4, values={**AB, "c": "a"}),
    several("a = :a AND b = :b AND begins_with(c, :c)", 0, 1, 2, 3, values={**AB, "c": "a"}),
    several("a = :a AND b = :b AND c = :c AND d = :d", 1, values={**AB, "c": "a", "d": 2}),
    several("a = :a AND b = :b AND c = :c AND d >= :d", 1, 2, values={**AB, "c": "a", "d": 2}),
    several("a = :a AND b = :b AND c = :c AND d BETWEEN :d AND :e", 0, 1, values={**AB, "c": "a", "d": -9, "e": 3}),
    several("a = :a AND b = :b", values={"a": "x", "b": 2}),
    *(
        several(
            condition,
            values={name: value for name, value in {**AB, "c": "a", "d": 1}.items() if f":{name}" in condition},
            refuses=f"{VALIDATION}HASH key attributes {missed} must have equality conditions specified in the query",
        )
        for condition, missed in (
            ("a = :a", "b"),
            ("c = :c", "a, b"),
            ("a = :a AND b > :b", "b"),
            ("begins_with(a, :a) AND b = :b", "a"),
        )
    ),
    *(
        several(
            f"a = :a AND b = :b AND {condition}",
            values={**AB, "d": 1, **values},
            refuses=f"{VALIDATION}RANGE key attributes c must have equality conditions specified in the query because a "
            "condition is present on key attribute d",
        )
        for condition, values in (
            ("d = :d", {}),
            ("c > :c AND d = :d", {"c": "a"}),
            ("begins_with(c, :c) AND d = :d", {"c": "a"}),
        )
    ),
    several(
        "a = :a AND b = :b",
        values=AB,
        rest={"Limit": 2},
        name="a page of several",
        gives=items(SEVERAL[0], SEVERAL[1], LastEvaluatedKey=SEVERAL[1]),
    ),
    several(
        "a = :a AND b = :b", 2, 3, 4, values=AB, rest={"ExclusiveStartKey": SEVERAL[1]}, name="the next page of several"
    ),
]
