"""The data: people, interview sessions, their journal and what is derived from it."""

from sessions_app.models.archive import (
    MAX_ARCHIVE_TRIES,
    Answer,
    ArchiveFault,
    Evaluation,
    Question,
    RubricVersion,
    SessionMetrics,
)
from sessions_app.models.base import OwnedQuerySet
from sessions_app.models.history import Fact, HistoryEpoch
from sessions_app.models.journal import Message, Turn, rolling_digest
from sessions_app.models.operations import Invalidation, WorkerHeartbeat
from sessions_app.models.planning import PlanDraft
from sessions_app.models.practice import PracticeCard, PracticeReview
from sessions_app.models.preparation import (
    PlannedInterview,
    QuestionNote,
    RealInterview,
    Story,
)
from sessions_app.models.reviews import Dispute, Review, ReviewNote, ScoreOverride
from sessions_app.models.self_rating import SelfRating
from sessions_app.models.session import InterviewSession, UnableToChangeState
from sessions_app.models.telemetry import ModelCall
from sessions_app.models.user import User

__all__ = [
    "MAX_ARCHIVE_TRIES",
    "Answer",
    "ArchiveFault",
    "Dispute",
    "Evaluation",
    "Fact",
    "HistoryEpoch",
    "InterviewSession",
    "Invalidation",
    "Message",
    "ModelCall",
    "OwnedQuerySet",
    "PlanDraft",
    "PlannedInterview",
    "PracticeCard",
    "PracticeReview",
    "Question",
    "QuestionNote",
    "RealInterview",
    "Review",
    "ReviewNote",
    "RubricVersion",
    "ScoreOverride",
    "SelfRating",
    "SessionMetrics",
    "Story",
    "Turn",
    "UnableToChangeState",
    "User",
    "WorkerHeartbeat",
    "rolling_digest",
]
