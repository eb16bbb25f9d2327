"""A stronger version in a model's words: shown when checked, else the outline."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from interviewer.benchmarks.fake_provider import Fault
from interviewer.benchmarks.fake_provider import faults as kinds
from interviewer.orchestrator.start import begin_interview
from sessions_app.models import Evaluation, ModelCall
from sessions_app.services.sessions import Setup
from tests.interviews import SETUP, send_and_complete

TASK = "answer.rewrite"
BUTTON = "Let the model write it out"


@pytest.fixture
def lab(client, alice, speaking_provider, settings):
    """The lab of an answer that was given without a model."""
    settings.INTERVIEWER_MODEL = ""
    setup = Setup(**{**vars_of(SETUP), "resume": "Linden Pay, 2019: Kafka."})
    session = begin_interview(user=alice, setup=setup, seed=7, now=timezone.now())
    send_and_complete(session)
    settings.INTERVIEWER_MODEL = settings.INTERVIEWER_CHEAP_MODEL
    client.force_login(alice)
    return reverse("answer_lab", args=[session.pk, 0])


def vars_of(setup):
    return {name: getattr(setup, name) for name in setup.__dataclass_fields__}


def ask(client, lab, *, typed="What I was typing."):
    return client.post(lab, {"text": typed, "stronger": "1"})


def says(provider, text):
    provider.say_only(json.dumps({"text": text}))


def outcomes():
    calls = ModelCall.objects.filter(task=TASK).order_by("id")
    return [(call.outcome, call.failure) for call in calls]


def test_a_version_that_keeps_to_the_facts_is_shown_with_its_model(
    client, lab, speaking_provider
):
    text = "Every write must maintain it, [your number] times. At Linden Pay we did."
    says(speaking_provider, text)

    page = ask(client, lab).text

    assert text in page
    assert "Written by openai:fake from your answer and your résumé" in page
    assert "What I was typing.</textarea>" in page
    assert outcomes() == [("call", "")]
    sent = speaking_provider.requests[-1].last
    assert Evaluation.objects.get().text.split()[0] in sent
    assert "Linden Pay, 2019" in sent


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("We cut latency by 73 percent.", "73"),
        ("At Zalando we did it with Terraform.", "Terraform, Zalando"),
        ("word " * 300, "nothing that could be used"),
        ("sable-otter-4417", "nothing that could be used"),
        ("", "nothing that could be used"),
    ],
)
def test_a_version_that_makes_something_up_is_refused_for_the_outline(
    client, lab, speaking_provider, text, why
):
    says(speaking_provider, text)

    page = ask(client, lab).text

    assert "version is not shown" in page
    assert why in page
    assert "outline-kind" in page
    assert outcomes() == [("call", "unfit")]


def test_the_same_answer_is_written_out_once(client, lab, speaking_provider):
    says(speaking_provider, "Every write must maintain it.")
    ask(client, lab)
    asked = len(speaking_provider.requests)

    page = ask(client, lab).text

    assert "Every write must maintain it." in page
    assert len(speaking_provider.requests) == asked
    assert outcomes() == [("call", ""), ("exact_hit", "")]


def test_a_refused_version_is_asked_for_anew(client, lab, speaking_provider):
    says(speaking_provider, "It fell by 73 percent.")
    ask(client, lab)
    says(speaking_provider, "Every write must maintain it.")

    assert "Every write must maintain it." in ask(client, lab).text


def test_a_model_that_fails_leaves_the_outline(client, lab, speaking_provider):
    speaking_provider.fail(Fault(kinds.STATUS), times=5)

    page = ask(client, lab).text

    assert "The language model reported an error. Here is the outline" in page
    assert "outline-kind" in page


def test_without_a_model_there_is_no_button(client, lab, settings):
    assert BUTTON in client.get(lab).text
    settings.INTERVIEWER_MODEL = ""

    assert BUTTON not in client.get(lab).text
