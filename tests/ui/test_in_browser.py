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
