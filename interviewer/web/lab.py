"""The answer lab: one's own answer, changed and judged again; nothing is kept."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping
from typing import cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from interviewer.bank.model import BankQuestion
from interviewer.orchestrator.judging import judge_text
from interviewer.orchestrator.rewriting import Stronger, may_rewrite, write_stronger
from interviewer.orchestrator.rubrics import frozen_questions
from interviewer.policy.plan import Plan
from interviewer.web.kept_text import signed_out, wants_json
from interviewer.web.rate_limits import EDITS_PER_MINUTE, TooMany, count_edit
from interviewer.web.text import PlainTextField
from interviewer.web.views import own_session
from sessions_app.models import Evaluation, InterviewSession
from sessions_app.services.attempt_changes import AttemptChanges, compare_attempts
from sessions_app.services.attempts import (
    Asked,
    Attempt,
    find_asked,
    read_attempt,
    stored_attempt,
)
from sessions_app.views import personal

PREFIX = "lab"  # of ids in the edited answer
TOO_MANY_EDITS = (
    f"You changed the answer {EDITS_PER_MINUTE} times within a minute. Your text is "
    "kept below: wait a moment, then judge it again."
)
NOTHING_JUDGED = "There is no judged answer to this question to try changes on."


class LabForm(forms.Form):
    """The answer as it was judged, to change; with those to follow-ups it is long."""

    text = PlainTextField(
        label="Your answer, to change",
        max_length=settings.ANSWER_MAX_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 10, "dir": "auto"}),
        error_messages={"required": "Please write an answer to judge."},
    )

    def __init__(self, data: Mapping[str, str] | None = None, *, stored: str) -> None:
        super().__init__(data, initial={"text": stored})
        field = cast(PlainTextField, self.fields["text"])
        field.limit = max(field.limit, len(stored))


@dataclasses.dataclass(frozen=True, slots=True)
class Bench:
    """What is worked on: a question of the session, and its stored judgement."""

    asked: Asked
    stored: Evaluation

    @property
    def session(self) -> InterviewSession:
        return self.asked.session

    @property
    def question(self) -> BankQuestion:
        plan = Plan.from_dict(self.session.plan)
        return frozen_questions(plan=plan)[self.asked.slot]

    @property
    def attempt(self) -> Attempt:
        return stored_attempt(evaluation=self.stored, prefix="stored")


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def lab(request: HttpRequest, session_id: uuid.UUID, slot: int) -> HttpResponse:
    """Show the answer to change; judge what is posted beside the stored attempt."""
    if not request.user.is_authenticated:
        return sent_signed_out(request)
    session = own_session(request, session_id)
    if not session.shows_feedback:
        return redirect("interview_room", session.pk)
    asked = find_asked(session=session, slot=slot)
    if asked is None:
        raise Http404
    if asked.counting is None:
        messages.info(request, NOTHING_JUDGED)
        return redirect("interview_report", session.pk)
    bench = Bench(asked, asked.counting)
    if request.method == "POST":
        return _judge(request, bench)
    return _page(request, bench, LabForm(stored=bench.stored.text))


def sent_signed_out(request: HttpRequest) -> HttpResponse:
    """Send to the sign-in page; what was typed is shown first."""
    if request.method == "POST":
        return signed_out(request)
    return redirect_to_login(request.get_full_path())


def _judge(request: HttpRequest, bench: Bench) -> HttpResponse:
    form = LabForm(request.POST, stored=bench.stored.text)
    try:
        count_edit(request)
    except TooMany as error:
        response = _refuse(request, bench, form, TOO_MANY_EDITS, status=429)
        response["Retry-After"] = str(error.seconds)
        return response
    if "stronger" in request.POST:
        return _page(request, bench, form, stronger=stronger_version(bench))
    if not form.is_valid():
        return _refuse(request, bench, form, "", status=400)
    changes = judged_again(bench, form.cleaned_data["text"])
    if wants_json(request):
        html = render_to_string("interview/_lab_result.html", {"changes": changes})
        return JsonResponse({"html": html, "said": said(changes)})
    return _page(request, bench, form, changes=changes)


def stronger_version(bench: Bench) -> Stronger:
    """Return the stored answer as a language model writes it out; takes seconds."""
    return write_stronger(
        session=bench.session,
        evaluation=bench.stored,
        question=bench.question,
        now=timezone.now(),
    )


def said(changes: AttemptChanges) -> str:
    """Return the outcome in one sentence, for people who hear the page."""
    overall = changes.overall
    if overall.after is None:
        return f"No score. {changes.second.verdict.reason}".strip()
    if overall.difference is None:
        return f"Score {overall.after} of 100."
    if not overall.difference:
        return f"Score {overall.after} of 100, as before."
    word = "more" if overall.difference > 0 else "less"
    points = abs(overall.difference)
    return f"Score {overall.after} of 100, {points} {word} than before."


def judged_again(bench: Bench, text: str) -> AttemptChanges:
    """Return what changes when this text stands in the answer's place; stores nothing.

    Takes tens of milliseconds of CPU.
    """
    changed = judge_text(question=bench.question, text=text, slot=bench.asked.slot)
    return compare_attempts(
        first=bench.attempt,
        second=read_attempt(evaluation=changed, label="As changed", prefix=PREFIX),
    )


def _refuse(
    request: HttpRequest, bench: Bench, form: LabForm, why: str, *, status: int
) -> HttpResponse:
    if wants_json(request):
        message = why or form.errors["text"][0]
        return JsonResponse({"message": message}, status=status)
    return _page(request, bench, form, refusal=why, status=status)


def _page(
    request: HttpRequest,
    bench: Bench,
    form: LabForm,
    *,
    changes: AttemptChanges | None = None,
    stronger: Stronger | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "session": bench.session,
        "asked": bench.asked,
        "stored": bench.attempt,
        "form": form,
        "changes": changes,
        "refusal": refusal,
        "stronger": stronger,
        "may_rewrite": may_rewrite(),
    }
    return render(request, "interview/lab.html", context, status=status)
