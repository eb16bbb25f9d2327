"""Background work on live interviews: what no request was there to finish."""

from __future__ import annotations

import datetime

from asgiref.sync import async_to_sync
from celery import shared_task
from django.utils import timezone

from interviewer.orchestrator.ending import close_overdue
from interviewer.orchestrator.fold import fold_waiting
from interviewer.orchestrator.orchestrator import complete_turn
from interviewer.orchestrator.reply_requests import stable_prompt
from interviewer.orchestrator.second_opinions import judge_waiting
from interviewer.orchestrator.summarizing import model_summarizer
from sessions_app.services.turns import fail_deadly_turns, orphaned_turns
from sessions_app.tasks import ring_archive

ORPHAN_AGE = datetime.timedelta(seconds=10)
ORPHAN_LIMIT = 50


@shared_task(name="interviewer.sweep")
def sweep() -> None:
    """Complete turns that nobody works on, then close overdue interviews."""
    now = timezone.now()
    orphans = orphaned_turns(now=now, older_than=ORPHAN_AGE, limit=ORPHAN_LIMIT)
    for turn_id in orphans:
        async_to_sync(complete_turn)(turn_id=turn_id)
    fail_deadly_turns(now=timezone.now())
    closed = close_overdue(now=timezone.now())
    if orphans or closed:
        ring_archive()


@shared_task(name="interviewer.fold")
def fold() -> None:
    """Fold the histories that have grown long; two runs are as good as one."""
    fold_waiting(now=timezone.now(), summarizer=model_summarizer(stable=stable_prompt))


@shared_task(name="interviewer.judge")
def judge() -> None:
    """Ask a chat model, if there is one, for the second opinions that are due."""
    judge_waiting(now=timezone.now())
