"""Many writers at once, while things go wrong on the way of each."""

from __future__ import annotations

import random
from typing import Any

import pytest

from pynamite.errors import AnswerLostError, PynamiteError
from tests.contended_client import ContendedClient
from tests.fault_proxy import fault_proxy
from tests.faults import Chance
from tests.faulty_client import FaultyClient
from tests.storm.ledger import Ledger
from tests.storm.machine import GOES_WRONG, is_fault
from tests.storm.model import storm_table
from tests.storm.restless import KINDS, prepare, write_one
from tests.storm.scale import LOCAL_TIMES, TIMES, WRITERS
from tests.storm.state import read_state
from tests.storm.writers import in_threads


@pytest.fixture(params=["embedded", "dynamodb-local"])
def faulty(request, table_name):
    """A store whose client fails, one whose client does not, and how often to write."""
    plan, table = Chance(random.randrange(2**32), probability=0.1, faults=GOES_WRONG), storm_table(table_name)
    if request.param == "embedded":
        client = request.getfixturevalue("embedded")
        failing: Any = FaultyClient(ContendedClient(client, seconds=0.001), plan)
        yield table.connect(failing), table.connect(client), TIMES
        return
    url = request.getfixturevalue("dynamodb_local_url")
    with fault_proxy(url, plan) as proxy, table.connect(proxy.url) as store, table.connect(url) as reading:
        yield store, reading, LOCAL_TIMES


def test_writers_are_told_what_became_of_each_write(faulty):
    """Done is done, failed is not done, and lost is done as a whole or not at all, however many there are."""
    store, reading, times = faulty
    reading.create_table()
    prepare(reading)
    ledger, failed = Ledger(), []

    def write(store, me, times):
        for n in range(times):
            for kind in KINDS:
                name = f"{me}.{n}"
                try:
                    ledger.done.append((kind, name, write_one(store, kind, name)))
                except AnswerLostError:
                    ledger.open.append((kind, name))
                except PynamiteError as error:
                    failed.append(error)
        return []

    in_threads(store, write, WRITERS, times)
    ledger.check(read_state(reading))
    assert [error for error in failed if not is_fault(error)] == []
    assert len(ledger.done) + len(ledger.open) + len(failed) == WRITERS * times * len(KINDS)
