"""Messages as they are shown: who worded them, and why somebody else did."""

from __future__ import annotations

from typing import Any

import pytest

from sessions_app.models import InterviewSession, User
from sessions_app.services.transcript import MessageView, message_view, message_views
from sessions_app.services.troubles import TROUBLES
from tests.people import ask, make_session, say


@pytest.fixture
def interview(alice: User) -> InterviewSession:
    return make_session(user=alice)


def views(session: InterviewSession) -> list[MessageView]:
    return message_views(messages=session.messages.order_by("seq"))


def reply(session: InterviewSession, *, origin: str, **details: Any) -> None:
    message = say(
        session, role="interviewer", kind="clarify", content="Well.", details=details
    )
    type(message).objects.filter(pk=message.pk).update(origin=origin)


def test_a_room_without_a_model_names_no_engine(interview: InterviewSession) -> None:
    ask(interview)

    assert [view.shows_origin for view in views(interview)] == [False]


def test_where_a_model_took_part_each_reply_says_who_worded_it(
    interview: InterviewSession,
) -> None:
    ask(interview)
    say(interview, role="candidate", kind="answer", content="I measured it.")
    reply(interview, origin="live")
    reply(interview, origin="cache")

    shown = [view.origin_label for view in views(interview) if view.shows_origin]
    assert shown == [
        "built-in interviewer",
        "language model",
        "language model, reused",
    ]


def test_where_a_model_is_configured_a_streamed_reply_says_who_worded_it(
    interview: InterviewSession, settings: Any
) -> None:
    settings.INTERVIEWER_MODEL = "openai:fake"

    assert message_view(message=ask(interview)).shows_origin


@pytest.mark.parametrize("failure", [*TROUBLES, "unfit"])
def test_a_reply_in_a_models_place_says_why(
    interview: InterviewSession, failure: str
) -> None:
    reply(interview, origin="embedded", stand_in=failure)

    [view] = views(interview)
    assert view.shows_origin
    assert view.notice.startswith("The language model ")
    assert view.notice.endswith("; the built-in interviewer continues.")


def test_a_coach_that_stands_in_is_called_one(interview: InterviewSession) -> None:
    say(
        interview,
        role="coach",
        kind="coaching",
        content="Measure first.",
        details={"stand_in": "too_slow"},
    )

    assert views(interview)[0].notice == (
        "The language model did not answer in time; the built-in coach continues."
    )
