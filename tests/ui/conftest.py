"""A browser that is answered from the templates and static files, without a server."""

from __future__ import annotations

import mimetypes

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from playwright.sync_api import sync_playwright

from tests.ui import samples
from tests.ui.page import render

ORIGIN = "http://pages.test"
POLICY = "; ".join(
    f"{name} {' '.join(values)}"
    for name, values in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


# Closed after each module: an open one keeps Django from database work.
@pytest.fixture(scope="module")
def browser_context(chromium_path):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        # Without motion nothing is measured halfway between two colors.
        yield browser.new_context(
            base_url=ORIGIN, timezone_id="UTC", reduced_motion="reduce"
        )
        browser.close()


@pytest.fixture
def page(browser_context):
    """A page at a usual size; an error or a CSP violation in it fails the test."""
    page = browser_context.new_page()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.set_default_timeout(10_000)
    page.route("**/*", serve)
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda message: problems.append(message.text) if is_refusal(message) else None,
    )
    yield page
    page.close()
    assert problems == []


def is_refusal(message):
    """Say whether the browser refused something; failed requests are often wanted."""
    return message.type == "error" and "Failed to load resource" not in message.text


def serve(route):
    path = route.request.url.removeprefix(ORIGIN).split("?")[0]
    name = path.strip("/")
    if path.startswith("/static/"):
        file = finders.find(path.removeprefix("/static/"))
        type_ = mimetypes.guess_type(path)[0] or "application/octet-stream"
        route.fulfill(path=file, content_type=type_)
    elif name in samples.pages():
        show(route, render(*samples.pages()[name]).html)
    else:
        route.fulfill(status=204)


def show(route, html):
    route.fulfill(
        body=html,
        content_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": POLICY},
    )
