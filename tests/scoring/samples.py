"""A technical and a told question with rubrics that tests can rely on."""

from __future__ import annotations

from interviewer.bank.model import BankQuestion
from interviewer.scoring.assess import assess

INDEX = BankQuestion.from_dict(
    {
        "id": "sample.index",
        "version": 1,
        "licence": "project",
        "type": "technical",
        "families": ["backend"],
        "skills": ["databases.indexing"],
        "level": "mid",
        "difficulty_b": 0.0,
        "time_limit_s": 120,
        "question": (
            "Adding an index made a busy table slower. Why can that happen, and how "
            "would you decide whether to keep the index?"
        ),
        "reference": (
            "Each insert, delete or change of an indexed column must also update the "
            "index, which costs extra writes, locks and cache space. I would check "
            "whether queries use it and compare query plans and latency with and "
            "without it. If the reads saved do not pay for the writes, I drop it or "
            "make it a partial index."
        ),
        "criteria": {"knowledge": 3, "judgement": 2},
        "points": [
            {
                "id": "maintain",
                "criterion": "knowledge",
                "weight": 3,
                "must_have": True,
                "text": "every write must also update the index",
                "aliases": ["index maintenance", "write amplification"],
                "contradicts": ["indexes only affect reads"],
            },
            {
                "id": "space",
                "criterion": "knowledge",
                "weight": 1,
                "text": "the index takes disk and cache space or adds locking",
                "aliases": ["buffer cache", "page splits", "lock contention"],
            },
            {
                "id": "measure",
                "criterion": "judgement",
                "weight": 3,
                "must_have": True,
                "text": "decide from query plans and usage statistics",
                "aliases": ["explain analyze", "index scan counts"],
                "contradicts": ["more indexes are always better"],
            },
            {
                "id": "alternative",
                "criterion": "judgement",
                "weight": 1,
                "text": "consider dropping it, or a partial or combined index",
                "aliases": ["partial index", "covering index"],
            },
        ],
        "anchors": {band: f"band {band}" for band in range(1, 6)},
        "exemplars": [
            {"kind": "strong", "score": 0.9, "why": "all", "text": "Writes pay."},
            {"kind": "weak", "score": 0.2, "why": "none", "text": "It is slow."},
        ],
    }
)

DISAGREED = BankQuestion.from_dict(
    {
        "id": "sample.disagreed",
        "version": 1,
        "licence": "project",
        "type": "behavioural",
        "families": ["any"],
        "skills": ["collaboration.conflict"],
        "level": "mid",
        "difficulty_b": 0.0,
        "time_limit_s": 150,
        "question": (
            "Tell me about a time you disagreed with a technical decision of your "
            "team. What did you do?"
        ),
        "reference": (
            "The team chose to rewrite our billing job. I thought it too risky before "
            "year end, so I measured the failures and proposed fixing the two worst "
            "causes first. Failures fell from 30 to 4 a week."
        ),
        "criteria": {"structure": 1, "action": 2, "outcome": 2},
        "star_required": ["situation", "action", "result"],
        "points": [
            {
                "id": "own_action",
                "criterion": "action",
                "weight": 3,
                "must_have": True,
                "text": "says what they did themselves about the disagreement",
                "aliases": ["I proposed", "I asked for", "I built a prototype"],
                "contradicts": ["I just went along and said nothing"],
            },
            {
                "id": "result",
                "criterion": "outcome",
                "weight": 3,
                "must_have": True,
                "text": "tells how it ended with a concrete effect",
                "aliases": ["in the end we", "as a result", "failures fell"],
            },
        ],
        "anchors": {band: f"band {band}" for band in range(1, 6)},
        "exemplars": [
            {"kind": "strong", "score": 0.9, "why": "all", "text": "I proposed it."},
            {"kind": "poor", "score": 0.1, "why": "none", "text": "They chose wrong."},
        ],
    }
)

GOOD = (
    "Every insert also has to update the index, so you pay extra writes and cache. "
    "I would look at the index scan counts and at explain analyze with and without "
    "it. If few reads gain, I drop it or make it a partial index."
)
WRONG = (
    "Indexes only affect reads, so more indexes are always better and I add another."
)
STORY = (
    "Our team chose a new framework last year. I disagreed, so I built a prototype and "
    "measured both. As a result we stayed, and load time fell from 9 to 4 seconds."
)


def judged(answer, *, question=INDEX, encoder=None):
    return assess(question=question, answer=answer, encoder=encoder)


def statuses(answer, *, question=INDEX, encoder=None):
    verdict = judged(answer, question=question, encoder=encoder)
    return {point.id: point.status for point in verdict.points}
