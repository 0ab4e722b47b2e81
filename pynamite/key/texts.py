"""Codecs of texts, and of what is written by its name: enums, bools, UUIDs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum, Flag
from typing import Any, get_args
from urllib.parse import quote, unquote
from uuid import UUID

from pynamite.key.codec import Codec, digits, exactly
from pynamite.wire import Misfit, checked_text, shown

__all__ = [
    "binary_codec",
    "enum_codec",
    "escape_codec",
    "flag_codec",
    "literal_codec",
    "lower_codec",
    "name_codec",
    "reversed_codec",
    "text_codec",
    "upper_codec",
    "uuid_codec",
]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Misfit(f"expected str, got {shown(value)}")
    return checked_text(value)


def text_codec() -> Codec:
    """Write a text as it is."""
    return Codec("text", _text, str, ordered=True)


def upper_codec() -> Codec:
    """Write a text in upper case; it cannot be read back."""
    return Codec("upper", lambda value: _text(value).upper(), None, coarse=True, fits=lambda text: text.upper() == text)


def lower_codec() -> Codec:
    """Write a text in lower case; it cannot be read back."""
    return Codec("lower", lambda value: _text(value).lower(), None, coarse=True, fits=lambda text: text.lower() == text)


def reversed_codec() -> Codec:
    """Write a text backwards, so that its end can be queried as a beginning."""
    return Codec("reversed", lambda value: _text(value)[::-1], lambda text: text[::-1])


# What `quote` never escapes, and a template may well have for a delimiter.
_MARKS = str.maketrans({mark: f"%{ord(mark):02X}" for mark in "-._~"})


def escape_codec() -> Codec:
    """Write a text with everything but ASCII letters and digits as ``%`` and two hexadecimal digits a byte.

    It may contain any delimiter then.
    """
    return Codec(
        "escape",
        lambda value: quote(_text(value), safe="").translate(_MARKS),
        lambda text: unquote(text, errors="strict"),
    )


def binary_codec() -> Codec:
    """Write a key attribute of type B; its bytes are handled as the characters of Latin-1, which sort alike."""
    check = exactly(bytes)
    return Codec(
        "binary", lambda value: check(value).decode("latin-1"), lambda text: text.encode("latin-1"), ordered=True
    )


def uuid_codec() -> Codec:
    """Write a UUID in lower case, with hyphens."""
    check = exactly(UUID)
    return Codec("uuid", lambda value: str(check(value)), UUID, width=36, ordered=True)


def flag_codec() -> Codec:
    """Write a bool as ``true`` or ``false``."""
    check = exactly(bool)
    return Codec("bool", lambda value: "true" if check(value) else "false", {"true": True, "false": False}.__getitem__)


def literal_codec(kind: Any) -> Codec | None:
    """Write one of the texts of a Literal; None where it has others than texts."""
    choices: dict[str, str] = {choice: choice for choice in get_args(kind) if choice is not None}
    if not choices or not all(type(choice) is str for choice in choices):
        return None
    spelled = ", ".join(map(repr, choices))

    def encode(value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            raise Misfit(f"expected one of {spelled}, got {shown(value)}")
        return choices[value]

    return Codec(f"one of {spelled}", encode, choices.__getitem__, width=_one_width(choices), ordered=True)


def _one_width(texts: Iterable[str]) -> int | None:
    widths = {len(text) for text in texts}
    return widths.pop() if len(widths) == 1 else None


def enum_codec(kind: type[Enum]) -> Codec | None:
    """Write a member by its value; None where the values are no distinct texts or whole numbers."""
    if issubclass(kind, Flag):
        # Members of a Flag are combined to values that are none of its members.
        check = exactly(kind)
        return Codec(kind.__name__, lambda value: digits(check(value).value), lambda text: kind(int(text)))
    if not all(isinstance(member.value, str | int) and not isinstance(member.value, bool) for member in kind):
        return None
    return _by_text(kind.__name__, kind, lambda member: str(member.value))


def name_codec(kind: type[Enum]) -> Codec:
    """Write a member of an Enum by its name."""
    codec = _by_text("name", kind, lambda member: member.name)
    assert codec is not None
    return codec


def _by_text(name: str, kind: type[Enum], text_of: Callable[[Enum], str]) -> Codec | None:
    texts = {member: text_of(member) for member in kind}
    members = {text: member for member, text in texts.items()}
    if len(members) != len(texts):
        return None
    check = exactly(kind)
    # Members have no order of their own that a key could keep.
    return Codec(
        name,
        lambda value: texts[check(value)],
        members.__getitem__,
        width=_one_width(members),
    )
