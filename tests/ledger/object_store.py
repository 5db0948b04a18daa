"""A real server that speaks S3, as a process on loopback, with one bucket; whoever starts it stops it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

BUCKET = "ledgers"
SECONDS_TO_START = 20
# It sends a head and a body apart, and the system would keep the second back for 40 ms.
SERVE = """
import socketserver, localbucket
socketserver.StreamRequestHandler.disable_nagle_algorithm = True
localbucket.main()
"""


@contextmanager
def served(folder: Path) -> Iterator[dict[str, str]]:
    """Serve a bucket whose objects are the files of a folder; give what the environment must say of it."""
    pytest.importorskip("obstore", reason="the extra is not installed: pip install '.[cluster]'")
    pytest.importorskip("localbucket", reason="no server that speaks S3 is installed: pip install '.[test]'")
    (folder / BUCKET).mkdir(parents=True)
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    with (folder.parent / "s3.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-c", SERVE, "--port", str(port), str(folder)], stdout=log, stderr=log
        )
        try:
            until = time.monotonic() + SECONDS_TO_START
            while not _answers(port):
                assert time.monotonic() < until, (folder.parent / "s3.log").read_text()
                time.sleep(0.05)
            yield {
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
                "AWS_ALLOW_HTTP": "true",
                "AWS_ACCESS_KEY_ID": "somebody",
                "AWS_SECRET_ACCESS_KEY": "knows-it",
                "AWS_REGION": "us-east-1",
            }
        finally:
            server.kill()
            server.wait()


@contextmanager
def in_the_environment(said: dict[str, str]) -> Iterator[None]:
    """Let this process, and those that it starts, find the server."""
    before = dict(os.environ)
    os.environ.update(said)
    forget()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        forget()


def forget() -> None:
    """Let this process know no more of any store than one that has just begun."""
    from sim.ledger.files import asking, stored

    stored._opened.cache_clear()
    stored._trusted.clear()
    asking._heard.clear()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
