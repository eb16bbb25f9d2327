"""What the room's scripts do with a server's answers, good and bad."""

from __future__ import annotations

import json
import re

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import expect

from tests.ui import samples
from tests.ui.conftest import show
from tests.ui.page import render

pytestmark = pytest.mark.browser

ANSWERS = re.compile("/answers/$")
STREAM = "/stream/"
TEXT = "I would give that customer a shard of its own."


def message_html(seq, role, kind, content):
    message = samples.message(seq, role, kind, content)
    return render_to_string("interview/_message.html", {"message": message})


ACCEPTED = {
    "status": "accepted",
    "stream": STREAM,
    "message_html": message_html(6, "candidate", "answer", TEXT),
    "client_message_id": "01920000-0000-7000-8000-0000000000bb",
}
REPLY = message_html(7, "interviewer", "question", "What would you measure first?")
UPDATE = {
    "state": "in_progress",
    "progress_label": "Question 4 of 8",
    "topic": "Measuring",
    "question_no": 4,
    "seconds_left": 1300,
    "report_url": "/report/",
}
COMPLETED = ("message.completed", {"html": REPLY, "seq": 7, "kind": "question"})
TURN = [
    ("delta", {"text": "What would you "}),
    ("delta", {"text": "measure first?"}),
    COMPLETED,
    COMPLETED,  # again, as after a reconnect
    (
        "feedback.ready",
        {"html": "<details open><summary>New notes</summary></details>"},
    ),
    ("session.updated", UPDATE),
    ("done", {}),
]


def events(turn):
    lines = [
        f"id: 1-{number}\nevent: {name}\ndata: {json.dumps(values)}\n\n"
        for number, (name, values) in enumerate(turn, start=1)
    ]
    return "".join(lines)


def stream(page, turn):
    page.route(
        f"**{STREAM}",
        lambda route: route.fulfill(
            body=events(turn), content_type="text/event-stream"
        ),
    )


def answer_with(page, *, status=200, values=ACCEPTED):
    """Answer every posted message alike; return the list of what was posted."""
    posted = []

    def reply(route):
        posted.append(route.request.post_data)
        route.fulfill(status=status, json=values)

    page.route(ANSWERS, reply)
    return posted


def answer_box(page):
    return page.get_by_role("textbox", name="Your answer")


def send(page, text=TEXT):
    answer_box(page).fill(text)
    page.get_by_role("button", name="Send answer").click()


def field_of(posted, name):
    found = re.search(rf'name="{name}"\r\n\r\n(.*?)\r\n--', posted, re.DOTALL)
    return found and found[1]


def test_a_reply_arrives_once_and_the_next_question_is_open(page):
    posted = answer_with(page)
    stream(page, TURN)
    page.goto("/room/")

    send(page)

    log = page.get_by_role("log", name="Transcript")
    expect(log.get_by_text("What would you measure first?")).to_have_count(1)
    expect(log.get_by_role("article")).to_have_count(len(samples.MESSAGES) + 2)
    expect(page.get_by_text("Question 4 of 8")).to_be_visible()
    expect(page.get_by_text("New notes")).to_be_visible()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    expect(answer_box(page)).to_have_value("")
    expect(answer_box(page)).to_be_focused()
    expect(page.locator("[name=question_no]")).to_have_value("4")
    assert field_of(posted[0], "intent") == "answer"


def test_ctrl_enter_sends_and_enter_does_not(page):
    posted = answer_with(page)
    stream(page, TURN)
    page.goto("/room/")

    answer_box(page).fill("One line")
    answer_box(page).press("Enter")
    assert posted == []

    answer_box(page).press("Control+Enter")
    expect(answer_box(page)).to_have_value("")
    assert len(posted) == 1


def test_a_second_click_sends_nothing_while_the_reply_is_written(page):
    posted = answer_with(page)
    stream(page, [("delta", {"text": "What"})])
    page.goto("/room/")
    send(page)
    expect(page.get_by_text("Interviewer is writing").first).to_be_visible()

    page.get_by_role("button", name="Send answer").click(force=True)

    button = page.get_by_role("button", name="Send answer")
    expect(button).to_have_attribute("aria-disabled", "true")
    assert len(posted) == 1


def test_without_network_the_same_message_is_sent_again(page):
    posted = []

    def reply(route):
        posted.append(route.request.post_data)
        if len(posted) == 1:
            route.abort("internetdisconnected")
        else:
            route.fulfill(json=ACCEPTED)

    page.route(ANSWERS, reply)
    stream(page, TURN)
    page.goto("/room/")

    send(page)

    expect(page.get_by_text("it is sent again by itself")).to_be_visible()
    expect(answer_box(page)).to_have_value(TEXT)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(answer_box(page)).to_have_value("")
    first, second = (field_of(body, "client_message_id") for body in posted)
    assert first == second == str(samples.CLIENT_ID)


@pytest.mark.parametrize(
    ("status", "values", "said"),
    [
        (400, {"status": "invalid", "message": "Too long."}, "Too long."),
        (
            409,
            {"status": "conflict", "message": "Answered elsewhere.", "next": "/room/"},
            "Answered elsewhere. Your text is kept on this device.",
        ),
        (
            410,
            {"status": "ended", "message": "It has ended.", "next": "/report/"},
            "It has ended.",
        ),
        (
            429,
            {"status": "too_many", "message": "Wait a moment.", "next": "/room/"},
            "Wait a moment.",
        ),
        (500, {}, "It could not be sent."),
    ],
)
def test_a_refused_answer_stays_in_the_box(page, status, values, said):
    answer_with(page, status=status, values=values)
    page.goto("/room/")

    send(page)

    expect(page.get_by_text(said)).to_be_visible()
    expect(answer_box(page)).to_have_value(TEXT)
    expect(page.get_by_role("button", name="Send answer")).to_have_attribute(
        "aria-disabled", "false"
    )


@pytest.mark.parametrize("told", ["status", "event"])
def test_S4_a_stream_too_many_is_made_good_by_loading_the_page_again(page, told):
    answer_with(page)
    if told == "status":
        page.route(
            f"**{STREAM}", lambda route: route.fulfill(status=429, body="Too many")
        )
    else:
        stream(page, [("delta", {"text": "What would"}), ("crowded", {})])
    room = render(*samples.pages()["room"]).html
    page.route(f"**/interviews/{samples.SESSION_ID}/", lambda route: show(route, room))
    page.clock.install()
    page.goto("/room/")
    send(page)
    expect(page.get_by_text("Your other tabs show this reply")).to_be_visible()
    answer_box(page).fill("Typed meanwhile")

    with page.expect_navigation():
        page.clock.run_for(5_000)

    expect(answer_box(page)).to_have_value("Typed meanwhile")


def test_a_draft_survives_a_reload_and_is_gone_when_sent(page):
    answer_with(page)
    stream(page, TURN)
    page.goto("/room/")
    answer_box(page).fill("Half an answer")
    answer_box(page).blur()
    expect(page.get_by_text("Kept on this device")).to_be_visible()

    page.reload()
    expect(answer_box(page)).to_have_value("Half an answer")
    expect(page.get_by_text("Draft restored")).to_be_visible()

    page.get_by_role("button", name="Send answer").click()
    expect(answer_box(page)).to_have_value("")
    assert page.evaluate("localStorage.length") == 0


def pause(page):
    posted = []

    def take(route):
        posted.append(route.request.post_data)
        route.fulfill(body="Paused", content_type="text/html")

    page.route(re.compile("/pause/$"), take)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused")).to_be_visible()
    return posted


def test_pausing_leaves_the_draft_on_this_device(page):
    page.goto("/room/")
    answer_box(page).fill("Half an answer")

    posted = pause(page)

    assert "Half" not in posted[0]
    page.goto("/room/")
    expect(answer_box(page)).to_have_value("Half an answer")


def test_pausing_takes_the_text_along_where_nothing_can_be_kept(page):
    page.add_init_script(
        "Storage.prototype.setItem = () => { throw new Error('full') }"
    )
    page.goto("/room/")
    answer_box(page).fill("Kept nowhere else")

    posted = pause(page)

    assert "Kept+nowhere+else" in posted[0]


def test_ending_asks_in_a_dialog_and_sends_nothing_before(page):
    posted = answer_with(page)
    page.goto("/room/")
    answer_box(page).fill("Half an answer")

    page.get_by_role("button", name="End interview").click()
    page.get_by_role("dialog").get_by_role("button", name="Keep going").click()

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(answer_box(page)).to_have_value("Half an answer")
    assert posted == []


def test_skipping_asks_first(page):
    posted = answer_with(page)
    stream(page, TURN)
    page.goto("/room/")
    dialog = page.get_by_role("dialog", name="Skip this question?")

    page.get_by_role("button", name="Skip question").click()
    dialog.get_by_role("button", name="Keep answering").click()
    expect(answer_box(page)).to_be_focused()
    assert posted == []

    page.get_by_role("button", name="Skip question").click()
    dialog.get_by_role("button", name="Skip question").click()
    expect(page.get_by_text("Question 4 of 8")).to_be_visible()
    assert field_of(posted[0], "intent") == "skip"
    assert field_of(posted[0], "confirmed") == "1"


def test_a_failed_turn_says_what_is_safe_and_offers_a_retry(page):
    answer_with(page)
    stream(
        page, [("turn.failed", {"message": "Your answers are saved."}), ("done", {})]
    )
    page.goto("/room/")

    send(page)

    alert = page.get_by_role("alert").filter(has_text="Your answers are saved.")
    expect(alert.get_by_role("button", name="Retry")).to_be_visible()


def test_the_end_brings_the_report(page):
    answer_with(page)
    stream(page, [("session.updated", {**UPDATE, "state": "finished"}), ("done", {})])
    page.goto("/room/")

    send(page)

    expect(page.get_by_role("heading", name="The interview is over")).to_be_focused()
    expect(page.get_by_role("link", name="See report")).to_have_attribute(
        "href", "/report/"
    )
    expect(page.get_by_role("button", name="End interview")).to_have_count(0)
    expect(page.get_by_role("banner")).to_contain_text("Talk with the coach")
    expect(page.get_by_role("banner")).not_to_contain_text("Question")
    expect(page).to_have_title(re.compile("^Talk with the coach – "))
    expect(page.get_by_role("link", name="Interviews")).to_be_visible()


def open_with_time_left(page, seconds):
    room = samples.room(seconds_left=seconds, time_left_label=f"{seconds} s left")
    context = {"session": samples.session(), "room": room}
    page.route(
        "**/ending/",
        lambda route: show(route, render("interview/room.html", context).html),
    )
    page.clock.install()
    page.goto("/ending/")


def color_of(locator):
    return locator.evaluate("it => getComputedStyle(it).color")


def token_color(page, token):
    return page.evaluate(
        """token => {
            const probe = document.createElement("i");
            probe.style.color = `var(${token})`;
            document.body.append(probe);
            const color = getComputedStyle(probe).color;
            probe.remove();
            return color;
        }""",
        token,
    )


def test_when_the_time_is_up_the_draft_is_sent_as_cut(page):
    posted = answer_with(page)
    stream(page, TURN)
    open_with_time_left(page, 61)
    answer_box(page).fill("Half an answer")

    page.clock.run_for(2_000)
    expect(page.get_by_role("status").filter(has_text="1 minute")).to_have_count(1)
    page.clock.run_for(60_000)
    expect(page.get_by_role("timer")).to_have_text("Time is up")
    assert posted == []

    page.clock.run_for(13_000)
    expect(page.get_by_text("What would you measure first?")).to_be_visible()
    assert field_of(posted[0], "truncated") == "1"
    assert field_of(posted[0], "text") == "Half an answer"


@pytest.mark.parametrize(
    ("seconds", "note", "color_token"),
    [
        (901, "Half of the time is left", "--ink"),
        (301, "5 minutes left", "--caution"),
        (121, "2 minutes left. This is the last question.", "--caution"),
        (61, "1 minute left. A short answer is fine.", "--caution"),
        (1, "Time is up. 15 seconds left to finish this answer.", "--caution"),
    ],
)
def test_the_clock_says_quietly_how_much_is_left(page, seconds, note, color_token):
    open_with_time_left(page, seconds)
    box = answer_box(page).bounding_box()

    page.clock.run_for(2_000)

    shown = page.locator(".clock-note")
    expect(shown).to_be_visible()
    expect(shown).to_have_text(note)
    expect(page.get_by_role("status").filter(has_text=note)).to_have_count(1)
    assert color_of(shown) == token_color(page, color_token)
    assert answer_box(page).bounding_box() == box
    page.clock.run_for(20_000)
    expect(shown).to_be_hidden()


# The talk with the coach


COACH_REPLY = message_html(9, "coach", "coaching", "Question 1 has 46 ± 10.")
COACH_ACCEPTED = {
    **ACCEPTED,
    "message_html": message_html(8, "candidate", "ask", "Why this score?"),
}
COACH_TURN = [
    ("delta", {"text": "Question 1 has"}),
    ("message.completed", {"html": COACH_REPLY, "seq": 9, "kind": "coaching"}),
    ("session.updated", {**UPDATE, "state": "finished"}),
    ("done", {}),
]


def coach_box(page):
    return page.get_by_role("textbox", name="Your question to the coach")


@pytest.mark.parametrize("typed", [True, False])
def test_the_coach_answers_in_the_room_of_an_ended_interview(page, typed):
    posted = answer_with(page, values=COACH_ACCEPTED)
    stream(page, COACH_TURN)
    page.goto("/room-ended/")

    if typed:
        coach_box(page).fill("Why this score?")
        page.get_by_role("button", name="Ask", exact=True).click()
    else:
        page.get_by_role("button", name="Why this score?").click()

    log = page.get_by_role("log", name="Transcript")
    expect(log.get_by_text("Question 1 has 46 ± 10.")).to_have_count(1)
    expect(coach_box(page)).to_have_value("")
    expect(coach_box(page)).to_be_focused()
    expect(page.get_by_role("link", name="See report")).to_be_visible()
    assert field_of(posted[0], "intent") == "ask"
    assert field_of(posted[0], "text" if typed else "quick") == "Why this score?"


def test_a_quick_question_leaves_what_is_typed(page):
    answer_with(page, values=COACH_ACCEPTED)
    stream(page, COACH_TURN)
    page.goto("/room-ended/")

    coach_box(page).fill("half a thought")
    page.get_by_role("button", name="Why this score?").click()

    expect(page.get_by_text("Question 1 has 46 ± 10.")).to_be_visible()
    expect(coach_box(page)).to_have_value("half a thought")


def test_at_the_end_the_coach_can_be_asked_at_once(page):
    posted = answer_with(page)
    stream(page, [("session.updated", {**UPDATE, "state": "finished"}), ("done", {})])
    page.goto("/room/")
    send(page)
    expect(page.get_by_role("link", name="See report")).to_be_visible()

    stream(page, COACH_TURN)
    coach_box(page).fill("Why this score?")
    coach_box(page).press("Control+Enter")

    expect(page.get_by_text("Question 1 has 46 ± 10.")).to_be_visible()
    assert field_of(posted[1], "intent") == "ask"
    assert field_of(posted[1], "client_message_id") == ACCEPTED["client_message_id"]


def test_switching_the_mode_leaves_the_draft_on_this_device(page):
    posted = []

    def take(route):
        posted.append(route.request.post_data)
        route.fulfill(body="Switched", content_type="text/html")

    page.route(re.compile("/mode/$"), take)
    page.goto("/room/")
    answer_box(page).fill("Half an answer")

    page.get_by_text("Practice mode").click()
    page.get_by_role("button", name="Switch to interview mode").click()

    expect(page.get_by_text("Switched")).to_be_visible()
    assert "mode=interview" in posted[0]
    assert "Half" not in posted[0]
    page.goto("/room/")
    expect(answer_box(page)).to_have_value("Half an answer")


def come_back(page):
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def state_of(page, *, messages, **headers):
    """Answer every look at the interview's state; return the addresses asked."""
    asked = []

    def reply(route):
        asked.append(route.request.url)
        route.fulfill(json={"message_count": messages}, headers=headers)

    page.route(re.compile(r"/state\.json"), reply)
    return asked


def test_says_when_the_interview_went_on_in_another_place(page):
    state_of(page, messages=len(samples.MESSAGES) + 2)
    page.goto("/room/")

    come_back(page)

    expect(page.get_by_text("This interview went on in another place.")).to_be_visible()
    expect(page.get_by_role("link", name="Show it")).to_be_visible()


def test_says_nothing_when_all_is_shown_and_asks_the_faster_address_next(page):
    faster = "/interviews/1/state.json?token=t"
    asked = state_of(
        page, messages=len(samples.MESSAGES), **{"Content-Location": faster}
    )
    page.goto("/room/")

    for _ in range(2):
        with page.expect_response(re.compile(r"/state\.json")):
            come_back(page)

    assert asked[1].endswith(faster)
    expect(page.get_by_text("went on in another place")).to_have_count(0)
