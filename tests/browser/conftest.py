"""A real browser against the whole product, started once for all journeys."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from interviewer.runtime.product import Product, started_product
from tests.platform.conftest import PROJECT_DIR

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    with serving_product() as product:
        yield product


PASSWORD = "correct horse battery"


@pytest.fixture(scope="session")
def administrator(product: Product) -> str:
    """The e-mail address of an administrator of the running product."""
    subprocess.run(
        [sys.executable, "manage.py", "createsuperuser", "--no-input"],
        cwd=PROJECT_DIR,
        env={
            **os.environ,
            "DATA_DIR": str(product.data_dir),
            "REDIS_URL": "",
            "DJANGO_SUPERUSER_EMAIL": "charlie@example.org",
            "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        },
        check=True,
    )
    return "charlie@example.org"


@contextlib.contextmanager
def serving_product(**settings: str) -> Iterator[Product]:
    """Run the whole product with these environment variables."""
    # The tests' own servers stay theirs: this product starts its own.
    inherited = {
        name: value for name, value in os.environ.items() if name not in ("REDIS_URL",)
    }
    environment = {**inherited, **settings}
    with (
        tempfile.TemporaryDirectory(prefix="interviewer-browser-") as directory,
        started_product(data_dir=Path(directory), environment=environment) as product,
    ):
        product.wait_until(product.is_serving, what="the product")
        yield product


# Closed after each module: while it is open, Playwright's event loop occupies the
# thread, and Django would refuse database work in the tests that follow.
@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser
        browser.close()


class Watched:
    """A browser context that notes everything that should not have happened."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.context = context
        self.problems: list[str] = []
        self._origin = origin

    def open(self, path: str) -> Page:
        page = self.context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", self._request)
        page.goto(self._origin + path.lstrip("/"))
        return page

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self.problems.append(message.text)

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self._origin, "data:")):
            self.problems.append(f"request to {request.url}")


@pytest.fixture
def person(browser: Browser, product: Product) -> Iterator[Watched]:
    """A visitor with a clean browser; anything odd in it fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(15_000)
    watched = Watched(context, product.url)
    yield watched
    context.close()
    assert watched.problems == []


def sign_in_as_administrator(page: Page, email: str) -> None:
    """Sign in on the admin's own page."""
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="Operations").wait_for()


@pytest.fixture
def reviewer(
    browser: Browser, product: Product, administrator: str
) -> Iterator[Watched]:
    """A signed-in administrator with a browser of their own."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(15_000)
    watched = Watched(context, product.url)
    sign_in_as_administrator(watched.open("/admin/"), administrator)
    yield watched
    context.close()
    assert watched.problems == []


@pytest.fixture
def plain_person(browser: Browser, product: Product) -> Iterator[Watched]:
    """The same with scripts switched off, on a narrow screen."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, java_script_enabled=False
    )
    context.set_default_timeout(15_000)
    watched = Watched(context, product.url)
    yield watched
    context.close()
    assert watched.problems == []
