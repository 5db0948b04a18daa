"""A server that speaks S3 in this process: it counts what it is asked, and answers wrongly where a test wants it to."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.ledger.object_store import BUCKET

STAMPED = {"ETag": '"x"', "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"}


@dataclass
class Request:
    """One request as the server got it: HEAD, GET, PUT or LIST, of which bucket, about which key."""

    kind: str
    bucket: str
    key: str
    handler: Any = field(repr=False)


Fault = Callable[[Request], bool]  # answers a request wrongly and returns True, or leaves it alone and returns False


@dataclass
class Server:
    """`fault` is done to each request, if there is one; `requests` are all that came, whatever became of them."""

    folder: Path
    address: str
    fault: Fault | None = None
    requests: list[Request] = field(default_factory=list)

    @property
    def counted(self) -> Counter[str]:
        return Counter(request.kind for request in self.requests)

    @property
    def environment(self) -> dict[str, str]:
        """What the environment must say for this server to be found."""
        return {
            "AWS_ENDPOINT_URL": self.address, "AWS_ALLOW_HTTP": "true", "AWS_ACCESS_KEY_ID": "somebody",
            "AWS_SECRET_ACCESS_KEY": "knows-it", "AWS_REGION": "us-east-1",
        }  # fmt: skip


@contextmanager
def faulty(folder: Path) -> Iterator[Server]:
    """Serve one bucket, whose objects are files below a folder."""
    pytest.importorskip("obstore", reason="the extra is not installed: pip install '.[cluster]'")
    localbucket = pytest.importorskip(
        "localbucket", reason="no server that speaks S3 is installed: pip install '.[test]'"
    )
    (folder / BUCKET).mkdir(parents=True)

    class Handler(localbucket.S3Handler):
        disable_nagle_algorithm = True
        data_root = folder.resolve()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _dispatch(self, action: Callable[[str, str], None]) -> None:
            url = urlsplit(self.path)
            bucket, _, key = unquote(url.path).lstrip("/").partition("/")
            kind = self.command if key else "LIST"
            key = key or parse_qs(url.query).get("prefix", [""])[0]
            request = Request(kind, bucket, key, self)
            server.requests.append(request)
            if not (server.fault and server.fault(request)):
                super()._dispatch(action)

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Say nothing of clients that went away."""

    listening = Quiet(("127.0.0.1", 0), Handler)
    server = Server(folder / BUCKET, f"http://127.0.0.1:{listening.server_address[1]}")
    threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()


def refuses(status: int, code: str, message: str = "No.") -> Fault:
    """Answer as S3 does when it refuses."""

    def fault(request: Request) -> bool:
        import localbucket

        request.handler._read_body()
        request.handler._send_error(localbucket.S3Error(status, code, message))
        return True

    return fault


def breaks(request: Request) -> bool:
    """Close the connection without an answer."""
    request.handler._read_body()
    request.handler.close_connection = True
    request.handler.connection.close()
    return True


def stops_short(request: Request) -> bool:
    """Promise more bytes than come."""
    request.handler._read_body()
    wanted = request.handler.headers.get("Range", "bytes=0-999").removeprefix("bytes=")
    first, last = map(int, wanted.split("-"))
    part = {"Content-Range": f"bytes {wanted}/1000"} if "Range" in request.handler.headers else {}
    request.handler._send_headers(206 if part else 200, last - first + 1, {**STAMPED, **part})
    request.handler.wfile.write(b"ha")
    request.handler.close_connection = True
    return True


def answers_page(request: Request) -> bool:
    """Answer as a web page does: of a console, or of whoever stands between."""
    request.handler._read_body()
    request.handler._send(200, b"<html><body>Log in</body></html>", {"Content-Type": "text/html"})
    return True


def loses_answer(request: Request) -> bool:
    """Do what is asked, and close the connection before the answer goes out."""
    handler = request.handler
    handler._send = lambda *_, **__: None
    type(handler).__mro__[1]._dispatch(handler, getattr(handler, {"PUT": "_put"}[request.kind]))
    del handler._send
    handler.close_connection = True
    handler.connection.close()
    return True


def redirects(request: Request) -> bool:
    """Say that the bucket is elsewhere, as S3 does for a bucket of another region."""
    request.handler._read_body()
    request.handler.close_connection = True
    request.handler._send(301, b"", {"x-amz-bucket-region": "eu-west-1", "Connection": "close"})
    return True


def first(times: int, fault: Fault, kind: str = "") -> Fault:
    """Do a fault to the first requests, or to the first of one kind."""
    left = [times]

    def chosen(request: Request) -> bool:
        if left[0] > 0 and kind in ("", request.kind):
            left[0] -= 1
            return fault(request)
        return False

    return chosen


def until(seconds: float, fault: Fault) -> Fault:
    """Do a fault to all requests for so long, from the first one on."""
    began: list[float] = []

    def chosen(request: Request) -> bool:
        began.append(time.monotonic())
        return began[-1] - began[0] < seconds and fault(request)

    return chosen


def lists(change: Callable[[str, list[tuple[str, Path]]], list[tuple[str, Path]]]) -> Fault:
    """Change what listings have: from a prefix, and its objects as (key, file), to those that are listed."""

    def fault(request: Request) -> bool:
        if request.kind == "LIST":
            handler = request.handler
            plain = super(type(handler), handler)._list_entries

            def changed(*asked: Any) -> Any:
                contents, *rest = plain(*asked)
                return change(request.key, contents), *rest

            handler._list_entries = changed
        return False

    return fault
