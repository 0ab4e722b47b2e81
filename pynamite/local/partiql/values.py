"""Values and paths in a statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pynamite.expression import nodes
from pynamite.local.failures import invalid
from pynamite.local.partiql.lex import Token, Tokens, malformed

__all__ = ["Parameters", "fill", "literal", "path", "starts_literal", "struct"]

_WORDS: dict[str, dict[str, Any]] = {"true": {"BOOL": True}, "false": {"BOOL": False}, "null": {"NULL": True}}


_MIXED_BAG = "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags"


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
    """Read a value: an AttributeValue, or a Placeholder."""
    if tokens.skip("?"):
        return parameters.take()
    return _written(tokens, "root")


def _written(tokens: Tokens, place: str) -> dict[str, Any]:
    """Read a value that is written out, at a place inside of another: there, no parameter may stand."""
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
        raise invalid(f"Unsupported data type: Parameter under key {place} at {tokens.where(token)}")
    if token.value in {"-", "+"} and tokens.next.kind == "number":
        return {"N": token.value + tokens.take().value}
    if token.value == "[":
        return {"L": _elements(tokens, "]", place)}
    if token.value == "{":
        return {"M": _members(tokens, None, place)}
    if token.value == "<<":
        return _bag(tokens, token)
    raise malformed(tokens.statement)


def _elements(tokens: Tokens, closing: str, place: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while not tokens.skip(closing):
        if found:
            tokens.expect(",")
        found.append(_written(tokens, f"{place}.{len(found)}"))
    return found


def _bag(tokens: Tokens, opening: Token) -> dict[str, Any]:
    if tokens.sees("?"):
        raise invalid(f"{_MIXED_BAG} at {tokens.where(tokens.next)}")
    members = _elements(tokens, ">>", "root")
    if not members:
        raise invalid(f"Empty bags are not supported at {tokens.where(opening)}")
    kinds = {next(iter(member)) for member in members}
    if kinds not in ({"S"}, {"N"}):
        raise invalid(_MIXED_BAG)
    (kind,) = kinds
    return {f"{kind}S": [member[kind] for member in members]}


def struct(tokens: Tokens, parameters: Parameters) -> dict[str, Any]:
    """Read ``{'name': value, ...}``, where the values may be parameters."""
    tokens.expect("{")
    return _members(tokens, parameters, "root")


def _members(tokens: Tokens, parameters: Parameters | None, place: str) -> dict[str, Any]:
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
        if parameters is not None and tokens.skip("?"):
            found[token.value] = parameters.take()
        else:
            found[token.value] = _written(tokens, "root" if parameters is not None else f"{place}.{token.value}")
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


def fill(value: Any, given: Sequence[Any]) -> Any:
    """Give the value, or the parameter that stands in its place."""
    return given[int(value.name)] if isinstance(value, nodes.Placeholder) else value
