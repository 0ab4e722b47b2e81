"""A process that is killed while it writes loses nothing that was acknowledged; `make crash` tries it 200 times."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(not hasattr(sys.modules["os"], "fork"), reason="needs fork")
@pytest.mark.parametrize("options", [[], ["--durable"]], ids=["default", "durable"])
def test_no_acknowledged_write_is_lost_when_writers_are_killed(options):
    """Two processes with two threads each, on one file; transactions are whole, the index agrees with the table."""
    program = Path(__file__).with_name("crash.py")
    ran = subprocess.run([sys.executable, program, "--kills", "6", *options], capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "6 kills, " in ran.stdout
    assert " 0 acknowledged" not in ran.stdout
