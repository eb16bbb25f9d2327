"""Fill an empty installation with believable interviews."""

from __future__ import annotations

import argparse
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from interviewer.demo.casting import DOMAIN, cast
from interviewer.demo.seeding import seed_interviews
from sessions_app.models import InterviewSession, User


class Command(BaseCommand):
    help = (
        "Hold demo interviews with the built-in engine: invented people, real "
        "questions, spread over past weeks. What calls of models they show is made up."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--people", type=_count, default=6)
        parser.add_argument("--sessions", type=_count, default=24)
        parser.add_argument("--days", type=_count, default=56, help="how far back")
        parser.add_argument(
            "--messages",
            type=int,
            default=0,
            help="copy ended interviews for further people until there are so many",
        )
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--force",
            action="store_true",
            help="also where people who are not made up have interviews",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        _require_fitting_place(seed=options["seed"], force=options["force"])
        started = time.monotonic()
        parts = cast(
            people=options["people"],
            sessions=options["sessions"],
            days=options["days"],
            seed=options["seed"],
            until=timezone.now(),
        )
        held, copied = seed_interviews(
            parts=parts, seed=options["seed"], messages=options["messages"]
        )
        said = sum(session.message_count for session in held)
        copies = f" and {copied} in copies" if copied else ""
        self.stdout.write(
            f"{len(held)} interviews of {len({part.person for part in parts})} people "
            f"with {said} messages{copies}, made in {time.monotonic() - started:.0f} s."
        )


def _require_fitting_place(*, seed: int, force: bool) -> None:
    if settings.INTERVIEWER_MODEL:
        raise CommandError(
            "INTERVIEWER_MODEL is set: demo interviews must not cost anything. Run it "
            "with INTERVIEWER_MODEL= (empty)."
        )
    if User.objects.filter(email__endswith=f".{seed}@{DOMAIN}").exists():
        raise CommandError(
            f"The demo people of seed {seed} are here already. Choose another --seed."
        )
    made_up = InterviewSession.objects.filter(user__email__endswith=f"@{DOMAIN}")
    if not force and InterviewSession.objects.exclude(pk__in=made_up).exists():
        raise CommandError(
            "There are interviews of real people here. With --force demo interviews "
            "are put beside them."
        )


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number
