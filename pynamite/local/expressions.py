"""The expressions of a request, with their names and values: checked in the service's order, read, filled."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from pynamite.errors import ExpressionError
from pynamite.expression import nodes
from pynamite.expression.check import bind_condition, bind_projection, bind_update
from pynamite.expression.fill import placeholders
from pynamite.expression.parse import parse_condition, parse_projection_text, parse_update
from pynamite.local import legacy
from pynamite.local.evaluate import keep
from pynamite.local.failures import RefusedError, invalid
from pynamite.local.values import checked_value
from pynamite.wire import AttributeValue

__all__ = ["Expressions", "entered_by"]

_PARSERS: dict[str, Callable[[str], Any]] = {
    "UpdateExpression": parse_update,
    "ConditionExpression": parse_condition,
    "KeyConditionExpression": parse_condition,
    "FilterExpression": parse_condition,
    "ProjectionExpression": parse_projection_text,
}

_NO_NAMES: Mapping[str, str] = {}

_NAME = re.compile(r"#[A-Za-z0-9_]+")
_VALUE = re.compile(r":[A-Za-z0-9_]+")


@lru_cache(maxsize=2048)
def _used(kind: str, text: str) -> tuple[frozenset[str], frozenset[str], tuple[str, ...]]:
    """Give the names and the values that an expression refers to, and the attributes that its paths reach into."""
    tree = _PARSERS[kind](text)
    return *placeholders(tree), entered_by(tree)


def entered_by(tree: Any) -> tuple[str, ...]:
    """Give the attributes that the paths of an expression reach into."""
    paths = (leaf for leaf in nodes.leaves(tree) if isinstance(leaf, nodes.Path))
    return tuple(dict.fromkeys(str(path.steps[0]) for path in paths if len(path.steps) > 1))


_REPEATED = frozenset({"ConditionExpression", "FilterExpression"})
"""The expressions of which programs say the same again and again, with the same values."""


@lru_cache(maxsize=1024)
def _bind_again(text: str, names: tuple[tuple[str, str], ...], values: tuple[Any, ...]) -> nodes.Condition:
    tree = parse_condition(text)
    return keep(bind_condition(tree, dict(names) or None, {name: dict([value]) for name, value in values} or None))


class Expressions:
    """The expressions of one request, of the kinds that its action has.

    Making it sees which parameters stand beside which; the first of `condition` and the like, which read one expression
    each, looks at the names and the values; `finish` sees that nothing was given for nothing. So what comes between
    making it and reading from it, a look at the values of the item or the key, is told before them, as by the service.
    ``entered`` are the attributes that the paths read so far reach into, ``legacy`` tells whether there are parameters
    of the time before expressions, which stand in for them.

    Raises:
        RefusedError: in the service's words, by each of these.
    """

    __slots__ = ("_looked", "_names", "_request", "_used_names", "_used_values", "_values", "entered", "legacy")

    def __init__(self, request: Mapping[str, Any], *kinds: str) -> None:
        self._request = request
        self._names: Mapping[str, str] | None = request.get("ExpressionAttributeNames")
        self._values: dict[str, AttributeValue] | None = None
        self._used_names: set[str] = set()
        self._used_values: set[str] = set()
        self.entered: list[str] = []
        self.legacy = not legacy.NAMES.isdisjoint(request)
        if self.legacy:
            legacy.check_enumerations(request)
            legacy.check_mixed(request)
        self._looked = self._names is None and "ExpressionAttributeValues" not in request
        if not self._looked:
            _check_given(request, kinds)

    def _look(self) -> None:
        """Check the names and the values, once."""
        self._looked = True
        if self._names is not None:
            _check_names(self._names)
        if (values := self._request.get("ExpressionAttributeValues")) is not None:
            self._values = _checked_values(values)

    def condition(self, kind: str = "ConditionExpression") -> nodes.Condition | None:
        """Read the condition or the filter; None where there is none."""
        if self.legacy and kind not in self._request:
            return _LEGACY_CONDITIONS[kind](self._request)
        return cast("nodes.Condition | None", self._bound(kind, bind_condition))

    def key_condition(self) -> nodes.Condition | None:
        """Read the KeyConditionExpression; None where there is none."""
        return cast("nodes.Condition | None", self._bound("KeyConditionExpression", bind_condition))

    def update(self) -> nodes.Update | None:
        """Read the update; None where there is none."""
        if self.legacy:
            return legacy.update_of(self._request)
        return cast("nodes.Update | None", self._bound("UpdateExpression", bind_update))

    def projection(self) -> nodes.Projection | None:
        """Read the projection; None where there is none."""
        if self.legacy and "ProjectionExpression" not in self._request:
            return legacy.projection_of(self._request)
        return cast("nodes.Projection | None", self._bound("ProjectionExpression", _bind_projection))

    def _tree(self, kind: str) -> Any:
        if not self._looked:
            self._look()
        text = self._request.get(kind)
        if text is None:
            return None
        try:
            return _PARSERS[kind](text)
        except ExpressionError as error:
            raise _worded(kind, error) from None

    def _bound(self, kind: str, bind: Callable[[Any, Any, Any], Any]) -> Any:
        tree = self._tree(kind)
        if tree is None:
            return None
        names, values, entered = _used(kind, self._request[kind])
        try:
            bound = self._bound_before(kind, names, values) if kind in _REPEATED else None
            if bound is None:
                bound = bind(tree, self._names, self._values)
        except ExpressionError as error:
            raise _worded(kind, error) from None
        known = self._names or _NO_NAMES
        self.entered += [known.get(name, name) for name in entered]
        self._used_names.update(names)
        self._used_values.update(values)
        return bound

    def _bound_before(self, kind: str, names: frozenset[str], values: frozenset[str]) -> nodes.Condition | None:
        """Bind a condition that may well come again, with the same names and values; None where these do not allow it.

        Raises:
            ExpressionError: a name or a value is missing, or does not fit.
        """
        given, found = self._names or _NO_NAMES, self._values or {}
        try:
            return _bind_again(
                self._request[kind],
                tuple([(name, given[name]) for name in names]),
                tuple([(name, *found[name].items()) for name in values]))
        except (KeyError, TypeError):
            return None  # One is missing, which binding words; or one is a list, a map or a set.

    def finish(self) -> None:
        """Refuse names and values that no expression has used."""
        if not self._looked:
            self._look()
        if self._names is not None and (unused := self._names.keys() - self._used_names):
            raise _unused("ExpressionAttributeNames", unused)
        if self._values is not None and (unused := self._values.keys() - self._used_values):
            raise _unused("ExpressionAttributeValues", unused)


def _legacy_filter(request: Mapping[str, Any]) -> nodes.Condition | None:
    return legacy.condition_of(request, "ScanFilter" if "ScanFilter" in request else "QueryFilter")


_LEGACY_CONDITIONS: dict[str, Callable[[Mapping[str, Any]], nodes.Condition | None]] = {
    "ConditionExpression": legacy.expected_of,
    "FilterExpression": _legacy_filter,
}


def _bind_projection(tree: nodes.Projection, names: Mapping[str, str] | None, _: Any) -> nodes.Projection:
    return bind_projection(tree, names)


def _worded(kind: str, error: ExpressionError) -> RefusedError:
    """Put the name of the parameter before what is wrong with an expression."""
    return invalid(f"Invalid {kind}: {error}")


def _check_given(request: Mapping[str, Any], kinds: Sequence[str]) -> None:
    """Refuse names and values where there is no expression to use them."""
    if request.get("ExpressionAttributeNames") is not None and not any(kind in request for kind in kinds):
        raise invalid("ExpressionAttributeNames can only be specified when using expressions")
    takers = [kind for kind in kinds if kind != "ProjectionExpression"]
    if "ExpressionAttributeValues" in request and not any(kind in request for kind in takers):
        told = f"{' and '.join(takers)} {'is' if len(takers) == 1 else 'are'} null"
        raise invalid(f"ExpressionAttributeValues can only be specified when using expressions: {told}")


def _check_names(names: Mapping[str, str]) -> None:
    if not names:
        raise invalid("ExpressionAttributeNames must not be empty")
    for key, name in names.items():
        if not _NAME.fullmatch(key):
            raise invalid(f'ExpressionAttributeNames contains invalid key: Syntax error; key: "{key}"')
        if not name:
            raise invalid(f"ExpressionAttributeNames contains invalid value: Empty attribute name for key {key}")


def _checked_values(values: Mapping[str, Any]) -> dict[str, AttributeValue]:
    if not values:
        raise invalid("ExpressionAttributeValues must not be empty")
    for key in values:
        if not _VALUE.fullmatch(key):
            raise invalid(f'ExpressionAttributeValues contains invalid key: Syntax error; key: "{key}"')
    checked = {}
    for key, value in values.items():
        try:
            checked[key] = checked_value(value, 0)[0]  # where it will stand is not known yet
        except RefusedError as refused:
            raise invalid(
                f"ExpressionAttributeValues contains invalid value: {refused.message} for key {key}") from None
    return checked


def _unused(parameter: str, keys: set[str]) -> RefusedError:
    return invalid(f"Value provided in {parameter} unused in expressions: keys: {{{', '.join(sorted(keys))}}}")
