from interviewer.agents.model_types import CallRecord, Usage
from interviewer.orchestrator.calls import model_call


def record(**fields):
    usage = Usage(tokens_in=1_000, cached=600, cache_written=100, tokens_out=50)
    fields = {"usage": usage, "first_token_seconds": 0.25, **fields}
    return CallRecord(model="openai:m", complete_seconds=1.2344, **fields)


def test_a_call_is_kept_with_its_price_and_its_times(settings):
    prices = {"in": 1.0, "cached": 0.1, "cache_write": 2.0, "out": 4.0}
    settings.MODEL_PRICES = {"openai:m": prices}

    call = model_call(task="t", outcome="call", record=record(), source="digest")

    assert (call.model, call.source, call.failure) == ("openai:m", "digest", "")
    assert (call.tokens_in, call.tokens_cached, call.tokens_out) == (1_000, 600, 50)
    assert call.cost_micros == 300 + 60 + 200 + 200
    assert (call.first_token_ms, call.complete_ms) == (250, 1_234)


def test_the_reason_why_an_answer_was_not_used_stands_before_that_of_the_call():
    failed = record(failure="cut_off", first_token_seconds=None)

    assert model_call(task="t", outcome="error", record=failed).failure == "cut_off"
    unused = model_call(task="t", outcome="error", record=failed, failure="unfit")
    assert (unused.failure, unused.first_token_ms) == ("unfit", None)


def test_more_cached_tokens_than_were_sent_are_not_believed():
    odd = record(usage=Usage(tokens_in=10, cached=12))

    assert model_call(task="t", outcome="call", record=odd).tokens_cached == 10


def test_a_hit_has_no_record_and_tells_what_it_saved():
    hit = model_call(task="t", outcome="exact_hit", record=None, saved_micros=7)

    assert (hit.tokens_in, hit.saved_micros, hit.complete_ms) == (0, 7, None)
