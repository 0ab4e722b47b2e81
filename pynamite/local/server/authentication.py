"""Signatures, checked for their form alone: any credentials will do, but a request has to be signed as for AWS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from pynamite.local.failures import RefusedError

__all__ = ["check_signature"]

_WELL_FORMED = re.compile(r"AWS4-[A-Z0-9-]+ Credential=[^,\s]+, ?SignedHeaders=[^,\s]+, ?Signature=[^,\s]+")
_PARAMETERS = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date")
_PARTS = ("Credential", "Signature", "SignedHeaders")


def check_signature(headers: Mapping[str, str], target: str = "/") -> None:
    """Check that a request is signed, in the form of AWS Signature Version 4: in a header, or in its ``target``.

    Raises:
        RefusedError: there is no signature, there are two, or one lacks a part, in the words of the service.
    """
    query = _query(target)
    told = headers.get("authorization", "").strip()
    if query is not None and told:
        raise RefusedError(
            "InvalidSignatureException",
            "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")
    if query is not None:
        _check_query(query)
    elif not told.startswith("AWS4-"):
        raise RefusedError("MissingAuthenticationTokenException", "Request is missing Authentication Token")
    else:
        _check_header(told, dated="x-amz-date" in headers or "date" in headers)


def _query(target: str) -> Mapping[str, str] | None:
    """Give the parameters in a target that has a signature; None where it has none."""
    if "X-Amz-Algorithm" not in target:
        return None
    query = dict(parse_qsl(target.partition("?")[2], keep_blank_values=True))
    return query if "X-Amz-Algorithm" in query else None


def _check_query(query: Mapping[str, str]) -> None:
    missing = [f"AWS query-string parameters must include '{name}'. " for name in _PARAMETERS if not query.get(name)]
    if missing:
        raise RefusedError(
            "IncompleteSignatureException", f"{''.join(missing)}Re-examine the query-string parameters.")


def _check_header(told: str, *, dated: bool) -> None:
    if dated and _WELL_FORMED.fullmatch(told):
        return
    given = dict(_pair(part) for part in re.split("[, ]", told)[1:])
    complaints = [f"Authorization header requires '{part}' parameter. " for part in _PARTS if not given.get(part)]
    if not dated:
        complaints.append(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ")
    if complaints:
        raise RefusedError("IncompleteSignatureException", f"{''.join(complaints)}Authorization={told}")


def _pair(part: str) -> tuple[str, str]:
    name, _, value = part.strip().partition("=")
    return name, value
