import os

import pytest
from django.db import connection


@pytest.mark.django_db
def test_runs_on_the_database_of_this_leg():
    assert connection.vendor == os.environ["TEST_DATABASE"]
