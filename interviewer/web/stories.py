"""The story bank: cases of one's own, what they show, and what is missing."""

from __future__ import annotations

import datetime
import uuid
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from interviewer.bank.loader import load_bank
from interviewer.policy.numbers import facts_of
from interviewer.policy.stories import Told, carries_alone, needs, use_of
from interviewer.web.preparation_forms import StoryForm
from interviewer.web.views import own_session, sent_by_person, written_by_person
from sessions_app.models import Story, User
from sessions_app.services.preparation import (
    UnableToSaveStory,
    behavioural_answers,
    save_story_of,
)
from sessions_app.views import personal

LOOKED_BACK = datetime.timedelta(days=90)


@require_safe
@personal
@login_required
def stories(request: HttpRequest) -> HttpResponse:
    """Show the person's stories with their use, and what no story shows."""
    user = cast(User, request.user)
    own = list(Story.objects.visible_to(user))
    told = [
        Told(interview=str(t.session_id), text=t.text, at=t.answered_at)
        for t in behavioural_answers(user=user, since=timezone.now() - LOOKED_BACK)
    ]
    wanted = needs(
        questions=load_bank().questions,
        stories={story.title: story.competencies for story in own},
    )
    rows = [
        {
            "story": story,
            "use": use_of(text=story.text, told=told),
            "alone": carries_alone(title=story.title, needs=wanted),
        }
        for story in own
    ]
    context = {
        "rows": rows,
        "needs": wanted,
        "gaps": sum(not need.titles for need in wanted),
        "days": LOOKED_BACK.days,
    }
    return render(request, "practice/stories.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@personal
@written_by_person
def new_story(request: HttpRequest) -> HttpResponse:
    """Show an empty story; keep it when it is written."""
    form = StoryForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _show(request, form, None)
    now = timezone.now()
    Story.objects.create(
        user=cast(User, request.user),
        created_at=now,
        updated_at=now,
        **form.cleaned_data,
    )
    messages.success(request, "Kept.")
    return redirect("stories")


@require_http_methods(["GET", "HEAD", "POST"])
@personal
@written_by_person
def story(request: HttpRequest, story_id: uuid.UUID) -> HttpResponse:
    """Show a story to change; keep what was changed."""
    own = _own_story(request, story_id)
    form = StoryForm(request.POST) if request.method == "POST" else StoryForm.of(own)
    if not form.is_valid():
        return _show(request, form, own)
    changed: dict[str, Any] = {**form.cleaned_data, "updated_at": timezone.now()}
    Story.objects.visible_to(request.user).filter(pk=own.pk).update(**changed)
    messages.success(request, "Kept.")
    return redirect("stories")


@require_http_methods(["GET", "HEAD", "POST"])
@personal
@login_required
def delete_story(request: HttpRequest, story_id: uuid.UUID) -> HttpResponse:
    """Ask before deleting; delete on POST."""
    own = _own_story(request, story_id)
    if request.method != "POST":
        return render(request, "practice/delete_story.html", {"story": own})
    own.delete()
    messages.success(request, "The story was deleted.")
    return redirect("stories")


@require_POST
@personal
@sent_by_person
def save_story(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """Keep the answer to a question of this interview, and open it to be completed."""
    session = own_session(request, session_id)
    slot = request.POST.get("slot", "")
    try:
        kept = save_story_of(
            session=session,
            slot=int(slot) if slot.isdecimal() else -1,
            facts_of=facts_of,
            now=timezone.now(),
        )
    except UnableToSaveStory as error:
        messages.info(request, str(error))
        return redirect("interview_report", session.pk)
    return redirect("story", kept.pk)


def _own_story(request: HttpRequest, story_id: uuid.UUID) -> Story:
    own = Story.objects.visible_to(request.user)
    return cast(Story, get_object_or_404(own, pk=story_id))


def _show(request: HttpRequest, form: StoryForm, own: Story | None) -> HttpResponse:
    context = {"form": form, "story": own}
    status = 400 if form.is_bound else 200
    return render(request, "practice/story.html", context, status=status)
