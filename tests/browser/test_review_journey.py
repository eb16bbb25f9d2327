"""A candidate questions a score, and staff reviews the interview, in two browsers."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.test_journey import ANSWERS, start_interview

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

OBJECTION = "I did name the number: from 900 to 250 milliseconds."
VERDICT = "You are right, the number is there. I changed the score."
WIDTHS = (360, 1280)


def hold_interview(page: Page) -> str:
    """Answer two questions and end; return the address of the report."""
    start_interview(page)
    log = page.get_by_role("log", name="Transcript")
    box = page.get_by_role("textbox", name="Your answer")
    for text in ANSWERS[:2]:
        said = log.get_by_role("article").count()
        box.fill(text)
        page.get_by_role("button", name="Send answer").click()
        expect(log.get_by_role("article")).to_have_count(said + 2)
        expect(box).to_have_value("")
    page.goto(f"{page.url.partition('#')[0]}end/")
    page.get_by_role("button", name="End interview").click()
    expect(page.get_by_role("heading", name="Report", level=1)).to_be_visible()
    return page.url


def test_a_score_is_questioned_reviewed_and_exported(
    person: Watched, reviewer: Watched
) -> None:
    candidate = person.open("/interviews/new/")
    report = hold_interview(candidate)
    candidate.get_by_text("Question this score").first.click()
    candidate.get_by_label("What is not right about it?").first.fill(OBJECTION)
    candidate.get_by_role("button", name="Send to a reviewer").first.click()
    expect(candidate.get_by_text("waiting for an answer")).to_be_visible()

    # Found by its id, and in the queue.
    wanted = report.rstrip("/").split("/")[-2]
    page = reviewer.open("/admin/sessions_app/dispute/")
    page.locator("#result_list a[href*='dispute']").first.wait_for()
    page.goto(page.url.replace("dispute/", f"interviewsession/?q={wanted}"))
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    page.locator("#result_list th a").last.click()
    expect(page.get_by_text(OBJECTION)).to_be_visible()

    # By keyboard alone: a note at the first answer.
    answer = page.locator("li[data-role='candidate']").first
    answer.locator("summary").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Good example.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="Note")).to_contain_text(
        "Good example."
    )

    page.get_by_role("radio", name="Change the score").check()
    page.get_by_label("New score, 0 to 100, when it changes").fill("88")
    page.get_by_label("Answer to the candidate").fill(VERDICT)
    page.get_by_role("button", name="Answer the dispute").click()
    answered = page.get_by_role("heading", name="Dispute: The score was changed")
    expect(answered).to_be_visible()

    page.get_by_text("Change the interview's score").click()
    page.locator("#score--value").fill("64")
    page.locator("#score--reason").fill("Two readers agree.")
    page.locator("#score- button").click()
    expect(page.locator("#overview ~ table").first).to_contain_text(
        "changed by a reviewer"
    )
    page.get_by_role("button", name="Mark as reviewed").click()
    expect(page.get_by_role("button", name="Take my mark back")).to_be_visible()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    # The candidate reads the answer, and what became of the score.
    candidate.goto(report)
    expect(candidate.get_by_text(VERDICT)).to_be_visible()
    expect(candidate.locator("body")).to_contain_text("64 of 100")
    expect(candidate.locator("body")).not_to_contain_text("Two readers agree.")

    # The file comes from the server that people use.
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(
        f"{page.url.partition('/admin/')[0]}/admin/sessions_app/interviewsession/?q={wanted}"
    )
    page.locator("#result_list input.action-select").check()
    page.get_by_label("Action:").select_option(label="Export selected as JSON")
    with page.expect_download() as download:
        page.get_by_role("button", name="Go").click()
    (document,) = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert document["interview"] == wanted
    assert document["interview_score"] == 64
    assert document["disputes"][0]["answer"] == VERDICT

    page.goto(f"{page.url.partition('/admin/')[0]}/admin/")
    page.get_by_role("link", name="Operations").click()
    expect(page.get_by_role("heading", name="Now")).to_be_visible()
    expect(page.get_by_text("Answer sent → whole reply")).to_be_visible()
