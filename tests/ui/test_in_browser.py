"""Every page in a browser: fits narrow screens, obeys the CSP, passes axe."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.ui import samples

pytestmark = pytest.mark.browser

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Contrast is computed for every token; these show that the right ones are used.
DARK_PAGES = ["landing", "setup-errors", "room", "report"]


@pytest.mark.parametrize("name", list(samples.pages()))
def test_page_fits_narrow_screens_and_has_no_known_barrier(page, name):
    page.goto(f"/{name}/")

    found = Axe().run(page)
    page.set_viewport_size({"width": 320, "height": 740})

    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate(SIDEWAYS) <= 0


@pytest.mark.parametrize("name", DARK_PAGES)
def test_dark_page_can_be_read(page, name):
    page.emulate_media(color_scheme="dark")
    page.goto(f"/{name}/")

    found = Axe().run(page, options={"runOnly": ["color-contrast"]})

    assert found.violations_count == 0, found.generate_report()


PHONE = {"width": 360, "height": 740}
# Covers that move along with the table, above shades that stay at the edges.
SHADES = "getComputedStyle(document.querySelector('.scroll')).backgroundAttachment"


def test_a_table_that_goes_on_sideways_shows_it(page):
    page.set_viewport_size(PHONE)
    page.goto("/list/")
    table = page.get_by_role("region", name="Interviews")

    assert table.evaluate("region => region.scrollWidth > region.clientWidth")
    assert page.evaluate(SHADES) == "local, local, scroll, scroll"


@pytest.mark.parametrize("name", ["room-ended", "room-coach"])
def test_what_was_said_has_most_of_a_phone_after_the_end(page, name):
    page.set_viewport_size(PHONE)
    page.goto(f"/{name}/")

    height = page.get_by_role("log", name="Transcript").bounding_box()["height"]

    assert height >= 0.55 * PHONE["height"]


def test_text_that_was_kept_stands_in_line_with_the_form(page):
    page.goto("/room-coach-refused/")

    kept = page.get_by_label("What you typed").bounding_box()
    asked = page.get_by_label("Your question to the coach").bounding_box()

    assert (kept["x"], kept["width"]) == (asked["x"], asked["width"])
