"""The report's receipt: who wrote the replies, what that cost, how long it took."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sessions_app.models import InterviewSession, Message, ModelCall, Turn
from sessions_app.services.model_calls import AVOIDED, count_calls
from sessions_app.services.pricing import is_priced, money
from sessions_app.services.report_types import (
    QuestionCard,
    Receipt,
    ReplyTimes,
    Row,
)
from sessions_app.services.troubles import what_went_wrong

NO_MODEL = (
    "No language model took part: 0 calls were made, and nothing left this machine "
    "for one."
)
NOT_MEASURED = "–"
ENGINES = {
    Message.Origin.EMBEDDED: "Built-in",
    Message.Origin.LIVE: "Language model",
    Message.Origin.CACHE: "Reused",
}
AVOIDED_LABELS = {
    ModelCall.Outcome.EXACT_HIT: "equal request",
    ModelCall.Outcome.SHARED_HIT: "shared text",
    ModelCall.Outcome.COALESCED: "already under way",
    ModelCall.Outcome.REPLAYED: "sent again",
}
# What stood in, by the first part of the task's name.
STAND_INS = {
    "answer": "the built-in rules judged alone",
    "history": "the built-in summary was used",
    "document": "the built-in reader was used",
}
CONTINUED = "the built-in interviewer continued"
SECOND_ATTEMPT = "another attempt succeeded"


def build_receipt(
    *,
    session: InterviewSession,
    messages: Sequence[Message],
    turns: Sequence[Turn],
    cards: Iterable[QuestionCard],
) -> Receipt:
    """Return the receipt of a session whose journal is given. One query."""
    calls = [
        call
        for call in ModelCall.objects.filter(session=session)
        if call.outcome != ModelCall.Outcome.RULE
    ]
    return Receipt(
        no_model="" if calls else NO_MODEL,
        rows=(_replies(messages), *(_call_rows(calls) if calls else ())),
        troubles=tuple(_troubles(calls, _question_of_turn(messages, turns, cards))),
        times=tuple(_reply_times(messages, turns)),
    )


def _replies(messages: Sequence[Message]) -> Row:
    # What is said before the candidate speaks replies to nothing.
    said = (m.seq for m in messages if m.role == Message.Role.CANDIDATE)
    first = min(said, default=math.inf)
    replies = (m for m in messages if m.role != Message.Role.CANDIDATE)
    origins = Counter(m.origin for m in replies if m.seq > first)
    counted = ((label, origins[origin]) for origin, label in ENGINES.items())
    return "Replies by engine", _listed(counted)


def _call_rows(calls: Sequence[ModelCall]) -> Iterator[Row]:
    counts, outcomes = count_calls(calls=calls), Counter(c.outcome for c in calls)
    failed = outcomes[ModelCall.Outcome.ERROR]
    yield (
        "Calls made",
        f"{counts.model_call_count} ({failed} failed)"
        if failed
        else str(counts.model_call_count),
    )
    kinds = _listed((name, outcomes[kind]) for kind, name in AVOIDED_LABELS.items())
    avoided = counts.avoided_call_count
    yield "Calls avoided", f"{avoided} ({kinds})" if avoided else "0"
    yield "Calls not made", str(outcomes[ModelCall.Outcome.BYPASS])
    estimated = ", partly estimated" if any(c.is_estimated for c in calls) else ""
    yield "Tokens in", f"{counts.tokens_in:,}{estimated}"
    yield "Tokens in, read from the provider's cache", f"{counts.tokens_cached:,}"
    yield "Tokens out", f"{counts.tokens_out:,}"
    yield "Cost", _cost(calls)


def _cost(calls: Sequence[ModelCall]) -> str:
    """Return the amount, and say so where it leaves something out."""
    used = [call for call in calls if call.tokens_in or call.tokens_out]
    total = sum(call.cost_micros for call in used)
    unpriced = any(not c.cost_micros and not is_priced(model=c.model) for c in used)
    if unpriced and not total:
        return "Prices are not configured"
    if unpriced:
        return f"{money(micros=total)}, without models that have no price"
    saved = sum(call.saved_micros for call in calls)
    return money(micros=total) + (f" ({money(micros=saved)} saved)" if saved else "")


def _question_of_turn(
    messages: Iterable[Message], turns: Iterable[Turn], cards: Iterable[QuestionCard]
) -> Mapping[object, int]:
    """Return the number of the question that each turn's answer was given to."""
    by_seq = {view.seq: card.no for card in cards for view in card.answers}
    seqs = {message.pk: message.seq for message in messages}
    return {
        turn.pk: by_seq[seqs[turn.message_id]]
        for turn in turns
        if seqs.get(turn.message_id) in by_seq
    }


def _troubles(
    calls: Sequence[ModelCall], question_of_turn: Mapping[object, int]
) -> Iterator[Row]:
    """Yield (where, what happened); what happened alike stands together."""
    answered = {
        (call.turn_id, call.task)
        for call in calls
        if call.turn_id
        and (call.outcome in AVOIDED or call.outcome == ModelCall.Outcome.CALL)
    }
    places: dict[str, set[int]] = {}
    for call in calls:
        if call.failure:
            is_answered = (call.turn_id, call.task) in answered
            number = question_of_turn.get(call.turn_id, 0)
            places.setdefault(_trouble(call, is_answered), set()).add(number)
    for text, numbers in places.items():
        yield _where(sorted(numbers - {0})), text


def _trouble(call: ModelCall, is_answered: bool) -> str:
    stand_in = STAND_INS.get(call.task.partition(".")[0], CONTINUED)
    then = SECOND_ATTEMPT if is_answered else stand_in
    return f"{what_went_wrong(failure=call.failure)}; {then}."


def _where(numbers: Sequence[int]) -> str:
    if not numbers:
        return "During the interview"
    noun = "question" if len(numbers) == 1 else "questions"
    return f"After {noun} {', '.join(map(str, numbers))}"


def _reply_times(
    messages: Iterable[Message], turns: Iterable[Turn]
) -> Iterator[ReplyTimes]:
    origins = {message.pk: message.origin for message in messages}
    groups: dict[str, list[Turn]] = {}
    for turn in turns:
        if turn.last_reply_id in origins:
            groups.setdefault(origins[turn.last_reply_id], []).append(turn)
    for origin, label in ENGINES.items():
        if group := groups.get(origin):
            first_words = [turn.first_words_ms for turn in group]
            complete = [turn.completed_ms for turn in group]
            yield ReplyTimes(
                engine=label,
                replies=len(group),
                first_words_p50=_quantile(first_words, 0.50),
                first_words_p95=_quantile(first_words, 0.95),
                complete_p50=_quantile(complete, 0.50),
                complete_p95=_quantile(complete, 0.95),
            )


def _quantile(milliseconds: Iterable[int | None], share: float) -> str:
    """Return the smallest value that this share of them does not exceed."""
    known = sorted(value for value in milliseconds if value is not None)
    if not known:
        return NOT_MEASURED
    return f"{known[math.ceil(share * len(known)) - 1] / 1000:.2f} s"


def _listed(counted: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counted if count) or "None"
