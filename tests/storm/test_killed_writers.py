"""Writers of one file who are killed in the middle of their work: nothing is half done, and the next one goes on."""

from __future__ import annotations

import random
import time

from tests.storm.ledger import Ledger
from tests.storm.model import storm_table
from tests.storm.restless import prepare, write_one
from tests.storm.scale import KILLS, PROCESSES
from tests.storm.state import read_state
from tests.storm.writers import started

SECONDS = 0.4


def test_a_killed_writer_leaves_nothing_half_done(embedded_url, table_name):
    """Whatever was reported is there, and whatever was not is there as a whole or not at all."""
    dice, ledger = random.Random(), Ledger()
    with storm_table(table_name).connect(embedded_url) as store:
        store.create_table()
        prepare(store)
        for kill in range(KILLS):
            names = [f"{kill}.{number}" for number in range(max(2, PROCESSES))]
            with started("tests.storm.restless", embedded_url, table_name, names=names) as writers:
                time.sleep(dice.uniform(0.05, SECONDS))
                for writer in dice.sample(writers, len(writers)):
                    writer.kill()
                    time.sleep(dice.uniform(0, 0.01))
                for writer in writers:
                    ledger.take(writer.communicate()[0])
            ledger.check(read_state(store))
            for kind in ("video", "user", "doc"):
                ledger.done.append((kind, f"after {kill}", write_one(store, kind, f"after {kill}")))
            ledger.check(read_state(store))
    assert len(ledger.done) > 3 * KILLS
