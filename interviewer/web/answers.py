"""Taking a candidate's message: stored first, then answered, by form or by script."""

from __future__ import annotations

import dataclasses
import uuid

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from interviewer.orchestrator.announcing import render_message
from interviewer.orchestrator.background import launch_turn
from interviewer.orchestrator.orchestrator import complete_turn, process_message
from interviewer.web.forms import AnswerForm
from interviewer.web.kept_text import wants_json
from interviewer.web.rate_limits import ANSWERS_PER_MINUTE, TooMany, count_answer
from interviewer.web.stream_tokens import stream_url
from interviewer.web.views import own_session, sent_by_person, show_room
from sessions_app.models import InterviewSession, Turn
from sessions_app.services import turns
from sessions_app.services.turns import Receipt, UnableToReceive
from sessions_app.tasks import ring_archive
from sessions_app.views import personal

ABOUT_THE_QUESTION = ("repeat", "hint")


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """Why a message was not taken, in words that say what to do."""

    status: int
    code: str
    message: str


REFUSALS: dict[type[UnableToReceive], Refusal] = {
    turns.InterviewEnded: Refusal(
        410, "ended", "This interview has ended. Your report is ready."
    ),
    turns.InterviewPaused: Refusal(
        409, "paused", "The interview is paused. Resume it, then send your answer."
    ),
    turns.InterviewRunning: Refusal(
        409,
        "running",
        "The coach answers when the interview is over.",
    ),
    turns.QuestionMoved: Refusal(
        409, "conflict", "This question was answered in another tab."
    ),
    turns.ReplyPending: Refusal(
        409,
        "conflict",
        "Your last message is still being answered. "
        "Your text is kept: please send it in a moment.",
    ),
}
TOO_MANY = Refusal(
    429,
    "too_many",
    f"You sent {ANSWERS_PER_MINUTE} messages within a minute. "
    "Please wait a moment, then send this one again.",
)


@require_POST
@personal
@sent_by_person
def answer(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """Store the message before anything else is said; then see to the reply."""
    session = own_session(request, session_id)
    try:
        count_answer(request)
    except TooMany as error:
        return _refuse_for_now(request, session, seconds=error.seconds)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _refuse(request, session, Refusal(400, "invalid", form.problem))
    if form.cleaned_data["intent"] == "skip" and not form.cleaned_data["confirmed"]:
        return _ask_to_confirm_skip(request, session, form)
    try:
        receipt = _process(session, form, is_waiting=not wants_json(request))
    except UnableToReceive as error:
        return _refuse(request, session, REFUSALS[type(error)])
    if wants_json(request):
        return _accepted(request, session, receipt)
    if receipt.turn.state != Turn.State.DONE:
        async_to_sync(complete_turn)(turn_id=receipt.turn.pk, claim=receipt.claim)
    ring_archive()
    if form.cleaned_data["text"] and _leaves_text(form):
        # Something was typed when something else was sent: it stays in the box.
        return show_room(request, own_session(request, session.pk))
    return redirect(f"{reverse('interview_room', args=[session.pk])}#latest")


def _leaves_text(form: AnswerForm) -> bool:
    chosen = form.cleaned_data
    return bool(chosen["intent"] in ABOUT_THE_QUESTION or chosen["quick"])


def _process(
    session: InterviewSession, form: AnswerForm, *, is_waiting: bool
) -> Receipt:
    chosen = form.cleaned_data
    return process_message(
        session=session,
        text=form.content,
        intent=chosen["intent"],
        question_no=chosen["question_no"],
        client_message_id=chosen["client_message_id"],
        cut_by_timer=chosen["truncated"],
        now=timezone.now(),
        is_waiting=is_waiting,
    )


def _accepted(
    request: HttpRequest, session: InterviewSession, receipt: Receipt
) -> HttpResponse:
    launch_turn(turn_id=receipt.turn.pk)
    return JsonResponse(
        {
            "status": "replayed" if receipt.is_replay else "accepted",
            "stream": stream_url(
                request=request, session_id=session.pk, turn_id=receipt.turn.pk
            ),
            # Sent to a resend too: its page may not have heard the first answer.
            "message_html": render_message(message=receipt.message),
            "client_message_id": str(uuid.uuid4()),
        },
    )


def _ask_to_confirm_skip(
    request: HttpRequest, session: InterviewSession, form: AnswerForm
) -> HttpResponse:
    context = {"session": session, **form.cleaned_data}
    return render(request, "interview/skip.html", context)


def _refuse(
    request: HttpRequest, session: InterviewSession, refusal: Refusal
) -> HttpResponse:
    """Say why, keeping the typed text on the page or in the caller's hands."""
    if wants_json(request):
        address = "interview_report" if refusal.code == "ended" else "interview_room"
        return JsonResponse(
            {
                "status": refusal.code,
                "message": refusal.message,
                "next": reverse(address, args=[session.pk]),
            },
            status=refusal.status,
        )
    session = own_session(request, session.pk)  # it may have ended meanwhile
    return show_room(request, session, error=refusal.message, status=refusal.status)


def _refuse_for_now(
    request: HttpRequest, session: InterviewSession, *, seconds: int
) -> HttpResponse:
    response = _refuse(request, session, TOO_MANY)
    response["Retry-After"] = str(seconds)
    return response
