import pytest

from interviewer.benchmarks.fake_provider import PrefixProfile, fake_provider


@pytest.fixture(scope="session")
def running_provider():
    with fake_provider(profile=PrefixProfile()) as provider:
        yield provider


@pytest.fixture
def provider(running_provider):
    running_provider.forget()
    running_provider.persona = "normal"
    return running_provider
