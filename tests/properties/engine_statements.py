"""Random statements of PartiQL for the table of `engine_requests`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

__all__ = ["TABLE_NAME", "statements"]

TABLE_NAME = "<table>"
"""What stands for the table's name."""

NUMBERS = ("0", "1", "-1", "10", "0.1", "12345678901234567890")
VALUES: tuple[dict[str, Any], ...] = (
    *({"N": number} for number in NUMBERS), {"S": "a"}, {"S": "ab"}, {"S": ""}, {"S": "é"}, {"BOOL": True},
    {"NULL": True}, {"B": b"x"}, {"L": [{"S": "a"}]}, {"M": {"x": {"N": "1"}}}, {"SS": ["a", "b"]}, {"NS": ["1", "2"]})
ATTRIBUTES = ("a", "c", "k", "l", "m", "s", "n", "g")


class _Parameters:
    """The values that a statement asks for by question marks."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.values: list[dict[str, Any]] = []

    def add(self, value: dict[str, Any]) -> str:
        self.values.append(value)
        return "?"

    def any(self) -> str:
        return self.add(self.draw(st.sampled_from(VALUES)))

    def path(self) -> str:
        name = self.draw(st.sampled_from(ATTRIBUTES))
        return name + self.draw(st.sampled_from(("", "", "", "", ".x", "[0]")))

    def condition(self) -> str:
        path = self.path()
        kinds = ("=", "<>", "<", ">=", "between", "in", "missing", "begins", "contains", "type")
        match self.draw(st.sampled_from(kinds)):
            case "between":
                return f"{path} BETWEEN {self.any()} AND {self.any()}"
            case "in":
                return f"{path} IN [{self.any()}, {self.any()}]"
            case "missing":
                return f"{path} IS {self.draw(st.sampled_from(('MISSING', 'NOT MISSING', 'NULL', 'NOT NULL')))}"
            case "begins":
                return f"begins_with({path}, {self.any()})"
            case "contains":
                return f"contains({path}, {self.any()})"
            case "type":
                return f"attribute_type({path}, {self.add({'S': self.draw(st.sampled_from(('S', 'N', 'L', 'M')))})})"
            case operator:
                return f"{path} {operator} {self.any()}"

    def where(self, key: dict[str, Any]) -> str:
        text = f"PK = {self.add(key['PK'])} AND SK = {self.add(key['SK'])}"
        return f"{text} AND {self.condition()}" if self.draw(st.integers(1, 4)) == 1 else text


@st.composite
def statements(draw: Any, keys: Sequence[dict[str, Any]]) -> Any:
    """One statement on one item, or a SELECT of several."""
    parameters = _Parameters(draw)
    key = draw(st.sampled_from(list(keys)))
    match draw(st.sampled_from(("select", "select", "insert", "update", "update", "delete"))):
        case "select":
            text = f'SELECT * FROM "{TABLE_NAME}" WHERE {_selection(draw, parameters, key)}'
        case "insert":
            members = [f"'{name}': {parameters.add(value)}" for name, value in key.items()]
            chosen = draw(st.lists(st.sampled_from(("a", "c", "k", "l", "m")), max_size=3, unique=True))
            members += [f"'{name}': {parameters.any()}" for name in chosen]
            text = f"INSERT INTO \"{TABLE_NAME}\" VALUE {{{', '.join(members)}}}"
        case "update":
            text = f'UPDATE "{TABLE_NAME}" {_changes(draw, parameters)} WHERE {parameters.where(key)}'
            text += draw(st.sampled_from(("", " RETURNING ALL NEW *", " RETURNING ALL OLD *")))
        case _:
            text = f'DELETE FROM "{TABLE_NAME}" WHERE {parameters.where(key)}'
            text += draw(st.sampled_from(("", " RETURNING ALL OLD *")))
    request: dict[str, Any] = {"Statement": text}
    if parameters.values:
        request["Parameters"] = parameters.values
    return "execute_statement", request


def _selection(draw: Any, parameters: _Parameters, key: dict[str, Any]) -> str:
    kind = draw(st.sampled_from(("item", "partition", "scan")))
    if kind == "item":
        return parameters.where(key)
    if kind == "scan":
        return parameters.condition()
    text = f"PK = {parameters.add(key['PK'])}"
    return f"{text} AND {parameters.condition()}" if draw(st.booleans()) else text


def _changes(draw: Any, parameters: _Parameters) -> str:
    match draw(st.sampled_from(("set", "set", "remove", "add", "append"))):
        case "remove":
            return f"REMOVE {parameters.path()}"
        case "add":
            name, number = draw(st.sampled_from(("k", "n", "a"))), draw(st.sampled_from(NUMBERS))
            return f"SET {name} = {name} {draw(st.sampled_from('+-'))} {parameters.add({'N': number})}"
        case "append":
            return f"SET l = list_append(l, {parameters.add({'L': [{'S': 'z'}]})})"
        case _:
            return f"SET {parameters.path()} = {parameters.any()}"
