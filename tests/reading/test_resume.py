"""What is read of a résumé: claims with their places, and nothing about the person."""

from interviewer.reading.job import telling_stems
from interviewer.reading.resume import claim_about, read_resume
from interviewer.web.samples import SAMPLE_SETUP

RESUME = SAMPLE_SETUP["resume"]


def test_reads_deeds_tools_and_figures_with_their_places():
    claims = read_resume(RESUME)

    assert [RESUME[c.start : c.start + len(c.text)] for c in claims] == [
        c.text for c in claims
    ]
    best = max(claims, key=lambda claim: claim.weight)
    assert best.weight == 3
    assert best.text.startswith("Parcel tracking service: owned the public API")


def test_contact_lines_are_no_claims():
    assert (
        read_resume("alice@example.org\n+49 170 1234567\nhttps://example.org/me") == ()
    )


def test_names_the_claim_that_says_most_about_a_subject():
    claims = read_resume("Python, Go\n- introduced caching with Redis for 2,000 users")

    assert claim_about(telling_stems("caching"), claims) is claims[1]
    assert claim_about(telling_stems("kubernetes"), claims) is None
