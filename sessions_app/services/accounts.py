"""What happens to a guest's work when the guest turns out to have an account."""

from __future__ import annotations

from django.apps import apps
from django.db import transaction

from sessions_app.models import InterviewSession, PracticeCard, User
from sessions_app.models.base import OwnedModel
from sessions_app.services.invalidation import note_changes
from sessions_app.services.practice import remake_cards


@transaction.atomic
def adopt_guest(*, guest: User, user: User) -> None:
    """Give everything the guest owns to the account and delete the guest."""
    # Whoever stores an answer holds its session: after this none is on its way.
    sessions = InterviewSession.objects.filter(user_id=guest.pk).order_by("pk")
    list(sessions.select_for_update().values_list("pk", flat=True))
    # A question that both have practised has one card, of both their answers.
    known = PracticeCard.objects.filter(user_id=user.pk).values("bank_id")
    both = PracticeCard.objects.filter(user_id=guest.pk, bank_id__in=known)
    twice = list(both.values_list("bank_id", flat=True))
    PracticeCard.objects.filter(user_id=guest.pk, bank_id__in=twice).delete()
    for model in apps.get_app_config("sessions_app").get_models():
        if issubclass(model, OwnedModel):
            model.objects.filter(user_id=guest.pk).update(user_id=user.pk)
    remake_cards(user_id=user.pk, bank_ids=twice)
    note_changes(user_ids=[guest.pk, user.pk])
    guest.delete()
