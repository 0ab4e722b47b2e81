"""Make the pictures of docs/images: the page of a shop, at a desk and in a hand, light and dark.

    make images

It needs Chromium, and looks best with the fonts Inter and JetBrains Mono (Debian and Ubuntu: apt-get install chromium
fonts-inter fonts-jetbrains-mono). The shop is that of examples/designs/ecommerce.py.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import sync_playwright

from examples.designs.ecommerce import (
    Address,
    Customer,
    Order,
    OrderItem,
    Status,
    create_customer,
    place_order,
    shop_table,
)
from pynamite import Store
from tests.browser import chromium

IMAGES = Path(__file__).parent / "images"

SIZES = {"desktop": (1280, 860), "phone": (390, 844)}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

Things = list[tuple[str, str, int]]


def fill(store: Store) -> None:
    """Let three customers buy coffee."""
    customers = [
        Customer(username="ann", email="ann@example.com", name="Ann Keller", addresses={
            "home": Address("Marktgasse 12", "Bern", "CH"), "work": Address("Europaallee 5", "Zürich", "CH")}),
        Customer(username="björn", email="bjorn@example.org", name="Björn Dahl", addresses={
            "home": Address("Storgata 4", "Oslo", "NO")}),
        Customer(username="chiara", email="chiara@example.net", name="Chiara Rossi"),
    ]  # fmt: skip
    for customer in customers:
        create_customer(store, customer)
    buy(store, "ann", "0504-7QK2", (2026, 5, 4, 9, 31), "DELIVERED", [("Moka pot, 6 cups", "38.50", 1)])
    buy(store, "ann", "0519-M3XA", (2026, 5, 19, 17, 2), "SHIPPED", [
        ("Espresso beans, 1 kg", "24.90", 2), ("Descaler", "7.50", 1)])  # fmt: skip
    buy(store, "björn", "0521-9TZC", (2026, 5, 21, 20, 45), "PLACED", [("Hand grinder", "89.00", 1)])


def buy(store: Store, username: str, order_id: str, at: tuple[int, ...], status: Status, things: Things) -> None:
    """Place one order."""
    items = [
        OrderItem(order_id=order_id, item_id=f"{number}", description=name, price=Decimal(price), quantity=quantity)
        for number, (name, price, quantity) in enumerate(things, start=1)
    ]
    year, month, day, hour, minute = at
    amount = sum((item.price * item.quantity for item in items), Decimal(0))
    order = Order(username=username, order_id=order_id, placed_at=datetime(year, month, day, hour, minute, tzinfo=UTC),
                  amount=amount, number_of_items=len(items), status=status)  # fmt: skip
    place_order(store, order, items)


def photograph(page: Path) -> None:
    """Take the pictures of a page: the table in every size and theme, and the index in one of them."""
    with sync_playwright() as playwright, chromium(playwright) as browser:
        for size, (width, height) in SIZES.items():
            for theme in THEMES:
                options: dict[str, Any] = {"viewport": {"width": width, "height": height}, "color_scheme": theme}
                tab = browser.new_page(**options)
                tab.goto(page.as_uri())
                tab.screenshot(path=IMAGES / f"table-{size}-{theme}.png")
                if (size, theme) == ("desktop", "light"):
                    tab.get_by_role("tab", name="GSI1").click()
                    tab.screenshot(path=IMAGES / f"index-{size}-{theme}.png")
                tab.close()


def main() -> None:
    """Fill a shop, draw it, and take its pictures."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, shop_table("shop").connect("sqlite://") as store:
        store.create_table()
        fill(store)
        photograph(store.to_html(Path(folder) / "shop.html"))


if __name__ == "__main__":
    main()
