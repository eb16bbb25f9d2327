"""Forms of the data app."""

from __future__ import annotations

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
