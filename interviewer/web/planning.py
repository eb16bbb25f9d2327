"""The plan before the start: to look at, to change, and to begin from."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from interviewer.orchestrator.start import is_current
from interviewer.policy import plan_edits
from interviewer.policy.own_questions import MAX_CHARACTERS
from interviewer.policy.plan import Plan
from interviewer.policy.plan_edits import UnableToEdit
from interviewer.web.plan_page import plan_page, remarks_on
from interviewer.web.rate_limits import TooMany
from interviewer.web.starting import enter_interview, start_draft
from interviewer.web.text import PlainTextField
from sessions_app.models import InterviewSession, PlanDraft, User
from sessions_app.services.plan_drafts import (
    PlanMoved,
    change_draft,
    newest_draft,
)
from sessions_app.views import personal

MOVED = "The plan was changed in another tab meanwhile. This is how it stands now."
NO_PLAN = "There is no plan any more. Fill in the set-up to make one."
RENEWED = (
    "The questions have been renewed since the plan was made. Your set-up is kept: "
    "make a new plan from it, or start."
)
TOO_MANY_STARTED = (
    "Many interviews were started within the hour. Your plan is kept: wait a while and "
    "press “Start interview” again."
)
ACTIONS = ("start", "up", "down", "pin", "unpin", "remove", "add")


class PlanForm(forms.Form):
    """One change to the plan, which names the plan that it was made on."""

    draft = forms.UUIDField()
    revision = forms.IntegerField(min_value=1)
    do = forms.ChoiceField(choices=[(name, name) for name in ACTIONS])
    slot = forms.IntegerField(min_value=0, max_value=1_000, required=False)


class OwnQuestionForm(forms.Form):
    question = PlainTextField(
        label="Your question",
        max_length=MAX_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It is asked as you write it. There is no rubric for it, so the "
        "answer gets follow-ups but no score.",
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._plan = plan

    def clean_question(self) -> str:
        text = str(self.cleaned_data["question"])
        for remark in remarks_on(text=text, plan=self._plan):
            if remark.is_refused:
                raise forms.ValidationError(remark.sentence)
        return text


@require_http_methods(["GET", "HEAD", "POST"])
@personal
@login_required
def plan(request: HttpRequest) -> HttpResponse:
    """Show the plan that has not begun; change it or begin it."""
    user = cast(User, request.user)
    draft = newest_draft(user=user)
    if request.method == "POST":
        return _act(request, user, draft)
    if draft is None:
        return redirect("interview_new")
    if not is_current(plan=Plan.from_dict(draft.plan)):
        return _renewed(request)
    return _show(request, draft)


def _renewed(request: HttpRequest) -> HttpResponse:
    messages.warning(request, RENEWED)
    return redirect("interview_new")


def _show(
    request: HttpRequest,
    draft: PlanDraft,
    *,
    form: OwnQuestionForm | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    current = Plan.from_dict(draft.plan)
    context = {
        "page": plan_page(draft=draft, plan=current),
        "form": form or OwnQuestionForm(plan=current),
        "error": error,
    }
    return render(request, "interview/plan.html", context, status=status)


def _act(request: HttpRequest, user: User, draft: PlanDraft | None) -> HttpResponse:
    form = PlanForm(request.POST)
    if not form.is_valid():
        return _moved(request, draft)
    begun = _begun(user, form.cleaned_data["draft"])
    if begun is not None:
        return redirect("interview_room", begun.pk)
    stands = (form.cleaned_data["draft"], form.cleaned_data["revision"])
    if draft is None or stands != (draft.pk, draft.revision):
        return _moved(request, draft)
    if not is_current(plan=Plan.from_dict(draft.plan)):
        return _renewed(request)
    if form.cleaned_data["do"] == "start":
        return _start(request, draft)
    return _change(request, draft, form.cleaned_data)


def _begun(user: User, draft_id: uuid.UUID) -> InterviewSession | None:
    own = InterviewSession.objects.visible_to(user)
    return cast("InterviewSession | None", own.filter(start_id=draft_id).first())


def _moved(request: HttpRequest, draft: PlanDraft | None) -> HttpResponse:
    """Show how things stand, with a question that was typed and not added."""
    if draft is None:
        messages.warning(request, NO_PLAN)
        return redirect("interview_new")
    typed = request.POST.get("question", "")
    form = OwnQuestionForm(initial={"question": typed}, plan=Plan.from_dict(draft.plan))
    return _show(request, draft, form=form, error=MOVED, status=409)


def _start(request: HttpRequest, draft: PlanDraft) -> HttpResponse:
    try:
        session = start_draft(request=request, draft=draft)
    except TooMany as error:
        response = _show(request, draft, error=TOO_MANY_STARTED, status=429)
        response["Retry-After"] = str(error.seconds)
        return response
    return enter_interview(request=request, session=session)


def _change(
    request: HttpRequest, draft: PlanDraft, wanted: dict[str, Any]
) -> HttpResponse:
    before = Plan.from_dict(draft.plan)
    form = OwnQuestionForm(request.POST, plan=before) if wanted["do"] == "add" else None
    if form is not None and not form.is_valid():
        return _show(request, draft, form=form, status=400)
    try:
        after, place = _changed(before, wanted, form)
    except UnableToEdit as error:
        return _show(request, draft, form=form, error=str(error), status=400)
    try:
        change_draft(
            user=cast(User, request.user),
            draft_id=draft.pk,
            revision=draft.revision,
            plan=after.to_dict(),
            now=timezone.now(),
        )
    except PlanMoved:
        return _moved(request, newest_draft(user=cast(User, request.user)))
    return redirect(f"{reverse('interview_plan')}#topic-{place + 1}")


def _changed(
    before: Plan, wanted: dict[str, Any], form: OwnQuestionForm | None
) -> tuple[Plan, int]:
    """Return the changed plan, and the topic to look at; raises UnableToEdit."""
    if form is not None:
        text = form.cleaned_data["question"]
        return plan_edits.add_own(plan=before, text=text), len(before.slots)
    index = -1 if wanted["slot"] is None else wanted["slot"]
    if wanted["do"] in ("up", "down"):
        by = -1 if wanted["do"] == "up" else 1
        place = min(max(index + by, 0), len(before.slots) - 1)
        return plan_edits.move(plan=before, index=index, by=by), place
    if wanted["do"] == "remove":
        after = plan_edits.remove(plan=before, index=index)
        return after, min(index, len(after.slots) - 1)
    is_pinned = wanted["do"] == "pin"
    return plan_edits.pin(plan=before, index=index, is_pinned=is_pinned), index
