import dataclasses
from pathlib import Path

import pytest

from interviewer.bank import Bank, Exemplar, FollowUp, Point, lint, load_bank
from interviewer.bank.lint import lint_bank

SOUND = load_bank(directory=Path(__file__).parent / "sound")
TECHNICAL = SOUND.get("test.cache.expiry")
BEHAVIOURAL = SOUND.get("test.behav.help")


def problems_of(base=TECHNICAL, /, **changes) -> list[tuple[str, str]]:
    bank = Bank((dataclasses.replace(base, **changes),))
    return [(problem.rule, problem.message) for problem in lint_bank(bank)]


def with_point(**changes) -> tuple[Point, ...]:
    first, *others = TECHNICAL.points
    return (dataclasses.replace(first, **changes), *others)


def with_exemplars(**changes) -> tuple[Exemplar, ...]:
    first, *others = TECHNICAL.exemplars
    return (dataclasses.replace(first, **changes), *others)


def test_the_shipped_bank_has_no_problem():
    assert [str(problem) for problem in lint_bank(load_bank())] == []


def test_a_sound_question_has_no_problem():
    assert lint_bank(SOUND) == []


def test_reports_an_id_used_twice():
    problems = lint_bank(Bank((TECHNICAL, TECHNICAL)))

    assert [str(p) for p in problems] == [
        "test.cache.expiry: unique_id: is used by 2 questions"
    ]


@pytest.mark.parametrize(
    ("changes", "rule", "words"),
    [
        ({"type": "riddle"}, "known_values", "type 'riddle'"),
        ({"level": "guru"}, "known_values", "level 'guru'"),
        ({"families": ("plumbing",)}, "known_values", "families"),
        ({"families": ()}, "known_values", "families"),
        ({"skills": ()}, "known_values", "no skill"),
        ({"difficulty_b": 0.3}, "known_values", "difficulty_b"),
        ({"time_limit_s": 0}, "known_values", "time_limit_s"),
        ({"question": "word " * 61}, "wording", "61 words"),
        ({"question": "What is it? Why? When?"}, "wording", "asks 3 things"),
        ({"question": "How is it made, why, and by whom and when?"}, "wording", "3"),
        ({"criteria": {"reason": 0.0, "choice": 1.0}}, "weights", "'reason'"),
        ({"points": with_point(weight=-1.0)}, "weights", "'stale'"),
        ({"points": with_point(must_have=False)}, "points", "must_have"),
        ({"points": with_point(id="tolerance")}, "points", "used 2 times"),
        ({"criteria": {"reason": 1.0}}, "points", "'choice' of a point"),
        (
            {"criteria": {"reason": 1.0, "choice": 1.0, "style": 1.0}},
            "points",
            "'style' has no point",
        ),
        ({"anchors": {1: "Low.", 2: "High."}}, "anchors", "[1, 2]"),
        ({"exemplars": TECHNICAL.exemplars[:4]}, "exemplars", "has 4 exemplars"),
        ({"exemplars": with_exemplars(score=1.5)}, "exemplars", "within 0 to 1"),
        ({"exemplars": with_exemplars(kind="superb")}, "exemplars", "'superb'"),
        ({"points": with_point(aliases=("limited life time",))}, "aliases", None),
        ({"points": with_point(aliases=("a limited lifetime",))}, "aliases", "echo"),
        ({"points": with_point(aliases=("after that",))}, "aliases", "common"),
        (
            {"points": with_point(contradicts=("stay for ever",))},
            "contradictions",
            "the reference",
        ),
        ({"points": with_point(probe="")}, "probes", "has no probe"),
        ({"points": with_point(probe="why " * 31)}, "probes", "31 words"),
        (
            {"points": with_point(probe="Is it about outdated data?")},
            "probes",
            "'outdated data'",
        ),
        (
            {"points": with_point(probe="Would a stale value stay there?")},
            "probes",
            "stale",
        ),
        ({"followups": (FollowUp("later", "So?"),)}, "follow_ups", "'later'"),
        ({"followups": (FollowUp("missing:x", "So?"),)}, "follow_ups", "no point"),
        ({"followups": (FollowUp("missing:result", "So?"),)}, "follow_ups", "no point"),
        ({"followups": (FollowUp("depth", "so " * 31),)}, "follow_ups", "31 words"),
        ({"star_required": ("moral",)}, "star", "'moral'"),
    ],
)
def test_reports_what_is_wrong(changes, rule, words):
    problems = problems_of(**changes)

    if words is None:
        assert problems == []
    else:
        assert any(found == rule and words in text for found, text in problems)


def test_misses_the_needed_kinds_of_exemplars():
    exemplars = tuple(
        dataclasses.replace(exemplar, kind="middle", score=0.5)
        for exemplar in TECHNICAL.exemplars
    )

    messages = [message for _, message in problems_of(exemplars=exemplars)]

    assert "has no exemplar of kind 'fluent_wrong'" in messages
    assert "has no exemplar of kind 'terse_right'" in messages
    assert "exemplars cover bands [3], need 4 bands" in messages


def test_a_behavioural_question_needs_star_parts():
    assert ("star", "a behavioural question needs star: {required: [...]}") in (
        problems_of(BEHAVIOURAL, star_required=())
    )


def test_a_relative_clause_is_not_another_question():
    question = "A host, which is busy, drops calls. Why is that, and how do you react?"

    assert problems_of(question=question) == []


def test_the_command_reports_the_shipped_bank(capsys):
    assert lint.main() == 0
    assert "questions, 0 problems" in capsys.readouterr().out


def test_the_command_fails_when_there_are_problems(capsys, monkeypatch):
    monkeypatch.setattr(lint, "load_bank", lambda: Bank((TECHNICAL, TECHNICAL)))

    assert lint.main() == 1
    assert "unique_id" in capsys.readouterr().out


def test_the_command_names_the_place_of_an_unreadable_file(capsys, monkeypatch):
    def fail():
        raise lint.BankError("made.yaml: document 2: level: is missing")

    monkeypatch.setattr(lint, "load_bank", fail)

    assert lint.main() == 1
    assert "made.yaml: document 2: level" in capsys.readouterr().out
