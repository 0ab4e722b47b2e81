"""Values and paths in a statement."""

from __future__ import annotations

from typing import Any

from pynamite.expression import nodes
from pynamite.local.failures import invalid
from pynamite.local.partiql.lex import Token, Tokens, malformed

__all__ = ["Parameters", "fill", "literal", "path", "starts_literal", "struct"]

_WORDS: dict[str, dict[str, Any]] = {"true": {"BOOL": True}, "false": {"BOOL": False}, "null": {"NULL": True}}


class Parameters:
    """Counts the ``?`` of a statement."""

    def __init__(self) -> None:
        self.count = 0

    def take(self) -> nodes.Placeholder:
        """Give the next one its place."""
        self.count += 1
        return nodes.Placeholder(str(self.count - 1))


def starts_literal(tokens: Tokens) -> bool:
    """Tell whether a value comes next."""
    token = tokens.next
    return token.kind in {"text", "number"} or token.lower in _WORDS or (
        token.kind == "symbol" and token.value in {"[", "{", "<<", "?", "-", "+"})


def literal(tokens: Tokens, parameters: Parameters) -> Any:
    """Read a value: an AttributeValue, or a Placeholder, or one that holds Placeholders."""
    token = tokens.take()
    if token.kind == "text":
        return {"S": token.value}
    if token.kind == "number":
        return {"N": token.value}
    if token.lower in _WORDS:
        return _WORDS[token.lower]
    if token.kind != "symbol":
        tokens.refuse()
    if token.value == "?":
        return parameters.take()
    if token.value in {"-", "+"} and tokens.next.kind == "number":
        return {"N": token.value + tokens.take().value}
    if token.value == "[":
        return {"L": _elements(tokens, parameters, "]")}
    if token.value == "{":
        return {"M": _members(tokens, parameters)}
    if token.value == "<<":
        return _bag(tokens, token, _elements(tokens, parameters, ">>"))
    raise malformed(tokens.statement)


def _elements(tokens: Tokens, parameters: Parameters, closing: str) -> list[Any]:
    found: list[Any] = []
    while not tokens.skip(closing):
        if found:
            tokens.expect(",")
        found.append(literal(tokens, parameters))
    return found


def _bag(tokens: Tokens, opening: Token, members: list[Any]) -> dict[str, Any]:
    if not members:
        raise invalid(f"Empty bags are not supported at {tokens.where(opening)}")
    kinds = {next(iter(member)) if isinstance(member, dict) else "?" for member in members}
    if kinds not in ({"S"}, {"N"}):
        raise invalid("Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags")
    (kind,) = kinds
    return {f"{kind}S": [member[kind] for member in members]}


def struct(tokens: Tokens, parameters: Parameters) -> dict[str, Any]:
    """Read ``{'name': value, ...}``."""
    tokens.expect("{")
    return _members(tokens, parameters)


def _members(tokens: Tokens, parameters: Parameters) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while not tokens.skip("}"):
        if found:
            tokens.expect(",")
        token = tokens.take()
        if token.kind in {"word", "quoted"}:
            raise invalid("Tuple keys must be of type String. Actual type: VariableReference under root at "
                          f"{tokens.where(token)}")
        if token.kind != "text":
            tokens.refuse()
        tokens.expect(":")
        if token.value in found:
            raise invalid(f"Duplicate keys in tuple. Key: {token.value} under root at {tokens.where(token)}")
        found[token.value] = literal(tokens, parameters)
    return found


def path(tokens: Tokens) -> nodes.Path:
    """Read the path of an attribute: ``a.b``, ``a['b']``, ``a[0]``."""
    steps: list[nodes.Step] = [tokens.name()]
    while True:
        if tokens.skip("."):
            # After the dot a keyword is a name like any other.
            token = tokens.take()
            if token.kind not in {"word", "quoted"}:
                tokens.refuse()
            steps.append(token.value)
        elif tokens.skip("["):
            token = tokens.take()
            if token.kind == "text":
                steps.append(token.value)
            elif token.kind == "number" and token.value.isdecimal():
                steps.append(int(token.value))
            else:
                tokens.refuse()
            tokens.expect("]")
        else:
            return nodes.Path(tuple(steps))


def fill(value: Any, given: list[Any]) -> Any:
    """Put the parameters in their places."""
    if isinstance(value, nodes.Placeholder):
        return given[int(value.name)]
    ((kind, content),) = value.items()
    if kind == "L":
        return {"L": [fill(element, given) for element in content]}
    if kind == "M":
        return {"M": {name: fill(member, given) for name, member in content.items()}}
    return value
