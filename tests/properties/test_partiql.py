"""Conditions written as PartiQL read back as the same trees, with their values as parameters or written out."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from pynamite.expression import nodes
from pynamite.local.partiql.parse import parse
from pynamite.local.partiql.statements import Select
from tests.properties.expressions import conditions, wire_values

WORDS = {"attribute_exists": "IS NOT MISSING", "attribute_not_exists": "IS MISSING"}


class Writer:
    """Writes a condition as PartiQL; values become parameters."""

    def __init__(self) -> None:
        self.given: list[Any] = []

    def operand(self, node: Any) -> str:
        if isinstance(node, nodes.Value):
            self.given.append(node.wire)
            return "?"
        if isinstance(node, nodes.Size):
            return f"size({self.operand(node.path)})"
        first, *rest = node.steps
        return quoted(first) + "".join(f"[{step}]" if isinstance(step, int) else f".{quoted(step)}" for step in rest)

    def condition(self, node: Any) -> str:
        match node:
            case nodes.Compare(operator, left, right):
                return f"{self.operand(left)} {operator} {self.operand(right)}"
            case nodes.Between(operand, low, high):
                return f"{self.operand(operand)} BETWEEN {self.operand(low)} AND {self.operand(high)}"
            case nodes.In(operand, options):
                assume(isinstance(operand, nodes.Path))
                return f"{self.operand(operand)} IN [{', '.join(map(self.operand, options))}]"
            case nodes.Function(name, (argument,)):
                return f"{self.operand(argument)} {WORDS[name]}"
            case nodes.Function(name, arguments):
                return f"{name}({', '.join(map(self.operand, arguments))})"
            case nodes.Not(part):
                return f"NOT ({self.condition(part)})"
            case nodes.And(parts):
                return " AND ".join(f"({self.condition(part)})" for part in parts)
            case nodes.Or(parts):
                return " or ".join(f"({self.condition(part)})" for part in parts)
        raise AssertionError(node)


def quoted(name: str) -> str:
    """Write a name so that it may be anything."""
    return '"' + name.replace('"', '""') + '"'


def read(text: str, given: list[Any]) -> Any:
    """Read a condition back, and put the parameters in their places."""
    statement = parse(f"SELECT * FROM shop WHERE {text}")
    assert isinstance(statement, Select) and statement.parameters == len(given)

    def leaf(one: Any) -> Any:
        if not isinstance(one, nodes.Literal):
            return one
        return nodes.Value(given[int(one.value.name)] if isinstance(one.value, nodes.Placeholder) else one.value)

    return nodes.transform(statement.condition, leaf)


@given(conditions)
def test_a_condition_reads_back_as_it_was_written(condition):
    """Names, operators, their order and their brackets: nothing is lost."""
    writer = Writer()
    text = writer.condition(condition)
    assert read(text, writer.given) == condition


def written(value: Any) -> str:
    """Write a value out; binary has no form of its own."""
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return "'" + content.replace("'", "''") + "'"
        case "N":
            return str(content)
        case "BOOL":
            return str(content).upper()
        case "NULL":
            return "NULL"
        case "L":
            return f"[{', '.join(map(written, content))}]"
        case "M":
            return "{" + ", ".join(f"{written({'S': name})}: {written(inner)}" for name, inner in content.items()) + "}"
        case "SS" | "NS":
            return f"<<{', '.join(written({kind[0]: member}) for member in content)}>>"
    assume(False)
    raise AssertionError(value)


@given(wire_values, st.sampled_from(("=", "<>")))
def test_a_value_reads_back_as_it_was_written(value, operator):
    """Texts with quotation marks, numbers of any length, lists, structures and bags."""
    assert read(f'"a" {operator} {written(value)}', []) == nodes.Compare(
        operator, nodes.Path(("a",)), nodes.Value(value)
    )
