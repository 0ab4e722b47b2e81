"""The back ends start as their READMEs say, from the repository's root, and answer."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import httpx2

ROOT = Path(__file__).parents[3]
SHOP = ["uvicorn", "examples.shop_api.app:create_app", "--factory"]
DESK = [["flask", "create-table"], ["flask", "open-desk", "acme", "Acme Ltd"], ["flask", "run"]]


def environment(**more):
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **more}


@contextlib.contextmanager
def started(arguments, env, folder):
    """Run a server until it says where it listens; gives a client of it."""
    with subprocess.Popen(
        [sys.executable, "-m", *arguments, "--port", "0"], cwd=folder, env=env, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:
        try:
            told = (re.search(r"http://127\.0\.0\.1:\d+", line) for line in process.stdout or ())
            address = next(found[0] for found in told if found)
            with httpx2.Client(base_url=address) as client:
                yield client
        finally:
            process.terminate()


def test_the_shop_starts_by_one_command(tmp_path):
    """Without a setting, the shop is in a file where it was started."""
    with started(SHOP, environment(), tmp_path) as web:
        assert web.get("/orders").json() == {"items": [], "cursor": None}
    assert (tmp_path / "shop.db").exists()


def test_the_helpdesk_starts_by_three(tmp_path):
    """One makes the table, one opens a desk, one runs."""
    env = environment(FLASK_APP="examples.helpdesk.app", HELPDESK_DATABASE=f"sqlite:///{tmp_path}/desk.db")
    *preparations, run = DESK
    for arguments in preparations:
        subprocess.run([sys.executable, "-m", *arguments], cwd=tmp_path, env=env, check=True, capture_output=True)
    with started(run, env, tmp_path) as web:
        assert web.get("/acme/").json() == {"name": "Acme Ltd", "numbers": 0, "open": 0}


def test_the_commands_are_those_of_the_readmes():
    """What the tests above run is what the READMEs have."""
    shop, desk = ((ROOT / "examples" / name / "README.md").read_text() for name in ("shop_api", "helpdesk"))
    assert f"\n{shlex.join(SHOP)} " in shop
    assert "\nexport FLASK_APP=examples.helpdesk.app\n" in desk
    assert f"\n{' && '.join(map(shlex.join, DESK))}\n".replace("'", '"') in desk
