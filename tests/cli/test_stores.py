"""Commands on a ledger in an object store, or elsewhere than in the usual folder: what they say when the store fails,
what they ask it for, and that the commands they print can be pasted.
"""

import json
import re
import shlex
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sim.cli.main import COMMANDS, module_of
from sim.ledger import Ledger
from sim.ledger.files import asking
from sim.ledger.files.paths import place
from tests.dice import DICE
from tests.ledger.faulty_store import Request, Server, answers_page, breaks, faulty, redirects, refuses
from tests.ledger.object_store import BUCKET, forget, in_the_environment

LEDGER = f"s3://{BUCKET}/some where"

USES: dict[str, tuple[str, ...]] = {
    "run": ("run", "dice.yaml", "--runs", "3"),
    "compare": ("compare", "dice.yaml", "faster.yaml", "--runs", "3"),
    "diff": ("diff", "dice.yaml", "faster.yaml", "--runs", "3"),
    "list": ("list",),
    "log": ("log", "3f9a:0"),
    "runs": ("runs", "3f9a"),
    "why": ("why", "3f9a:0"),
    "why-not": ("why-not", "3f9a:0", "six"),
    "explain": ("explain", "six", "--ensemble", "3f9a"),
    "trace": ("trace", "3f9a", "six"),
    "outcomes": ("outcomes", "3f9a"),
    "query": ("query", "SELECT count(*) FROM runs"),
    "verify": ("verify",),
    "repair": ("repair",),
    "gc": ("gc",),
    "plot": ("plot", "probabilities", "3f9a", "-o", "picture.svg"),
    "export": ("export", "rocrate", "3f9a", "--to", "crate"),
}


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with faulty(tmp_path / "buckets") as server, in_the_environment(server.environment):
        monkeypatch.setattr(asking, "SECONDS_IN_ALL", 0.1)
        monkeypatch.setattr(asking, "SECONDS_AT_FIRST", 0.05)
        monkeypatch.setattr(asking, "FIRST_PAUSE", 0.02)
        yield server


@pytest.fixture
def dice(tmp_path: Path) -> Path:
    (tmp_path / "dice.yaml").write_text(DICE, encoding="utf-8")
    faster = "scenario: faster\nmodel: dice.yaml\nparameters: {pace: 2}\n"
    (tmp_path / "faster.yaml").write_text(faster, encoding="utf-8")
    return tmp_path / "dice.yaml"


def unreachable(_: Server, patch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{probe.getsockname()[1]}")


def without(*names: str) -> Callable[[Server, pytest.MonkeyPatch], None]:
    return lambda server, patch: (
        [patch.delenv(name) for name in names] and patch.setenv("AWS_METADATA_ENDPOINT", server.address)
    )


def answering(fault: Callable[[Request], bool]) -> Callable[[Server, pytest.MonkeyPatch], None]:
    return lambda server, patch: patch.setattr(server, "fault", fault)


def nothing(_: Server, __: pytest.MonkeyPatch) -> None:
    """Leave the store as it is: the place alone is wrong."""


# what is wrong: what is done to the store, the place, the exit code, the code of the error, a word that it must have
FAULTS = {
    "no such bucket": (nothing, "s3://no-such-bucket/x", 1, "E717", "no bucket 'no-such-bucket'"),
    "wrong secret": (answering(refuses(403, "SignatureDoesNotMatch")), LEDGER, 1, "E717", "AWS_SECRET_ACCESS_KEY"),
    "unknown key": (answering(refuses(403, "InvalidAccessKeyId")), LEDGER, 1, "E717", "AWS_ACCESS_KEY_ID"),
    "no rights": (answering(refuses(403, "AccessDenied")), LEDGER, 1, "E717", "does not let this user do s3:"),
    "expired token": (answering(refuses(400, "ExpiredToken")), LEDGER, 1, "E717", "have expired"),
    "wrong region": (answering(refuses(400, "AuthorizationHeaderMalformed")), LEDGER, 1, "E717", "AWS_REGION"),
    "another region": (answering(redirects), LEDGER, 1, "E717", "AWS_REGION"),
    "overloaded": (answering(refuses(503, "SlowDown")), LEDGER, 1, "E718", "it answers 503"),
    "broken lines": (answering(breaks), LEDGER, 1, "E718", "the connection broke"),
    "nobody there": (unreachable, LEDGER, 1, "E718", "nobody listens there"),
    "no credentials": (without("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), LEDGER, 2, "E039", "is not set"),
    "half of them": (without("AWS_SECRET_ACCESS_KEY"), LEDGER, 2, "E039", "AWS_SECRET_ACCESS_KEY is not"),
    "plain http": (without("AWS_ALLOW_HTTP"), LEDGER, 2, "E039", "AWS_ALLOW_HTTP=true"),
    "one slash": (nothing, "s3:/bucket/x", 2, "E033", "did you mean 's3://bucket/x'?"),
    "large letters": (nothing, "S3://bucket/x", 2, "E033", "did you mean 's3://bucket/x'?"),
    "no bucket": (nothing, "s3://", 2, "E033", "names no bucket"),
    "no prefix": (nothing, "s3://bucket", 2, "E033", "names no prefix"),
    "impossible bucket": (nothing, "s3://My_Bucket/x", 2, "E033", "cannot be a bucket"),
    "a space before": (nothing, " s3://bucket/x", 2, "E033", "did you mean"),
    "a space within": (nothing, "s3://buc ket/x", 2, "E033", "cannot be a bucket"),
    "nothing": (nothing, "", 2, "E033", "it is empty"),
}


def test_the_table_has_every_command_that_takes_a_ledger():
    for name in COMMANDS:
        command = module_of(name).command
        takes = any("--ledger" in parameter.opts for parameter in command.params)
        assert takes == (name in USES), name


@pytest.mark.parametrize("name", [*USES, "copy to", "copy from"])
@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_with_a_store_is_one_short_error_of_every_command(sim, dice, server, name, fault, monkeypatch):
    spoil, where, code, expected, word = FAULTS[fault]
    if name.startswith("copy"):
        assert sim("run", "dice.yaml", "--runs", 3).code == 0
        use = ("copy", "ledger", where) if name == "copy to" else ("copy", where, "copied")
    else:
        use = (*USES[name], "--ledger", where)
    before = {path.name for path in dice.parent.iterdir()}
    spoil(server, monkeypatch)
    forget()

    answer = sim(*use)

    told = answer.err + answer.out
    assert answer.code == code, told
    assert re.findall(r"error (E\d+)", told) == [expected], told
    assert word in answer.err, told
    assert "Traceback" not in told
    assert "Debug" not in told
    assert len(answer.err.splitlines()) <= 4
    made = {path.name for path in dice.parent.iterdir()} - before
    assert made <= {"copied", "picture.svg"} - ({"picture.svg"} if name == "plot" else set()), made


@pytest.mark.parametrize("name", ["run", "compare"])
def test_a_page_where_a_store_should_be_stops_what_would_write(sim, dice, server, name):
    server.fault = answers_page

    answer = sim(*USES[name], "--ledger", LEDGER)

    assert answer.code == 1
    assert "E717" in answer.err or "E703" in answer.err


PRINTS = {
    "run": ("run", "dice.yaml", "--runs", "20"),
    "compare": ("compare", "dice.yaml", "faster.yaml", "--runs", "20"),
    "outcomes": ("outcomes", "dice.yaml", "--runs", "20"),
}


def printed_commands(text: str) -> list[list[str]]:
    """Find the commands that an output names, each as whoever pastes it gives it to a shell."""
    lines = re.findall(r"\bsim ((?:query|log|runs|trace|repair|verify|copy|list)\b[^;\n]*)", text)
    return [shlex.split(line) for line in lines]


@pytest.mark.parametrize("where", [None, "elsewhere", "else where/it's", LEDGER, f"s3://{BUCKET}/it's #1/ü"])
@pytest.mark.parametrize("name", PRINTS)
def test_a_command_that_is_printed_works_when_it_is_pasted(sim, dice, server, name, where, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    option = ("--ledger", where) if where else ()
    output = sim(*PRINTS[name], *option)
    assert output.code == 0, output.err
    data = json.loads(sim(*PRINTS[name], *option, "--json").out)
    data = data[0] if isinstance(data, list) else data
    named = printed_commands(output.out) + [shlex.split(line)[1:] for line in data["queries"]]

    assert len(named) >= 3
    for command in named:
        answer = sim(*command)
        assert answer.code == 0, (command, answer.err)
        assert ("--ledger" in command) == (where is not None)


@pytest.mark.parametrize("where", ["ledger", "else where", LEDGER])
def test_the_commands_that_mend_a_damaged_ledger_can_be_pasted(sim, dice, server, tmp_path, where):
    assert sim("run", "dice.yaml", "--runs", 20, "--ledger", where).code == 0
    folder = server.folder / "some where" if where == LEDGER else tmp_path / where
    (segment,) = folder.glob("ensembles/*/segments/*")
    segment.write_bytes(b"damaged")

    output = sim("verify", "--ledger", where)
    commands = next(line for line in output.out.splitlines() if "mend it" in line).split("mend it: ")[1].split("; ")

    codes = [sim(*shlex.split(command)[1:]).code for command in commands]
    assert codes == ([1, 0] if where == LEDGER else [0])  # the copy tells what it leaves out
    assert sim("verify", "--ledger", "copied" if where == LEDGER else where).code == 0


def test_what_is_not_done_in_a_store_names_the_command_that_copies_it(sim, dice, server):
    assert sim("run", "dice.yaml", "--runs", 20, "--ledger", LEDGER).code == 0

    for name in ("gc", "repair"):
        answer = sim(name, "--ledger", LEDGER)
        assert answer.code == 1
        assert "E712" in answer.err
        (copying,) = re.findall(r"sim (copy .*) FOLDER", answer.err)
        assert sim(*shlex.split(copying), f"copied-{name}").code == 0
        assert sim(name, "--ledger", f"copied-{name}").code == 0


def test_queries_answer_the_same_of_a_store_as_of_a_folder(sim, dice, server):
    for where in ("ledger", LEDGER):
        assert sim("run", "dice.yaml", "--runs", 20, "--ledger", where).code == 0
    (ensemble,) = Ledger(place(LEDGER)).ensembles()

    for query in ("@outcomes", "@measures", "SELECT * FROM events", "SELECT * FROM runs", "SELECT * FROM ensembles"):
        answers = [sim("query", query, ensemble.id[:12], "--csv", "--ledger", where) for where in ("ledger", LEDGER)]
        assert [answer.code for answer in answers] == [0, 0]
        assert answers[0].out == answers[1].out


SEGMENTS = 20
RUNS = 5 * SEGMENTS

# a command, and how many requests it may make at most: for each file of runs, and besides
COSTS: tuple[tuple[tuple[str, ...], int, int], ...] = (
    (("run", "dice.yaml", "--runs", f"{RUNS}"), 2, 40),
    (("run", "dice.yaml", "--runs", f"{RUNS}"), 1, 30),
    (("run", "dice.yaml", "--runs", f"{RUNS}", "--engine", "reference"), 1, 30),
    (("outcomes", "dice.yaml"), 1, 50),
    (("query", "@outcomes"), 1, 30),
    (("query", "SELECT count(*) FROM ensembles"), 1, 30),
    (("verify",), 1, 50),
    (("list",), 0, 15),
    (("run", "dice.yaml", "--runs", f"{RUNS + 5}"), 2, 50),
    (("run", "faster.yaml", "--runs", f"{RUNS}"), 2, 50),
    (("compare", "dice.yaml", "faster.yaml", "--runs", f"{RUNS}"), 8, 80),  # the logs once more for turning points
    (("copy", LEDGER, "copied"), 2, 40),
    (("copy", LEDGER, "copied"), 0, 20),
    (("copy", "copied", f"s3://{BUCKET}/other"), 2, 60),
    (("copy", "copied", f"s3://{BUCKET}/other"), 0, 40),
)


def test_how_many_requests_a_command_makes_is_bounded_by_the_files_that_it_reads(sim, dice, server, monkeypatch):
    monkeypatch.setattr("sim.experiment.workers.CHUNK", 5)
    for command, each, besides in COSTS:
        server.requests.clear()
        workers = ("--workers", 1) if command[0] in ("run", "outcomes", "query", "compare") else ()
        where = () if command[0] == "copy" else ("--ledger", LEDGER)

        answer = sim(*command, *workers, *where)

        assert answer.code == 0, answer.err
        assert len(server.requests) <= each * SEGMENTS + besides, (command, server.counted)
        listings = [request for request in server.requests if request.kind == "LIST"]
        assert len(listings) <= 30, (command, server.counted)


RIGHTS = {
    "GET": ("s3:GetObject", lambda key: key.startswith("some where/")),
    "HEAD": ("s3:GetObject", lambda key: key.startswith("some where/")),
    "PUT": ("s3:PutObject", lambda key: key.startswith("some where/")),
    "LIST": ("s3:ListBucket", lambda key: key.startswith("some where/")),
}


def test_the_rights_that_the_documentation_asks_for_are_enough_and_none_is_needless(sim, dice, server):
    document = (Path(__file__).parents[2] / "sim" / "docs" / "how-to" / "object-stores.md").read_text(encoding="utf-8")
    policy = json.loads(next(block for block in re.findall(r"```json\n(.*?)```", document, re.DOTALL)))
    allowed = {action for statement in policy["Statement"] for action in _listed(statement["Action"])}
    used = set()

    def judge(request: Request) -> bool:
        action, within = RIGHTS.get(request.kind, (request.kind, lambda _: False))
        used.add(action)
        conditional = request.kind != "PUT" or request.handler.headers.get("If-None-Match") == "*"
        if request.bucket == BUCKET and action in allowed and within(request.key) and conditional:
            return False
        return refuses(403, "AccessDenied")(request)

    server.fault = judge
    for name in ("run", "compare", "list", "query", "verify"):
        answer = sim(*USES[name], "--ledger", LEDGER, *(["--all"] if name == "query" else []))
        assert answer.code == 0, (name, answer.err)
    assert sim("copy", LEDGER, "copied").code == 0
    assert sim("copy", "copied", f"{LEDGER}/again").code == 0
    assert used == allowed


def test_who_may_only_read_can_list_verify_look_query_and_copy(sim, dice, server):
    assert sim("run", "dice.yaml", "--runs", 20, "--ledger", LEDGER).code == 0
    (ensemble,) = Ledger(place(LEDGER)).ensembles()
    server.fault = lambda request: request.kind == "PUT" and refuses(403, "AccessDenied")(request)

    for command in (("list",), ("verify",), ("log", ensemble.id[:12], "--run", 3), ("query", "@outcomes")):
        answer = sim(*command, "--ledger", LEDGER)
        assert (answer.code, command) == (0, command), answer.err
    assert sim("copy", LEDGER, "copied").code == 0
    assert "s3:PutObject" in sim("run", "dice.yaml", "--runs", 20, "--ledger", LEDGER).err


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
