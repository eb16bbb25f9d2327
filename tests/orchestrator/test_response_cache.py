from typing import Any

import msgspec
import pytest
from django.core.cache import cache, caches

from interviewer.agents.model_tasks import ModelTask
from interviewer.agents.model_types import Prompt, Usage
from interviewer.agents.response_key import CallContext
from interviewer.orchestrator import response_cache
from interviewer.orchestrator.response_cache import (
    Place,
    Response,
    Scope,
    find,
    keep,
    place_of,
)


class Reads(msgspec.Struct, frozen=True):
    text: str


def make_task(**changes: Any) -> ModelTask[Reads]:
    fields: dict[str, Any] = {
        "name": "answer.judge",
        "prompt": "judge",
        "reads": Reads,
        "render": lambda reads: Prompt([], 10),
        "scope": "user",
        "ttl_seconds": 3600,
    }
    return ModelTask(**fields | changes)


JUDGE = make_task()
POOLED = make_task(name="question.wording", scope="public", pool_size=8)
CONTEXT = CallContext(
    engine="model",
    model="openai:m",
    parameters={},
    language="en",
    mode="practice",
    prompt_version="1",
)
RESPONSE = Response(
    kind="text",
    body="Well said.",
    finish_reason="stop",
    engine="model",
    model="openai:m",
    prompt_version="1",
    usage=Usage(tokens_in=10, tokens_out=3),
    cost_micros=12,
    created=1_700_000_000.5,
    provenance="openai:m",
)
ALICE = Scope.of_user(user_id="alice", generation=0)
BOB = Scope.of_user(user_id="bob", generation=0)


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


def place(*, text: str = "answer", scope: Scope = ALICE, task: Any = JUDGE) -> Place:
    return place_of(task=task, reads=Reads(text), context=CONTEXT, scope=scope)


def keep_there(where: Place, response: Response = RESPONSE) -> None:
    keep(place=where, response=response, slot=find(place=where).slot)


def test_serves_an_equal_request_what_was_kept() -> None:
    keep_there(place())

    found = find(place=place())

    assert (found.result, found.response) == ("hit", RESPONSE)


@pytest.mark.parametrize(
    "other",
    [
        {"text": "other answer"},
        {"scope": BOB},
        {"scope": Scope.of_user(user_id="alice", generation=1)},
        {"task": make_task(name="other.task")},
        {"task": make_task(schema_version=2)},
    ],
)
def test_misses_when_any_input_differs(other: dict[str, Any]) -> None:
    keep_there(place())

    assert find(place=place(**other)).result == "miss"


def test_tells_interviews_of_one_person_apart() -> None:
    task = make_task(scope="session")
    one, other = (
        Scope.of_session(session_id=name, user_id="alice", generation=0)
        for name in ("s1", "s2")
    )
    keep_there(place(task=task, scope=one))

    assert find(place=place(task=task, scope=other)).result == "miss"


def test_refuses_to_share_what_is_private() -> None:
    with pytest.raises(ValueError, match="user scope, not public"):
        place(scope=Scope.public())


@pytest.mark.parametrize("nobody", [None, ""])
def test_nobody_has_a_scope(nobody: object) -> None:
    with pytest.raises(ValueError, match="identity"):
        Scope.of_user(user_id=nobody, generation=0)


@pytest.mark.parametrize(
    "changes",
    [
        {"finish_reason": "length"},
        {"finish_reason": "content_filter"},
        {"finish_reason": ""},
        {"body": " \n"},
        {"engine": "embedded"},
    ],
)
def test_keeps_nothing_that_must_not_be_served_again(changes: dict[str, Any]) -> None:
    keep_there(place(), msgspec.structs.replace(RESPONSE, **changes))

    assert find(place=place()).result == "miss"


def entry(**changes: Any) -> list[Any]:
    fields = {
        "format": response_cache.FORMAT,
        "digest": place().digest,
        "owner": "alice",
        "response": RESPONSE,
    }
    return list((fields | changes).values())


@pytest.mark.parametrize(
    "found_there",
    [
        entry(format=0),
        entry(digest="0" * 32),
        entry(owner="bob"),
        entry(response=["text"]),
        {"foreign": 1},
        7,
    ],
    ids=["old format", "other key", "foreign owner", "no response", "map", "number"],
)
def test_R5_what_is_not_ours_is_an_error_and_deleted(found_there: Any) -> None:
    cache.set(place().key, found_there)

    found = find(place=place())

    assert (found.result, found.response) == ("error", None)
    assert cache.get(place().key) is None


def test_believes_an_entry_that_agrees() -> None:
    cache.set(place().key, entry())

    assert find(place=place()).response == RESPONSE


def test_R5_garbage_is_a_miss_and_deleted() -> None:
    client = caches["default"].client.get_client()
    client.set(cache.make_key(place().key), b"\x80garbage", ex=60)

    assert find(place=place()).result == "miss"
    assert not client.exists(cache.make_key(place().key))


def test_R5_another_type_of_key_is_a_miss_and_deleted() -> None:
    client = caches["default"].client.get_client()
    client.rpush(cache.make_key(place().key), "a")

    assert find(place=place()).result == "miss"
    assert not client.exists(cache.make_key(place().key))


def test_an_entry_lives_as_long_as_its_task_says_and_a_hit_does_not_extend_it() -> None:
    keep_there(place())
    client = caches["default"].client.get_client()
    client.pexpire(cache.make_key(place().key), 50_000)

    find(place=place())

    assert client.pttl(cache.make_key(place().key)) <= 50_000
    assert place().lifetime_seconds() == 3600


def test_lifetimes_of_shared_entries_are_spread_by_a_tenth() -> None:
    places = [place(text=str(n), scope=Scope.public(), task=POOLED) for n in range(200)]

    lifetimes = [where.lifetime_seconds() for where in places]

    assert 3240 <= min(lifetimes) < 3300
    assert 3900 < max(lifetimes) <= 3960


def test_has_no_place_for_what_the_database_keeps() -> None:
    with pytest.raises(ValueError, match="not kept in the cache"):
        keep_there(place(task=make_task(ttl_seconds=None)))


def test_what_is_handed_out_cannot_be_altered() -> None:
    keep_there(place())
    response = find(place=place()).response

    with pytest.raises(AttributeError):
        response.body = "changed"  # type: ignore[union-attr,misc]


def pooled() -> Place:
    return place(scope=Scope.public(), task=POOLED)


def ask(chooser: str, *, seen: frozenset[str] = frozenset()) -> str:
    """Return what the chooser is served; on a miss a new variant is made and kept."""
    found = find(place=pooled(), chooser=chooser, seen=seen)
    if found.response is not None:
        return found.response.body
    body = f"made for {chooser}"
    made = msgspec.structs.replace(RESPONSE, body=body)
    keep(place=pooled(), response=made, slot=found.slot)
    return body


def variants() -> list[str]:
    entries = cache.get_many(pooled().slots(chooser="")).values()
    return [entry[3][1] for entry in entries]


def test_a_pool_fills_up_and_then_makes_nothing_new() -> None:
    for number in range(200):
        ask(f"person {number}")

    assert len(set(variants())) == 8
    assert all(ask(f"later {number}") in variants() for number in range(50))


def test_a_chooser_gets_the_same_variant_again_and_choosers_differ() -> None:
    for number in range(200):
        ask(f"person {number}")

    served = {number: ask(f"person {number}") for number in range(50)}

    assert served == {number: ask(f"person {number}") for number in range(50)}
    assert len(set(served.values())) == 8


def test_nobody_is_served_what_they_have_seen() -> None:
    for number in range(200):
        ask(f"person {number}")
    seen: set[str] = set()

    for _ in range(8):
        found = find(place=pooled(), chooser="alice", seen=seen)
        assert found.response is not None
        assert found.response.variant not in seen
        seen.add(found.response.variant)

    found = find(place=pooled(), chooser="alice", seen=seen)
    assert (found.result, found.slot) == ("miss", None)


def test_a_place_in_the_pool_that_was_filled_meanwhile_stays() -> None:
    slot = find(place=pooled(), chooser="alice").slot
    for body in ("first", "second"):
        made = msgspec.structs.replace(RESPONSE, body=body)
        keep(place=pooled(), response=made, slot=slot)

    assert variants() == ["first"]


def commands() -> int:
    info = caches["default"].client.get_client().info("stats")
    return int(info["total_commands_processed"])


@pytest.mark.parametrize("where", [place, pooled])
def test_a_look_up_is_one_command(where: Any, own_redis: Any, settings: Any) -> None:
    # A server of its own: in a shared one the commands of other tests count as well.
    cache_settings = {**settings.CACHES["default"], "LOCATION": own_redis.url}
    settings.CACHES = {"default": cache_settings}
    find(place=where())  # connected before
    before = commands()
    idle = commands() - before

    before = commands()
    find(place=where())

    assert commands() - before - idle == 1


def test_R1_everything_is_a_miss_while_redis_is_away(settings: Any) -> None:
    settings.CACHES = {
        "default": {
            **settings.CACHES["default"],
            "LOCATION": "unix:///nowhere/responses.sock",
        }
    }

    keep_there(place())

    assert find(place=place()).result == "miss"
    assert find(place=pooled()).result == "miss"
