"""The app: `uvicorn examples.shop_api.app:create_app --factory`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from . import customers, orders, problems, products
from .models import table
from .settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """Make the app, by the environment's settings unless others are given; nothing is opened before it starts."""
    chosen = Settings.from_environment() if settings is None else settings

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with table.connect(chosen.database, name=chosen.table, secret=chosen.cursor_secret) as store:
            store.create_table(exist_ok=True)
            app.state.store = store
            yield

    app = FastAPI(title="A shop", version="1", lifespan=lifespan)
    problems.install(app)
    for module in (customers, products, orders):
        app.include_router(module.router)
    return app
