"""Other people's clients, installed once into the tests' cache: the AWS CLI from PyPI, dynamodb-admin from npm."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from filelock import FileLock

from tests.dynamodb_local import cache_folder

AWSCLI = "awscli==1.45.8"
DYNAMODB_ADMIN = "dynamodb-admin@5.3.3"


def aws_cli() -> Path:
    """Give the program `aws`; skips the test where it cannot be installed."""
    def install(folder: Path) -> list[list[str]]:
        # It pins another botocore than ours, so it gets an environment of its own.
        return [[sys.executable, "-m", "venv", str(folder)],
                [str(folder / "bin/python"), "-m", "pip", "install", "--quiet", AWSCLI]]

    return _installed(AWSCLI, install) / "bin/aws"


def dynamodb_admin() -> Path:
    """Give the program `dynamodb-admin`; skips the test where it cannot be installed."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("dynamodb-admin: install node and npm (Debian and Ubuntu: apt-get install npm)")
    return _installed(DYNAMODB_ADMIN, lambda folder: [
        [npm, "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(folder), DYNAMODB_ADMIN],
    ]) / "node_modules/.bin/dynamodb-admin"


def _installed(name: str, install) -> Path:
    target = cache_folder() / name
    with FileLock(f"{target}.lock"):
        if not (target / "done").exists():
            # In its place from the start: an environment cannot be moved.
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir(parents=True)
            for command in install(target):
                with tempfile.TemporaryFile("w+") as log:
                    if subprocess.run(command, stdout=log, stderr=log).returncode:
                        log.seek(0)
                        pytest.skip(f"{name} cannot be installed: {log.read().strip()[-300:]}")
            (target / "done").touch()
    return target
