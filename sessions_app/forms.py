"""Forms of the data app."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm

from sessions_app.models import InterviewSession, User
from sessions_app.services.labels import ROLE_LABELS


class SessionFilterForm(forms.Form):
    """What to show in the list; sent by GET, every field may be empty."""

    role = forms.ChoiceField(
        required=False, choices=[("", "All roles"), *ROLE_LABELS.items()]
    )
    state = forms.ChoiceField(
        required=False, choices=[("", "All states"), *InterviewSession.State.choices]
    )
    mode = forms.ChoiceField(
        required=False, choices=[("", "All modes"), *InterviewSession.Mode.choices]
    )


class _AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean_email(self) -> str | None:
        """Return the address as it is stored: in lower case; a guest has none."""
        email = self.cleaned_data["email"]
        if self.instance.is_guest and email:
            raise forms.ValidationError("A guest gets an address by signing up.")
        if not self.instance.is_guest and not email:
            raise forms.ValidationError("Enter an e-mail address.")
        return email.lower() if email else None


class AccountCreationForm(_AccountForm, AdminUserCreationForm):  # type: ignore[type-arg]
    """Adds an account holder in the admin, known by e-mail."""

    class Meta:
        model = User
        fields = ("email",)


class AccountChangeForm(_AccountForm, UserChangeForm):  # type: ignore[type-arg]
    """Changes an account in the admin."""

    class Meta:
        model = User
        fields = "__all__"  # the admin's fieldsets choose  # noqa: DJ007


class NoteForm(forms.Form):
    """A remark on one message."""

    message = forms.UUIDField()
    text = forms.CharField(
        max_length=5_000, error_messages={"required": "Please write the note."}
    )

    @property
    def key(self) -> str:
        """Return the name of the form's place on the page."""
        return f"note-{self.data.get('message')}"


class OverrideForm(forms.Form):
    """A new score with its reason; an empty score brings the original back."""

    evaluation = forms.UUIDField(required=False)
    value = forms.FloatField(
        required=False,
        min_value=0,
        max_value=100,
        error_messages={
            "min_value": "A score is a number from 0 to 100.",
            "max_value": "A score is a number from 0 to 100.",
            "invalid": "A score is a number from 0 to 100.",
        },
    )
    reason = forms.CharField(
        max_length=2_000,
        error_messages={"required": "Please give the reason: it is kept for good."},
    )
    seen = forms.UUIDField(required=False)  # the newest change on the page

    @property
    def key(self) -> str:
        """Return the name of the form's place on the page."""
        return f"score-{self.data.get('evaluation', '')}"


class DisputeAnswerForm(forms.Form):
    """Words for the candidate, and a new score where the objection is right."""

    dispute = forms.UUIDField()
    outcome = forms.ChoiceField(
        choices=[("upheld", "The score stands"), ("changed", "Change the score")],
        error_messages={"required": "Please choose what happens to the score."},
    )
    value = OverrideForm.base_fields["value"]
    words = forms.CharField(
        max_length=2_000,
        error_messages={"required": "Please write what the candidate will read."},
    )

    @property
    def key(self) -> str:
        """Return the name of the form's place on the page."""
        return f"dispute-{self.data.get('dispute')}"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("outcome") == "upheld":
            cleaned["value"] = None
        elif "value" in cleaned and cleaned["value"] is None:
            self.add_error("value", "Please give the new score.")
        return cleaned


class RedactionForm(forms.Form):
    """Which words of a message to black out, and why; they cannot be brought back."""

    message = forms.UUIDField()
    passage = forms.CharField(required=False, strip=False)
    reason = forms.CharField(
        max_length=500,
        error_messages={"required": "Please give the reason: it is kept for good."},
    )
    confirmed = forms.BooleanField(
        error_messages={"required": "Please confirm: it cannot be taken back."}
    )

    @property
    def key(self) -> str:
        """Return the name of the form's place on the page."""
        return f"redact-{self.data.get('message')}"

    def clean_passage(self) -> str:
        """Return the passage with line ends as messages have them."""
        return str(self.cleaned_data["passage"]).replace("\r\n", "\n")


class ReviewedForm(forms.Form):
    """Whether the reviewer has read the interview."""

    is_reviewed = forms.BooleanField(required=False)

    @property
    def key(self) -> str:
        """Return the name of the form's place on the page."""
        return "reviewed"
