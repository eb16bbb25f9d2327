"""A whole interview in a browser, with scripts and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ANSWERS = [
    "In my last team I owned the public API of a parcel tracker. I measured which "
    "calls were slow, rewrote the two worst queries and as a result the latency went "
    "from 900 to 250 milliseconds.",
    "First I would look at the numbers and at what changed last, roll the release "
    "back if it fits in time, and tell everybody in one channel what we know.",
    "I would read the query plan, add the missing index without blocking writes, and "
    "check the latency before and after. If it does not help I take it out again.",
    "I proposed to write the idea down, asked two colleagues for the strongest "
    "argument against it, and changed my mind on one of the points.",
    "Each job carries a key that is stored with the result in one transaction, so "
    "running it twice changes nothing. A failed job is tried again with a delay.",
    "I would keep the old column, write to both, copy in batches, compare, switch "
    "the reads over and drop the old one in a later release.",
]
MOST_ANSWERS = 20


def start_interview(page: Page) -> None:
    page.get_by_role("radio", name="15 minutes").check()
    page.get_by_role("radio", name=re.compile("Practice")).check()
    page.get_by_role("button", name="Start interview").click()
    expect(page.get_by_role("log", name="Transcript")).to_be_visible()
    page.wait_for_load_state("load")  # from here on the scripts have run


def test_a_candidate_completes_an_interview_and_reads_the_report(
    person: Watched,
) -> None:
    page = person.open("/interviews/new/")
    start_interview(page)
    log = page.get_by_role("log", name="Transcript")
    box = page.get_by_role("textbox", name="Your answer")
    may_go_on = page.get_by_role("button", name="Send answer", disabled=False)
    may_read = page.get_by_role("link", name="See report").first
    expect(log.get_by_role("article")).to_have_count(2)

    for number in range(MOST_ANSWERS):
        said = log.get_by_role("article").count()
        box.fill(ANSWERS[number % len(ANSWERS)])
        page.get_by_role("button", name="Send answer").click()
        expect(log.get_by_role("article")).to_have_count(said + 2)
        # The turn goes on after its words: only then is known whether it was the last.
        expect(may_go_on.or_(may_read).first).to_be_visible()
        if may_read.is_visible():
            break
        expect(box).to_have_value("")

    assert number >= 4
    may_read.click()
    expect(page.get_by_role("heading", name="Report", level=1)).to_be_visible()
    expect(page.locator("body")).to_contain_text("practice estimate")
    page.goto(page.url.removesuffix("report/"))
    expect(page.get_by_role("log", name="Transcript")).to_be_visible()


def test_the_same_interview_without_scripts(plain_person: Watched) -> None:
    page = plain_person.open("/interviews/new/")
    start_interview(page)

    for number in range(MOST_ANSWERS):
        page.get_by_role("textbox", name="Your answer").fill(
            ANSWERS[number % len(ANSWERS)]
        )
        with page.expect_navigation():
            page.get_by_role("button", name="Send answer").click()
        if page.get_by_role("textbox", name="Your answer").count() == 0:
            break

    assert number >= 4
    page.get_by_role("link", name="See report").first.click()
    expect(page.get_by_role("heading", name="Report", level=1)).to_be_visible()


def test_requests_about_a_question_keep_what_is_typed(person: Watched) -> None:
    page = person.open("/interviews/new/")
    start_interview(page)
    log = page.get_by_role("log", name="Transcript")
    box = page.get_by_role("textbox", name="Your answer")
    box.fill("Half a thought")

    page.get_by_role("button", name="Get a hint").click()
    expect(log.get_by_role("article")).to_have_count(4)
    expect(box).to_have_value("Half a thought")

    page.get_by_role("button", name="Repeat question").click()
    expect(log.get_by_role("article")).to_have_count(6)
    expect(box).to_have_value("Half a thought")


def test_skipping_asks_once_and_then_moves_on(person: Watched) -> None:
    page = person.open("/interviews/new/")
    start_interview(page)

    page.get_by_role("button", name="Skip question").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Skip question").click()

    expect(page.get_by_text("Question 2 of 5").first).to_be_visible()


def test_skipping_without_scripts_asks_on_a_page_that_keeps_the_text(
    plain_person: Watched,
) -> None:
    page = plain_person.open("/interviews/new/")
    start_interview(page)
    page.get_by_role("textbox", name="Your answer").fill("Half a thought")

    page.get_by_role("button", name="Skip question").click()

    expect(page.get_by_role("textbox", name="Your answer so far")).to_have_value(
        "Half a thought"
    )
    page.get_by_role("button", name="Skip question").click()
    expect(page.get_by_text("Question 2 of 5").first).to_be_visible()


def test_without_scripts_pausing_and_thinking_again_keep_the_text(
    plain_person: Watched,
) -> None:
    page = plain_person.open("/interviews/new/")
    start_interview(page)
    box = page.get_by_role("textbox", name="Your answer")
    box.fill("Half a thought")

    page.get_by_role("button", name="Pause").click()
    expect(box).to_have_value("Half a thought")
    page.get_by_role("button", name="End interview").click()
    expect(box).to_have_value("Half a thought")
    page.get_by_role("button", name="Keep going").click()
    page.get_by_role("button", name="Resume").click()
    expect(box).to_have_value("Half a thought")
    page.get_by_role("button", name="End interview").click()
    page.get_by_role("button", name="Keep going").click()
    expect(box).to_have_value("Half a thought")

    page.get_by_role("button", name="Send answer").click()
    expect(page.get_by_role("log")).to_contain_text("Half a thought")


def test_a_draft_survives_a_reload(person: Watched) -> None:
    page = person.open("/interviews/new/")
    start_interview(page)
    box = page.get_by_role("textbox", name="Your answer")
    box.fill("A thought that must not be lost")
    box.blur()

    page.reload()

    expect(box).to_have_value("A thought that must not be lost")


def test_a_second_tab_learns_that_the_question_has_moved_on(person: Watched) -> None:
    first = person.open("/interviews/new/")
    start_interview(first)
    second = person.open(first.url.split("/", 3)[3])
    # Skipped, because an answer might be asked for again and leave the question open.
    first.get_by_role("button", name="Skip question").click()
    first.get_by_role("dialog").get_by_role("button", name="Skip question").click()
    expect(first.get_by_text("Question 2 of 5").first).to_be_visible()

    second.get_by_role("textbox", name="Your answer").fill("Another answer entirely.")
    second.get_by_role("button", name="Send answer").click()

    expect(second.get_by_text("answered in another tab").first).to_be_visible()
    expect(second.get_by_role("textbox", name="Your answer")).to_have_value(
        "Another answer entirely."
    )
    # Refusing the second tab is the one error that a browser's console shows here.
    person.problems = [p for p in person.problems if "409" not in p]


def test_ending_asks_in_a_dialog_and_leads_to_the_report(person: Watched) -> None:
    page = person.open("/interviews/new/")
    start_interview(page)

    page.get_by_role("link", name="End interview").or_(
        page.get_by_role("button", name="End interview")
    ).first.click()
    page.get_by_role("dialog").get_by_role("button", name="End interview").click()

    expect(page.get_by_role("heading", name="Report", level=1)).to_be_visible()


def test_a_guest_who_signs_up_keeps_the_interviews(person: Watched) -> None:
    page = person.open("/interviews/new/")
    start_interview(page)
    person_page = person.open("/accounts/signup/")

    person_page.get_by_label("Email").fill("dana@example.org")
    person_page.get_by_label("Password", exact=True).fill("a long enough passphrase")
    person_page.get_by_role("button", name=re.compile("Sign up|Create")).click()

    person_page.goto(page.url.split("/interviews/")[0] + "/interviews/")
    expect(
        person_page.get_by_role("link", name="Backend engineer", exact=True)
    ).to_be_visible()
