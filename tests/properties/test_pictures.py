"""Whatever stands in a table, the page and the terminal show it as text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pynamite.drawing.collection import arranged
from pynamite.drawing.page import page
from pynamite.drawing.picture import Picture
from pynamite.drawing.shown import one_line, visible, whole
from tests.unit.drawing.parsed import Parsed
from tests.unit.drawing.shop import plain

TEXTS = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from([
    "<script>alert(1)</script>", "</style><script>x</script>", '"><img src=x onerror=alert(1)>', "' onload='x", "<!--",
    "]]>", "&lt;b&gt;", "{{x}}", "javascript:x", "</details></dl></li></ol>", "\x1b[2J", "a\x00b", "\u202ex",
    "[bold]x[/]",
])  # fmt: skip
NAMES = TEXTS.filter(bool)
SCALARS = (
    TEXTS.map(lambda text: {"S": text})
    | st.integers().map(lambda number: {"N": str(number)})
    | st.booleans().map(lambda yes: {"BOOL": yes})
    | st.just({"NULL": True})
    | st.binary(max_size=40).map(lambda data: {"B": data})
    | st.sets(NAMES, min_size=1, max_size=4).map(lambda texts: {"SS": sorted(texts)})
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3).map(lambda values: {"L": values})
    | st.dictionaries(NAMES, inner, max_size=3).map(lambda values: {"M": values}),
    max_leaves=6,
)
KEYS = NAMES.map(lambda text: {"S": text})
ITEMS = st.builds(
    lambda pk, sk, rest: {**rest, "PK": pk, "SK": sk}, KEYS, KEYS, st.dictionaries(NAMES, VALUES, max_size=3)
)
HARMLESS = {
    tag
    for tag, _ in Parsed(page(arranged(plain(), [
        {"PK": {"S": "a#b"}, "SK": {"S": "b"}, "_type": {"S": "t"}, "m": {"M": {"a": {"M": {"b": {"S": "c"}}}}},
         "s": {"SS": ["a"]}}] * 2, more=True))).elements
}  # fmt: skip


@given(item=ITEMS)
def test_every_key_name_and_value_is_shown_literally(item):
    """The parsed page has the text, and no element that the page does not have anyway."""
    found = Parsed(page(arranged(plain(type_attribute=None), [item])))
    assert found.texts("code", "key") == [visible(item["PK"]["S"]), visible(item["SK"]["S"])]
    names = [name for name in item if name not in {"PK", "SK"}]
    assert found.texts("dt") == [visible(name) for name in names]
    assert {tag for tag, _ in found.elements} <= HARMLESS
    assert found.texts("script") == Parsed(page(arranged(plain(), []))).texts("script")
    wholes = found.texts("pre")
    for name, shown in zip(names, found.texts("dd"), strict=True):
        ((kind, content),) = item[name].items()
        if whole(item[name]) not in wholes and kind != "SS" and content != "":
            assert shown == one_line(item[name])


@given(value=TEXTS, name=NAMES, mark=NAMES)
def test_the_names_of_tables_types_and_indexes_are_text_too(value, name, mark):
    """Titles and tags are anybody's, as values are."""
    item = {"PK": {"S": "a"}, "SK": {"S": "b"}, "_type": {"S": mark}}
    found = Parsed(Picture(arranged(plain(), [item])).html(title=name))
    assert found.texts("title") == found.texts("h1") == [visible(name)]
    assert found.texts("span", "tag") == [visible(mark)]


@given(items=st.lists(ITEMS, max_size=4))
def test_nothing_in_a_table_steers_the_terminal(items):
    """The text has no control character but line ends, and is as wide as it may be."""
    text = Picture(arranged(plain(), items)).text(60)
    assert not [character for character in text if ord(character) < 32 and character != "\n"]


@given(text=TEXTS)
def test_what_is_visible_stays_as_it_is(text):
    """Naming what cannot be seen is done once for all."""
    assert visible(visible(text)) == visible(text)
    if text.isprintable():
        assert visible(text) == text
