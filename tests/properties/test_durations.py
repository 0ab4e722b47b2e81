"""Durations are stored as seconds: exact, and in order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import cattrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite import Table, attribute, entity, make_converter
from pynamite.wire import Misfit

CONVERTER = make_converter()


@given(st.timedeltas(), st.timedeltas())
def test_durations_come_back_and_sort_as_numbers_do(one, other):
    """Over the whole range, negative ones included."""
    written = [CONVERTER.unstructure(value, timedelta) for value in (one, other)]
    assert [CONVERTER.structure(value, timedelta) for value in written] == [one, other]
    first, second = (Decimal(value["N"]) for value in written)
    assert (first < second) == (one < other)


@pytest.mark.parametrize("value", [{"S": "1"}, {"N": "0.0000001"}, {"N": "1E+30"}, {"BOOL": True}])
def test_what_is_no_duration_is_refused(value):
    """Another type, finer than a microsecond, or longer than any."""
    with pytest.raises((Misfit, cattrs.BaseValidationError), match="timedelta"):
        CONVERTER.structure(value, timedelta)


def test_nothing_is_taken_for_a_duration():
    """A number of seconds is a number."""
    with pytest.raises(Misfit, match="timedelta"):
        CONVERTER.unstructure(5, timedelta)


def test_a_field_of_an_entity_may_be_a_duration():
    """With conditions and filters that compare it."""
    @entity(pk="JOB#<name>", sk="JOB")
    class Job:
        name: str
        limit: timedelta = timedelta(hours=1)

    store = Table("jobs", Job).connect("sqlite://")
    store.create_table()
    store[Job].put_many([Job(name="short", limit=timedelta(seconds=1.5)), Job(name="long")])
    assert store.db.get("JOB#short.JOB")["limit"] == Decimal("1.5")
    assert [job.name for job in store[Job].scan().filter(attribute(Job.limit) < timedelta(minutes=1))] == ["short"]
