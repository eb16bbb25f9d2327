"""Demo interviews: believable, the same for the same seed, never among real ones."""

import io

import pytest
from django.core.management import CommandError, call_command

from interviewer.demo.casting import DOMAIN
from sessions_app.models import (
    Evaluation,
    InterviewSession,
    Message,
    ModelCall,
    Review,
    User,
)
from sessions_app.services.reconciling import check_archive
from tests.people import make_session

pytestmark = pytest.mark.django_db


def seed(*arguments):
    out = io.StringIO()
    few = ["--sessions", "3", "--people", "2"]
    call_command("seed_demo", *few, *arguments, stdout=out)
    return out.getvalue()


def told():
    """What was said, by whom and what it was worth: all but ids and times."""
    messages = Message.objects.order_by("session__created_at", "seq")
    scores = Evaluation.objects.order_by("session__created_at", "message__seq")
    return (
        list(messages.values_list("user__name", "role", "kind", "content")),
        list(scores.values_list("state", "score")),
    )


def test_interviews_are_held_judged_and_archived():
    said = seed("--sessions", "6")

    assert said.startswith("6 interviews of ")
    sessions = list(InterviewSession.objects.order_by("created_at"))
    assert len(sessions) == 6
    assert {session.state for session in sessions} > {"finished"}
    assert [session.pk for session in sessions] == sorted(s.pk for s in sessions)
    assert not Message.objects.filter(archived_at=None).exists()
    finished = [s for s in sessions if s.state == "finished" and s.answered_count > 2]
    assert any(session.score is not None for session in finished)
    assert Evaluation.objects.filter(state="observed").exists()
    assert Review.objects.exists()
    for session in sessions:
        assert session.message_count == session.messages.count()


def test_its_people_cannot_sign_in_or_get_mail_and_none_is_staff():
    seed()

    people = User.objects.all()
    assert all(person.email.endswith(f"@{DOMAIN}") for person in people)
    assert not any(person.has_usable_password() for person in people)
    assert not people.filter(is_staff=True).exists()


def test_made_up_calls_are_marked():
    seed("--seed", "4")

    assert ModelCall.objects.exists()
    assert {call.model for call in ModelCall.objects.all()} <= {"demo:made-up"}


def test_the_same_seed_tells_the_same_interviews():
    seed("--seed", "2")
    first = told()
    InterviewSession.objects.all().delete()
    User.objects.all().delete()

    seed("--seed", "2")

    assert told() == first


def test_another_seed_tells_others():
    seed("--seed", "2")
    first = told()
    InterviewSession.objects.all().delete()
    User.objects.all().delete()

    seed("--seed", "3")

    assert told() != first


def test_it_refuses_where_real_people_have_interviews_unless_forced(alice):
    make_session(user=alice)

    with pytest.raises(CommandError, match="real people"):
        seed()
    assert InterviewSession.objects.count() == 1

    seed("--force")

    assert InterviewSession.objects.count() == 4


def test_the_same_seed_twice_is_refused():
    seed()

    with pytest.raises(CommandError, match="another --seed"):
        seed()

    seed("--seed", "2")
    assert InterviewSession.objects.count() == 6


def test_it_never_asks_a_model_that_costs_something(settings):
    settings.INTERVIEWER_MODEL = "openai:gpt-test"

    with pytest.raises(CommandError, match="INTERVIEWER_MODEL"):
        seed()

    assert not User.objects.exists()


@pytest.mark.parametrize("wrong", [["--people", "0"], ["--days", "-1"]])
def test_impossible_numbers_are_refused(wrong):
    with pytest.raises(CommandError):
        call_command("seed_demo", *wrong)


def test_copies_make_it_as_large_as_wanted_and_are_as_sound_as_what_was_held():
    said = seed("--sessions", "6", "--messages", "400")

    assert " in copies" in said
    assert 400 <= Message.objects.count() < 600
    assert not Message.objects.filter(archived_at=None).exists()
    assert [row for step in check_archive() for row in step.differences] == []
    copies = InterviewSession.objects.filter(user__email__startswith="copy-")
    assert {session.state for session in copies} <= {"finished", "abandoned"}
    assert copies.values("created_at").distinct().count() == copies.count()
