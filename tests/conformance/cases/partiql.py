"""Statements: Developer Guide, "PartiQL - a SQL-compatible query language for Amazon DynamoDB"."""

from __future__ import annotations

from typing import Any

from tests.conformance.model import ANY, From, call, case, item, key_schema

SELECT = "Developer Guide, PartiQL select statements for DynamoDB"
INSERT = "Developer Guide, PartiQL insert statements for DynamoDB"
UPDATE = "Developer Guide, PartiQL update statements for DynamoDB"
DELETE = "Developer Guide, PartiQL delete statements for DynamoDB"
FUNCTIONS = "Developer Guide, Use PartiQL functions with DynamoDB"
OPERATORS = "Developer Guide, PartiQL arithmetic, comparison, and logical operators for DynamoDB"
DATA = "Developer Guide, PartiQL data types for DynamoDB"
BATCH = "Developer Guide, Running batch operations with PartiQL for DynamoDB"
TRANSACTION = "Developer Guide, Performing transactions with PartiQL for DynamoDB"
EXECUTE = "API Reference, ExecuteStatement"
LOCAL = "DynamoDB Local"

TABLES: dict[str, Any] = {
    "MUSIC": {
        "KeySchema": key_schema("pk", "sk"),
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in (("pk", "S"), ("sk", "S"), ("genre", "S"), ("year", "N"))
        ],
        "BillingMode": "PAY_PER_REQUEST",
        "GlobalSecondaryIndexes": [
            {"IndexName": "ByGenre", "KeySchema": key_schema("genre", "year"), "Projection": {"ProjectionType": "ALL"}},
            {"IndexName": "Keys", "KeySchema": key_schema("genre"), "Projection": {"ProjectionType": "KEYS_ONLY"}},
        ],
        "LocalSecondaryIndexes": [
            {
                "IndexName": "ByYear",
                "KeySchema": key_schema("pk", "year"),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    }
}
NESTED = {"m": {"M": item(x="y", l=[1, 2])}, "ss": {"SS": ["a", "b"]}}
A = item(pk="p", sk="a", n=1, s="t1", genre="rock", year=1990, l=["x", 1])
B = item(pk="p", sk="b", n=2, s="t2", genre="rock", year=1980, **NESTED)
C = item(pk="p", sk="c", n=3, s="u1", gone=None)
D = item(pk="p", sk="d", s="u2", t=True, b=b"x")
ALL = (A, B, C, D)
ITEMS = {"MUSIC": list(ALL)}
KEY_A, KEY_B = ({name: one[name] for name in ("pk", "sk")} for one in (A, B))
WHERE_A, WHERE_B = ("WHERE pk = 'p' AND sk = 'a'", "WHERE pk = 'p' AND sk = 'b'")
FAILED = "ConditionalCheckFailedException: The conditional request failed"
INVALID = "ValidationException: One or more parameter values were invalid: "


def statement(text: str, *found: Any, **outcome: Any) -> Any:
    """Make a case of one statement and the items that it gives."""
    parameters = (
        {"Parameters": list(item(**{f"p{n}": v for n, v in enumerate(outcome.pop("given_values"))}).values())}
        if "given_values" in outcome
        else {}
    )
    rest = outcome.pop("rest", {})
    name = outcome.pop("name", text)
    if "refuses" in outcome:
        outcome["refuses"] = (
            f"ValidationException: {outcome['refuses']}"
            if ": " not in outcome["refuses"][:40] or ("Exception: " not in outcome["refuses"])
            else outcome["refuses"]
        )
    elif "gives" not in outcome and "has" not in outcome:
        outcome["gives"] = {"Items": list(found)}
    return case(name, call("execute_statement", Statement=text, **parameters, **rest), **outcome)


def selects(condition: str, *found: Any, **outcome: Any) -> Any:
    """Make a case of a condition on all items; found are those that it holds for."""
    outcome.setdefault("source", OPERATORS)
    return statement(f"SELECT * FROM MUSIC WHERE {condition}", *found, **outcome)


CASES = [
    statement("SELECT * FROM MUSIC", *ALL, source=SELECT),
    statement('SELECT * FROM "MUSIC"', *ALL, source=SELECT),
    statement(
        "select sk, n from MUSIC where pk = 'p'",
        item(sk="a", n=1),
        item(sk="b", n=2),
        item(sk="c", n=3),
        item(sk="d"),
        source=SELECT,
    ),
    statement(
        f"SELECT m.x, m.l[0], m.l[1] FROM MUSIC {WHERE_B}",
        {"x": {"S": "y"}, "l[0]": {"N": "1"}, "l[1]": {"N": "2"}},
        source=LOCAL,
    ),
    statement(
        f"SELECT m.l, m.l[0] FROM MUSIC {WHERE_B}",
        source=LOCAL,
        refuses="Two document paths overlap with each other; must remove or rewrite one of these paths; path "
        "one: [m, l], path two: [m, l, [0]]",
        differs="it names the two the other way round",
    ),
    statement(f'SELECT "m"."x" FROM MUSIC {WHERE_B}', item(x="y"), source=SELECT),
    statement(f"SELECT m['x'] FROM MUSIC {WHERE_B}", item(x="y"), source=LOCAL),
    statement(f"SELECT l[0] FROM MUSIC {WHERE_A}", {"l[0]": {"S": "x"}}, source=LOCAL),
    statement(f"SELECT nowhere FROM MUSIC {WHERE_A}", {}, source=LOCAL),
    statement(f"SELECT * FROM MUSIC {WHERE_A}", A, source=SELECT),
    statement("SELECT * FROM MUSIC WHERE pk = 'p' AND sk = 'none'", source=SELECT),
    statement("SELECT * FROM MUSIC WHERE pk = ? AND sk > ?", C, D, given_values=("p", "b"), source=SELECT),
    statement("SELECT * FROM MUSIC WHERE sk = 'b'", B, source=SELECT),
    statement("SELECT * FROM MUSIC -- all of it", *ALL, source="DynamoDB Local"),
    statement("SELECT * FROM MUSIC /* all */ WHERE n = 1", A, source=LOCAL),
    statement("SELECT * FROM MUSIC;", *ALL, source=LOCAL),
    selects("pk = 'p' AND sk BETWEEN 'b' AND 'c'", B, C),
    selects("pk = 'p' AND begins_with(sk, 'c')", C, source=FUNCTIONS),
    selects("pk = 'p' AND sk IN ['a', 'c']", A, C),
    selects("pk = 'p' AND sk <> 'a'", B, C, D),
    selects("pk = 'p' AND (sk = 'a' OR sk = 'c')", A, C),
    selects("pk = 'p' AND sk > 'a' AND sk < 'd'", B, C),
    selects("pk = 'p' AND sk > 'c' AND sk < 'b'"),
    selects("'b' < sk AND 'p' = pk", C, D, differs="it takes the comparison for sk < 'b'"),
    selects("pk = 'p' AND pk = 'q'"),
    selects("(pk = 'p' AND sk = 'a') OR (pk = 'p' AND sk = 'c')", A, C),
    selects("pk IN ['p', 'q'] AND n > 1", B, C),
    selects("pk IN ('q', 'p') AND sk = 'a'", A),
    selects("pk = 'p' ORDER BY sk DESC", D, C, B, A, source=SELECT),
    selects("pk = 'p' AND sk > 'b' ORDER BY sk ASC", C, D, source=SELECT),
    selects("pk IN ['p', 'q'] ORDER BY pk DESC, sk DESC", D, C, B, A, source=SELECT),
    statement(
        "SELECT * FROM MUSIC ORDER BY sk",
        source=LOCAL,
        refuses="Must have WHERE clause in the statement when using ORDER BY clause.",
    ),
    selects(
        "n = 1 ORDER BY sk",
        source=LOCAL,
        refuses="Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.",
    ),
    selects(
        "pk = 'p' ORDER BY n",
        source=LOCAL,
        refuses="Variable reference n in ORDER BY clause must be part of the primary key",
    ),
    selects("n = 2", B),
    selects("n = 2.0", B),
    selects("2 = n", B),
    selects("n <> 2", A, C, D),
    selects("n != 2", A, C, D),
    selects("n < 2", A),
    selects("n <= 2", A, B),
    selects("n > 2", C),
    selects("n >= 2", B, C),
    selects("n = -1"),
    selects("n = '2'"),
    selects("s > 't2'", C, D),
    selects("n BETWEEN 2 AND 3", B, C),
    selects("n NOT BETWEEN 2 AND 3", A, D),
    selects("n IN [1, 3]", A, C),
    selects("n IN (1, 3)", A, C),
    selects("n NOT IN [1, 3]", B, D),
    selects("NOT n = 1", B, C, D),
    selects("NOT (n = 1 OR n = 2)", C, D),
    selects("n = 1 OR n = 3", A, C),
    selects("n = 1 OR n = 3 AND s = 'none'", A),
    selects("n > 1 AND s = 't2'", B),
    selects("t = true", D),
    selects("t = false"),
    selects("gone = null", C),
    selects("n = year"),
    selects("ss = <<'b', 'a'>>", B, source=DATA),
    selects("m = {'x': 'y', 'l': [1, 2]}", B, source=DATA),
    selects("m.x = 'y'", B),
    selects("m['x'] = 'y'", B),
    selects("m.l[1] = 2", B),
    selects("l[0] = 'x'", A),
    selects("nowhere IS MISSING", *ALL),
    selects("n IS MISSING", D),
    selects("n IS NOT MISSING", A, B, C),
    selects("gone IS NULL", C),
    selects("nowhere IS NULL"),
    selects("gone IS NOT NULL", A, B, D),
    selects("begins_with(s, 't')", A, B, source=FUNCTIONS),
    selects("begins_with(\"s\", 'u')", C, D, source=FUNCTIONS),
    selects("contains(s, '1')", A, C, source=FUNCTIONS),
    selects("contains(ss, 'a')", B, source=FUNCTIONS),
    selects("contains(l, 1)", A, source=FUNCTIONS),
    selects("attribute_type(n, 'N')", A, B, C, source=FUNCTIONS),
    selects("attribute_type(gone, 'NULL')", C, source=FUNCTIONS),
    selects("size(s) = 2", *ALL, source=FUNCTIONS),
    selects("size(l) > ?", A, given_values=(1,), source=FUNCTIONS),
    selects("attribute_exists(n)", A, B, C, source=LOCAL),
    selects("attribute_not_exists(n)", D, source=LOCAL),
    selects(
        "n IN []",
        source=LOCAL,
        refuses="IN operator must have a left hand argument of type Variable Reference "
        "and right hand argument of type Seq with at least one member",
    ),
    selects("n = MISSING", refuses="MISSING must be compared using IS operator", source=LOCAL),
    selects(
        "n BETWEEN 3 AND 1",
        source=LOCAL,
        refuses="The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound "
        "operand: AttributeValue: {N:3}, upper bound operand: AttributeValue: {N:1}",
    ),
    selects(
        "begins_with(s, 1)",
        source=LOCAL,
        refuses="Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
    ),
    selects(
        "n < true",
        source=LOCAL,
        refuses="Incorrect operand type for operator or function; operator or function: <, operand type: BOOL",
    ),
    selects(
        "contains(n)",
        source=LOCAL,
        refuses="Incorrect number of operands for operator or function; operator or "
        "function: contains, number of operands: 1",
    ),
    selects(
        "attribute_type(n, 'X')",
        source=LOCAL,
        refuses="Invalid attribute type name found; type: X, valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}",
    ),
    selects("frobnicate(n)", refuses="Unrecognized function: frobnicate", source=LOCAL),
    selects("n LIKE 'a'", refuses="Unsupported operator in Condition Expression. Operator: like", source=LOCAL),
    selects("n + 1 = 2", refuses="Unsupported operator in Condition Expression. Operator: +", source=LOCAL),
    selects("s || 'a' = 'b'", refuses="Unsupported operator in Condition Expression. Operator: ||", source=LOCAL),
    selects("n", refuses="WHERE clause must contain an expression that resolves to a boolean", source=LOCAL),
    selects("true", refuses="WHERE clause must contain an expression that resolves to a boolean", source=LOCAL),
    selects(
        "pk = 1", source=LOCAL, refuses="Key attribute's data type should match its data type in table's schema: Key pk"
    ),
    selects(
        "pk = ''",
        source=LOCAL,
        refuses="One or more parameter values are not valid. The AttributeValue for a key "
        "attribute cannot contain an empty string value. Key: pk",
    ),
    selects("n = ?", refuses="Number of parameters in request and statement don't match.", source=LOCAL),
    selects(
        "n = 1",
        given_values=(1,),
        name="a parameter without its place",
        source=DATA,
        refuses="Number of parameters in request and statement don't match.",
        differs="it ignores it",
    ),
    statement("SELECT n, n FROM MUSIC", refuses="Duplicate identifiers in select clause: n", source=LOCAL),
    statement("SELECT n AS m FROM MUSIC", refuses="Aliasing is not supported", source=LOCAL),
    statement("SELECT m.n FROM MUSIC m", refuses="Aliasing is not supported", source=LOCAL),
    statement("SELECT DISTINCT n FROM MUSIC", refuses="Unsupported token in expression: DISTINCT", source=LOCAL),
    statement(
        "SELECT VALUE n FROM MUSIC", refuses="Select projection doesn't support value or pivot keywords", source=LOCAL
    ),
    statement("SELECT COUNT(*) FROM MUSIC", refuses="Unexpected path component at 1:8:5", source=LOCAL),
    statement("SELECT size(s) FROM MUSIC", refuses="Unexpected path component at 1:8:4", source=LOCAL),
    statement("SELECT 1 FROM MUSIC", refuses="Unexpected path component at 1:8:1", source=LOCAL),
    statement("SELECT n + 1 FROM MUSIC", refuses="Unexpected path component at 1:10:1", source=LOCAL),
    statement("SELECT * FROM MUSIC GROUP BY n", refuses="Unsupported clause: GROUP BY", source=LOCAL),
    statement("SELECT * FROM MUSIC WHERE n = 1 LIMIT 2", refuses="Unsupported clause: LIMIT at 1:39:1", source=LOCAL),
    statement(
        "SELECT * FROM MUSIC, MUSIC", refuses="Only select from a single table or index is supported.", source=LOCAL
    ),
    statement("DROP TABLE MUSIC", refuses="Unsupported operation: DropTable", source=LOCAL),
    statement(
        "EXISTS(SELECT * FROM MUSIC WHERE pk = 'p' AND sk = 'a' AND n = 1)",
        source=TRANSACTION,
        refuses="EXISTS can only be used in ExecuteTransaction write requests.",
    ),
    statement(
        "SELECT * FROM nowhere",
        source=LOCAL,
        refuses="ResourceNotFoundException: Cannot do operations on a non-existent table",
    ),
    statement(
        'SELECT * FROM "MUSIC"."Nowhere"', refuses="The table does not have the specified index: Nowhere", source=LOCAL
    ),
    *(
        statement(text, refuses=f"Statement wasn't well formed, can't be processed: {text}", source=LOCAL)
        for text in (
            " ",
            "SELECT",
            "SELECT * FROM",
            "SELECT *, n FROM MUSIC",
            "SELECT * FROM MUSIC WHERE",
            "SELECT * FROM MUSIC WHERE n =",
            "SELECT * FROM MUSIC WHERE n = 1 AND",
            "SELECT * FROM MUSIC WHERE n = 'a",
            "SELECT * FROM MUSIC WHERE n = @",
            "SELECT * FROM MUSIC; SELECT * FROM MUSIC",
            "SELECT user FROM MUSIC",
            "SELECT * FROM MUSIC WHERE date = 'a'",
            "UPDATE MUSIC WHERE pk = 'p'",
            "SELECT * FROM MUSIC JOIN MUSIC",
        )
    ),
    statement('SELECT "user" FROM MUSIC WHERE n = 1', {}, source=SELECT),
    statement('SELECT * FROM "MUSIC"."ByGenre" WHERE genre = \'rock\'', B, A, source=SELECT),
    statement("SELECT * FROM MUSIC.ByGenre WHERE \"genre\" = 'rock' AND year > 1985", A, source=LOCAL),
    statement('SELECT * FROM "MUSIC"."ByGenre" WHERE genre = \'rock\' ORDER BY year DESC', A, B, source=SELECT),
    statement(
        "SELECT * FROM \"MUSIC\".\"Keys\" WHERE genre = 'rock' AND sk = 'a'",
        {**KEY_A, **item(genre="rock")},
        source=SELECT,
    ),
    statement(
        'SELECT n FROM "MUSIC"."Keys" WHERE genre = \'rock\'',
        source=LOCAL,
        refuses=f"{INVALID}Global secondary index Keys does not project [n]",
    ),
    statement(
        'SELECT * FROM "MUSIC"."Keys" WHERE n = 1',
        source="Developer Guide, Using Global Secondary Indexes",
        refuses=f"{INVALID}Secondary index Keys does not project one or more filter attributes: [n]",
        differs="it looks into the table",
    ),
    statement(
        'SELECT * FROM "MUSIC"."ByYear" WHERE pk = \'p\'',
        {**KEY_B, **item(year=1980)},
        {**KEY_A, **item(year=1990)},
        source=LOCAL,
    ),
    statement('SELECT n FROM "MUSIC"."ByYear" WHERE pk = \'p\' AND year = 1980', item(n=2), source=LOCAL),
    statement(
        'SELECT * FROM "MUSIC"."Keys" WHERE genre = \'rock\'',
        rest={"ConsistentRead": True},
        name="a consistent read of a global index",
        source=EXECUTE,
        refuses="Consistent reads are not supported on global secondary indexes",
    ),
    statement(
        "SELECT sk FROM MUSIC WHERE pk = 'p'",
        rest={"Limit": 3},
        name="a page",
        source=EXECUTE,
        gives={"Items": [item(sk="a"), item(sk="b"), item(sk="c")], "NextToken": ANY},
    ),
    statement(
        "SELECT sk FROM MUSIC WHERE pk = 'p'",
        item(sk="d"),
        rest={"Limit": 3, "NextToken": From(0, ("NextToken",))},
        given=[call("execute_statement", Statement="SELECT sk FROM MUSIC WHERE pk = 'p'", Limit=3)],
        name="the next page",
        source=EXECUTE,
    ),
    statement(
        "SELECT sk FROM MUSIC WHERE n = 3",
        rest={"Limit": 2},
        name="a page counts what is looked at",
        gives={"Items": [], "NextToken": ANY},
        source=EXECUTE,
    ),
    statement(
        "SELECT * FROM MUSIC",
        rest={"NextToken": "nonsense"},
        name="a token that is none",
        source=LOCAL,
        refuses="Invalid NextToken",
    ),
    statement(
        f"SELECT * FROM MUSIC {WHERE_A}",
        name="consumed capacity",
        source=EXECUTE,
        rest={"ConsistentRead": True, "ReturnConsumedCapacity": "TOTAL"},
        gives={"Items": [A], "ConsumedCapacity": {"TableName": "MUSIC", "CapacityUnits": 1.0}},
        differs="it tells no capacity",
    ),
]
NEW = item(pk="p", sk="new")


def inserts(text: str, new: Any = None, **outcome: Any) -> Any:
    """Make a case of an INSERT, and what it adds."""
    outcome.setdefault("source", INSERT)
    if new is not None:
        outcome["leaves"] = {"MUSIC": [*ALL, new]}
    return statement(f"INSERT INTO MUSIC VALUE {text}", **outcome)


CASES += [
    inserts("{'pk': 'p', 'sk': 'new'}", NEW),
    inserts(
        "{'pk': 'p', 'sk': 'new', 'l': [1, 'a', {'x': true}], 'm': {}, 'gone': null, 'f': false}",
        {**NEW, **item(l=[1, "a", {"M": item(x=True)}], gone=None, f=False), "m": {"M": {}}},
        source=DATA,
    ),
    inserts(
        "{'pk': 'p', 'sk': 'new', 'ss': <<'a', 'b'>>, 'ns': <<1, 2>>}",
        {**NEW, "ss": {"SS": ["a", "b"]}, "ns": {"NS": ["1", "2"]}},
        source=DATA,
    ),
    inserts(
        "{'pk': 'p', 'sk': 'new', 'd': 1.50, 'e': 1e3, 'negative': -5}",
        {**NEW, "d": {"N": "1.5"}, "e": {"N": "1000"}, "negative": {"N": "-5"}},
        source=DATA,
    ),
    inserts("{'pk': 'p', 'sk': 'new', 'quoted': 'it''s'}", {**NEW, **item(quoted="it's")}, source=DATA),
    inserts("{'pk': ?, 'sk': ?, 'l': ?}", {**NEW, **item(l=[1])}, given_values=("p", "new", [1])),
    inserts(
        "{'pk': 'p', 'sk': 'new', 'l': [?]}",
        given_values=(1,),
        source=LOCAL,
        refuses="Unsupported data type: Parameter under key root.0 at 1:56:1",
    ),
    inserts(
        "{'pk': 'p', 'sk': 'new', 'l': <<?>>}",
        given_values=(1,),
        source=LOCAL,
        refuses="Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags at 1:57:1",
    ),
    inserts(
        "{'pk': 'p', 'sk': 'a'}",
        refuses="DuplicateItemException: Duplicate primary key exists in table",
        leaves=ITEMS,
        differs="it leaves out the last word of the code",
    ),
    inserts("{'pk': 'p'}", refuses="Key attribute should be present in the item: Key sk", source=LOCAL),
    inserts(
        "{'pk': 1, 'sk': 'x'}",
        source=LOCAL,
        refuses="Key attribute's data type should match its data type in table's schema: Key pk",
    ),
    inserts(
        "{'pk': '', 'sk': 'x'}",
        source=LOCAL,
        refuses="One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain "
        "an empty string value. Key: pk",
    ),
    inserts("{'pk': 'p', 'sk': 'new', 'a': <<>>}", refuses="Empty bags are not supported at 1:55:2", source=LOCAL),
    inserts(
        "{'pk': 'p', 'sk': 'new', 'a': <<1, 'a'>>}",
        source=LOCAL,
        refuses="Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags",
    ),
    inserts(
        "{'pk': 'p', 'sk': 'new', 'a': 1, 'a': 2}",
        source=LOCAL,
        refuses="Duplicate keys in tuple. Key: a under root at 1:58:3",
    ),
    inserts(
        "{pk: 'p', 'sk': 'new'}",
        source=LOCAL,
        refuses="Tuple keys must be of type String. Actual type: VariableReference under root at 1:26:2",
    ),
    inserts(
        "?",
        given_values=({"M": NEW},),
        source=LOCAL,
        refuses="Unsupported format in item expression. Please use struct format {...} to express item values for "
        "insert statement. at 1:25:1",
    ),
    inserts(
        "{'pk': 'p', 'sk': 'new'} RETURNING ALL OLD *", refuses="RETURNING is not supported in INSERT", source=LOCAL
    ),
    statement(
        "INSERT INTO MUSIC.Keys VALUE {'pk': 'p', 'sk': 'new'}",
        source=LOCAL,
        refuses="FROM clause may only contain a single table name in data manipulation statements",
    ),
    statement(
        "INSERT INTO nowhere VALUE {'pk': 'p'}",
        source=LOCAL,
        refuses="ResourceNotFoundException: Cannot do operations on a non-existent table",
    ),
]


def changes(text: str, changed: Any = None, *found: Any, **outcome: Any) -> Any:
    """Make a case of an UPDATE of A, and what it makes of it: None for an attribute that goes."""
    outcome.setdefault("source", UPDATE)
    if changed is not None:
        new = {name: value for name, value in {**A, **changed}.items() if value is not None}
        outcome["leaves"] = {"MUSIC": [new, B, C, D]}
    return statement(f"UPDATE MUSIC {text}", *found, **outcome)


CASES += [
    changes(f"SET n = 100 {WHERE_A}", item(n=100)),
    changes(f"SET n = n + 1, s = 'z' {WHERE_A} RETURNING MODIFIED NEW *", item(n=2, s="z"), item(n=2, s="z")),
    changes(f"SET n = 5 SET s = 'z' {WHERE_A} RETURNING MODIFIED OLD *", item(n=5, s="z"), item(n=1, s="t1")),
    changes(f"SET n = n - ? {WHERE_A} RETURNING ALL NEW *", item(n=-2), {**A, **item(n=-2)}, given_values=(3,)),
    changes(f"SET n = 2 {WHERE_A} RETURNING ALL OLD *", item(n=2), A),
    changes(f"SET copy = n {WHERE_A}", {"copy": {"N": "1"}}),
    changes(f"SET sum = 1 + 1 {WHERE_A}".replace("sum", "total"), {"total": {"N": "2"}}, source=LOCAL),
    changes(f"SET l[1] = 'new' {WHERE_A}", item(l=["x", "new"])),
    changes(f"SET l = list_append(l, ['y']) {WHERE_A}", item(l=["x", 1, "y"]), source=LOCAL),
    changes(
        f"SET n = if_not_exists(n, 7), other = if_not_exists(other, 7) {WHERE_A}", {"other": {"N": "7"}}, source=LOCAL
    ),
    changes(f"SET colours = set_add(colours, <<'red'>>) {WHERE_A}", {"colours": {"SS": ["red"]}}),
    changes(
        "SET ss = set_add(ss, <<'c'>>) WHERE pk = 'p' AND sk = 'b' RETURNING MODIFIED NEW *",
        None,
        {"ss": {"SS": ["a", "b", "c"]}},
    ),
    changes(
        "SET ss = set_delete(ss, <<'a'>>) WHERE pk = 'p' AND sk = 'b' RETURNING MODIFIED NEW *",
        None,
        {"ss": {"SS": ["b"]}},
    ),
    changes(f"REMOVE s {WHERE_A}", {"s": None}),
    changes(f"REMOVE s REMOVE l[0] {WHERE_A}", {"s": None, "l": {"L": [{"N": "1"}]}}),
    changes(f"SET n = 5 REMOVE s {WHERE_A} RETURNING MODIFIED NEW *", {"n": {"N": "5"}, "s": None}, item(n=5)),
    changes(
        "SET m.x = 'k' WHERE pk = 'p' AND sk = 'b' RETURNING MODIFIED NEW *",
        None,
        {"m": {"M": item(x="k")}},
        source="API Reference, UpdateItem (ReturnValues)",
        differs="it gives the whole map",
    ),
    changes(f"SET n = 9 {WHERE_A} AND n = 1", item(n=9)),
    changes(f"SET n = 9 {WHERE_A} AND attribute_exists(n) AND NOT s = 'x'", item(n=9)),
    changes(f"SET n = 9 {WHERE_A} AND n = 77", refuses=FAILED, leaves=ITEMS),
    changes(
        f"SET n = 9 {WHERE_A} AND n = 78",
        refuses=FAILED,
        told={"Item": A},
        rest={"ReturnValuesOnConditionCheckFailure": "ALL_OLD"},
        source=EXECUTE,
    ),
    changes("SET n = 9 WHERE pk = 'p' AND sk = 'none'", refuses=FAILED, leaves=ITEMS),
    *(
        changes(
            f"SET n = 9{where}",
            source=LOCAL,
            refuses="Where clause does not contain a mandatory equality on all key attributes",
        )
        for where in (
            "",
            " WHERE pk = 'p'",
            " WHERE pk = 'p' AND sk > 'a'",
            " WHERE pk IN ['p'] AND sk = 'a'",
            " WHERE pk = 'p' AND (sk = 'a' OR n = 1)",
        )
    ),
    changes(
        f"SET pk = 'z' {WHERE_A}",
        source=LOCAL,
        refuses=f"{INVALID}Cannot update attribute pk. This attribute is part of the key",
    ),
    changes(
        f"SET n = 1, n = 2 {WHERE_A}",
        source=LOCAL,
        refuses="Two document paths overlap with each other; must "
        "remove or rewrite one of these paths; path one: [n], path two: [n]",
    ),
    changes(f"SET n = n * 2 {WHERE_A}", refuses="Unsupported operator in Update Expression. Operator: *", source=LOCAL),
    changes(
        f"SET other = nowhere {WHERE_A}",
        source=LOCAL,
        refuses="The provided expression refers to an attribute that does not exist in the item",
    ),
    changes(
        f"SET other = set_add(colours, <<'red'>>) {WHERE_A}",
        source=LOCAL,
        refuses="The first argument to SET_ADD must equal the assignment value",
    ),
    changes(
        f"SET n = 1 {WHERE_A} RETURNING ALL OLD n",
        source=LOCAL,
        refuses="Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause",
    ),
    statement(f"DELETE FROM MUSIC {WHERE_A}", leaves={"MUSIC": [B, C, D]}, source=DELETE),
    statement(f"DELETE FROM MUSIC {WHERE_A} RETURNING ALL OLD *", A, leaves={"MUSIC": [B, C, D]}, source=DELETE),
    statement("DELETE FROM MUSIC WHERE pk = 'p' AND sk = 'none' RETURNING ALL OLD *", leaves=ITEMS, source=DELETE),
    statement("DELETE FROM MUSIC WHERE pk = 'p' AND sk = 'none' AND n = 7", leaves=ITEMS, source=LOCAL),
    statement(f"DELETE FROM MUSIC {WHERE_A} AND n = 1", leaves={"MUSIC": [B, C, D]}, source=DELETE),
    statement(f"DELETE FROM MUSIC {WHERE_A} AND n = 7", refuses=FAILED, leaves=ITEMS, source=DELETE),
    statement(
        "DELETE FROM MUSIC WHERE pk = 'p'",
        source=LOCAL,
        refuses="Where clause does not contain a mandatory equality on all key attributes",
    ),
    statement(
        f"DELETE FROM MUSIC {WHERE_A} RETURNING ALL NEW *",
        source=DELETE,
        refuses="Invalid returning clause: RETURNING ALL NEW *. Only RETURNING ALL OLD * is allowed in DELETE "
        "statements.",
    ),
]
READ_A, READ_B = f"SELECT n FROM MUSIC {WHERE_A}", f"SELECT n FROM MUSIC {WHERE_B}"
SCALARS = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: IndexKey: year"
CASES += [
    statement(text, refuses=SCALARS, source=LOCAL)
    for text in (
        "SELECT * FROM MUSIC WHERE year.x = 1",
        f"UPDATE MUSIC SET s = 'x' {WHERE_A} AND year.x = 1",
        f"DELETE FROM MUSIC {WHERE_A} AND year[0] = 1",
    )
]
DUPLICATE = {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"}
FAILURE = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
PLACE = {"TableName": "MUSIC"}
CANCELLED = (
    "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons "
)


def several(method: str, parameter: str) -> Any:
    """Give what makes cases of several statements."""

    def make(name: str, *texts: str, **outcome: Any) -> Any:
        rest = outcome.pop("rest", {})
        of_each = outcome.pop("of_each", {})
        told = [{"Statement": text, **of_each} for text in texts]
        return case(name, call(method, **{parameter: told}, **rest), **outcome)

    return make


batch = several("batch_execute_statement", "Statements")
transaction = several("execute_transaction", "TransactStatements")
INSERT_NEW = "INSERT INTO MUSIC VALUE {'pk': 'p', 'sk': 'new'}"

CASES += [
    batch(
        "batch: reads",
        READ_B,
        READ_A,
        source=BATCH,
        gives={"Responses": [{**PLACE, "Item": item(n=2)}, {**PLACE, "Item": item(n=1)}]},
    ),
    batch(
        "batch: a read of nothing",
        "SELECT * FROM MUSIC WHERE pk = 'p' AND sk = 'none'",
        source=BATCH,
        gives={"Responses": [PLACE]},
    ),
    batch(
        "batch: each for itself",
        READ_A,
        "SELECT * FROM MUSIC WHERE pk = 'p'",
        "SELECT * FROM nowhere WHERE pk = 'p'",
        source=BATCH,
        gives={
            "Responses": [
                {**PLACE, "Item": item(n=1)},
                {"Error": {"Code": "ValidationError", "Message": "Only single item select is supported"}},
                {"Error": {"Code": "ResourceNotFound", "Message": "Cannot do operations on a non-existent table"}},
            ]
        },
    ),
    batch(
        "batch: writes",
        INSERT_NEW,
        "INSERT INTO MUSIC VALUE {'pk': 'p', 'sk': 'a'}",
        "UPDATE MUSIC SET n = 5 WHERE pk = 'p' AND sk = 'none'",
        f"UPDATE MUSIC SET n = 50 {WHERE_B} RETURNING MODIFIED NEW *",
        "DELETE FROM MUSIC WHERE pk = 'p' AND sk = 'c'",
        source=BATCH,
        leaves={"MUSIC": [NEW, A, {**B, **item(n=50)}, D]},
        gives={
            "Responses": [
                PLACE,
                {**PLACE, "Error": DUPLICATE},
                {**PLACE, "Error": FAILURE},
                {**PLACE, "Item": item(n=50)},
                PLACE,
            ]
        },
    ),
    batch(
        "batch: the old item is told where it was asked for",
        f"UPDATE MUSIC SET n = 5 {WHERE_A} AND n = 7",
        of_each={"ReturnValuesOnConditionCheckFailure": "ALL_OLD"},
        source="API Reference, BatchStatementError",
        gives={"Responses": [{**PLACE, "Error": {**FAILURE, "Item": A}}]},
    ),
    batch(
        "batch: reads and writes",
        READ_A,
        INSERT_NEW,
        source=BATCH,
        refuses="ValidationException: Read and write requests together in the same batch is not supported.",
    ),
    batch(
        "batch: one item twice",
        READ_A,
        READ_A,
        source=LOCAL,
        refuses="ValidationException: Provided list of item keys contains duplicates",
    ),
    batch(
        "batch: one item twice, written",
        INSERT_NEW,
        "DELETE FROM MUSIC WHERE pk = 'p' AND sk = 'new'",
        source=LOCAL,
        refuses="ValidationException: Provided list of item keys contains duplicates",
    ),
    transaction(
        "transaction: reads",
        READ_B,
        READ_A,
        source=TRANSACTION,
        gives={"Responses": [{"Item": item(n=2)}, {"Item": item(n=1)}]},
    ),
    transaction(
        "transaction: a read of nothing",
        "SELECT * FROM MUSIC WHERE pk = 'p' AND sk = 'none'",
        gives={"Responses": [{}]},
        source=TRANSACTION,
    ),
    transaction(
        "transaction: writes",
        INSERT_NEW,
        f"UPDATE MUSIC SET n = 50 {WHERE_A}",
        f"DELETE FROM MUSIC {WHERE_B}",
        gives={"Responses": []},
        leaves={"MUSIC": [NEW, {**A, **item(n=50)}, C, D]},
        source=TRANSACTION,
    ),
    transaction(
        "transaction: a condition that fails",
        f"UPDATE MUSIC SET n = 50 {WHERE_A} AND n = 7",
        INSERT_NEW,
        refuses=f"{CANCELLED}[ConditionalCheckFailed, None]",
        told={"CancellationReasons": [FAILURE, {"Code": "None"}]},
        leaves=ITEMS,
        source=TRANSACTION,
    ),
    transaction(
        "transaction: an item that is there",
        "INSERT INTO MUSIC VALUE {'pk': 'p', 'sk': 'a'}",
        source=BATCH,
        refuses=f"{CANCELLED}[DuplicateItem]",
        told={"CancellationReasons": [DUPLICATE]},
        leaves=ITEMS,
        differs="it calls it a ValidationError",
    ),
    transaction(
        "transaction: a check that holds",
        f"EXISTS(SELECT * FROM MUSIC {WHERE_A} AND n = 1)",
        INSERT_NEW,
        gives={"Responses": []},
        leaves={"MUSIC": [*ALL, NEW]},
        source=TRANSACTION,
    ),
    transaction(
        "transaction: a check of what is missing",
        f"EXISTS(SELECT * FROM MUSIC {WHERE_A} AND gone IS MISSING)",
        INSERT_NEW,
        gives={"Responses": []},
        leaves={"MUSIC": [*ALL, NEW]},
        source=TRANSACTION,
    ),
    transaction(
        "transaction: a check of an item that is not there",
        "EXISTS(SELECT * FROM MUSIC WHERE pk = 'p' AND sk = 'none' AND n IS MISSING)",
        INSERT_NEW,
        leaves=ITEMS,
        refuses=f"{CANCELLED}[ConditionalCheckFailed, None]",
        source=TRANSACTION,
    ),
    transaction(
        "transaction: a check that fails",
        f"EXISTS(SELECT * FROM MUSIC {WHERE_A} AND n = 7)",
        INSERT_NEW,
        refuses=f"{CANCELLED}[ConditionalCheckFailed, None]",
        leaves=ITEMS,
        source=TRANSACTION,
    ),
    transaction(
        "transaction: a check without a condition",
        f"EXISTS(SELECT * FROM MUSIC {WHERE_A})",
        INSERT_NEW,
        source=LOCAL,
        refuses="ValidationException: Validation failed in TransactStatements[0]: EXISTS() must "
        "contain a single item read with additional condition",
    ),
    transaction(
        "transaction: reads and writes",
        READ_A,
        INSERT_NEW,
        source=TRANSACTION,
        refuses="ValidationException: ExecuteTransaction API does not support both read and write operations "
        "in the same request.",
    ),
    transaction(
        "transaction: a read of several",
        "SELECT * FROM MUSIC WHERE pk = 'p'",
        source=LOCAL,
        refuses="ValidationException: Validation failed in TransactStatements[0]: Select statements within "
        "ExecuteTransaction must specify the primary key in the where clause.",
    ),
    transaction(
        "transaction: one item twice",
        READ_A,
        READ_A,
        source=LOCAL,
        refuses="ValidationException: Transaction request cannot include multiple operations on one item",
    ),
    transaction(
        "transaction: one item written twice",
        f"UPDATE MUSIC SET n = 50 {WHERE_A}",
        f"DELETE FROM MUSIC {WHERE_A}",
        source=LOCAL,
        refuses="ValidationException: Transaction request cannot include multiple operations on one item",
    ),
    transaction(
        "transaction: returning",
        f"UPDATE MUSIC SET n = 50 {WHERE_A} RETURNING ALL NEW *",
        source=LOCAL,
        refuses="ValidationException: Validation failed in TransactStatements[0]: RETURNING clause is not "
        "supported in ExecuteTransaction.",
    ),
    transaction(
        "transaction: again with the same token",
        f"UPDATE MUSIC SET n = n + 1 {WHERE_A}",
        source=TRANSACTION,
        rest={"ClientRequestToken": "MUSIC-once"},
        gives={"Responses": []},
        leaves={"MUSIC": [{**A, **item(n=2)}, B, C, D]},
        given=[
            call(
                "execute_transaction",
                ClientRequestToken="MUSIC-once",
                TransactStatements=[{"Statement": f"UPDATE MUSIC SET n = n + 1 {WHERE_A}"}],
            )
        ],
    ),
]
