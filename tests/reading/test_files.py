"""Files into text, by a process of their own that cannot be talked into much."""

import subprocess
import sys

import pytest

from interviewer.reading import files
from interviewer.reading.files import MAX_FILE_BYTES, UnableToRead, read_document
from tests.reading.files import archive_of, empty_pdf, pdf_of, word_of


def text_of(content, **limits):
    return read_document(content=content, **{"most_characters": 1_000, **limits}).text


def problem_of(content, **limits):
    with pytest.raises(UnableToRead) as raised:
        text_of(content, **limits)
    assert str(raised.value).endswith((" box.", ", or start."))
    return raised.value.problem


def test_reads_what_people_have():
    word = word_of("Requirements", bullets=("Caching",), cell="Berlin")

    assert text_of(pdf_of("Owned the API", "Cut latency")).split("\n") == [
        "Owned the API",
        "Cut latency",
    ]
    assert text_of(word) == "Requirements\n- Caching\nBerlin"
    assert text_of("Caf\u00e9,\r\nno\u00adthing \ufb01ne\f".encode()) == (
        "Café,\nnothing fine"
    )
    assert text_of("Résumé – “x”".encode("utf-16")) == "Résumé – “x”"
    assert text_of("Résumé – “x”".encode("cp1252")) == "Résumé – “x”"


def test_says_what_is_wrong_with_a_file():
    bomb = archive_of(word__document_xml=b" " * (61 * 2**20))
    assert len(bomb) < MAX_FILE_BYTES

    assert problem_of(b"") == "empty"
    assert problem_of(b"x" * (MAX_FILE_BYTES + 1)) == "too_large"
    assert problem_of(empty_pdf()) == "no_text"
    assert problem_of(empty_pdf(password="secret")) == "locked"
    assert problem_of(pdf_of("x")[:40]) == "damaged"
    assert problem_of(word_of("x")[:-200]) == "damaged"
    assert problem_of(archive_of(other_xml=b"<a/>")) == "unknown"
    assert problem_of(b"\x89PNG\r\n\x1a\n\0\0") == "unknown"
    assert problem_of(b"a NUL \0 in a text") == "unknown"
    assert problem_of(b"{\\rtf1 hello}") == "unknown"
    assert problem_of(b"\xd0\xcf\x11\xe0 a Word file of old") == "old_word"
    assert problem_of(b" \n\t ") == "no_text"
    assert problem_of(bomb) == "too_hard"


def test_a_file_that_takes_too_long_is_given_up_and_its_process_ended():
    assert problem_of(b"words", timeout_seconds=0.001) == "too_hard"

    assert text_of(b"words") == "words"


def test_a_long_text_is_cut_and_says_so():
    document = read_document(content=b"word " * 1_000, most_characters=500)

    assert document.is_cut
    assert len(document.text) <= 500


def test_more_files_at_once_than_there_is_room_for_wait_or_are_refused(monkeypatch):
    taken = files.threading.BoundedSemaphore(1)
    taken.acquire()
    monkeypatch.setattr(files, "_parsers", taken)

    with pytest.raises(UnableToRead) as raised:
        text_of(b"words", timeout_seconds=0.01)
    assert raised.value.problem == "busy"


def test_the_parser_has_no_secrets_little_memory_and_writes_no_files(tmp_path):
    script = tmp_path / "inside.py"
    script.write_text(
        f"import os, resource, runpy\n"
        f"parser = runpy.run_path({str(files.PARSER)!r})\n"
        f"parser['limit_resources']()\n"
        f"print(len([n for n in os.environ if n != 'LC_CTYPE']),"
        f" resource.getrlimit(resource.RLIMIT_AS)[0],"
        f" resource.getrlimit(resource.RLIMIT_FSIZE)[0])\n"
    )
    seen = subprocess.run(
        [sys.executable, "-I", str(script)], env={}, capture_output=True, text=True
    )

    assert seen.stdout.split() == ["0", str(512 * 2**20), "0"], seen.stderr
