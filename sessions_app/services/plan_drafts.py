"""Keeping a plan between the set-up and the start; each call is one transaction."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Mapping
from typing import Any, cast

from django.db import transaction
from django.db.models import F

from sessions_app.models import PlanDraft, User
from sessions_app.services.sessions import Setup


class PlanMoved(Exception):
    """The plan was changed, replaced or begun in another tab."""


@transaction.atomic
def keep_draft(
    *, user: User, setup: Setup, plan: Mapping[str, Any], now: datetime.datetime
) -> PlanDraft:
    """Keep the plan in the place of the person's earlier ones."""
    PlanDraft.objects.filter(user=user).delete()
    draft: PlanDraft = PlanDraft.objects.create(
        user=user,
        setup=dataclasses.asdict(setup),
        plan=dict(plan),
        created_at=now,
        updated_at=now,
    )
    return draft


def newest_draft(*, user: User) -> PlanDraft | None:
    """Return the person's plan that has not begun, if any."""
    return cast("PlanDraft | None", PlanDraft.objects.visible_to(user).first())


def setup_of(draft: PlanDraft) -> Setup:
    """Return the set-up that the plan was made for."""
    return Setup(**draft.setup)


def change_draft(
    *,
    user: User,
    draft_id: uuid.UUID,
    revision: int,
    plan: Mapping[str, Any],
    now: datetime.datetime,
) -> None:
    """Store the changed plan; raises PlanMoved when it is another by now."""
    same = PlanDraft.objects.visible_to(user).filter(pk=draft_id, revision=revision)
    if not same.update(plan=dict(plan), revision=F("revision") + 1, updated_at=now):
        raise PlanMoved


def drop_draft(*, draft: PlanDraft) -> None:
    """Forget the plan, which has begun; again is harmless."""
    PlanDraft.objects.filter(pk=draft.pk).delete()
