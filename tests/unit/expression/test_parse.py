"""Expressions from text to tree; the messages are DynamoDB's own."""

from __future__ import annotations

import pytest

from pynamite.errors import ExpressionError
from pynamite.expression.nodes import (
    Add,
    And,
    Arithmetic,
    Between,
    Compare,
    Delete,
    Function,
    IfNotExists,
    In,
    ListAppend,
    Not,
    Or,
    Path,
    Placeholder,
    Projection,
    Remove,
    Set,
    Size,
    Update,
)
from pynamite.expression.parse import parse_condition, parse_key_condition, parse_projection_text, parse_update

A, B, C = Path(("a",)), Path(("b",)), Path(("c",))
V, W = Placeholder(":v"), Placeholder(":w")
A_IS_V, B_IS_V, C_IS_V = (Compare("=", path, V) for path in (A, B, C))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a = :v", A_IS_V),
        ("(a) = (:v)", A_IS_V),
        ("a<>b", Compare("<>", A, B)),
        ("#n0.b[0][1].c >= :v", Compare(">=", Path(("#n0", "b", 0, 1, "c")), V)),
        ("a . b [ 1 ] < :v", Compare("<", Path(("a", "b", 1)), V)),
        ("size(a) > :v", Compare(">", Size(A), V)),
        ("size(:v) > size (a.b)", Compare(">", Size(V), Size(Path(("a", "b"))))),
        ("a BETWEEN :v AND :w", Between(A, V, W)),
        ("a between (b) and c AND a = :v", And((Between(A, B, C), A_IS_V))),
        ("a IN (:v, b, size(c))", In(A, (V, B, Size(C)))),
        ("attribute_exists(a)", Function("attribute_exists", (A,))),
        ("attribute_not_exists((a.b))", Function("attribute_not_exists", (Path(("a", "b")),))),
        ("attribute_type(a, :v)", Function("attribute_type", (A, V))),
        ("begins_with(a, :v)", Function("begins_with", (A, V))),
        ("contains(a, size(b))", Function("contains", (A, Size(B)))),
        ("contains = :v", Compare("=", Path(("contains",)), V)),
        ("a = :v AND b = :v AND c = :v", And((A_IS_V, B_IS_V, C_IS_V))),
        ("a = :v AND (b = :v AND c = :v)", And((A_IS_V, B_IS_V, C_IS_V))),
        ("a = :v OR b = :v AND c = :v", Or((A_IS_V, And((B_IS_V, C_IS_V))))),
        ("(a = :v OR b = :v) AND c = :v", And((Or((A_IS_V, B_IS_V)), C_IS_V))),
        ("NOT a = :v AND b = :v", And((Not(A_IS_V), B_IS_V))),
        ("not not (a = :v or b = :v)", Not(Not(Or((A_IS_V, B_IS_V))))),
        ("(attribute_exists(a)) AND (a = :v)", And((Function("attribute_exists", (A,)), A_IS_V))),
        ("(size(a)) = :v", Compare("=", Size(A), V)),
    ],
)
def test_a_condition_becomes_a_tree(text, tree):
    """NOT binds tighter than AND, AND tighter than OR; words are taken in any case, names as they are."""
    assert parse_condition(text) == tree
    assert parse_key_condition(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("SET a = :v", Update(sets=(Set(A, V),))),
        ("set a=b, b.c[0] = (:v)", Update(sets=(Set(A, B), Set(Path(("b", "c", 0)), V)))),
        ("SET a = a + :v", Update(sets=(Set(A, Arithmetic("+", A, V)),))),
        ("SET a = (a - :v)", Update(sets=(Set(A, Arithmetic("-", A, V)),))),
        ("SET a = (a) + (:v)", Update(sets=(Set(A, Arithmetic("+", A, V)),))),
        ("SET a = if_not_exists(b, :v) + :w", Update(sets=(Set(A, Arithmetic("+", IfNotExists(B, V), W)),))),
        ("SET a = :v-if_not_exists(b, if_not_exists(c, :w))",
         Update(sets=(Set(A, Arithmetic("-", V, IfNotExists(B, IfNotExists(C, W)))),))),
        ("SET a = list_append(a, :v)", Update(sets=(Set(A, ListAppend(A, V)),))),
        ("SET a = (list_append(if_not_exists(a, :v), b))",
         Update(sets=(Set(A, ListAppend(IfNotExists(A, V), B)),))),
        ("REMOVE a, b[1]", Update(removes=(Remove(A), Remove(Path(("b", 1)))))),
        ("ADD a :v, b.c :w", Update(adds=(Add(A, V), Add(Path(("b", "c")), W)))),
        ("DELETE a :v", Update(deletes=(Delete(A, V),))),
        ("DELETE a :v ADD b :v REMOVE c SET d = :w",
         Update((Set(Path(("d",)), W),), (Remove(C),), (Add(B, V),), (Delete(A, V),))),
    ],
)
def test_an_update_becomes_a_tree(text, tree):
    """The sections come in any order, each at most once."""
    assert parse_update(text) == tree


def test_a_projection_becomes_a_tree():
    """It is paths between commas, whose names may be placeholders."""
    assert parse_projection_text("a, #n0.b[2]") == Projection((A, Path(("#n0", "b", 2))))


@pytest.mark.parametrize(
    ("text", "token", "near"),
    [
        (" ", "<EOF>", " "),
        ("a", "<EOF>", "a"),
        ("a =", "<EOF>", "="),
        ("a = :v b = :v", "b", ":v b ="),
        ("(a = :v", "<EOF>", ":v"),
        ("a = :v)", ")", ":v)"),
        ("a == :v", "=", "== :v"),
        ("a ! :v", "!", "a ! :v"),
        ("a = 12", "12", "= 12"),
        ("a.b. = :v", "=", ". = :v"),
        ("a[x] = :v", "x", "[x]"),
        ("a[01] = :v", "1", "01]"),
        ("a[0]b = :v", "b", "]b ="),
        ("a.AND = :v", "AND", ".AND ="),
        ("set = :v", "set", "set ="),
        ("# = :v", "#", "# ="),
        ("a = :", ":", "= :"),
        ("a in ()", ")", "()"),
        ("a in :v", ":v", "in :v"),
        ("a = NOT b", "NOT", "= NOT b"),
        ("a = (b = :v)", "=", "b = :v"),
        ("(a = :v) = :v", "=", ") = :v"),
        ("(a) AND b = :v", "AND", ") AND b"),
        ("(a = b AND c)", ")", "c)"),
        ("(NOT a)", ")", "a)"),
        ("NOT a", "<EOF>", "a"),
        ("a BETWEEN :v OR :v", "OR", ":v OR :v"),
        ("size(a = :v", "=", "a = :v"),
        ("attribute_exists()", ")", "()"),
    ],
)
def test_a_condition_with_a_syntax_error_is_refused_at_its_place(text, token, near):
    """The service's words: the token that cannot stand there, and what stands around it."""
    with pytest.raises(ExpressionError) as caught:
        parse_condition(text)

    assert str(caught.value) == f'Syntax error; token: "{token}", near: "{near}"'


@pytest.mark.parametrize(
    ("text", "token", "near"),
    [
        ("SET", "<EOF>", "SET"),
        ("SET a = :v,", "<EOF>", ","),
        ("SET a = :v, SET b = :v", "SET", ", SET b"),
        ("SET a = :v, REMOVE b", "REMOVE", ", REMOVE b"),
        ("SETa = :v", "SETa", "SETa ="),
        ("a = :v", "a", "a ="),
        ("REMOVE a b", "b", "a b"),
        ("REMOVE :v", ":v", "REMOVE :v"),
        ("ADD a = :v", "=", "a = :v"),
        ("ADD a b", "b", "a b"),
        ("DELETE a (:v)", "(", "a (:v"),
        ("SET (a) = :v", "(", "SET (a"),
        ("SET a = a + :v + :v", "+", ":v + :v"),
        ("SET a = (a + :v) + :v", "+", ") + :v"),
        ("SET a = :v + (a + :v)", "+", "a + :v"),
        ("SET a = -:v", "-", "= -:v"),
        ("SET a = a * :v", "*", "a * :v"),
        ("SET a = if_not_exists(a + b, c)", "+", "a + b"),
        ("SET a = :v SET", "<EOF>", "SET"),
    ],
)
def test_an_update_with_a_syntax_error_is_refused_at_its_place(text, token, near):
    """There is one + or - at most, and nothing but a placeholder after ADD and DELETE."""
    with pytest.raises(ExpressionError) as caught:
        parse_update(text)

    assert str(caught.value) == f'Syntax error; token: "{token}", near: "{near}"'


@pytest.mark.parametrize(
    ("text", "token"), [("a,", "<EOF>"), ("a b", "b"), (":v", ":v"), ("(a)", "("), ("size(a)", "(")])
def test_a_projection_with_a_syntax_error_is_refused(text, token):
    """A projection has paths and commas only."""
    with pytest.raises(ExpressionError, match="Syntax error") as caught:
        parse_projection_text(text)

    assert f'token: "{token}"' in str(caught.value)


@pytest.mark.parametrize("parse", [parse_condition, parse_update, parse_projection_text])
def test_an_empty_text_is_no_expression(parse):
    """Every grammar wants something."""
    with pytest.raises(ExpressionError, match="The expression can not be empty;"):
        parse("")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("((a = :v))", "The expression has redundant parentheses;"),
        ("((a)) = :v", "The expression has redundant parentheses;"),
        ("NOT ((a = :v))", "The expression has redundant parentheses;"),
        ("((attribute_exists(a)))", "The expression has redundant parentheses;"),
        ("status = :v", "Attribute name is a reserved keyword; reserved keyword: status"),
        ("a.Status = :v", "Attribute name is a reserved keyword; reserved keyword: Status"),
        ("a = TRUE", "Attribute name is a reserved keyword; reserved keyword: TRUE"),
        ("foo(a) = :v", "Invalid function name; function: foo"),
        ("SIZE(a) = :v", "Invalid function name; function: SIZE"),
        ("if_not_exists(a, :v)", "The function is not allowed in a condition expression; function: if_not_exists"),
        ("size(a)", "The function is not allowed to be used this way in an expression; function: size"),
        ("size(a) AND a = :v", "The function is not allowed to be used this way in an expression; function: size"),
        ("NOT size(a) OR a = :v", "The function is not allowed to be used this way in an expression; function: size"),
        ("(size(a))", "The function is not allowed to be used this way in an expression; function: size"),
        ("attribute_exists(a) = :v",
         "The function is not allowed to be used this way in an expression; function: attribute_exists"),
        ("contains(a, attribute_exists(b))",
         "The function is not allowed to be used this way in an expression; function: attribute_exists"),
        ("a[2147483648] = :v", "List index is not within the allowable range; index: [2147483648]"),
    ],
)
def test_a_condition_that_its_text_alone_rules_out_is_refused(text, message):
    """Some mistakes show without names and values."""
    with pytest.raises(ExpressionError) as caught:
        parse_condition(text)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SET a = ((:v))", "The expression has redundant parentheses;"),
        ("SET a = ((a + :v))", "The expression has redundant parentheses;"),
        ("SET a = if_not_exists(a, ((:v)))", "The expression has redundant parentheses;"),
        ("SET a = size(b)", "The function is not allowed in an update expression; function: size"),
        ("SET a = foo(b)", "Invalid function name; function: foo"),
        ("SET a = list_append(a, list_append(b, c))",
         "The function is not allowed to be used this way in an expression; function: list_append"),
        ("SET a = list_append(a, b) + :v",
         "The function is not allowed to be used this way in an expression; function: list_append"),
        ("SET a = if_not_exists(a, list_append(a, b))",
         "The function is not allowed to be used this way in an expression; function: list_append"),
        ("SET a = :v SET b = :v", 'The "SET" section can only be used once in an update expression;'),
        ("remove a remove b", 'The "REMOVE" section can only be used once in an update expression;'),
    ],
)
def test_an_update_that_its_text_alone_rules_out_is_refused(text, message):
    """Functions have their places, and sections come once."""
    with pytest.raises(ExpressionError) as caught:
        parse_update(text)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("foo(a) AND a = = b", "Syntax error"),
        ("status = :v AND ((a = :v))", "redundant parentheses"),
        ("foo(a) AND status = :v", "function: foo"),
        ("status = :v AND foo(a)", "keyword: status"),
        ("foo(bar(a), status)", "function: foo"),
        ("attribute_exists(foo(a))", "function: foo"),
        ("size(foo(a))", "function: size"),
        ("attribute_exists(status) = :v", "function: attribute_exists"),
        ("a[2147483648] = :v AND foo(a)", "List index"),
    ],
)
def test_of_several_mistakes_the_service_tells_one(text, message):
    """Grammar first, then parentheses, then from left to right."""
    with pytest.raises(ExpressionError, match=message):
        parse_condition(text)


def test_a_tree_is_read_once():
    """The same text gives the same tree."""
    assert parse_condition("a = :v AND b = :w") is parse_condition("a = :v AND b = :w")


def test_two_hundred_levels_of_parentheses_are_read():
    """As deep as 300 operators can go."""
    text = "a = b"
    for _ in range(140):
        text = f"(c = d AND {text})"

    assert isinstance(parse_condition(text), And)


def test_a_wall_of_parentheses_is_refused():
    """A depth that Python cannot follow is an error like any other."""
    with pytest.raises(ExpressionError, match="redundant parentheses"):
        parse_condition("(" * 2000 + "a = b" + ")" * 2000)
    with pytest.raises(ExpressionError, match="redundant parentheses"):
        parse_update("SET a = " + "(" * 2000 + "b" + ")" * 2000)
