"""The device state log: answers of its access patterns, and what is tricky in it."""

from __future__ import annotations

from datetime import date

import pytest

from examples.designs.device_log import (
    DeviceLog,
    State,
    at,
    correct_state,
    create_log_entry,
    device_table,
    escalate,
    escalated_in_state,
    escalated_in_state_on,
    escalated_to,
    fill,
    logs_in_state,
    logs_in_state_by_filter,
    logs_of_device,
    logs_of_operator,
    settle,
    warnings_of_device,
)
from pynamite import attribute, evolve
from pynamite.errors import DefinitionError, ExpressionError, ItemExistsError


@pytest.fixture
def store(client, table_name):
    """The table, empty."""
    store = device_table(table_name).connect(client)
    store.create_table()
    return store


FIRST = DeviceLog(device_id="d#12345", state=State.WARNING1, date=at("2020-04-24T14:40:00"), operator="Liz")


def test_the_composite_attribute_stands_besides_its_components(store):
    """Natural attributes are keys of table and indexes; `State#Date` is made of two of them, which are there, too."""
    create_log_entry(store, FIRST)
    assert store.db.get(["d#12345", "WARNING1#2020-04-24T14:40:00.000000Z"]) == {
        "DeviceID": "d#12345",
        "State#Date": "WARNING1#2020-04-24T14:40:00.000000Z",
        "State": "WARNING1",
        "Date": "2020-04-24T14:40:00.000000Z",
        "Operator": "Liz",
    }


def test_the_indexes_have_natural_attributes_as_keys():
    """No attribute is there for the indexes alone: GSI2 shares its sort key with the table."""
    definition = device_table().definition()
    assert sorted(one["AttributeName"] for one in definition["AttributeDefinitions"]) == [
        "Date",
        "DeviceID",
        "EscalatedTo",
        "Operator",
        "State#Date",
    ]
    assert {
        index["IndexName"]: [part["AttributeName"] for part in index["KeySchema"]]
        for index in definition["GlobalSecondaryIndexes"]
    } == {"GSI1": ["Operator", "Date"], "GSI2": ["EscalatedTo", "State#Date"]}


def test_an_entry_is_written_once(store):
    """The same device in the same state at the same moment is one entry."""
    create_log_entry(store, FIRST)
    with pytest.raises(ItemExistsError):
        create_log_entry(store, FIRST)


def test_a_device_is_listed_from_its_last_state_down(store):
    """The order is that of the composite attribute, reversed."""
    entries = fill(store)
    assert logs_of_device(store, "d#12345") == [entries[2], entries[1], entries[0], entries[3]]
    assert logs_of_device(store, "d#0") == []


def test_a_filter_reads_more_than_the_composite_key(store):
    """The published counts: 3 of 4 by the filter, 3 of 3 by the key; newest first either way."""
    entries = fill(store)
    filtered = logs_in_state_by_filter(store, "d#12345", State.WARNING1).measured()
    keyed = logs_in_state(store, "d#12345", State.WARNING1).measured()
    assert (filtered.count, filtered.scanned_count) == (3, 4)
    assert (keyed.count, keyed.scanned_count) == (3, 3)
    assert keyed.items == filtered.items == entries[2::-1]


def test_a_filter_takes_the_component_but_never_the_key(store):
    """`State` may be filtered, being no key of the table; `Date` not where it is one, in GSI1."""
    fill(store)
    with pytest.raises(ExpressionError, match="Date"):
        store[DeviceLog].query("GSI1", operator="Liz").filter(attribute(DeviceLog.date) > FIRST.date)


def test_warnings_are_found_by_the_beginning_of_the_state(store):
    """All degrees of warning lie together, and nothing else is read."""
    entries = fill(store)
    assert warnings_of_device(store, "d#54321") == entries[4:7]
    warnings = store[DeviceLog].query(device_id="d#54321").begins_with(state="WARNING").measured()
    assert (warnings.count, warnings.scanned_count) == (3, 3)


def test_an_operator_is_asked_between_two_moments(store):
    """Both moments are included; the order is that of time."""
    entries = fill(store)
    found = logs_of_operator(store, "Liz", at("2020-04-11T09:25:00"), at("2020-04-24T14:45:00"))
    assert found == [entries[7], entries[0], entries[1]]


def test_only_what_is_escalated_is_in_the_index(store):
    """Setting the supervisor puts an entry into the sparse index, removing it takes it out."""
    entries = fill(store)
    assert escalated_to(store, "Sara") == [entries[11], *entries[8:11]]
    assert store[DeviceLog].scan("GSI2").count() == 4
    raised = escalate(store, entries[0], "Sara")
    assert raised == evolve(entries[0], escalated_to="Sara")
    assert escalated_to(store, "Sara")[0] == raised
    assert settle(store, raised) == entries[0]
    assert escalated_to(store, "Sara") == [entries[11], *entries[8:11]]


def test_what_is_escalated_is_found_by_state_and_day(store):
    """The index has the table's sort key, whose fields are given one after the other."""
    entries = fill(store)
    assert escalated_in_state(store, "Sara", State.WARNING4) == entries[8:11]
    assert escalated_in_state_on(store, "Sara", State.WARNING4, date(2020, 4, 27)) == entries[8:10]
    assert escalated_in_state_on(store, "Sara", State.WARNING4, date(2020, 4, 28)) == [entries[10]]
    assert escalated_in_state_on(store, "Sara", State.NORMAL, date(2020, 4, 28)) == []


def test_the_composite_key_follows_when_the_state_changes(store):
    """A key cannot be updated: the item moves, in the table and in the indexes, with its attributes."""
    entries = fill(store)
    with pytest.raises(DefinitionError, match="move"):
        store[DeviceLog].update(entries[8], {"state": State.WARNING3})
    moved = correct_state(store, entries[8], State.WARNING3)
    assert moved.escalated_to == "Sara"
    assert store[DeviceLog].get(entries[8]) is None
    assert store[DeviceLog].require(moved) == moved
    assert escalated_in_state(store, "Sara", State.WARNING4) == entries[9:11]
    assert escalated_in_state(store, "Sara", State.WARNING3) == [moved]
    assert store.db.get_partition("d#11223")[1]["State#Date"] == "WARNING3#2020-04-27T16:10:00.000000Z"
    assert store[DeviceLog].count(device_id="d#11223") == 4
    create_log_entry(store, entries[8])
    with pytest.raises(ItemExistsError):
        correct_state(store, entries[8], State.WARNING3)
