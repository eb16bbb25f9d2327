"""Making what is derived from a journal anew, when the journal itself was changed.

Each function works on the locked session and leaves it to the caller to save it.
"""

from __future__ import annotations

from sessions_app.models import InterviewSession, Message, rolling_digest
from sessions_app.services.metrics import load_facts
from sessions_app.services.running import running_figures


def rechain(*, session: InterviewSession, from_seq: int = 1) -> None:
    """Compute the rolling digest anew from this message on; unsaved on the session.

    Saves the messages. Reads those from there on, and the one before.
    """
    rows = list(
        Message.objects.filter(session=session, seq__gte=from_seq - 1)
        .only("session", "seq", "role", "agent", "kind", "content", "digest")
        .order_by("seq")
    )
    is_anchored = bool(rows) and rows[0].seq < from_seq
    digest = rows[0].digest if is_anchored else ""
    changed = []
    for row in rows[is_anchored:]:
        digest = rolling_digest(
            previous=digest,
            role=row.role,
            agent=row.agent,
            kind=row.kind,
            content=row.content,
        )
        if row.digest != digest:
            row.digest = digest
            changed.append(row)
    Message.objects.bulk_update(changed, ["digest"], batch_size=200)
    session.digest = digest
    session.message_count = rows[-1].seq if rows else 0


def forget_archive(*, session: InterviewSession) -> None:
    """Drop the questions and answers; the archive derives them again."""
    session.questions.all().delete()
    session.messages.update(archived_at=None)


def recount(*, session: InterviewSession) -> None:
    """Count the running figures anew from the whole journal; unsaved."""
    facts = load_facts(sessions=[session])[session.pk]
    figures = running_figures(facts=facts, digest=session.digest)
    session.running_figures = figures.to_dict()
