"""How hard the storm blows: a little in the suite, for minutes with ``make storm``."""

from __future__ import annotations

import os

__all__ = ["EXAMPLES", "KILLS", "LOCAL_TIMES", "PROCESSES", "STEPS", "TIMES", "WRITERS"]


def _number(name: str, short: int) -> int:
    return int(os.environ.get(f"PYNAMITE_STORM_{name}", short))


WRITERS = _number("WRITERS", 8)
"""How many threads write at once."""

PROCESSES = _number("PROCESSES", 2)
"""How many processes write at once."""

TIMES = _number("TIMES", 10)
"""How often each of them writes, to the embedded engine."""

LOCAL_TIMES = _number("LOCAL_TIMES", 2)
"""How often each of them writes, to DynamoDB Local, which takes fifty times as long."""

EXAMPLES = _number("EXAMPLES", 8)
"""How many sequences of operations are tried under faults, on the embedded engine; DynamoDB Local gets a quarter."""

STEPS = _number("STEPS", 20)
"""How many operations such a sequence has at most."""

KILLS = _number("KILLS", 2)
"""How often writers are killed in the middle of their work."""
