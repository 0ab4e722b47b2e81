"""The values that keys are made of: fields, what is inside them (``repo.owner``), and what is computed from them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_type_hints

import attrs

from pynamite.entities.annotations import plain, resolve, step_into, without_none
from pynamite.wire import Misfit

__all__ = ["Computed", "FieldValues", "KeyTypes", "computed_from", "sources_of"]


@attrs.frozen(eq=False)
class Computed:
    """Something that keys use and no field holds: a pure function of fields, which its parameters name."""

    name: str
    function: Callable[..., Any]
    parameters: tuple[str, ...]
    kind: Any = Any

    def value(self, values: Mapping[str, Any]) -> Any:
        """Compute it; raises KeyError where a parameter has no value."""
        given = {name: values[name] for name in self.parameters}
        try:
            return self.function(**given)
        except Exception as error:
            error.add_note(f"while computing {self.name!r} for a key, from {given!r}")
            raise


def computed_from(name: str, function: Callable[..., Any]) -> Computed:
    """Read from a function's signature what it is computed from, and of which type it is (str, unless annotated).

    Raises Misfit for a function whose parameters are no names of fields.
    """
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        raise Misfit(f"{name!r} is computed by {function!r}, whose parameters cannot be read: use a function") from None
    plain_kinds = {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}
    if any(one.kind not in plain_kinds for one in parameters):
        raise Misfit(f"{name!r} is computed by a function whose parameters do not all name fields: write them out")
    try:
        kind = get_type_hints(function).get("return", str)
    except Exception:  # noqa: BLE001 - a lambda's or a local function's annotations may be anything
        kind = str
    return Computed(name, function, tuple(one.name for one in parameters), kind)


def _key_type(kind: Any) -> Any:
    """Give a type as a key has it: without None."""
    return plain(without_none(kind))


_UNRESOLVED = object()


class KeyTypes(Mapping[str, Any]):
    """The types of the names that a placeholder may have; its keys are the fields and what is computed.

    The type of a field whose annotation does not resolve is None.
    """

    def __init__(self, cls: type, computed: Mapping[str, Computed]) -> None:
        kinds, _ = resolve(cls)
        self._fields = {own.name: kinds.get(own.name, _UNRESOLVED) for own in attrs.fields(cls) if own.init}
        self._computed = computed

    def __getitem__(self, name: str) -> Any:
        if name in self._computed:
            return _key_type(self._computed[name].kind)
        top, *steps = name.split(".")
        kind = self._computed[top].kind if top in self._computed else self._fields[top]
        if kind is _UNRESOLVED:
            return None
        for step in steps:
            if not _is_class(kind):
                raise KeyError(name)
            try:
                kind = step_into(kind, step)
            except Misfit:
                raise KeyError(name) from None
        return _key_type(kind)

    def __iter__(self) -> Iterator[str]:
        return iter({**self._fields, **self._computed})

    def __len__(self) -> int:
        return len({**self._fields, **self._computed})

    def __contains__(self, name: object) -> bool:
        if name in self._fields or name in self._computed:
            return True
        return isinstance(name, str) and "." in name and super().__contains__(name)


def _is_class(kind: Any) -> bool:
    inner = without_none(kind)
    return isinstance(inner, type) and attrs.has(inner)


class FieldValues(Mapping[str, Any]):
    """Values by name: those given, what is inside them, and what can be computed from them.

    A value that is given by its own name goes first, so that ``repo.owner`` can be known without a ``repo``. Inside of
    None everything is None.
    """

    __slots__ = ("_computed", "_given")

    def __init__(self, given: Mapping[str, Any], computed: Mapping[str, Computed]) -> None:
        self._given = given
        self._computed = computed

    def __getitem__(self, name: str) -> Any:
        if name in self._given:
            return self._given[name]
        if name in self._computed:
            return self._computed[name].value(self)
        top, dot, inside = name.partition(".")
        if not dot:
            raise KeyError(name)
        value = self[top]
        for step in inside.split("."):
            value = None if value is None else getattr(value, step)
        return value

    def __contains__(self, name: object) -> bool:
        if name in self._given:
            return True
        if name in self._computed:
            return all(parameter in self for parameter in self._computed[str(name)].parameters)
        return isinstance(name, str) and "." in name and name.partition(".")[0] in self

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)


def sources_of(name: str, computed: Mapping[str, Computed]) -> tuple[str, ...]:
    """Name the fields that a name in a key depends on."""
    if name in computed:
        found = [field for parameter in computed[name].parameters for field in sources_of(parameter, computed)]
        return tuple(dict.fromkeys(found))
    top = name.partition(".")[0]
    return sources_of(top, computed) if top in computed else (top,)
