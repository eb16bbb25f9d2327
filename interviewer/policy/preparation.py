"""The days until a real interview: minutes a day, from what is due and what is weak."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Sequence

REVIEW_MINUTES = 2  # an answer of a minute, and reading what was found
DRILL_MINUTES = 10
STORY_MINUTES = 10
CUE_CARD_MINUTES = 10
MOCK_MINUTES = 30
MOCK_DAYS_BEFORE = 2  # late enough to be like it, early enough to mend something
MOST_MINUTES = 60  # of one day; the rest moves to the next
MOST_DAYS = 14  # shown ahead


@dataclasses.dataclass(frozen=True, slots=True)
class Task:
    """Something to do on one day."""

    text: str
    minutes: int


@dataclasses.dataclass(frozen=True, slots=True)
class Day:
    """What one day holds."""

    date: datetime.date
    tasks: tuple[Task, ...]

    @property
    def minutes(self) -> int:
        return sum(task.minutes for task in self.tasks)


def daily_plan(
    *,
    today: datetime.date,
    interview_on: datetime.date,
    due_dates: Iterable[datetime.date],
    weak: Sequence[str],
    untold: Sequence[str],
) -> tuple[Day, ...]:
    """Return the days from today to the interview, two weeks at most.

    due_dates: when each review is due; what is overdue is for today
    weak: competencies to drill, the weakest first
    untold: competencies without a story
    Nothing new is learned on the day of the interview and the day before.
    """
    length = min((interview_on - today).days, MOST_DAYS - 1)
    days = [today + datetime.timedelta(days=n) for n in range(max(length, 0) + 1)]
    tasks: dict[datetime.date, list[Task]] = {day: [] for day in days}
    _spread_reviews(tasks, due_dates, interview_on)
    eve = interview_on - datetime.timedelta(days=1)
    mock = interview_on - datetime.timedelta(days=MOCK_DAYS_BEFORE)
    if mock in tasks:
        tasks[mock].append(Task("A whole interview, as on the day", MOCK_MINUTES))
    wanted = [
        *(Task(f"Drill {name}", DRILL_MINUTES) for name in weak),
        *(Task(f"A story for {name}", STORY_MINUTES) for name in untold),
    ]
    _place(tasks, wanted, [day for day in days if day < eve])
    for day in (eve, interview_on):
        if day in tasks:
            tasks[day].append(Task("Read the cue card", CUE_CARD_MINUTES))
    return tuple(Day(day, tuple(tasks[day])) for day in days)


def _spread_reviews(
    tasks: dict[datetime.date, list[Task]],
    due_dates: Iterable[datetime.date],
    interview_on: datetime.date,
) -> None:
    """Put each review on its day, or on the next one that has room for it."""
    days = [day for day in tasks if day < interview_on] or list(tasks)[:1]
    most = MOST_MINUTES // REVIEW_MINUTES
    counts = dict.fromkeys(days, 0)
    for due in sorted(due_dates):
        free = [day for day in days if day >= due and counts[day] < most]
        if free:
            counts[free[0]] += 1
    for day, count in counts.items():
        if count:
            what = "1 review" if count == 1 else f"{count} reviews"
            tasks[day].append(Task(what, count * REVIEW_MINUTES))


def _place(
    tasks: dict[datetime.date, list[Task]],
    wanted: Sequence[Task],
    days: Sequence[datetime.date],
) -> None:
    """Give each task the day with the least to do, if one has room."""
    for task in wanted:
        room = [d for d in days if _minutes(tasks[d]) + task.minutes <= MOST_MINUTES]
        if room:
            tasks[min(room, key=lambda day: (_minutes(tasks[day]), day))].append(task)


def _minutes(tasks: Iterable[Task]) -> int:
    return sum(task.minutes for task in tasks)
