"""The log of real interviews: what was asked, how it went, what to do about it."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from interviewer.web.preparation_forms import RealInterviewForm
from interviewer.web.views import sent_by_person, written_by_person
from sessions_app.models import QuestionNote, RealInterview, User
from sessions_app.services.preparation import NOTE_CHARACTERS, keep_question
from sessions_app.views import personal


@require_http_methods(["GET", "HEAD", "POST"])
@personal
@written_by_person
def real_interviews(request: HttpRequest) -> HttpResponse:
    """Show the person's real interviews, newest first; log another on POST."""
    form = RealInterviewForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {
            "form": form,
            "interviews": list(RealInterview.objects.visible_to(request.user)),
        }
        status = 400 if form.is_bound else 200
        return render(request, "practice/real_interviews.html", context, status=status)
    kept = RealInterview.objects.create(
        user=cast(User, request.user), created_at=timezone.now(), **form.cleaned_data
    )
    messages.success(request, "Kept.")
    return redirect("real_interview", kept.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@personal
@written_by_person
def real_interview(request: HttpRequest, interview_id: uuid.UUID) -> HttpResponse:
    """Show a logged interview to change; keep what was changed."""
    own = _own_interview(request, interview_id)
    is_sent = request.method == "POST"
    form = RealInterviewForm(request.POST) if is_sent else RealInterviewForm.of(own)
    if form.is_valid():
        mine = RealInterview.objects.visible_to(request.user).filter(pk=own.pk)
        mine.update(**form.cleaned_data)
        messages.success(request, "Kept.")
        return redirect("real_interview", own.pk)
    kept = set(own.notes.values_list("text", flat=True))
    asked = [(line, line in kept) for line in _questions(own)]
    context = {"form": form, "interview": own, "asked": asked}
    status = 400 if is_sent else 200
    return render(request, "practice/real_interview.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@personal
@login_required
def delete_real_interview(
    request: HttpRequest, interview_id: uuid.UUID
) -> HttpResponse:
    """Ask before deleting; delete on POST."""
    own = _own_interview(request, interview_id)
    if request.method != "POST":
        context = {"interview": own}
        return render(request, "practice/delete_real_interview.html", context)
    own.delete()
    messages.success(request, "The interview was deleted from your log.")
    return redirect("real_interviews")


@require_POST
@personal
@sent_by_person
def note_question(request: HttpRequest, interview_id: uuid.UUID) -> HttpResponse:
    """Keep a question that was asked there as a note to prepare an answer."""
    own = _own_interview(request, interview_id)
    if request.POST.get("text") in _questions(own):
        keep_question(interview=own, text=request.POST["text"], now=timezone.now())
        messages.success(request, "Kept among the questions to prepare.")
    return redirect("real_interview", own.pk)


@require_POST
@personal
@sent_by_person
def delete_note(request: HttpRequest, note_id: uuid.UUID) -> HttpResponse:
    """Remove a question from the notes."""
    own = QuestionNote.objects.visible_to(request.user)
    get_object_or_404(own, pk=note_id).delete()
    return redirect("interview_day")


def _own_interview(request: HttpRequest, interview_id: uuid.UUID) -> RealInterview:
    own = RealInterview.objects.visible_to(request.user)
    return cast(RealInterview, get_object_or_404(own, pk=interview_id))


def _questions(interview: RealInterview) -> list[str]:
    """Return the questions that were asked there, as notes keep them."""
    lines = (
        line.strip()[:NOTE_CHARACTERS] for line in interview.questions.splitlines()
    )
    return list(dict.fromkeys(line for line in lines if line))
