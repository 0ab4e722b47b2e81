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


@pytest.fixture(scope="module", params=[mypy, pyright], ids=["mypy", "pyright"])
def refused(request, tmp_path_factory):
    """What one of the checkers refuses, in a folder where no settings of ours are found."""
    folder = tmp_path_factory.mktemp("program")
    for file in FILES:
        (folder / file.name).write_text(file.read_text())
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return request.param([file.name for file in FILES])


def marked(file):
    """Give the numbers of the lines that have to be refused."""
    return {number for number, line in enumerate(file.read_text().splitlines(), 1) if line.endswith("# ERROR")}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_is_right_passes(refused, file):
    """No line without a mark is refused."""
    assert [one for one in refused if one[0] == file.name and one[1] not in marked(file)] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_is_wrong_is_refused(refused, file):
    """Each line with a mark is refused."""
    lines = file.read_text().splitlines()
    found = {number for name, number, _ in refused if name == file.name}
    assert [lines[number - 1].strip() for number in sorted(marked(file) - found)] == []
