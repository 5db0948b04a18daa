"""Asking an object store that fails: what passes is waited for, what does not is named, and nothing is done twice."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.errors import LedgerError, SimError, UsageError
from sim.ledger.files import asking, stored
from sim.ledger.files.stored import Stored
from tests.dice import DICE
from tests.ledger.faulty_store import (
    Request,
    Server,
    answers_page,
    breaks,
    faulty,
    first,
    loses_answer,
    redirects,
    refuses,
    stops_short,
    until,
)
from tests.ledger.object_store import BUCKET, forget, in_the_environment

SIM = (sys.executable, "-m", "sim")


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with faulty(tmp_path / "buckets") as server, in_the_environment(server.environment):
        monkeypatch.setattr(asking, "SECONDS_IN_ALL", 5.0)
        monkeypatch.setattr(asking, "SECONDS_AT_FIRST", 0.5)
        monkeypatch.setattr(asking, "FIRST_PAUSE", 0.01)
        yield server


@pytest.fixture
def ledger(server: Server) -> Stored:
    """A place with one object, in a store that this process has not heard from yet."""
    place = Stored(BUCKET, "some where")
    assert (place / "there").create(b"what is there")
    forget()
    server.requests.clear()
    return place


ASKING = {
    "HEAD": lambda ledger: (ledger / "there").is_file(),
    "GET": lambda ledger: (ledger / "there").read_bytes(),
    "part": lambda ledger: (ledger / "there").read_range(0, 4),
    "LIST": lambda ledger: ledger.is_dir(),
    "names": lambda ledger: list(ledger.iterdir()),
    "PUT": lambda ledger: (ledger / "new").create(b"what is new"),
}
REFUSING = {
    "secret": (refuses(403, "SignatureDoesNotMatch"), "E717", ("secret", "AWS_SECRET_ACCESS_KEY")),
    "key": (refuses(403, "InvalidAccessKeyId"), "E717", ("access key", "AWS_ACCESS_KEY_ID")),
    "rights": (refuses(403, "AccessDenied", "You may not."), "E717", ("does not let this user do s3:", "You may not.")),
    "login": (refuses(401, "Unauthorized"), "E717", ("credentials", "AWS_ACCESS_KEY_ID")),
    "expired": (refuses(400, "ExpiredToken"), "E717", ("have expired", "set new ones", "sealed stays valid")),
    "region": (refuses(400, "AuthorizationHeaderMalformed", "expecting 'eu-west-1'"), "E717",
               ("'us-east-1' is the wrong region", "AWS_REGION", "expecting 'eu-west-1'")),
    "elsewhere": (redirects, "E717", ("another region than 'us-east-1'", "AWS_REGION")),
    "clock": (refuses(403, "RequestTimeTooSkewed"), "E717", ("clock",)),
    "strange": (refuses(501, "NotImplemented"), "E717", ("cannot do s3:", "If-None-Match")),
    "unknown": (refuses(418, "Teapot"), "E717", ("answers 418",)),
}  # fmt: skip


@pytest.mark.parametrize("request_", ASKING)
@pytest.mark.parametrize("fault", REFUSING)
def test_a_refusal_is_named_at_once_in_a_few_lines_with_what_to_set(ledger, server, request_, fault):
    server.fault, code, words = REFUSING[fault]

    with pytest.raises(LedgerError) as error:
        ASKING[request_](ledger)

    told = str(error.value)
    assert error.value.code == code
    assert server.environment["AWS_ENDPOINT_URL"] in error.value.message
    assert len(error.value.notes) <= 2
    assert max(map(len, told.splitlines())) < 200
    assert "Debug" not in told
    # The answer to HEAD has no body: a listing is asked why.
    known = ("answers 418",) if fault == "unknown" else words
    assert all(word in told for word in known), told
    assert len(server.requests) <= 2


PASSING = {
    "500": refuses(500, "InternalError"),
    "503": refuses(503, "SlowDown"),
    "429": refuses(429, "TooManyRequests"),
    "conflict": refuses(409, "ConditionalRequestConflict"),
    "reset": breaks,
}


@pytest.mark.parametrize("request_", ASKING)
@pytest.mark.parametrize("fault", PASSING)
def test_what_passes_is_waited_for(ledger, server, request_, fault):
    wanted = ASKING[request_](ledger) if request_ != "PUT" else True
    server.fault = first(3, PASSING[fault])

    assert ASKING[request_](ledger) == wanted


@pytest.mark.parametrize("request_", ["GET", "part", "LIST", "names"])
def test_an_answer_that_stops_short_is_asked_for_again(ledger, server, request_):
    wanted = ASKING[request_](ledger)
    server.fault = first(2, stops_short)

    assert ASKING[request_](ledger) == wanted


@pytest.mark.parametrize("fault", PASSING)
def test_what_does_not_pass_in_time_is_an_error_that_says_why(ledger, server, fault, monkeypatch):
    monkeypatch.setattr(asking, "SECONDS_IN_ALL", 0.5)
    server.fault = PASSING[fault]

    with pytest.raises(LedgerError) as error:
        ASKING["GET"](ledger)

    assert error.value.code == "E718"
    assert "broke" in error.value.message or "it answers" in error.value.message
    assert error.value.notes[-1].endswith("what is sealed stays valid")


def test_a_long_wait_is_told_and_so_is_its_end(ledger, server, monkeypatch, caplog):
    monkeypatch.setattr(asking, "SECONDS_IN_SILENCE", 0.1)
    server.fault = until(0.4, refuses(503, "SlowDown"))

    with caplog.at_level(logging.WARNING):
        assert ASKING["GET"](ledger) == b"what is there"

    assert "503 SlowDown" in caplog.messages[0]
    assert "answers again" in caplog.messages[-1]


def test_a_short_wait_is_not_told(ledger, server, caplog):
    server.fault = first(2, refuses(503, "SlowDown"))

    assert ASKING["GET"](ledger) == b"what is there"
    assert not caplog.messages


def test_a_store_that_says_nothing_is_told_of_before_it_is_given_up(ledger, server, monkeypatch, caplog):
    monkeypatch.setattr(asking, "SECONDS_IN_SILENCE", 0.1)
    ending = threading.Event()
    server.fault = first(1, lambda request: ending.wait(0.3) and breaks(request))

    assert ASKING["GET"](ledger) == b"what is there"
    ending.set()

    assert "no answer yet" in caplog.messages[0]


def test_a_lost_answer_to_a_write_does_not_make_it_somebody_elses(ledger, server):
    server.fault = first(1, loses_answer, "PUT")

    assert (ledger / "new").create(b"what is new")
    assert (ledger / "new").read_bytes() == b"what is new"


def test_a_name_that_somebody_takes_while_an_answer_is_lost_is_theirs(ledger, server):
    def theirs(request: Request) -> bool:
        target = server.folder / request.key
        target.write_bytes(b"theirs")
        return breaks(request)

    server.fault = first(1, theirs, "PUT")

    assert not (ledger / "new").create(b"ours")
    assert (ledger / "new").read_bytes() == b"theirs"


def test_a_name_that_is_taken_is_not_asked_for_again(ledger, server):
    assert not (ledger / "there").create(b"other")
    assert server.counted["PUT"] == 1


def test_a_long_listing_that_breaks_in_the_middle_goes_on_there(ledger, server):
    names = sorted(f"{number:05}" for number in range(2500))
    folder = server.folder / ledger.key / "many"
    folder.mkdir()
    for name in names:
        (folder / name).touch()
    server.fault = lambda request: server.counted["LIST"] in (2, 3, 5) and refuses(503, "SlowDown")(request)

    assert [file.name for file in (ledger / "many").files()] == names


def test_a_page_where_a_store_should_be_is_found_out_before_anything_counts_as_written(ledger, server):
    server.fault = answers_page

    with pytest.raises(LedgerError) as error:
        ASKING["PUT"](ledger)

    assert error.value.code == "E717"
    assert "does not answer as S3 does" in error.value.message


KEY, SECRET = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
SETTINGS: dict[str, tuple[dict[str, str | None], str, str]] = {
    "no keys": ({KEY: None, SECRET: None}, "E039", "AWS_ACCESS_KEY_ID is not set"),
    "no secret": ({SECRET: None}, "E039", "AWS_SECRET_ACCESS_KEY is not"),
    "no key": ({KEY: None}, "E039", "AWS_ACCESS_KEY_ID is not"),
    "empty keys": ({KEY: "", SECRET: ""}, "E039", "is empty"),
    "empty token": ({"AWS_SESSION_TOKEN": ""}, "E039", "AWS_SESSION_TOKEN is set, and is empty"),
    "empty region": ({"AWS_REGION": ""}, "E039", "AWS_REGION is set, and is empty"),
    "a line break": ({KEY: "hush\n"}, "E039", "AWS_ACCESS_KEY_ID is set, and is no word"),
    "a line break in the token": ({"AWS_SESSION_TOKEN": "hush\r\nx"}, "E039", "AWS_SESSION_TOKEN is set"),
    "a space in the secret": ({SECRET: " hush"}, "E039", "AWS_SECRET_ACCESS_KEY is set, and is no word"),
    "plain http": ({"AWS_ALLOW_HTTP": None}, "E039", "AWS_ALLOW_HTTP=true"),
    "not a boolean": ({"AWS_ALLOW_HTTP": "perhaps"}, "E039", '"perhaps"'),
    "no scheme": ({"AWS_ENDPOINT_URL": "127.0.0.1:9000"}, "E039", "which is not an address"),
    "no host": ({"AWS_ENDPOINT_URL": "http://"}, "E039", "which is not an address"),
    "no port": ({"AWS_ENDPOINT_URL": "http://127.0.0.1:minio"}, "E039", "which is not an address"),
    "no bracket": ({"AWS_ENDPOINT_URL": "http://[::1"}, "E039", "which is not an address"),
    "no http": ({"AWS_ENDPOINT_URL": "ftp://127.0.0.1"}, "E039", "which is not an address"),
    "a space": ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9000 "}, "E039", "no word"),
    "nobody there": ({"AWS_ENDPOINT_URL": "http://hush:hush@127.0.0.1:1"}, "E718", "nobody listens there"),
    "no such host": ({"AWS_ENDPOINT_URL": "http://no.such.host.invalid"}, "E718", "nobody knows the host"),
    "no certificate": ({"AWS_ENDPOINT_URL": "https:"}, "E717", "does not speak https"),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_what_the_environment_lacks_is_named_and_no_secret_is_shown(ledger, server, case, monkeypatch, capfd):
    changed, code, word = SETTINGS[case]
    for name, value in changed.items():
        if value is None:
            monkeypatch.delenv(name)
        else:
            monkeypatch.setenv(name, server.address.replace("http:", "https:") if value == "https:" else value)
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", server.address)  # where a machine of AWS would ask who it is
    forget()

    with pytest.raises(SimError) as error:
        ASKING["HEAD"](ledger)

    assert error.value.code == code
    assert word in str(error.value)
    assert "hush" not in str(error.value)
    assert isinstance(error.value, UsageError) == (code == "E039")
    assert capfd.readouterr().err == ""


def test_what_a_store_says_does_not_reach_the_terminal_raw(ledger, server):
    server.fault = refuses(403, "AccessDenied", "You \x9b2Jmay not\u202e.")

    with pytest.raises(LedgerError) as error:
        ASKING["LIST"](ledger)

    assert "it says: You  2Jmay not ." in str(error.value)
    assert str(error.value).replace("\n", "").isprintable()


@pytest.mark.parametrize("signal_", [signal.SIGINT])
def test_ctrl_c_does_not_wait_for_a_store_that_hangs(ledger, server, signal_, tmp_path):
    ending = threading.Event()
    server.fault = lambda _: ending.wait(60)
    listing = subprocess.Popen(
        [*SIM, "list", "--ledger", str(ledger)], cwd=tmp_path, env={**os.environ, **server.environment},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not server.requests:
        time.sleep(0.05)
    listing.send_signal(signal_)
    _, err = listing.communicate(timeout=20)
    ending.set()

    assert listing.returncode == 130
    assert "stopped" in err


@pytest.mark.slow
def test_a_run_survives_a_store_that_fails_for_ten_seconds(server, tmp_path):
    (tmp_path / "dice.yaml").write_text(DICE, encoding="utf-8")
    faults = [refuses(500, "InternalError"), refuses(503, "SlowDown"), breaks]
    server.fault = until(10, lambda request: faults[len(server.requests) % 3](request))

    done = subprocess.run(
        [*SIM, "run", "dice.yaml", "--runs", "50", "--ledger", f"s3://{BUCKET}/x"], cwd=tmp_path,
        env={**os.environ, **server.environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("waiting for the object store at ")
    assert "answers again" in done.stderr


def test_the_limits_leave_a_minute_and_tell_within_seconds():
    assert 45 <= asking.SECONDS_IN_ALL <= 90
    assert 10 <= asking.SECONDS_AT_FIRST < asking.SECONDS_IN_ALL
    assert asking.SECONDS_IN_SILENCE <= 5
    assert stored._ONCE["max_retries"] == 0
