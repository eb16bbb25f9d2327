"""Compare the archive with the journal, and mend it."""

from __future__ import annotations

import argparse
import uuid
from collections.abc import Sequence
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand
from django.utils import timezone

from sessions_app.services.reconciling import Difference, check_archive, mend


class Command(BaseCommand):
    help = (
        "Derive every session's questions, answers, counters and figures once more and "
        "compare; exit code 1 if something differs."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--repair", action="store_true", help="mend what differs; again is harmless"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        sessions = messages = waiting = left = 0
        for checked in check_archive():
            sessions += checked.sessions
            messages += checked.messages
            waiting += checked.waiting
            self._print("differs", checked.differences)
            if options["repair"]:
                left += self._repair(checked.differences)
            else:
                left += len(checked.differences)
        self.stdout.write(
            f"{sessions} sessions, {messages} messages, {waiting} of them not archived "
            f"yet; {left} differences."
        )
        if left:
            raise CommandError("The archive is not the journal's.")

    def _repair(self, found: Sequence[Difference]) -> int:
        left: list[Difference] = []
        for session_id in _sessions(found):
            left += mend(session_id=session_id, now=timezone.now())
        self._print("still differs", left)
        return len(left)

    def _print(self, verb: str, differences: Sequence[Difference]) -> None:
        for row in differences:
            self.stdout.write(f"{row.session_id} {verb}: {row.part}: {row.what}")


def _sessions(differences: Sequence[Difference]) -> list[uuid.UUID]:
    return list(dict.fromkeys(row.session_id for row in differences))
