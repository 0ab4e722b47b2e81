"""Paths and projections as people write them."""

from __future__ import annotations

import pytest

from pynamite.errors import ExpressionError
from pynamite.expression.nodes import Path
from pynamite.expression.paths import overlap, parse_path, parse_projection


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("a", ("a",)),
        ("a.b", ("a", "b")),
        ("a.b[12].c", ("a", "b", 12, "c")),
        ("a[0][1]", ("a", 0, 1)),
        ("#x.:y", ("#x", ":y")),
        ("first name", ("first name",)),
        (r"v1\.0", ("v1.0",)),
        (r"a\[0\].b", ("a[0]", "b")),
        (r"\\", ("\\",)),
        (r"a\,b", ("a,b",)),
    ],
)
def test_a_path_is_read_as_its_steps(text, steps):
    """Dots separate names, brackets give elements, a backslash takes what follows as part of the name."""
    assert parse_path(text).steps == steps


@pytest.mark.parametrize("name", ["1.5", "a[0]", "]", "\\", "a\\.b", "x.", ".", " "])
def test_the_text_of_a_path_keeps_marks_inside_names(name):
    """Names full of the path's own marks come back."""
    path = Path((name, 0, name))

    assert parse_path(str(path)) == path


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "it is empty"),
        ("a..b", "a name is missing, at character 2"),
        (".a", "a name is missing, at character 0"),
        ("a.", "a name is missing, at character 2"),
        ("[0]", "a name is missing, at character 0"),
        ("a[0].[1]", "a name is missing, at character 5"),
        ("a[x]", "an element is given as [0], [1], ..., at character 1"),
        ("a[-1]", "an element is given as [0]"),
        ("a[01]", "an element is given as [0]"),
        ("a[0", "an element is given as [0]"),
        ("a]", "nothing opens this bracket, at character 1"),
        ("a[0]b", "a dot is missing, at character 4"),
        ("a\\", "a backslash has to have a character after it"),
    ],
)
def test_a_malformed_path_is_refused_with_its_place(text, wrong):
    """The message names the path, what is wrong and where, and how to write it."""
    with pytest.raises(ExpressionError) as caught:
        parse_path(text)

    assert repr(text) in str(caught.value)
    assert wrong in str(caught.value)
    assert "write a.b[0].c" in str(caught.value)


@pytest.mark.parametrize("wrong", [None, 3, b"a", ["a"], {"a": 1}])
def test_only_a_text_is_a_path(wrong):
    """Something that is no text is named, whether it can be hashed or not."""
    with pytest.raises(ExpressionError, match="a path is a text"):
        parse_path(wrong)
    with pytest.raises(ExpressionError, match="a projection is a text"):
        parse_projection(wrong)


def test_a_projection_is_paths_between_commas():
    """Blanks around the paths are left out."""
    paths = parse_projection(" createDate,folder , address.lines[0]").paths

    assert [path.steps for path in paths] == [("createDate",), ("folder",), ("address", "lines", 0)]


def test_a_comma_in_a_name_has_a_backslash_before_it():
    """A name with a comma can be projected."""
    assert [path.steps for path in parse_projection(r"a\,b,c").paths] == [("a,b",), ("c",)]


@pytest.mark.parametrize("text", ["", " ", ",", "a,", ",a", "a,,b"])
def test_a_path_that_is_missing_in_a_projection_is_refused(text):
    """Commas stand between paths."""
    with pytest.raises(ExpressionError, match="a path is missing at character"):
        parse_projection(text)


@pytest.mark.parametrize("text", ["a, a", "a, a.b", "a.b[0], a.b", "a.b, a[0]"])
def test_overlapping_paths_of_a_projection_are_refused(text):
    """The message names both; the service would refuse them."""
    one, other = text.split(", ")

    with pytest.raises(ExpressionError, match="overlap; keep one of them") as caught:
        parse_projection(text)

    assert repr(one) in str(caught.value)
    assert repr(other) in str(caught.value)


@pytest.mark.parametrize(
    ("paths", "kind"),
    [
        (("a", "b"), None),
        (("a.b", "a.c"), None),
        (("a[0]", "a[1]"), None),
        (("a.b[0]", "a.c.d"), None),
        (("a", "a"), "overlap"),
        (("a", "a.b"), "overlap"),
        (("a.b.c", "a.b"), "overlap"),
        (("a.b", "a[0]"), "conflict"),
        (("a.b.c", "a.b[0]"), "conflict"),
    ],
)
def test_overlap_tells_which_two_paths_clash(paths, kind):
    """One path holds the other, or the two take a value for a map and for a list."""
    first, second = (parse_path(path) for path in paths)

    found = overlap([parse_path("z"), first, parse_path("y.x"), second])

    assert found == (None if kind is None else (first, second, kind))
