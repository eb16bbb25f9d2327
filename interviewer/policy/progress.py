"""Where an interview stands, read from its journal and from nothing else."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from interviewer.policy.plan import Plan
from interviewer.scoring import result

OTHER_ANGLE = "other_angle"  # the probe kind of a reask after "I don't know"


@dataclasses.dataclass(frozen=True, slots=True)
class JournalEntry:
    """One thing said, as the journal keeps it; `seq` orders a session's entries."""

    seq: int
    role: str  # interviewer | candidate | coach
    kind: str
    content: str
    question_no: int | None = None
    details: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    created_at: datetime.datetime | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """The standing of an interview; before the first question `slot_index` is -1."""

    slot_index: int = -1
    question_no: int = 0  # questions and probes asked so far
    open_question: str = ""  # the words that an answer would answer now
    is_probe: bool = False
    probes_used: int = 0  # in this slot
    probed: tuple[str, ...] = ()  # what the probes of this slot were after
    answers: tuple[str, ...] = ()  # scored answers to this slot, probes included
    answer_seqs: tuple[int, ...] = ()  # where these stand in the journal
    reasks_used: int = 0  # for the open question
    angles_used: int = 0  # other angles offered in this slot
    dont_knows: int = 0  # in this slot
    hints_used: int = 0  # in this slot
    asked: tuple[str, ...] = ()  # everything asked in this session
    asked_slots: tuple[int, ...] = ()
    answered_slots: tuple[int, ...] = ()
    skipped_slots: tuple[int, ...] = ()
    remaining_slots: tuple[int, ...] = ()  # not asked yet, in plan order
    is_invited: bool = False  # the candidate may ask
    inquiries: int = 0  # questions that the candidate asked
    is_closed: bool = False


def fold(*, plan: Plan, entries: Iterable[JournalEntry]) -> Progress:
    """Return the progress after these journal entries, whatever their order."""
    progress = Progress(remaining_slots=tuple(slot.index for slot in plan.slots))
    for entry in sorted(entries, key=lambda item: item.seq):
        progress = advance(progress=progress, entry=entry)
    return progress


def advance(*, progress: Progress, entry: JournalEntry) -> Progress:
    """Return the progress after one more entry, the next of its journal."""
    step = _STEPS.get((entry.role, entry.kind))
    return progress if step is None else step(progress, entry)


def _question_asked(progress: Progress, entry: JournalEntry) -> Progress:
    slot = int(entry.details.get("slot", progress.slot_index + 1))
    text = _words_asked(entry)
    return Progress(
        slot_index=slot,
        question_no=entry.question_no or progress.question_no + 1,
        open_question=text,
        asked=(*progress.asked, text),
        asked_slots=_with(progress.asked_slots, slot),
        answered_slots=progress.answered_slots,
        skipped_slots=progress.skipped_slots,
        remaining_slots=tuple(s for s in progress.remaining_slots if s != slot),
    )


def _probe_asked(progress: Progress, entry: JournalEntry) -> Progress:
    text = _words_asked(entry)
    return replace(
        progress,
        question_no=entry.question_no or progress.question_no + 1,
        open_question=text,
        is_probe=True,
        probes_used=progress.probes_used + 1,
        probed=(*progress.probed, *_target(entry)),
        reasks_used=0,
        asked=(*progress.asked, text),
    )


def _asked_again(progress: Progress, entry: JournalEntry) -> Progress:
    again = replace(progress, reasks_used=progress.reasks_used + 1)
    if entry.details.get("probe", {}).get("kind") != OTHER_ANGLE:
        return again
    text = _words_asked(entry)
    return replace(
        again,
        angles_used=progress.angles_used + 1,
        open_question=text,
        probed=(*progress.probed, *_target(entry)),
        asked=(*progress.asked, text),
    )


def _hint_given(progress: Progress, entry: JournalEntry) -> Progress:
    return replace(
        progress,
        hints_used=progress.hints_used + 1,
        asked=(*progress.asked, _words_asked(entry)),
    )


def _answered(progress: Progress, entry: JournalEntry) -> Progress:
    outcome = entry.details.get("gate") or result.PASSED
    if outcome == result.DONT_KNOW:
        return replace(progress, dont_knows=progress.dont_knows + 1)
    if outcome != result.PASSED or not entry.content.strip():
        return progress
    return replace(
        progress,
        answers=(*progress.answers, entry.content),
        answer_seqs=(*progress.answer_seqs, entry.seq),
        answered_slots=_with(progress.answered_slots, progress.slot_index),
    )


def _skipped(progress: Progress, _entry: JournalEntry) -> Progress:
    # Skipping a probe leaves the answer that was given before it.
    if progress.answers or progress.slot_index < 0:
        return progress
    return replace(
        progress, skipped_slots=_with(progress.skipped_slots, progress.slot_index)
    )


def _invited(progress: Progress, entry: JournalEntry) -> Progress:
    return replace(
        progress,
        question_no=entry.question_no or progress.question_no + 1,
        open_question=_words_asked(entry),
        is_invited=True,
    )


def _inquired(progress: Progress, entry: JournalEntry) -> Progress:
    return replace(progress, inquiries=progress.inquiries + bool(entry.content.strip()))


def _closed(progress: Progress, _entry: JournalEntry) -> Progress:
    return replace(progress, is_closed=True)


_STEPS: dict[tuple[str, str], Callable[[Progress, JournalEntry], Progress]] = {
    ("interviewer", "question"): _question_asked,
    ("interviewer", "probe"): _probe_asked,
    ("interviewer", "reask"): _asked_again,
    ("interviewer", "invite"): _invited,
    ("interviewer", "reply"): _invited,
    ("interviewer", "closing"): _closed,
    ("coach", "hint"): _hint_given,
    ("candidate", "answer"): _answered,
    ("candidate", "skip"): _skipped,
    ("candidate", "inquiry"): _inquired,
}


def _words_asked(entry: JournalEntry) -> str:
    # The message may begin with an acknowledgement; the decided text does not.
    return str(entry.details.get("text") or entry.content)


def _target(entry: JournalEntry) -> tuple[str, ...]:
    target = entry.details.get("probe", {}).get("target")
    return (str(target),) if target else ()


def _with(slots: tuple[int, ...], slot: int) -> tuple[int, ...]:
    return slots if slot in slots else (*slots, slot)
