"""Sessions in which a trace's conversations stand as if they had been held here.

Each of the interviewer's messages is a topic of the plan, with a question of its own
that has no rubric: so any conversation fits, however long, and its words alone decide.
What a context holds stands in the session's columns.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import json
import uuid
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from django.db import transaction

from interviewer.agents.tokens import estimate_tokens
from interviewer.bank.model import LEVELS, OWN_QUESTION, BankQuestion
from interviewer.benchmarks.responses.trace import Said, Side
from interviewer.policy.intent import read_intent
from interviewer.policy.plan import LANGUAGE, MUST, Plan, Slot
from sessions_app.models import InterviewSession, Message, User, rolling_digest
from sessions_app.services.bulk_insert import insert_missing
from sessions_app.services.sessions import (
    Rubric,
    Setup,
    freeze_rubrics,
    setup_digest,
)

OPENING = "Let us begin. Please tell me about your work."
AHEAD = "What would you do differently today?"  # the topic that has not come up yet
GO_ON = "Please go on."  # is said for a candidate whose turn it is not
ROLE_TITLE_CHARACTERS = 120
MODES = ("practice", "interview", "skill_assessment")
DEFAULTS = {"role": "Engineer", "level": "mid", "mode": "practice"}
PROVIDER = "openai:"


@dataclasses.dataclass(frozen=True, slots=True)
class Staged:
    """A session that waits for the last message of its conversation."""

    session: InterviewSession
    message: str
    question_no: int
    model: str  # provider:model that words the reply


class Stage:
    """Puts sides of pairs on; `now` is when their last message comes."""

    def __init__(self, *, now: datetime.datetime) -> None:
        self._now = now

    def put_on(self, sides: Sequence[Side]) -> list[Staged]:
        """Return a session for each side; a few statements for all of them."""
        acts = [_Act(side, self._user(side), self._now) for side in sides]
        with transaction.atomic():
            # Of those who are known by name another process may know some already.
            insert_missing(rows=list({act.user.pk: act.user for act in acts}.values()))
            freeze_rubrics(rubrics=[r for act in acts for r in act.rubrics()])
            InterviewSession.objects.bulk_create([act.session for act in acts])
            Message.objects.bulk_create([m for act in acts for m in act.messages])
        return [act.staged() for act in acts]

    def _user(self, side: Side) -> User:
        """Return the person of this name; without a name it is somebody new."""
        name = side.context.get("user")
        if name is None:
            return User(email=None, is_guest=True)
        return User(id=uuid.uuid5(uuid.NAMESPACE_OID, name), email=None, is_guest=True)


class _Act:
    """One conversation up to its last message, as rows."""

    def __init__(self, side: Side, user: User, now: datetime.datetime) -> None:
        self.user = user
        self._now = now
        self._context = side.context
        said = list(side.conversation)
        is_turn = bool(said) and said[-1].speaker == "candidate"
        self.message = said.pop().content if is_turn else GO_ON
        self._said = [Said("interviewer", OPENING), *said]
        asked = [one.content for one in self._said if one.speaker == "interviewer"]
        version = side.context.get("rubric_version", "")
        self._questions = [question_of(text, version) for text in [*asked, AHEAD]]
        self.question_no = len(asked)
        self.session = self._session()
        self.messages = self._messages()
        self.session.message_count = len(self.messages)
        self.session.digest = self.messages[-1].digest

    def rubrics(self) -> list[Rubric]:
        return [_rubric(question) for question in self._questions]

    def staged(self) -> Staged:
        model = model_name(self._context.get("model"))
        return Staged(self.session, self.message, self.question_no, model)

    def _session(self) -> InterviewSession:
        columns = columns_of(self._context)
        setup = Setup(
            role="backend", kind="mixed", style="formal", minutes=None, **columns
        )
        plan = _plan(self._questions, columns).to_dict()
        session = InterviewSession(
            user=self.user,
            plan=plan,
            setup_digest=setup_digest(setup=setup, plan=plan),
            question_count=len(self._questions),
            created_at=self._now,
            last_activity_at=self._now,
            **dataclasses.asdict(setup),
        )
        session.start(now=self._now)
        return session

    def _messages(self) -> list[Message]:
        rows: list[Message] = []
        digest, asked = "", 0
        for seq, said in enumerate(self._said, 1):
            asked += said.speaker == "interviewer"
            row = _message(self.session, seq, said, asked, self._now)
            digest = row.digest = rolling_digest(
                previous=digest,
                role=row.role,
                agent=row.agent,
                kind=row.kind,
                content=row.content,
            )
            rows.append(row)
        return rows


def _message(
    session: InterviewSession,
    seq: int,
    said: Said,
    question_no: int,
    now: datetime.datetime,
) -> Message:
    is_person = said.speaker == "candidate"
    kinds = {"interviewer": Message.Kind.QUESTION, "notice": Message.Kind.NOTICE}
    is_question = said.speaker == "interviewer"
    return Message(
        user_id=session.user_id,
        session=session,
        seq=seq,
        role=Message.Role.CANDIDATE if is_person else Message.Role.INTERVIEWER,
        agent="" if is_person else "interviewer",
        kind=read_intent(said.content) if is_person else kinds[said.speaker],
        content=said.content,
        question_no=question_no,
        details={"slot": question_no - 1, "text": said.content} if is_question else {},
        tokens=estimate_tokens(said.content),
        origin=Message.Origin.PERSON if is_person else Message.Origin.EMBEDDED,
        created_at=now,
    )


def columns_of(context: Mapping[str, str]) -> dict[str, str]:
    """Return the session's columns for a context; what fits none still counts."""
    rest = dict(context)
    for known_elsewhere in ("user", "model", "rubric_version"):
        rest.pop(known_elsewhere, None)
    columns = {"resume": rest.pop("resume", "")}
    description = rest.pop("job_description", "")
    for column, name, fits in (
        ("role_title", "role", lambda text: 0 < len(text) <= ROLE_TITLE_CHARACTERS),
        ("level", "level", LEVELS.__contains__),
        ("mode", "mode", MODES.__contains__),
    ):
        is_ours = fits(rest.get(name, ""))
        columns[column] = rest.pop(name) if is_ours else DEFAULTS[name]
    if rest:
        description = json.dumps([description, rest], sort_keys=True)
    return {**columns, "job_description": description}


def model_name(model: str | None) -> str:
    """Return the provider:model for a trace's model; unequal ones stay unequal."""
    if model is None:
        return f"{PROVIDER}a-model"
    if model.startswith(PROVIDER):
        return model
    return f"{PROVIDER}elsewhere/{model}"


@functools.lru_cache(maxsize=10_000)
def question_of(text: str, rubric_version: str) -> BankQuestion:
    """Return a question of one's own: its words, and nothing to judge answers by."""
    name = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps([text, rubric_version]))
    return BankQuestion(
        id=f"{OWN_QUESTION}{name}",
        version=1,
        licence="",
        type="technical",
        families=(),
        skills=(),
        level="mid",
        difficulty_b=0.0,
        time_limit_s=120,
        question=text,
        reference=f"This is rubric version {rubric_version or 'none'}.",
        criteria=MappingProxyType({}),
        points=(),
        anchors=MappingProxyType({}),
        exemplars=(),
    )


def _rubric(question: BankQuestion) -> Rubric:
    return Rubric(
        digest=question.digest,
        bank_id=question.id,
        version=question.version,
        body=question.to_dict(),
    )


def _plan(questions: Sequence[BankQuestion], columns: Mapping[str, str]) -> Plan:
    return Plan(
        slots=tuple(_slot(index, question) for index, question in enumerate(questions)),
        minutes=None,
        kind="mixed",
        role="backend",
        level=columns["level"],
        style="formal",
        mode=columns["mode"],
        language=LANGUAGE,
        seed=1,
    )


def _slot(index: int, question: BankQuestion) -> Slot:
    return Slot(
        index=index,
        bank_id=question.id,
        version=question.version,
        digest=question.digest,
        label="Topic",
        question=question.question,
        competency="",
        phase="exploration",
        priority=MUST,
        max_probes=2,
        target_seconds=question.time_limit_s,
        difficulty=question.difficulty_b,
        level=question.level,
        type=question.type,
        requirement="",
        source="base",
    )
