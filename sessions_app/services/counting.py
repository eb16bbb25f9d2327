"""Keeping a session's running figures in step with its journal.

Called by whoever writes the journal, on the locked session, which they save: the
figures change in the same statement as the counters and cost no query. Where they
are not of the journal so far, they are left as they are, and the archive counts anew.
"""

from __future__ import annotations

from sessions_app.models import InterviewSession, Message
from sessions_app.services.figures import EvaluationRow, TurnRow
from sessions_app.services.metrics import message_row
from sessions_app.services.running import RunningFigures


def count_message(*, session: InterviewSession, message: Message, before: str) -> None:
    """Count a message that was appended; unsaved.

    before: the rolling digest of the journal without it
    """
    figures = RunningFigures.from_dict(session.running_figures)
    if figures.digest != before:
        return
    figures.add_message(message_row(message=message))
    figures.digest = message.digest
    session.running_figures = figures.to_dict()


def count_outcome(
    *,
    session: InterviewSession,
    message: Message,
    gate: str | None,
    turn: TurnRow,
    evaluation: EvaluationRow | None,
) -> None:
    """Count what completing the turn of this message found out; unsaved.

    To be called before the gate is noted on the message.
    """
    row = message_row(message=message)
    figures = RunningFigures.from_dict(session.running_figures)
    if row.is_coaching or figures.digest != session.digest:
        return
    if gate is not None:
        figures.note_gate(row, gate=gate)
    figures.add_turn(turn)
    if evaluation is not None:
        figures.add_evaluation(evaluation)
    session.running_figures = figures.to_dict()
