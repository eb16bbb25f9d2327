"""Folding with a chat model: its calls are kept, and its failures fold nothing."""

import pytest
from django.utils import timezone

from interviewer.agents.model_types import PromptMessage
from interviewer.benchmarks.fake_provider import Fault
from interviewer.benchmarks.fake_provider import faults as kinds
from interviewer.orchestrator.fold import fold_waiting
from interviewer.orchestrator.summarizing import model_summarizer
from interviewer.tasks import fold
from sessions_app.models import HistoryEpoch, InterviewSession, ModelCall
from tests.orchestrator.conftest import MODEL
from tests.orchestrator.test_history import make_long_session

STABLE = [PromptMessage("system", "Ask.", ends_stable_part=True)]


@pytest.fixture
def long_session(alice):
    return make_long_session(alice, turns=16)


def outcomes():
    calls = ModelCall.objects.order_by("id")
    return [(call.task, call.outcome, call.failure) for call in calls]


def test_a_models_summary_is_kept_with_what_it_cost(long_session, provider):
    fold()

    epoch = HistoryEpoch.objects.get()
    assert epoch.engine == MODEL
    assert "In part 1 we had 11 engineers." in epoch.summary
    call = ModelCall.objects.get()
    assert (call.task, call.outcome) == ("history.fold", "call")
    assert call.cost_micros == call.tokens_in + 4 * call.tokens_out > 0
    long_session.refresh_from_db()
    assert long_session.tokens_out == call.tokens_out


def test_a_second_run_asks_nothing(long_session, provider):
    fold()
    fold()

    assert len(provider.requests) == 1


def test_without_a_model_the_rules_fold(long_session, settings):
    settings.INTERVIEWER_CHEAP_MODEL = ""

    fold()

    assert HistoryEpoch.objects.get().engine == "rules 1"
    assert not ModelCall.objects.exists()


def test_with_a_model_that_cannot_be_used_the_rules_fold(long_session, settings):
    settings.INTERVIEWER_CHEAP_MODEL = "nobody:knows"

    fold()

    assert HistoryEpoch.objects.get().engine == "rules 1"


@pytest.mark.parametrize(
    "reply", ["", "word " * 800, "The mark of this text is sable-otter-4417."]
)
def test_words_that_must_not_be_kept_fold_nothing(long_session, provider, reply):
    provider.say(reply, reply)

    fold()

    assert not HistoryEpoch.objects.exists()
    [(task, outcome, failure)] = outcomes()
    assert (task, outcome) == ("history.fold", "error")
    assert failure


@pytest.mark.parametrize(
    "kind",
    [kinds.STATUS, kinds.RESET_BEFORE, kinds.RESET_MIDWAY, kinds.NO_FINISH],
)
def test_a_failure_folds_nothing(long_session, provider, kind):
    provider.fail(Fault(kind), times=2)

    fold()

    assert not HistoryEpoch.objects.exists()
    assert [outcome for _, outcome, _ in outcomes()] == ["error"]
    provider.forget()
    fold()
    assert HistoryEpoch.objects.get().engine == MODEL


def test_a_session_whose_folds_keep_failing_is_given_a_rest(long_session, provider):
    provider.fail(Fault(kinds.NO_FINISH), times=10)

    for _ in range(5):
        fold()

    assert len(provider.requests) == 3


def test_a_budget_that_is_used_up_is_noted_once(long_session, provider, settings):
    settings.MODEL_SESSION_TOKENS = 1
    InterviewSession.objects.update(tokens_in=5)

    fold()
    fold()

    assert not provider.requests
    assert outcomes() == [("history.fold", "bypass", "over_budget")]


def test_only_the_conversations_own_model_folds_behind_its_prompt(
    long_session, provider, settings
):
    def stable(session):
        return STABLE

    settings.INTERVIEWER_MODEL = "openai:another"
    assert model_summarizer(stable=stable).stable is None

    settings.INTERVIEWER_MODEL = MODEL
    summarizer = model_summarizer(stable=stable)
    # Its marks are further away, so that the session is not long yet.
    settings.INTERVIEWER_MODEL = ""
    fold_waiting(now=timezone.now(), summarizer=summarizer)

    assert provider.requests[0].system == "Ask."
    assert "stand above" in provider.requests[0].last
