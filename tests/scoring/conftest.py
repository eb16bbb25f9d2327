import pytest

from interviewer.scoring.encoder import load_encoder


@pytest.fixture(params=["encoder", "words"])
def encoder(request):
    """The sentence encoder, and scoring without it."""
    return load_encoder() if request.param == "encoder" else None
