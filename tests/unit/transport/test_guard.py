"""Stepping aside: whoever listens to botocore, or has replaced a part of it, is heard and obeyed."""

from __future__ import annotations

import functools
import logging
from typing import Any
from unittest import mock

import boto3
import botocore.client
import botocore.endpoint
import botocore.history
import botocore.httpsession
import pytest
import wrapt
from botocore.config import Config
from botocore.stub import Stubber

from pynamite.connect import connect
from pynamite.dynamo.send import send
from pynamite.operation.get import get_item
from tests.scripted_server import answer, scripted_server
from tests.transports import without_moto

KEY = {"PK": {"S": "a"}}
FOUND = answer(b'{"Item":{"PK":{"S":"a"}}}')
SHORT = "md/pynamite"
"""What the short way adds to the user agent: so it is told from the other."""


@pytest.fixture(scope="module")
def session():
    return boto3.Session()


@pytest.fixture
def server():
    with scripted_server() as running:
        running.answers(*[FOUND] * 20)
        yield running


@pytest.fixture
def made(session, server):
    """Make a client of boto3's at the server, with the transport in front."""
    def make(**settings: Any) -> Any:
        client = session.client("dynamodb", endpoint_url=server.url, region_name="us-east-1", config=Config(**settings))
        return connect(without_moto(client), transport="fast")

    return make


@pytest.fixture
def client(made):
    made_client = made()
    yield made_client
    made_client.close()
    made_client.boto3.close()


def ways(server, client) -> list[bool]:
    """Read an item by each of the client's methods for it, and tell which went the short way."""
    before = len(server.heads)
    assert client.get_item(TableName="t", Key=KEY)["Item"] == KEY
    told = client.raw("get_item", {"TableName": "t", "Key": KEY})
    assert b'"PK"' in told if isinstance(told, bytes) else told["Item"] == KEY
    return [SHORT in agent for agent in server.header("User-Agent")[before:]]


def test_a_client_that_nobody_listens_to_goes_the_short_way(client, server):
    """In each of botocore's retry modes that need nothing before a request."""
    assert ways(server, client) == [True, True]
    assert client.why_not() is None


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_retry_modes_that_act_afterwards_change_nothing(made, server, mode):
    """What they decide on a failure is asked of them."""
    assert ways(server, made(retries={"mode": mode})) == [True, True]


def test_a_mode_that_adapts_its_pace_is_boto3s(made, server):
    """It waits before it sends."""
    client = made(retries={"mode": "adaptive"})
    assert ways(server, client) == [False, False]
    assert "botocore.retries.adaptive" in client.why_not()


@pytest.mark.parametrize("event", [
    "provide-client-params", "before-parameter-build", "before-call", "request-created", "choose-signer", "before-sign",
    "before-send", "response-received", "before-parse", "needs-retry", "after-call",
])
def test_handlers_are_called(client, server, event):
    """From the moment on at which they are registered, until they are taken away."""
    heard = []

    def listen(**told: Any) -> None:
        heard.append(told["event_name"])

    assert ways(server, client) == [True, True]
    client.meta.events.register(f"{event}.dynamodb.GetItem", listen)
    assert ways(server, client) == [False, False]
    assert heard == [f"{event}.dynamodb.GetItem"] * 2
    assert "listen" in client.why_not()
    assert client.why_not("query") is None
    client.meta.events.unregister(f"{event}.dynamodb.GetItem", listen)
    assert ways(server, client) == [True, True]


def test_handlers_of_other_clients_are_none_of_this_ones(client, made, server):
    """Each has its own."""
    made().meta.events.register("before-send.dynamodb", lambda **_: None)
    assert ways(server, client) == [True, True]


@pytest.mark.parametrize(("owner", "name"), [
    (botocore.client.BaseClient, "_make_api_call"), (botocore.endpoint.Endpoint, "make_request"),
    (botocore.endpoint.Endpoint, "_send"), (botocore.httpsession.URLLib3Session, "send"),
])
@pytest.mark.parametrize("how", ["mock", "function", "wrapt"])
def test_methods_that_are_patched_are_called(client, server, owner, name, how):
    """On the class, with whatever tool; a wrapper may bear the name of what it wraps."""
    original, calls = getattr(owner, name), []

    def counted(self: Any, *arguments: Any, **named: Any) -> Any:
        calls.append(name)
        return original(self, *arguments, **named)

    def wrapper(wrapped: Any, _instance: Any, arguments: Any, named: Any) -> Any:
        calls.append(name)
        return wrapped(*arguments, **named)

    patched: Any = {
        "mock": lambda: mock.patch.object(owner, name, autospec=True, side_effect=counted),
        "function": lambda: mock.patch.object(owner, name, functools.wraps(original)(counted)),
        "wrapt": lambda: mock.patch.object(owner, name, wrapt.FunctionWrapper(original, wrapper)),
    }[how]()
    assert ways(server, client) == [True, True]
    with patched:
        assert ways(server, client) == [False, False]
        assert "wrapped" in client.why_not()
    assert calls == [name] * 2
    assert ways(server, client) == [True, True]


def test_a_client_that_is_made_while_a_method_is_patched_recovers(made, server):
    """The patch is not taken for what belongs there."""
    with mock.patch.object(botocore.client.BaseClient, "_make_api_call", return_value={"Item": KEY}) as call:
        client = made()
        assert client.get_item(TableName="t", Key=KEY) == {"Item": KEY}
    assert call.call_count == 1
    assert ways(server, client) == [True, True]


@pytest.mark.parametrize("name", ["_make_api_call", "get_item"])
def test_methods_that_are_patched_on_the_client_are_called(client, server, name):
    """On boto3's own, behind."""
    with mock.patch.object(client.boto3, name, return_value={"Item": KEY}) as call:
        assert client.get_item(TableName="t", Key=KEY) == {"Item": KEY}
        assert client.raw("get_item", {"TableName": "t", "Key": KEY}) == {"Item": KEY}
    assert call.call_count == 2
    assert ways(server, client) == [True, True]


def test_a_method_that_is_patched_on_the_transport_is_called(client):
    """By those who want the answer as it came, too."""
    with mock.patch.object(client, "get_item", return_value={"Item": {}}):
        assert client.raw("get_item", {"TableName": "t", "Key": KEY}) == {"Item": {}}


@pytest.mark.parametrize("name", ["get_item", "raw"])
def test_what_is_patched_on_the_transport_is_what_pynamite_calls(client, name):
    """It is no more to be gone by than what is patched on boto3's client."""
    with mock.patch.object(client, name, return_value={"Item": KEY}) as call:
        assert send(client, get_item("t", KEY)) == KEY
    assert call.call_count == 1


def test_a_spy_on_the_transport_sees_what_pynamite_calls(client, server):
    """And lets it go on."""
    with mock.patch.object(client, "raw", wraps=client.raw) as call:
        assert send(client, get_item("t", KEY)) == KEY
    assert (call.call_count, len(server.heads)) == (1, 1)


def test_another_way_to_send_is_used(client, server):
    """Somebody gave the endpoint a session of its own."""
    sent = client.boto3._endpoint.http_session
    client.boto3._endpoint.http_session = mock.Mock(send=mock.Mock(side_effect=sent.send))
    assert ways(server, client) == [False, False]
    assert client.boto3._endpoint.http_session.send.call_count == 2


def test_stubber_answers(client, server):
    """As long as it is active."""
    with Stubber(client) as stubber:
        stubber.add_response("get_item", {"Item": {"PK": {"S": "stubbed"}}})
        stubber.add_client_error("get_item", "ValidationException")
        assert client.get_item(TableName="t", Key=KEY)["Item"] == {"PK": {"S": "stubbed"}}
        with pytest.raises(client.exceptions.ClientError, match="ValidationException"):
            client.get_item(TableName="t", Key=KEY)
    assert ways(server, client) == [True, True]


def test_moto_answers_whether_it_is_started_before_or_after(session):
    """Its handler is at every client that is made after its import."""
    from moto import mock_aws
    from moto.core.models import patch_client

    schema: Any = {
        "TableName": "t", "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "PK", "AttributeType": "S"}]}
    before: Any = connect()
    patched: Any = connect(without_moto(session.client("dynamodb")), transport="fast")
    with mock_aws():
        after: Any = connect()
        patch_client(patched.boto3)
        after.create_table(**schema)
        for client in (before, after, patched):
            client.put_item(TableName="t", Item=KEY)
            assert client.raw("get_item", {"TableName": "t", "Key": KEY})["Item"] == KEY
            assert "moto" in client.why_not()


def test_those_who_read_botocores_log_read_all_of_it(client, server, caplog):
    """At the level at which it tells of every request."""
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        assert ways(server, client) == [False, False]
    assert "Making request for" in caplog.text
    assert ways(server, client) == [True, True]


def test_botocores_history_is_kept(client, server):
    """As the AWS CLI does."""
    recorder: Any = botocore.history.get_global_history_recorder()
    recorder.enable()
    try:
        assert ways(server, client) == [False, False]
    finally:
        recorder.disable()
    assert ways(server, client) == [True, True]


def test_a_resources_client_goes_its_own_way(session, server):
    """It takes Python's own values, which its handlers turn into DynamoDB's."""
    resource: Any = session.resource("dynamodb", endpoint_url=server.url)
    client: Any = connect(without_moto(resource.meta.client), transport="fast")
    assert client.get_item(TableName="t", Key={"PK": "a"})["Item"] == {"PK": "a"}
    assert "boto3.dynamodb.transform" in client.why_not()
