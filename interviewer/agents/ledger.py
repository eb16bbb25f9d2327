"""The ledger: what holds now, after every correction, most valuable first.

settle          facts → entries in force; corrections have replaced what they correct
render_ledger   entries as a few lines for a prompt, within a number of tokens
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterable, Sequence

from interviewer.agents.corrections import read_revision
from interviewer.agents.facts import Fact
from interviewer.agents.number_facts import measurements
from interviewer.agents.tokens import estimate_tokens
from interviewer.scoring.words import content_words

MAX_LEDGER_TOKENS = 400

# Most valuable first: numbers can be checked, tools and claims can be asked again.
_HEADINGS = {
    "number": "Numbers",
    "gap": "Gaps",
    "commitment": "Said they will",
    "open_thread": "Left open",
    "skill": "Tools",
    "claim": "Claims",
}
_ORDER = tuple(_HEADINGS)

# How surely a correction means an entry.
_SAME_OLD_VALUE = 4.0
_SAME_UNIT = 2.0
_SHARED_SUBJECT_WORD = 1.5
_SHARED_QUOTE_WORD = 0.5
_JUST_SAID = 1.0
_ENOUGH = 3.5
_ENOUGH_WHEN_UNSURE = 4.5


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """What holds of a subject: `fact` said it first, `corrected_by` says it now."""

    fact: Fact
    corrected_by: tuple[Fact, ...] = ()
    value: str = ""
    unit: str = ""

    @property
    def seq(self) -> int:
        return self.corrected_by[-1].seq if self.corrected_by else self.fact.seq

    @property
    def text(self) -> str:
        """The entry in a few words."""
        unit = "" if self.fact.subject.endswith(self.unit) else self.unit
        if self.fact.kind == "claim" and self.value:
            return f"{self.fact.subject} {self.value}"
        return " ".join(part for part in (self.fact.subject, self.value, unit) if part)


def settle(*, facts: Iterable[Fact]) -> tuple[Entry, ...]:
    """Return the entries in force, in the order in which they were first stated."""
    entries: list[Entry] = []
    for fact in sorted(facts, key=lambda f: (f.seq, f.start, f.kind, f.subject)):
        if fact.kind == "asked_question":
            continue
        if fact.kind == "correction":
            _correct(entries, fact)
        elif not any(_says_the_same(entry, fact) for entry in entries):
            entries.append(Entry(fact, (), fact.value, fact.unit))
    return tuple(entries)


def superseded(*, facts: Iterable[Fact]) -> dict[Fact, Fact]:
    """Return the corrections with the fact that each replaced."""
    replaced: dict[Fact, Fact] = {}
    for entry in settle(facts=facts):
        said = entry.fact
        for correction in entry.corrected_by:
            replaced[correction] = said
            said = correction
    return replaced


def render_ledger(*, facts: Iterable[Fact], max_tokens: int = MAX_LEDGER_TOKENS) -> str:
    """Return the entries in force as lines by kind; what does not fit is left out."""
    shown, _ = split_entries(entries=settle(facts=facts), max_tokens=max_tokens)
    return render_entries(entries=shown)


def split_entries(
    *, entries: Sequence[Entry], max_tokens: int
) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Return the entries that fit, most valuable first, and the others."""
    left = max_tokens
    headed: set[str] = set()
    shown, left_out = [], []
    for entry in sorted(entries, key=_rank):
        kind = _heading(entry)
        cost = estimate_tokens(f"{entry.text}; ")
        if kind not in headed:
            cost += estimate_tokens(f"{kind}: \n")
        if cost <= left:
            left -= cost
            headed.add(kind)
            shown.append(entry)
        else:
            left_out.append(entry)
    return tuple(shown), tuple(left_out)


def render_entries(*, entries: Sequence[Entry]) -> str:
    """Return these entries, a line for each kind."""
    lines: dict[str, list[str]] = {}
    for entry in sorted(entries, key=_rank):
        lines.setdefault(_heading(entry), []).append(entry.text)
    return "\n".join(f"{kind}: {'; '.join(texts)}" for kind, texts in lines.items())


def _rank(entry: Entry) -> tuple[int, bool, float, int, int, str]:
    kind = "number" if entry.fact.kind == "correction" else entry.fact.kind
    is_first_told = not entry.corrected_by
    fact = entry.fact
    place = (-entry.seq, fact.start, fact.subject)
    return (_ORDER.index(kind), is_first_told, -fact.confidence, *place)


def _heading(entry: Entry) -> str:
    return _HEADINGS.get(entry.fact.kind, _HEADINGS["number"])


def _says_the_same(entry: Entry, fact: Fact) -> bool:
    return (entry.fact.kind, entry.value, _stem_of(entry.unit)) == (
        fact.kind,
        fact.value,
        _stem_of(fact.unit),
    ) and _stems(entry.fact.subject) == _stems(fact.subject)


def _correct(entries: list[Entry], correction: Fact) -> None:
    """Replace the entry that is meant; a correction of nothing known is an entry."""
    scored = [(_fit(e, correction), index) for index, e in enumerate(entries)]
    score, index = max(scored, default=(0.0, -1))
    is_sure = correction.confidence >= 0.8
    if score < (_ENOUGH if is_sure else _ENOUGH_WHEN_UNSURE):
        entries.append(Entry(correction, (), correction.value, correction.unit))
        return
    meant = entries[index]
    fact = meant.fact
    value, unit = correction.value, correction.unit or meant.unit
    if not _is_number(meant):
        fact, value = _renamed(meant, correction)
    entries[index] = dataclasses.replace(
        meant,
        fact=fact,
        corrected_by=(*meant.corrected_by, correction),
        value=value,
        unit=unit,
    )


def _is_number(entry: Entry) -> bool:
    return bool(re.match(r"\d", entry.value))


def _renamed(meant: Entry, correction: Fact) -> tuple[Fact, str]:
    """Return the fact with one name for another: not Postgres, MySQL."""
    old = correction.subject
    if old in meant.value:
        return meant.fact, meant.value.replace(old, correction.value)
    if old in meant.fact.subject and correction.value != "no longer":
        subject = meant.fact.subject.replace(old, correction.value)
        return dataclasses.replace(meant.fact, subject=subject), meant.value
    return meant.fact, correction.value


def _fit(entry: Entry, correction: Fact) -> float:
    """Return how well this entry fits as what the correction is about."""
    if not correction.value[:1].isdigit():
        return _fit_of_words(entry, correction)
    if not _is_number(entry) or entry.value == correction.value:
        return 0.0
    old = set(read_revision(correction.quote).old_values)
    stated = set(entry.value.split(" to "))
    score = _SAME_OLD_VALUE if old & stated else 0.0
    if old and not score:
        return 0.0  # it names the value that it replaces, and this is another
    if _same_unit(entry.unit, correction):
        score += _SAME_UNIT
    elif entry.unit and correction.unit and not score:
        return 0.0
    words = _stems(correction.quote)
    shared = words & (_stems(entry.fact.subject) | _stems(entry.unit))
    score += _SHARED_SUBJECT_WORD * min(len(shared), 3)
    score += _SHARED_QUOTE_WORD * min(len(words & _stems(entry.fact.quote)), 4)
    is_just_said = 0 <= correction.seq - entry.seq <= 2
    return score + (_JUST_SAID if is_just_said else 0.0)


def _fit_of_words(entry: Entry, correction: Fact) -> float:
    if _is_number(entry):
        return 0.0
    shared = _stems(correction.subject) & _stems(f"{entry.fact.subject} {entry.value}")
    return _ENOUGH_WHEN_UNSURE + len(shared) if shared else 0.0


def _same_unit(unit: str, correction: Fact) -> bool:
    units = {_stem_of(one.unit) for one in measurements(text=correction.quote)}
    return bool(unit) and _stem_of(unit) in units | {_stem_of(correction.unit)}


def _stem_of(unit: str) -> str:
    """Return the last word's stem: "backend engineers" and "engineer" are one unit."""
    head = unit.split(" per ")[0]
    words = content_words(text=head)
    return words[-1].stem if words else head.strip()


@functools.lru_cache(maxsize=4_000)
def _stems(text: str) -> frozenset[str]:
    return frozenset(
        word.stem for word in content_words(text=text) if not word.lower[0].isdigit()
    )
