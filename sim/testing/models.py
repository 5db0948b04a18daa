"""Whole random models, as data that is a model file once it is written down.

Every clock form, memory, choice, random mark, priority, restart, family, derived quantity, outcome and measure of
the language comes up. Models are well formed; a run of one may still end with a run error, which is a result too.
"""

import json
from typing import Any

from hypothesis import strategies as st

from sim.build.model import loads_model
from sim.model.model import Model
from sim.model.scenario import Scenario

HORIZON = 15.0
Data = dict[str, Any]

FACTIONS = ("alpha", "beta", "gamma_")
GUARDS = (
    "true", "lit", "not lit", "heat > 0.4", "heat <= 0.7", "stock >= 2", "mood == tense", "mood != calm and stock < 9",
    "warm", "lit or heat > 0.8", "up[1]", "count(up) >= 2", "0.2 < heat < 0.9", "stock % 2 == 0", "alert",
    "heat > heat0 or lit", "pace < 0.6", "up[stock % 3 + 1]", "lit or warm or up[stock]", "tie[stock % 2 + 1, 2] > 0.3",
    "up[argmax(level)]", "first(up, 0) == 2", "any(up[j] and level[j] > heat for j in 1..3 if j != 2)",
)  # fmt: skip
REALS = (
    "0.5", "heat", "1.2 - heat", "pace", "pace * (0.2 + heat)", "0.1 * stock", "0.7 if lit else 0.2", "1 + count(up)",
    "1 + sin(pi * stock / 6)",
    "about(0.6, 2)", "heat * about(1.5, 1.2) + about(0.1, 3)",
    "level[stock % 3 + 1]", "level[2 if stock < 9 else stock]", "tie[1, stock % 2 + 1]",
    "tie[stock % 2 + 1, stock % 2 + 1]",
    "grip[mood]", "drift[stock % 3 + 1]", "sum(tie[1, j] * level[j] for j in 1..2)", "level[argmin(drift)]",
    "0.1 * first((level[j] > heat for j in 1..3), 4) + max(grip)", "0.2 * argmax(tie[i, 1] for i in 1..2)",
)  # fmt: skip
# GUARDS, REALS and EFFECTS of what changes with time. {soon} and {later} are lengths of time, {then} is a date, {day} a
# unit of time.
MOVING_GUARDS = (
    "fear > 0.5", "fear <= heat", "not fear < 0.3 and lit", "fear + dread > 1", "fear - dread > heat0 - 0.5",
    "since(e_one, {later}) > {soon}", "since(e_two) < {later} or lit", "lit and since(e_two) < {later}",
    "time > {then}", "2 * fear > pace", "1 - fear < dread * heat", "0.4 < dread <= 0.8",
    "time >= {then} and fear > 0.2", "scared",
    "exp(fear) > 1.5 if lit else dread < 0.4", "since(worn[1], {later}) > {soon} * (1 + fear)",
)  # fmt: skip
MOVING_REALS = (
    "fear", "pace * fear", "exp(2 * fear) - 0.9", "fear if time > {then} else 0.4",
    "0.5 / (1 + since(e_one, {later}) / {day})", "pace * (1 - fear) * dread", "0.2 if fear > 0.4 else 0.8",
    "fear - 0.3", "1 / (fear - 0.25)", "sqrt(fear) + abs(dread - 0.5)",
    "max(0, 0.5 - since(e_two, {soon}) / {day})", "1.5 if scared else dread", "heat * fear + 0.01",
)  # fmt: skip
MOVING_EFFECTS = (
    ("fear", "fear + 0.3"), ("fear", "0.8"), ("fear", "fear"), ("fear", "heat"), ("dread", "1 - fear"),
    ("heat", "fear"), ("lit", "fear > dread"), ("dread", "dread * 0.5"),
    ("stock", "stock + 1 if fear > 0.4 else stock"), ("lit", "fear == 0.8"), ("stock", "3 if dread != 0.1 else stock"),
)  # fmt: skip
SPEEDS = ("1", "0", "heat", "2 if lit else 0.5", "pace", "2 - heat")
MOVING_SPEEDS = (*SPEEDS, "fear", "1 - fear", "0.5 + dread * fear", "0 if fear > 0.5 else 1.5")
EFFECTS = (
    ("lit", "not lit"), ("lit", "true"), ("lit", "heat > 0.5"), ("heat", "heat + 0.2"), ("heat", "heat * 0.5"),
    ("heat", "1 - heat"), ("heat", "0.5 + 0.4 * cos(2 * pi * (heat - pace))"),
    ("stock", "stock + 1"), ("stock", "stock - 2"),
    ("heat", "heat + 0.2 * pace"), ("mood", "tense"), ("mood", "open_war"),
    ("mood", "calm if lit else mood"), ("alert", "true"), ("up[1]", "not up[1]"), ("up[2]", "lit"), ("seen", "time"),
    ("heat", "heat + about(0.1, 2)"), ("up[3]", "heat > about(0.4, 1.5)"),
    ("up[stock % 3 + 1]", "heat > 0.5"), ("level[stock % 3 + 1]", "heat + level[2]"),
    ("level[2 if lit else 1]", "pace"), ("level[3]", "level[stock % 3 + 1] * 0.5"),
    ("grip[mood]", "grip[calm] + 0.1"), ("grip[tense]", "heat"),
    ("tie[i, j] for i in 1..2, j in 1..2 if i != j", "0.5 * tie[j, i] + 0.1 * i"), ("tie[stock % 2 + 1, 1]", "heat"),
    ("tie[2, stock % 2 + 1]", "pace"), ("level[argmin(level)]", "max(level) + heat"), ("up[first(up, 2)]", "false"),
    ("level[j] for j in 1..3 if j != 3", "0.5 * level[j] + 0.1 * first(up, 0)"),
)  # fmt: skip
UP = ("true", "i == 2", "heat0 > 0.5")
TIES = ("j in 1..2", "j in 1..2 if i + j < 4 or i != j")
ENDS = ("stock == 12", "mood == open_war and lit", "false")
STOPS, GOES_ON = {"ends_run": True}, {"ending": True}
ENDING = st.sampled_from([{}, {}, GOES_ON])
PACES: tuple[Data, ...] = (
    {"prior": {"uniform": [0.2, 1.2]}}, {"prior": {"pert": [0.1, 0.4, 1.5]}}, {"prior": {"gamma": [3, 0.6]}},
    {"elicited": {"experts": {"a": {"5": 0.2, "95": 1.4}, "b": {"25": 0.4, "75": 0.8}}, "pool": {"a": 2, "b": 1}}},
    {"elicited": {"experts": {"a": {"10": 0.2, "50": 0.5, "90": 0.8}}, "fit": "normal"}},
    {"elicited": {"experts": {"a": {"25": 0.3, "50": 0.5, "75": 0.6}}}, "range": [0, 2]},
)  # fmt: skip
DEPENDENT: tuple[Data, ...] = (
    {"lognormal": ["0.3 + pace", 0.4]}, {"uniform": ["0.2 * pace", "pace + heat0"]}, {"normal": ["heat0", "pace"]},
    {"pert": [0, "heat0", "heat0 + pace"]}, {"triangular": [0, "heat0 / 2", "pace + 1"]}, {"beta": ["1 + pace", 2]},
    {"gamma": [2, "pace - 0.3"]}, {"loguniform": ["0.1 if heat0 > 0.5 else pace / 9", "0.2 + pace"]},
)  # fmt: skip
EVENTS = ("e_one", "e_two", "e_three", "e_four")
MARKED = "e_marked"


class Units:
    """How durations, rates and dates are written in a model with days, or in abstract time."""

    def __init__(self, *, days: bool) -> None:
        self.days = days

    def duration(self, text: str) -> str:
        return f"({text}) * 1 day" if self.days else text

    def rate(self, text: str) -> str:
        return f"({text}) * 1 per day" if self.days else text

    def moving(self, texts: tuple[str, ...]) -> list[str]:
        """Write what changes with time."""
        words = {"soon": self.moment(1.5), "later": self.moment(4), "day": self.moment(1), "then": self.date(5)}
        return [text.format(**words) for text in texts]

    def moment(self, number: float) -> str:
        return f"{number} days" if self.days else str(number)

    def date(self, number: int) -> str:
        return f"2030-01-{1 + number:02d}" if self.days else str(number)


@st.composite
def clocks(draw: st.DrawFn, units: Units, *, moving: bool) -> Any:
    scale = draw(st.sampled_from(["0.8", "2", "pace", "1 + heat", "3.5", "about(1.5, 2)"]))
    shape = draw(st.sampled_from(["0.7", "1", "2.5", "about(1.2, 1.5)"]))
    duration = units.duration(scale)
    reals = [*REALS, *(units.moving(MOVING_REALS) if moving else ())]
    forms: list[Any] = [
        {"rate": units.rate(draw(st.sampled_from(reals)))},
        {"rate": units.rate(draw(st.sampled_from(reals)))},
        {"rate": units.rate("0")},
        f"40 % within {units.moment(3)}",
        f"about(40 %, 2) within {units.moment(3)}",
        f"40 % within about({units.moment(3)}, 1.5)",
        {"exponential": {"mean": duration}},
        {"weibull": {"shape": shape, "scale": duration}},
        {"weibull": {"shape": shape, "mean": duration}},
        {"gamma": {"shape": shape, "mean": duration}},
        {"lognormal": {"median": duration, "sigma": "0.8"}},
        {"loglogistic": {"shape": "2", "scale": duration}},
        {"uniform": {"low": units.moment(0.5), "high": units.moment(2)}},
        {"triangular": {"low": units.moment(0.5), "mode": units.moment(1), "high": units.moment(3)}},
        {"fixed": units.moment(1.5)},
        {"fixed": duration},
        {"at": units.date(draw(st.integers(0, 14)))},
        {"at": f"{units.date(3)} + {units.duration('pace')}"},
        {"every": units.moment(draw(st.sampled_from([1, 2.5, 4])))},
        {"every": duration},
    ]
    form = draw(st.sampled_from(forms))
    if isinstance(form, dict) and not form.keys() & {"rate", "at", "every"} and draw(st.integers(0, 2)) == 0:
        return {**form, "speed": draw(st.sampled_from(MOVING_SPEEDS if moving else SPEEDS))}
    return form


@st.composite
def emissions(draw: st.DrawFn, *, weighted: bool) -> Data:
    event = draw(st.sampled_from([*EVENTS, MARKED]))
    found: Data = {"event": event}
    if event == MARKED:
        sizes = ["poisson(0.7)", "binomial(3, 0.5)", "geometric(0.6) - 1", "stock", "2", "one_of(1, 2, stock)",
                 "one_of(stock: heat, 3: 0.3, poisson(2): 1 - heat)"]  # fmt: skip
        found["size"] = draw(st.sampled_from(sizes))
        forces = ["normal(0, 1)", "exponential(about(0.5, 2))", "heat", "uniform_real(0, 1) + heat",
                  "gamma(0.5 + heat, 2)",
                  "weibull(0.8, 1 + heat)", "beta(2, 1 + stock)", "triangular(-1, heat, 2)",
                  "normal(0, exponential(0.5))", "one_of(heat: stock, 1.5: 1)"]  # fmt: skip
        found["force"] = draw(st.sampled_from(forces))
    if weighted:
        found["weight"] = draw(st.sampled_from(["1", "exp(heat)", "0.2 + heat", "2 if lit else 1", "0", "about(1, 2)"]))
    return found


@st.composite
def rules(draw: st.DrawFn, units: Units, names: list[str], *, moving: bool) -> Data:
    rule: Data = {
        "faction": draw(st.sampled_from(FACTIONS)),
        "when": draw(st.sampled_from([*GUARDS, *(units.moving(MOVING_GUARDS) if moving else ())])),
        "clock": draw(clocks(units, moving=moving)),
        "memory": draw(st.sampled_from(["fresh", "fresh", "keep", "repeat"])),
        "priority": draw(st.sampled_from([0, 0, 0, -1, 3])),
    }
    if draw(st.integers(0, 3)) == 0:
        rule["on"] = draw(st.lists(st.sampled_from([*EVENTS, MARKED, "worn"]), min_size=1, max_size=2, unique=True))
    if draw(st.booleans()):
        rule["emits"] = draw(emissions(weighted=False))
    else:
        each: Data = {"for": "j in 1..3 if j != 2", "event": "worn[j]", "weight": "level[j] + 0.1 * j"}
        found = draw(st.lists(st.one_of(emissions(weighted=True), st.just(each)), min_size=1, max_size=3))
        found = [{**found[0], "weight": "1 + heat"}, *found[1:]]
        rule["choose"] = found
    if draw(st.integers(0, 4)) == 0:
        rule["restarts"] = [draw(st.sampled_from(names))]
    return rule


MEASURES: tuple[Data, ...] = (
    {"value": "stock"}, {"value": "heat / (heat - 0.5)"}, {"value": "seen"}, {"count": [*EVENTS[:2], MARKED]},
    {"sum": "size", "on": [MARKED]}, {"sum": "force / stock", "on": [MARKED]}, {"time_while": "lit and warm"},
    {"integral": "heat"}, {"integral": "1 / stock"}, {"time_until": "stock > 6"}, {"time_until": "log(heat) > -0.5"},
    {"max": "heat + pace"}, {"max": "stock"}, {"min": "1 / (stock - 3)"}, {"min": "alert"},
    {"integral": "level[stock % 3 + 1]"}, {"max": "tie[stock % 2 + 1, 2]"}, {"value": "first(up)"},
    {"time_while": "drift[argmin(level)] > grip[mood]"}, {"sum": "level[size] * force", "on": [MARKED]},
)  # fmt: skip


FORMULAS = (
    "marks / early",
    "1 - {before} * {before}",
    "max({before}, marks) if marks > 2 else {before}",
    "log({before})",
)


@st.composite
def windows(draw: st.DrawFn, units: Units) -> Data:
    """Draw when a measure counts: half of them always."""
    found: Data = {}
    ends = sorted(draw(st.lists(st.sampled_from([0, 1, 2.5, 4, 7.5, 14]), min_size=2, max_size=2)))
    for key, time in zip(("from", "until"), ends, strict=True):
        if draw(st.integers(0, 2)) == 0:
            on_date = units.days and draw(st.booleans())
            found[key] = units.date(int(time)) if on_date else units.moment(time)
    if draw(st.integers(0, 2)) == 0:
        found["when"] = draw(st.sampled_from([*GUARDS, "1 / stock > 0.2"]))
    return found if draw(st.booleans()) else {}


@st.composite
def measures(draw: st.DrawFn, units: Units) -> Data:
    """Draw measures of all kinds, with windows and without."""
    chosen = draw(st.lists(st.sampled_from(MEASURES), max_size=4))
    found = {f"measure_{place}": {**one, **draw(windows(units))} for place, one in enumerate(chosen)}
    found |= {"fire": {"integral": "heat"}, "marks": {"sum": "size", "on": [MARKED]}, "early": {"max": "heat"}}
    found["early"] |= {"until": units.moment(2.5)}
    for place, formula in enumerate(draw(st.lists(st.sampled_from(FORMULAS), max_size=3, unique=True))):
        found[f"formula_{place}"] = {"formula": formula.format(before=f"formula_{place - 1}" if place else "early")}
    return found


@st.composite
def dependents(draw: st.DrawFn) -> Data:
    """Draw parameters whose priors read others: none, one, or two in a row."""
    zeal: Data = {"prior": draw(st.sampled_from(DEPENDENT)), "basis": {"judgement": "drawn"}}
    if "uniform" in zeal["prior"] and draw(st.booleans()):
        zeal["range"] = [0, 1.5]
    both = {"zeal": zeal, "zest": {"prior": {"uniform": ["zeal", "zeal + heat0"]}, "basis": {"judgement": "drawn"}}}
    return dict(list(both.items())[: draw(st.integers(0, 2))])


@st.composite
def model_data(draw: st.DrawFn, *, may_move: bool = True) -> Data:
    """Draw a whole model, as data; unless it `may_move`, one in which nothing changes between events."""
    units = Units(days=draw(st.booleans()))
    moving = may_move and draw(st.booleans())
    effects = [*EFFECTS, *(MOVING_EFFECTS if moving else ())]
    names = [f"rule_{letter}" for letter in "abcdef"[: draw(st.integers(1, 6))]]
    more = draw(dependents())
    chosen = {
        name: dict(draw(st.lists(st.sampled_from(effects), max_size=3, unique_by=lambda pair: pair[0])))
        for name in EVENTS
    }
    data = {
        "model": "generated",
        "title": "A generated model",
        "time": {"unit": "day", "origin": "2030-01-01"} if units.days else {"unit": "abstract"},
        "horizon": units.moment(HORIZON),
        "factions": {name: {"title": name} for name in FACTIONS},
        "state": {
            "lit": {"type": "bool", "initial": draw(st.sampled_from(["true", "false"]))},
            "alert": {"type": "bool", "initial": draw(st.sampled_from(["true", "false"]))},
            "heat": {"type": "real", "range": [0, 1], "initial": 0.5, "at_bounds": "saturate"},
            "stock": {
                "type": "int",
                "range": [0, 12],
                "initial": draw(st.integers(0, 12)),
                "at_bounds": draw(st.sampled_from(["saturate", "saturate", "saturate", "error"])),
            },
            "mood": {"type": "enum", "values": ["calm", "tense", "open_war"], "initial": "calm"},
            "seen": {"type": "instant", "initial": units.date(0)},
            "up": {"for": "i in 1..3", "type": "bool", "initial": draw(st.sampled_from(UP))},
            "level": {"for": "i in 1..3", "type": "real", "initial": "0.2 * i"},
            "tie": {
                "for": ["i in 1..2", draw(st.sampled_from([TIES[0], *TIES]))],
                "type": "real",
                "initial": "0.1 * i + heat0",
            },
            "grip": {"for": "p in calm, tense", "type": "real", "initial": 0.5},
        },
        "parameters": {
            "pace": {**draw(st.sampled_from(PACES)), "basis": {"judgement": "drawn"}},
            "heat0": {"value": draw(st.sampled_from([0.3, 0.8])), "basis": {"judgement": "drawn"}},
            **more,
        },
        "derived": {
            "warm": {"value": draw(st.sampled_from(["heat > 0.3 and busy", "heat > about(0.3, 1.5) and busy"]))},
            "busy": {"value": "stock > 1 or lit"},
            "drift": {"for": "i in 1..3", "value": "level[i] + heat * up_to[i]"},
            "up_to": {"for": "i in 1..3", "value": "level[4 - i] / (1 + level[stock % 3 + 1])"},
        },
        "events": {
            **{name: {"by": draw(st.sampled_from(FACTIONS)), "effects": effects} for name, effects in chosen.items()},
            MARKED: {
                "by": "beta",
                "marks": {"size": "int", "force": "real"},
                "effects": {"stock": "stock + size", "heat": "heat + 0.1 * force"},
            },
            "worn": {"for": "i in 1..3", "by": "gamma_", "effects": {"up[i]": "false"}},
            "settled": {"by": "alpha", "effects": {"alert": "false", "heat": "heat * 0.9"}},
        },
        "rules": {
            **{name: draw(rules(units, names, moving=moving)) for name in names},
            "wears": {
                "for": "i in 1..3",
                "faction": "gamma_",
                "when": "up[i]",
                "clock": {"rate": units.rate("0.05 * i")},
                "emits": "worn[i]",
            },
            "settles": {"faction": "alpha", "when": "alert", "clock": "immediately", "emits": "settled"},
            **{
                f"spurred_by_{name}": {
                    "faction": "beta",
                    "when": "heat > 0.2",
                    "clock": {"rate": units.rate(f"max(0, {name}) * 0.2")},
                    "emits": "e_one",
                }
                for name in more
            },
        },
        "timetable": [
            {"at": units.moment(time), "event": draw(st.sampled_from(EVENTS))}
            for time in draw(st.lists(st.sampled_from([0, 1, 2.5, 4, 4, 15]), max_size=3))
        ],
        "outcomes": {
            "hot": {"when": "heat > 0.9", **draw(ENDING)},
            "stocked": {"when": "stock > 4", "within": units.moment(5), "while": "mood != open_war", **draw(ENDING)},
            "marked": {"on": [MARKED], "when": "stock > 0", **draw(ENDING)},
            "over": {"when": draw(st.sampled_from(ENDS)), **draw(st.sampled_from([STOPS, STOPS, GOES_ON]))},
            "rest": {"otherwise": True},
        },
        "measures": draw(measures(units)),
    }
    return draw(with_motion(data, units)) if moving else data


MOVING_MEASURES: tuple[Data, ...] = (
    {"value": "fear"}, {"integral": "fear * heat"}, {"max": "fear - dread"}, {"min": "fear"},
    {"time_while": "fear > 0.4"}, {"time_until": "dread < 0.25"}, {"integral": "1 / (fear - 0.3)"},
    {"sum": "force * fear", "on": [MARKED]}, {"count": [*EVENTS], "when": "fear > 0.3"},
)  # fmt: skip


@st.composite
def with_motion(draw: st.DrawFn, data: Data, units: Units) -> Data:
    """Let variables relax in a model, and ask for that."""
    halves = [units.moment(0.7), units.moment(6), units.duration("0.2 + pace")]
    targets, scares = ["0", "1", "heat0", "0.4", "1 - heat0"], ["fear > 0.6 or dread > heat"]
    if "zeal" in data["parameters"]:
        halves += [units.duration("0.2 + abs(zeal)")] * 2
        targets += ["min(1, abs(zeal))"] * 3 + ["zeal"]
        scares += ["fear > 0.5 * zeal or dread > heat"]
    data["time"]["step"] = units.moment(draw(st.sampled_from([1, 0.3, 2, 6])))
    data["state"] |= {
        name: {
            "type": "real", "range": [0, 1], "at_bounds": "saturate",
            "initial": draw(st.sampled_from(["0.9", "0.1", "heat0"])),
            "relaxes": {
                "towards": draw(st.sampled_from(targets)),
                "half_life": draw(st.sampled_from(halves)),
            },
        }
        for name in ("fear", "dread")
    }  # fmt: skip
    data["derived"]["scared"] = {"value": draw(st.sampled_from(scares))}
    data["outcomes"] |= {
        "calmed": {"when": "fear < 0.3", **draw(ENDING)},
        "braced": {"when": "stock > 2 and dread < 0.7", "while": "fear < 0.95", "within": units.moment(5)},
    }
    asked = draw(st.lists(st.sampled_from(MOVING_MEASURES), max_size=3))
    data["measures"] |= {f"moving_{place}": {**one, **draw(windows(units))} for place, one in enumerate(asked)}
    return data


def text_of(data: Data) -> str:
    """Write a model's data as a file. JSON is YAML."""
    return json.dumps(data)


def scenario_of(data: Data) -> Scenario:
    """Return the scenario that runs a model by itself."""
    return alone(loads_model(text_of(data), "generated.yaml"))


def alone(model: Model) -> Scenario:
    """Return the scenario that runs a model by itself."""
    return Scenario.of(model)


def random_models() -> st.SearchStrategy[Model]:
    """Draw whole models: every clock form, memory, choice, mark, priority, family and question of the language."""
    return model_data().map(lambda data: loads_model(text_of(data), "generated.yaml"))
