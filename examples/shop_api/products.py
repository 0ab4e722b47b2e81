"""Products, and how many there are."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Response

from .bodies import Delivery, NewProduct, PageShown, ProductDetails, ProductInStock, ProductShown
from .dependencies import Cursor, ExpectedVersion, ProductsOfShop, Size, etag
from .models import Product

router = APIRouter(prefix="/products", tags=["products"])


@router.post("", status_code=HTTPStatus.CREATED)
def add(body: NewProduct, products: ProductsOfShop, response: Response) -> ProductInStock:
    """Take a product into the range; a SKU that is taken is a 409."""
    product = products.add(
        Product(sku=body.sku, name=body.name, category=body.category, price=body.price), body.on_hand)
    response.headers["Location"] = f"/products/{product.sku}"
    return _shown(product, body.on_hand, response)


@router.get("")
def in_category(
    category: str, products: ProductsOfShop, size: Size = 20, cursor: Cursor = None
) -> PageShown[ProductShown]:
    """List what is sold in a category."""
    return PageShown[ProductShown].model_validate(products.of_category(category, size, cursor))


@router.get("/{sku}")
def show(sku: str, products: ProductsOfShop, response: Response) -> ProductInStock:
    """Show a product; its ETag is the version that a change has to name."""
    product, on_hand = products.with_stock(sku)
    return _shown(product, on_hand, response)


@router.put("/{sku}", response_model=ProductShown)
def change(
    sku: str, body: ProductDetails, version: ExpectedVersion, products: ProductsOfShop, response: Response
) -> Product:
    """Change a product, if it is still the one of the header If-Match; if it is not, that is a 412."""
    # One conditional write, and no read: an instance of a version replaces this version only.
    product = products.put(
        Product(sku=sku, name=body.name, category=body.category, price=body.price, version=version))
    response.headers["ETag"] = etag(product.version)
    return product


@router.post("/{sku}/deliveries")
def deliver(sku: str, body: Delivery, products: ProductsOfShop) -> dict[str, int]:
    """Count what has come in."""
    return {"on_hand": products.restock(sku, body.quantity)}


def _shown(product: Product, on_hand: int, response: Response) -> ProductInStock:
    response.headers["ETag"] = etag(product.version)
    return ProductInStock(
        sku=product.sku, name=product.name, category=product.category, price=product.price, on_hand=on_hand)
