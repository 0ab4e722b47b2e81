"""The page as a document: what stands in it where, without a browser."""

from __future__ import annotations

import base64
import hashlib
import re

from pynamite import evolve
from pynamite.drawing.markup import Markup, element, joined
from pynamite.drawing.page import page
from pynamite.drawing.picture import Picture
from pynamite.drawing.values import key_text, value_markup
from tests.unit.drawing.parsed import Parsed
from tests.unit.drawing.shop import Address, Order, User, drawn, item_of

ANN = User(user_id="ann", email="ann@x.com", address=Address("Main St", "Bern"), tags={"vip"})


def parsed(*things, **options):
    """Draw things, and parse the page."""
    return Parsed(page(drawn(*things, **options)))


def test_a_partition_stands_once_beside_its_rows():
    """Key, number of items, and each row with its sort key and its entity."""
    found = parsed(ANN, Order(user_id="ann", number=1))
    assert found.texts("h3")[0] == "USER#ann2 items"
    assert found.texts("div", "sk")[:2] == ["ORDER#001Order", "PROFILEUser"]


def test_names_stand_above_their_values():
    """Each attribute is a pair of a term and its value."""
    found = parsed(ANN)
    assert list(zip(found.texts("dt"), found.texts("dd"), strict=True)) == [
        ("user_id", "ann"), ("email", "ann@x.com"), ("address", '{street: "Main St", city: "Bern"}'), ("tags", "vip")]


def test_each_view_has_a_tab():
    """The tab names what it is for, and the view names its tab."""
    found = parsed(ANN)
    tabs = [attributes for attributes in found.all("button") if attributes.get("role") == "tab"]
    views = [attributes for attributes in found.all("section") if attributes.get("role") == "tabpanel"]
    assert [tab["aria-controls"] for tab in tabs] == [view["id"] for view in views] == ["view-0", "view-1", "view-2"]
    assert [view["aria-labelledby"] for view in views] == [tab["id"] for tab in tabs]
    assert found.texts("h2") == ["Table", "GSI1", "Big holds keys only"]


def test_what_needs_the_script_is_hidden_without_it():
    """All views are there to be read; a bar that does nothing is not."""
    found = parsed(ANN)
    (bar,) = [one for one in found.all("div") if one.get("class") == "bar"]
    assert "hidden" in bar
    assert all("hidden" not in one for one in found.all("section"))


def test_the_page_allows_nothing_but_its_own_script_and_style():
    """The policy has the hash of each, and nothing is loaded from anywhere."""
    text = page(drawn(ANN))
    (policy,) = [one["content"] for one in Parsed(text).all("meta") if one.get("http-equiv")]
    for tag in ("script", "style"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert not re.search(r"https?://|\bsrc=|url\(|@import|fetch\(|style=| on\w+=", text)


def test_more_items_than_were_read_are_told_of():
    """And only then."""
    assert parsed(ANN, more=True).texts("strong", "more") == ["the first that were read: there are more"]
    assert parsed(ANN).texts("strong") == []


def test_an_empty_view_says_so():
    """Instead of a table with nothing in it."""
    found = parsed()
    assert found.texts("p", "nothing") == ["Nothing that was read is in here."] * 3
    assert found.texts("p", "facts") == ["0 items · 2 indexes"]


def test_the_title_can_be_given():
    """It is the table's name by default."""
    assert Parsed(Picture(drawn(ANN)).html()).texts("h1") == ["shop"]
    assert Parsed(Picture(drawn(ANN)).html(title="A <shop>")).texts("title") == ["A <shop>"]


def test_a_long_value_is_short_with_the_whole_behind_it():
    """The whole of it is there to be opened."""
    found = Parsed(value_markup({"S": "word " * 100}))
    assert found.texts("summary")[0] == ("word " * 100)[:79] + "…"
    assert found.texts("pre") == ["word " * 100]


def test_a_nested_map_shows_its_names_and_opens_to_a_tree():
    """Its names say what is in it."""
    found = Parsed(value_markup({"M": {"home": {"M": {"city": {"S": "Bern"}}}, "work": {"NULL": True}}}))
    assert found.texts("summary") == ["{home, work}"]
    assert found.texts("pre") == ['{\n  home: {\n    city: "Bern"\n  }\n  work: null\n}']


def test_sets_and_binary_values_are_seen_as_such():
    """Members side by side; the size of what nobody can read."""
    assert Parsed(value_markup({"SS": ["b", "a"]})).texts("bdi", "member") == ["a", "b"]
    assert Parsed(value_markup({"B": b"\x00\xff"})).texts("bdi") == ["2 bytes: AP8="]
    assert Parsed(value_markup({"B": bytes(1000)})).texts("summary")[0].startswith("1000 bytes: AAAA")
    assert Parsed(value_markup({"S": ""})).texts("span") == ["empty"]


def test_a_key_may_be_broken_behind_its_delimiters():
    """A long key goes on where it means something."""
    assert str(key_text({"S": "USER#ann"})) == "<bdi>USER#<wbr>ann</bdi>"


def test_texts_are_escaped_and_markup_is_not():
    """What is put into an element is text, unless an element made it."""
    assert element("p", "<b>", element("i", "&"), class_='a"b') == '<p class="a&quot;b">&lt;b&gt;<i>&amp;</i></p>'
    assert isinstance(joined("a", Markup("<b>")), Markup)


def test_a_notebook_gets_the_page_in_a_frame_of_its_own():
    """The frame may run the page's script, and reach nothing of the notebook."""
    shown = Picture(drawn(ANN))._repr_html_()
    (frame,) = Parsed(shown).all("iframe")
    assert frame["srcdoc"] == Picture(drawn(ANN)).html()
    assert frame["sandbox"] == "allow-scripts"


def test_a_picture_is_written_to_a_file(tmp_path):
    """The path comes back."""
    path = Picture(drawn(ANN)).to_html(tmp_path / "shop.html")
    assert path.read_text(encoding="utf-8") == Picture(drawn(ANN)).html()


def test_the_same_table_makes_the_same_page():
    """Sets and maps have one order in it, so that pages can be compared."""
    item = item_of(evolve(ANN, tags={"c", "a", "b"}))
    turned = {**dict(reversed(item.items())), "tags": {"SS": ["c", "b", "a"]}}
    assert page(drawn(item)) == page(drawn(turned))


def test_a_picture_says_what_it_is():
    """repr() is short; the picture itself is what print shows."""
    assert repr(Picture(drawn(ANN))) == "<Picture of 'shop': 1 items, by the table, GSI1, Big>"


def test_a_large_page_is_laid_out_piece_by_piece():
    """What is out of sight waits until it is looked at; a small page is ready at once."""
    many = parsed(*(Order(user_id="ann", number=number) for number in range(300)))
    assert [one.get("class") for one in many.all("main")] == ["large"]
    assert [one.get("class") for one in parsed(ANN).all("main")] == [None]
