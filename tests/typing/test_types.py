"""Both type checkers accept what is right, and refuse each line that is marked as wrong.

The files in files/ are read by mypy --strict and by pyright as a user's program is: without this project's settings. A
line that ends in ``# ERROR`` has to be refused by both; every other line has to pass.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

FILES = sorted((Path(__file__).parent / "files").glob("*.py"))


def checker(*command):
    """Run a type checker; 1 is its exit code where it has something to say."""
    run = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True)
    assert run.returncode in {0, 1}, run.stdout + run.stderr
    return run


def mypy(paths):
    """Give the lines that mypy --strict refuses, as (file, line, message)."""
    run = checker("mypy", "--strict", "--config-file=", "--output=json", *paths)
    told = [json.loads(line) for line in run.stdout.splitlines()]
    return [(Path(one["file"]).name, one["line"], one["message"]) for one in told if one["severity"] == "error"]


def pyright(paths):
    """Give the lines that pyright refuses, as (file, line, message)."""
    run = checker("pyright", "--pythonpath", sys.executable, "--outputjson", *paths)
    told = json.loads(run.stdout)["generalDiagnostics"]
    return [(Path(one["file"]).name, one["range"]["start"]["line"] + 1, one["message"])
            for one in told if one["severity"] == "error"]


def marked():
    """Give the lines that have to be refused, as (file, line)."""
    return {(file.name, number) for file in FILES
            for number, line in enumerate(file.read_text().splitlines(), 1) if line.endswith("# ERROR")}


@pytest.mark.parametrize("check", [mypy, pyright])
def test_the_marked_lines_are_refused_and_no_others(check, tmp_path, monkeypatch):
    """The checker reads copies of the files, in a folder where it finds no settings of ours."""
    for file in FILES:
        (tmp_path / file.name).write_text(file.read_text())
    monkeypatch.chdir(tmp_path)
    refused = check([file.name for file in FILES])
    assert [told for told in refused if told[:2] not in marked()] == []
    assert sorted(marked() - {told[:2] for told in refused}) == []
