"""Classes that are generated from models pass both type checkers, and are laid out as ruff lays code out."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pynamite.workbench import generate_entities, read_model
from tests.workbench.models import MODELS


@pytest.fixture
def files(tmp_path, monkeypatch):
    """The code of every model, in a folder where no checker finds settings of ours."""
    for name, tree in MODELS.items():
        (tmp_path / f"{name.lower()}_entities.py").write_text(generate_entities(read_model(tree)))
    monkeypatch.chdir(tmp_path)
    return sorted(path.name for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    "command",
    [["-m", "mypy", "--strict", "--config-file="], ["-m", "pyright", "--pythonpath", sys.executable]],
    ids=["mypy", "pyright"],
)
def test_generated_code_type_checks(command, files):
    """mypy --strict and pyright have nothing to say."""
    run = subprocess.run([sys.executable, *command, *files], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_generated_code_is_laid_out_as_ruff_does(files):
    """ruff format changes nothing, with its own settings."""
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent))
    if ruff is None:
        pytest.skip("ruff is not installed: make lint installs it")
    run = subprocess.run([ruff, "format", "--isolated", "--diff", *files], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
