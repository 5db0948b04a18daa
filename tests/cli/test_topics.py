"""`sim explain TOPIC` finds pages, sections, words of the language and keys, and says what else was meant."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.cli.topics import MOST_LISTED, anchor, find, for_reading, listed, titled, topics, topics_of


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("poisson", ["marks.poisson"]),
        ("pert", ["priors.pert"]),
        ("lognormal prior", ["priors.lognormal"]),
        ("priors.lognormal", ["priors.lognormal"]),
        ("lognormal", ["clocks.lognormal", "marks.lognormal", "priors.lognormal"]),
        ("within", ["clocks.within"]),
        ("30 % within 14 days", ["clocks.within"]),
        ("happened", ["checks.happened", "functions.happened"]),
        ("clock", ["clocks"]),
        ("clocks", ["clocks"]),
        ("model.state", ["model.state"]),
        ("sim run", ["commands-running.run", "commands-showing.runs", "python.sim.run"]),
        ("compare", ["compare"]),
        ("sim compare", ["commands-running.compare", "python.sim.compare"]),
        ("branch", ["branching"]),
        ("pending", ["rules.on"]),
        ("new rule", ["what-if"]),
        ("first to come true", ["numbers.before-the-run-ended"]),
        ("P", ["asking"]),
        ("waits so long", ["branching.pending-at-a-branch"]),
        ("models.state", ["models.state"]),
    ],
)
def test_a_word_leads_to_what_has_that_name(asked: str, names: list[str]) -> None:
    assert [topic.asked for topic in find(asked)] == names


def test_every_topic_is_found_by_the_name_that_is_said_for_it() -> None:
    for topic in topics():
        assert topic in find(topic.asked), topic.asked


def test_words_of_a_title_are_enough_where_nothing_has_that_name() -> None:
    assert find("firewall") == []
    assert [topic.title for topic in titled("firewall")] == ["Addresses, ports and firewalls"]


@pytest.mark.parametrize("key", ["while", "after", "before", "extends"])
def test_a_key_is_explained_before_titles_that_have_the_word(sim, key) -> None:
    assert f".{key}: " in sim("explain", key).out


def test_a_section_ends_where_the_next_of_its_level_begins_and_code_has_no_headings() -> None:
    text = "# A\n\n## B\n<!-- topics: bee -->\n\n```sh\n# not a heading\n```\n\n### C\n\nc\n\n## D\n"
    page, b, c, d = topics_of("how-to/a.md", text)

    assert (page.level, b.names, d.title) == (1, ("bee", "b"), "D")
    assert "not a heading" in b.text
    assert "### C" in b.text
    assert "## D" not in b.text
    assert c.text == "### C\n\nc"


def test_a_link_becomes_a_command_in_a_terminal_and_code_stays_as_it_is() -> None:
    text = "# A\n\n[Priors](../reference/priors.md#pert), ![p](p.svg)[web](https://x.org).\n\n```text\n[a](b.md)\n```\n"
    shown = for_reading(topics_of("how-to/a.md", text)[0])

    assert "Priors (`sim explain priors.pert`), web (https://x.org)." in shown
    assert "[a](b.md)" in shown


def test_several_hits_are_listed_with_what_each_is_and_how_to_ask_for_it(sim) -> None:
    said = sim("explain", "gamma").out

    assert "sim explain clocks.gamma\n    Clocks of rules: The sum of several" in said
    assert "sim explain priors.gamma\n    Priors of parameters: A value above 0" in said
    assert "model.rules.clock.gamma: shape and scale" in said
    assert listed(find("gamma")) in said


def test_of_many_hits_a_few_are_listed_and_the_others_counted(sim) -> None:
    said = sim("explain", "the").out

    assert said.count("sim explain ") == MOST_LISTED
    assert f"and {len(titled('the')) - MOST_LISTED} more" in said


def test_alone_it_lists_the_pages_in_groups_and_the_codes_apart(sim) -> None:
    said = sim("explain").out
    assert "Reference: " in said
    assert "  priors " in said
    assert "E302" not in said
    assert "E302" in sim("explain", "codes").out
    assert json.loads(sim("explain", "codes", "--json").out)["E301"] == "an unknown name"
    assert "priors" in str(json.loads(sim("explain", "--json").out))
    assert json.loads(sim("explain", "pert", "--json").out)["explanation"].startswith("## pert")


def test_what_is_not_there_is_guessed_over_all_names(sim) -> None:
    assert "did you mean 'poisson'?" in sim("explain", "poison").err
    assert "did you mean 'horizon'?" in sim("explain", "horizn").err
    assert sim("explain", "quite-another-thing").code == 2
    assert "it is mentioned in: sim explain rules.choose" in sim("explain", "logit choice over").err


def test_anchors_are_those_of_the_site() -> None:
    assert anchor("Rights in a bucket") == "rights-in-a-bucket"
    assert anchor("`rules.NAME.clock`") == "rulesnameclock"


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_on_a_terminal_a_section_is_laid_out_no_wider_than_it(columns: int) -> None:
    shown = at_terminal(["explain", "priors.lognormal"], columns=columns, lines=200)

    assert "##" not in shown
    assert "median" in shown
    assert max(map(len, shown.splitlines())) <= min(columns, 100)


def test_what_is_longer_than_the_terminal_goes_through_the_pager(tmp_path: Path) -> None:
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\nexec sed s/^/PAGED/\n", encoding="utf-8")
    pager.chmod(0o755)

    assert "PAGED" in at_terminal(["explain", "priors.lognormal"], columns=80, lines=10, PAGER=str(pager))
    assert "PAGED" not in at_terminal(["explain", "priors.lognormal"], columns=80, lines=200, PAGER=str(pager))


def at_terminal(arguments: list[str], *, columns: int, lines: int, **environment: str) -> str:
    """Return what `sim` writes to a terminal of that size, without colours."""
    ours, theirs = os.openpty()
    given = {**os.environ, "COLUMNS": str(columns), "LINES": str(lines), "NO_COLOR": "1", "TERM": "dumb", **environment}
    done = subprocess.Popen(
        [sys.executable, "-m", "sim", *arguments], stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL, env=given
    )
    os.close(theirs)
    found = b""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        found += piece
    os.close(ours)
    assert done.wait(60) == 0
    return found.decode().replace("\r\n", "\n")
