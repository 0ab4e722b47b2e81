"""The picture in the terminal."""

from __future__ import annotations

import builtins
import io
import sys

import pytest
from rich.console import Console

from pynamite.drawing.picture import Picture
from tests.unit.drawing.shop import Address, Order, User, drawn, item_of

ANN = User(user_id="ann", email="ann@x.com", address=Address("Main St", "Bern"), tags={"vip", "new"})


def lines(*things, width=110, **options):
    """Give the lines of a picture, without what is drawn around it."""
    text = Picture(drawn(*things, **options)).text(width)
    return [line.strip("│ ").rstrip() for line in text.splitlines()]


def test_a_picture_is_a_table_with_names_above_values():
    """Partition key, sort key with the entity below it, and the attributes."""
    assert Picture(drawn(ANN)).text(110).splitlines()[:9] == [
        "shop  1 item",
        "",
        "Table  1 item",
        "╭──────────┬─────────┬──────────────────────────────────────────────────────────────────────╮",
        "│ PK       │ SK      │ Attributes                                                           │",
        "├──────────┼─────────┼──────────────────────────────────────────────────────────────────────┤",
        "│ USER#ann │ PROFILE │ user_id  email      address                           tags           │",
        '│          │ User    │ ann      ann@x.com  {street: "Main St", city: "Bern…  {"new", "vip"} │',
        "╰──────────┴─────────┴──────────────────────────────────────────────────────────────────────╯",
    ]


def test_a_partition_key_stands_once_for_all_of_its_items():
    """It is merged down the side."""
    text = Picture(drawn(ANN, *(Order(user_id="ann", number=number) for number in range(3)))).text(140)
    table, _, _ = text.partition("Index GSI1")
    assert table.count("USER#ann") == 1
    assert [word for word in table.split() if word.startswith("ORDER#")] == ["ORDER#000", "ORDER#001", "ORDER#002"]


def test_every_index_has_a_table_of_its_own():
    """Or a word that nothing is in it."""
    found = lines(ANN, Order(user_id="ann", number=1))
    assert "Index GSI1  1 item" in found
    assert "Index Big  0 items, keys only" in found
    assert found[-1] == "nothing that was read is in here"


def test_no_line_is_wider_than_the_terminal():
    """Attributes that do not fit go on a line further down."""
    order = Order(user_id="a-rather-long-name-of-a-user" * 3, number=1)
    for width in (40, 80, 200):
        text = Picture(drawn(ANN, order)).text(width)
        assert max(map(len, text.splitlines())) <= width
    assert "total" in Picture(drawn(ANN, order)).text(60)


def test_that_there_are_more_is_said():
    """Who looks at a part knows it."""
    assert "there are more" in lines(ANN, more=True)[0]


def test_entities_have_their_colours_on_a_terminal():
    """A console of rich prints the picture itself."""
    console = Console(file=io.StringIO(), record=True, width=120, force_terminal=True, color_system="standard")
    console.print(Picture(drawn(ANN, Order(user_id="ann", number=1))))
    coloured = console.export_text(styles=True)
    assert "\x1b[94mUser\x1b[0m" in coloured
    assert "\x1b[32mOrder\x1b[0m" in coloured


def test_printing_a_picture_prints_it(monkeypatch):
    """str() is the text, as wide as the terminal."""
    monkeypatch.setenv("COLUMNS", "90")
    assert str(Picture(drawn(ANN))) == Picture(drawn(ANN)).text(90)


def test_no_value_steers_the_terminal():
    """Escapes are named, and rich's own marks are text."""
    hostile = {**item_of(ANN), "note": {"S": "\x1b[2J[bold]x[/bold]"}, "\x1b]0;t\x07": {"S": "x"}}
    console = Console(file=io.StringIO(), width=200, force_terminal=True, color_system=None)
    with console.capture() as captured:
        console.print(Picture(drawn(hostile)))
    assert "\x1b" not in captured.get()
    assert "␛[2J[bold]x[/bold]" in captured.get()
    assert "␛]0;t␇" in captured.get()


def test_without_rich_the_extra_is_named(monkeypatch):
    """The page does without it."""
    real = builtins.__import__

    def refuse(name, *arguments):
        if name.partition(".")[0] == "rich":
            raise ModuleNotFoundError("No module named 'rich'", name="rich")
        return real(name, *arguments)

    monkeypatch.delitem(sys.modules, "pynamite.drawing.terminal", raising=False)
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'pynamite-orm\[draw\]'"):
        str(Picture(drawn(ANN)))
    assert Picture(drawn(ANN)).html().startswith("<!doctype html>")
