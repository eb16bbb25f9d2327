"""Words and numbers that people read, for stored codes and scores."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping

# The role families of the question bank; a test compares them with it.
ROLE_LABELS = {
    "backend": "Backend engineer",
    "frontend": "Frontend engineer",
    "data": "Data engineer",
    "devops": "DevOps / SRE",
    "ml": "Machine learning engineer",
    "security": "Security engineer",
    "product": "Product manager",
    "engmanager": "Engineering manager",
    "mobile": "Mobile developer",
    "qa": "Quality engineer",
    "databases": "Database engineer",
    "embedded": "Embedded software engineer",
    "datascience": "Data scientist",
    "cloud": "Cloud architect",
    "design": "Product / UX designer",
    "sales": "Sales and customer success",
}

NOT_ENOUGH_EVIDENCE = "Not enough evidence"
NO_SCORE_YET = "–"
BAND_WORDS = {
    5: "Strong",
    4: "Solid",
    3: "Developing",
    2: "Needs work",
    1: "Needs work",
}

POSTURES = {
    "fix": "Fix: something essential is missing or wrong.",
    "polish": "Polish: the essentials are there; a point or two would lift it.",
    "move_on": "Move on: this answer needs no more work.",
}
BUILT_IN = "embedded"  # the engine that is rules alone, as scores name it


def role_label(*, role: str) -> str:
    """Return the name of a role family, also of one that the bank has dropped."""
    return ROLE_LABELS.get(role) or role.replace("_", " ").capitalize()


def band_of(*, score: float) -> int:
    """Return the band from 1 to 5 of a score from 0.0 to 1.0."""
    # Rounded first: 0.6 that went through a mean must not become band 4.
    return max(1, math.ceil(round(5 * score, 9)))


def band_word(*, score: float | None) -> str:
    """Return the word for a score from 0.0 to 1.0, or for having none."""
    return NOT_ENOUGH_EVIDENCE if score is None else BAND_WORDS[band_of(score=score)]


def score_label(*, score: float | None, error: float | None) -> str:
    """Return "68 ± 7" for figures from 0 to 100, or say that there is no score."""
    if score is None:
        return NOT_ENOUGH_EVIDENCE
    return f"{score:.0f}" if error is None else f"{score:.0f} ± {error:.0f}"


def engine_label(*, versions: Mapping[str, str], engine: str) -> str:
    """Return who judged, in few words: "Built-in rules coverage-1", or a model."""
    if versions.get("engine") == BUILT_IN:
        return f"Built-in rules {versions.get('scorer', '')}".strip()
    return versions.get("engine") or engine


def age_label(*, age: datetime.timedelta) -> str:
    """Return a length of time as "3 d 4 h", "4 h" or "12 min"."""
    minutes = max(0, int(age.total_seconds() // 60))
    hours, minutes_left = divmod(minutes, 60)
    days, hours_left = divmod(hours, 24)
    if days:
        return f"{days} d {hours_left} h"
    return f"{hours} h" if hours else f"{minutes_left} min"
