"""The report's two tables: how the interview was set up, and its figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.template.defaultfilters import date as format_date
from django.utils.timezone import localtime

from sessions_app.models import InterviewSession
from sessions_app.services.figures import SessionMetricsView
from sessions_app.services.labels import role_label, score_label
from sessions_app.services.report_types import Row

NOT_MEASURED = "–"


def setup_rows(*, session: InterviewSession) -> tuple[Row, ...]:
    """Return the frozen set-up, so that the result is read in its light."""
    return tuple(_filled(_setup(session)))


def metrics_rows(*, metrics: SessionMetricsView) -> tuple[Row, ...]:
    """Return the figures with their units; thinking and system time stand apart."""
    roles = metrics.messages_by_role
    return (
        (
            "Messages",
            f"{sum(roles.values())} ({roles.get('candidate', 0)} by the candidate)",
        ),
        ("Questions asked", str(metrics.asked)),
        ("Questions answered", str(metrics.answered)),
        ("Questions skipped", str(metrics.skipped)),
        ("Questions with follow-ups", str(metrics.probed)),
        ("Answers with enough evidence", str(metrics.enough_evidence)),
        *(
            (
                f"Score for {competency.name or 'other topics'}",
                f"{score_label(score=competency.score, error=competency.error)}"
                f" ({_counted(competency.answers, 'answer')})",
            )
            for competency in metrics.competencies
        ),
        ("Words per answer, mean", _number(metrics.words_mean)),
        ("Words per answer, median", _number(metrics.words_median)),
        ("Duration, pauses included", _duration(metrics.duration_seconds)),
        ("Thinking time, mean", _duration(metrics.thinking_seconds_mean)),
        ("System time to first words, mean", _ms(metrics.first_words_ms_mean)),
        ("System time to the whole reply, mean", _ms(metrics.completed_ms_mean)),
    )


def _setup(session: InterviewSession) -> Iterator[Row]:
    family = role_label(role=session.role)
    yield "Role", session.role_title or family
    yield "Role family", family if session.role_title != family else ""
    yield "Level", session.get_level_display()
    yield "Company", session.company
    yield "Questions", session.get_kind_display()
    yield "Mode", session.get_mode_display()
    yield "Style", session.get_style_display()
    yield (
        "Length",
        _counted(session.minutes, "minute") if session.minutes else "No limit",
    )
    yield "Date", format_date(localtime(session.created_at), "j F Y, H:i e")
    yield "Job description", _size(session.job_description)
    yield "Résumé", _size(session.resume)
    yield "Planned topics", " · ".join(_planned_topics(session))
    yield "Versions", " · ".join(f"{k} {v}" for k, v in session.versions.items())


def _planned_topics(session: InterviewSession) -> Iterator[str]:
    for slot in session.plan.get("slots", ()):
        need = slot.get("requirement")
        yield f"{slot['label']} (for “{need}”)" if need else slot["label"]


def _filled(rows: Iterable[Row]) -> Iterator[Row]:
    return ((label, value) for label, value in rows if value)


def _size(text: str) -> str:
    return _counted(len(text.split()), "word") if text.strip() else "Not given"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _number(value: float | None) -> str:
    return NOT_MEASURED if value is None else f"{value:.0f}"


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return NOT_MEASURED
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _ms(value: float | None) -> str:
    return NOT_MEASURED if value is None else f"{value / 1000:.2f} s"
