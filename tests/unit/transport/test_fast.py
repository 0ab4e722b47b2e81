"""The client with the short way: settings, credentials, clocks, tries, and what it leaves to boto3."""

from __future__ import annotations

import base64
import copy
import datetime as dt
import json
import os
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    SSLError,
)

from pynamite.connect import connect
from pynamite.operation.key_texts import KeyTexts
from pynamite.transport import bodies, short
from pynamite.transport.fast import FastClient
from tests.scripted_server import answer, scripted_server
from tests.transports import without_moto

KEY = {"PK": {"S": "a"}}
GET: dict[str, Any] = {"TableName": "t", "Key": KEY}
SHORT = "md/pynamite"


@pytest.fixture(scope="module")
def session():
    return boto3.Session()


@pytest.fixture
def made(session, server):
    """Make a client at the server, or elsewhere, with the transport in front."""
    clients: list[Any] = []

    def make(config: Config | None = None, **options: Any) -> Any:
        options = {"endpoint_url": server.url, "region_name": "us-east-1", **options}
        client = without_moto(session.client("dynamodb", config=config, **options))
        clients.append(connect(client, transport="fast"))
        return clients[-1]

    yield make
    for client in clients:
        client.close()
        client.boto3.close()


def refusal(code: str, message: str = "no", status: int = 400, date: float | None = None) -> bytes:
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message}).encode()
    return answer(body, status, date=date)


def test_a_request_is_what_botocore_would_send(made, server):
    """But for the mark in the user agent, and what botocore counts tries by."""
    request = {**GET, "Key": {"PK": {"B": b"\0\xff"}}, "ConsistentRead": True, "ProjectionExpression": "\u00e9"}
    client = made()
    client.get_item(**request)
    client.raw("get_item", request)
    client.boto3.get_item(**request)
    ours, raw, botocores = [
        {line.partition(":")[0].lower() for line in head.split("\r\n")[1:] if line} for head in server.heads]
    assert ours == raw == botocores - {"amz-sdk-invocation-id", "amz-sdk-request"}
    assert json.loads(server.bodies[0]) == json.loads(server.bodies[1]) == json.loads(server.bodies[2])
    for name in ("host", "x-amz-target", "content-type", "accept-encoding"):
        assert len(set(server.header(name))) == 1
    assert [SHORT in agent for agent in server.header("user-agent")] == [True, True, False]


def test_everything_else_is_boto3s(made):
    """Its other operations, its metadata, exceptions and paginators."""
    client = made()
    assert client.meta.service_model.service_name == "dynamodb"
    assert client.exceptions.ConditionalCheckFailedException
    assert client.can_paginate("query") and "get_paginator" in dir(client)
    assert isinstance(client, FastClient) and "DynamoDB" in repr(client)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        client.nonsense()
    with pytest.raises(AttributeError):
        copy.copy(client)._client._nothing()


def test_without_msgspec_nothing_is_different(made, server, monkeypatch):
    """But the time that it takes."""
    monkeypatch.setattr(short, "write_body", bodies._by_json()[0])
    monkeypatch.setattr(bodies, "_READ", bodies._by_json()[1])
    text = base64.b64encode(b"\0\xff").decode()
    server.answers(answer(json.dumps({"Item": {"b": {"B": text}}}).encode()))
    item = {**KEY, "b": {"B": b"\0\xff"}, "bs": {"BS": [bytearray(b"x")]}, "\u00e9": {"S": "\U0001f600"}}
    client = made()
    assert client.get_item(**GET)["Item"] == {"b": {"B": b"\0\xff"}}
    client.raw("put_item", {"TableName": "t", "Item": item})
    assert json.loads(server.bodies[1])["Item"] == {
        **KEY, "b": {"B": text}, "bs": {"BS": ["eA=="]}, "\u00e9": {"S": "\U0001f600"}}
    with pytest.raises(ParamValidationError):
        client.raw("put_item", {"TableName": "t", "Item": {"a": {"S": object()}}})


def test_texts_that_are_no_unicode_are_left_to_boto3(made, server):
    """It has a way to write them, whatever the service says to it."""
    made().raw("put_item", {"TableName": "t", "Item": {"PK": {"S": "\ud800"}}})
    assert SHORT not in server.header("user-agent")[0]


QUERY = {"TableName": "t", "KeyConditionExpression": "a = b"}
GET_MANY = {"RequestItems": {"t": {"Keys": [KEY]}}}
GET_TOGETHER = {"TransactItems": [{"Get": GET}]}
WRITE_MANY = {"RequestItems": {"t": [{"DeleteRequest": {"Key": KEY}}]}}


@pytest.mark.parametrize(("method", "request_", "body"), [
    ("get_item", GET, b'{"Item":{"a":{"B":"eA=="},"l":{"L":[{"BS":["eA==","eQ=="]},{"M":{"B":{"B":"eA=="}}}]}}}'),
    ("get_item", GET, b'{"Item":{"B":{"S":"B"},"BS":{"N":"1"},"b":{"BOOL":true},"n":{"NULL":true}}}'),
    ("get_item", GET, b'{"Item":{"a":{"S":"x"}},"ConsumedCapacity":{"TableName":"t","CapacityUnits":1}}'),
    ("get_item", GET, b'{"Item":null,"Unheard":{"of":1}}'), ("get_item", GET, b""), ("get_item", GET, b"{}"),
    ("get_item", GET, b"[]"), ("get_item", GET, b"null"), ("get_item", GET, b"{]"),
    ("get_item", GET, b'{"Item":{"a":{"B":"?"}}}'), ("get_item", GET, b'{"Item":{"a":{"S":"\\ud800"}}}'),
    ("get_item", GET, b'{"Item":{"a":{"S":"\xff"}}}'), ("get_item", GET, b'{"Item":{"a":{}}}'),
    ("query", QUERY, b'{"Items":[{"a":{"B":"eA=="}},{}],"Count":1,"LastEvaluatedKey":{"a":{"B":"eA=="}}}'),
    ("query", QUERY, b'{"Count":3,"ScannedCount":3}'),
    ("query", QUERY, b'{"Items":[],"Count":0,"LastEvaluatedKey":null}'),
    ("update_item", {**GET, "UpdateExpression": "SET a = b"}, b'{"Attributes":{"a":{"B":"eA=="}}}'),
    ("batch_get_item", GET_MANY, b'{"Responses":{"t":[{"a":{"B":"eA=="}}]},"UnprocessedKeys":{}}'),
    ("batch_get_item", GET_MANY, b'{"Responses":{},"UnprocessedKeys":{"t":{"Keys":[{"a":{"B":"eA=="}}]}}}'),
    ("transact_get_items", GET_TOGETHER, b'{"Responses":[{"Item":{"a":{"B":"eA=="}}},{}]}'),
    ("batch_write_item", WRITE_MANY, b'{"UnprocessedItems":{"t":[{"PutRequest":{"Item":{"a":{"B":"eA=="}}}}]}}'),
    ("batch_write_item", WRITE_MANY, b'{"UnprocessedItems":{}}'),
])
def test_answers_are_read_as_botocore_reads_them(made, server, method, request_, body):
    """Or fail as they fail there; members that only botocore's model knows how to read are left to it."""
    server.answers(*[answer(body, date=0.0)] * 2)
    client, told = made(), []
    for one in (client, client.boto3):
        try:
            told.append(getattr(one, method)(**request_))
        except Exception as error:  # noqa: BLE001 - botocore says what it says
            told.append((type(error), str(error)))
    assert told[0] == told[1]
    assert len(server.heads) == 2


@pytest.mark.parametrize("mode", ["standard", "legacy"])
def test_tries_are_botocores(made, server, mode):
    """As many, with the same quota; the answer tells how many."""
    client = made(Config(retries={"mode": mode, "total_max_attempts": 3}))
    server.answers(refusal("InternalServerError", status=500), None, answer(b'{"Item":{}}'))
    assert client.get_item(**GET)["ResponseMetadata"]["RetryAttempts"] == 2
    assert all(SHORT in agent for agent in server.header("user-agent"))
    server.answers(*[refusal("InternalServerError", status=500)] * 3)
    with pytest.raises(ClientError) as error:
        client.get_item(**GET)
    assert error.value.response["ResponseMetadata"]["RetryAttempts"] == 2
    assert (error.value.response["Error"]["Code"], len(server.heads)) == ("InternalServerError", 6)


def test_the_retry_quota_is_shared_with_boto3(made, server):
    """What tries have taken from it, successes give back."""
    client = made(Config(retries={"mode": "standard", "total_max_attempts": 2}))
    quota = client._short._quota
    full = quota.available_capacity
    server.answers(*[refusal("InternalServerError", status=500)] * 2)
    with pytest.raises(ClientError):
        client.get_item(**GET)
    left = quota.available_capacity
    assert left < full
    client.get_item(**GET)
    client.raw("get_item", GET)
    assert quota.available_capacity == left + 2
    quota.acquire(quota.available_capacity)
    server.answers(refusal("InternalServerError", status=500))
    with pytest.raises(ClientError):
        client.get_item(**GET)
    assert len(server.heads) == 5


def test_where_nobody_listens_the_error_is_botocores(made, server):
    """A connection that cannot be made, is closed, or does not come about in time."""
    client = made(Config(retries={"total_max_attempts": 1}, connect_timeout=0.1))
    server.answers(None)
    with pytest.raises(ConnectionClosedError):
        client.get_item(**GET)
    server.close()
    with pytest.raises(EndpointConnectionError, match="Could not connect"):
        client.raw("get_item", GET)
    nowhere = made(Config(retries={"total_max_attempts": 1}, connect_timeout=0.1), endpoint_url="http://localhost:1")
    with pytest.raises(EndpointConnectionError):
        nowhere.get_item(**GET)


def test_a_connection_that_takes_too_long_is_no_connection(made, monkeypatch):
    """Nothing was sent: the error says so."""
    def slow(*_: Any) -> None:
        raise TimeoutError("timed out")

    monkeypatch.setattr("socket.create_connection", slow)
    with pytest.raises(ConnectTimeoutError):
        made(Config(retries={"total_max_attempts": 1})).get_item(**GET)


@pytest.mark.parametrize("ahead", [-3600.0, 86_400.0])
def test_a_clock_that_is_wrong_is_corrected(made, server, ahead):
    """By the service's, which its refusal tells; from then on, requests are dated right."""
    def by_the_clock(head: str) -> bytes:
        (date,) = [line.partition(": ")[2] for line in head.split("\r\n") if line.startswith("X-Amz-Date")]
        told = dt.datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC).timestamp()
        now = time.time() + ahead
        return answer(date=now) if abs(now - told) < 300 else refusal("InvalidSignatureException", "expired", date=now)

    server.answers(*[by_the_clock] * 3)
    client = made()
    assert client.get_item(**GET)["ResponseMetadata"]["RetryAttempts"] == 0
    assert client.raw("get_item", GET) == b"{}"
    assert len(server.heads) == 3


# Each is dated when the test runs, which may be minutes after it was collected.
@pytest.mark.parametrize("told", [
    lambda: refusal("InvalidSignatureException", "wrong"), lambda: refusal("ValidationException", date=0.0),
    lambda: answer(b'{"__type":"InvalidSignatureException"}', 400, Date="yesterday"),
])
def test_other_refusals_are_no_matter_of_clocks(made, server, told):
    """A wrong secret is refused once."""
    server.answers(told())
    with pytest.raises(ClientError):
        made().get_item(**GET)
    assert len(server.heads) == 1


def test_credentials_are_refreshed(made, server):
    """By themselves, as botocore's do when they are about to expire."""
    client = made()
    asked: list[int] = []

    def refresh() -> dict[str, str]:
        asked.append(1)
        soon = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=3 if len(asked) == 1 else 3600)
        return {"access_key": f"key{len(asked)}", "secret_key": "s", "token": f"t{len(asked)}",
                "expiry_time": soon.isoformat()}

    client.boto3._request_signer._credentials = RefreshableCredentials.create_from_metadata(
        refresh(), refresh, "test", advisory_timeout=2, mandatory_timeout=1)
    client.get_item(**GET)
    time.sleep(2.1)
    client.get_item(**GET)
    assert server.header("X-Amz-Security-Token") == ["t1", "t2"]


def test_without_credentials_boto3_says_so(made):
    """As ever."""
    client = made()
    client.boto3._request_signer._credentials = None
    with pytest.raises(NoCredentialsError):
        client.get_item(**GET)
    assert "no credentials" in client.why_not()


def test_an_accounts_endpoint_is_used(made, monkeypatch):
    """Where the credentials know their account; another account's has another."""
    config = Config(retries={"total_max_attempts": 1})
    client = made(config, endpoint_url=None, aws_access_key_id="a", aws_secret_access_key="b")
    tried: list[str] = []

    def refuse(address: tuple[str, int], *_: Any, **__: Any) -> None:
        tried.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", refuse)
    monkeypatch.setattr("urllib3.util.connection.create_connection", refuse)
    credentials = client.boto3._request_signer._credentials
    for account in ("111122223333", "444455556666", None):
        credentials.account_id = account
        if client._short._route is not None:
            client._short._route.signer._moment = None  # a second later
        for _ in range(2):
            with pytest.raises(EndpointConnectionError):
                client.get_item(**GET)
    hosts = ["111122223333.ddb.us-east-1", "444455556666.ddb.us-east-1", "dynamodb.us-east-1"]
    assert tried == [f"{host}.amazonaws.com" for host in hosts for _ in range(2)]


@pytest.mark.parametrize(("settings", "host"), [
    ({}, "dynamodb.eu-central-1.amazonaws.com"),
    ({"use_fips_endpoint": True}, "dynamodb-fips.eu-central-1.amazonaws.com"),
    ({"use_dualstack_endpoint": True}, "dynamodb.eu-central-1.api.aws"),
])
def test_botocores_rules_name_the_endpoint(made, settings, host):
    """Once for a client."""
    client = made(Config(**settings), endpoint_url=None, region_name="eu-central-1")
    assert client.why_not() is None
    assert (client._short._route.place.host, client._short._route.place.address.port) == (host, 443)
    assert client._short._route.place.address.tls.verify_mode is ssl.CERT_REQUIRED


ARN = "arn:aws:dynamodb:us-east-1:111122223333:table/t"


@pytest.mark.parametrize(("method", "request_"), [
    ("get_item", {"TableName": ARN, "Key": KEY}), ("batch_get_item", {"RequestItems": {ARN: {"Keys": [KEY]}}}),
    ("transact_write_items", {"TransactItems": [{"Delete": {"TableName": ARN, "Key": KEY}}]}),
])
def test_a_table_that_is_given_by_its_arn_is_left_to_boto3(made, monkeypatch, method, request_):
    """Its account may have an endpoint of its own."""
    client = made(endpoint_url=None)
    monkeypatch.setattr(client._short, "_by_boto3", lambda *_: {"by": "boto3"})
    assert client.raw(method, request_) == {"by": "boto3"}


@pytest.mark.parametrize(("options", "reason"), [
    ({"config": Config(proxies={"http": "http://localhost:1"})}, "proxy"),
    ({"config": Config(client_cert="/nowhere.pem"), "endpoint_url": "https://localhost:1"}, "certificate"),
    ({"config": Config(signature_version="v4a")}, "signed by 'v4a'"),
    ({"endpoint_url": "http://localhost:1/prefix"}, "more than a host"),
    ({"endpoint_url": "https://localhost:1", "verify": "/nowhere.pem"}, "cannot be read"),
])
def test_settings_that_want_boto3_get_it(made, options, reason):
    """For every call, and why is told."""
    client = made(**options)
    assert reason in client.why_not()
    assert reason in client.why_not("query")


@pytest.mark.parametrize("part", ["_endpoint", "_user_agent_creator"])
def test_a_botocore_of_other_parts_is_left_alone(made, server, part):
    """Its client does everything, and why is told."""
    mine = made().boto3
    kept = getattr(mine, part)
    delattr(mine, part)
    client: Any = connect(mine, transport="fast")
    assert "a version that the transport does not know" in client.why_not()
    setattr(mine, part, kept)
    assert client.get_item(**GET)["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert SHORT not in server.header("user-agent")[0]


def test_proxies_of_the_environment_are_obeyed(made, server, monkeypatch):
    """Unless they are not for this host."""
    monkeypatch.setenv("HTTP_PROXY", "http://localhost:1")
    assert "proxy" in made().why_not()
    monkeypatch.setenv("NO_PROXY", "localhost")
    assert made().why_not() is None


def test_a_trace_of_lambda_is_handed_on(made, server, monkeypatch):
    """As it is at each call."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "shop")
    client = made()
    for trace in ("Root=1-5759e988;Sampled=1", "Root=2 \n"):
        monkeypatch.setenv("_X_AMZN_TRACE_ID", trace)
        client.get_item(**GET)
    monkeypatch.delenv("_X_AMZN_TRACE_ID")
    client.get_item(**GET)
    assert server.header("X-Amzn-Trace-Id") == ["Root=1-5759e988;Sampled=1", "Root=2%20%0A"]


def test_a_transaction_has_a_token(made, server):
    """The same for all its tries, where the caller gives none."""
    server.answers(refusal("InternalServerError", status=500))
    delete = [{"Delete": {"TableName": "t", "Key": KEY}}]
    client = made()
    client.transact_write_items(TransactItems=delete)
    client.transact_write_items(TransactItems=delete, ClientRequestToken="mine")
    first, second, other = [json.loads(body)["ClientRequestToken"] for body in server.bodies]
    assert first == second != other == "mine"


def test_threads_share_a_client(made, server):
    """From the first call on."""
    server.answers(*[lambda head: answer(b'{"Count":1}')] * 200)
    client = made()
    barrier = threading.Barrier(8)

    def ask(number: int) -> Any:
        if number < 8:
            barrier.wait()
        return client.query(TableName="t", KeyConditionExpression="a = b")["Count"]

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(ask, range(200))) == 200


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks are needed for this")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_process_goes_on(made, server):
    """With connections of its own, while the parent keeps its."""
    client = made()
    client.get_item(**GET)
    children = []
    for _ in range(2):
        child = os.fork()
        if not child:
            code = 1
            try:
                code = 0 if client.raw("get_item", GET) == b"{}" else 2
            finally:
                os._exit(code)
        children.append(child)
    assert client.raw("get_item", GET) == b"{}"
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0]
    assert client.raw("get_item", GET) == b"{}"
    assert server.connections == 3


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """The certificate of an authority, and a server's context with one that it has signed for localhost."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    folder = tmp_path_factory.mktemp("certificates")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256()))
    path = folder / "authority.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    with_key = folder / "server.pem"
    with_key.write_bytes(path.read_bytes() + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(with_key)
    return str(path), context


@pytest.mark.parametrize(("verify", "host", "error"), [
    ("authority", "localhost", None), (False, "localhost", None), (False, "127.0.0.1", None),
    (None, "localhost", SSLError), ("authority", "127.0.0.1", SSLError),
])
def test_servers_have_to_be_who_they_should_be(made, authority, verify, host, error):
    """By the certificates that boto3 is told, and the name of the host."""
    path, context = authority
    with scripted_server(context) as server:
        server.answers(answer(b'{"Item":{"big":{"S":"' + b"x" * 300_000 + b'"}}}'), answer(b"{}", Connection="close"))
        client = made(
            Config(retries={"total_max_attempts": 1}), endpoint_url=server.url.replace("localhost", host),
            verify=path if verify == "authority" else verify)
        if error is not None:
            with pytest.raises(error):
                client.get_item(**GET)
            assert server.heads == []
            return
        assert len(client.get_item(**GET)["Item"]["big"]["S"]) == 300_000
        assert client.raw("get_item", GET) == client.raw("get_item", GET) == b"{}"
        assert [SHORT in agent for agent in server.header("user-agent")] == [True] * 3
        assert server.connections == 2


def test_an_answer_over_tls_that_does_not_come_is_a_timeout(made, authority):
    """The kernel cannot see to that."""
    path, context = authority

    def late(_: str) -> bytes:
        time.sleep(0.5)
        return answer()

    with scripted_server(context) as server:
        server.answers(late)
        client = made(Config(retries={"total_max_attempts": 1}, read_timeout=0.1), endpoint_url=server.url, verify=path)
        with pytest.raises(Exception, match="Read timeout"):
            client.get_item(**GET)


def test_keys_of_one_partition_are_sent_as_any_others(made, server):
    """By the short way, past it where somebody listens, by a method that somebody has replaced, and without msgspec."""
    keys = KeyTexts(("PK", "SK"), 'a"b', ["\u00e9", '","'])
    packed, plain = ({"RequestItems": {"t": {"Keys": one, "ConsistentRead": True}}} for one in (keys, list(keys)))
    client = made()
    client.raw("batch_get_item", plain)
    client.raw("batch_get_item", packed)
    assert isinstance(client.attempt("batch_get_item", packed), bytes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(short, "write_body", bodies._by_json()[0])
        client.raw("batch_get_item", packed)
    assert all(SHORT in agent for agent in server.header("user-agent"))
    seen: list[Any] = []

    def see(**request: Any) -> dict[str, Any]:
        seen.append(request)
        return {}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "batch_get_item", see)
        client.raw("batch_get_item", packed)
        client.attempt("batch_get_item", packed)()
    assert seen == [plain, plain]
    client.meta.events.register("before-send.dynamodb", lambda **_: None)
    client.attempt("batch_get_item", packed)()
    assert [json.loads(body) for body in server.bodies] == [plain] * 5
    assert SHORT not in server.header("user-agent")[-1]
