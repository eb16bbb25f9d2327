import contextlib
import datetime
import socket
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import structlog
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core.cache import cache, caches
from django.urls import reverse
from django.utils.translation import gettext_lazy

from interviewer.cache import ForgivingRedisCache, JsonSerializer
from interviewer.runtime.processes import stop

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


def cache_at(address):
    return ForgivingRedisCache(address, django_settings.CACHES["default"])


def breaker_of(some_cache):
    return some_cache.client.get_client().connection_pool.breaker


def test_a_damaged_value_is_deleted(empty_cache):
    client = empty_cache.client.get_client(write=True)
    client.set(empty_cache.make_key("key"), b"{broken", ex=5)

    empty_cache.get("key")

    assert not client.exists(empty_cache.make_key("key"))


def test_a_damaged_value_does_not_hide_its_neighbors(empty_cache):
    client = empty_cache.client.get_client(write=True)
    client.set(empty_cache.make_key("damaged"), b"{broken", ex=5)
    empty_cache.set("sound", 1)

    assert empty_cache.get_many(["damaged", "sound"]) == {"sound": 1}
    assert not client.exists(empty_cache.make_key("damaged"))


def test_a_key_of_another_type_is_a_miss_and_deleted(empty_cache):
    client = empty_cache.client.get_client(write=True)
    client.rpush(empty_cache.make_key("key"), "a")

    assert empty_cache.get("key", default="missed") == "missed"
    assert not client.exists(empty_cache.make_key("key"))


def test_what_the_server_refuses_does_not_count_as_an_outage(empty_cache):
    client = empty_cache.client.get_client(write=True)
    for number in range(5):
        client.rpush(empty_cache.make_key(f"key {number}"), "a")
        empty_cache.get(f"key {number}")

    assert breaker_of(empty_cache).state == "closed"


@pytest.fixture
def black_hole():
    """A server that takes connections and never answers; those that it took."""
    taken = []
    listener = socket.create_server(("127.0.0.1", 0))

    def take_all():
        while True:
            try:
                taken.append(listener.accept()[0])
            except OSError:
                return

    thread = threading.Thread(target=take_all)
    thread.start()
    yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0", taken
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()
    for connection in taken:
        connection.close()


def test_R2_a_black_hole_is_asked_three_times_and_then_left_alone(black_hole):
    address, taken = black_hole
    lost = cache_at(address)

    answers = [lost.get("key", default="missed") for _ in range(50)]
    lost.set_many({"a": 1, "b": 2})

    assert answers == ["missed"] * 50
    assert breaker_of(lost).state == "open"
    assert len(taken) == 3


def test_R1_an_outage_is_logged_once(own_redis):
    process, address = own_redis
    lost = cache_at(address)
    stop(process=process, grace_seconds=5)

    with structlog.testing.capture_logs() as lines:
        for _ in range(50):
            lost.get("key")

    assert [(line["event"], line["role"]) for line in lines] == [
        ("redis_away", "cache")
    ]


def test_R1_one_trial_finds_out_that_redis_is_back(own_redis, monkeypatch):
    _, address = own_redis
    lost = cache_at(address)
    breaker = breaker_of(lost)
    for _ in range(3):
        breaker.failed()
    assert lost.get("key", default="missed") == "missed"

    monkeypatch.setattr(breaker, "_next_trial", 0.0)  # two seconds later
    lost.set("key", 1)

    assert breaker.state == "closed"
    assert lost.get("key") == 1


def test_a_connection_that_the_server_closed_is_replaced_unnoticed(own_redis):
    _, address = own_redis
    kept = cache_at(address)
    kept.set("key", 1)
    kept.get("key")

    kept.client.get_client().client_kill_filter(_type="normal", skipme=True)

    assert kept.get("key") == 1
    assert breaker_of(kept).state == "closed"


@pytest.fixture
def late_server():
    """A server that answers each look-up with a value that says how many came before,
    the first one only after its reader has given up."""
    has_given_up = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    taken = []

    def answer(connection):
        while request := connection.recv(4096):
            for command in request.decode().split("*")[1:]:
                if "GET" not in command:
                    connection.sendall(b"+OK\r\n")
                    continue
                if not has_given_up.is_set():
                    has_given_up.wait()
                    with contextlib.suppress(OSError):
                        connection.sendall(b'$6\r\n"late"\r\n')
                    break
                connection.sendall(b'$6\r\n"fine"\r\n')

    def take_all():
        while True:
            try:
                taken.append(listener.accept()[0])
            except OSError:
                return
            threads.append(threading.Thread(target=answer, args=[taken[-1]]))
            threads[-1].start()

    threads = [threading.Thread(target=take_all)]
    threads[0].start()
    yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0?protocol=2", has_given_up
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    for connection in taken:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
    for thread in threads:
        thread.join()
    for connection in taken:
        connection.close()  # not under the hands of its thread


def test_an_answer_that_came_too_late_answers_nothing_else(late_server):
    address, has_given_up = late_server
    slow = cache_at(address)

    assert slow.get("first", default="missed") == "missed"
    has_given_up.set()

    assert [slow.get("second") for _ in range(3)] == ["fine"] * 3


def test_look_ups_from_many_threads_get_their_own_answers(empty_cache):
    empty_cache.set_many({f"key {n}": f"value {n}" for n in range(8)})
    backend = caches["default"]

    def look_up(number):
        return {backend.get(f"key {number}") for _ in range(200)}

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(look_up, range(8)))

    assert answers == [{f"value {n}"} for n in range(8)]
