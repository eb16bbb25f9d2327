"""Fit the feature model of the scorer on graded answers and write it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management import CommandError
from django.core.management.base import BaseCommand
from django.utils import timezone

from interviewer.scoring.encoder import load_encoder
from interviewer.scoring.feature_model import PATH, PROVENANCE, packed


class Command(BaseCommand):
    help = "Fit the scorer's feature model on graded answers in a folder."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, required=True, help="the folder")
        parser.add_argument(
            "--check",
            action="store_true",
            help="write nothing; exit 1 if the shipped model would be another",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # What only training needs is imported only here.
        import sklearn

        from interviewer.benchmarks.graded_data import SUITES, read_suite
        from interviewer.benchmarks.train_scorer import fit_model, make_table

        encoder = load_encoder()
        if encoder is None:
            raise CommandError("The sentence encoder cannot be loaded.")
        tables = {}
        for suite in SUITES:
            try:
                rows = read_suite(folder=options["data"], suite=suite)
            except OSError as error:
                raise CommandError(str(error)) from None
            self.stderr.write(f"Reading {suite}")
            tables[suite] = make_table(rows=rows, encoder=encoder)
        self.stderr.write("Fitting the model")
        arrays = packed(fit_model(tables=tables, version=""))
        if options["check"]:
            self._compare(arrays)
            return
        np.savez_compressed(PATH, allow_pickle=False, **arrays)
        today = timezone.localdate()
        provenance = {
            "version": f"features-{today.isoformat()}",
            "command": "manage.py train_scorer --data DIR",
            "answers": {name: len(table.grades) for name, table in tables.items()},
            "questions": {
                name: len(np.unique(table.questions)) for name, table in tables.items()
            },
            "date": today.isoformat(),
            "encoder": encoder.name,
            "scikit-learn": sklearn.__version__,
            "numpy": np.__version__,
        }
        text = json.dumps(provenance, indent=2) + "\n"
        PROVENANCE.write_text(text, encoding="utf-8")
        self.stdout.write(f"Wrote {PATH.name} and {PROVENANCE.name}")

    def _compare(self, arrays: dict[str, Any]) -> None:
        with np.load(PATH, allow_pickle=False) as stored:
            differing = sorted(
                name
                for name in {*arrays, *stored.files}
                if name not in arrays
                or name not in stored.files
                or not np.array_equal(arrays[name], stored[name])
            )
        if differing:
            raise CommandError(f"Not the shipped model: {', '.join(differing)}")
        self.stdout.write("Equal to the shipped model")
