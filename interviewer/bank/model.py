"""Questions and their rubrics as plain values; nothing here knows where they came from.

A `BankQuestion` is immutable and content-addressed: `digest` changes when any
word of the question or its rubric does, so a session can freeze what it asked.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

LEVELS = ("junior", "mid", "senior", "staff")
QUESTION_TYPES = ("technical", "behavioural", "system_design")
FACETS = ("action", "result", "lesson")
ANY_FAMILY = "any"
OWN_QUESTION = "own."  # ids of questions that somebody wrote for an interview


@dataclasses.dataclass(frozen=True, slots=True)
class Point:
    """One thing a good answer says; coverage is measured per point."""

    id: str
    criterion: str
    weight: float
    text: str
    must_have: bool = False
    aliases: tuple[str, ...] = ()
    contradicts: tuple[str, ...] = ()
    probe: str = ""
    shown_by: str = ""  # one of FACETS: a told case proves the point by its form


@dataclasses.dataclass(frozen=True, slots=True)
class Exemplar:
    """A graded answer: what the scorer should make of it, and why."""

    kind: str  # strong, terse_right, middle, weak, fluent_wrong, off, poor
    score: float  # 0.0–1.0
    text: str
    why: str


@dataclasses.dataclass(frozen=True, slots=True)
class FollowUp:
    """A probe with its trigger: missing:<point>, contradicted:<point>, depth, vague."""

    when: str
    text: str


@dataclasses.dataclass(frozen=True)
class BankQuestion:
    """A question with everything needed to ask, probe, score and explain it."""

    id: str
    version: int
    licence: str
    type: str  # one of QUESTION_TYPES
    families: tuple[str, ...]  # role families it suits; ("any",) suits all
    skills: tuple[str, ...]
    level: str  # one of LEVELS
    difficulty_b: float
    time_limit_s: int
    question: str
    reference: str
    criteria: Mapping[str, float]  # criterion → weight
    points: tuple[Point, ...]
    anchors: Mapping[int, str]  # band 1–5 → observable behaviour
    exemplars: tuple[Exemplar, ...]
    followups: tuple[FollowUp, ...] = ()
    common_errors: tuple[str, ...] = ()
    star_required: tuple[str, ...] = ()  # of situation, action, result

    @functools.cached_property
    def digest(self) -> str:
        """Return the hex SHA-256 of the question's canonical JSON."""
        return _digest(self.to_dict())

    @functools.cached_property
    def rubric_digest(self) -> str:
        """Return the digest of all but the graded answers."""
        values = self.to_dict()
        del values["exemplars"]
        return _digest(values)

    @property
    def is_shared(self) -> bool:
        """Say whether it is the bank's, the same for everybody, not a person's own."""
        return not self.id.startswith(OWN_QUESTION)

    @property
    def knows_wordings(self) -> bool:
        """Say whether its rubric lists other wordings, so that a gap means a gap."""
        return any(point.aliases for point in self.points)

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values from which `from_dict` makes an equal question."""
        values = {
            field.name: getattr(self, field.name) for field in dataclasses.fields(self)
        }
        values["criteria"] = dict(self.criteria)
        values["anchors"] = {str(band): text for band, text in self.anchors.items()}
        for name in ("points", "exemplars", "followups"):
            values[name] = [dataclasses.asdict(item) for item in values[name]]
        for point in values["points"]:
            point["aliases"] = list(point["aliases"])
            point["contradicts"] = list(point["contradicts"])
        for name in ("families", "skills", "common_errors", "star_required"):
            values[name] = list(values[name])
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> BankQuestion:
        """Return the question `to_dict` described; raises KeyError or TypeError."""
        plain = dict(values)
        plain["criteria"] = MappingProxyType(
            {name: float(weight) for name, weight in plain["criteria"].items()}
        )
        plain["anchors"] = MappingProxyType(
            {int(band): text for band, text in plain["anchors"].items()}
        )
        plain["points"] = tuple(
            Point(
                **{
                    **point,
                    "weight": float(point["weight"]),
                    "aliases": tuple(point.get("aliases", ())),
                    "contradicts": tuple(point.get("contradicts", ())),
                }
            )
            for point in plain["points"]
        )
        plain["exemplars"] = tuple(Exemplar(**item) for item in plain["exemplars"])
        plain["followups"] = tuple(
            FollowUp(**item) for item in plain.get("followups", ())
        )
        for name in ("families", "skills", "common_errors", "star_required"):
            plain[name] = tuple(plain.get(name, ()))
        return cls(**plain)

    def point(self, point_id: str) -> Point:
        """Return the point with this id; raises KeyError."""
        for point in self.points:
            if point.id == point_id:
                return point
        raise KeyError(point_id)


def _digest(values: Mapping[str, Any]) -> str:
    canonical = json.dumps(values, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
