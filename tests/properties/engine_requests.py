"""Random requests for one table with two global indexes and a local one; most of them are well-formed."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.properties.engine_statements import statements

__all__ = ["KEYS", "TABLE", "steps"]

INDEXES = {
    "LocalSecondaryIndexes": [
        {
            "IndexName": "Numbers",
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a"]},
            "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}],
        }
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "Groups",
            "Projection": {"ProjectionType": "ALL"},
            "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}],
        },
        {
            "IndexName": "Binaries",
            "Projection": {"ProjectionType": "KEYS_ONLY"},
            "KeySchema": [{"AttributeName": "b", "KeyType": "HASH"}],
        },
    ],
}
TABLE: dict[str, Any] = {
    "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": kind}
        for name, kind in (("PK", "S"), ("SK", "S"), ("g", "S"), ("n", "N"), ("b", "B"))
    ],
    "BillingMode": "PAY_PER_REQUEST",
    **INDEXES,
}
KEYS = [{"PK": {"S": pk}, "SK": {"S": sk}} for pk in ("p", "q") for sk in ("a", "ab", "b", "é")]
"""All keys that requests are about, so that they can be cleared away before each example."""

TEXTS = ("a", "ab", "b", "", "é", "z\x00", "\U0001f600", "ﬀ")
NUMBERS = (
    "0",
    "1",
    "-1",
    "1.0",
    "10",
    "1e1",
    "-0.5",
    "0.1",
    "9" * 38,
    "1E-130",
    "9.99E125",
    "-9.99E125",
    "12345678901234567890",
)
WRONG_NUMBERS = ("", "x", "1e126", "1e-131", "1" * 39, "NaN")


def rarely(
    often: st.SearchStrategy[Any], seldom: st.SearchStrategy[Any], *, one_in: int = 15
) -> st.SearchStrategy[Any]:
    """Give the second kind of value once in a while."""
    return st.integers(1, one_in).flatmap(lambda drawn: seldom if drawn == one_in else often)


texts = st.sampled_from(TEXTS)
numbers = st.sampled_from(NUMBERS) | st.integers(-20, 20).map(str)
binaries = st.sampled_from((b"", b"a", b"\xff", b"ab"))
scalars = st.one_of(
    texts.map(lambda text: {"S": text}),
    numbers.map(lambda number: {"N": number}),
    binaries.map(lambda content: {"B": content}),
    st.booleans().map(lambda flag: {"BOOL": flag}),
    st.just({"NULL": True}),
)
sets = st.one_of(
    st.lists(texts, min_size=1, max_size=3, unique=True).map(lambda members: {"SS": members}),
    st.lists(st.integers(-5, 5).map(str), min_size=1, max_size=3, unique=True).map(lambda members: {"NS": members}),
    st.lists(binaries, min_size=1, max_size=3, unique=True).map(lambda members: {"BS": members}),
)
wrong_values = st.sampled_from(
    (
        *({"N": number} for number in WRONG_NUMBERS),
        {"SS": []},
        {"NS": ["1", "1.0"]},
        {"SS": ["a", "a"]},
        {"BS": [b"a", b"a"]},
        {},
        {"S": "a", "N": "1"},
        {"NULL": False},
        {"M": {"": {"S": "x"}}},
    )
)
values = rarely(
    st.recursive(
        scalars | sets,
        lambda inner: (
            st.lists(inner, max_size=3).map(lambda elements: {"L": elements})
            | st.dictionaries(st.sampled_from(("x", "y", "z")), inner, max_size=3).map(lambda elements: {"M": elements})
        ),
        max_leaves=5,
    ),
    wrong_values,
    one_in=40,
)

pks = rarely(st.sampled_from(("p", "q")).map(lambda text: {"S": text}), values)
sks = rarely(st.sampled_from(("a", "ab", "b", "é")).map(lambda text: {"S": text}), values)
keys = rarely(
    st.fixed_dictionaries({"PK": pks, "SK": sks}),
    st.fixed_dictionaries({}, optional={"PK": pks, "SK": sks, "a": values}),
    one_in=25,
)
index_values = {
    "g": rarely(st.sampled_from(({"S": "g1"}, {"S": "g2"})), values),
    "n": rarely(numbers.map(lambda number: {"N": number}), values),
    "b": rarely(st.sampled_from(({"B": b"x"}, {"B": b"y"})), values),
}
items = st.builds(
    lambda key, rest: {**key, **rest},
    keys,
    st.fixed_dictionaries(
        {},
        optional={
            **index_values,
            "a": values,
            "c": values,
            "m": values,
            "l": values,
            "s": sets,
            "k": numbers.map(lambda n: {"N": n}),
        },
    ),
)


class Names:
    """The names and values of one request's expressions."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.names: dict[str, str] = {}
        self.values: dict[str, Any] = {}

    def value(self, strategy: st.SearchStrategy[Any] = values) -> str:
        name = f":v{len(self.values)}"
        self.values[name] = self.draw(strategy)
        return name

    def name(self, name: str) -> str:
        if self.draw(st.booleans()):
            return name
        self.names[f"#{name}"] = name
        return f"#{name}"

    def path(self, *first: str) -> str:
        first = first or ("a", "c", "m", "l", "k", "n", "g", "s", "PK", "nowhere")
        text = self.name(self.draw(st.sampled_from(first)))
        for _ in range(self.draw(st.sampled_from((0, 0, 0, 1, 1, 2)))):
            text += self.draw(st.sampled_from((".x", ".y", "[0]", "[1]", "[7]")))
        return text

    def operand(self) -> str:
        kind = self.draw(st.sampled_from(("path", "path", "value", "value", "value", "size")))
        if kind == "value":
            return self.value()
        return f"size({self.path()})" if kind == "size" else self.path()

    def condition(self, depth: int = 2) -> str:
        kinds = ["compare"] * 3 + ["between", "in", "exists", "not_exists", "type", "begins", "contains"]
        if depth:
            kinds += ["and", "or", "not"]
        match self.draw(st.sampled_from(kinds)):
            case "compare":
                operator = self.draw(st.sampled_from(("=", "<>", "<", "<=", ">", ">=")))
                return f"{self.operand()} {operator} {self.operand()}"
            case "between":
                return f"{self.operand()} BETWEEN {self.operand()} AND {self.operand()}"
            case "in":
                options = [self.operand() for _ in range(self.draw(st.integers(1, 3)))]
                return f"{self.operand()} IN ({', '.join(options)})"
            case "exists":
                return f"attribute_exists({self.path()})"
            case "not_exists":
                return f"attribute_not_exists({self.path()})"
            case "type":
                kinds_of = st.sampled_from(("S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"))
                return f"attribute_type({self.path()}, {self.value(kinds_of.map(lambda kind: {'S': kind}))})"
            case "begins":
                return f"begins_with({self.path()}, {self.value(scalars)})"
            case "contains":
                return f"contains({self.path()}, {self.operand()})"
            case "not":
                return f"NOT ({self.condition(depth - 1)})"
            case word:
                return f"({self.condition(depth - 1)}) {word.upper()} ({self.condition(depth - 1)})"

    def set_value(self) -> str:
        match self.draw(st.sampled_from(("value", "value", "path", "plus", "minus", "if", "append"))):
            case "value":
                return self.value()
            case "path":
                return self.path()
            case "plus":
                return f"{self.path()} + {self.value(rarely(numbers.map(lambda n: {'N': n}), values))}"
            case "minus":
                return f"{self.path()} - {self.value(rarely(numbers.map(lambda n: {'N': n}), values))}"
            case "if":
                return f"if_not_exists({self.path()}, {self.value()})"
            case _:
                lists = st.lists(scalars, max_size=2).map(lambda elements: {"L": elements})
                return f"list_append({self.path('l', 'a')}, {self.value(rarely(lists, values))})"

    def update(self) -> str:
        clauses: dict[str, list[str]] = {}
        for _ in range(self.draw(st.integers(1, 3))):
            match self.draw(st.sampled_from(("SET", "SET", "SET", "REMOVE", "ADD", "DELETE"))):
                case "SET":
                    clauses.setdefault("SET", []).append(f"{self.target()} = {self.set_value()}")
                case "REMOVE":
                    clauses.setdefault("REMOVE", []).append(self.target())
                case "ADD":
                    value = self.value(numbers.map(lambda n: {"N": n}) | sets)
                    clauses.setdefault("ADD", []).append(f"{self.target()} {value}")
                case _:
                    clauses.setdefault("DELETE", []).append(f"{self.target()} {self.value(sets)}")
        return " ".join(f"{word} {', '.join(actions)}" for word, actions in clauses.items())

    def target(self) -> str:
        if self.draw(st.integers(0, 5)) == 0:
            return self.path("g", "n", "b", "PK", "SK")
        return self.path("a", "c", "m", "l", "k", "s", "nowhere")

    def projection(self) -> str:
        return ", ".join(self.path() for _ in range(self.draw(st.integers(1, 3))))

    def parameters(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.names:
            found["ExpressionAttributeNames"] = self.names
        if self.values:
            found["ExpressionAttributeValues"] = self.values
        return found


def _maybe(draw: Any, one_in: int = 3) -> bool:
    return bool(draw(st.integers(1, one_in)) == 1)


def _conditional(draw: Any, names: Names) -> dict[str, Any]:
    request: dict[str, Any] = {}
    if _maybe(draw):
        request["ConditionExpression"] = names.condition()
        if _maybe(draw, 2):
            request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    return request


@st.composite
def puts(draw: Any) -> Any:
    names = Names(draw)
    request = {"Item": draw(items), **_conditional(draw, names)}
    if _maybe(draw):
        request["ReturnValues"] = draw(st.sampled_from(("ALL_OLD", "NONE")))
    return "put_item", {**request, **names.parameters()}


@st.composite
def deletes(draw: Any) -> Any:
    names = Names(draw)
    request = {"Key": draw(keys), **_conditional(draw, names)}
    if _maybe(draw):
        request["ReturnValues"] = draw(st.sampled_from(("ALL_OLD", "NONE")))
    return "delete_item", {**request, **names.parameters()}


@st.composite
def updates(draw: Any) -> Any:
    names = Names(draw)
    request = {"Key": draw(keys)}
    if draw(st.integers(1, 15)) > 1:
        request["UpdateExpression"] = names.update()
    request.update(_conditional(draw, names))
    request["ReturnValues"] = draw(st.sampled_from(("NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW")))
    return "update_item", {**request, **names.parameters()}


@st.composite
def gets(draw: Any) -> Any:
    names = Names(draw)
    request = {"Key": draw(keys)}
    if _maybe(draw):
        request["ProjectionExpression"] = names.projection()
    if _maybe(draw):
        request["ConsistentRead"] = draw(st.booleans())
    return "get_item", {**request, **names.parameters()}


def _key_condition(draw: Any, names: Names, partition: str, sort: str | None) -> str:
    condition = f"{names.name(partition)} = {names.value({'PK': pks, **index_values}[partition])}"
    if sort is None or _maybe(draw, 2):
        return condition
    bounds = rarely({"SK": texts.map(lambda text: {"S": text}), **index_values}[sort], values)
    match draw(st.sampled_from(("=", "<", "<=", ">", ">=", "between", "begins"))):
        case "between":
            return f"{condition} AND {names.name(sort)} BETWEEN {names.value(bounds)} AND {names.value(bounds)}"
        case "begins":
            return f"{condition} AND begins_with({names.name(sort)}, {names.value(bounds)})"
        case operator:
            return f"{condition} AND {names.name(sort)} {operator} {names.value(bounds)}"


def _reading(draw: Any, names: Names, index: str | None) -> dict[str, Any]:
    request: dict[str, Any] = {} if index is None else {"IndexName": index}
    if _maybe(draw):
        request["FilterExpression"] = names.condition(1)
    if _maybe(draw):
        request["ProjectionExpression"] = names.projection()
    if _maybe(draw):
        request["Select"] = draw(
            st.sampled_from(("COUNT", "ALL_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"))
        )
    if _maybe(draw, 5):
        request["ConsistentRead"] = True
    return request


KEY_OF_INDEX = {None: ("PK", "SK"), "Numbers": ("PK", "n"), "Groups": ("g", "n"), "Binaries": ("b", None)}


@st.composite
def queries(draw: Any) -> Any:
    names = Names(draw)
    index = draw(rarely(st.sampled_from((None, "Numbers", "Groups", "Binaries")), st.just("Nowhere")))
    partition, sort = KEY_OF_INDEX.get(index, ("PK", "SK"))
    request = {"KeyConditionExpression": _key_condition(draw, names, partition, sort), **_reading(draw, names, index)}
    if _maybe(draw):
        request["ScanIndexForward"] = draw(st.booleans())
    # Where items have the same key in an index, each side has an order of its own: there whole answers are compared.
    if index is None and _maybe(draw):
        request["Limit"] = draw(st.integers(1, 5))
    if index is None and _maybe(draw, 5):
        request["ExclusiveStartKey"] = draw(keys)
    return "query", {**request, **names.parameters()}


plain_values = rarely(scalars | sets, wrong_values, one_in=40)
"""No lists and maps: DynamoDB Local compares those of the old parameters without their order."""
legacy_names = st.sampled_from(("a", "c", "m", "l", "k", "s", "PK", "nowhere", "m.x"))


@st.composite
def legacy_conditions(draw: Any) -> Any:
    """One element of Expected, QueryFilter or ScanFilter."""
    operator = draw(
        st.sampled_from(
            ("EQ", "NE", "IN", "LE", "LT", "GE", "GT", "BETWEEN", "NOT_NULL", "NULL", "CONTAINS", "NOT_CONTAINS",
             "BEGINS_WITH")
        )
    )
    count = {"NULL": 0, "NOT_NULL": 0, "BETWEEN": 2}.get(operator, 1)
    count = draw(rarely(st.just(count), st.integers(0, 3)))
    return {"ComparisonOperator": operator, "AttributeValueList": [draw(plain_values) for _ in range(count)]}


@st.composite
def legacy_expected(draw: Any) -> Any:
    """One element of Expected in its first form, with Exists and Value."""
    told = {"Exists": draw(st.booleans())} if _maybe(draw, 2) else {}
    if not told or told["Exists"]:
        told["Value"] = draw(plain_values)
    return told


def _legacy_map(draw: Any, elements: st.SearchStrategy[Any], parameter: str) -> dict[str, Any]:
    told = draw(st.dictionaries(legacy_names, elements, min_size=1, max_size=2))
    request = {parameter: told}
    if len(told) > 1 or _maybe(draw, 20):
        request["ConditionalOperator"] = draw(st.sampled_from(("AND", "OR")))
    return request


@st.composite
def legacy_writes(draw: Any) -> Any:
    """Puts, deletes and updates with the parameters of the time before expressions."""
    method = draw(st.sampled_from(("put_item", "delete_item", "update_item", "update_item")))
    request: dict[str, Any] = {"Item": draw(items)} if method == "put_item" else {"Key": draw(keys)}
    if _maybe(draw, 2):
        request.update(_legacy_map(draw, legacy_conditions() | legacy_expected(), "Expected"))
    if method != "update_item":
        return method, {**request, "ReturnValues": draw(st.sampled_from(("ALL_OLD", "NONE")))}
    changes = {}
    # Not those of index keys: DynamoDB Local writes there whatever it is told to.
    for name in draw(st.lists(legacy_names, max_size=3, unique=True)):
        changes[name] = {"Action": draw(st.sampled_from(("PUT", "ADD", "ADD", "DELETE")))}
        if changes[name]["Action"] != "DELETE" or _maybe(draw, 2):
            changes[name]["Value"] = draw(values)
    request["AttributeUpdates"] = changes
    return method, {**request, "ReturnValues": draw(st.sampled_from(("NONE", "ALL_OLD", "ALL_NEW")))}


@st.composite
def legacy_reads(draw: Any) -> Any:
    """Gets, queries and scans with the parameters of the time before expressions."""
    method = draw(st.sampled_from(("get_item", "query", "scan")))
    request: dict[str, Any] = {}
    if _maybe(draw, 2):
        request["AttributesToGet"] = draw(st.lists(legacy_names, min_size=1, max_size=3, unique=True))
    if method == "get_item":
        return method, {**request, "Key": draw(keys)}
    if _maybe(draw, 2):
        request.update(_legacy_map(draw, legacy_conditions(), "QueryFilter" if method == "query" else "ScanFilter"))
    if method == "query":
        request["KeyConditions"] = {"PK": {"ComparisonOperator": "EQ", "AttributeValueList": [draw(pks)]}}
        if _maybe(draw, 2):
            operator = draw(st.sampled_from(("EQ", "LT", "LE", "GT", "GE", "BETWEEN", "BEGINS_WITH")))
            bounds = [draw(sks) for _ in range(2 if operator == "BETWEEN" else 1)]
            request["KeyConditions"]["SK"] = {"ComparisonOperator": operator, "AttributeValueList": bounds}
    return method, request


@st.composite
def scans(draw: Any) -> Any:
    names = Names(draw)
    index = draw(st.sampled_from((None, None, "Numbers", "Groups", "Binaries")))
    return "scan", {**_reading(draw, names, index), **names.parameters()}


@st.composite
def walks(draw: Any) -> Any:
    """A query or a scan page by page, in segments or not; the order of items is each side's own."""
    names = Names(draw)
    method = draw(st.sampled_from(("query", "scan")))
    index = draw(st.sampled_from((None, "Numbers", "Groups", "Binaries")))
    request = _reading(draw, names, index)
    if method == "query":
        request["KeyConditionExpression"] = _key_condition(draw, names, *KEY_OF_INDEX[index])
        request["ScanIndexForward"] = draw(st.booleans())
    elif _maybe(draw):
        request["TotalSegments"] = draw(st.integers(1, 3))
    return f"walk_{method}", {**request, "Limit": draw(st.integers(1, 4)), **names.parameters()}


def _projected(draw: Any) -> dict[str, Any]:
    names = Names(draw)
    request = {"ProjectionExpression": names.projection()} if _maybe(draw) else {}
    return {**request, **names.parameters()}


@st.composite
def batch_gets(draw: Any) -> Any:
    request = {"Keys": draw(st.lists(keys, min_size=1, max_size=4)), **_projected(draw)}
    if "ProjectionExpression" not in request and _maybe(draw):
        request["AttributesToGet"] = draw(st.lists(legacy_names, min_size=1, max_size=3, unique=True))
    if _maybe(draw):
        request["ConsistentRead"] = draw(st.booleans())
    return "batch_get_item", request


batch_writes = st.lists(
    items.map(lambda item: {"PutRequest": {"Item": item}}) | keys.map(lambda key: {"DeleteRequest": {"Key": key}}),
    min_size=1,
    max_size=4,
).map(lambda entries: ("batch_write_item", {"Entries": entries}))


@st.composite
def transactions(draw: Any) -> Any:
    actions = []
    for _ in range(draw(st.integers(1, 3))):
        names = Names(draw)
        request = _conditional(draw, names)
        match draw(st.sampled_from(("Put", "Update", "Delete", "ConditionCheck"))):
            case "Put":
                action = {"Put": {"Item": draw(items), **request}}
            case "Delete":
                action = {"Delete": {"Key": draw(keys), **request}}
            case "Update":
                action = {"Update": {"Key": draw(keys), "UpdateExpression": names.update(), **request}}
            case _:
                request.setdefault("ConditionExpression", names.condition())
                action = {"ConditionCheck": {"Key": draw(keys), **request}}
        ((kind, told),) = action.items()
        actions.append({kind: {**told, **names.parameters()}})
    return "transact_write_items", {"TransactItems": actions}


@st.composite
def transact_gets(draw: Any) -> Any:
    wanted = draw(st.lists(keys, min_size=1, max_size=3))
    return "transact_get_items", {"TransactItems": [{"Get": {"Key": key, **_projected(draw)}} for key in wanted]}


steps = st.lists(
    st.one_of(
        puts(),
        puts(),
        puts(),
        updates(),
        updates(),
        updates(),
        deletes(),
        gets(),
        queries(),
        queries(),
        scans(),
        walks(),
        legacy_writes(),
        legacy_reads(),
        batch_gets(),
        batch_writes,
        transactions(),
        transact_gets(),
        statements(KEYS),
        statements(KEYS),
    ),
    min_size=1,
    max_size=12,
)
