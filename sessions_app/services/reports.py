"""The report on an ended interview, built from its journal and its evaluations.

It needs no worker and no scorer: what has not been archived or judged yet is
computed from the same rows, or said to be missing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from sessions_app.models import Evaluation, InterviewSession, Message, Turn
from sessions_app.services.disputes import with_disputes
from sessions_app.services.figures import MIN_SCORED_ANSWERS, SessionMetricsView
from sessions_app.services.labels import NOT_ENOUGH_EVIDENCE, band_word
from sessions_app.services.metrics import (
    metrics_for,
    original_score,
    session_facts,
)
from sessions_app.services.receipt import build_receipt
from sessions_app.services.report_inquiries import inquiry_view
from sessions_app.services.report_needs import need_rows
from sessions_app.services.report_questions import question_cards
from sessions_app.services.report_tables import metrics_rows, setup_rows
from sessions_app.services.report_types import (
    CriterionScore,
    CriterionSummary,
    FeedbackItem,
    NextStep,
    QuestionCard,
    Report,
    Summary,
)
from sessions_app.services.self_ratings import OWN_RATING
from sessions_app.services.transcript import message_views

MAX_ADVICE = 3
DISCLAIMER = (
    "A practice estimate, not a hiring decision. An AI takes part in this interview: "
    "it asks, follows up and judges, and it can be wrong."
)


def build_report(*, session: InterviewSession, practice_url: str) -> Report:
    """Return the report of an ended session. Six queries, whatever its length.

    practice_url: where the next step leads
    """
    messages = list(
        Message.objects.filter(session=session)
        .exclude(kind__in=(Message.Kind.ASK, Message.Kind.COACHING))
        .order_by("seq")
    )
    turns = list(Turn.objects.filter(session=session))
    evaluations = _evaluations(session, messages)
    facts = session_facts(
        session=session, messages=messages, turns=turns, evaluations=evaluations
    )
    metrics, is_on_demand = metrics_for(session=session, facts=facts)
    cards = question_cards(
        messages=messages, evaluations=evaluations, turns=turns, plan=session.plan
    )
    change = _advice("change", sorted(cards, key=_weakest_first))
    return Report(
        is_on_demand=is_on_demand,
        is_complete=not any(card.is_pending for card in cards),
        setup=setup_rows(session=session),
        asks_rating=session.mode != InterviewSession.Mode.PRACTICE
        and any(card.judged_seq for card in cards)
        and not any(card.own_rating for card in cards),
        summary=_summary(
            metrics,
            cards,
            is_changed=session.is_score_changed,
            original=original_score(evaluations=evaluations),
        ),
        judged_by=", ".join(sorted({c.provenance_tag for c in cards} - {""})),
        keep=_advice("keep", sorted(cards, key=_best_first)),
        change=change,
        criteria=_criteria(cards),
        questions=with_disputes(cards=cards, session=session),
        needs=need_rows(plan=session.plan, cards=cards),
        inquiries=inquiry_view(plan=session.plan, messages=messages),
        next_step=_next_step(cards, change, practice_url),
        transcript=tuple(message_views(messages=messages)),
        metrics=metrics_rows(metrics=metrics),
        receipt=build_receipt(
            session=session, messages=messages, turns=turns, cards=cards
        ),
        disclaimer=DISCLAIMER,
    )


def _evaluations(
    session: InterviewSession, messages: Iterable[Message]
) -> list[Evaluation]:
    """Return the evaluations in the order of the answers that they are about."""
    by_id = {message.pk: message for message in messages}
    rows = [
        row
        for row in Evaluation.objects.filter(session=session, is_counted=True)
        .annotate(own_rating=OWN_RATING)
        .order_by("id")
        if row.message_id in by_id
    ]
    for row in rows:
        row.message = by_id[row.message_id]
    return sorted(rows, key=lambda row: row.message.seq)


def _summary(
    metrics: SessionMetricsView,
    cards: Sequence[QuestionCard],
    *,
    is_changed: bool,
    original: float | None,
) -> Summary:
    score = None if metrics.score is None else metrics.score / 100
    total = sum(1 for card in cards if card.answers)
    return Summary(
        score=None if metrics.score is None else round(metrics.score),
        error=None if metrics.error is None else round(metrics.error),
        word=band_word(score=score),
        is_changed=is_changed,
        original=None if original is None else round(original),
        sentence=" ".join(_sentences(metrics, cards, total)),
        answers_scored=metrics.enough_evidence,
        answers_total=total,
    )


def _sentences(
    metrics: SessionMetricsView, cards: Sequence[QuestionCard], total: int
) -> Iterable[str]:
    scored = metrics.enough_evidence
    pending = sum(1 for card in cards if card.is_pending)
    if not total:
        yield "No question was answered, so there is nothing to score."
    elif metrics.score is not None and scored == total:
        yield f"The score is the mean over all {total} answered questions."
    elif metrics.score is not None:
        yield f"The score is the mean over {scored} of {total} answered questions."
        yield "The others have no score, which does not lower it."
    else:
        yield f"An overall score needs {MIN_SCORED_ANSWERS} questions with enough"
        yield f"evidence; {scored} of {total} answered had it."
    if pending:
        are = "answer is" if pending == 1 else "answers are"
        yield f"{pending} {are} not judged yet; reload the page in a moment."


def _advice(kind: str, cards: Iterable[QuestionCard]) -> tuple[FeedbackItem, ...]:
    """Return up to three items, one question after the other, quoted ones first."""
    per_card = [[i for i in card.feedback if i.kind == kind] for card in cards]
    depth = max((len(items) for items in per_card), default=0)
    in_turns = [
        items[rank] for rank in range(depth) for items in per_card if rank < len(items)
    ]
    quoted_first = sorted(in_turns, key=lambda item: not item.quote)
    if kind == "keep":
        # To keep something is to keep words: without them there is nothing to show.
        quoted_first = [item for item in quoted_first if item.quote]
    return tuple(quoted_first[:MAX_ADVICE])


def _best_first(card: QuestionCard) -> int:
    return -(card.percent or 0)


def _weakest_first(card: QuestionCard) -> tuple[bool, int]:
    return card.percent is None, card.percent or 0  # without a score: last


def _criteria(cards: Iterable[QuestionCard]) -> tuple[CriterionSummary, ...]:
    groups: dict[str, list[CriterionScore]] = {}
    for card in cards:
        for criterion in card.criteria:
            groups.setdefault(criterion.name, []).append(criterion)
    return tuple(_criterion(name, groups[name]) for name in sorted(groups))


def _criterion(name: str, scores: Sequence[CriterionScore]) -> CriterionSummary:
    """Return the mean over the questions; without one quote there is no number."""
    label = name.replace("_", " ").capitalize()
    evidence_count = sum(score.evidence_count for score in scores)
    if not evidence_count:
        return CriterionSummary(
            name=label,
            percent=None,
            error=None,
            word=NOT_ENOUGH_EVIDENCE,
            evidence_count=0,
        )
    mean = math.fsum(score.score for score in scores) / len(scores)
    errors = [score.error for score in scores if score.error is not None]
    is_known = len(errors) == len(scores)
    return CriterionSummary(
        name=label,
        percent=round(100 * mean),
        error=round(100 * math.hypot(*errors) / len(scores)) if is_known else None,
        word=band_word(score=mean),
        evidence_count=evidence_count,
    )


def _next_step(
    cards: Sequence[QuestionCard], change: Sequence[FeedbackItem], url: str
) -> NextStep:
    """Name the first thing to change, where there is one."""
    if not any(card.answers for card in cards):
        text = "Take a short interview and answer at least two questions."
        return NextStep(text=text, url=url, label="Start another interview")
    if not change:
        text = "Take another interview at the next level or in a harder style."
        return NextStep(text=text, url=url, label="Start another interview")
    topic = next(card.topic for card in cards if change[0] in card.feedback)
    text = f"Practice one more answer about {topic}. {change[0].advice}"
    return NextStep(text=text, url=url, label="Practice again")
