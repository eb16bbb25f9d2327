"""The admin under the same strict policy as every page: nothing inline."""

import os
import subprocess
import sys

import pytest

from tests.platform.conftest import PROJECT_DIR

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PASSWORD = "correct horse battery"


@pytest.fixture
def charlie(product):
    """An administrator of the running product."""
    subprocess.run(
        [sys.executable, "manage.py", "createsuperuser", "--no-input"],
        cwd=PROJECT_DIR,
        env={
            **os.environ,
            "DATA_DIR": str(product.data_dir),
            "REDIS_URL": "",
            "DJANGO_SUPERUSER_EMAIL": "charlie@example.org",
            "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        },
        check=True,
    )
    return "charlie@example.org"


def test_admin_works_without_breaking_the_policy(person, charlie):
    page = person.open("/admin/")
    page.get_by_label("Email").fill(charlie)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="Users", exact=True).first.click()
    page.get_by_role("link", name=charlie).click()

    # A widget that scripts make.
    page.get_by_role("button", name="Choose all user permissions").click()
    page.get_by_role("button", name="Save", exact=True).click()

    assert "was changed successfully" in page.locator(".messagelist").inner_text()
