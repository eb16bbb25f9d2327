import dataclasses

from interviewer.benchmarks.responses.replay import Outcome, Played, Replayed
from interviewer.benchmarks.responses.trace import pair_of
from interviewer.benchmarks.responses.traps import Trap, make_traps
from interviewer.benchmarks.responses.wrong_serves import judged
from interviewer.benchmarks.suite import SuiteResult
from interviewer.orchestrator.response_cache import Scope

TRAPS = make_traps()
ASKED = Outcome(words="", source="", scope=Scope.public(), was_asked=True, how="call")
SERVED = dataclasses.replace(ASKED, was_asked=False, how="exact_hit")
FINISHED = "traps: at least 3000, and each is finished"


def as_it_should(trap: Trap) -> Played:
    said = dataclasses.replace(ASKED, words=trap.pair["reply_a"])
    return Played(trap.expected, said, SERVED if trap.expected else ASKED)


def found(kind: str = "", **otherwise: object) -> SuiteResult:
    """Return the result when the traps of a kind came out differently."""
    replayed = []
    for trap in TRAPS:
        played = as_it_should(trap)
        if trap.kind == kind:
            played = dataclasses.replace(played, **otherwise)
        replayed.append(Replayed(pair_of(trap.pair), played))
    return judged(traps=TRAPS, replayed=replayed)


def test_passes_when_exactly_the_same_requests_are_served() -> None:
    assert found().is_passed


def test_says_how_many_resends_there_were_and_that_they_were_served() -> None:
    arms = {arm.name: arm for arm in found().arms}

    assert arms["resends that must be served"].n == 224
    assert arms["resends that must be served"].counts == {"served": 224}


def test_one_wrong_serve_is_too_many() -> None:
    assert not found("case", served_from_a=True).checks["traps: 0 served"]


def test_serving_another_person_is_named() -> None:
    result = found("user", served_from_a=True)

    assert not result.checks["traps: 0 served across people and sessions"]


def test_a_resend_that_is_not_served_is_a_loss() -> None:
    assert not found("resend", served_from_a=False).checks["every resend is served"]


def test_a_trap_that_never_reached_a_model_is_not_finished() -> None:
    by_rule = dataclasses.replace(ASKED, was_asked=False, how="rule")

    assert not found("unit", a=by_rule).checks[FINISHED]
    assert not found("unit", b=by_rule).checks[FINISHED]


def test_a_pair_that_could_not_be_played_is_not_counted_as_a_pass() -> None:
    replayed = [Replayed(pair_of(t.pair), as_it_should(t)) for t in TRAPS]
    replayed[0] = dataclasses.replace(replayed[0], played=None)
    replayed[-1] = dataclasses.replace(replayed[-1], played=None)

    result = judged(traps=TRAPS, replayed=replayed)

    assert not result.checks[FINISHED]
    assert not result.checks["every resend is served"]
