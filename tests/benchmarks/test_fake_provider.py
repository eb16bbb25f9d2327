import json
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from interviewer.benchmarks.fake_provider import (
    PrefixProfile,
    fake_provider,
    fake_provider_process,
)
from interviewer.benchmarks.fake_provider.meter import Meter
from interviewer.benchmarks.fake_provider.requests import Reply

MESSAGES = [{"role": "user", "content": "Hello there, interviewer."}]


def post(base_url, **body):
    request = urllib.request.Request(
        f"{base_url}/chat/completions",
        data=json.dumps({"model": "m", "messages": MESSAGES, **body}).encode(),
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def test_answers_without_a_stream_too():
    with fake_provider() as provider:
        provider.say("Hello.")

        answer = post(provider.base_url)

    assert answer["choices"][0]["message"]["content"] == "Hello."
    assert answer["usage"]["completion_tokens"] == 2


def test_a_persona_can_be_a_function_of_the_request():
    with fake_provider(persona=lambda request: request.last.upper()) as provider:
        answer = post(provider.base_url)

    assert answer["choices"][0]["message"]["content"] == "HELLO THERE, INTERVIEWER."


def test_reads_a_known_beginning_from_its_cache_in_whole_steps():
    meter = Meter(profile=PrefixProfile(minimum=256, step=128, read=0.1, write=1.25))
    start = "x" * 4 * 300

    first = meter.count(prompt=start, said="")
    second = meter.count(prompt=start + "y" * 400, said="abcd")

    assert (first.cached, first.written) == (0, 256)
    assert (second.cached, second.written, second.tokens_out) == (256, 128, 1)
    assert first.billed_in == pytest.approx(44 + 256 * 1.25)
    assert meter.total.tokens_in == 700


def test_short_or_other_beginnings_are_not_cached():
    meter = Meter(profile=PrefixProfile(minimum=256))

    assert meter.count(prompt="x" * 400, said="").written == 0
    meter.count(prompt="x" * 2000, said="")
    assert meter.count(prompt="y" + "x" * 2000, said="").cached == 0


@pytest.mark.slow
def test_runs_as_a_process_that_takes_orders():
    with fake_provider_process("--persona", "leaky") as provider:
        provider.control(say=["Hi."], fail=[{"kind": "status", "status": 503}])
        with pytest.raises(urllib.error.HTTPError, match="503"):
            post(provider.base_url)
        answer = post(provider.base_url)
        counts = provider.control()

    assert answer["choices"][0]["message"]["content"].startswith("My instructions")
    assert counts["requests"] == 2


@pytest.mark.slow
def test_what_is_left_of_a_script_can_be_replaced():
    with fake_provider_process("--whole") as provider:
        provider.control(say=["Left over.", "Left over."])
        provider.control(say_only=["What was asked for."])
        answer = post(provider.base_url)

    assert answer["choices"][0]["message"]["content"] == "What was asked for."


def test_a_whole_reply_comes_in_one_piece():
    text = "This is a reply of several words."

    assert Reply(text, is_whole=True).pieces == [text]
    assert len(Reply(text).pieces) > 1


def test_building_blocks_import_without_a_model_library():
    script = (
        "import sys, interviewer.agents.chat_model, interviewer.agents.judgement,"
        " interviewer.agents.reply_rules; assert not {'langchain', 'langchain_core',"
        " 'openai', 'langsmith'} & set(sys.modules)"
    )

    subprocess.run([sys.executable, "-c", script], check=True)
