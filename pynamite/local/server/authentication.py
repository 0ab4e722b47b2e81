"""Signatures, checked for their form alone: any credentials will do, but a request has to be signed as for AWS."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pynamite.local.failures import RefusedError

__all__ = ["check_signature"]

_WELL_FORMED = re.compile(r"AWS4-[A-Z0-9-]+ Credential=[^,\s]+, ?SignedHeaders=[^,\s]+, ?Signature=[^,\s]+")
_PARTS = ("Credential", "Signature", "SignedHeaders")


def check_signature(headers: Mapping[str, str]) -> None:
    """Check that a request is signed, in the form of AWS Signature Version 4.

    Raises:
        RefusedError: there is no Authorization header, or it lacks a part, in the words of the service.
    """
    told = headers.get("authorization", "").strip()
    if not told.startswith("AWS4-"):
        raise RefusedError("MissingAuthenticationTokenException", "Request is missing Authentication Token")
    dated = "x-amz-date" in headers or "date" in headers
    if dated and _WELL_FORMED.fullmatch(told):
        return
    given = dict(_pair(part) for part in told.partition(" ")[2].split(","))
    complaints = [f"Authorization header requires '{part}' parameter. " for part in _PARTS if not given.get(part)]
    if not dated:
        complaints.append(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ")
    if complaints:
        raise RefusedError("IncompleteSignatureException", f"{''.join(complaints)}Authorization={told}")


def _pair(part: str) -> tuple[str, str]:
    name, _, value = part.strip().partition("=")
    return name, value
