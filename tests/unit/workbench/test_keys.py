"""Finding templates in keys."""

from __future__ import annotations

import pytest

from pynamite.workbench.keys import Gap, is_generic, outlines, prefix_of


def first(texts, attributes=None, **options):
    """Give the most telling outline as a template; a gap without attribute is ``*`` with its alias."""
    outline = next(iter(outlines(texts, attributes or {}, **options)))
    return "".join(
        piece if isinstance(piece, str) else f"<{piece.attribute or '*' + piece.alias}>" for piece in outline
    )


@pytest.mark.parametrize(
    "texts, attributes, options, template",
    [
        (["ACC#1"], {}, {"alias": "AccountId"}, "ACC#<*AccountId>"),
        (["SUB#1#SKU#9"], {"SKU": ("9",)}, {"alias": "SubId#SKU"}, "SUB#<*SubId>#SKU#<SKU>"),
        (["#META#p1"], {}, {"alias": "#META#playerID"}, "#META#<*playerID>"),
        (["GEAR#1", "GEAR#1GEAR#2"], {}, {"alias": "GEAR#GearID"}, "GEAR#<*GearID>"),
        (["USER#1", "USER#2"], {"id": ("1", "2")}, {"alias": "USER#<account_id>"}, "USER#<id>"),
        (["ORDER#000005"], {"n": ("5",)}, {"alias": "ORDER#<n:pad(6)>"}, "ORDER#<n>"),
        (["USER#1"], {}, {"alias": "USER#{id}"}, "USER#<*id>"),
        (["User:A", "User:B"], {}, {}, "User:<*>"),
        (["d/1"], {"id": ("1",)}, {"alias": "d/id"}, "d/<id>"),
        (["2026-04-01T12:00:00Z", "2026-04-02T12:00:00Z"], {}, {}, "<*>"),
        (["2026-04-01", "2026-04-02"], {"Date": ("2026-04-01", "2026-04-02")}, {}, "<Date>"),
        (["https://a", "https://b"], {}, {}, "<*>"),
        (["W4#2026", "OK#2025"], {"State": ("W4", "OK"), "Date": ("2026", "2025")}, {}, "<State>#<Date>"),
        (["BRANDS", "BRANDS"], {"type": ("BRAND", "BRAND")}, {}, "BRANDS"),
        (["Static Data", "Static Data"], {}, {"steady": True}, "Static Data"),
        (["ann", "ann"], {}, {}, "<*>"),
        (["c#ann", "c#ann"], {}, {}, "c#<*>"),
        (["Lift 3", "Lift 3"], {}, {"steady": True}, "<*>"),
        (["BRANDS", "BRANDS"], {}, {"generic": False}, "<*>"),
        (["a##b", "a#c#b"], {}, {}, "a#<*>"),
    ],
)
def test_a_template_is_found(texts, attributes, options, template):
    """Literals are what all rows share and constants are written as; aliases and attributes name the rest."""
    assert first(texts, attributes, **options) == template


def test_the_last_outline_is_one_gap():
    """Whatever is found, there is a form in which every text fits."""
    *_, last = outlines(["A#1", "B"], {}, alias="x#y")
    assert last == (Gap(("A#1", "B")),)


@pytest.mark.parametrize(
    "name", ["PK", "sk", "GSI1PK", "GSI1-SK", "gsi2_sk", "id", "Metadata", "Partition Key", "lsi1_sk"]
)
def test_a_name_that_says_nothing_is_known(name):
    """It is a name for any key."""
    assert is_generic(name)


@pytest.mark.parametrize("name", ["customer_id", "DeviceID", "State#Date", "task", "disk", "RoomID", "email", "Date"])
def test_a_name_that_says_something_is_told(name):
    """It is what the key is."""
    assert not is_generic(name)


@pytest.mark.parametrize(
    "text, prefix",
    [
        ("USER#1", "USER#"),
        ("#META#1", "#META#"),
        ("User:A", "User:"),
        ("METADATA", "METADATA"),
        ("meta", "meta"),
        ("https://a", ""),
        ("Lift 3", ""),
        ("W4#1", ""),
        ("2026-01-01", ""),
        ("x", ""),
    ],
)
def test_what_a_key_begins_with(text, prefix):
    """A word before a delimiter, or a constant."""
    assert prefix_of(text) == prefix
