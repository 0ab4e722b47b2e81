"""The page in a browser: tabs, search, themes, small screens, paper, and values that want to be more than values."""

from __future__ import annotations

from pathlib import Path

import pytest

from pynamite.drawing.collection import arranged
from pynamite.drawing.picture import Picture
from pynamite.wire import Item
from tests.unit.drawing.shop import Address, Order, User, drawn, plain

CONTRAST = (Path(__file__).parent / "contrast.js").read_text()

THINGS = (
    User(user_id="ann", email="ann@x.com", address=Address("Main St 1", "Bern"), tags={"vip"}),
    User(user_id="bob", email="bob@x.com"),
    *(Order(user_id="ann", number=number, total=number * 10) for number in (1, 2, 30)),
    Order(user_id="bob", number=7, status="PAID"),
)

MORE: Item = {
    "PK": {"S": "USER#" + "long-name-without-any-delimiter" * 5}, "SK": {"S": "NOTE"}, "_type": {"S": "Note"},
    "text": {"S": "word " * 200}, "deep": {"M": {"a": {"L": [{"M": {"b": {"NULL": True}}}]}}}, "raw": {"B": bytes(500)},
    "unbroken": {"S": "x" * 300}, "empty": {"S": ""}, "numbers": {"NS": ["1", "2"]}, "yes": {"BOOL": True},
}  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """The page of a shop."""
    return Picture(drawn(*THINGS, MORE, more=True)).to_html(tmp_path_factory.mktemp("pages") / "shop.html")


def settled(page):
    """Give the tab once no colour is on its way to another any more."""
    page.tab.evaluate("Promise.all(document.getAnimations().map(one => one.finished.catch(() => {})))")
    return page.tab


def focused(page):
    """Give the id of the element that has the focus."""
    return page.tab.evaluate("document.activeElement.id")


def test_tabs_show_one_view_at_a_time_by_click_and_by_key(visit, shop):
    """Arrows go around, Home and End to the ends, Tab on into the view."""
    page = visit(shop)
    assert page.seen("[role=tabpanel] h3")[:2] == ["USER#ann 4 items", "USER#bob 2 items"]
    page.tab.get_by_role("tab", name="GSI1").click()
    assert page.seen("[role=tabpanel] h3") == ["STATUS#OPEN 3 items", "STATUS#PAID"]
    shown = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "Home", "End"):
        page.tab.keyboard.press(key)
        shown.append((focused(page), page.tab.locator("[role=tab][aria-selected=true]").inner_text().split()[0]))
    assert shown == [("tab-2", "Big"), ("tab-0", "Table"), ("tab-2", "Big"), ("tab-0", "Table"), ("tab-2", "Big")]
    assert page.tab.locator("[role=tab][tabindex='0']").count() == 1
    assert page.tab.get_by_role("tabpanel").count() == 1
    for _ in range(4):
        page.tab.keyboard.press("Tab")
    assert page.tab.evaluate("document.activeElement.closest('[role=tabpanel]')?.id") == "view-2"


def test_search_narrows_the_rows_of_every_tab(visit, shop):
    """All words have to be there, in the row or in its partition key; Escape gives everything back."""
    page = visit(shop)
    page.tab.keyboard.press("/")
    page.tab.keyboard.type("ANN order")
    assert page.seen(".row .sk .key") == ["ORDER#001", "ORDER#002", "ORDER#030"]
    assert page.seen(".partition h3")[0].startswith("USER#ann")
    assert page.seen("[role=tab]") == ["Table 3 of 7", "GSI1 3 of 4", "Big 1 of 1"]
    assert page.tab.locator("#found").inner_text().startswith("Table")
    assert page.tab.evaluate("CSS.highlights.get('found').size") > 5
    page.tab.locator("#search").fill("paid")
    page.tab.get_by_role("tab", name="GSI1").click()
    assert page.seen(".partition h3") == ["STATUS#PAID"]
    page.tab.locator("#search").fill("nobody has this")
    assert page.seen(".nothing") == ["Nothing in here fits."]
    page.tab.keyboard.press("Escape")
    assert page.seen("[role=tab]") == ["Table 7", "GSI1 4", "Big 1"]


def test_an_entitys_name_leaves_its_items_alone(visit, shop):
    """Pressed once more, all are back; it goes together with the search, and holds in every tab."""
    page = visit(shop)
    page.tab.get_by_role("button", name="User 2", exact=True).click()
    assert page.seen(".tag") == ["User", "User"]
    assert page.seen("[role=tab]")[1] == "GSI1 0 of 4"
    page.tab.locator("#search").fill("bob")
    assert page.seen(".partition h3") == ["USER#bob 2 items"]
    page.tab.get_by_role("button", name="User 2", exact=True).click()
    assert page.seen(".tag") == ["Order", "User"]


def test_the_theme_follows_the_system_until_it_is_switched(visit, shop):
    """Dark in the dark, light by a click, and as the system has it again."""
    page = visit(shop, color_scheme="dark")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    dark = page.tab.evaluate(ground)
    page.tab.emulate_media(color_scheme="light")
    light = page.tab.evaluate(ground)
    page.tab.emulate_media(color_scheme="dark")
    assert dark != light
    seen = []
    for _ in range(3):
        page.tab.locator("#theme").click()
        seen.append((page.tab.evaluate(ground), page.tab.locator("#theme").get_attribute("title")))
    assert seen == [(light, "Theme: light"), (dark, "Theme: dark"), (dark, "Theme: as the system has it")]


@pytest.mark.parametrize("width", [1280, 390])
def test_every_text_has_contrast_enough(visit, shop, width):
    """4.5 to 1 at least, in both themes, a value that is opened too."""
    page = visit(shop, width=width)
    page.open_all()
    for theme in ("light", "dark"):
        page.tab.emulate_media(color_scheme=theme)
        assert settled(page).evaluate(CONTRAST) == []


def test_every_colour_of_an_entity_has_contrast_enough(visit, tmp_path):
    """There are ten, and grey for what is of no entity."""
    items = [{"PK": {"S": "a"}, "SK": {"S": name}, "_type": {"S": name}} for name in "abcdefghijkl"]
    file = Picture(arranged(plain(), [*items, {"PK": {"S": "b"}, "SK": {"S": "c"}}])).to_html(tmp_path / "page.html")
    page = visit(file)
    for theme in ("light", "dark"):
        page.tab.emulate_media(color_scheme=theme)
        words = "all => new Set(all.map(one => getComputedStyle(one).color)).size"
        assert settled(page).locator(".tag").evaluate_all(words) == 11
        assert page.tab.evaluate(CONTRAST) == []


BEYOND = """all => all
    .filter(one => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
    .map(one => `${one.className}: ${one.innerText}`)"""


def test_no_width_needs_scrolling_to_the_side(visit, shop):
    """Not with keys and values that have nowhere to be broken, and not when they are opened."""
    page = visit(shop)
    page.open_all()
    for width in (320, 390, 680, 768, 1280, 1920):
        page.tab.set_viewport_size({"width": width, "height": 800})
        for place in range(3):
            page.tab.locator("[role=tab]").nth(place).click()
            assert page.tab.evaluate("document.documentElement.scrollWidth") <= width
            parts = page.tab.locator("main :is(.partition, .row, .cell, dd, dt, code, pre)")
            assert parts.evaluate_all(BEYOND) == []


def test_a_small_screen_has_cards(visit, shop):
    """The key is above its rows, the names beside their values, and what is absent takes no place."""
    page = visit(shop, width=390)
    box = lambda selector: page.tab.locator(selector).first.bounding_box()  # noqa: E731
    assert box(".pk")["y"] + box(".pk")["height"] <= box(".row")["y"]
    assert box(".cell dt")["x"] + box(".cell dt")["width"] <= box(".cell dd")["x"]
    assert box(".cell dt")["y"] < box(".cell dd")["y"] + box(".cell dd")["height"]
    assert page.tab.locator(".absent:visible").count() == 0


def test_the_partition_key_stays_in_sight(visit, shop):
    """While its items pass by below the heads of the columns."""
    page = visit(shop, height=300)
    page.tab.mouse.wheel(0, 330)
    page.tab.wait_for_function("scrollY > 200")
    top = page.tab.locator(".stays").first.bounding_box()["y"]
    assert page.tab.locator(".head").first.bounding_box()["y"] < top < 200


def test_paper_has_every_view_and_nothing_to_press(visit, shop):
    """Whatever tab is open, and however dark it is."""
    page = visit(shop, color_scheme="dark")
    page.tab.emulate_media(media="print")
    assert page.seen(".bar, #search, #theme, [role=tablist]") == []
    assert page.seen("h2 bdi") == ["Table", "GSI1", "Big"]
    assert page.tab.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"


def test_without_a_script_everything_is_there_to_be_read(visit, shop):
    """All views below each other, under their names."""
    page = visit(shop, java_script_enabled=False)
    assert page.seen("h2 bdi") == ["Table", "GSI1", "Big"]
    assert page.seen(".bar") == []
    assert len(page.seen(".row")) == 12


HOSTILE = [
    "<script>document.title='taken'</script>",
    "</style></head><script>alert(1)</script>",
    '"><img src=x onerror="alert(1)">',
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<svg onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<link rel=stylesheet href=//example.invalid/x.css>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


def test_hostile_values_are_seen_and_do_nothing(visit, tmp_path):
    """As keys, names, types, titles and values: no script runs, and nothing is asked for."""
    items: list[Item] = [
        {"PK": {"S": text}, "SK": {"S": text}, "_type": {"S": text}, text: {"S": text},
         "list": {"L": [{"S": text}] * 9}, "map": {"M": {text: {"M": {text: {"S": text}}}}}, "set": {"SS": [text, "a"]}}
        for text in HOSTILE
    ]  # fmt: skip
    file = Picture(arranged(plain(), items)).to_html(tmp_path / "page.html", title=HOSTILE[0])
    page = visit(file)
    page.open_all()
    assert sorted(page.seen(".pk .key")) == sorted(HOSTILE)
    assert page.tab.title() == HOSTILE[0]
    assert page.tab.locator("img, iframe, svg, main a, main link, main script, main style").count() == 0


def test_the_policy_stops_a_script_that_got_in(browser, tmp_path):
    """Were an escape forgotten, the browser would still refuse."""
    text = Picture(drawn(*THINGS)).html().replace("<main>", "<main><script>document.title = 'taken'</script>")
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    tab = browser.new_page()
    refused = []
    tab.on("console", lambda message: refused.append(message.text))
    tab.goto((tmp_path / "page.html").as_uri())
    assert tab.title() == "shop"
    assert "Content Security Policy" in refused[0]
    tab.close()


def test_a_notebook_shows_the_page_in_its_frame(browser, tmp_path):
    """With its tabs at work, and without access to what is around it."""
    (tmp_path / "notebook.html").write_text(Picture(drawn(*THINGS))._repr_html_(), encoding="utf-8")
    tab = browser.new_page()
    tab.goto((tmp_path / "notebook.html").as_uri())
    frame = tab.frame_locator("iframe")
    frame.get_by_role("tab", name="GSI1").click()
    assert frame.locator("#view-1 h3").first.inner_text() == "STATUS#OPEN\n3 items"
    tab.close()
