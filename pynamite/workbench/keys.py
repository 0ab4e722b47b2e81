"""Key templates, found in keys: which parts of a key attribute's texts are fixed, which are data, and whose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import attrs

from pynamite.key.codecs import codec_for
from pynamite.wire import Misfit
from pynamite.workbench.names import normalized, words

__all__ = ["CONSTANTS", "Gap", "Piece", "is_generic", "outlines", "prefix_of"]

# Those in front separate wherever they stand; the others are parts of names, numbers and moments as well.
_DELIMITERS = ("#", "||", "|", "::", "$", "~")
_LATER_DELIMITERS = (":", "/", "@", ";", ",", "_", ".", "-")
_GENERIC = re.compile(
    r"(?:.*[-_. ])?(?:gsi|lsi|index)?[-_. ]?\d*[-_. ]?"
    r"(?:pk|sk|p_k|s_k|pkey|skey|(?:partition|sort|hash|range|primary)[-_ ]?key)[-_. ]?\d*"
    r"|(?:gsi|lsi)?\d*[-_. ]?(?:partition|sort|hash|range|key|metadata|data|id)\d*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d]+(?:[ _][^\W\d]+)*")
CONSTANTS = {"meta", "metadata", "profile", "info", "root", "details", "detail", "config", "summary", "settings", "a"}
_PLACEHOLDER = re.compile(r"<\s*([^<>:]+?)\s*(?::\s*([^<>]+?)\s*)?>|\{([^{}]+)\}|\[([^\[\]]+)\]")


@attrs.frozen
class Gap:
    """A part of a key that is data: its text in each row, and what is known of it.

    ``alias`` is a name for it, "" without; ``after`` the literal in front. ``attribute`` is the attribute whose value
    it is, in all rows; ``codec`` is how that is written.
    """

    texts: tuple[str, ...]
    alias: str = ""
    after: str = ""
    attribute: str | None = None
    codec: str = ""


Piece = str | Gap
"""A literal, or a gap."""


def is_generic(name: str) -> bool:
    """Tell whether a key attribute's name says nothing of what is in it: ``PK``, ``GSI1-SK``, ``Id``."""
    return _GENERIC.fullmatch(name) is not None


def prefix_of(text: str) -> str:
    """Give the literal that a key probably begins with, "" if it has none: ``"USER#"`` of ``"USER#1"``.

    A word alone is one as a whole where it is written as constants are: ``"METADATA"``.
    """
    match = re.match(r"(#?[^\W\d]+(?:[ _-][^\W\d]+)*)(#|\|\||\||::|:(?!//)|\$|~|/|_|@)", text)
    if match is not None:
        return match[0]
    return text if _is_constant(text) else ""


def _is_constant(text: str) -> bool:
    bare = text.strip("#")
    return bare.lower() in CONSTANTS or (len(bare) > 1 and bare.isupper() and _WORD.fullmatch(bare) is not None)


def outlines(
    texts: Sequence[str],
    attributes: Mapping[str, tuple[str | None, ...]],
    *,
    alias: str | None = None,
    generic: bool = True,
    steady: bool = False,
) -> Iterator[tuple[Piece, ...]]:
    """Give the outlines that a key attribute may have, the most telling first; the last is one gap for all of it.

    ``texts`` are its texts in the rows, ``attributes`` the texts of the attributes that a part of them may be, None in
    rows without one. ``alias`` is what the facet calls the key; ``generic`` says that the attribute's name tells
    nothing, so that there is something to be found in the texts; ``steady``, that a word which all rows share is a
    literal, as what stands beside it varies.
    """
    if alias and (own := _by_alias(texts, alias, attributes)) is not None:
        yield own
    whole = _whole(texts, attributes)
    delimiters = (*_DELIMITERS, *_LATER_DELIMITERS)
    tries = (_split(texts, delimiter, attributes, alias, steady=steady) for delimiter in delimiters)
    split = next((found for found in tries if found is not None), None)
    if split is not None and all(isinstance(piece, str) or piece.attribute for piece in split):
        yield split
    if whole is not None:
        yield (whole,)
    if len(set(texts)) == 1 and _fixed(texts, alias, generic=generic, steady=steady):
        yield (texts[0],)
    if split is not None:
        yield split
    yield (Gap(tuple(texts), alias=_word_alias(alias)),)


def _word_alias(alias: str | None) -> str:
    """Give an alias that is one name, and not a template or the name of a key attribute."""
    if not alias or is_generic(alias) or re.search(r"[^\w \-.]", alias):
        return ""
    return alias


def _whole(texts: Sequence[str], attributes: Mapping[str, tuple[str | None, ...]]) -> Gap | None:
    for name, own in attributes.items():
        if own == tuple(texts) and (len(set(texts)) > 1 or not _is_constant(texts[0])):
            return Gap(tuple(texts), attribute=name)
    return None


def _fixed(texts: Sequence[str], alias: str | None, *, generic: bool, steady: bool) -> bool:
    """Tell whether a text that all rows share is a literal as a whole."""
    text = texts[0]
    if alias is not None and normalized(alias) == normalized(text):
        return True
    if not generic or re.search(r"\d", text):
        return False
    if _is_constant(text):
        return True
    return steady and len(texts) > 1 and _WORD.fullmatch(text) is not None


def _by_alias(
    texts: Sequence[str], alias: str, attributes: Mapping[str, tuple[str | None, ...]]
) -> tuple[Piece, ...] | None:
    """Read the texts by an alias that is a template, such as ``USER#<account_id>``; None if they do not fit."""
    parts: list[str | tuple[str, str]] = []
    position = 0
    for match in _PLACEHOLDER.finditer(alias):
        parts += [alias[position : match.start()]] if match.start() > position else []
        parts.append((next(name for name in (match[1], match[3], match[4]) if name), match[2] or ""))
        position = match.end()
    parts += [alias[position:]] if position < len(alias) else []
    if not any(isinstance(part, tuple) for part in parts):
        return (alias,) if set(texts) == {alias} else None
    rows = [_taken_apart(text, parts) for text in texts]
    if any(row is None for row in rows):
        return None
    found: list[Piece] = []
    number = 0
    for part in parts:
        if isinstance(part, str):
            found.append(part)
            continue
        name, codec = part
        column = tuple(row[number] for row in rows if row is not None)
        number += 1
        before = found[-1] if found and isinstance(found[-1], str) else ""
        gap = _gap(column, attributes, name, before, codec)
        if gap is None:
            return None
        found.append(gap)
    return tuple(found)


def _taken_apart(text: str, parts: Sequence[str | tuple[str, str]]) -> list[str] | None:
    """Give the texts of the placeholders, each up to the first occurrence of the literal behind it."""
    found: list[str] = []
    position = 0
    for number, part in enumerate(parts):
        if isinstance(part, str):
            if not text.startswith(part, position):
                return None
            position += len(part)
            continue
        following = parts[number + 1] if number + 1 < len(parts) else None
        if isinstance(following, tuple):
            return None
        end = len(text) if following is None else text.find(following, position)
        if end <= position:
            return None
        found.append(text[position:end])
        position = end
    return found if position == len(text) else None


def _gap(
    texts: tuple[str, ...], attributes: Mapping[str, tuple[str | None, ...]], alias: str, after: str, codec: str = ""
) -> Gap | None:
    """Make a gap, of the attribute whose value it is; None if it is written in a way that is not known."""
    if codec:
        for name, own in attributes.items():
            if normalized(name) == normalized(alias) and _encoded(own, codec) == texts:
                return Gap(texts, alias, after, name, codec)
        return None
    wanted = normalized(alias)
    same = [name for name, own in attributes.items() if own == texts]
    before = normalized("".join(words(after)[-1:]))
    same.sort(
        key=lambda name: (
            normalized(name) != wanted,
            not (before and normalized(name).startswith(before)),
            not normalized(name).endswith("id"),
        )
    )
    return Gap(texts, alias, after, same[0] if same else None)


def _encoded(values: tuple[str | None, ...], codec: str) -> tuple[str, ...] | None:
    """Write whole numbers as a placeholder's codec does."""
    try:
        encode = codec_for(int, codec).encode
        return tuple(encode(int(value or "")) for value in values)
    except (Misfit, ValueError):
        return None


def _split(
    texts: Sequence[str],
    delimiter: str,
    attributes: Mapping[str, tuple[str | None, ...]],
    alias: str | None,
    *,
    steady: bool,
) -> tuple[Piece, ...] | None:
    """Take the texts apart at a delimiter; None where it is none of theirs."""
    count = min(text.count(delimiter) for text in texts)
    if count == 0:
        return None
    if delimiter in _LATER_DELIMITERS and not _separates(texts, delimiter, alias):
        return None
    for number in range(count, 0, -1):
        rows = [text.split(delimiter, number) for text in texts]
        columns = list(zip(*rows, strict=True))
        if all("" not in column or set(column) == {""} for column in columns):
            return _pieces(columns, delimiter, attributes, alias, steady=steady)
    return None


def _separates(texts: Sequence[str], delimiter: str, alias: str | None) -> bool:
    """Tell whether a character that names and moments have, too, separates here: behind a word that all rows share."""
    if any(f"{delimiter}//" in text for text in texts):
        return False
    if alias is not None and delimiter in alias and not is_generic(alias):
        return True
    heads = {text.partition(delimiter)[0] for text in texts}
    head = next(iter(heads))
    return len(heads) == 1 and _WORD.fullmatch(head) is not None and (len(texts) > 1 or delimiter == ":")


def _pieces(
    columns: Sequence[tuple[str, ...]],
    delimiter: str,
    attributes: Mapping[str, tuple[str | None, ...]],
    alias: str | None,
    *,
    steady: bool,
) -> tuple[Piece, ...]:
    """Tell the literals of a key that was taken apart from its gaps."""
    aliases = [part.strip("<>{}[] ") for part in (alias or "").split(delimiter)]
    aligned = len(aliases) == len(columns)
    fixed = [
        _is_literal(column, aliases[number] if aligned else "", last=number == len(columns) - 1, steady=steady)
        for number, column in enumerate(columns)
    ]
    if len(columns[0]) == 1 and columns[-1] in attributes.values() and not (aligned and fixed[-1]):
        # Of a single row, what an attribute has, too, is data.
        fixed[-1] = False
    gaps = fixed.count(False)
    if not gaps:
        # A key of literals alone is one: what comes last may be data, if there is one row only.
        text = columns[-1][0]
        fixed[-1] = not text or text.lower() in CONSTANTS or (steady and len(columns[0]) > 1)
    elif gaps == len(columns) and len(columns[0]) == 1 and _WORD.fullmatch(columns[0][0]) and not aligned:
        fixed[0] = True
    names = iter([] if aligned or len(aliases) != gaps else aliases)
    found: list[Piece] = []
    literal = ""
    for number, column in enumerate(columns):
        separator = delimiter if number < len(columns) - 1 else ""
        if fixed[number]:
            literal += column[0] + separator
            continue
        if literal:
            found.append(literal)
        name = aliases[number] if aligned else next(names, "")
        gap = _gap(column, attributes, name, literal)
        assert gap is not None
        found.append(gap)
        literal = separator
    if literal:
        found.append(literal)
    return tuple(found)


def _is_literal(column: tuple[str, ...], alias: str, *, last: bool, steady: bool) -> bool:
    if len(set(column)) > 1:
        return False
    text = column[0]
    if not text or (alias and normalized(alias) == normalized(text)):
        return True
    if re.search(r"\d", text):
        return False
    if last:
        # What stands behind a delimiter is data, unless it is known as a constant, or stays while other keys vary.
        several = steady and len(column) > 1 and _WORD.fullmatch(text) is not None and not alias
        return text.lower() in CONSTANTS or several
    return _WORD.fullmatch(text) is not None
