"""Variants of a key: several templates for one attribute, chosen by a field's value or by which fields are set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from pynamite.errors import KeyValueError
from pynamite.key.template import KeyTemplate, Lead, ShardText

__all__ = ["Choice", "KeyVariants", "by", "first_of"]


@attrs.frozen
class Choice:
    """Several templates as they are declared; `by` and `first_of` make it.

    ``field`` is what decides, ``cases`` has a template for each of its values; without a field the first template whose
    placeholders all have values is taken.
    """

    field: str | None
    cases: tuple[tuple[Any, str], ...]

    def __str__(self) -> str:
        return " | ".join(text for _, text in self.cases)


def by(field: str, cases: Mapping[Any, str]) -> Choice:
    """Choose a key template by the value of a field (or of something computed).

    ``by("status", {"OPEN": "ISSUE#OPEN#<number:desc(6)>", "CLOSED": "#ISSUE#CLOSED#<number:pad(6)>"})``. In an index, a
    value without a template keeps the item out, and several may have the same; in a table key, neither can be.
    """
    return Choice(field, tuple(cases.items()))


def first_of(*templates: str) -> Choice:
    """Choose the first of several templates whose fields are all set: ``first_of("U#<user_id>", "CART#<cart_id>")``."""
    return Choice(None, tuple((None, text) for text in templates))


@attrs.frozen
class KeyVariants:
    """The templates of a choice, bound to an entity's fields; used as a single `KeyTemplate` is.

    Where they are ``shared``, several of them may make the same key: the rest of the index key tells them apart.
    """

    entity: str
    field: str | None
    cases: tuple[tuple[Any, KeyTemplate], ...]
    shared: bool = False

    @property
    def text(self) -> str:
        """The templates' texts."""
        return " | ".join(template.text for _, template in self.cases)

    @property
    def kind(self) -> str:
        """The key attribute's type; variants are texts."""
        return "S"

    @property
    def templates(self) -> tuple[KeyTemplate, ...]:
        """The templates, in the order of the declaration."""
        return tuple(template for _, template in self.cases)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names that decide or stand in a placeholder, each once."""
        deciding = () if self.field is None else (self.field,)
        return tuple(dict.fromkeys((*deciding, *(name for template in self.templates for name in template.fields))))

    @property
    def literals(self) -> int:
        """How many characters are fixed in the least special variant."""
        return min(template.literals for template in self.templates)

    def missing(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Name what the values lack for the whole key, in the variant that is nearest to it."""
        if self.field is not None:
            if self.field not in values:
                return (self.field,)
            found = self._case(values)
            return () if found is None else found.missing(values)
        lacks = [template.missing(values) for template in self.templates]
        return min(lacks, key=len)

    def _case(self, values: Mapping[str, Any]) -> KeyTemplate | None:
        """Find the template for values; None where there is none."""
        if self.field is None:
            full = (one for one in self.templates if all(values.get(name) is not None for name in one.fields))
            return next(full, None)
        value = values.get(self.field)
        return next((template for case, template in self.cases if case == value and type(case) is type(value)), None)

    def stands_apart(self, values: Mapping[str, Any]) -> bool:
        """Tell whether no other template makes keys that begin as those of the one that the values choose do.

        Of two values with the same template, too, a query by the one is not for items of the other.
        """
        chosen = self._case(values)
        others = [] if chosen is None else [one.head for one in self.templates if one is not chosen]
        return chosen is None or not any(
            chosen.head.startswith(head) or head.startswith(chosen.head) for head in others
        )

    def render(self, values: Mapping[str, Any]) -> str:
        """Write the key of these values, by the template that they choose.

        Raises:
            KeyValueError: they choose none, or do not fit; or the key is one that another variant renders, too.
        """
        template = self._case(values)
        if template is None and self.field is not None and self.field not in values:
            raise KeyValueError(
                f"{self.field!r} of entity {self.entity!r} is missing: it chooses one of the key templates {self.text}",
                entity=self.entity,
                template=self.text,
                field=self.field,
            )
        if template is None:
            given = f"{self.field}={values.get(self.field)!r}" if self.field else "what is set"
            raise KeyValueError(
                f"entity {self.entity!r} has no key template for {given}; its templates are {self.text}",
                entity=self.entity,
                template=self.text,
                field=self.field,
            )
        return self._unmistakable(template, template.render(values))

    def _unmistakable(self, template: KeyTemplate, text: str) -> str:
        for other in () if self.shared else self.templates:
            if other.text == template.text or _specialty(other) < _specialty(template):
                continue
            if other.texts_of(text) is not None:
                raise KeyValueError(
                    f"the key {text!r} that {template.text!r} makes for entity {self.entity!r} is one of "
                    f"{other.text!r}, too: choose other values, or set the templates apart; variants may share a "
                    "partition of an index if its sort key is chosen by the same field, too",
                    entity=self.entity,
                    template=template.text,
                )
        return text

    def render_sparse(self, values: Mapping[str, Any]) -> str | None:
        """Write the key of an index; None where no template is for these values, or one of them is None or empty."""
        template = self._case(values)
        text = None if template is None else template.render_sparse(values)
        return None if template is None or text is None else self._unmistakable(template, text)

    def keeps_out(self, values: Mapping[str, Any]) -> bool:
        """Tell whether the values that are there keep an item out of an index, whatever the others are."""
        if self.field is None:
            return all(template.keeps_out(values) for template in self.templates)
        if self.field not in values:
            return False
        template = self._case(values)
        return template is None or template.keeps_out(values)

    def texts_of(self, text: str) -> dict[str, str] | None:
        """Take a key apart by the variant that it fits; None where it fits none."""
        return next((found for one in self.templates if (found := one.texts_of(text)) is not None), None)

    def parse(self, text: str) -> dict[str, Any] | None:
        """Read the values from a key, the deciding one included; None where no variant renders it."""
        for case, template in sorted(self.cases, key=lambda one: _specialty(one[1]), reverse=True):
            values = template.parse(text)
            if values is None:
                continue
            alone = sum(other.text == template.text for other in self.templates) == 1
            if self.field is None or not alone:
                return values
            if values.setdefault(self.field, case) == case:
                return values
        return None

    def lead(self, values: Mapping[str, Any]) -> Lead:
        """Write the beginning of the key, by the variant that the values choose; an empty one where they leave several.

        Raises:
            KeyValueError: the values choose no variant, or do not fit.
        """
        leads = self.leads(values)
        if len(leads) == 1:
            return leads[0]
        deciding = self.fields if self.field is None else (self.field,)
        return Lead("", None, tuple(name for name in deciding if name not in values) or deciding)

    def leads(self, values: Mapping[str, Any]) -> tuple[Lead, ...]:
        """Give the beginnings that keys of these values may have: one for each variant that is possible still.

        Raises:
            KeyValueError: the values choose no variant, or do not fit.
        """
        if self.field is not None and self.field in values:
            template = self._case(values)
            if template is None:
                self.render(values)  # It says which there are.
                return ()
            lead = template.lead(values)
            return (attrs.evolve(lead, before=(self.field, *lead.before)),)
        possible = [one for number, one in enumerate(self.templates) if self._may_be(number, values)]
        leads = [one.lead(values) for one in possible or self.templates]
        return tuple({(lead.text, lead.next is None, lead.behind): lead for lead in leads}.values())

    def _may_be(self, number: int, values: Mapping[str, Any]) -> bool:
        """Tell whether what is given leaves room for a variant: nothing in it is None, and no earlier one is taken."""
        names = self.templates[number].fields
        if self.field is not None:
            return True
        if any(values[name] is None for name in names if name in values):
            return False
        there = {*names, *(name for name in self.fields if name in values and values[name] is not None)}
        return not any(there.issuperset(earlier.fields) for earlier in self.templates[:number])

    def outline(self, order: dict[str, int]) -> tuple[object, ...]:
        """Give the variants up to the names of their placeholders."""
        return tuple(template.outline(order) for template in self.templates)

    def shards(self, values: Mapping[str, Any]) -> Sequence[Mapping[str, ShardText]]:
        """Give the ways to fill in the shards that the values do not give."""
        template = self._case(values)
        return [{}] if template is None else template.shards(values)


def _specialty(template: KeyTemplate) -> tuple[int, int]:
    """Tell which of two templates keeps a key that both could have made: the one that fewer keys fit."""
    return template.literals, -len(template.fields)
