"""Stories, the day of a real interview, and the log of those that were."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sessions_app.models import (
    InterviewSession,
    PlannedInterview,
    QuestionNote,
    RealInterview,
    Story,
    User,
)
from sessions_app.services.archive import drain
from tests.people import answer, ask, finish, judge, make_session, make_slot
from tests.ui.page import Page
from tests.ui.test_pages import assert_is_sound

SAID = (
    "Our nightly build took 3 hours. I split it into four parts and cached the images. "
    "It went down to forty minutes."
)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def client(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def told(alice: User) -> InterviewSession:
    """An interview with a behavioural answer in its first question, archived."""
    slots = [{**make_slot(1), "index": 0, "competency": "Ownership"}, make_slot(2)]
    session = make_session(user=alice, plan={"slots": slots})
    ask(session, type="behavioural")
    said = judge(answer(session, SAID), quotes={"result": "down to forty minutes"})
    said.result["star"] = [star("action", "I split it into four parts"), star("result")]
    said.save()
    ask(session, type="technical")
    judge(answer(session, "An index is a tree."))
    finish(session)
    drain(now=timezone.now())
    return session


def star(part: str, quote: str = "") -> dict[str, Any]:
    start = SAID.find(quote)
    evidence = {"start": start, "end": start + len(quote), "quote": quote}
    evidence |= {"kind": "supports", "target": part}
    return {
        "part": part,
        "found": bool(quote),
        "required": True,
        "evidence": evidence if quote else None,
    }


def story(user: User, title: str = "The build", **fields: Any) -> Story:
    now = timezone.now()
    values = {"text": SAID, "competencies": ["Ownership"], **fields}
    return Story.objects.create(
        user=user, title=title, created_at=now, updated_at=now, **values
    )


def log(client: Client, **changed: str) -> Any:
    form = {"held_on": "2026-03-02", "company": "Acme", "outcome": "mixed", **changed}
    return client.post(reverse("real_interviews"), form)


# --- Stories --------------------------------------------------------------------------


def test_an_answer_is_kept_as_a_story_with_what_was_found_in_it(
    client: Client, told: InterviewSession
) -> None:
    address = reverse("interview_story", args=[told.pk])
    report = client.get(reverse("interview_report", args=[told.pk])).content.decode()

    first = client.post(address, {"slot": "0"})
    again = client.post(address, {"slot": "0"})

    kept = Story.objects.get()
    assert report.count(address) == 1  # not beside the technical one
    assert first["Location"] == again["Location"] == reverse("story", args=[kept.pk])
    assert (kept.text, kept.action, kept.result) == (
        *(SAID, "I split it into four parts", ""),
    )
    assert kept.competencies == ["Ownership"]
    assert kept.facts.splitlines() == [
        "Our nightly build took 3 hours.",
        "I split it into four parts and cached the images.",
        "It went down to forty minutes.",
    ]


@pytest.mark.parametrize("slot", ["1", "7", "", "x", "²"])
def test_what_is_no_behavioural_answer_is_no_story(
    client: Client, told: InterviewSession, slot: str
) -> None:
    response = client.post(reverse("interview_story", args=[told.pk]), {"slot": slot})

    assert response["Location"] == reverse("interview_report", args=[told.pk])
    assert not Story.objects.exists()


def test_a_story_is_changed_and_outlives_its_interview(
    client: Client, told: InterviewSession, alice: User
) -> None:
    kept = story(alice, session=told, slot=0)
    form = {"title": "Builds", "text": "Mine.", "competencies": "People,  Ownership,"}

    response = client.post(reverse("story", args=[kept.pk]), form)
    client.post(reverse("interview_delete", args=[told.pk]))

    assert response["Location"] == reverse("stories")
    kept.refresh_from_db()
    assert (kept.title, kept.text, kept.session) == ("Builds", "Mine.", None)
    assert kept.competencies == ["People", "Ownership"]


def test_an_incomplete_story_keeps_what_was_typed(client: Client) -> None:
    response = client.post(reverse("story_new"), {"text": "Typed <b>words</b>."})

    assert response.status_code == 400
    assert "Typed &lt;b&gt;words&lt;/b&gt;." in response.content.decode()
    assert "<title>Error:" in response.content.decode()
    assert not Story.objects.exists()


def test_the_bank_tells_what_is_missing_and_how_often_a_story_was_told(
    client: Client, told: InterviewSession, alice: User
) -> None:
    story(alice)
    told.answers.update(answered_at=timezone.now() - DAY)
    said = told.answers.get(question__kind="behavioural")

    page = client.get(reverse("stories"))

    use = page.context["rows"][0]["use"]
    needed = {need.competency: need.titles for need in page.context["needs"]}
    assert (use.interviews, use.last_at) == (1, said.answered_at)
    assert needed["Ownership"] == ("The build",)
    assert needed["Leadership"] == ()
    assert f"{page.context['gaps']} of {len(needed)} subjects have no story" in (
        page.content.decode()
    )


# --- The day --------------------------------------------------------------------------


def test_a_date_gives_a_plan_of_minutes(client: Client, alice: User) -> None:
    on = timezone.now().date() + 4 * DAY
    form = {"held_on": on.isoformat(), "company": "Acme", "text": "Two hours."}

    client.post(reverse("interview_day"), form)
    client.post(reverse("interview_day"), {**form, "role": "SRE"})
    page = client.get(reverse("interview_day"))

    planned = PlannedInterview.objects.get(user=alice)
    assert (planned.held_on, planned.role, planned.note) == (on, "SRE", "Two hours.")
    assert [day.date for day in page.context["days"]][-1] == on
    assert "Your interview as SRE at Acme is in 4 days" in page.content.decode()


def test_a_date_is_removed(client: Client, alice: User) -> None:
    on = (timezone.now().date() + 4 * DAY).isoformat()
    client.post(reverse("interview_day"), {"held_on": on})

    client.post(reverse("interview_day"), {"held_on": on, "remove": "1"})
    client.post(reverse("interview_day"), {"held_on": on, "remove": "1"})

    assert not PlannedInterview.objects.exists()


@pytest.mark.parametrize("date", ["", "tomorrow", "2026-02-30"])
def test_what_is_no_date_is_refused_and_the_note_kept(
    client: Client, date: str
) -> None:
    form = {"held_on": date, "text": "Two hours, on site."}

    response = client.post(reverse("interview_day"), form)

    assert response.status_code == 400
    assert "Two hours, on site." in response.content.decode()
    assert not PlannedInterview.objects.exists()


def test_the_cue_card_holds_stories_quotes_mentions_and_questions(
    client: Client, told: InterviewSession, alice: User
) -> None:
    story(alice, facts="3 hours to 40 minutes")
    PlannedInterview.objects.create(
        user=alice,
        held_on=timezone.now().date(),
        mentions="I know <their> stack\n\nI can start in May",
        updated_at=timezone.now(),
    )

    page = client.get(reverse("cue_card")).content.decode()

    for words in (
        "The build",
        "3 hours to 40 minutes",
        '<blockquote dir="auto">down to forty minutes</blockquote>',
        "I know &lt;their&gt; stack",
        "I can start in May",
        "first three months",
    ):
        assert words in page


# --- The log --------------------------------------------------------------------------


def test_a_question_that_was_really_asked_becomes_a_note(
    client: Client, alice: User
) -> None:
    log(client, questions="Why us?\n\nWhat is a lost update?", lessons="Breathe.")
    interview = RealInterview.objects.get(user=alice)
    notes = reverse("real_interview_note", args=[interview.pk])

    for text in ("What is a lost update?", "What is a lost update?", "Made up"):
        client.post(notes, {"text": text})
    day = client.get(reverse("interview_day")).content.decode()
    note = QuestionNote.objects.get()
    client.post(reverse("note_delete", args=[note.pk]))

    assert note.text == "What is a lost update?"
    assert note.text in day
    assert not QuestionNote.objects.exists()


def test_a_logged_interview_is_changed_and_deleted(client: Client, alice: User) -> None:
    log(client)
    interview = RealInterview.objects.get(user=alice)
    page = reverse("real_interview", args=[interview.pk])

    form = {"held_on": "2026-03-03", "company": "Acme Ltd", "outcome": "well"}
    client.post(page, {**form, "lessons": "Ask earlier."})
    interview.refresh_from_db()
    client.post(reverse("real_interview_delete", args=[interview.pk]))

    assert (interview.company, interview.outcome, interview.lessons) == (
        *("Acme Ltd", "well", "Ask earlier."),
    )
    assert not RealInterview.objects.exists()


def test_an_incomplete_log_keeps_what_was_typed(client: Client) -> None:
    response = log(client, outcome="", text="They were kind.")

    assert response.status_code == 400
    assert b"They were kind." in response.content
    assert not RealInterview.objects.exists()


def test_guests_may_prepare_too_and_it_goes_with_them(db: None) -> None:
    guest = User.objects.create_guest()
    client = Client()
    client.force_login(guest)

    log(client)
    client.post(reverse("story_new"), {"title": "A", "text": "B"})
    client.post(reverse("interview_day"), {"held_on": "2031-01-01"})

    owned = (RealInterview, Story, PlannedInterview)
    assert [model.objects.filter(user=guest).count() for model in owned] == [1, 1, 1]
    guest.delete()
    assert not any(model.objects.exists() for model in owned)


@pytest.mark.parametrize("count", [1, 5])
def test_queries_do_not_grow_with_what_was_written(
    client: Client, alice: User, count: int, django_assert_num_queries: Any
) -> None:
    now = timezone.now()
    for number in range(count):
        story(alice, f"Story {number}")
        log(client, company=f"Company {number}", questions="Why us?")
    for interview in RealInterview.objects.all():
        QuestionNote.objects.create(
            user=alice, interview=interview, text="Why us?", created_at=now
        )
    PlannedInterview.objects.create(user=alice, held_on=now.date(), updated_at=now)
    client.get(reverse("stories"))  # shows the messages of the forms

    # The person, then:
    for name, queries in (
        ("stories", 2),  # stories, answers
        ("real_interviews", 1),
        ("interview_day", 4),  # date, notes, cards, stories
        ("cue_card", 3),  # date, judgements, stories
    ):
        with django_assert_num_queries(1 + queries):
            assert client.get(reverse(name)).status_code == 200


def test_a_story_written_while_signed_out_stays_in_sight(db: None) -> None:
    form = {"title": "Builds", "text": "My own words.", "result": "Forty minutes."}

    response = Client().post(reverse("story_new"), form)

    page = response.content.decode()
    assert response.status_code == 401
    assert "My own words." in page
    assert "Forty minutes." in page


def test_nobody_reads_what_others_wrote(client: Client, bob: User) -> None:
    story(bob, "canary-4711")
    now = timezone.now()
    own = {"user": bob, "id": uuid.uuid4()}
    interview = RealInterview.objects.create(
        **own, held_on=now.date(), company="canary-4711", outcome="well", created_at=now
    )
    QuestionNote.objects.create(
        **own, interview=interview, text="canary-4711", created_at=now
    )
    PlannedInterview.objects.create(
        **own, held_on=now.date(), company="canary-4711", updated_at=now
    )

    for name in ("home", "practice", "stories", "interview_day", "cue_card"):
        assert b"canary-4711" not in client.get(reverse(name)).content
    assert b"canary-4711" not in client.get(reverse("real_interviews")).content


def test_every_page_is_whole_and_labelled(
    client: Client, told: InterviewSession, alice: User
) -> None:
    kept = story(alice)
    log(client, questions="Why us?")
    interview = RealInterview.objects.get()
    PlannedInterview.objects.create(
        user=alice, held_on=timezone.now().date(), updated_at=timezone.now()
    )
    addresses = [
        *map(reverse, ("practice", "stories", "story_new", "interview_day")),
        *map(reverse, ("cue_card", "real_interviews")),
        reverse("story", args=[kept.pk]),
        reverse("story_delete", args=[kept.pk]),
        reverse("real_interview", args=[interview.pk]),
        reverse("real_interview_delete", args=[interview.pk]),
        reverse("interview_report", args=[told.pk]),
    ]

    for address in addresses:
        page = Page(client.get(address).content.decode())
        assert_is_sound(page)
