"""Many writers at once, on the embedded engine and on DynamoDB Local: what is promised of them holds exactly."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contended_client import ContendedClient
from tests.storm.model import storm_table
from tests.storm.races import RACES
from tests.storm.scale import LOCAL_TIMES, PROCESSES, TIMES, WRITERS
from tests.storm.writers import in_processes, in_threads


@pytest.fixture
def store(url, table_name):
    """A store on each backend, with its table."""
    with storm_table(table_name).connect(url) as store:
        store.create_table()
        yield store


@pytest.fixture
def times(url):
    """How often each writer writes to this backend."""
    return TIMES if url.startswith("sqlite:") else LOCAL_TIMES


@pytest.mark.parametrize("name", RACES)
def test_threads_keep_every_promise(store, name, times):
    """Whatever threads do at once to the same items, nothing is lost, and nothing is done twice."""
    race = RACES[name]
    race.prepare(store, times)
    told = in_threads(store, race.write, WRITERS, times)
    race.check(store, told, times)


def test_processes_keep_every_promise(store, url, times):
    """So do processes that share nothing but the database."""
    for race in RACES.values():
        race.prepare(store, times)
    told = in_processes(url, store.name, list(RACES), PROCESSES, times)
    for race, one in zip(RACES.values(), told, strict=True):
        race.check(store, one, times)


@pytest.mark.parametrize("name", RACES)
def test_writers_who_are_refused_wait_for_their_turn(embedded, table_name, name):
    """Where transactions take their time, and refuse what they meet, as on AWS, nobody hears of it."""
    race, times = RACES[name], min(TIMES, 50)
    contended: Any = ContendedClient(embedded, seconds=0.002)
    store = storm_table(table_name).connect(contended)
    store.create_table()
    race.prepare(store, times)
    told = in_threads(store, race.write, WRITERS, times)
    race.check(store, told, times)
    # Single writes of one item are carried out one after the other, there as here.
    assert (contended.refused.total() > 0) == (name != "increments")
