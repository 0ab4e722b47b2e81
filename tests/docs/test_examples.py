"""Every program in examples/ runs, from nothing and on what its last run left."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "examples"
EXAMPLES = sorted(FOLDER.glob("*.py"))
DESIGNS = sorted((FOLDER / "designs").glob("[!_]*.py"))


def run(example, folder, *arguments):
    """Run an example in a folder."""
    return subprocess.run([sys.executable, example, *arguments], cwd=folder, capture_output=True, text=True)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_an_example_runs(example, tmp_path):
    """An example ends well, and says what it does."""
    ran = run(example, tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_an_example_runs_again(example, tmp_path):
    """A second run meets the file of the first, and shows the same."""
    first, second = run(example, tmp_path), run(example, tmp_path)
    assert (second.returncode, second.stderr) == (0, "")
    assert len(second.stdout.splitlines()) == len(first.stdout.splitlines())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_an_example_runs_on_a_server(example, tmp_path, dynamodb_local_url):
    """The same program runs on DynamoDB Local, and takes the same steps."""
    there, here = run(example, tmp_path, dynamodb_local_url), run(example, tmp_path)
    assert (there.returncode, there.stderr) == (0, "")
    assert steps(there) == steps(here)


def steps(ran):
    """Give the headings that an example printed."""
    return [line for line in ran.stdout.splitlines() if line.startswith("--")]


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.stem)
def test_a_design_runs(design, tmp_path):
    """A design shows its answers, and leaves nothing behind: its table is in memory."""
    ran = run(design, tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.stem)
def test_a_design_needs_nothing_but_the_library(design):
    """A design neither goes round the library nor the type checkers."""
    source = design.read_text()
    for way in ("boto3", "botocore", "type: ignore", "pyright: ignore", ".client", ".db.", "dynamo."):
        assert way not in source
