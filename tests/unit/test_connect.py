"""One function takes a URL, a client or nothing, and says what it takes when it gets something else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest

from pynamite.connect import connect, same_database
from pynamite.errors import CredentialsError, UnreachableError
from pynamite.local.client import LocalClient


@pytest.fixture(autouse=True)
def nowhere(monkeypatch, tmp_path):
    """No configuration of boto3's, and a working directory of the test's own."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_PROFILE", "DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_a_file_is_named_by_three_slashes():
    """Relative to the working directory; with four the path is absolute; escapes are those of URLs."""
    absolute = Path("there.db").absolute()
    for url, path in (
        ("sqlite:///shop.db", "shop.db"),
        (f"sqlite:///{absolute}", str(absolute)),
        ("sqlite:///a%20b.db", "a b.db"),
    ):
        client = connect(url)
        assert isinstance(client, LocalClient)
        assert client.path == path
        client.list_tables()
        assert Path(path).exists()
        client.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_memory_is_a_database_of_its_own(url):
    """Each connect has another."""
    one, other = connect(url), connect(url)
    one.create_table(
        TableName="shop",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    )
    assert (one.list_tables()["TableNames"], other.list_tables()["TableNames"]) == (["shop"], [])
    assert list(Path().iterdir()) == []


def test_a_server_needs_no_configuration():
    """Without credentials and a region, made-up ones do: nobody checks them."""
    client: Any = connect("http://localhost:8000")
    assert (client.meta.endpoint_url, client.meta.region_name) == ("http://localhost:8000", "us-east-1")
    assert client._request_signer._credentials.access_key == "local"


def test_a_server_is_called_with_the_environments_credentials(monkeypatch):
    """What boto3 finds goes before what is made up."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("DEFAULT_REGION", "eu-west-1")
    client: Any = connect("http://localhost:8000")
    assert (client._request_signer._credentials.access_key, client.meta.region_name) == ("mine", "eu-west-1")


def test_nothing_is_aws_in_boto3s_region(monkeypatch):
    """boto3's own variable first, then DEFAULT_REGION."""
    monkeypatch.setenv("DEFAULT_REGION", "eu-central-1")
    client: Any = connect()
    assert client.meta.region_name == "eu-central-1"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    client = connect()
    assert client.meta.region_name == "eu-north-1"
    assert "amazonaws.com" in client.meta.endpoint_url


def test_no_region_is_told_with_the_remedy():
    """A newcomer's first error says what to set, and how to do without."""
    with pytest.raises(CredentialsError, match=r"set AWS_DEFAULT_REGION .* or connect to 'sqlite:///file.db'"):
        connect()


def test_an_unknown_profile_is_told_with_the_remedy(monkeypatch):
    """boto3's own error stays the cause."""
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    for target in (None, "http://localhost:8000"):
        with pytest.raises(CredentialsError, match="nobody.*; set AWS_PROFILE to a profile of yours") as caught:
            connect(target)
        assert type(caught.value.__cause__).__name__ == "ProfileNotFound"


def test_a_client_is_handed_through():
    """The same object, ours or boto3's."""
    for client in (LocalClient(), boto3.client("dynamodb", region_name="us-east-1")):
        assert connect(client) is client


@pytest.mark.parametrize(
    "url, hint",
    [
        ("postgres://host/db", "connect takes 'sqlite:///file.db'"),
        ("", "connect takes"),
        ("http://", "connect takes"),
        ("shop.db", "did you mean 'sqlite:///shop.db'?"),
        ("localhost:8000", "did you mean 'http://localhost:8000'?"),
        ("sqlite:///", "names no file; write 'sqlite:///file.db'"),
        ("sqlite://shop.db", "names no file"),
        ("sqlite:shop.db", "names no file"),
    ],
)
def test_what_is_no_url_is_refused_with_a_hint(url, hint):
    """The forms are listed, and a likely slip is told."""
    with pytest.raises(ValueError) as caught:
        connect(url)
    assert hint in str(caught.value)
    assert repr(url) in str(caught.value)


def test_what_is_no_client_is_refused_with_a_hint():
    """boto3's resource and table are told what they have instead."""
    resource: Any = boto3.resource("dynamodb", region_name="us-east-1")
    targets: list[tuple[Any, str]] = [
        (resource, "resource.meta.client"),
        (resource.Table("shop"), "table.meta.client"),
        (1, "a int without"),
    ]
    for target, hint in targets:
        with pytest.raises(TypeError, match=hint):
            connect(target)


def test_a_file_that_is_not_ours_is_told_at_once():
    """Before any call, and with the path as it was given."""
    Path("notes.txt").write_text("to do " * 50)
    with pytest.raises(UnreachableError, match=r"cannot open 'notes.txt': it is not a SQLite file"):
        connect("sqlite:///notes.txt")


def test_connecting_to_a_file_does_without_boto3():
    """Neither making the client nor using it imports boto3 or botocore."""
    program = (
        "import sys\nfrom pynamite.connect import connect\nclient = connect('sqlite://')\n"
        "client.create_table(TableName='shop', KeySchema=[{'AttributeName': 'pk', 'KeyType': 'HASH'}],\n"
        "    AttributeDefinitions=[{'AttributeName': 'pk', 'AttributeType': 'S'}], BillingMode='PAY_PER_REQUEST')\n"
        "client.put_item(TableName='shop', Item={'pk': {'S': 'a'}})\n"
        "assert client.scan(TableName='shop')['Count'] == 1\n"
        "assert not [name for name in sys.modules if name.startswith(('boto3', 'botocore'))]\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_same_client_speaks_to_the_same_database(tmp_path):
    """So do two of one file, however it is written; a memory is its own only."""
    memory, other_memory = connect("sqlite://"), connect("sqlite://")
    file, other = connect("sqlite:///a.db"), connect("sqlite:///b.db")
    same = connect(f"sqlite:///{tmp_path}/../{tmp_path.name}/a.db")
    assert same_database(memory, memory) and same_database(file, file)
    assert not same_database(memory, other_memory)
    assert same_database(file, same)
    assert not same_database(file, other)
    assert not same_database(file, memory)


def test_two_clients_of_one_address_and_region_speak_to_the_same_database(monkeypatch):
    """By what boto3 made of them; an engine is no server."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    local, same = connect("http://localhost:8000"), connect("http://localhost:8000/")
    other_port = connect("http://localhost:8001")
    other_region: Any = boto3.client("dynamodb", endpoint_url="http://localhost:8000", region_name="us-east-1")
    assert same_database(local, same)
    assert not same_database(local, other_port)
    assert not same_database(local, other_region)
    assert not same_database(local, connect("sqlite://"))
    assert same_database(connect(), connect())
    assert not same_database(connect(), local)


def test_a_client_that_does_not_tell_where_it_is_speaks_to_its_own_database_only():
    """A proxy tells what its client tells."""

    class Proxy:
        def __init__(self, client: Any) -> None:
            self.client = client

        def __getattr__(self, name: str) -> Any:
            return getattr(self.client, name)

    class Other:
        """A client of somebody's own."""

    one: Any = Other()
    other: Any = Other()
    file: Any = connect("sqlite:///a.db")
    proxy: Any = Proxy(file)
    assert same_database(one, one) and not same_database(one, other)
    assert same_database(proxy, file)
