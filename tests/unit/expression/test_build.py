"""Conditions and changes from Python: the trees that they make, and the mistakes that they catch."""

# Types that the checkers refuse are what this module is about.
# mypy: disable-error-code="arg-type, operator, misc, call-overload, truthy-bool"
# pyright: reportArgumentType=false, reportOperatorIssue=false, reportCallIssue=false, reportIndexIssue=false
# pyright: reportAttributeAccessIssue=false, reportGeneralTypeIssues=false

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite import attribute, path
from pynamite.errors import ExpressionError
from pynamite.expression import nodes
from pynamite.expression.build import Attribute, Change, Condition, as_condition
from pynamite.expression.nodes import Literal, Path


@attrs.define
class Address:
    zip: str
    lines: list[str]


@attrs.define
class Base:
    name: str = ""


@attrs.define
class User(Base):
    visits: int = 0
    tags: set[str] = attrs.Factory(set)
    names: list[str] = attrs.Factory(list)
    address: Address | None = None
    by_name: dict[str, int] = attrs.Factory(dict)


VISITS = attribute(User.visits)
NAMES = Path(("names",))


def test_an_attribute_knows_its_field_and_its_class():
    """The slot tells both, whatever default the class has; an inherited field belongs to its base."""
    assert (VISITS.path, VISITS.path.owner) == (Path(("visits",)), User)
    assert attribute(User.name).path.owner is Base
    assert repr(VISITS) == "attribute(visits)"


@pytest.mark.parametrize("wrong", [User().visits, "visits", None, User, VISITS, Attribute.exists])
def test_an_attribute_is_made_of_a_field_only(wrong):
    """A value of an instance, a name or an attribute is none; the message says what to do."""
    with pytest.raises(TypeError, match=r"takes a field of an entity class|is an attribute already"):
        attribute(wrong)


@pytest.mark.parametrize(
    "condition, node",
    [
        (VISITS == 1, nodes.Compare("=", VISITS.path, Literal(1))),
        (VISITS != 1, nodes.Compare("<>", VISITS.path, Literal(1))),
        (VISITS < 1, nodes.Compare("<", VISITS.path, Literal(1))),
        (VISITS <= 1, nodes.Compare("<=", VISITS.path, Literal(1))),
        (VISITS > 1, nodes.Compare(">", VISITS.path, Literal(1))),
        (VISITS >= 1, nodes.Compare(">=", VISITS.path, Literal(1))),
        (1 < VISITS, nodes.Compare(">", VISITS.path, Literal(1))),  # noqa: SIM300
        (VISITS == attribute(User.name), nodes.Compare("=", VISITS.path, Path(("name",)))),  # noqa: SIM300
        (VISITS.between(1, 2), nodes.Between(VISITS.path, Literal(1), Literal(2))),
        (VISITS.in_(iter([1, 2])), nodes.In(VISITS.path, (Literal(1), Literal(2)))),
        (VISITS.exists(), nodes.Function("attribute_exists", (VISITS.path,))),
        (VISITS.absent(), nodes.Function("attribute_not_exists", (VISITS.path,))),
        (VISITS.has_type("N"), nodes.Function("attribute_type", (VISITS.path, nodes.Value({"S": "N"})))),
        (attribute(User.names).contains("a"), nodes.Function("contains", (NAMES, Literal("a")))),
        (path("a").begins_with("x"), nodes.Function("begins_with", (Path(("a",)), Literal("x")))),
        (attribute(User.names).size() > 1, nodes.Compare(">", nodes.Size(NAMES), Literal(1))),
    ],
)
def test_a_comparison_is_a_condition(condition, node):
    """Operators and methods make nodes with the Python values in them."""
    assert isinstance(condition, Condition) and condition.node == node


def test_conditions_are_combined_flat():
    """& | ~ make one And or Or of all parts."""
    a, b, c = (path(name).exists() for name in "abc")
    assert (a & b & c).node == nodes.And((a.node, b.node, c.node))
    assert (a | (b | c)).node == nodes.Or((a.node, b.node, c.node))
    assert (~(a & b) | c).node == nodes.Or((nodes.Not(nodes.And((a.node, b.node))), c.node))


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: bool(VISITS == 1),
        lambda: (VISITS == 1) and (VISITS == 2),
        lambda: not (VISITS == 1),  # noqa: SIM201
        lambda: 1 < VISITS < 3,  # pyright: ignore[reportGeneralTypeIssues]
        lambda: bool(VISITS),
        lambda: VISITS in [1, 2],
        lambda: (VISITS == 1) & True,
        lambda: True | (VISITS == 1),
        lambda: list(attribute(User.names)),
        lambda: hash(VISITS),
        lambda: as_condition(User().visits > 3, "where="),
        lambda: as_condition(VISITS.set(1), "where="),
    ],
)
def test_python_would_lose_half_of_the_condition(mistake):
    """and, or, not, chains, truth, iteration and a forgotten attribute(...) are errors, not wrong answers."""
    with pytest.raises(TypeError):
        mistake()


def test_the_error_names_the_remedy():
    """A newcomer's first mistakes."""
    with pytest.raises(TypeError, match=r"combine conditions with & \| ~ instead of and, or, not"):
        bool(VISITS == 1)
    with pytest.raises(TypeError, match=r"where= takes a condition, such as attribute\(User.visits\) > 3, not True"):
        as_condition(True, "where=")
    assert as_condition(None, "where=") is None


@pytest.mark.parametrize(
    "reached, steps",
    [
        (attribute(User.names)[0], ("names", 0)),
        (attribute(User.by_name)["a.b"], ("by_name", "a.b")),
        (attribute(User.address).at(lambda a: a.zip), ("address", "zip")),
        (attribute(User.address).at(lambda a: a.lines[1]), ("address", "lines", 1)),
        (attribute(User.address).at(lambda a: a.lines)[1], ("address", "lines", 1)),
        (path("a.b[2].c"), ("a", "b", 2, "c")),
    ],
)
def test_what_is_inside_is_reached(reached, steps):
    """By index, by key, by a function over the nested object, or by path."""
    assert reached.path.steps == steps


@pytest.mark.parametrize(
    "mistake, error",
    [
        (lambda: attribute(User.names)[-1], IndexError),
        (lambda: attribute(User.names).insert(-1, "a"), IndexError),
        (lambda: attribute(User.names).insert("0", "a"), TypeError),
        (lambda: attribute(User.names).insert(True, "a"), TypeError),
        (lambda: attribute(User.address).at(lambda a: a.lines[-1]), IndexError),
        (lambda: attribute(User.address).at(lambda a: "zip"), TypeError),
        (lambda: attribute(User.address).at(lambda a: a.zip == "1"), TypeError),
        (lambda: path("a..b"), ExpressionError),
        (lambda: path(5), ExpressionError),
    ],
)
def test_what_cannot_be_reached_is_refused(mistake, error):
    """DynamoDB counts from the front, and a path is names and numbers."""
    with pytest.raises(error):
        mistake()


@pytest.mark.parametrize(
    "change, action",
    [
        (VISITS.set(1), nodes.Set(VISITS.path, Literal(1))),
        (VISITS.remove(), nodes.Remove(VISITS.path)),
        (VISITS.set_if_absent(1), nodes.Set(VISITS.path, nodes.IfNotExists(VISITS.path, Literal(1)))),
        (VISITS.copy(path("other")), nodes.Set(VISITS.path, Path(("other",)))),
        (VISITS.add(2), nodes.Set(VISITS.path, nodes.Arithmetic(
            "+", nodes.IfNotExists(VISITS.path, Literal(0)), Literal(2)))),
        (VISITS.subtract(2), nodes.Set(VISITS.path, nodes.Arithmetic(
            "-", nodes.IfNotExists(VISITS.path, Literal(0)), Literal(2)))),
        (attribute(User.tags).add({"a"}), nodes.Add(Path(("tags",)), Literal({"a"}))),
        (attribute(User.tags).discard({"a"}), nodes.Delete(Path(("tags",)), Literal({"a"}))),
        (attribute(User.names).append("a", "b"), nodes.Set(NAMES, nodes.ListAppend(
            nodes.IfNotExists(NAMES, Literal([])), Literal(["a", "b"])))),
        (attribute(User.names).prepend("a"), nodes.Set(NAMES, nodes.ListAppend(
            Literal(["a"]), nodes.IfNotExists(NAMES, Literal([]))))),
        (attribute(User.names).insert(2, "a", "b"), nodes.Set(NAMES, nodes.ListInsert(
            nodes.IfNotExists(NAMES, Literal([])), 2, Literal(["a", "b"])))),
    ],
)  # fmt: skip
def test_a_change_is_one_action(change, action):
    """Each method gives one action of an update."""
    assert isinstance(change, Change) and change.action == action


@given(st.lists(st.text(min_size=1, max_size=3) | st.integers(0, 99), max_size=4), st.text(min_size=1, max_size=3))
def test_a_path_as_text_is_what_is_reached_step_by_step(steps, first):
    """Reaching inside and reading the text are the same."""
    reached = path(str(Path((first,))))
    for step in steps:
        reached = reached[step]
    assert path(str(reached.path)).path == reached.path
