"""Whatever goes wrong on the way: a write is done with all that it brings about, or not at all; its writer knows."""

from __future__ import annotations

import uuid
from collections import Counter
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from pynamite.connect import connect
from pynamite.dynamo import backoff
from pynamite.dynamo import send as sending
from pynamite.repository.writing import unit
from tests.fault_proxy import fault_proxy
from tests.faulty_client import FaultyClient
from tests.storm.machine import Drawn, FaultyMachine
from tests.storm.model import storm_table
from tests.storm.scale import EXAMPLES, STEPS


@pytest.fixture(autouse=True)
def no_waits(monkeypatch):
    """Go on at once after a conflict: nobody else is there."""
    at_once = backoff.Backoff(attempts=40, sleep=lambda _: None)
    for module in (sending, unit):
        monkeypatch.setattr(module, "CONFLICTS", at_once)
    monkeypatch.setattr(unit, "BACKOFF", at_once)


def run(stores, examples):
    """Run the machine on such stores; gives how many calls were checked, with and without a fault."""
    checked: Counter[str] = Counter()
    machine = type("Machine", (FaultyMachine,), {"stores": staticmethod(stores), "checked": checked})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
    return checked


def test_nothing_is_half_done_on_the_embedded_engine():
    """Each request may be lost, refused, or done without an answer; nothing is tried again but conflicts."""

    @contextmanager
    def stores():
        plan, table = Drawn(), storm_table("storm")
        with table.connect("sqlite://") as reading:
            reading.create_table()
            faulty: Any = FaultyClient(reading.client, plan)
            yield table.connect(faulty), reading, plan

    checked = run(stores, EXAMPLES)
    assert checked["met"] and checked["spared"], checked


def test_nothing_is_half_done_on_dynamodb_local(dynamodb_local_url):
    """So it is where boto3's client tries again by itself what it may."""
    with fault_proxy(dynamodb_local_url) as proxy:
        clean, faulty = connect(dynamodb_local_url), connect(proxy.url)

        @contextmanager
        def stores():
            proxy.plan, table = Drawn(), storm_table(f"storm-{uuid.uuid4().hex}")
            reading = table.connect(clean)
            reading.create_table()
            yield table.connect(faulty), reading, proxy.plan
            reading.delete_table()

        # The first examples that are drawn are the simplest ones, which have no faults.
        checked = run(stores, max(4, EXAMPLES // 4))
    assert checked["met"] and checked["spared"], checked
