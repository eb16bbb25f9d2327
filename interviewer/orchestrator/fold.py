"""Folding a session's oldest messages: in the background, never in a request.

A fold is prepared early and put in force late. Rules can always make it; a chat model
may be passed in, and when it fails the messages stay word for word up to the hard cap.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import cast

import structlog
from django.conf import settings

from interviewer.agents import facts as pure
from interviewer.agents.extraction import EXTRACTOR, answer_facts, question_facts
from interviewer.agents.facts import keep_verified
from interviewer.agents.fold_task import FOLD, FoldReads
from interviewer.agents.history_views import HistoryMessage
from interviewer.agents.history_window import (
    FoldPlan,
    ModelProfile,
    Spoken,
    high_mark,
    is_over_hard_cap,
    may_swap,
    plan_fold,
    prepare_mark,
    profile_of,
)
from interviewer.agents.ledger import superseded
from interviewer.agents.model_tasks import Digested
from interviewer.agents.model_types import ModelFailure, Prompt, PromptMessage
from interviewer.agents.prompt_layout import prompt_bytes
from interviewer.agents.summarizer import (
    SUMMARIZER,
    accept_summary,
    make_record,
    roll_summary,
)
from interviewer.agents.tokens import estimate_tokens
from interviewer.orchestrator.alone import alone
from interviewer.orchestrator.background_calls import CALL_SECONDS, RUN_SECONDS
from interviewer.orchestrator.history import history_message
from interviewer.telemetry import record_event
from sessions_app.models import Fact, HistoryEpoch, InterviewSession, Message
from sessions_app.services import folding

log = structlog.get_logger(__name__)

Summarizer = Callable[[InterviewSession, Prompt], str]  # raises ModelFailure
# Parts [1] to [4] of the session's prompt, for a model that has them in its cache.
StablePart = Callable[[InterviewSession], Sequence[PromptMessage]]


@dataclasses.dataclass(frozen=True, slots=True)
class ModelSummarizer:
    """A chat model that summarizes; `stable` if it also words the conversation."""

    ask: Summarizer
    engine: str  # name and version, kept with what it wrote
    stable: StablePart | None = None


FOLD_LIMIT = 50  # sessions of one run; the next sweep takes the rest


def fold_waiting(
    *, now: datetime.datetime, summarizer: ModelSummarizer | None = None
) -> int:
    """Fold every session that needs it; return how many were looked at."""
    profile, window = profile_in_use(), settings.HISTORY_WINDOW
    waiting = folding.sessions_to_fold(
        prepare_mark=prepare_mark(profile=profile, window=window),
        high_mark=high_mark(profile=profile, window=window),
        limit=FOLD_LIMIT,
    )
    started = time.monotonic()
    for session_id in waiting:
        if time.monotonic() - started > RUN_SECONDS:
            break
        try:
            with alone(name=f"fold:{session_id}", seconds=CALL_SECONDS) as is_free:
                if is_free:
                    fold_session(session_id=session_id, now=now, summarizer=summarizer)
        except Exception:
            # One session's trouble must not hold up the others; the sweep comes back.
            log.exception("fold_failed", session_id=str(session_id))
    return len(waiting)


def fold_session(
    *,
    session_id: uuid.UUID,
    now: datetime.datetime,
    summarizer: ModelSummarizer | None = None,
) -> None:
    """Prepare the session's next epoch if it is time, and swap to it when it is due."""
    profile, window = profile_in_use(), settings.HISTORY_WINDOW
    session = InterviewSession.objects.get(pk=session_id)
    before = folding.epoch_in_force(session=session)
    covered = before.upto_seq if before else 0
    rows = folding.messages_between(session=session, after_seq=covered)
    spoken = [history_message(row).spoken for row in rows]
    ready = folding.ready_epoch(session=session)
    if ready is None:
        plan = plan_fold(
            messages=spoken,
            epoch=session.history_epoch,
            profile=profile,
            window=window,
        )
        if plan is None:
            return
        by_rules = summarizer is None or is_over_hard_cap(
            messages=spoken, profile=profile, window=window
        )
        ready = _prepare(session, before, plan, summarizer, by_rules, now)
    if ready is None or not _is_due(spoken, ready, profile, window):
        return
    if folding.put_in_force(session_id=session_id, epoch=ready):
        record_event("compactions")


def profile_in_use() -> ModelProfile:
    """Return the profile of the model that words the conversation."""
    return profile_of(model=settings.INTERVIEWER_MODEL)


def extract_facts(*, rows: Sequence[Message]) -> Iterator[folding.NewFact]:
    """Yield the verified facts that rules read from these messages."""
    for row in rows:
        verified = keep_verified(facts=_proposed(row), content=row.content)
        note_dropped(count=verified.dropped)
        for fact in verified.facts:
            yield new_fact(fact=fact, message_id=row.pk, engine=EXTRACTOR)


def note_dropped(*, count: int) -> None:
    """Count proposed facts that their message does not prove."""
    if count:
        log.warning("ledger_dropped", count=count)
        record_event("ledger_dropped", count=count)


def new_fact(*, fact: pure.Fact, message_id: uuid.UUID, engine: str) -> folding.NewFact:
    """Return a fact as it is stored."""
    return folding.NewFact(
        message_id=message_id,
        seq=fact.seq,
        kind=fact.kind,
        subject=fact.subject,
        value=fact.value,
        unit=fact.unit,
        quote=fact.quote,
        start=fact.start,
        confidence=fact.confidence,
        engine=engine,
    )


def stored_fact(row: Fact) -> pure.Fact:
    """Return a stored fact as the ledger reads it."""
    return pure.Fact(
        kind=cast(pure.FactKind, row.kind),
        subject=row.subject,
        value=row.value,
        unit=row.unit,
        quote=row.quote,
        start=row.start,
        seq=row.seq,
        confidence=row.confidence,
    )


def _is_due(
    spoken: Sequence[Spoken], ready: HistoryEpoch, profile: ModelProfile, window: int
) -> bool:
    return may_swap(
        messages=spoken, upto_seq=ready.upto_seq, profile=profile, window=window
    )


def _prepare(
    session: InterviewSession,
    before: HistoryEpoch | None,
    plan: FoldPlan,
    summarizer: ModelSummarizer | None,
    may_use_rules: bool,
    now: datetime.datetime,
) -> HistoryEpoch | None:
    """Store the epoch of this plan; None when only the model may make it and failed."""
    after = 0 if plan.is_rebuild else plan.after_seq
    rows = folding.messages_between(
        session=session, after_seq=after, upto_seq=plan.upto_seq
    )
    facts = _ledger_facts(session, rows, plan, now)
    previous = before.summary if before and not plan.is_rebuild else ""
    block = [history_message(row) for row in rows]
    summary, engine = None, SUMMARIZER
    if summarizer is not None:
        shared = None if plan.is_rebuild else summarizer.stable
        prompt = _prompt(session, previous, block, shared)
        summary, engine = _ask(summarizer.ask, session, prompt), summarizer.engine
    if summary is None:
        if not may_use_rules:
            return None
        summary, engine = roll_summary(previous=previous, block=block), SUMMARIZER
    record = make_record(summary=summary, facts=facts)
    epoch = folding.NewEpoch(
        number=plan.number,
        upto_seq=plan.upto_seq,
        range_digest=rows[-1].digest,
        summary=record.summary,
        ledger=record.ledger,
        tokens=estimate_tokens(record.text),
        engine=engine,
    )
    return folding.store_epoch(session=session, epoch=epoch, now=now)


def _prompt(
    session: InterviewSession,
    previous: str,
    block: Sequence[HistoryMessage],
    shared: StablePart | None,
) -> Prompt:
    stable = None
    if shared is not None:
        messages = shared(session)
        digest = hashlib.sha256(prompt_bytes(messages)).hexdigest()
        stable = Digested(digest=digest, value=messages)
    reads = FoldReads(previous=previous, block=tuple(block), stable=stable)
    return FOLD.render(reads)


def _ledger_facts(
    session: InterviewSession,
    rows: Sequence[Message],
    plan: FoldPlan,
    now: datetime.datetime,
) -> Sequence[pure.Fact]:
    """Return all facts up to the plan's end, after reading those not read yet."""
    known = folding.facts_upto(session=session, seq=plan.upto_seq)
    # A model may have found facts in a message that the rules have not read yet.
    read = {fact.seq for fact in known if fact.engine == EXTRACTOR}
    unread = [row for row in rows if row.seq not in read]
    new = list(extract_facts(rows=unread))
    folding.store_facts(session=session, facts=new, now=now)
    stored = folding.facts_upto(session=session, seq=plan.upto_seq)
    facts = {stored_fact(row): row for row in stored}
    replaced = {
        _key(facts[correction]): _key(facts[said])
        for correction, said in superseded(facts=facts).items()
        if correction in facts and said in facts
    }
    folding.mark_superseded(session=session, replaced=replaced)
    return list(facts)


def _key(row: Fact) -> folding.FactKey:
    return row.message_id, row.kind, row.subject, row.start


def _proposed(row: Message) -> tuple[pure.Fact, ...]:
    if row.role == Message.Role.CANDIDATE:
        return answer_facts(content=row.content, seq=row.seq)
    if row.kind in (Message.Kind.QUESTION, Message.Kind.PROBE):
        return question_facts(content=row.content, seq=row.seq)
    return ()


def _ask(
    summarizer: Summarizer, session: InterviewSession, prompt: Prompt
) -> str | None:
    try:
        return accept_summary(text=summarizer(session, prompt))
    except ModelFailure as failure:
        log.warning("fold_without_model", failure=failure.failure)
        return None
