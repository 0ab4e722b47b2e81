"""Key templates: ``USER#<account_id>`` renders a key from values and parses it back, or refuses.

Keys are injective: a template renders only what it parses back to the same texts. A placeholder reads up to the first
occurrence of the literal behind it (or its fixed width), the last one takes the rest.

A placeholder names a field, a value inside one (``<repo.owner>``), or something computed from fields; to a template
these are names in a mapping of values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise, product
from typing import Any

import attrs

from pynamite.errors import KeyValueError
from pynamite.key.codec import Codec
from pynamite.key.codecs import codec_for
from pynamite.wire import AttributeValue, Misfit

__all__ = ["Gap", "KeyTemplate", "Lead", "ShardText", "compile_template", "wire_of"]

_TOKEN = re.compile(r"<([^<>]*)>|([^<>]+|>)|(<)")
_PLACEHOLDER = re.compile(r"\s*(?P<field>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*(?::\s*(?P<codec>.+?)\s*)?", re.DOTALL)

# Stands for the codec of a type that is not known, so that the rest of the template can be checked.
_UNKNOWN = Codec("", str, str, width=0)


class ShardText(str):
    """A text that stands in a key as it is, in place of a value: one of the shards that a query looks under."""

    __slots__ = ()


@attrs.frozen
class Gap:
    """One placeholder: what stands here, its codec, and the literal that ends it.

    ``closes_key`` says that nothing follows, neither a literal nor another placeholder.
    """

    field: str
    codec: Codec
    end: str
    closes_key: bool = False


@attrs.frozen
class Lead:
    """The beginning of a key as far as values are known: its text, and the gap that comes next (None: it is complete).

    ``before`` are the names in front of that gap, ``behind`` those from it on.
    """

    text: str
    next: Gap | None
    behind: tuple[str, ...] = attrs.field(default=(), eq=False)
    before: tuple[str, ...] = attrs.field(default=(), eq=False)


def _is_cut(gap: Gap, text: str) -> bool:
    """Tell whether what ends a placeholder is found before the end of its text."""
    return bool(gap.end) and gap.codec.width is None and (text + gap.end).find(gap.end) != len(text)


def wire_of(kind: str, text: str) -> AttributeValue:
    """Give a key text as an AttributeValue of the key attribute's type; binary is handled as Latin-1 text."""
    return {kind: text.encode("latin-1") if kind == "B" else text}


@attrs.frozen
class KeyTemplate:
    """A template whose placeholders are bound to the fields of one entity.

    ``kind`` is the key attribute's type: S, or N or B for a single placeholder that is stored so.
    """

    text: str
    entity: str
    head: str
    gaps: tuple[Gap, ...]
    kind: str = "S"

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The names in the placeholders, each once, in the order of the text."""
        return tuple(dict.fromkeys(gap.field for gap in self.gaps))

    @property
    def templates(self) -> tuple[KeyTemplate, ...]:
        """The template itself, as the only one of its kind (`KeyVariants` has several)."""
        return (self,)

    @property
    def literals(self) -> int:
        """How many characters are fixed: of two templates that a key fits, the one with more is the more special."""
        return len(self.head) + sum(len(gap.end) for gap in self.gaps)

    def missing(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Name what the values lack for the whole key."""
        return tuple(name for name in self.fields if name not in values)

    def render(self, values: Mapping[str, Any]) -> str:
        """Write the key of these values.

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
        """Write the key of an index, or None where a value is None or empty: the item stays out of the index."""
        if any(values.get(gap.field) is None for gap in self.gaps):
            return None
        texts = [self._encode(gap, values) for gap in self.gaps]
        return self._joined(texts) if all(texts) else None

    def keeps_out(self, values: Mapping[str, Any]) -> bool:
        """Tell whether the values that are there keep an item out of an index, whatever the others are."""
        return any(name in values and values[name] is None for name in self.fields)

    def _encode(self, gap: Gap, values: Mapping[str, Any]) -> str:
        if gap.field not in values:
            raise self._refusal(gap, f"{self._named(gap)} is missing: the key {self.text!r} needs it")
        value = values[gap.field]
        if value is None:
            raise self._refusal(gap, f"{self._named(gap)} is None: a key needs a value")
        if type(value) is ShardText:
            return str(value)
        try:
            return gap.codec.encode(value)
        except Misfit as misfit:
            raise self._refusal(gap, f"{self._named(gap)}: {misfit.problems[0][1]}") from None

    def _joined(self, texts: list[str]) -> str:
        filled = zip(self.gaps, texts, strict=True)
        text = self.head + "".join(part for gap, own in filled for part in (own, gap.end))
        split = self._split(text)
        if split != texts:
            filled = zip(self.gaps, texts, strict=True)
            gap, own = next((pair for pair in filled if _is_cut(*pair)), (self.gaps[0], texts[0]))
            raise self._refusal(
                gap,
                f"{self._named(gap)} may not be {own!r}: with {gap.end!r} behind it, the key {text!r} of the "
                f"template {self.text!r} would read back as another; choose a value without {gap.end!r}, another "
                f"delimiter, or escape it: <{gap.field}:escape>",
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

    def texts_of(self, text: str) -> dict[str, str] | None:
        """Take a key apart into the texts of its placeholders; None where this template cannot have rendered it."""
        texts = self._split(text)
        if texts is None:
            return None
        found: dict[str, str] = {}
        for gap, own in zip(self.gaps, texts, strict=True):
            if not gap.codec.accepts(own):
                return None
            # The same field with the same codec stands for the same text; with two codecs, either may.
            if found.setdefault(f"{gap.field}:{gap.codec.name}", own) != own:
                return None
        return found

    def parse(self, text: str) -> dict[str, Any] | None:
        """Read the values from a key; None where the key is not one that this template renders.

        The inverse of `render`, as far as the codecs can be read back: ``parse(render(values)) == values``.
        """
        texts = self._split(text)
        if texts is None:
            return None
        values: dict[str, Any] = {}
        for gap, own in zip(self.gaps, texts, strict=True):
            if not gap.codec.accepts(own):
                return None
            if gap.codec.decode is None:
                continue
            value = gap.codec.read(own)
            if values.setdefault(gap.field, value) != value:
                return None
        for gap, own in zip(self.gaps, texts, strict=True):
            # What cannot be read back still follows from the value, if another placeholder has it.
            if gap.codec.decode is None and gap.field in values and gap.codec.encode(values[gap.field]) != own:
                return None
        return values if self.texts_of(text) is not None else None

    def lead(self, values: Mapping[str, Any]) -> Lead:
        """Write the key as far as values are given, up to the end of the literal before the first that is not.

        Raises:
            KeyValueError: as `render`, for the values that are given.
        """
        text, texts = self.head, []
        for number, gap in enumerate(self.gaps):
            if gap.field not in values:
                names = [other.field for other in self.gaps]
                return Lead(text, gap, tuple(dict.fromkeys(names[number:])), tuple(dict.fromkeys(names[:number])))
            own = self._encode(gap, values)
            if not own:
                raise self._refusal(gap, f"{self._named(gap)} is empty: a key needs a value")
            if _is_cut(gap, own):
                raise self._refusal(
                    gap, f"{self._named(gap)} may not be {own!r}: it contains {gap.end!r}, which ends it"
                )
            texts.append(own)
            text += own + gap.end
        return Lead(self._joined(texts), None, before=self.fields)

    def leads(self, values: Mapping[str, Any]) -> tuple[Lead, ...]:
        """Give the beginnings that keys of these values may have: one (`KeyVariants` may have several).

        Raises:
            KeyValueError: as `lead`.
        """
        return (self.lead(values),)

    def outline(self, order: dict[str, int]) -> tuple[object, ...]:
        """Give the template up to the names of its placeholders, which are numbered in ``order`` as they come."""
        gaps = [(order.setdefault(gap.field, len(order)), gap.codec.name, gap.end) for gap in self.gaps]
        return (self.kind, self.head, *gaps)

    def shards(self, values: Mapping[str, Any]) -> Sequence[Mapping[str, ShardText]]:
        """Give the ways to fill in the shards that the values do not give: one, of nothing, where there are none.

        A field that stands in another placeholder, too, is no mere shard: it has to be given.
        """
        plain = {gap.field for gap in self.gaps if not gap.codec.texts}
        open_gaps = {gap.field: gap.codec.texts for gap in self.gaps if gap.field not in values and gap.codec.texts}
        names = [name for name in open_gaps if name not in plain]
        ways = product(*(map(ShardText, open_gaps[name]) for name in names))
        return [dict(zip(names, way, strict=True)) for way in ways]


def compile_template(text: str, *, entity: str, types: Mapping[str, Any], where: str, kind: str = "S") -> KeyTemplate:
    """Parse a template and bind its placeholders to the fields of an entity.

    ``types`` has the type of each name that a placeholder may have, None where it is not known; ``where`` says in
    messages which key it is. Raises Misfit with one problem for each mistake.
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
        elif not literal:
            try:
                gaps.append(_gap(inside, entity, types, where, text, kind))
            except Misfit as misfit:
                problems.append(misfit.problems[0][1])
                gaps.append(Gap("", _UNKNOWN, ""))
        elif gaps:
            gaps[-1] = attrs.evolve(gaps[-1], end=gaps[-1].end + literal)
        else:
            head += literal
    problems += [
        f"entity {entity!r} has nothing between <{left.field}> and <{right.field}> in its {where} {text!r}, so that "
        "their values would run together: put a delimiter between them"
        for left, right in pairwise(gaps)
        if left.field and right.field and not left.end and left.codec.width is None
    ]
    if kind != "S" and (head or len(gaps) != 1 or gaps[0].end):
        what = "number" if kind == "N" else "binary value"
        problems.append(
            f"entity {entity!r} has more than one placeholder in its {where} {text!r}: a {what} holds a single one"
        )
    if problems:
        raise Misfit(problems=[("", problem) for problem in problems])
    if gaps and not gaps[-1].end:
        gaps[-1] = attrs.evolve(gaps[-1], closes_key=True)
    return KeyTemplate(text, entity, head, tuple(gaps), kind)


def _gap(inside: str, entity: str, types: Mapping[str, Any], where: str, text: str, kind: str) -> Gap:
    match = _PLACEHOLDER.fullmatch(inside)
    if match is None:
        raise Misfit(
            f"entity {entity!r} has the placeholder <{inside}> in its {where} {text!r}: "
            "a placeholder is the name of a field, such as <user_id>"
        )
    name = match["field"]
    if name not in types:
        top = name.partition(".")[0]
        known = ", ".join(repr(field) for field in types) or "none"
        lacks = (
            f"field {name!r}" if top == name or top not in types else f"{name.partition('.')[2]!r} in its field {top!r}"
        )
        raise Misfit(
            f"entity {entity!r} uses placeholder <{name}> in its {where}, but has no {lacks}; its fields are {known}"
        )
    if types[name] is None:
        return Gap(name, _UNKNOWN, "")
    try:
        return Gap(name, codec_for(types[name], match["codec"], kind=kind), "")
    except Misfit as misfit:
        raise Misfit(f"entity {entity!r}, {where} {text!r}: field {name!r} {misfit.problems[0][1]}") from None
