"""`pynamite serve`: it starts, says where, keeps what it is given, and stops when it is told to."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from typing import Any

import pytest

from pynamite.connect import connect
from pynamite.local.client import LocalClient

KEYS = {
    "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "PK", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


@contextlib.contextmanager
def running(*arguments, program=("-m", "pynamite")):
    """Run the command; give the process and the address that it says."""
    process = subprocess.Popen(
        [sys.executable, *program, "serve", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        assert line.startswith("listening on http://"), process.stderr.read()
        yield process, line.removeprefix("listening on ").strip()
    finally:
        process.kill()
        process.communicate()


def ended(*arguments, **options):
    """Run the command to its end."""
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=60, **options)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_served_file_is_kept_and_closed_at_the_end(tmp_path, name):
    """One line says where; a signal ends it well, and what was written is in one file."""
    path = str(tmp_path / "shop.db")
    with running("--db", path, "--port", "0") as (process, url):
        client = connect(url)
        client.create_table(TableName="shop", **KEYS)
        client.put_item(TableName="shop", Item={"PK": {"S": "a"}})
        process.send_signal(getattr(signal, name))
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (0, "", "")
    assert [found.name for found in tmp_path.iterdir()] == ["shop.db"]
    with LocalClient(path) as file:
        assert file.scan(TableName="shop")["Items"] == [{"PK": {"S": "a"}}]


def test_requests_under_way_are_answered_before_it_stops(tmp_path):
    """Writers that are stopped find all that was acknowledged, and nothing else goes wrong."""
    path = str(tmp_path / "shop.db")
    acknowledged: list[dict[str, dict[str, str]]] = []
    with running("--db", path, "--durable", "--port", "0") as (process, url):
        client: Any = connect(url)
        client.create_table(TableName="shop", **KEYS)
        enough = threading.Event()

        def write():
            from botocore.exceptions import ConnectionError as GoneError
            from botocore.exceptions import HTTPClientError

            with contextlib.suppress(GoneError, HTTPClientError):
                while True:
                    key = {"PK": {"S": str(len(acknowledged))}}
                    client.put_item(TableName="shop", Item=key)
                    acknowledged.append(key)
                    if len(acknowledged) == 20:
                        enough.set()

        client.meta.events.register("needs-retry", lambda **_: None)
        writer = threading.Thread(target=write, daemon=True)
        writer.start()
        enough.wait(30)
        process.terminate()
        process.communicate(timeout=30)
        assert process.returncode == 0
        writer.join(60)
    with LocalClient(path) as file:
        there = {item["PK"]["S"] for item in file.scan(TableName="shop")["Items"]}
    assert {key["PK"]["S"] for key in acknowledged} <= there


def test_a_memory_is_served_when_no_file_is_named():
    """As one would try it out."""
    with running("--port", "0") as (_, url):
        assert connect(url).list_tables()["TableNames"] == []


@pytest.mark.parametrize("content, message", [("text", "is not a SQLite file"), (None, "there is no folder")])
def test_a_file_that_cannot_be_used_is_told_in_one_line(tmp_path, content, message):
    """And the exit code is 1."""
    path = tmp_path / ("shop.db" if content else "nowhere/shop.db")
    if content:
        path.write_text(content)
    ran = ended("-m", "pynamite", "serve", "--db", str(path), "--port", "0")
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (1, "", 1)
    assert message in ran.stderr


def test_a_port_that_is_taken_is_told_in_one_line():
    """With what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = ended("-m", "pynamite", "serve", "--port", str(port))
    assert ran.returncode == 1
    assert ran.stderr == (
        f"pynamite: cannot listen at 127.0.0.1, port {port}: Address already in use; give another --port or --host\n")


def test_without_the_extra_one_line_says_how_to_get_it(tmp_path):
    """The library itself needs no command line."""
    (tmp_path / "typer.py").write_text("raise ModuleNotFoundError('No module named typer', name='typer')")
    ran = ended("-m", "pynamite", env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert ran.returncode == 1
    assert ran.stderr == "pynamite: the command line needs the extra 'cli': pip install 'pynamite-orm[cli]'\n"


def test_the_version_can_be_asked_for():
    """As of any command."""
    assert ended("-m", "pynamite", "--version").stdout.startswith("pynamite 0.")
