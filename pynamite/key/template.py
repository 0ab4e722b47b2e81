"""Key templates: ``USER#<account_id>`` renders a key from fields and parses it back, or refuses.

Keys are injective: a template renders only what it parses back to the same values. A placeholder reads up to the first
occurrence of the literal behind it (or its fixed width), the last one takes the rest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import attrs

from pynamite.errors import KeyValueError
from pynamite.key.codec import Codec, codec_for
from pynamite.wire import AttributeValue, Misfit

__all__ = ["Gap", "KeyTemplate", "Lead", "compile_template"]

_TOKEN = re.compile(r"<([^<>]*)>|([^<>]+|>)|(<)")
_PLACEHOLDER = re.compile(r"\s*(?P<field>[A-Za-z_]\w*)\s*(?::\s*(?P<codec>.+?)\s*)?")


# Stands for the codec of a type that is not known, so that the rest of the template can be checked.
_UNKNOWN = Codec("", str, str, width=0)


@attrs.frozen
class Gap:
    """One placeholder: the field whose value stands here, its codec, and the literal that ends it.

    ``closes_key`` says that nothing follows, neither a literal nor another placeholder.
    """

    field: str
    codec: Codec
    end: str
    closes_key: bool = False


@attrs.frozen
class Lead:
    """The beginning of a key as far as fields are known: its text, and the gap that comes next (None: complete)."""

    text: str
    next: Gap | None


@attrs.frozen
class KeyTemplate:
    """A template whose placeholders are bound to the fields of one entity.

    ``kind`` is the key attribute's type: S, or N for a single placeholder that is stored as a number.
    """

    text: str
    entity: str
    head: str
    gaps: tuple[Gap, ...]
    kind: str = "S"

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields, each once, in the order of the text."""
        return tuple(dict.fromkeys(gap.field for gap in self.gaps))

    @property
    def literals(self) -> int:
        """How many characters are fixed: of two templates that a key fits, the one with more is the more special."""
        return len(self.head) + sum(len(gap.end) for gap in self.gaps)

    def wire(self, text: str) -> AttributeValue:
        """Give the key text as an AttributeValue of the attribute's type."""
        return {self.kind: text}

    def render(self, values: Mapping[str, Any]) -> str:
        """Write the key of these field values.

        Raises:
            KeyValueError: a value is missing, None, empty, of another type, or such that the key would not parse back
                to it.
        """
        texts = [self._encode(gap, values) for gap in self.gaps]
        for gap, text in zip(self.gaps, texts, strict=True):
            if not text:
                raise self._refusal(gap, f"{self._named(gap)} is empty: a key needs a value")
        return self._joined(texts)

    def render_sparse(self, values: Mapping[str, Any]) -> str | None:
        """Write an index's key, or give None where a value is None or empty: the item then stays out of the index."""
        if any(values.get(gap.field) is None for gap in self.gaps):
            return None
        texts = [self._encode(gap, values) for gap in self.gaps]
        return self._joined(texts) if all(texts) else None

    def _encode(self, gap: Gap, values: Mapping[str, Any]) -> str:
        if gap.field not in values:
            raise self._refusal(gap, f"{self._named(gap)} is missing: the key {self.text!r} needs it")
        value = values[gap.field]
        if value is None:
            raise self._refusal(gap, f"{self._named(gap)} is None: a key needs a value")
        try:
            return gap.codec.encode(value)
        except Misfit as misfit:
            raise self._refusal(gap, f"{self._named(gap)}: {misfit.problems[0][1]}") from None

    def _joined(self, texts: list[str]) -> str:
        text = self.head + "".join(part for gap, own in zip(self.gaps, texts, strict=True) for part in (own, gap.end))
        split = self._split(text)
        if split != texts:
            wrong = next((i for i, own in enumerate(texts) if split is None or split[i] != own), 0)
            gap = self.gaps[wrong]
            raise self._refusal(
                gap,
                f"{self._named(gap)} may not be {texts[wrong]!r}: with {gap.end!r} behind it, the key {text!r} "
                f"of the template {self.text!r} would read back as another; choose a value without {gap.end!r}, "
                "or another delimiter",
            )
        return text

    def _named(self, gap: Gap) -> str:
        return f"field {gap.field!r} of entity {self.entity!r}"

    def _refusal(self, gap: Gap, message: str) -> KeyValueError:
        return KeyValueError(message, entity=self.entity, template=self.text, field=gap.field)

    def _split(self, text: str) -> list[str] | None:
        if not text.startswith(self.head):
            return None
        position, texts = len(self.head), []
        for gap in self.gaps:
            if gap.codec.width is not None:
                stop = position + gap.codec.width
                if len(text) < stop or not text.startswith(gap.end, stop):
                    return None
            elif gap.end:
                stop = text.find(gap.end, position)
            else:
                stop = len(text)
            if stop <= position:
                return None
            texts.append(text[position:stop])
            position = stop + len(gap.end)
        return texts if position == len(text) else None

    def parse(self, text: str) -> dict[str, Any] | None:
        """Read the field values from a key; None where the key is not one that this template renders.

        The inverse of `render`: ``parse(render(values)) == values``.
        """
        texts = self._split(text)
        if texts is None:
            return None
        values: dict[str, Any] = {}
        for gap, own in zip(self.gaps, texts, strict=True):
            try:
                value = gap.codec.read(own)
            except (ValueError, KeyError, ArithmeticError, Misfit):
                return None
            if values.setdefault(gap.field, value) != value:
                return None
        return values

    def lead(self, values: Mapping[str, Any]) -> Lead:
        """Write the key as far as the fields are given, up to the end of the literal before the first that is not.

        Raises:
            KeyValueError: as `render`, for the fields that are given.
        """
        text, texts = self.head, []
        for gap in self.gaps:
            if gap.field not in values:
                return Lead(text, gap)
            own = self._encode(gap, values)
            if not own:
                raise self._refusal(gap, f"{self._named(gap)} is empty: a key needs a value")
            if gap.end and gap.codec.width is None and (own + gap.end).find(gap.end) != len(own):
                raise self._refusal(
                    gap, f"{self._named(gap)} may not be {own!r}: it contains {gap.end!r}, which ends it"
                )
            texts.append(own)
            text += own + gap.end
        return Lead(self._joined(texts), None)


def compile_template(text: str, *, entity: str, types: Mapping[str, Any], where: str, kind: str = "S") -> KeyTemplate:
    """Parse a template and bind its placeholders to the fields of an entity.

    ``types`` has the type of each field, None where it is not known; ``where`` says in messages which key it is. Raises
    Misfit with one problem for each mistake.
    """
    problems: list[str] = []
    head = ""
    gaps: list[Gap] = []
    if not isinstance(text, str) or not text:
        raise Misfit(
            f"entity {entity!r} has an empty template for its {where}: give it a text, such as 'USER#<user_id>'"
        )
    for inside, literal, stray in _TOKEN.findall(text):
        if stray:
            problems.append(
                f"entity {entity!r} has an unclosed '<' in its {where} {text!r}: close the placeholder with '>'"
            )
        elif literal:
            if gaps:
                gaps[-1] = attrs.evolve(gaps[-1], end=gaps[-1].end + literal)
            else:
                head += literal
        else:
            try:
                gaps.append(_gap(inside, entity, types, where, text, number=kind == "N"))
            except Misfit as misfit:
                problems.append(misfit.problems[0][1])
                gaps.append(Gap("", _UNKNOWN, ""))
    problems += [
        f"entity {entity!r} has nothing between <{left.field}> and <{right.field}> in its {where} {text!r}, "
        "so that their values would run together: put a delimiter between them"
        for left, right in pairwise(gaps)
        if left.field and right.field and not left.end and left.codec.width is None
    ]
    if kind == "N" and (head or len(gaps) != 1 or gaps[0].end):
        problems.append(
            f"entity {entity!r} has more than one placeholder in its {where} {text!r}: a number holds a single one"
        )
    if problems:
        raise Misfit(problems=[("", problem) for problem in problems])
    if gaps and not gaps[-1].end:
        gaps[-1] = attrs.evolve(gaps[-1], closes_key=True)
    return KeyTemplate(text, entity, head, tuple(gaps), kind)


def _gap(inside: str, entity: str, types: Mapping[str, Any], where: str, text: str, *, number: bool) -> Gap:
    match = _PLACEHOLDER.fullmatch(inside)
    if match is None:
        raise Misfit(
            f"entity {entity!r} has the placeholder <{inside}> in its {where} {text!r}: "
            "a placeholder is the name of a field, such as <user_id>"
        )
    name = match["field"]
    if name not in types:
        known = ", ".join(repr(field) for field in types) or "none"
        raise Misfit(
            f"entity {entity!r} uses placeholder <{name}> in its {where}, but has no field {name!r}; "
            f"its fields are {known}"
        )
    if types[name] is None:
        return Gap(name, _UNKNOWN, "")
    try:
        return Gap(name, codec_for(types[name], match["codec"], number=number), "")
    except Misfit as misfit:
        raise Misfit(f"entity {entity!r}, {where} {text!r}: field {name!r} {misfit.problems[0][1]}") from None
