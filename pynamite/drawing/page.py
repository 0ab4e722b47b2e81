"""The page: one HTML document with everything in it, which asks no network for anything.

What is in a table is anybody's text. It is escaped wherever it stands, and the page's own policy (a hash of its one
script and its one style sheet) would keep anything else from running.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pynamite.drawing.collection import Cell, Collections, Group, Partition, Row, View
from pynamite.drawing.labels import Label
from pynamite.drawing.markup import Markup, element, joined
from pynamite.drawing.shown import one_line, visible
from pynamite.drawing.values import key_text, value_markup

__all__ = ["page"]

COLOURS = 10
"""How many colours the style sheet has for entities; with more of them, it begins anew."""

# A page of so many rows is laid out piece by piece.
_LARGE = 500

# From these lengths on, a value gets the width of two or of three columns.
_WIDE, _WIDEST = 12, 28

# Keys up to these lengths stand on one line in a narrow column, or in a wide one.
_NARROW_KEY, _WIDE_KEY = 14, 20


@cache
def _asset(name: str) -> Markup:
    return Markup(files("pynamite.drawing").joinpath("assets", name).read_text(encoding="utf-8"))


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def page(collections: Collections, title: str | None = None) -> str:
    """Write the page of a table's collections."""
    style, script = _asset("page.css"), _asset("page.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
    name = visible(collections.table_name if title is None else title)
    labels = dict.fromkeys(group.label for view in collections.views for group in view.groups)
    numbers = {label: str(number) for number, label in enumerate(labels)}
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("link", rel="icon", href="data:,"),
        element("title", name),
        element("style", style),
    )
    views = [_view(view, place, numbers) for place, view in enumerate(collections.views)]
    body = element(
        "body",
        element("header", element("h1", element("bdi", name)), element("p", _facts(collections), class_="facts")),
        _bar(collections),
        element("main", *views, class_=sum(view.count for view in collections.views) > _LARGE and "large"),
        element("footer", "drawn by pynamite"),
        element("script", script),
    )
    return f'<!doctype html>\n{element("html", head, body, lang="en")}\n'


def _facts(collections: Collections) -> Markup:
    entities = {group.label for view in collections.views for group in view.groups if group.label.kind == "entity"}
    indexes = sum(view.index is not None for view in collections.views)
    facts = [_counted(collections.read, "item")]
    facts += [_counted(len(entities), "entity", "entities")] if entities else []
    facts += [_counted(indexes, "index", "indexes")] if indexes else []
    more = "the first that were read: there are more" if collections.more else ""
    return joined(" · ".join(facts), element("strong", more, class_="more") if more else "")


def _counted(count: int, one: str, several: str = "") -> str:
    return f"{count} {one if count == 1 else several or one + 's'}"


def _bar(collections: Collections) -> Markup:
    """Write what a script is needed for: without one, it is not seen, and all views stand below each other."""
    tabs = [
        element(
            "button",
            element("bdi", _name(view)),
            " ",
            element("span", str(view.count), class_="count"),
            type="button", role="tab", id=f"tab-{place}", aria_controls=f"view-{place}",
            aria_selected="true" if place == 0 else "false", tabindex="0" if place == 0 else "-1",
        )
        for place, view in enumerate(collections.views)
    ]  # fmt: skip
    search = element(
        "label",
        element("span", "Search keys and values", class_="unseen"),
        element("input", type="search", id="search", placeholder="Search keys and values", autocomplete="off"),
        element("kbd", "/"),
        class_="search",
    )
    theme = element(
        "button", element("span", class_="icon"), element("span", "Theme: as the system has it", class_="unseen"),
        type="button", id="theme",
    )  # fmt: skip
    return element(
        "div",
        element("div", *tabs, role="tablist", aria_label="The table and its indexes"),
        element("div", search, theme, class_="tools"),
        element("p", role="status", class_="unseen", id="found"),
        class_="bar", hidden=True,
    )  # fmt: skip


def _name(view: View) -> str:
    return "Table" if view.index is None else visible(view.index)


def _view(view: View, place: int, numbers: Mapping[Label, str]) -> Markup:
    spans = {(group.label, name): _span(view, group, name) for group in view.groups for name in group.attributes}
    return element(
        "section",
        element("h2", element("bdi", _name(view)), *_projection(view)),
        element("ul", *(_chip(group, numbers) for group in view.groups), class_="legend") if view.groups else "",
        element(
            "div",
            _head(view),
            *(_partition(view, partition, spans, numbers) for partition in view.partitions),
            class_=_columns(view),
        ),
        element("p", "Nothing that was read is in here." if not view.count else "Nothing in here fits.",
                class_="nothing", hidden=bool(view.count)),
        role="tabpanel", class_="view", id=f"view-{place}", aria_labelledby=f"tab-{place}", tabindex="0",
    )  # fmt: skip


def _columns(view: View) -> str:
    """Tell how wide the columns of keys are, by the longest of them."""
    pairs = [(partition, row) for partition in view.partitions for row in partition.rows]
    # The keys of guard items are long, and nobody reads them first: they may take several lines.
    pairs = [pair for pair in pairs if pair[1].label.kind != "guard"] or pairs
    partitions = _width(max((_longest(partition.key) for partition, _ in pairs), default=0))
    sorts = _width(max((_longest(row.sort) for _, row in pairs), default=0)) if view.sort_names else "none"
    return f"grid partitions-{partitions} sorts-{sorts}"


def _longest(cells: tuple[Cell, ...]) -> int:
    return max((len(one_line(cell.value)) for cell in cells), default=0)


def _width(length: int) -> str:
    return "narrow" if length <= _NARROW_KEY else "wide" if length <= _WIDE_KEY else "widest"


def _projection(view: View) -> list[Markup]:
    if view.projection == "ALL":
        return []
    held = "keys only" if isinstance(view.projection, str) else f"keys and {', '.join(map(visible, view.projection))}"
    return [element("small", f" holds {held}")]


def _chip(group: Group, numbers: Mapping[Label, str]) -> Markup:
    """Write the name of an entity with its templates; pressed, it leaves nothing but its items."""
    templates = [
        element("span", element("b", visible(attribute)), " ", element("code", visible(text)))
        for attribute, text in group.templates
    ]
    button = element(
        "button", element("bdi", visible(group.label.name)), " ", element("span", str(group.count), class_="count"),
        type="button", aria_pressed="false", data_of=numbers[group.label], disabled=True,
    )  # fmt: skip
    return element("li", button, element("p", *templates) if templates else "", class_=_colour(group.label))


def _colour(label: Label) -> str:
    colour = "none" if label.number is None else str(label.number % COLOURS)
    return f"c-{colour} {label.kind}"


def _head(view: View) -> Markup:
    def key(names: tuple[str, ...], what: str) -> Markup:
        return element("div", element("b", ", ".join(map(visible, names))), element("small", what))

    sort = [key(view.sort_names, "sort key")] if view.sort_names else []
    return element(
        "div", key(view.partition_names, "partition key"), *sort, element("div", element("b", "Attributes")),
        class_="head",
    )  # fmt: skip


def _partition(
    view: View, partition: Partition, spans: Mapping[tuple[Label, str], str], numbers: Mapping[Label, str]
) -> Markup:
    many = element("small", _counted(len(partition.rows), "item"), class_="many") if len(partition.rows) > 1 else ""
    attributes = {group.label: group.attributes for group in view.groups}
    rows = [_row(row, attributes[row.label], spans, numbers[row.label]) for row in partition.rows]
    title = element("h3", element("span", *_key(partition.key), class_="stays"), many)
    return element("section", element("div", title, class_="pk"), element("ol", *rows), class_="partition")


def _key(cells: tuple[Cell, ...]) -> list[Markup]:
    if len(cells) == 1:
        return [element("code", key_text(cells[0].value), class_="key")]
    return [
        element("span", element("small", visible(cell.name)), element("code", key_text(cell.value), class_="key"))
        for cell in cells
    ]


def _row(row: Row, names: tuple[str, ...], spans: Mapping[tuple[Label, str], str], number: str) -> Markup:
    tags = [element("span", element("bdi", visible(row.label.name)), class_="tag")]
    tags += [joined(" ", element("span", "expired", class_="expired"))] if row.has_expired else []
    cells = [
        element("div", class_=f"cell absent {spans[row.label, name]}")
        if cell is None
        else _cell(cell, spans[row.label, name])
        for name, cell in zip(names, row.cells, strict=True)
    ]
    return element(
        "li",
        element("div", *_key(row.sort), element("span", *tags, class_="tags"), class_="sk"),
        element("dl", *cells),
        class_=f"row {_colour(row.label)}", data_of=number,
    )  # fmt: skip


def _cell(cell: Cell, span: str) -> Markup:
    value = key_text(cell.value) if cell.is_key else value_markup(cell.value)
    css = f"cell {'keyed ' if cell.is_key else ''}{span}"
    return element("div", element("dt", visible(cell.name)), element("dd", value), class_=css)


def _span(view: View, group: Group, name: str) -> str:
    """Tell how many columns an attribute gets: the same for all of a group, so that they stand below each other."""
    place = group.attributes.index(name)
    cells = (
        row.cells[place] for partition in view.partitions for row in partition.rows if row.label == group.label
    )
    longest = max((len(one_line(cell.value)) for cell in cells if cell is not None), default=0)
    return "" if longest <= _WIDE else "wide" if longest <= _WIDEST else "widest"
