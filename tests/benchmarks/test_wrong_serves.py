import dataclasses

from interviewer.benchmarks.responses.replay import Outcome, Replayed
from interviewer.benchmarks.responses.trace import pair_of
from interviewer.benchmarks.responses.traps import Trap, make_traps
from interviewer.benchmarks.responses.wrong_serves import judged
from interviewer.orchestrator.response_cache import Scope

TRAPS = make_traps()
OUTCOME = Outcome(words="", source="", scope=Scope.public(), was_asked=False, how="")


def as_it_should(trap: Trap) -> Replayed:
    return Replayed(pair_of(trap.pair), trap.expected, OUTCOME, OUTCOME)


def checks(**otherwise: bool) -> dict[str, bool]:
    """Return the checks when traps of these kinds were served, or not, by mistake."""
    replayed = [
        dataclasses.replace(
            as_it_should(trap), served_from_a=otherwise.get(trap.kind, trap.expected)
        )
        for trap in TRAPS
    ]
    return dict(judged(traps=TRAPS, replayed=replayed).checks)


def test_passes_when_exactly_the_same_requests_are_served() -> None:
    assert all(checks().values())


def test_one_wrong_serve_is_too_many() -> None:
    assert not checks(case=True)["traps: 0 served of at least 3000"]


def test_serving_another_person_is_named() -> None:
    assert not checks(user=True)["traps: 0 served across people and sessions"]


def test_a_resend_that_is_not_served_is_a_loss() -> None:
    assert not checks(resend=False)["every resend is served"]
