"""Single errors to plant in the good case, each by itself complained of, and what is said of several at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from sim.build.scenario import load_scenario
from sim.language.diagnostics import LanguageError
from tests.language.reading import DOCUMENTS

Said: TypeAlias = frozenset[tuple[str, int, str, str, str]]  # file, line, underlined text, code, message


@dataclass(frozen=True)
class Planted:
    """An error: a text of one file that is replaced by another. `hides` are the texts about which nothing can be said
    then: what reads or cites the part that is wrong.
    """

    file: str
    right: str
    wrong: str
    hides: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.file}: {self.wrong}"


def in_file(file: str, *listed: tuple[str, ...]) -> tuple[Planted, ...]:
    return tuple(Planted(file, right, wrong, tuple(hides)) for right, wrong, *hides in listed)


ERRORS = (
    *in_file(
        "model",
        ("north: {title: The northern house}", "north: {titel: The northern house}"),
        ("horizon: 180 days", "horizn: 180 days"),
        ("note: \"Tšooana's people\"", "note: [people]"),
        ("dead:     {type: int", "dead:     {type: integer"),
        ("values: [none, open, signed]", "valeus: [none, open, signed]"),
        ("{type: instant, initial: 2030-02-01}", "{type: instant, initial: 2030-02-30}"),
        ("{type: real, unit: day,", "{type: real, unit: dya,"),
        ("up:       {for: i in 1..3", "up:       {fro: i in 1..3", "not up[i]"),
        ("up:       {for: i in 1..3", "up:       {for: i from 1 to 3", "not up[i]"),
        ("type: bool, initial: i != 3", "kind: bool, initial: i != 3", "not up[i]"),
        ("initial: 1, title: Grain in the barns", "initial: [1], title: Grain in the barns"),
        ("at_bounds: saturate", "at_bounds: stays"),
        ("trust:    {type: real, range: [0, 1]", "trust:    {type: real, range: [0]"),
        ("{pert: [0.02, 0.05, 0.2]}", "{pert: [0.2, 0.05, 0.02]}"),
        ("{gamma: [3, 7]}", "{gamma: [3]}"),
        ("start_trust: {value: 0.5", "start_trust: {vlaue: 0.5"),
        ("bridges:     {type: int", "bridges:     {type: integer"),
        ("paragraph: 4, note: counted", "paragraph: 40, note: counted"),
        ("note: counted", "note: &x counted"),
        ("{value: 1 - trust, title: Tension}", "{value: 1 - trsut, title: Tension}"),
        ("broken: {value: count(down)}", "broken: {value: cuont(down)}"),
        ('value: "not up[i]"', 'value: "not up[i"'),
        ("marks: {deaths: int}", "mraks: {deaths: int}", "marks: {deaths: 2}"),
        ("marks: {deaths: int}", "marks: [deaths, wounded]", "marks: {deaths: 2}"),
        ("trust: trust - 0.1,", "trust: trust - poisson(2),"),
        ("plover: ASSAULT/firearms", "plovr: ASSAULT/firearms"),
        ("talks_opened: {by: south,", "talks_opened: {by: suoth,"),
        ("talks_broken: {by: north", "talks_broken: {bye: north"),
        ("trust: trust + 0.3, calm: true", "trust: trust + 0.3, trust: 1"),
        ("bridge_built: {by: south, for:", "bridge_built: {by: south, fro:"),
        ("patience: patience / 2", "patience: *half"),
        ("flood_came:   {exogenous: true", "flood_came:   {exogenous: maybe"),
        ("title: The north probes the line", "title: {The north: probes}"),
        ("when: calm and talks != signed", "when: clam and talks != signed"),
        ("clock: {rate: provocation * (1.5 - trust)}", "clock: {rat: provocation * (1.5 - trust)}"),
        ("{event: shots_fired, deaths: poisson(0.4)}", "{event: shots_fird, deaths: poisson(0.4)}"),
        ("basis: {source: letter-3, paragraph: 2}", "basis: {source: letter-5, paragraph: 2}"),
        ("on: shots_fired\n", "on: shots_fried\n"),
        ("{gamma: {shape: 3, mean: delay}}", "{gamma: {shpe: 3, mean: delay}}"),
        ("emits: talks_opened", "emmits: talks_opened"),
        ("memory: keep", "memory: kept"),
        ("clock: {weibull: {shape: 1.5, scale: 21 days}}", "clock: {weibull: {shape: -1.5, scale: 21 days}}"),
        ("weight: exp(4 * trust)", "weight: exp(4, trust)"),
        ("{event: talks_broken, weight: 2", "{evnt: talks_broken, weight: 2"),
        ("restarts: [north_shoots]", "restarts: [north_shots]"),
        ("clock: 30 % within 90 days", "clock: 130 % within 90 days"),
        ('emits: "bridge_fell[i]"', 'emits: "bridge_fell[k]"'),
        ("clock: {every: 1 week}", "clock: {every: 1}"),
        ("priority: -1", "priority: first"),
        ("{at: 2030-05-01, event: flood_came}", "{at: 2030-05-01, evnt: flood_came}"),
        ("ends_run: true, title: Peace", "ends_run: yes, title: Peace"),
        ("within: 30 d, while: calm", "within: 30, while: calm"),
        ("by: 2030-02-20", "by: 2030-02-31"),
        ("shots:  {count: shots_fired}", "shots:  {count: shots_fire}"),
        ("tension: {integral: tense}", "tension: {integral: {tense}}"),
        ("calm_days: {time_while", "Calm_days: {time_while"),
        ("worst: {min: trust}", "worst: {min: trust, max: trust}"),
        ("deaths: {sum: deaths, on: shots_fired}", "deaths: {sum: deaths}"),
        ("count: 3, of: 4", "count: 5, of: 4"),
        ("count: 3, of: 4", "count: 3, off: 4"),
        ("outcome: peace, within: 60", "outcome: paece, within: 60"),
        ("within: 60 days, count", "within: 60, count"),
        ("count: 9, of: 21", "count: 9.5, of: 21"),
        ("outcomes:\n", "outcome:\n", "ends_run: true, title: Peace", "within: 30 d", "by: 2030-02-20"),
        ("derived:\n", "derive:\n", "1 - trust, title", "count(down)", "not up[i]"),
    ),
    *in_file(
        "scenario",
        ("question: Does", "questoin: Does"),
        ("branch: {after: call}", "branch: {after: cal}"),
        ("branch: {after: call}", "branch: {aftr: call}"),
        ("branch: {after: call}", "branch: call"),
        ("horizon: 90 days", "horizon: 90"),
        ("{delay: 3 days,", "{dealy: 3 days,"),
        ("uniform: [0.01, 0.02]", "unifrom: [0.01, 0.02]"),
        ("disable: [mends]", "disable: [mend]"),
        ("disable: [mends]", "disabled: [mends]"),
        ("deaths: 1}", "deaths: [1]}"),
        ("{at: 2030-02-01,", "{at: 2030-02-31,"),
        ("{after: 5 days, event: flood_came}", "{after: 5 days, event: flod_came}"),
    ),
    *in_file(
        "history",
        ("title: The winter of the quarrel", "titel: The winter of the quarrel"),
        ("reported: 2030-01-04", "reported: 2030-13-04"),
        ("marks: {deaths: 2}", "marks: {deaths: many}"),
        ("rule: north_shoots", "rule: north_shots"),
        ("sources: [{source: letter-3, paragraph: 1}]", "sources: [{source: letter-3, paragraph: 0}]"),
        ("sources: [{source: letter-3, paragraph: 1}]", "sources: letter-3"),
        ("event: talks_opened", "event: talks_open"),
        ("claim: The southern house asked for a meeting.", "cliam: The southern house asked for a meeting."),
        ("act: commitment", "act: comitment"),
        ("at: 2030-01-12", "at: 2030-01-02"),
        ("- id: flood\n", "- id: call\n"),
        ("- id: flood\n", "- id: The flood\n"),
    ),
    *in_file(
        "sources",
        ("title: Letters of the two houses", "titel: Letters of the two houses"),
        ("reliability: medium", "reliability: mediun"),
        ("paragraphs: 4", "paragraphs: four", "paragraph: 4, note"),
        ("title: The third letter", "title: {a: b}"),
    ),
)  # fmt: skip


def independent(errors: Iterable[Planted]) -> list[Planted]:
    """Return those of the errors that touch none of the texts that another one touches or hides."""
    kept: list[Planted] = []
    for error in errors:
        if not any(_admit(error, other) for other in kept):
            kept.append(error)
    return kept


def _admit(one: Planted, other: Planted) -> bool:
    def within(text: str, error: Planted) -> bool:
        return text in error.right or error.right in text

    if any(within(text, two) for first, two in ((one, other), (other, one)) for text in first.hides):
        return True
    if one.file != other.file:
        return False
    starts = [(DOCUMENTS[error.file].index(error.right), error) for error in (one, other)]
    (first, earlier), (second, _) = sorted(starts, key=lambda item: item[0])
    return second < first + len(earlier.right)


def said(folder: Path, errors: Sequence[Planted]) -> Said:
    """Return what is said about the good case with these errors in it."""
    for name, text in DOCUMENTS.items():
        for error in errors:
            if error.file == name:
                assert text.count(error.right) >= 1, error
                text = text.replace(error.right, error.wrong, 1)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    try:
        load_scenario(folder / "scenario.yaml", "scenario.yaml")
    except LanguageError as error:
        return frozenset(
            (item.span.path, item.span.line, item.span.text[item.span.column - 1 :][: item.span.length], item.code,
             item.message) if item.span else (item.path, 0, "", item.code, item.message)
            for item in error.diagnostics
        )  # fmt: skip
    return frozenset()
