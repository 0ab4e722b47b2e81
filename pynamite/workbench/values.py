"""The values in a model's rows, as DynamoDB has them: what is well-formed is taken as it is, the rest is mended.

Authors write rows by hand and by scripts, and Workbench itself keeps some that DynamoDB would refuse: numbers that are
JSON numbers, plain JSON in maps and lists, maps that are wrapped twice, empty sets.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from pynamite.wire import AttributeValue, Misfit, normalize_number, shown

__all__ = ["Report", "read_value", "untyped"]

Report = Callable[[str, str], None]
"""What is told of a repair: its place and what was done."""

_BOOLEANS = {"true": True, "false": False}


def _is_number(text: Any) -> bool:
    if not isinstance(text, str):
        return False
    try:
        normalize_number(text)
    except Misfit:
        return False
    return True


def _is_base64(text: Any) -> bool:
    if not isinstance(text, str):
        return False
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _is_text(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _members(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda content: isinstance(content, list) and bool(content) and all(map(fits, content))


_FITS: dict[str, Callable[[Any], bool]] = {
    "S": _is_text,
    "N": _is_number,
    "B": _is_base64,
    "BOOL": lambda content: isinstance(content, bool),
    "NULL": lambda content: content is True,
    "SS": _members(_is_text),
    "NS": _members(_is_number),
    "BS": _members(_is_base64),
    "L": lambda content: isinstance(content, list),
    "M": lambda content: isinstance(content, dict),
}


def _typed(raw: Any) -> tuple[str, Any] | None:
    """Take a value apart that is written with its type; None for plain JSON."""
    if isinstance(raw, dict) and len(raw) == 1:
        ((kind, content),) = raw.items()
        if kind in _FITS:
            return kind, content
    return None


def _well_formed(raw: Any) -> bool:
    """Tell whether a value is one as it stands, at every depth."""
    typed = _typed(raw)
    if typed is None or not _FITS[typed[0]](typed[1]):
        return False
    kind, content = typed
    if kind == "L":
        return all(map(_well_formed, content))
    return kind != "M" or all(map(_well_formed, content.values()))


def _looks_typed(raw: Any) -> bool:
    """Tell whether the value in a map or a list has a type: a content of another kind is plain JSON that looks so."""
    typed = _typed(raw)
    if typed is None:
        return False
    kind, content = typed
    return _FITS[kind](content) or (kind in {"N", "BOOL", "NULL", "S"} and not isinstance(content, dict | list))


def read_value(raw: Any, place: str, report: Report) -> AttributeValue | None:
    """Read the value of an attribute; None says that DynamoDB has no such value, and the attribute is left out."""
    if isinstance(raw, dict) and not raw:
        report(place, "an empty value: left out")
        return None
    typed = _typed(raw)
    if typed is None:
        report(place, "has no type: taken as the JSON that it is")
        return untyped(raw, place, report)
    kind, content = typed
    content = _unwrapped(kind, content, place, report)
    if kind == "M" and isinstance(content, dict):
        return {"M": _read_map(content, place, report)}
    if kind == "L" and isinstance(content, list):
        return {"L": _read_list(content, place, report)}
    if _FITS[kind](content):
        return {kind: _content(kind, content)}
    return _mended(kind, content, place, report)


def _content(kind: str, content: Any) -> Any:
    match kind:
        case "N":
            return normalize_number(content)
        case "B":
            return base64.b64decode(content)
        case "SS":
            return sorted(set(content))
        case "NS":
            return sorted({normalize_number(member) for member in content}, key=Decimal)
        case "BS":
            return sorted({base64.b64decode(member) for member in content})
        case _:
            return content


def _unwrapped(kind: str, content: Any, place: str, report: Report) -> Any:
    """Take away a second wrapping of the same type, ``{"M": {"M": {...}}}``, unless it is an attribute of that name."""
    while isinstance(content, dict) and len(content) == 1 and kind in content:
        if kind == "M" and (_well_formed(content[kind]) or not isinstance(content[kind], dict)):
            break
        content = content[kind]
        report(place, f"is wrapped twice as {kind}: one wrapping taken away")
    return content


def _read_map(content: dict[str, Any], place: str, report: Report) -> dict[str, AttributeValue]:
    found: dict[str, AttributeValue] = {}
    plain = 0
    for name, raw in content.items():
        if not name:
            report(place, "has a value under an empty name, which DynamoDB does not have: left out")
            continue
        if _looks_typed(raw):
            value = read_value(raw, f"{place}.{name}", report)
            if value is not None:
                found[name] = value
        else:
            plain += 1
            found[name] = untyped(raw, f"{place}.{name}", report)
    if plain:
        report(place, f"{plain} of {len(content)} values have no type: taken as the JSON that they are")
    return found


def _read_list(content: list[Any], place: str, report: Report) -> list[AttributeValue]:
    found: list[AttributeValue] = []
    plain = 0
    for number, raw in enumerate(content):
        if _looks_typed(raw):
            value = read_value(raw, f"{place}[{number}]", report)
            found.append({"NULL": True} if value is None else value)
        else:
            plain += 1
            found.append(untyped(raw, f"{place}[{number}]", report))
    if plain:
        report(place, f"{plain} of {len(content)} values have no type: taken as the JSON that they are")
    return found


def untyped(raw: Any, place: str, report: Report) -> AttributeValue:
    """Give a JSON value its type; what a dict or a list holds may be written with types again."""
    if isinstance(raw, bool):
        return {"BOOL": raw}
    if raw is None:
        return {"NULL": True}
    if isinstance(raw, int | Decimal | float):
        text = str(raw)
        return {"N": normalize_number(text)} if _is_number(text) else {"S": text}
    if isinstance(raw, str):
        return {"S": raw if _is_text(raw) else _mended_text(raw, place, report)}
    silent: Report = lambda place, message: None  # noqa: E731 - the container has been told of already
    if isinstance(raw, list):
        return {"L": _read_list(raw, place, silent)}
    return {"M": _read_map(raw, place, silent)}


def _mended_text(text: str, place: str, report: Report) -> str:
    report(place, "has half a character (a lone surrogate), which UTF-8 cannot hold: replaced")
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _mended(kind: str, content: Any, place: str, report: Report) -> AttributeValue | None:
    """Make the most of a content that is none of its type."""
    if kind in {"SS", "NS", "BS"}:
        return _mended_set(kind, content, place, report)
    if kind == "NULL":
        report(place, f"NULL holds {shown(content)}: taken as true, the only value of that type")
        return {"NULL": True}
    if kind in {"M", "L"} and isinstance(content, str):
        loaded = _json(content)
        if isinstance(loaded, dict if kind == "M" else list):
            report(place, f"{kind} holds a text: read as the JSON in it")
            return read_value({kind: loaded}, place, report)
    if kind == "B" and isinstance(content, str):
        report(place, f"B holds {shown(content)}, which is not base64: its UTF-8 bytes are taken")
        return {"B": content.encode("utf-8", "replace")}
    if kind == "BOOL" and isinstance(content, str) and content.strip().lower() in _BOOLEANS:
        report(place, f"BOOL holds the text {content!r}: taken as JSON's")
        return {"BOOL": _BOOLEANS[content.strip().lower()]}
    if kind == "N" and (content is None or content == ""):
        report(place, "N is empty: left out")
        return None
    if kind == "N" and isinstance(content, int | Decimal | float) and not isinstance(content, bool):
        value = untyped(content, place, report)
        report(place, f"N holds the JSON number {content}: written as text" + ("" if "N" in value else ", of type S"))
        return value
    if kind == "S" and isinstance(content, str):
        return {"S": _mended_text(content, place, report)}
    if kind == "S" and isinstance(content, int | Decimal | float):
        text = str(content).lower() if isinstance(content, bool) else str(content)
        report(place, f"S holds {shown(content)}: taken as the text {text!r}")
        return {"S": text}
    value = untyped(content, place, report)
    report(place, f"{kind} holds {shown(content)}, which is none: stored as {next(iter(value))}")
    return value


def _mended_set(kind: str, content: Any, place: str, report: Report) -> AttributeValue | None:
    loaded = _json(content) if isinstance(content, str) and content.lstrip().startswith("[") else content
    members = loaded if isinstance(loaded, list) else [content]
    found = []
    for number, member in enumerate(members):
        value = _mended_member(kind[0], member, f"{place}[{number}]")
        if value is None:
            report(place, f"{kind} holds {shown(content)}, which is none: stored as a list")
            return untyped(members, place, report)
        found.append(value)
    if not found or content == "" or content is None:
        report(place, f"an empty {kind}, which DynamoDB does not have: left out")
        return None
    report(place, f"{kind} holds {shown(content)}: taken as a set of {len(set(found))}")
    return {kind: sorted(set(found), key=Decimal if kind == "NS" else None)}


def _mended_member(kind: str, member: Any, place: str) -> Any:
    """Read one member of a set; None where it is none of the type."""
    typed = _typed(member)
    raw = {kind: member} if typed is None else member
    value = read_value(raw, place, lambda place, message: None)
    return None if value is None or kind not in value else value[kind]


def _json(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal)
    except ValueError:
        return None
