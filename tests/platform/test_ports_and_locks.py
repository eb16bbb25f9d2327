import os

import pytest

from interviewer.runtime.lock import AlreadyRunning, lock_directory, write_holder
from interviewer.runtime.ports import UnableToListen, listen, url_of


def test_listens_on_a_free_port_and_names_its_address():
    with listen(host="127.0.0.1", port=0) as listener:
        port = listener.getsockname()[1]

        assert url_of(listener=listener) == f"http://127.0.0.1:{port}/"


def test_says_who_has_taken_the_port_and_what_to_do():
    with listen(host="127.0.0.1", port=0) as listener:
        port = listener.getsockname()[1]

        with pytest.raises(UnableToListen) as caught:
            listen(host="127.0.0.1", port=port)

    assert f"Port {port} on 127.0.0.1 is taken by process {os.getpid()}" in str(
        caught.value
    )
    assert f"bin/run --port {port + 1}" in str(caught.value)


@pytest.mark.parametrize(
    ("host", "complaint"),
    [("no.such.invalid", "not known here"), ("192.0.2.1", "has no address")],
)
def test_explains_a_host_that_is_not_ours(host, complaint):
    with pytest.raises(UnableToListen, match=complaint):
        listen(host=host, port=0)


def test_shows_an_address_that_a_browser_can_open_when_listening_everywhere():
    with listen(host="0.0.0.0", port=0) as listener:
        assert url_of(listener=listener).startswith("http://127.0.0.1:")


def test_gives_a_directory_to_one_holder_and_names_it_to_the_second(tmp_path):
    descriptor = lock_directory(directory=tmp_path)
    write_holder(descriptor=descriptor, url="http://127.0.0.1:8000/")

    with pytest.raises(AlreadyRunning) as caught:
        lock_directory(directory=tmp_path)

    assert "already runs at http://127.0.0.1:8000/" in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    os.close(descriptor)


def test_gives_a_directory_to_the_next_when_the_holder_is_gone(tmp_path):
    os.close(lock_directory(directory=tmp_path))

    os.close(lock_directory(directory=tmp_path))


def test_survives_an_unreadable_note_of_the_holder(tmp_path):
    (tmp_path / "running.lock").write_text("{broken")
    descriptor = lock_directory(directory=tmp_path)

    with pytest.raises(AlreadyRunning, match="already runs with"):
        lock_directory(directory=tmp_path)

    os.close(descriptor)
