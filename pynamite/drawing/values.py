"""One value on the page: short at first where it is long, and the whole of it behind that."""

from __future__ import annotations

from typing import Any

from pynamite.drawing.markup import Markup, element
from pynamite.drawing.shown import KINDS, LONGEST, one_line, shortened, visible, whole
from pynamite.wire import AttributeValue

__all__ = ["key_text", "value_markup"]

# So many members of a set, or entries of a map, are shown side by side; more are behind the first look.
_MOST_CHIPS = 6


def key_text(value: AttributeValue) -> Markup:
    """Write the value of a key: always whole, and broken where a delimiter stands rather than anywhere."""
    pieces: list[str | Markup] = []
    word = ""
    for character in one_line(value):
        word += character
        if character in "#:/|.@_,;":
            pieces += [word, element("wbr")]
            word = ""
    return element("bdi", *pieces, word)


def value_markup(value: AttributeValue) -> Markup:
    """Write a value: a text as it is, a set as its members, anything long with the whole of it to be opened."""
    ((kind, content),) = value.items()
    shown = one_line(value)
    if kind in {"SS", "NS", "BS"} and len(content) <= _MOST_CHIPS and len(shown) <= LONGEST:
        return element("span", *_members(kind, content), class_="set", title=KINDS[kind])
    if kind == "S" and not content:
        return element("span", "empty", class_="void", title="text without a character")
    css = f"v v-{kind.lower()}"
    if len(shown) <= LONGEST and not (kind in {"L", "M"} and _is_deep(kind, content)):
        return element("bdi", shown, class_=css, title=KINDS[kind])
    summary = element("summary", element("bdi", _summary(kind, content, shown), class_=css), title=KINDS[kind])
    return element("details", summary, element("pre", element("bdi", whole(value))))


def _members(kind: str, content: Any) -> list[Markup]:
    members = [one_line({kind[0]: member}) for member in content]
    return [element("bdi", member, class_="member") for member in sorted(members)]


def _is_deep(kind: str, content: Any) -> bool:
    inside = content if kind == "L" else content.values()
    return any(inner in {"L", "M"} and bool(held) for element in inside for inner, held in element.items())


def _summary(kind: str, content: Any, shown: str) -> str:
    """Word what is in a long value: the names in a map, the beginning of a text."""
    if kind == "M":
        return shortened(f"{{{', '.join(visible(name) for name in content)}}}")
    if kind in {"L", "SS", "NS", "BS"}:
        return shortened(f"{len(content)} in a {KINDS[kind].partition(' of ')[0]}: {shown}", LONGEST // 2)
    return shortened(shown)

