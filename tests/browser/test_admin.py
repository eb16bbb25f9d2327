"""The admin under the same strict policy as every page: nothing inline."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def test_admin_works_without_breaking_the_policy(reviewer, administrator):
    page = reviewer.open("/admin/")
    page.get_by_role("link", name="Users", exact=True).first.click()
    page.get_by_role("link", name=administrator).click()

    # A widget that scripts make.
    page.get_by_role("button", name="Choose all user permissions").click()
    page.get_by_role("button", name="Save", exact=True).click()

    assert "was changed successfully" in page.locator(".messagelist").inner_text()
