"""What routes ask for: repositories, and the parameters that several of them share."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Header, HTTPException, Query, Request

from pynamite import Store

from .repositories import Customers, Orders, Products


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


StoreOfApp = Annotated[Store, Depends(_store)]


def _customers(store: StoreOfApp) -> Customers:
    return Customers(store)


def _products(store: StoreOfApp) -> Products:
    return Products(store)


def _orders(store: StoreOfApp) -> Orders:
    return Orders(store)


CustomersOfShop = Annotated[Customers, Depends(_customers)]
ProductsOfShop = Annotated[Products, Depends(_products)]
OrdersOfShop = Annotated[Orders, Depends(_orders)]

Size = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
Cursor = Annotated[str | None, Query(description="Where to go on: what the page before gave.")]


def etag(version: int) -> str:
    """Give a version as the value of the header ETag."""
    return f'"{version}"'


def _expected_version(if_match: Annotated[str | None, Header()] = None) -> int:
    if if_match is None:
        raise HTTPException(HTTPStatus.PRECONDITION_REQUIRED, "say which version you change: If-Match, with its ETag")
    version = re.fullmatch(r'"([1-9][0-9]{0,17})"', if_match)
    if version is None:
        raise HTTPException(HTTPStatus.PRECONDITION_FAILED, "If-Match is no ETag of this API")
    return int(version[1])


ExpectedVersion = Annotated[int, Depends(_expected_version)]
