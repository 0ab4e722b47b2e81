"""What a table is said to be and is not, in one file: its class, encryption and limits of throughput; its tags.

The engine keeps and tells these, so that who asks for them finds what was set; they change nothing of what it does.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pynamite.local.failures import invalid, invalid_parameter, not_in_set

__all__ = [
    "SETTINGS", "apply_settings", "check_settings", "check_tag_count", "check_tag_key", "check_tags",
    "described_settings"]

SETTINGS = ("TableClass", "SSESpecification", "OnDemandThroughput", "WarmThroughput")
_CLASSES = ("STANDARD", "STANDARD_INFREQUENT_ACCESS")
_ENCRYPTIONS = ("AES256", "KMS")
_ABROAD = (
    "ReplicaUpdates", "MultiRegionConsistency", "GlobalTableWitnessUpdates", "GlobalTableSettingsReplicationMode")
_MOST_TAGS = 50
_LONGEST_KEY, _LONGEST_VALUE = 128, 256
_DEFAULT_KEY = "arn:aws:kms:local:000000000000:key/aws-dynamodb"


def check_settings(request: Mapping[str, Any]) -> None:
    """Refuse settings that there are not, and those that one file cannot have.

    Raises:
        RefusedError: in the service's words, or in the engine's own where the service has replicas and policies.
    """
    kind = request.get("TableClass")
    if kind is not None and kind not in _CLASSES:
        raise invalid("Invalid table-class parameter provided. Please try again with a valid table-class value: "
                      f"[{', '.join(_CLASSES)}].")
    _check_encryption(request.get("SSESpecification", {}))
    if abroad := next((name for name in _ABROAD if request.get(name)), None):
        raise invalid(f"The embedded engine is one file in one place, and has no {abroad}; leave it out")
    if request.get("ResourcePolicy"):
        raise invalid("The embedded engine knows no users, and has no ResourcePolicy; leave it out")


def _check_encryption(encryption: Mapping[str, Any]) -> None:
    kind, key = encryption.get("SSEType"), encryption.get("KMSMasterKeyId")
    if kind is not None and kind not in _ENCRYPTIONS:
        raise not_in_set("sSESpecification.sSEType", kind, _ENCRYPTIONS)
    if encryption.get("Enabled") is False:
        for name, told in (("SSEType", kind), ("KMSMasterKeyId", key)):
            if told is not None:
                raise invalid_parameter(f"{name} can not be specified if Enabled is false")
    if key is not None and kind != "KMS":
        raise invalid_parameter("SSEType KMS is required if KMSMasterKeyId is specified")
    if kind == "AES256":
        raise invalid_parameter("SSEType AES256 is not supported")


def apply_settings(description: dict[str, Any], request: Mapping[str, Any], *, update: bool) -> None:
    """Note the settings of a request in a table's description."""
    for name in SETTINGS:
        if name in request:
            description[name] = request[name]
    if update and "TableClass" in request:
        description["TableClassSince"] = time.time()


def described_settings(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Give the settings as DescribeTable tells them."""
    told: dict[str, Any] = {}
    if "TableClass" in stored:
        told["TableClassSummary"] = {"TableClass": stored["TableClass"]}
        if "TableClassSince" in stored:
            told["TableClassSummary"]["LastUpdateDateTime"] = datetime.fromtimestamp(stored["TableClassSince"], UTC)
    encryption = stored.get("SSESpecification", {})
    if encryption.get("Enabled"):
        told["SSEDescription"] = {
            "Status": "ENABLED", "SSEType": encryption.get("SSEType", "KMS"),
            "KMSMasterKeyArn": encryption.get("KMSMasterKeyId", _DEFAULT_KEY)}
    if "OnDemandThroughput" in stored:
        told["OnDemandThroughput"] = stored["OnDemandThroughput"]
    if "WarmThroughput" in stored:
        told["WarmThroughput"] = {**stored["WarmThroughput"], "Status": "ACTIVE"}
    return told


def check_tags(tags: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Check tags and give their values by key: Developer Guide, "Adding tags and labels to resources"."""
    found: dict[str, str] = {}
    for tag in tags:
        key, value = tag.get("Key"), tag.get("Value")
        check_tag_key(key)
        if value is None or len(value) > _LONGEST_VALUE:
            raise invalid(f"The Tag Value provided is invalid, Value: {'null' if value is None else value}")
        assert key is not None
        if key.lower().startswith("aws:"):
            raise invalid(f"Tag Key cannot be prefixed with aws:, Key: {key}")
        if key in found:
            raise invalid(f"Duplicate Tag Keys provided as input: Duplicate Tag Key found {key}")
        found[key] = value
    check_tag_count(found)
    return found


def check_tag_key(key: str | None) -> None:
    """Check that a tag's key is one."""
    if not key or len(key) > _LONGEST_KEY:
        raise invalid(f"The Tag Key provided is invalid, Key: {'null' if key is None else key}")


def check_tag_count(tags: Mapping[str, str]) -> None:
    """Check that a table does not get more tags than it may have."""
    if len(tags) > _MOST_TAGS:
        raise invalid("Number of Tags exceed the current limit for the provided ResourceArn")
