"""What the shop itself refuses, in its own words."""

from __future__ import annotations


class ShopError(Exception):
    """Something that a shop does not do."""


class OutOfStockError(ShopError):
    """There are not as many of a product as were ordered."""

    def __init__(self, sku: str, left: int) -> None:
        super().__init__(f"of product {sku!r} there are {left}")
        self.sku = sku
        self.left = left


class UnknownProductError(ShopError):
    """An order names products that there are not."""


class PriceChangedError(ShopError):
    """A product was changed while it was ordered: the customer may want to know."""


class WrongStatusError(ShopError):
    """An order cannot go from where it is to where it shall."""
