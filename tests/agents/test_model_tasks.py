import dataclasses

import msgspec
import pytest

from interviewer.agents import model_tasks
from interviewer.agents.model_tasks import (
    Digested,
    ModelTask,
    UnableToRegister,
    UnknownTask,
    all_tasks,
    register,
)
from interviewer.agents.model_types import Prompt


class Reads(msgspec.Struct, frozen=True):
    text: str


class Changeable(msgspec.Struct):
    text: str


@dataclasses.dataclass
class ChangeableToo:
    text: str


@pytest.fixture(autouse=True)
def empty_registry(monkeypatch):
    monkeypatch.setattr(model_tasks, "_tasks", {})


def make_task(**changes):
    fields = {
        "name": "question.hint",
        "prompt": "hint",
        "reads": Reads,
        "render": lambda reads: Prompt([], 10),
        "scope": "public",
        "ttl_seconds": 60,
    }
    return ModelTask(**fields | changes)


def test_finds_a_task_by_its_name():
    task = register(make_task())

    assert model_tasks.task("question.hint") is task


def test_lists_all_tasks_by_name():
    register(make_task(name="b"))
    register(make_task(name="a"))

    assert [task.name for task in all_tasks()] == ["a", "b"]


def test_does_not_know_what_was_not_registered():
    with pytest.raises(UnknownTask):
        model_tasks.task("question.hint")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"reads": Changeable}, "can be changed"),
        ({"reads": ChangeableToo}, "can be changed"),
        ({"pool_size": 0}, "a pool holds"),
        ({"pool_size": 65}, "a pool holds"),
        ({"pool_size": 8, "scope": "user"}, "only public"),
        ({"ttl_seconds": 0}, "never be kept"),
    ],
)
def test_refuses_a_task_that_contradicts_itself(changes, reason):
    with pytest.raises(UnableToRegister, match=reason):
        register(make_task(**changes))


def test_refuses_a_second_task_of_the_same_name():
    register(make_task())

    with pytest.raises(UnableToRegister, match="taken"):
        register(make_task(prompt="other"))


def test_a_digested_value_is_equal_by_its_digest_alone():
    one, other = Digested(digest="a", value=[1]), Digested(digest="a", value=[2])

    assert one == other
    assert hash(one) == hash(other)
    assert one != Digested(digest="b", value=[1])
    assert "1" not in repr(one)


def test_a_digested_value_cannot_be_changed():
    with pytest.raises(AttributeError):
        Digested(digest="a", value=1).digest = "b"
