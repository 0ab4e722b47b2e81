"""Whatever is public has an entry in docs/reference: each name, each fixture, each command with its options."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
import typer

import pynamite
from pynamite.cli.app import app

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
ENTRY = re.compile(r"^\.\. (?P<module>py:(?:current)?module)?(?:(?:auto|py:)\w+)?:: (?P<name>[\w.]+)", re.MULTILINE)
COMMAND_PAGE = REFERENCE / "command-line.md"

# Modules with an `__all__` that nobody imports from: what is public of them is imported from `pynamite`, or told there.
FOR_THE_PACKAGE_ITSELF = {
    "pynamite.checksum": "what answers are compared by",
    "pynamite.cli": "a program, whose commands are told one by one",
    "pynamite.dynamodb_json": "what the server, images of streams and exports are read by",
    "pynamite.expression": "its operators are in pynamite and in pynamite.dynamo",
    "pynamite.repository": "its classes are in pynamite",
    "pynamite.wire": "values as DynamoDB has them",
}
# Names that a public module has to share with the rest of the package, or with pytest.
NOT_FOR_USERS = {
    "pynamite.client.AttemptingClient",
    "pynamite.client.RawClient",
    "pynamite.connect.behind",
    "pynamite.connect.is_boto3",
    "pynamite.connect.made_here",
    "pynamite.connect.same_database",
    "pynamite.pytest_plugin.pytest_configure",
}
# Public names of modules deeper in the package, which documentation imports from.
BY_NAME = {
    "pynamite.local.client.LocalClient",
    "pynamite.local.faults.Faults",
    "pynamite.repository.TransactionRepository",
}


def public_names():
    """Name what is public: the `__all__` of each module beside `__init__`, and of each package."""
    found = {f"pynamite.{name}" for name in pynamite.__all__} | BY_NAME
    for module in pkgutil.walk_packages(pynamite.__path__, "pynamite."):
        if module.name in FOR_THE_PACKAGE_ITSELF or not (module.ispkg or module.name.count(".") == 1):
            continue
        if module.name.endswith("__main__"):
            continue
        found |= {f"{module.name}.{name}" for name in getattr(importlib.import_module(module.name), "__all__", ())}
    return found - NOT_FOR_USERS


def entries(text):
    """Name what a page has entries for, in the order of the page."""
    module = ""
    for entry in ENTRY.finditer(text):
        name = entry["name"]
        if entry["module"]:
            module = name
        elif name.startswith("pynamite."):
            yield name
        else:
            yield f"{module}.{name}"


def told():
    """Name what all pages have entries for."""
    return [name for page in sorted(REFERENCE.rglob("*.md")) for name in entries(page.read_text())]


def same(name):
    """Give the thing itself: `pynamite.table.Table` and `pynamite.Table` are one, and need one entry."""
    module, _, last = name.rpartition(".")
    return getattr(importlib.import_module(module), last)


def is_there(name):
    """Tell whether a name can be imported."""
    module, _, last = name.rpartition(".")
    return hasattr(importlib.import_module(module), last)


def missing(names):
    """List the names that have no entry, neither under this name nor where the same thing is imported from."""
    there = told()
    things = [same(name) for name in there]
    return sorted(name for name in names if name not in there and not any(same(name) is thing for thing in things))


def commands(command, path=()):
    """Walk the commands with their names, those inside of others included."""
    if hasattr(command, "commands"):  # typer has a click of its own, so that there is no class to ask for
        for name, inner in command.commands.items():
            yield from commands(inner, (*path, name))
    else:
        yield " ".join(path), command


def sections(page):
    """Cut a page into its sections, by the command in their headings."""
    parts = re.split(r"^## `pynamite ([^`]+)`$", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


COMMANDS = dict(commands(typer.main.get_command(app)))


def test_every_public_name_has_an_entry():
    """What can be imported can be looked up; an entry is `.. autoclass:: Name` on a page in docs/reference/api."""
    assert missing(public_names()) == []


def test_every_entry_is_of_something():
    """No page tells of what is gone, and none tells the same twice."""
    names = told()
    assert [name for name in names if not is_there(name)] == []
    assert len(names) == len(set(names))


def test_a_name_without_entry_is_found():
    """The check above is able to fail."""
    assert missing({"pynamite.Table", "pynamite.wire.Misfit"}) == ["pynamite.wire.Misfit"]


def test_modules_for_the_package_itself_are_there():
    """The exceptions are no longer than they have to be."""
    for name in FOR_THE_PACKAGE_ITSELF:
        assert importlib.import_module(name).__all__
    for name in NOT_FOR_USERS:
        assert same(name)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_section_with_its_options(name):
    """`## `pynamite serve`` on the page of the command line names every option and argument of it."""
    section = sections(COMMAND_PAGE.read_text()).get(name)
    assert section is not None, f"docs/reference/command-line.md has no section '## `pynamite {name}`'"
    options = [option for parameter in COMMANDS[name].params for option in parameter.opts if parameter.name != "help"]
    assert [option for option in options if option.lower() not in section.lower()] == []


def test_no_section_is_of_a_command_that_is_gone():
    """The page has no other commands."""
    assert set(sections(COMMAND_PAGE.read_text())) <= set(COMMANDS)
