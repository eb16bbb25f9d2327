"""The task of folding a block of messages into the record of an interview."""

from __future__ import annotations

import dataclasses
from typing import Final

from interviewer.agents.history_views import HistoryMessage
from interviewer.agents.model_tasks import Digested, ModelTask, register
from interviewer.agents.model_types import Prompt
from interviewer.agents.summarizer import fold_prompt, shared_fold_prompt

TASK: Final = "history.fold"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FoldReads:
    """What a fold is made from.

    `stable`: parts [1] to [4] of the conversation's prompt, which hold the record
    already, for the very model that words the conversation.
    """

    previous: str  # the record so far
    block: tuple[HistoryMessage, ...]
    stable: Digested | None = None


def _render(reads: FoldReads) -> Prompt:
    if reads.stable is not None:
        return shared_fold_prompt(stable=reads.stable.value, block=reads.block)
    return fold_prompt(previous=reads.previous, block=reads.block)


FOLD: Final = register(
    ModelTask(
        name=TASK,
        prompt="summarizer",
        reads=FoldReads,
        render=_render,
        scope="session",
        ttl_seconds=None,  # its result is a row that never changes
    )
)
