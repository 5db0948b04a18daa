"""The last line of a terminal says how far a command is, and never gets into what is printed."""

import os
import pty
import re
import subprocess
import sys
from io import StringIO

from hypothesis import given
from hypothesis import strategies as st

from sim.cli.output_streams import ShownStream
from sim.cli.terminal import progresses
from sim.cli.waiting import last_line, tell

CLEAR = "\r\033[K"


class Terminal(StringIO):
    """A terminal that keeps all that is written to it."""

    def isatty(self) -> bool:
        return True

    def seen(self) -> str:
        """Return what stands on the screen at last: what follows a carriage return is written over the line."""
        lines = self.getvalue().split("\n")
        return "\n".join(line.rpartition(CLEAR)[2] for line in lines)


@given(st.lists(st.tuples(st.sampled_from(["told", "out", "error"]), st.text("abc ", min_size=1, max_size=200))))
def test_what_is_printed_stands_alone_whatever_was_told_before(said: list[tuple[str, str]]) -> None:
    screen = Terminal()
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = ShownStream(screen, "stdout"), ShownStream(screen, "stderr")  # type: ignore[assignment]
    try:
        with last_line("work"):
            for where, text in said:
                tell(text) if where == "told" else print(text, file=sys.stdout if where == "out" else sys.stderr)
    finally:
        sys.stdout, sys.stderr = streams

    assert screen.seen() == "".join(f"{text}\n" for where, text in said if where != "told")


def test_where_stderr_is_no_terminal_nothing_is_told() -> None:
    stream, before = StringIO(), sys.stderr
    sys.stderr = ShownStream(stream, "stderr")  # type: ignore[assignment]
    try:
        with last_line("work"):
            tell("half of it")
    finally:
        sys.stderr = before

    assert stream.getvalue() == ""


def test_the_line_has_a_bar_and_how_much_is_done_and_is_gone_before_the_result(monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    screen = Terminal()
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = ShownStream(screen, "stdout"), ShownStream(screen, "stderr")  # type: ignore[assignment]
    try:
        with last_line("sim run"):
            progress = progresses("status-quo")
            for done in (0, 250, 500):
                progress(done, 1000, 9 * done)
            half = screen.getvalue().rpartition(CLEAR)[2]
            progress(1000, 1000, 9000)
            done_text = screen.getvalue().rpartition(CLEAR)[2]
            sys.stdout.write("result\n")
    finally:
        sys.stdout, sys.stderr = streams

    assert re.fullmatch(r"status-quo ━+╸? +500/1000 runs(, [\d,]+ (runs|events)/s)* [\d:-]+", half)
    assert done_text == "status-quo: done"
    assert screen.seen() == "result\n"


def test_in_a_pipe_progress_is_silent(capsys) -> None:
    progresses("status-quo")(5, 10, 20)

    assert capsys.readouterr() == ("", "")


def test_a_command_that_writes_nothing_says_that_it_works() -> None:
    driver, terminal = pty.openpty()
    script = (
        "import sys; from sim.cli.output_streams import guarded; from sim.cli.waiting import last_line\n"
        "@guarded\n"
        "def main():\n"
        "    with last_line('sim work'):\n"
        "        while sys.stdin.readline() != 'go\\n': pass\n"
        "        print('result')\n"
        "main()\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=terminal, stderr=terminal,
                          text=True) as process:  # fmt: skip
        os.close(terminal)
        said = b""
        while said.count(b"sim work") < 2:
            said += os.read(driver, 1000)
        process.communicate("go\n")
        said += os.read(driver, 1000)
    os.close(driver)

    assert re.fullmatch(rb"(\r\x1b\[Ksim work, \d+ s)+\r\x1b\[Kresult\r\n", said)
