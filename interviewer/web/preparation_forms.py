"""Forms for what people write down around real interviews."""

from __future__ import annotations

from typing import Any

from django import forms

from interviewer.web.text import PlainTextField
from sessions_app.models import PlannedInterview, RealInterview, Story

LINE = 120
PARAGRAPH = 2_000
STORY = 6_000
DAY = {
    "required": "Enter a date.",
    "invalid": "Enter a date as year-month-day, such as 2027-03-31.",
}
MOST_COMPETENCIES = 12


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto"})


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        error_messages=DAY,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class StoryForm(forms.Form):
    """A story in the person's own words, with its parts and what it shows."""

    title = PlainTextField(label="Title", max_length=LINE)
    text = PlainTextField(
        label="The story",
        max_length=STORY,
        widget=_lines(8),
        help_text="In your own words, as you would tell it.",
    )
    situation = PlainTextField(
        label="Situation", max_length=PARAGRAPH, required=False, widget=_lines(2)
    )
    action = PlainTextField(
        label="What you did", max_length=PARAGRAPH, required=False, widget=_lines(2)
    )
    result = PlainTextField(
        label="Result", max_length=PARAGRAPH, required=False, widget=_lines(2)
    )
    competencies = PlainTextField(
        label="Shows",
        max_length=400,
        required=False,
        help_text="Separated by commas, such as: Ownership, Collaboration.",
    )
    facts = PlainTextField(
        label="Facts and numbers",
        max_length=PARAGRAPH,
        required=False,
        widget=_lines(3),
        help_text="One a line: what you want to have at hand.",
    )

    @classmethod
    def of(cls, story: Story) -> StoryForm:
        """Return the form filled with this story."""
        values = {name: getattr(story, name) for name in cls.base_fields}
        return cls(initial={**values, "competencies": ", ".join(story.competencies)})

    def clean_competencies(self) -> list[str]:
        typed = str(self.cleaned_data["competencies"]).split(",")
        names = list(dict.fromkeys(" ".join(name.split()) for name in typed))
        return [name for name in names if name][:MOST_COMPETENCIES]


class PlannedInterviewForm(forms.Form):
    """When the real interview is, and what to have at hand there."""

    held_on = _day("Date of the interview")
    role = PlainTextField(label="Role", max_length=LINE, required=False)
    company = PlainTextField(label="Company", max_length=LINE, required=False)
    text = PlainTextField(
        label="Note",
        max_length=PARAGRAPH,
        required=False,
        widget=_lines(3),
        help_text="Who you will meet, where, how long.",
    )
    mentions = PlainTextField(
        label="Three things to mention",
        max_length=PARAGRAPH,
        required=False,
        widget=_lines(3),
        help_text="One a line. Left empty, the cue card takes them from your reports.",
    )
    questions = PlainTextField(
        label="Questions to ask them",
        max_length=PARAGRAPH,
        required=False,
        widget=_lines(3),
        help_text="One a line.",
    )

    @classmethod
    def of(cls, planned: PlannedInterview | None) -> PlannedInterviewForm:
        """Return the form filled with this plan."""
        if planned is None:
            return cls()
        values = {n: getattr(planned, n) for n in cls.base_fields if n != "text"}
        return cls(initial={**values, "text": planned.note})

    def values(self) -> dict[str, Any]:
        """Return the checked values by the model's names."""
        values = dict(self.cleaned_data)
        values["note"] = values.pop("text")
        return values


class RealInterviewForm(forms.Form):
    """What came of a real interview."""

    held_on = _day("Date")
    company = PlainTextField(label="Company", max_length=LINE)
    outcome = forms.ChoiceField(
        label="How it went",
        choices=RealInterview.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how it went."},
    )
    text = PlainTextField(
        label="In your words",
        max_length=PARAGRAPH,
        required=False,
        widget=_lines(3),
        help_text="What went as planned, what surprised you.",
    )
    questions = PlainTextField(
        label="Questions they asked",
        max_length=PARAGRAPH,
        required=False,
        widget=_lines(4),
        help_text="One a line. Each can be kept as a note to prepare an answer.",
    )
    lessons = PlainTextField(
        label="Lessons", max_length=PARAGRAPH, required=False, widget=_lines(3)
    )

    @classmethod
    def of(cls, interview: RealInterview) -> RealInterviewForm:
        """Return the form filled with this interview."""
        return cls(initial={n: getattr(interview, n) for n in cls.base_fields})
