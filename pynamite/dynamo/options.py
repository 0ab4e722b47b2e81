"""The options of `DB`'s methods under boto3's names: expressions as text or as conditions, and plain parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from pynamite.dynamo.conditions import condition_node
from pynamite.errors import DefinitionError, ExpressionError
from pynamite.expression import nodes
from pynamite.expression.fill import fill, placeholders
from pynamite.expression.parse import parse_condition
from pynamite.expression.paths import parse_projection
from pynamite.expression.render import bind_plain
from pynamite.wire import Item, Misfit, to_wire

__all__ = ["Expressions", "check_options"]

N = TypeVar("N")

EXPRESSION_OPTIONS = {"ExpressionAttributeNames", "ExpressionAttributeValues"}


def check_options(method: str, options: Iterable[str], known: Iterable[str]) -> None:
    """Refuse options that a method does not have.

    Raises:
        DefinitionError: the message names them, and the ones that there are.
    """
    allowed = set(known) | EXPRESSION_OPTIONS
    if unknown := sorted(set(options) - allowed):
        raise DefinitionError(
            f"{method}() has no option {', '.join(map(repr, unknown))}; it has {', '.join(sorted(allowed))}")


class Expressions:
    """The expressions of one request as trees, with the caller's own names and values filled in.

    So they can be rendered together with the library's own parts: placeholders never clash.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._names: dict[str, str] = dict(options.get("ExpressionAttributeNames") or {})
        self._values = _wire_values(options.get("ExpressionAttributeValues") or {})
        self._used: set[str] = set()

    def condition(self, given: Any, option: str = "ConditionExpression") -> nodes.Condition | None:
        """Read a condition, filter or key condition (``option`` names it in messages): text, or boto3's or pynamite's.

        Raises:
            ExpressionError: it is malformed, or a name or value in it is not defined.
        """
        if given is None:
            return None
        if isinstance(given, str):
            return self._filled(lambda: parse_condition(given), option)
        return bind_plain(condition_node(given))

    def projection(self, given: str | Iterable[str] | None) -> nodes.Projection | None:
        """Read a projection: paths in one text or in a list; ``#names`` of ExpressionAttributeNames are filled in.

        Raises:
            ExpressionError: a path is malformed, or two overlap.
        """
        if given is None:
            return None
        text = given if isinstance(given, str) else ", ".join(_listed(given))
        projection = parse_projection(text)
        if not self._names:
            return projection
        return nodes.Projection(tuple(self._named(path) for path in projection.paths))

    def _named(self, path: nodes.Path) -> nodes.Path:
        self._used.update(step for step in path.steps if step in self._names and isinstance(step, str))
        return nodes.Path(tuple(self._names.get(step, step) if isinstance(step, str) else step for step in path.steps))

    def _filled(self, parse: Callable[[], N], option: str) -> N:
        try:
            tree = parse()
            for used in placeholders(tree):
                self._used.update(used)
            return fill(tree, self._names, self._values)
        except ExpressionError as error:
            raise ExpressionError(f"Invalid {option}: {error}{_advice(str(error))}") from error

    def finish(self) -> None:
        """Check that every name and every value was used.

        Raises:
            ExpressionError: some were not; the message names them.
        """
        for option, given in (("Names", self._names), ("Values", self._values)):
            if unused := sorted(set(given) - self._used):
                raise ExpressionError(
                    f"ExpressionAttribute{option} has {', '.join(map(repr, unused))}, which no expression uses")


def _advice(message: str) -> str:
    if "reserved keyword" not in message:
        return ""
    return "; write it as '#name' with ExpressionAttributeNames={'#name': ...}, or use boto3's Attr"


def _listed(given: Iterable[object]) -> list[str]:
    paths = list(given)
    if wrong := [path for path in paths if not isinstance(path, str)]:
        raise ExpressionError(f"a projection is made of paths, which are texts, not {wrong[0]!r}")
    return [str(path).replace(",", "\\,") for path in paths]


def _wire_values(values: Mapping[str, Any]) -> Item:
    written: Item = {}
    for name, value in values.items():
        try:
            written[name] = to_wire(value)
        except Misfit as misfit:
            told = "; ".join(f"{name}{path}: {message}" for path, message in misfit.problems)
            raise ExpressionError(f"ExpressionAttributeValues cannot be sent: {told}") from None
    return written
