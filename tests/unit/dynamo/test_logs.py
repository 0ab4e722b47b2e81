"""Nothing prints: DEBUG=development shows the logger's messages on stderr."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

PROGRAM = """
from pynamite import dynamo
from pynamite.connect import connect
client = connect("sqlite://")
dynamo.create_table("shop", client)
dynamo.DB("shop", client).put("a.b", {"n": 1})
"""


@pytest.mark.parametrize(("debug", "shown"), [("development", True), ("production", False), ("", False)])
def test_debug_messages_are_shown_if_asked_for(debug, shown):
    """On stderr, with the request; nothing ever on stdout."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={"DEBUG": debug, "PATH": ""}, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert ("PutItem" in done.stderr) is shown


def test_the_logger_is_silent_by_itself():
    """A library's logger has a handler that does nothing."""
    assert any(isinstance(handler, logging.NullHandler) for handler in logging.getLogger("pynamite").handlers)
