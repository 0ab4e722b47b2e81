"""Companions: other items that are made of an entity's instance, and kept in step with it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import attrs

from pynamite.entities.annotations import spelled
from pynamite.entities.definition import is_entity
from pynamite.errors import DefinitionError
from pynamite.wire import Misfit

__all__ = ["Companion", "CompanionForm", "CompanionForms", "read_companions"]

CompanionForm = type | Callable[[Any], object]
"""What is made of an instance: an entity class that takes over the fields of the same names, or a function.

A function gets the instance, and returns an instance of another entity of the table, an iterable of them, or None.
"""

CompanionForms = CompanionForm | Iterable[CompanionForm] | None


@attrs.frozen(eq=False)
class Companion:
    """One rule by which an instance has other items: ``make`` gives their instances. ``cls`` is None for a function."""

    name: str
    make: Callable[[Any], Iterable[object]]
    cls: type | None = None


def read_companions(forms: CompanionForms, what: str, source: type) -> tuple[tuple[Companion, ...], list[str]]:
    """Read the ``companions=`` or ``history=`` of an entity; with them, what is wrong with the others."""
    given: list[Any] = []
    if forms is not None:
        given = list(forms) if isinstance(forms, Iterable) and not isinstance(forms, type | str) else [forms]
    found: list[Companion] = []
    problems: list[str] = []
    for form in given:
        try:
            found.append(_companion(form, what, source))
        except Misfit as misfit:
            problems += [f"entity {source.__name__!r}: {message}" for _, message in misfit.problems]
    return tuple(found), problems


def _companion(form: Any, what: str, source: type) -> Companion:
    if isinstance(form, type):
        return Companion(form.__name__, _copier(form, what, source), form)
    if not callable(form):
        raise Misfit(f"{what}= has {form!r}: give an entity class, or a function of an instance")
    name = getattr(form, "__name__", repr(form))
    if inspect.iscoroutinefunction(form) or inspect.isasyncgenfunction(form):
        raise Misfit(f"{what}= has {name}, which is async: give an ordinary function of an instance")
    return Companion(name, _caller(form, what, source))


def _copier(cls: type, what: str, source: type) -> Callable[[Any], Iterable[object]]:
    """Make a function that fills a class with the fields of the same names."""
    if not is_entity(cls):
        raise Misfit(f"{what}= has {spelled(cls)}, which is no entity: declare it with @entity(pk=..., sk=...)")
    theirs = {own.name: own for own in attrs.fields(source) if own.init}
    ours = [own for own in attrs.fields(cls) if own.init]
    lacking = [own.name for own in ours if own.name not in theirs and own.default is attrs.NOTHING]
    if lacking:
        raise Misfit(
            f"{what}= has {cls.__name__}, whose {', '.join(map(repr, lacking))} no field of {source.__name__} is "
            "called: give a function that makes the instance"
        )
    pairs = [(str(own.alias or own.name), own.name) for own in ours if own.name in theirs]
    return lambda instance: (cls(**{alias: getattr(instance, name) for alias, name in pairs}),)


def _caller(function: Callable[[Any], object], what: str, source: type) -> Callable[[Any], Iterable[object]]:
    def make(instance: Any) -> Iterable[object]:
        made: Any = function(instance)
        if made is None:
            return ()
        given = (made,) if is_entity(type(made)) or not isinstance(made, Iterable) else tuple(made)
        wrong = next((one for one in given if not is_entity(type(one))), None)
        if wrong is not None:
            raise DefinitionError(
                f"a function of {what}= of entity {source.__name__!r} gave {wrong!r}, which is no instance of an entity"
            )
        return given

    return make
