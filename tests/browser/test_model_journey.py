"""An interview that a chat model words, in a browser, until the model breaks off."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from interviewer.benchmarks.fake_provider import (
    Latency,
    RunningProvider,
    fake_provider,
)
from interviewer.runtime.product import Product
from tests.browser.conftest import Watched, serving_product
from tests.browser.test_journey import ANSWERS, start_interview

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BROKE_OFF = "The language model broke off; the built-in interviewer continue"


@pytest.fixture(scope="module")
def provider() -> Iterator[RunningProvider]:
    with fake_provider(latency=Latency(per_token=0.1)) as provider:
        yield provider


@pytest.fixture(scope="module")
def product(provider: RunningProvider) -> Iterator[Product]:
    """The product with a model; it takes the place of the one without."""
    with serving_product(
        INTERVIEWER_MODEL="openai:fake",
        INTERVIEWER_MODEL_URL=provider.base_url,
        OPENAI_API_KEY="none",
    ) as product:
        yield product


def wait_until_it_grows(draft: Locator) -> None:
    """Return in mid-sentence, after words were added to words."""
    expect(draft).to_have_text(re.compile(r"\w+ \w+"), timeout=15_000)
    begun = draft.inner_text()
    expect(draft).to_have_text(re.compile(rf"{re.escape(begun)}\s*\S+"))


def test_a_model_that_breaks_off_is_stood_in_for_and_the_report_tells(
    person: Watched, provider: RunningProvider
) -> None:
    page = person.open("/interviews/new/")
    start_interview(page)
    log = page.get_by_role("log", name="Transcript")
    articles = log.get_by_role("article")
    draft = log.locator("[data-draft] .message-text")
    box = page.get_by_role("textbox", name="Your answer")

    box.fill(ANSWERS[0])
    page.get_by_role("button", name="Send answer").click()
    wait_until_it_grows(draft)
    expect(articles).to_have_count(4)
    expect(articles.last).to_contain_text("language model")

    box.fill(ANSWERS[1])
    page.get_by_role("button", name="Send answer").click()
    wait_until_it_grows(draft)
    provider.abort_streams()
    expect(articles).to_have_count(6)
    expect(articles.last).to_contain_text(f"{BROKE_OFF}s.")
    expect(articles.last).to_contain_text("built-in interviewer")
    expect(draft).to_have_count(0)

    page.get_by_role("button", name="End interview").click()
    page.get_by_role("dialog").get_by_role("button", name="End interview").click()
    receipt = page.get_by_role("region", name="Receipt")
    expect(receipt).to_contain_text("(1 failed)")
    expect(receipt).to_contain_text(re.compile(rf"After question \d+\s*{BROKE_OFF}d"))
