"""``@entity``: an attrs class with key templates."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, TypeVar, cast, dataclass_transform

import attrs
import cattrs

from pynamite.entities.companions import CompanionForms, read_companions
from pynamite.entities.converter import make_converter, struct_of, writes_attribute_values
from pynamite.entities.definition import MARK, EntityDefinition
from pynamite.entities.fields import field
from pynamite.entities.keys import IndexForm, KeyForm, read_indexes
from pynamite.entities.unique import UniqueForm, read_unique
from pynamite.entities.values import Computed, computed_from
from pynamite.errors import DefinitionError
from pynamite.wire import Misfit

__all__ = ["entity", "evolve"]

E = TypeVar("E")


@cache
def _default_converter() -> cattrs.Converter:
    return make_converter()


@dataclass_transform(kw_only_default=True, field_specifiers=(field, attrs.field))
def entity(
    *,
    pk: KeyForm,
    sk: KeyForm | None = None,
    indexes: Mapping[str, IndexForm] | None = None,
    computed: Mapping[str, Callable[..., Any]] | None = None,
    unique: Iterable[UniqueForm] = (),
    companions: CompanionForms = None,
    history: CompanionForms = None,
    type: str | None = None,
    converter: cattrs.Converter | None = None,
    frozen: bool = False,
    eq: bool = True,
    order: bool = False,
    repr: bool = True,
) -> Callable[[type[E]], type[E]]:
    """Declare an entity: a class whose instances are items of a table.

    The class becomes an attrs class with slots and keyword-only arguments (``frozen``, ``eq``, ``order`` and ``repr``
    are passed on); one that is an attrs class already is taken as it is, if it has slots.

    ``pk`` and ``sk`` are key templates: text in which ``<field>`` stands for a field's value. ``indexes`` has the
    templates of each index that the entity takes part in, ``{"GSI1": ("STATUS#<status>", "<placed_at>")}``. ``type`` is
    what the items are marked with, the class's name by default. ``converter`` knows types of your own
    (`make_converter`).

    A key may have several templates, chosen `by` a field's value or by which fields are set (`first_of`). ``computed``
    has pure functions whose parameters name fields; what they return stands in templates under their names. An
    `IndexKey` says when an item is in an index at all.

    ``unique`` names fields whose values no two items share, ``unique=["email", ("tenant", "number")]``; a name may have
    a codec, ``"email:lower"``. ``companions`` are other entities of the table whose items are made of this one's and
    kept in step with it: a class, which takes over the fields of the same names, or a function that gets the instance
    and returns others. Those of ``history`` are made by every write, and stay.

    >>> @entity(pk="USER#<account_id>", sk="PROFILE")
    ... class User:
    ...     account_id: str
    ...     visits: int = 0
    >>> User(account_id="1")
    User(account_id='1', visits=0)

    Raises:
        DefinitionError: the declaration has mistakes; the message lists all of them.
    """
    caller = sys._getframe(1)  # noqa: SLF001 - annotations may name what only the caller's function knows
    seen = {} if caller.f_locals is caller.f_globals else dict(caller.f_locals)

    def decorate(cls: Any) -> Any:
        made = (
            cls
            if "__attrs_attrs__" in cls.__dict__
            else attrs.define(cls, kw_only=True, slots=True, frozen=frozen, eq=eq, order=order, repr=repr)
        )
        if without := _without_slot(made):
            raise DefinitionError(
                f"entity {made.__name__!r} has no slot for {', '.join(without)}, so that "
                f"attribute({made.__name__}.{without[0]}) could not tell the field: declare the attrs class, and those "
                "that it inherits fields from, with slots=True, or leave attrs to @entity"
            )
        if converter is not None and not writes_attribute_values(converter):
            raise DefinitionError(
                f"entity {made.__name__!r} has a converter that knows nothing of AttributeValues: "
                "start from make_converter()"
            )
        keys, problems = read_indexes(indexes or {}, made.__name__)
        made_from: dict[str, Computed] = {}
        for name, function in (computed or {}).items():
            try:
                made_from[name] = computed_from(name, function)
            except Misfit as misfit:
                problems += [f"entity {made.__name__!r}: {message}" for _, message in misfit.problems]
        kept, kept_problems = read_companions(companions, "companions", made)
        past, past_problems = read_companions(history, "history", made)
        alone, alone_problems = read_unique(unique, made.__name__)
        definition = EntityDefinition(
            cls=made,
            type_value=made.__name__ if type is None else type,
            pk=pk,
            sk=sk,
            indexes=keys,
            computed=made_from,
            struct=struct_of(converter or _default_converter(), made),
            unique=alone,
            companions=kept,
            history=past,
        )
        problems += [*kept_problems, *past_problems, *alone_problems]
        problems += definition.problems(seen)
        if problems:
            raise DefinitionError(problems)
        setattr(made, MARK, definition)
        return made

    return decorate


def evolve(instance: E, /, **changes: Any) -> E:
    """Give an instance of an entity with other values in some fields: attrs.evolve, for type checkers.

    mypy takes what `entity` makes for no attrs class, and refuses it in attrs.evolve.

    Raises:
        TypeError: there is no such field; and what the class itself raises.
    """
    changed: E = attrs.evolve(cast("Any", instance), **changes)
    return changed


def _without_slot(cls: Any) -> list[str]:
    return [
        own.name
        for own in attrs.fields(cls)
        if own.init and not isinstance(getattr(cls, own.name, None), types.MemberDescriptorType)
    ]
