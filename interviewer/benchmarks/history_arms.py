"""Ways to keep a long interview in a prompt: ours, with the product's own code, and
three others. Each plays a simulated session turn by turn and pays for its calls.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from interviewer.agents.extraction import answer_facts
from interviewer.agents.facts import Fact, keep_verified
from interviewer.agents.history_views import HistoryMessage
from interviewer.agents.history_window import (
    FoldPlan,
    ModelProfile,
    may_swap,
    plan_fold,
)
from interviewer.agents.model_types import PromptMessage
from interviewer.agents.prompt_layout import (
    Record,
    build_prompt,
    prompt_bytes,
    stable_part,
)
from interviewer.agents.summarizer import (
    fold_prompt,
    make_record,
    roll_summary,
    shared_fold_prompt,
)
from interviewer.benchmarks.history_billing import Meter
from interviewer.benchmarks.simulated_sessions import SimulatedSession, texts

WINDOW = 20
SYSTEM_SENTENCES = 32  # about 700 tokens, as an interviewer's rules are
HEAD_SENTENCES = 20  # a job description and a résumé


@dataclasses.dataclass(slots=True)
class Played:
    """What one arm did in one session."""

    meter: Meter
    folds: int = 0
    stable_turns: int = 0  # whose prompt begins with the previous one's stable part
    turns_within_epoch: int = 0
    record: Record | None = None
    covered: int = 0  # messages that the record stands for


def _system() -> str:
    talk = texts()["talk"]
    return " ".join(talk[n % len(talk)] for n in range(SYSTEM_SENTENCES))


def _head() -> dict[str, object]:
    talk = texts()["talk"]
    documents = " ".join(talk[n % len(talk)] for n in range(HEAD_SENTENCES))
    return {"role": "Backend engineer", "level": "senior", "documents": documents}


def _instruction(turn: int) -> str:
    return (
        f"Decided next action for turn {turn}: ask the planned question in your own "
        "words, in at most sixty of them, without praise, hints or a second question. "
        "Acknowledge what was said in at most one short sentence. Time phase: middle."
    )


def _prompt(
    messages: Sequence[HistoryMessage],
    answer: HistoryMessage,
    record: Record | None,
    turn: int,
) -> Sequence[PromptMessage]:
    return build_prompt(
        system=_system(),
        head=_head(),
        record=record,
        messages=[message.utterance for message in messages],
        instruction=_instruction(turn),
        answer=answer.content,
        max_tokens=300,
    ).messages


def play_ours(*, session: SimulatedSession, profile: ModelProfile) -> Played:
    """Play the session with the product's policy, layout, ledger and summaries."""
    played = Played(Meter(profile))
    facts = session_facts(session=session)
    ready: tuple[FoldPlan, Record] | None = None
    before: tuple[bytes, int] = (b"", -1)
    epoch = 0
    for turn in range(1, session.turns() + 1):
        journal = session.messages[: 2 * turn]
        verbatim = journal[played.covered :]
        stable = prompt_bytes(
            stable_part(
                system=_system(),
                head=_head(),
                record=played.record,
                messages=[message.utterance for message in verbatim],
            )
        )
        if before[1] == epoch:
            played.turns_within_epoch += 1
            played.stable_turns += stable.startswith(before[0])
        before = (stable, epoch)
        answer = session.messages[2 * turn]
        prompt = _prompt(verbatim, answer, played.record, turn)
        played.meter.call(prompt)
        spoken = [m.spoken for m in session.messages[played.covered : 2 * turn + 1]]
        if ready is None:
            plan = plan_fold(
                messages=spoken, epoch=epoch, profile=profile, window=WINDOW
            )
            ready = (
                None
                if plan is None
                else _fold(session, played, plan, facts, prompt[:-1])
            )
        if ready is not None and may_swap(
            messages=spoken, upto_seq=ready[0].upto_seq, profile=profile, window=WINDOW
        ):
            played.covered, played.record = ready[0].upto_seq, ready[1]
            epoch, ready = ready[0].number, None
            played.folds += 1
    return played


def _fold(
    session: SimulatedSession,
    played: Played,
    plan: FoldPlan,
    facts: Sequence[Fact],
    stable: Sequence[PromptMessage],
) -> tuple[FoldPlan, Record]:
    after = 0 if plan.is_rebuild else plan.after_seq
    block = session.messages[after : plan.upto_seq]
    previous = played.record.summary if played.record and not plan.is_rebuild else ""
    # A model's call is paid for, although the rules write the summary here.
    if played.meter.profile.has_prefix_cache and not plan.is_rebuild:
        shared = shared_fold_prompt(stable=stable, block=block)
        played.meter.shared_call(shared.messages)
    else:
        side = fold_prompt(previous=previous, block=block)
        played.meter.side_call(side.messages)
    covered = [fact for fact in facts if fact.seq <= plan.upto_seq]
    summary = roll_summary(previous=previous, block=block)
    return plan, make_record(summary=summary, facts=covered)


def session_facts(*, session: SimulatedSession) -> tuple[Fact, ...]:
    """Return the verified facts that the rules read from the whole session."""
    return tuple(
        fact
        for message in session.messages
        if message.role == "candidate"
        for fact in keep_verified(
            facts=answer_facts(content=message.content, seq=message.seq),
            content=message.content,
        ).facts
    )


def play_full(*, session: SimulatedSession, profile: ModelProfile) -> Played:
    """Send everything, every time; only ever appended to."""
    played = Played(Meter(profile))
    for turn in range(1, session.turns() + 1):
        journal, answer = session.messages[: 2 * turn], session.messages[2 * turn]
        played.meter.call(_prompt(journal, answer, None, turn))
    return played


def play_window(
    *, session: SimulatedSession, profile: ModelProfile, is_renewed: bool
) -> Played:
    """Send a summary and the last 20 messages, sliding each turn.

    The summary is made once, or again each turn. Nothing is written to a cache that
    the next turn cannot read: this is the recipe at its best.
    """
    played = Played(Meter(profile))
    record: Record | None = None
    for turn in range(1, session.turns() + 1):
        journal, answer = session.messages[: 2 * turn], session.messages[2 * turn]
        if len(journal) > WINDOW and (record is None or is_renewed):
            start = 0 if record is None else len(journal) - WINDOW - 2
            block = journal[start : len(journal) - WINDOW]
            previous = record.summary if record else ""
            played.meter.side_call(fold_prompt(previous=previous, block=block).messages)
            record = Record(summary=f"{turn} " + " ".join(texts()["talk"][:14]))
            played.folds += 1
        messages = list(_prompt(journal[-WINDOW:], answer, record, turn))
        if len(journal) > WINDOW:
            messages[-2] = dataclasses.replace(messages[-2], ends_stable_part=False)
        played.meter.call(messages)
    return played
