"""DynamoDB's JSON 1.0 protocol, byte by byte: envelopes, check sums, signatures, and requests that are none."""

from __future__ import annotations

import json
import zlib

import pytest

from tests.integration.server.conftest import SIGNATURE, message

OWN = "com.amazonaws.dynamodb.v20120810#"
FRAMEWORK = "com.amazon.coral.service#"
UNKNOWN = {"__type": f"{FRAMEWORK}UnknownOperationException"}
BINARY = {"PK": {"S": "a"}, "n": {"N": "1.50"}, "b": {"B": "AP8="}, "bs": {"BS": ["AQ=="]},
          "B": {"M": {"B": {"S": "x"}}}}


def ask(wire, target, body, **headers):
    """Send a request and read its answer; JSON is read."""
    wire.send(message(target, body, **headers))
    status, told, content = wire.read()
    return status, told, json.loads(content) if content.startswith(b"{") else content


def test_an_answer_has_what_the_sdks_check(wire):
    """The content type, the number of the request and the check sum of the body."""
    status, headers, body = ask(wire, "ListTables", {})
    assert (status, body) == (200, {"TableNames": []})
    assert headers["content-type"] == "application/x-amz-json-1.0"
    assert headers["x-amz-crc32"] == str(zlib.crc32(b'{"TableNames":[]}'))
    assert len(headers["x-amzn-requestid"]) == 52


def test_binary_is_base64_and_numbers_are_text(wire, shop):
    """What goes in comes out, and is bytes in between."""
    assert ask(wire, "PutItem", {"TableName": "shop", "Item": BINARY})[0] == 200
    assert shop.get_item(TableName="shop", Key={"PK": {"S": "a"}})["Item"]["b"] == {"B": b"\x00\xff"}
    assert ask(wire, "GetItem", {"TableName": "shop", "Key": {"PK": {"S": "a"}}})[2] == {
        "Item": {**BINARY, "n": {"N": "1.5"}}}


def test_a_failed_condition_brings_the_item(wire, shop):
    """In the envelope, beside the type and the message."""
    shop.put_item(TableName="shop", Item={"PK": {"S": "a"}, "b": {"B": b"\xff"}})
    status, _, body = ask(wire, "PutItem", {
        "TableName": "shop", "Item": {"PK": {"S": "a"}}, "ConditionExpression": "attribute_not_exists(PK)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD"})
    assert status == 400
    assert body == {
        "__type": f"{OWN}ConditionalCheckFailedException", "message": "The conditional request failed",
        "Item": {"PK": {"S": "a"}, "b": {"B": "/w=="}}}


def test_a_cancelled_transaction_brings_its_reasons(wire, shop):
    """One for each action, with what is there."""
    shop.put_item(TableName="shop", Item={"PK": {"S": "a"}})
    put = {"TableName": "shop", "Item": {"PK": {"S": "a"}}, "ConditionExpression": "attribute_not_exists(PK)",
           "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    check = {"TableName": "shop", "Key": {"PK": {"S": "b"}}, "ConditionExpression": "attribute_not_exists(PK)"}
    status, _, body = ask(wire, "TransactWriteItems", {"TransactItems": [{"ConditionCheck": check}, {"Put": put}]})
    assert (status, body["__type"]) == (400, f"{OWN}TransactionCanceledException")
    assert body["Message"].endswith("[None, ConditionalCheckFailed]")
    assert body["CancellationReasons"] == [
        {"Code": "None"},
        {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed", "Item": {"PK": {"S": "a"}}}]


def test_a_table_that_is_not_there_is_told(wire):
    """DynamoDB's own errors bear its name."""
    assert ask(wire, "DescribeTable", {"TableName": "none"})[2] == {
        "__type": f"{OWN}ResourceNotFoundException", "message": "Requested resource not found: Table: none not found"}


@pytest.mark.parametrize("request_, message_", [
    ({"TableName": "shop"},
     "1 validation error detected: Value null at 'key' failed to satisfy constraint: Member must not be null"),
    ({"TableName": "shop", "Key": {"PK": {}}},
     "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
    ({"TableName": "shop", "Key": {"PK": {"X": "a"}}},
     "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
    ({"TableName": "shop", "Key": {"PK": {"S": "a", "N": "1"}}},
     "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"),
])
def test_a_request_that_is_not_valid_is_told_what_is_wrong(wire, shop, request_, message_):
    """As the service tells it."""
    assert ask(wire, "GetItem", request_)[2] == {
        "__type": "com.amazon.coral.validate#ValidationException", "message": message_}


@pytest.mark.parametrize("request_, message_", [
    ({"TableName": 5, "Key": {}}, "NUMBER_VALUE cannot be converted to String"),
    ({"TableName": "shop", "Key": {"PK": {"S": 5}}}, "NUMBER_VALUE cannot be converted to String"),
    ({"TableName": "shop", "Key": {"PK": "a"}}, "Unexpected value type in payload"),
    ({"TableName": "shop", "Key": {"PK": {"B": "!"}}},
     "Base64 encoded length is expected a multiple of 4 bytes but found: 1"),
])
def test_a_wrong_type_is_a_serialization_error(wire, shop, request_, message_):
    """It is one of the machinery's, and its message has a capital."""
    assert ask(wire, "GetItem", request_)[2] == {"__type": f"{FRAMEWORK}SerializationException", "Message": message_}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_a_serialization_error(wire, body):
    """Without a message."""
    assert ask(wire, "ListTables", body)[2] == {"__type": f"{FRAMEWORK}SerializationException"}


def test_members_that_the_service_does_not_know_are_passed_over(wire, shop):
    """As by AWS, so that newer clients work; null is as good as nothing."""
    request = {"TableName": "shop", "Key": {"PK": {"S": "a", "N": None}}, "Colour": "red", "self": 1,
               "ProjectionExpression": None}
    assert ask(wire, "GetItem", request)[0::2] == (200, {})


@pytest.mark.parametrize("target", ["DynamoDB_20120810.Fly", "DynamoDB_20111205.GetItem", "GetItem", "", None,
                                    "DynamoDBStreams_20120810.GetItem", "DynamoDB_20120810.__init__"])
def test_an_operation_that_is_not_there_is_unknown(wire, target):
    """Whatever the header says."""
    assert ask(wire, "", {}, X_Amz_Target=target)[0::2] == (400, UNKNOWN)


def test_plain_json_is_unknown(wire):
    """AWS goes no further with this content type."""
    assert ask(wire, "ListTables", {}, Content_Type="application/json")[0::2] == (400, UNKNOWN)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_another_content_type_is_not_found(wire, kind):
    """With AWS's own page."""
    status, headers, body = ask(wire, "ListTables", {}, Content_Type=kind)
    assert (status, body, headers["x-amz-crc32"]) == (404, b"<UnknownOperationException/>\n", "3552371480")


def test_a_content_type_may_tell_its_characters(wire):
    """Parameters and capitals do not matter."""
    assert ask(wire, "ListTables", {}, Content_Type="Application/X-Amz-JSON-1.0; charset=utf-8")[0] == 200


@pytest.mark.parametrize("headers, kind", [
    ({"Content_Type": "application/json"}, "application/json"), ({"Content_Type": None}, "application/json"), ({},
     "application/x-amz-json-1.0")])
def test_a_refusal_has_the_content_type_of_the_request(wire, headers, kind):
    """Which is plain JSON where the request tells none."""
    body = b"" if headers.get("Content_Type", "") is None else b"{}"
    status, told, answer = ask(wire, "Fly", body, **headers)
    assert (status, told["content-type"], answer) == (400, kind, UNKNOWN)


def test_pages_of_anywhere_may_ask(wire):
    """They are told so before they ask, and with the answer."""
    wire.send(b"OPTIONS / HTTP/1.1\r\nHost: here\r\nOrigin: there\r\nAccess-Control-Request-Method: POST\r\n"
              b"Access-Control-Request-Headers: x-amz-target\r\n\r\n")
    status, headers, body = wire.read()
    assert (status, body) == (200, b"")
    assert {name: content for name, content in headers.items() if name.startswith("access")} == {
        "access-control-allow-origin": "*", "access-control-allow-methods": "POST",
        "access-control-allow-headers": "x-amz-target", "access-control-max-age": "172800"}
    assert ask(wire, "ListTables", {}, Origin="there")[1]["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in ask(wire, "ListTables", {})[1]


def ask_signed_in_the_target(wire, query, **headers):
    """Send a request with a signature among the parameters of its target."""
    wire.send(message("ListTables", {}, **headers).replace(b"POST / ", f"POST /?{query} ".encode()))
    return json.loads(wire.read()[2])


def test_a_request_may_be_signed_in_its_target(wire):
    """A presigned request: each part is asked for, and there is one signature, not two."""
    whole = "X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c&X-Amz-SignedHeaders=d&X-Amz-Date=e"
    assert ask_signed_in_the_target(wire, whole, Authorization=None) == {"TableNames": []}
    assert ask_signed_in_the_target(wire, whole.replace("&X-Amz-SignedHeaders=d", ""), Authorization=None) == {
        "__type": f"{FRAMEWORK}IncompleteSignatureException",
        "message": "AWS query-string parameters must include 'X-Amz-SignedHeaders'. Re-examine the query-string "
        "parameters."}
    assert ask_signed_in_the_target(wire, whole) == {
        "__type": f"{FRAMEWORK}InvalidSignatureException",
        "message": "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."}


@pytest.mark.parametrize("authorization", [None, "Basic dTpw", "AWS4", ""])
def test_a_request_that_is_not_signed_is_refused(wire, authorization):
    """As by AWS."""
    assert ask(wire, "ListTables", {}, Authorization=authorization)[2] == {
        "__type": f"{FRAMEWORK}MissingAuthenticationTokenException",
        "message": "Request is missing Authentication Token"}


@pytest.mark.parametrize("headers, missing", [
    ({"Authorization": "AWS4-"}, ["'Credential' p", "'Signature' p", "'SignedHeaders' p"]),
    ({"Authorization": SIGNATURE.partition(", Signature")[0]}, ["'Signature' p"]),
    ({"X_Amz_Date": None}, ["existence of either a 'X-Amz-Date' or a 'Date' header"]),
])
def test_a_signature_that_is_not_whole_is_refused(wire, headers, missing):
    """The form alone is checked: what is missing is told."""
    body = ask(wire, "ListTables", {}, **headers)[2]
    assert body["__type"] == f"{FRAMEWORK}IncompleteSignatureException"
    assert body["message"].count("Authorization header requires") == len(missing)
    assert all(part in body["message"] for part in missing)


@pytest.mark.parametrize("authorization", [
    SIGNATURE.replace(", ", ","), SIGNATURE.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
    "AWS4-HMAC-SHA256 Signature=0, SignedHeaders=host, Credential=any",
])
def test_any_credentials_will_do(wire, authorization):
    """Whoever signs is let in."""
    assert ask(wire, "ListTables", {}, Authorization=authorization)[0] == 200


def test_somebody_who_only_looks_is_told_that_all_is_well(wire):
    """As AWS answers GET / of a load balancer; anything else is not there."""
    wire.send(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
    assert wire.read()[0::2] == (200, b"healthy: here ")
    wire.send(b"HEAD / HTTP/1.1\r\nHost: here\r\n\r\n")
    assert wire.read_head()[0] == 200
    wire.send(b"DELETE /shop HTTP/1.1\r\nHost: here\r\n\r\n")
    assert wire.read()[0] == 404


def test_a_text_without_utf8_is_refused(wire, shop):
    """A lone surrogate can be written in JSON, and nowhere else."""
    body = b'{"TableName":"shop","Key":{"PK":{"S":"\\ud800"}}}'
    assert ask(wire, "GetItem", body)[2]["__type"] == f"{FRAMEWORK}SerializationException"
    assert ask(wire, "DescribeTable", b'{"TableName":"a\\ud800c"}')[0] == 400


def test_a_fault_of_the_engines_is_an_error_500(wire, server, caplog, monkeypatch):
    """It is told to the client without a trace, and in the log with it; the server goes on."""
    def fail(**request):
        raise ZeroDivisionError("a mistake")

    from pynamite.local.server import service

    monkeypatch.setattr(service, "check_signature", fail)
    status, _, body = ask(wire, "ListTables", {})
    assert (status, body["__type"]) == (500, f"{OWN}InternalServerError")
    assert "a mistake" not in body["message"]
    assert "ListTables cannot be answered" in caplog.text
    monkeypatch.undo()
    assert ask(wire, "ListTables", {})[0] == 200
