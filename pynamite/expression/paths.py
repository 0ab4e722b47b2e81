"""Paths as text: ``a.b[12].c``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from pynamite.errors import ExpressionError
from pynamite.expression.nodes import Path, Projection, Step

__all__ = ["overlap", "parse_path", "parse_projection"]

# A name goes to the next dot or bracket; what a backslash stands before belongs to the name.
_NAME = re.compile(r"(?:[^.\[\]\\]|\\.)+", re.DOTALL)
_INDEX = re.compile(r"\[(0|[1-9][0-9]*)\]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_LISTED = re.compile(r"(?:[^,\\]|\\.|\\\Z)*", re.DOTALL)


def parse_path(text: str) -> Path:
    r"""Read a path; `str(path)` is the inverse.

    Dots separate names, ``[0]`` is a list's element. A dot, a bracket or a backslash that belongs to a name has a
    backslash before it.

    >>> parse_path("address.lines[0]").steps, parse_path(r"v1\.0").steps
    (('address', 'lines', 0), ('v1.0',))

    Raises:
        ExpressionError: the text is no path; the message has the place.
    """
    if not isinstance(text, str):
        raise ExpressionError(f"a path is a text such as 'a.b[0].c', not {text!r}, a {type(text).__name__}")
    return _parse_path(text)


@lru_cache(maxsize=4096)
def _parse_path(text: str) -> Path:
    steps: list[Step] = []
    place = 0
    while not steps or place < len(text):
        if steps and (index := _INDEX.match(text, place)):
            steps.append(int(index[1]))
            place = index.end()
            continue
        if steps:
            if text[place] != ".":
                raise _malformed(text, place)
            place += 1
        name = _NAME.match(text, place)
        if name is None:
            raise _malformed(text, place)
        steps.append(_ESCAPED.sub(r"\1", name[0]))
        place = name.end()
    return Path(tuple(steps))


def _malformed(text: str, place: int) -> ExpressionError:
    if not text:
        wrong = "it is empty"
    elif place == len(text) or text[place] == ".":
        wrong = "a name is missing"
    elif text[place] == "[":
        wrong = "an element is given as [0], [1], ..." if place and text[place - 1] != "." else "a name is missing"
    elif text[place] == "\\":
        wrong = "a backslash has to have a character after it"
    elif text[place] == "]":
        wrong = "nothing opens this bracket"
    else:
        wrong = "a dot is missing"
    return ExpressionError(
        f"{text!r} is not a path: {wrong}, at character {place}; "
        "write a.b[0].c, and a backslash before a dot or bracket that belongs to a name"
    )


def parse_projection(text: str) -> Projection:
    r"""Read a comma-separated list of paths; blanks around each are left out.

    A comma that belongs to a name has a backslash before it.

    >>> [str(path) for path in parse_projection("createDate, address.lines[0]").paths]
    ['createDate', 'address.lines[0]']

    Raises:
        ExpressionError: a path is malformed, or two of them overlap.
    """
    if not isinstance(text, str):
        raise ExpressionError(f"a projection is a text such as 'a, b.c', not {text!r}, a {type(text).__name__}")
    return _parse_projection(text)


@lru_cache(maxsize=1024)
def _parse_projection(text: str) -> Projection:
    paths = []
    place = -1
    while place < len(text):
        listed = _LISTED.match(text, place + 1)
        assert listed is not None  # It matches the empty text, too.
        place = listed.end()
        if not listed[0].strip():
            raise ExpressionError(f"{text!r} is not a projection: a path is missing at character {listed.start()}")
        paths.append(parse_path(listed[0].strip()))
    if found := overlap(paths):
        first, second = str(found[0]), str(found[1])
        raise ExpressionError(f"{text!r} is not a projection: {first!r} and {second!r} overlap; keep one of them")
    return Projection(tuple(paths))


def overlap(paths: Iterable[Path]) -> tuple[Path, Path, str] | None:
    """Find two paths of which one holds the other ("overlap"), or that take a value for a map and a list ("conflict").

    DynamoDB refuses such paths in an update and in a projection. Gives the pair in the order of the paths, and which
    of the two it is; None if there is none.
    """
    by_first: dict[Step, list[Path]] = {}
    for path in paths:
        rivals = by_first.setdefault(path.steps[0], [])
        for rival in rivals:
            if kind := _clash(rival.steps, path.steps):
                return rival, path, kind
        rivals.append(path)
    return None


def _clash(one: tuple[Step, ...], other: tuple[Step, ...]) -> str | None:
    for a, b in zip(one, other, strict=False):
        if a != b:
            return "conflict" if type(a) is not type(b) else None
    return "overlap"
