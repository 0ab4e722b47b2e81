"""What comes in and goes out as JSON, checked by pydantic.

These are not the entities: what a client may send is less than what is stored, and what it gets may be more.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from .models import Status

T = TypeVar("T")

Name = Annotated[str, Field(min_length=1, max_length=200)]
Sku = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,40}$")]
Price = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=2)]
# DynamoDB keeps numbers, not their trailing zeros.
Amount = Annotated[Decimal, PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str)]
Quantity = Annotated[int, Field(ge=1, le=1_000_000)]


class Given(BaseModel):
    """A body of a request: what it does not know, it refuses."""

    model_config = ConfigDict(extra="forbid")


class Shown(BaseModel):
    """A body of an answer, read from an instance's attributes."""

    model_config = ConfigDict(from_attributes=True)


class NewCustomer(Given):
    """Somebody who registers."""

    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
    name: Name


class CustomerShown(Shown):
    """A customer."""

    customer_id: str
    email: str
    name: str
    created: datetime


class ProductDetails(Given):
    """What can be changed of a product."""

    name: Name
    category: Name
    price: Price


class NewProduct(ProductDetails):
    """A product that comes into the range."""

    sku: Sku
    on_hand: Annotated[int, Field(ge=0)] = 0


class ProductShown(Shown):
    """A product."""

    sku: str
    name: str
    category: str
    price: Amount


class ProductInStock(ProductShown):
    """A product, and how many there are."""

    on_hand: int


class Delivery(Given):
    """So many have come in."""

    quantity: Quantity


class LineGiven(Given):
    """So many of a product."""

    sku: Sku
    quantity: Quantity


class NewOrder(Given):
    """What somebody orders. Two writes for each line: with 40 of them, a transaction holds all."""

    lines: Annotated[list[LineGiven], Field(min_length=1, max_length=40)]

    def quantities(self) -> dict[str, int]:
        """Give how many are wanted of each product, however many lines name it."""
        wanted: dict[str, int] = {}
        for line in self.lines:
            wanted[line.sku] = wanted.get(line.sku, 0) + line.quantity
        return wanted


class LineShown(Shown):
    """So many of a product, at the price that it had."""

    sku: str
    quantity: int
    price: Amount


class OrderShown(Shown):
    """An order."""

    customer_id: str
    order_id: str
    status: Status
    lines: list[LineShown]
    total: Amount
    placed: datetime


class NewStatus(Given):
    """Where an order shall go."""

    status: Status


class PageShown(Shown, Generic[T]):
    """A part of a list; ``cursor`` asks for the next one, and is null at the end."""

    items: list[T]
    cursor: str | None
