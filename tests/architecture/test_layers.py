"""Imports go downwards only, and `import pynamite` stays light."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest
from importlinter.cli import lint_imports

HEAVY = {"boto3", "botocore", "urllib3", "sqlite3", "pandas", "pyarrow", "numpy"}


def imported_by(program):
    """Give the names of the modules that are loaded after a program ran in an interpreter of its own."""
    program = f"import sys\n{program}\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_the_layers_hold(root, capsys):
    """import-linter finds every import going downwards, no cycle, and no module outside the layers."""
    loggers = [one for one in logging.root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    enabled = [one for one in loggers if not one.disabled]
    broken = lint_imports(config_filename=str(root / "pyproject.toml"), no_cache=True)
    for one in enabled:  # it sets up logging of its own, and silences those that are there
        one.disabled = False
    assert not broken, capsys.readouterr().out


def test_importing_the_package_loads_neither_boto3_nor_sqlite():
    """`import pynamite` is quick because what talks to a database is loaded when it is first used."""
    assert not HEAVY & imported_by("import pynamite")


@pytest.mark.parametrize("program", [
    "from pynamite import *", "import pynamite.dynamo", "import pynamite.errors", "import pynamite.expression",
])
def test_declaring_a_table_loads_neither_boto3_nor_sqlite(program):
    """What a program imports at its top is as light as the package."""
    assert not HEAVY & imported_by(program)


def test_no_module_loads_boto3_by_being_imported(modules):
    """boto3, botocore, pandas and pyarrow are imported by the functions that use them, in every module."""
    assert not {"boto3", "botocore", "pandas", "pyarrow"} & imported_by("import " + ", ".join(modules))
