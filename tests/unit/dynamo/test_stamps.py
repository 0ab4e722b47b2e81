"""The stamps of an item: fixed-width, sortable, and never twice."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from pynamite.dynamo.stamps import remove_meta, stamp_item, stamp_update, timestamp
from pynamite.expression import nodes
from pynamite.expression.update import build_update

NOW = "2026-05-01T12:00:00.000000Z"
MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-9.5))]),
                       min_value=datetime(1000, 1, 2), max_value=datetime(9999, 12, 30))


@given(MOMENTS, MOMENTS)
def test_timestamps_sort_as_the_moments_do(one: datetime, other: datetime):
    """Texts compare as the moments, whatever their time zones."""
    assert (timestamp(one) < timestamp(other)) == (one < other)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", timestamp(one))


def test_now_is_now():
    """Without a moment it is the present one."""
    assert timestamp(datetime.now(UTC) - timedelta(minutes=1)) < timestamp() < timestamp(
        datetime.now(UTC) + timedelta(minutes=1))


def test_an_item_keeps_when_it_was_created():
    """A put of what was read does not make it younger."""
    assert stamp_item({"n": 1}, NOW) == {"n": 1, "_created": NOW, "_updated": NOW}
    assert stamp_item({"_created": "before", "_updated": "before"}, NOW) == {"_created": "before", "_updated": NOW}


def test_an_update_stamps_what_it_does_not_set_itself():
    """The caller's own stamp is the one that counts; an attribute that is a key gets none."""
    assert [str(action.path) for action in stamp_update(nodes.Update(), NOW).sets] == ["_updated", "_created"]
    own = stamp_update(build_update({"_updated": "mine"}), NOW)
    assert [str(action.path) for action in own.sets] == ["_updated", "_created"]
    assert own.sets[0].value == nodes.Literal("mine")
    assert [str(action.path) for action in stamp_update(nodes.Update(), NOW, ["_created"]).sets] == ["_updated"]


def test_meta_is_the_key_and_the_stamps():
    """What is left is what was put."""
    item = {"PK": "a", "SK": "b", "n": 1, "_created": NOW, "_updated": NOW}
    assert remove_meta(item) == {"n": 1}
    assert remove_meta({"id": 1, "n": 1, "SK": 2}, pk="id", sk=None) == {"n": 1, "SK": 2}
    assert item["PK"] == "a"
