"""What people fill in: the set-up of an interview, and an answer."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

from django import forms
from django.conf import settings

from interviewer.bank.loader import load_bank
from interviewer.web.samples import SAMPLE_SETUP
from interviewer.web.text import PlainTextField
from interviewer.web.uploads import DocumentField
from sessions_app.models import InterviewSession
from sessions_app.services.sessions import Setup

NO_LIMIT = "0"
LENGTHS = (
    ("15", "15 minutes"),
    ("30", "30 minutes"),
    ("45", "45 minutes"),
    (NO_LIMIT, "No time limit"),
)
INTENTS = ("answer", "repeat", "skip", "hint", "ask")
QUICK_QUESTIONS = (
    "Why this score?",
    "Show me a stronger answer",
    "What should I practice?",
)


def role_choices() -> list[tuple[str, str]]:
    """Return the role families of the bank with their labels."""
    return [(family.id, family.label) for family in load_bank().families]


def _choose(what: str) -> dict[str, str]:
    """Return the messages that name what to choose."""
    return {
        "required": f"Choose {what}.",
        "invalid_choice": f"Choose {what} from the list.",
    }


class SetupForm(forms.Form):
    """Role, level, length and manner of an interview; the rest is optional.

    Files are read into the boxes above them (`interviewer/web/uploads.py`), never kept.
    """

    role = forms.ChoiceField(
        error_messages=_choose("a role"), label="Role", choices=role_choices
    )
    role_title = PlainTextField(
        label="Job title",
        max_length=120,
        required=False,
        help_text="As in the advertisement. Leave it empty to use the role's name.",
    )
    level = forms.ChoiceField(
        error_messages=_choose("a level"),
        label="Level",
        choices=InterviewSession.Level.choices,
        initial="mid",
        widget=forms.RadioSelect,
    )
    kind = forms.ChoiceField(
        error_messages=_choose("a kind of questions"),
        label="Questions",
        choices=InterviewSession.Kind.choices,
        initial="mixed",
        widget=forms.RadioSelect,
    )
    minutes = forms.ChoiceField(
        error_messages=_choose("a length"),
        label="Length",
        choices=LENGTHS,
        initial="15",
        widget=forms.RadioSelect,
    )
    mode = forms.ChoiceField(
        error_messages=_choose("a mode"),
        label="Mode",
        choices=[
            ("practice", "Practice: feedback after each answer, hints on request"),
            ("interview", "Interview: no feedback until the end, as in real life"),
            (
                "skill_assessment",
                "Skill assessment: one topic after the other, at most one clarifying "
                "follow-up, results at the end",
            ),
        ],
        initial="practice",
        widget=forms.RadioSelect,
    )
    company = PlainTextField(label="Company", max_length=120, required=False)
    job_description = PlainTextField(
        label="Job description",
        max_length=settings.DOCUMENT_MAX_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Paste the advertisement. Questions are chosen to fit it.",
    )
    job_description_file = DocumentField(label="Job description as a file")
    resume = PlainTextField(
        label="Résumé",
        max_length=settings.DOCUMENT_MAX_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Paste the text. It is used to choose questions and is never scored.",
    )
    resume_file = DocumentField(label="Résumé as a file")
    style = forms.ChoiceField(
        error_messages=_choose("a style"),
        label="Style",
        choices=InterviewSession.Style.choices,
        initial="formal",
        widget=forms.RadioSelect,
    )

    @classmethod
    def filled_with_sample(cls) -> SetupForm:
        """Return the form filled with our own example of a job and a person."""
        return cls(initial=SAMPLE_SETUP)

    @classmethod
    def like_session(cls, session: InterviewSession | None) -> SetupForm:
        """Return a form prefilled from the person's last set-up."""
        if session is None:
            return cls()
        names = [field.name for field in dataclasses.fields(Setup)]
        return cls.like_setup(Setup(**{name: getattr(session, name) for name in names}))

    @classmethod
    def like_setup(cls, setup: Setup) -> SetupForm:
        """Return a form prefilled with a set-up."""
        chosen = dataclasses.asdict(setup)
        chosen["minutes"] = str(setup.minutes or NO_LIMIT)
        return cls(initial=chosen)

    def setup(self) -> Setup:
        """Return the checked choices; only for a valid form."""
        names = {field.name for field in dataclasses.fields(Setup)}
        chosen: dict[str, Any] = {
            name: value for name, value in self.cleaned_data.items() if name in names
        }
        chosen["minutes"] = int(chosen["minutes"]) or None
        labels = dict(role_choices())
        chosen["role_title"] = chosen["role_title"].strip() or labels[chosen["role"]]
        return Setup(**chosen)


class AnswerForm(forms.Form):
    """A candidate's message: an answer, a request about the open question, or a
    question to the coach of an ended interview."""

    intent = forms.ChoiceField(choices=[(name, name) for name in INTENTS])
    text = PlainTextField(
        max_length=settings.ANSWER_MAX_CHARACTERS,
        required=False,
        error_messages={
            "max_length": "Your text has %(show_value)d characters; "
            "%(limit_value)d are the limit. Please shorten it and send it again."
        },
    )
    client_message_id = forms.UUIDField()
    question_no = forms.IntegerField(min_value=1, max_value=32_000)
    truncated = forms.BooleanField(required=False)
    confirmed = forms.BooleanField(required=False)
    quick = forms.ChoiceField(
        choices=[(question, question) for question in QUICK_QUESTIONS], required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("intent") != "ask":
            cleaned["quick"] = ""
        missing = NOTHING_WRITTEN.get(cleaned.get("intent", ""))
        is_empty = "text" in cleaned and not (cleaned["text"] or cleaned.get("quick"))
        if missing and is_empty:
            self.add_error("text", missing)
        return cleaned

    @property
    def content(self) -> str:
        """Return what is sent: the question that was picked, or what was typed."""
        return str(self.cleaned_data["quick"] or self.cleaned_data["text"])

    @functools.cached_property
    def problem(self) -> str:
        """Return one sentence that says what to do about the first error."""
        for name in ("text", "client_message_id", "question_no", "intent", "quick"):
            if name in self.errors:
                text = str(self.errors[name][0])
                return text if name == "text" else f"{STALE_FORM} ({name}: {text})"
        return ""


NOTHING_WRITTEN = {
    "answer": "Please write an answer, or skip the question.",
    "ask": "Please write a question to the coach, or pick one of the three.",
}
STALE_FORM = (
    "This page is incomplete or out of date. Your text is kept below: "
    "please send it again."
)
