"""Conditions and changes from Python: ``attribute(User.visits) > 3``, ``attribute(User.visits).add(1)``.

The types here carry the whole static checking: to a type checker ``User.visits`` is an ``int``, so
``attribute(User.visits)`` is an ``Attribute[int]``, and the self-types of the methods say which of them an int has.
"""

from __future__ import annotations

import builtins
import types
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, Literal, NoReturn, TypeVar, cast, overload
from uuid import UUID

import attrs

from pynamite.expression import nodes
from pynamite.expression.paths import parse_path

__all__ = ["Attribute", "Change", "Comparable", "Condition", "Size", "as_condition", "attribute", "path"]

T_co = TypeVar("T_co", covariant=True)
V = TypeVar("V")
K = TypeVar("K")
Number = TypeVar("Number", int, float, Decimal)
Text = TypeVar("Text", str, bytes)
# A frozenset is covariant, so that a plain TypeVar would be widened until any member fits: name what a set can hold.
Member = TypeVar("Member", str, bytes, int, float, Decimal, datetime, date, UUID)

_ZERO = nodes.Literal(0)

AttributeType = Literal["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"]


@attrs.frozen(eq=False, repr=False)
class Condition:
    """A condition on an item, for ``where=`` of a write and ``filter`` of a read; ``& | ~`` combine conditions."""

    node: nodes.Condition

    def __and__(self, other: Condition) -> Condition:
        """Both conditions hold."""
        if not isinstance(other, Condition):
            return NotImplemented
        return Condition(nodes.conjunction(self.node, other.node))

    def __or__(self, other: Condition) -> Condition:
        """At least one of the conditions holds."""
        if not isinstance(other, Condition):
            return NotImplemented
        return Condition(nodes.disjunction(self.node, other.node))

    def __invert__(self) -> Condition:
        """The condition does not hold."""
        return Condition(nodes.Not(self.node))

    def __bool__(self) -> NoReturn:
        """Refuse to be a truth value: ``and``, ``or``, ``not`` and chained comparisons would drop half of it.

        Raises:
            TypeError: always.
        """
        raise TypeError(
            "a condition has no truth value yet: combine conditions with & | ~ instead of and, or, not "
            "(and put parentheses around each comparison); for a range use .between(low, high)"
        )

    def __repr__(self) -> str:
        return f"Condition({self.node!r})"


@attrs.frozen(eq=False)
class Change:
    """One change that an update makes: what ``attribute(...).set(...)``, ``.add(...)`` and their like give."""

    action: nodes.Set | nodes.Remove | nodes.Add | nodes.Delete


@attrs.frozen(eq=False, repr=False)
class Comparable(Generic[T_co]):
    """What can be compared in a condition: an attribute, or its size."""

    operand: nodes.Path | nodes.Size

    # A comparison takes the attribute's own type; covariance is given up for these parameters only.
    def __eq__(self, other: T_co | Comparable[T_co]) -> Condition:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride, reportGeneralTypeIssues]
        """The attribute equals ``other``; with None, it is absent or NULL."""
        return self._compare("=", other)

    def __ne__(self, other: T_co | Comparable[T_co]) -> Condition:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride, reportGeneralTypeIssues]
        """The attribute differs from ``other`` (an absent one does, too); with None, there is a value."""
        return self._compare("<>", other)

    def __lt__(self, other: T_co | Comparable[T_co]) -> Condition:  # pyright: ignore[reportGeneralTypeIssues]
        """The attribute is there and less than ``other``."""
        return self._compare("<", other)

    def __le__(self, other: T_co | Comparable[T_co]) -> Condition:  # pyright: ignore[reportGeneralTypeIssues]
        """The attribute is there and not greater than ``other``."""
        return self._compare("<=", other)

    def __gt__(self, other: T_co | Comparable[T_co]) -> Condition:  # pyright: ignore[reportGeneralTypeIssues]
        """The attribute is there and greater than ``other``."""
        return self._compare(">", other)

    def __ge__(self, other: T_co | Comparable[T_co]) -> Condition:  # pyright: ignore[reportGeneralTypeIssues]
        """The attribute is there and not less than ``other``."""
        return self._compare(">=", other)

    __hash__ = None  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]

    def __bool__(self) -> NoReturn:
        """Refuse to be a truth value; ``exists()`` is the condition that an attribute is there.

        Raises:
            TypeError: always.
        """
        raise TypeError(f"{self!r} has no truth value: compare it, or use .exists()")

    def _compare(self, operator: nodes.Comparator, other: object) -> Condition:
        return Condition(nodes.Compare(operator, self.operand, _operand(other)))

    def between(self, low: T_co | Comparable[T_co], high: T_co | Comparable[T_co]) -> Condition:  # pyright: ignore[reportGeneralTypeIssues]
        """The attribute is from ``low`` to ``high``, both included."""
        return Condition(nodes.Between(self.operand, _operand(low), _operand(high)))

    def in_(self, options: Iterable[T_co | Comparable[T_co]]) -> Condition:
        """The attribute equals one of ``options``: 1 to 100 of them."""
        return Condition(nodes.In(self.operand, tuple(_operand(option) for option in options)))


class Size(Comparable[int]):
    """The size of an attribute: characters of text, bytes of binary, elements of a list, map or set."""

    def __repr__(self) -> str:
        return f"size of {self.operand}"


class Attribute(Comparable[T_co]):
    """An attribute of an item, by the field that holds it, with the comparisons and changes that its type allows."""

    @property
    def path(self) -> nodes.Path:
        """Where the attribute is in the item."""
        return cast("nodes.Path", self.operand)

    def __repr__(self) -> str:
        return f"attribute({self.path})"

    def __iter__(self) -> NoReturn:
        """Refuse iteration, which ``[]`` would otherwise make endless.

        Raises:
            TypeError: always.
        """
        raise TypeError(
            f"attribute {self.path} cannot be iterated: it stands for an attribute of an item, not for its value"
        )

    def exists(self) -> Condition:
        """The item has the attribute."""
        return Condition(nodes.Function("attribute_exists", (self.path,)))

    def absent(self) -> Condition:
        """The item does not have the attribute."""
        return Condition(nodes.Function("attribute_not_exists", (self.path,)))

    def has_type(self, kind: AttributeType) -> Condition:
        """The attribute is stored with this DynamoDB type, such as ``"S"`` or ``"NULL"``."""
        return Condition(nodes.Function("attribute_type", (self.path, nodes.Value({"S": kind}))))

    def begins_with(self: Attribute[Text | None], prefix: Text) -> Condition:
        """The text (or binary) begins with ``prefix``."""
        return Condition(nodes.Function("begins_with", (self.path, _operand(prefix))))

    @overload
    def contains(self: Attribute[str | None], part: str) -> Condition: ...
    @overload
    def contains(self: Attribute[bytes | None], part: bytes) -> Condition: ...
    @overload
    def contains(self: Attribute[list[V] | None], part: V) -> Condition: ...
    @overload
    def contains(self: Attribute[builtins.set[V] | None], part: V) -> Condition: ...
    @overload
    def contains(self: Attribute[frozenset[Member] | None], part: Member) -> Condition: ...
    def contains(self: Attribute[Any], part: Any) -> Condition:
        """The text contains ``part``, or the list or set has it as an element."""
        return Condition(nodes.Function("contains", (self.path, _operand(part))))

    def size(self) -> Size:
        """The attribute's size, to be compared: characters of text, bytes of binary, elements of a list, map or set."""
        return Size(nodes.Size(self.path))

    @overload
    def __getitem__(self: Attribute[list[V] | None], step: int) -> Attribute[V]: ...
    @overload
    def __getitem__(self: Attribute[tuple[V, ...] | None], step: int) -> Attribute[V]: ...
    @overload
    def __getitem__(self: Attribute[dict[K, V] | None], step: K) -> Attribute[V]: ...
    def __getitem__(self: Attribute[Any], step: Any) -> Attribute[Any]:
        """Reach an element of a list by its index from 0, or a value of a map by its key."""
        _refuse_negative(self.path, step)
        return Attribute(nodes.Path((*self.path.steps, step), self.path.owner))

    def at(self: Attribute[K | None], reach: Callable[[K], V]) -> Attribute[V]:
        """Reach inside a nested object: ``attribute(User.address).at(lambda address: address.zip)``."""
        reached = reach(_Trace(self.path))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        if not isinstance(reached, _Trace):
            raise TypeError(
                f"attribute {self.path}.at(...) takes a function that returns a field of its argument, "
                f"such as lambda value: value.name; it returned {reached!r}"
            )
        return Attribute(object.__getattribute__(reached, "_path"))

    def set(self, value: T_co) -> Change:  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]
        """Set the attribute; None removes it, or writes NULL where the field's default is something else."""
        return Change(nodes.Set(self.path, nodes.Literal(value)))

    def set_if_absent(self, value: T_co) -> Change:  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]
        """Set the attribute where the item does not have it."""
        return Change(nodes.Set(self.path, nodes.IfNotExists(self.path, nodes.Literal(value))))

    def copy(self, source: Attribute[T_co]) -> Change:
        """Set the attribute to what another one of the item holds."""
        return Change(nodes.Set(self.path, source.path))

    def remove(self) -> Change:
        """Remove the attribute, or the list's element."""
        return Change(nodes.Remove(self.path))

    @overload
    def add(self: Attribute[Number | None], amount: Number) -> Change: ...
    @overload
    def add(self: Attribute[builtins.set[V] | None], amount: builtins.set[V]) -> Change: ...
    @overload
    def add(self: Attribute[frozenset[Member] | None], amount: frozenset[Member]) -> Change: ...
    def add(self: Attribute[Any], amount: Any) -> Change:
        """Add to the number (an absent one counts as the field's default, or 0), or add elements to the set."""
        if isinstance(amount, builtins.set | frozenset):
            return Change(nodes.Add(self.path, nodes.Literal(amount)))
        return self._step("+", amount)

    def subtract(self: Attribute[Number | None], amount: Number) -> Change:
        """Subtract from the number; an absent one counts as the field's default, or 0."""
        return self._step("-", amount)

    def _step(self, operator: Literal["+", "-"], amount: object) -> Change:
        here = self.path
        current = nodes.IfNotExists(here, _ZERO)
        return Change(nodes.Set(here, nodes.Arithmetic(operator, current, nodes.Literal(amount))))

    @overload
    def discard(self: Attribute[builtins.set[V] | None], members: builtins.set[V]) -> Change: ...
    @overload
    def discard(self: Attribute[frozenset[Member] | None], members: frozenset[Member]) -> Change: ...
    def discard(self: Attribute[Any], members: Any) -> Change:
        """Take elements out of the set; those that it does not have are no error."""
        return Change(nodes.Delete(self.path, nodes.Literal(members)))

    def append(self: Attribute[list[V] | None], *elements: V) -> Change:
        """Add elements at the end of the list; an absent one counts as empty."""
        return Change(nodes.Set(self.path, nodes.ListAppend(self._list(), nodes.Literal(builtins.list(elements)))))

    def prepend(self: Attribute[list[V] | None], *elements: V) -> Change:
        """Add elements, in their order, at the beginning of the list; an absent one counts as empty."""
        return Change(nodes.Set(self.path, nodes.ListAppend(nodes.Literal(builtins.list(elements)), self._list())))

    def insert(self: Attribute[list[V] | None], index: int, *elements: V) -> Change:
        """Put elements into the list before the one at ``index``, counted from 0, or at the end if it has no such one.

        DynamoDB has no such update: the list is read first, which `Repository.update` does with ``reread=True``.
        """
        _refuse_negative(self.path, index)
        new = nodes.Literal(builtins.list(elements))
        return Change(nodes.Set(self.path, nodes.ListInsert(self._list(), _whole(self.path, index), new)))

    def _list(self) -> nodes.IfNotExists:
        return nodes.IfNotExists(self.path, nodes.Literal([]))


class _Trace:
    """Stands for a value in the function given to `Attribute.at`, and notes what the function reaches for."""

    __slots__ = ("_path",)

    def __init__(self, path: nodes.Path) -> None:
        object.__setattr__(self, "_path", path)

    def __getattribute__(self, name: str) -> _Trace:
        here: nodes.Path = object.__getattribute__(self, "_path")
        return _Trace(nodes.Path((*here.steps, name), here.owner))

    def __getitem__(self, step: str | int) -> _Trace:
        _refuse_negative(object.__getattribute__(self, "_path"), step)
        here: nodes.Path = object.__getattribute__(self, "_path")
        return _Trace(nodes.Path((*here.steps, step), here.owner))


def _refuse_negative(path: nodes.Path, step: object) -> None:
    if isinstance(step, int) and step < 0:
        raise IndexError(f"attribute {path}[{step}]: DynamoDB counts list elements from 0 up, never from the end")


def _whole(path: nodes.Path, index: object) -> int:
    if not isinstance(index, int) or isinstance(index, bool):
        raise TypeError(f"attribute {path}.insert({index!r}, ...): the index is a whole number from 0 up")
    return index


def _operand(value: object) -> nodes.Operand:
    return value.operand if isinstance(value, Comparable) else nodes.Literal(value)


def attribute(field: V) -> Attribute[V]:
    """Name an attribute by the field of an entity class that holds it, to compare it or to change it.

    ``attribute(User.visits)`` is an ``Attribute[int]`` where ``User.visits`` is declared ``int``. A default in the
    class does not get in the way: on an attrs class with slots, ``User.visits`` is the slot.

    Raises:
        TypeError: the argument is not a field of an entity class, e.g. a value of an instance.
    """
    if isinstance(field, types.MemberDescriptorType):
        return Attribute(nodes.Path((field.__name__,), field.__objclass__))
    if isinstance(field, Attribute):
        raise TypeError(f"{field!r} is an attribute already")
    raise TypeError(
        f"attribute(...) takes a field of an entity class, such as attribute(User.email), not {field!r}; "
        "to name one by text, use path('email')"
    )


def path(text: str) -> Attribute[Any]:
    """Name an attribute by its path as text, ``path("address.zip")`` or ``path("tags[0]")``: the unchecked form.

    Raises:
        ExpressionError: the text is not a path.
    """
    return Attribute(parse_path(text))


def as_condition(condition: object, what: str) -> nodes.Condition | None:
    """Take a condition where one is expected (``what`` names the place), or None.

    Raises:
        TypeError: it is anything else, such as the bool of a comparison that lacks its ``attribute(...)``.
    """
    if condition is None:
        return None
    if not isinstance(condition, Condition):
        raise TypeError(
            f"{what} takes a condition, such as attribute(User.visits) > 3, not {condition!r}; "
            "a comparison without attribute(...) compares the class, not the item"
        )
    return condition.node
