import datetime
import uuid

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache, caches
from django.urls import reverse
from django.utils.translation import gettext_lazy

from interviewer.cache import ForgivingRedisCache, JsonSerializer

NOWHERE = "unix:///nowhere/redis.sock"


@pytest.fixture
def lost_cache(settings):
    """The configured cache, with no server behind it."""
    return ForgivingRedisCache(NOWHERE, settings.CACHES["default"])


@pytest.fixture
def empty_cache():
    cache.clear()
    return cache


def test_brings_json_values_back_as_they_were(empty_cache):
    value = {"text": "Zoë", "list": [1, 2.5, None, True], "nested": {"a": {}}}

    empty_cache.set("key", value, timeout=5)

    assert empty_cache.get("key") == value


def test_keeps_dates_ids_and_lazy_texts_as_text():
    serializer = JsonSerializer({})
    identity = uuid.uuid4()

    kept = serializer.loads(
        serializer.dumps([datetime.date(2025, 1, 2), identity, gettext_lazy("Yes")])
    )

    assert kept == ["2025-01-02", str(identity), "Yes"]


def test_refuses_what_is_not_json():
    with pytest.raises(TypeError, match="object cannot be cached"):
        JsonSerializer({}).dumps(object())


@pytest.mark.parametrize("damage", [b"\x80\x04K\x01.", b"{broken", b"\xff\xfe"])
def test_takes_a_damaged_or_foreign_value_for_a_miss(empty_cache, damage):
    client = empty_cache.client.get_client(write=True)
    client.set(empty_cache.make_key("key"), damage, ex=5)

    assert empty_cache.get("key", default="missed") == "missed"


def test_behaves_like_an_empty_cache_when_redis_is_gone(lost_cache):
    assert lost_cache.get("key", default="missed") == "missed"
    assert lost_cache.get_many(["key"]) == {}
    assert lost_cache.add("lock", 1)
    assert not lost_cache.set("key", 1)


def test_gives_every_key_a_time_to_live(empty_cache):
    empty_cache.set("key", 1)

    assert 0 < empty_cache.ttl("key") <= 300


@pytest.mark.django_db
def test_logs_nobody_out_when_redis_goes(client, settings):
    alice = get_user_model().objects.create_user("alice@example.org", "correct horse")
    client.force_login(alice)
    client.get(reverse("healthz"))

    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": NOWHERE}}
    response = client.get(reverse("account_email"))

    assert caches["default"].get("anything") is None
    assert response.wsgi_request.user == alice


@pytest.mark.django_db
def test_lets_people_sign_in_while_redis_is_gone(client, settings):
    alice = get_user_model().objects.create_user("alice@example.org", "correct horse")
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": NOWHERE}}

    client.post(
        reverse("account_login"),
        {"login": "alice@example.org", "password": "correct horse"},
    )

    assert client.session["_auth_user_id"] == str(alice.pk)
