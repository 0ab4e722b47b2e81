"""What a table is said to be and is not, in one file: its class, encryption and limits of throughput; its tags.

The engine keeps and tells these, so that who asks for them finds what was set; they change nothing of what it does.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pynamite.local.failures import invalid, invalid_parameter, not_in_set

__all__ = ["SETTINGS", "apply_settings", "check_settings", "check_tag_count", "check_tags", "described_settings"]

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
        raise not_in_set("TableClass", kind, _CLASSES)
    encryption = request.get("SSESpecification", {})
    if encryption.get("SSEType", "KMS") not in _ENCRYPTIONS:
        raise not_in_set("sSESpecification.sSEType", encryption["SSEType"], _ENCRYPTIONS)
    if encryption.get("KMSMasterKeyId") is not None and not encryption.get("Enabled"):
        raise invalid_parameter("KMSMasterKeyId can only be specified when encryption is enabled")
    if abroad := next((name for name in _ABROAD if request.get(name)), None):
        raise invalid(f"The embedded engine is one file in one place, and has no {abroad}; leave it out")
    if request.get("ResourcePolicy"):
        raise invalid("The embedded engine knows no users, and has no ResourcePolicy; leave it out")


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
    for place, tag in enumerate(tags, 1):
        key, value = tag["Key"], tag["Value"]
        for name, text, most in (("key", key, _LONGEST_KEY), ("value", value, _LONGEST_VALUE)):
            if len(text) > most:
                raise invalid(f"1 validation error detected: Value '{text}' at 'tags.{place}.member.{name}' failed to "
                              f"satisfy constraint: Member must have length less than or equal to {most}")
        if key.lower().startswith("aws:"):
            raise invalid_parameter(f"Tag keys that begin with aws: are the service's own: {key}")
        if key in found:
            raise invalid_parameter(f"Duplicate tag key: {key}")
        found[key] = value
    check_tag_count(found)
    return found


def check_tag_count(tags: Mapping[str, str]) -> None:
    """Check that a table does not get more tags than it may have."""
    if len(tags) > _MOST_TAGS:
        raise invalid_parameter(f"A table has at most {_MOST_TAGS} tags")
