"""How scoring works: public, the same for everybody, its numbers those of the code."""

import re

import pytest
from django.urls import reverse

from interviewer.scoring import calibration
from interviewer.web import about

pytestmark = pytest.mark.django_db


def page(client):
    return client.get(reverse("about_scoring"))


def test_everybody_gets_the_same_bytes_and_may_keep_them(client, alice):
    for_visitors = page(client)
    client.force_login(alice)
    client.cookies["theme"] = "dark"
    for_alice = page(client)

    assert for_alice.content == for_visitors.content
    assert for_alice["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in for_alice.headers
    assert not for_alice.cookies
    assert "cookie" not in for_alice.get("Vary", "").lower()


def test_the_numbers_change_with_the_code(client, monkeypatch):
    def numbers():
        text = re.sub(r"<[^>]+>", " ", page(client).text)
        return sorted(re.findall(r"\d+", text))

    before = numbers()
    monkeypatch.setattr(calibration, "HIT_CREDIT_FROM", 0.61)
    monkeypatch.setattr(calibration, "CURVE_KNEE", (0.33, 0.57))
    monkeypatch.setattr(calibration, "ERROR_AT_NO_CONFIDENCE", 0.37)

    after = numbers()
    assert {"61", "33", "57", "37"} <= set(after)
    assert len(before) == len(after)


def test_the_bands_tile_the_scale():
    assert about.bands()[0] == (1, "up to 20", "Needs work")
    assert about.bands()[-1] == (5, "above 80 to 100", "Strong")
