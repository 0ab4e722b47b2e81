"""What DynamoDB refuses when it knows an expression's names and values; the messages are its own."""

from __future__ import annotations

from typing import Any

import pytest

from pynamite.errors import ExpressionError
from pynamite.expression import nodes
from pynamite.expression.check import bind_condition, bind_projection, bind_update
from pynamite.expression.nodes import Compare, Path, Projection, Remove, Update, Value
from pynamite.expression.parse import parse_condition, parse_projection_text, parse_update

VALUES: dict[str, dict[str, Any]] = {
    ":n": {"N": "1"}, ":n0": {"N": "0.5"}, ":s": {"S": "abc"}, ":e": {"S": ""}, ":b": {"B": b"ab\xff"},
    ":t": {"BOOL": True}, ":nul": {"NULL": True}, ":l": {"L": []}, ":m": {"M": {}}, ":ss": {"SS": ["a"]},
    ":ns": {"NS": ["1"]}, ":S": {"S": "S"}, ":X": {"S": "X"},
}
DEEP = ".".join(["q"] * 33)
TYPE = "Incorrect operand type for operator or function; operator or function: "
SAME = "The first operand must be distinct from the remaining operands for this operator or function; operator: "
ARITY = "Incorrect number of operands for operator or function; operator or function: "
PATH = "Operator or function requires a document path; operator or function: "
NO_NAME = "An expression attribute name used in the document path is not defined; attribute name: "
NO_VALUE = "An expression attribute value used in expression is not defined; attribute value: "
ADD = "Incorrect operand type for operator or function; operator: ADD, operand type: "
DELETE = "Incorrect operand type for operator or function; operator: DELETE, operand type: "


def bounds_refusal(wanted: str, low: str, high: str) -> str:
    return (
        f"The BETWEEN operator requires {wanted}; "
        f"lower bound operand: AttributeValue: {{{low}}}, upper bound operand: AttributeValue: {{{high}}}")


def refusal_of_condition(text: str) -> str:
    with pytest.raises(ExpressionError) as caught:
        bind_condition(parse_condition(text), {}, VALUES)
    return str(caught.value)


def refusal_of_update(text: str) -> str:
    with pytest.raises(ExpressionError) as caught:
        bind_update(parse_update(text), {}, VALUES)
    return str(caught.value)


def refusal_of_projection(text: str) -> str:
    with pytest.raises(ExpressionError) as caught:
        bind_projection(parse_projection_text(text), {})
    return str(caught.value)


def test_a_sound_expression_comes_back_filled():
    """What is checked is what is used."""
    condition = bind_condition(parse_condition("#a < :n"), {"#a": "total"}, VALUES)
    update = bind_update(parse_update("REMOVE #a"), {"#a": "total"}, None)
    projection = bind_projection(parse_projection_text("#a"), {"#a": "total"})

    assert condition == Compare("<", Path(("total",)), Value({"N": "1"}))
    assert update == Update(removes=(Remove(Path(("total",))),))
    assert projection == Projection((Path(("total",)),))


@pytest.mark.parametrize(
    "text",
    [
        "a = :l", "a <> :nul", "a IN (:l, :m, :t)", "contains(a, :ss)", "contains(:n, a)", "a BETWEEN :n0 AND :n",
        ":n BETWEEN :s AND :s", "a BETWEEN size(b) AND :s", "size(:ss) > :n", "size(a) = size(a)", ":n = :n",
        "a = a.b", "a BETWEEN b AND b", "begins_with(:b, :s)", "attribute_type(size(a), :S)", "contains(size(a), :n)",
    ],
)
def test_a_condition_that_can_only_be_false_is_taken(text):
    """The service refuses less than one might think."""
    bound = bind_condition(parse_condition(text), {}, VALUES)
    assert not [leaf for leaf in nodes.leaves(bound) if isinstance(leaf, nodes.Placeholder)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a < :t", f"{TYPE}<, operand type: BOOL"),
        (":l >= a", f"{TYPE}>=, operand type: L"),
        ("a BETWEEN :nul AND :n", f"{TYPE}BETWEEN, operand type: NULL"),
        (":m BETWEEN :n AND :s", f"{TYPE}BETWEEN, operand type: M"),
        ("begins_with(a, :n)", f"{TYPE}begins_with, operand type: N"),
        ("begins_with(:ss, a)", f"{TYPE}begins_with, operand type: SS"),
        ("begins_with(size(a), :s)", f"{TYPE}begins_with, operand type: N"),
        ("size(:n) = :n", f"{TYPE}size, operand type: N"),
        ("size(:t) = :n", f"{TYPE}size, operand type: BOOL"),
        ("size(size(a)) = :n", f"{TYPE}size, operand type: N"),
        ("attribute_type(a, :n)", f"{TYPE}attribute_type, operand type: N"),
        ("attribute_type(a, :X)",
         "Invalid attribute type name found; type: X, valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}"),
        ("attribute_exists(:n)", f"{PATH}attribute_exists"),
        ("attribute_not_exists(size(a))", f"{PATH}attribute_not_exists"),
        ("attribute_exists(a, b)", f"{ARITY}attribute_exists, number of operands: 2"),
        ("begins_with(a)", f"{ARITY}begins_with, number of operands: 1"),
        ("contains(a, b, c)", f"{ARITY}contains, number of operands: 3"),
        ("size(a, b) = :n", f"{ARITY}size, number of operands: 2"),
        ("a = a", f"{SAME}=, first operand: [a]"),
        ("a.b[0] < a.b[0]", f"{SAME}<, first operand: [a, b, [0]]"),
        ("a BETWEEN :n AND a", f"{SAME}BETWEEN, first operand: [a]"),
        ("a IN (b, a)", f"{SAME}IN, first operand: [a]"),
        ("contains(a, a)", f"{SAME}contains, first operand: [a]"),
        ("a BETWEEN :n AND :s", bounds_refusal("same data type for lower and upper bounds", "N:1", "S:abc")),
        ("a BETWEEN :n AND :n0",
         bounds_refusal("upper bound to be greater than or equal to lower bound", "N:1", "N:0.5")),
        ("a BETWEEN :b AND :n",
         bounds_refusal(
             "same data type for lower and upper bounds", "B:java.nio.HeapByteBuffer[pos=0 lim=3 cap=3]", "N:1")),
        (f"a IN ({', '.join(['b'] * 101)})",
         "The IN operator is provided with too many operands; number of operands: 101"),
        (f"{DEEP} = :n", "The document path has too many nesting levels; nesting levels: 33"),
    ],
)
def test_a_condition_is_refused_in_the_services_words(text, message):
    """Types of operands, their number, paths compared with themselves, bounds in the wrong order, limits."""
    assert refusal_of_condition(text) == message


def test_300_operators_are_enough():
    """Each comparison, AND, OR, NOT and function counts; n parts have n - 1 ANDs."""
    bind_condition(parse_condition(" AND ".join(["a=b"] * 150)))
    bind_condition(parse_condition("NOT " * 299 + "a=b"))
    bind_condition(parse_condition(" OR ".join(["size(a)=size(b)"] * 75)))
    for text in (" AND ".join(["a=b"] * 151), "NOT " * 300 + "a=b", " OR ".join(["size(a)=size(b)"] * 76)):
        assert refusal_of_condition(text) == "The expression contains too many operators; operator count: 301"


@pytest.mark.parametrize("level", ["NOT {}", "(c = :n AND {})", "NOT (c = :n AND {})"])
def test_300_operators_may_stand_inside_each_other(level):
    """What reads and checks an expression leaves the program that calls it more than a third of Python's depth."""
    text = "a = b"
    while _count(level.format(text)) <= 300:
        text = level.format(text)

    def called_from(depth: int) -> object:
        return bind_condition(parse_condition(text), {}, VALUES) if depth == 0 else called_from(depth - 1)

    assert called_from(250) is not None


def _count(text: str) -> int:
    return sum(map(text.count, ("=", "NOT", "AND")))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("begins_with(a, :n) AND :z = a", f"{TYPE}begins_with, operand type: N"),
        (":z = a AND begins_with(a, :n)", f"{NO_VALUE}:z"),
        ("#z = :n AND attribute_exists(:n)", f"{NO_NAME}#z"),
        ("attribute_exists(:n) AND #z = :n", f"{PATH}attribute_exists"),
        ("attribute_exists(a, #z)", f"{NO_NAME}#z"),
        (":t < :z", f"{NO_VALUE}:z"),
        ("a = a AND :z = b", f"{SAME}=, first operand: [a]"),
        ("a BETWEEN :l AND a", f"{TYPE}BETWEEN, operand type: L"),
        (f"{DEEP} = #z", "The document path has too many nesting levels; nesting levels: 33"),
        (" AND ".join(["a=b"] * 151) + " AND a = #z", f"{NO_NAME}#z"),
    ],
)
def test_of_several_mistakes_in_a_condition_the_first_is_told(text, message):
    """From left to right, operands before their operator, the number of operators last."""
    assert refusal_of_condition(text) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SET a = :s + :n", f"{TYPE}+, operand type: S"),
        ("SET a = b - :t", f"{TYPE}-, operand type: BOOL"),
        ("SET a = list_append(:n, a)", f"{TYPE}list_append, operand type: N"),
        ("SET a = list_append(a, :ss)", f"{TYPE}list_append, operand type: SS"),
        ("SET a = if_not_exists(:n, :n)", f"{PATH}if_not_exists"),
        ("SET a = if_not_exists(a)", f"{ARITY}if_not_exists, number of operands: 1"),
        ("SET a = list_append(a, :l, :l)", f"{ARITY}list_append, number of operands: 3"),
        ("SET a = if_not_exists(b, b)", f"{SAME}if_not_exists, first operand: [b]"),
        ("SET a = :s + if_not_exists(b, b)", f"{SAME}if_not_exists, first operand: [b]"),
        ("ADD a :s", f"{ADD}STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"),
        ("ADD a :l", f"{ADD}LIST, typeSet: ALLOWED_FOR_ADD_OPERAND"),
        ("DELETE a :n", f"{DELETE}NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND"),
        (f"REMOVE {DEEP}", "The document path has too many nesting levels; nesting levels: 33"),
        (f"SET a = {DEEP}", "The document path has too many nesting levels; nesting levels: 33"),
        ("SET a = :z", f"{NO_VALUE}:z"),
        ("ADD #z :n", f"{NO_NAME}#z"),
        ("SET a = :n + #z", f"{NO_NAME}#z"),
    ],
)
def test_an_update_is_refused_in_the_services_words(text, message):
    """Types of operands, functions that want a path, what is not defined."""
    assert refusal_of_update(text) == message


@pytest.mark.parametrize("text", ["ADD a :n, b :ss, c :ns", "DELETE a :ss, b :ns", "SET a = a + a",
                                  "SET a = list_append(a, a)", "SET a = if_not_exists(a, :s) + :n"])
def test_an_update_that_only_an_item_can_rule_out_is_taken(text):
    """What a path holds is not known yet."""
    assert bind_update(parse_update(text), {}, VALUES)


@pytest.mark.parametrize(
    ("paths", "kind", "one", "two"),
    [
        ("a, a", "overlap", "[a]", "[a]"),
        ("a, a.b", "overlap", "[a]", "[a, b]"),
        ("a.b, a", "overlap", "[a, b]", "[a]"),
        ("a[0], a[0].b", "overlap", "[a, [0]]", "[a, [0], b]"),
        ("a.b, a[0]", "conflict", "[a, b]", "[a, [0]]"),
        ("z, a.b.c, y, a.b", "overlap", "[a, b, c]", "[a, b]"),
    ],
)
def test_paths_that_clash_are_refused(paths, kind, one, two):
    """In an update, across its sections too, and in a projection."""
    message = (
        f"Two document paths {kind} with each other; must remove or rewrite one of these paths; "
        f"path one: {one}, path two: {two}")
    first, *others = paths.split(", ")

    assert refusal_of_projection(paths) == message
    assert refusal_of_update(f"REMOVE {paths}") == message
    assert refusal_of_update(f"SET {first} = :n REMOVE {', '.join(others)}") == message


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        ("#z, a, a", "Two document paths overlap"),
        ("a, a, #z", NO_NAME),
        ("#y, #z", f"{NO_NAME}#z"),
        (f"a, a, {DEEP}", "too many nesting levels"),
        (f"{DEEP}, a, a", "Two document paths overlap"),
    ],
)
def test_of_several_mistakes_in_targets_the_last_ones_is_told(paths, message):
    """The service takes the paths from the last to the first."""
    assert message in refusal_of_projection(paths)
    assert message in refusal_of_update(f"REMOVE {paths}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SET a = :s + :s, #z = :n", f"{NO_NAME}#z"),
        ("SET a = :s + :s, b = :n, b = :n", "Two document paths overlap"),
        ("SET a = :s + :s, b = if_not_exists(c, c)", SAME),
        ("SET a = if_not_exists(c, c), b = :s + :s", TYPE),
        ("SET a = :s + :s ADD b :s", ADD),
    ],
)
def test_of_several_mistakes_in_an_update_targets_come_first(text, message):
    """Then values, from the last action to the first."""
    assert message in refusal_of_update(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a < :v", f"{TYPE}<, operand type: BOOL"),
        ("a = :w AND (b = :w OR NOT :v >= c)", f"{TYPE}>=, operand type: BOOL"),
        ("a BETWEEN :v AND :w", f"{TYPE}BETWEEN, operand type: BOOL"),
        ("begins_with(a, :v)", f"{TYPE}begins_with, operand type: BOOL"),
        ("size(:v) = b", f"{TYPE}size, operand type: BOOL"),
        ("attribute_type(a, :v)", f"{TYPE}attribute_type, operand type: BOOL"),
    ],
)
def test_a_condition_that_was_sound_is_refused_with_other_values(text, message):
    """What is remembered of a text does not spare its values the check."""
    tree = parse_condition(text)
    for _ in range(2):
        bind_condition(tree, {}, {":v": {"S": "S"}, ":w": {"S": "T"}})

    with pytest.raises(ExpressionError) as caught:
        bind_condition(tree, {}, {":v": {"BOOL": True}, ":w": {"S": "T"}})

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "good", "message"),
    [
        ("SET a = a + :v", {"N": "1"}, f"{TYPE}+, operand type: S"),
        ("SET a = if_not_exists(a, :v) - :v", {"N": "1"}, f"{TYPE}-, operand type: S"),
        ("SET a = list_append(:v, a)", {"L": []}, f"{TYPE}list_append, operand type: S"),
        ("ADD a :v", {"SS": ["a"]}, f"{ADD}STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"),
        ("DELETE a :v", {"SS": ["a"]}, f"{DELETE}STRING, typeSet: ALLOWED_FOR_DELETE_OPERAND"),
    ],
)
def test_an_update_that_was_sound_is_refused_with_another_value(text, good, message):
    """What is remembered of a text does not spare its values the check."""
    tree = parse_update(text)
    for _ in range(2):
        bind_update(tree, {}, {":v": good})

    with pytest.raises(ExpressionError) as caught:
        bind_update(tree, {}, {":v": {"S": "x"}})

    assert str(caught.value) == message


def test_the_same_text_with_other_names_is_another_expression():
    """Paths that were apart may clash."""
    tree = parse_update("SET #a = :v REMOVE #b")

    assert bind_update(tree, {"#a": "x", "#b": "y"}, VALUES | {":v": {"N": "1"}}).sets[0].path == Path(("x",))
    with pytest.raises(ExpressionError, match="overlap"):
        bind_update(tree, {"#a": "x", "#b": "x"}, {":v": {"N": "1"}})
