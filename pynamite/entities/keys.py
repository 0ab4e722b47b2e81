"""How keys are declared: as a template, as a choice of templates, for an index with a condition."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from pynamite.entities.values import Computed, computed_from
from pynamite.key.variants import Choice
from pynamite.wire import Misfit

__all__ = ["IndexForm", "IndexKey", "IndexTemplates", "KeyForm", "index_templates", "read_indexes"]

KeyForm = str | Choice
"""A key template, or a choice of several (`by`, `first_of`)."""


@attrs.frozen
class IndexKey:
    """What an entity puts into an index: the templates of its key, and when it is in the index at all.

    ``when`` is a pure function whose parameters name fields, ``lambda unread: unread``: where it is false the item
    stays out of the index. A multi-attribute key has lists of templates; None stands for an attribute that a field, or
    a key of the table, fills by itself.
    """

    pk: KeyForm | Sequence[KeyForm | None] | None = None
    sk: KeyForm | Sequence[KeyForm | None] | None = None
    when: Callable[..., Any] | None = attrs.field(default=None, kw_only=True)


IndexForm = str | Choice | tuple[Any, ...] | IndexKey
"""The key of an index as `entity` takes it: a template, a pair of them (partition and sort key), or an `IndexKey`."""


@attrs.frozen(eq=False)
class IndexTemplates:
    """The key of an index, part by part; None stands for an attribute that a field or a key of the table fills."""

    pk: tuple[KeyForm | None, ...]
    sk: tuple[KeyForm | None, ...]
    when: Computed | None = None


def index_templates(name: str, form: IndexForm, entity: str) -> IndexTemplates:
    """Read the key of an index in any of its forms; raises Misfit with what is wrong."""
    if isinstance(form, str | Choice):
        form = IndexKey(form)
    elif isinstance(form, tuple):
        if len(form) not in {1, 2}:
            raise Misfit(
                f"index {name!r} of entity {entity!r} has {len(form)} templates: give one for its partition key, and "
                "one for its sort key if it has one"
            )
        form = IndexKey(*form)
    elif not isinstance(form, IndexKey):
        raise Misfit(
            f"index {name!r} of entity {entity!r} is given as {form!r}: use a template, a pair of templates, or "
            "IndexKey(...)"
        )
    when = None if form.when is None else computed_from(f"when of index {name!r}", form.when)
    return IndexTemplates(_parts(name, "partition key", form.pk), _parts(name, "sort key", form.sk), when)


def _parts(name: str, part: str, form: Any) -> tuple[KeyForm | None, ...]:
    if form is None:
        return ()
    forms = (form,) if isinstance(form, str | Choice) else tuple(form) if isinstance(form, Sequence) else None
    if forms is None or not all(one is None or isinstance(one, str | Choice) for one in forms):
        raise Misfit(
            f"index {name!r} has {form!r} for its {part}: use a template, by(...), first_of(...), or a list of them"
        )
    return forms


def read_indexes(forms: Mapping[str, IndexForm], entity: str) -> tuple[dict[str, IndexTemplates], list[str]]:
    """Read the keys of all indexes; with them, what is wrong with the others."""
    found: dict[str, IndexTemplates] = {}
    problems: list[str] = []
    for name, form in forms.items():
        try:
            found[name] = index_templates(name, form, entity)
        except Misfit as misfit:
            problems += [message for _, message in misfit.problems]
    return found, problems
