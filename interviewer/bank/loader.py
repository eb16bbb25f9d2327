"""Read the question bank from YAML files.

Every scalar is read as text and typed by the field it fills, so an alias `no`
stays a word and a misspelt field is an error with its place instead of a silent
default. Reading nodes without YAML's type guessing is also several times faster.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from interviewer.bank.model import BankQuestion

QUESTIONS_DIRECTORY = Path(__file__).parent / "questions"


class BankError(Exception):
    """A bank file cannot be read; the message names file, document and field."""


@dataclasses.dataclass(frozen=True, slots=True)
class Family:
    """A role family that a candidate can pick."""

    id: str
    label: str


FAMILIES = (
    Family("backend", "Backend engineer"),
    Family("frontend", "Frontend engineer"),
    Family("data", "Data engineer"),
    Family("devops", "DevOps / SRE"),
    Family("ml", "Machine learning engineer"),
    Family("security", "Security engineer"),
    Family("product", "Product manager"),
    Family("engmanager", "Engineering manager"),
    Family("mobile", "Mobile developer"),
    Family("qa", "Quality engineer"),
    Family("databases", "Database engineer"),
    Family("embedded", "Embedded software engineer"),
    Family("datascience", "Data scientist"),
    Family("cloud", "Cloud architect"),
    Family("design", "Product / UX designer"),
    Family("sales", "Sales and customer success"),
)


@dataclasses.dataclass(frozen=True)
class Bank:
    """All questions, sorted by id."""

    questions: tuple[BankQuestion, ...]

    @functools.cached_property
    def _by_id(self) -> Mapping[str, BankQuestion]:
        return MappingProxyType({question.id: question for question in self.questions})

    @functools.cached_property
    def families(self) -> tuple[Family, ...]:
        """Return the role families that have questions of their own."""
        served = {name for question in self.questions for name in question.families}
        return tuple(family for family in FAMILIES if family.id in served)

    def get(self, question_id: str) -> BankQuestion:
        """Return the question with this id; raises KeyError."""
        return self._by_id[question_id]


def load_bank(*, directory: Path | None = None) -> Bank:
    """Return the bank in `directory`; the shipped one is read once per process.

    Raises BankError.
    """
    if directory is None:
        return _shipped_bank()
    return _read_bank(directory)


@functools.cache
def _shipped_bank() -> Bank:
    return _read_bank(QUESTIONS_DIRECTORY)


def _read_bank(directory: Path) -> Bank:
    questions = [
        question
        for path in sorted(directory.glob("*.yaml"))
        for question in _read_file(path)
    ]
    return Bank(tuple(sorted(questions, key=lambda question: question.id)))


def _read_file(path: Path) -> Iterator[BankQuestion]:
    nodes = _nodes(path)
    for number in itertools.count(1):
        try:
            node = next(nodes, None)
            if node is None:
                return
            question = BankQuestion.from_dict(_question(_plain(node)))
        except (_FieldError, yaml.YAMLError, UnicodeDecodeError) as error:
            raise BankError(f"{path.name}: document {number}: {error}") from error
        yield question


# From YAML nodes to plain text, lists and mappings.

# PyYAML is built without its C parser on some platforms; same nodes, slower.
_NodeLoader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _FieldError(ValueError):
    """A field holds something else than its kind of value."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field or 'question'}: {message}")


def _nodes(path: Path) -> Iterator[yaml.Node | None]:
    loader = _NodeLoader(path.read_text(encoding="utf-8"))
    try:
        while loader.check_node():
            yield loader.get_node()
    finally:
        loader.dispose()


def _plain(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _plain_mapping(node)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    return node.value


def _plain_mapping(node: yaml.MappingNode) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in node.value:
        name = str(key.value)
        if name in values:
            line = key.start_mark.line + 1
            raise _FieldError(name, f"is given twice, again in line {line}")
        values[name] = _plain(value)
    return values


# From plain text to typed values: one reader per kind of field.

Reader = Callable[[Any, str], Any]  # (value, field) → typed value


def _text(value: Any, field: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _FieldError(field, "expected some text")
    return value.strip()


def _number(value: Any, field: str) -> float:
    try:
        number = float(_text(value, field))
    except ValueError:
        raise _FieldError(field, "expected a number") from None
    if not math.isfinite(number):
        raise _FieldError(field, "expected a finite number")
    return number


def _whole(value: Any, field: str) -> int:
    text = _text(value, field)
    if not text.isdecimal():
        raise _FieldError(field, "expected a whole number")
    return int(text)


def _flag(value: Any, field: str) -> bool:
    if value not in ("true", "false"):
        raise _FieldError(field, "expected true or false")
    return bool(value == "true")


def _list_of(read: Reader) -> Reader:
    def read_list(value: Any, field: str) -> list[Any]:
        if not isinstance(value, list):
            raise _FieldError(field, "expected a list")
        return [read(item, f"{field}[{n}]") for n, item in enumerate(value, start=1)]

    return read_list


def _map_of(read_key: Reader, read: Reader) -> Reader:
    def read_map(value: Any, field: str) -> dict[Any, Any]:
        if not isinstance(value, dict):
            raise _FieldError(field, "expected a mapping")
        return {
            read_key(key, field): read(item, f"{field}.{key}")
            for key, item in value.items()
        }

    return read_map


def _record(required: Mapping[str, Reader], optional: Mapping[str, Reader]) -> Reader:
    readers = {**required, **optional}

    def read_record(value: Any, field: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _FieldError(field, "expected a mapping")
        prefix = f"{field}." if field else ""
        for name in required:
            if name not in value:
                raise _FieldError(prefix + name, "is missing")
        for name in value:
            if name not in readers:
                raise _FieldError(prefix + name, "is not a field")
        return {
            name: readers[name](item, prefix + name) for name, item in value.items()
        }

    return read_record


_texts = _list_of(_text)
_point = _record(
    {"id": _text, "criterion": _text, "weight": _number, "text": _text},
    {
        "must_have": _flag,
        "aliases": _texts,
        "contradicts": _texts,
        "probe": _text,
        "shown_by": _text,
    },
)
_exemplar = _record({"kind": _text, "score": _number, "text": _text, "why": _text}, {})
_follow_up = _record({"when": _text, "text": _text}, {})
_document = _record(
    {
        "id": _text,
        "version": _whole,
        "licence": _text,
        "type": _text,
        "families": _texts,
        "skills": _texts,
        "level": _text,
        "difficulty_b": _number,
        "time_limit_s": _whole,
        "question": _text,
        "reference": _text,
        "criteria": _map_of(_text, _number),
        "points": _list_of(_point),
        "anchors": _map_of(_whole, _text),
        "exemplars": _list_of(_exemplar),
    },
    {
        "followups": _list_of(_follow_up),
        "common_errors": _texts,
        "star": _record({"required": _texts}, {}),
    },
)


def _question(document: Any) -> dict[str, Any]:
    """Return what `BankQuestion.from_dict` takes; raises _FieldError."""
    values: dict[str, Any] = _document(document, "")
    values["star_required"] = values.pop("star", {}).get("required", [])
    return values
