"""The causal past of an event as lines of text, as a tree, and as JSON-ready data.

Owns the words. What rests on what is for `sim.explain.why`.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from sim.explain.because import Because, EvaluatedPart
from sim.explain.decisive_changes import DecisiveChange, ValueRead
from sim.explain.followed_run import INITIAL, PASSING, FollowedRun
from sim.explain.why import Why
from sim.language.counts import counted
from sim.language.expressions.types import Instant
from sim.model.event import HORIZON
from sim.model.evidence.documented import Documented
from sim.model.replay import CHANGING, shown_value
from sim.report.bases import written_basis
from sim.report.timeline import doubt, value
from sim.statistics.estimates import percent

INSET = 2  # columns by which what belongs to an event, and what it rests on, is set in
DEEPEST = 20  # levels of a tree, below which another one begins


class Naming:
    """How the events of a run and the values in it are written; `documented` has what is known about those of the
    past, by their places.
    """

    def __init__(self, run: FollowedRun, documented: Mapping[int, Documented]) -> None:
        self.run = run
        self.model = run.scenario.model
        self.documented = documented

    def called(self, place: int) -> str:
        """Return how an event is referred to: by its number in the log, a documented one by its id."""
        if place == INITIAL:
            return "the initial state"
        if place == PASSING:
            return "the passing of time"
        if place in self.documented:
            return f"'{self.documented[place].id}'"
        number = place - self.run.branch
        return f"#{number}" if number >= 0 else f"#{self.run.events[place].sequence} before the branch"

    def heading(self, place: int) -> str:
        """Return the line that says which event it is: its number or id, when, and what."""
        return f"{self.called(place)}  {self.model.calendar.moment(self.run.events[place].time)}  {self.what(place)}"

    def what(self, place: int) -> str:
        """Return what an event was, in words."""
        event, known = self.run.events[place], self.documented.get(place)
        if known is not None:
            cited = "; ".join(str(citation) for citation in known.citations)
            return f"documented: {doubt(known.status)}{known.claim}" + (f" [{cited}]" if cited else "")
        if event.kind in CHANGING:
            return self.model.events[event.type].title
        if event.kind == "outcome":
            return f"OUTCOME: {self.model.outcomes[event.type].title}"
        if event.kind == "changed":
            return "the scenario changes what it assumes"
        if event.kind == "started":
            sets = ", ".join(self.run.scenario.replaced) if place == self.run.branch else ""
            return "the branch" + (f", from which on the scenario has its own {sets}" if sets else "")
        if event.kind == "failed":
            return f"the run failed: {event.type}: {event.note}"
        return "the run ended: " + ("its time was up" if event.note == HORIZON else event.note)

    def named(self, name: str, known: Any) -> str:
        """Write a value of a state variable or a parameter: a date as a date, an enum's by its name."""
        variable = self.model.variables.get(name)
        if variable is None:
            return value(known)
        if isinstance(variable.type, Instant) and not self.model.calendar.abstract:
            return self.model.calendar.moment(float(known))
        return value(shown_value(variable.type, known))

    def plain(self, name: str, known: Any) -> Any:
        """Return a value as JSON-ready data."""
        variable = self.model.variables.get(name)
        return known if variable is None else shown_value(variable.type, known)


class CausalTree:
    """Writes one `Why`."""

    def __init__(self, why: Why, naming: Naming) -> None:
        self.why = why
        self.naming = naming
        self.run = naming.run
        self.model = naming.model
        self.documented = naming.documented

    # As lines

    def lines(self) -> list[str]:
        """Return the tree, a line for each event, and then each event, the latest first, with what it rests on."""
        shown: set[int] = set()
        roots, found = [self.why.root], list[str]()
        for root in roots:  # it grows meanwhile
            if root not in shown:
                found += [""] if found else []
                found += self._branches(root, 0, shown, roots)
        for place in sorted(shown, reverse=True):
            reasons = [f"{' ' * INSET}{line}" for line in self.reasons(place)]
            found += ["", self.naming.heading(place), *reasons] if reasons else []
        return [line.replace("\n", " ") for line in found]  # a title or a claim may have several lines

    def _branches(self, place: int, depth: int, shown: set[int], roots: list[int]) -> Iterator[str]:
        """Yield the tree of an event; what lies deeper than a page is wide has trees of its own, from further roots."""
        shown.add(place)
        yield f"{' ' * (depth * INSET)}{self.naming.heading(place)}"
        above, below = [], []
        for behind in self.why.behind(place):
            if behind in shown:
                above.append(self.naming.called(behind))
            elif depth == DEEPEST:
                below.append(self.naming.called(behind))
                roots.append(behind)
            else:
                yield from self._branches(behind, depth + 1, shown, roots)
        if above:
            yield f"{' ' * ((depth + 1) * INSET)}and, as above: {', '.join(above)}"
        if below:
            yield f"{' ' * ((depth + 1) * INSET)}and, as below: {', '.join(below)}"

    def reasons(self, place: int) -> Iterator[str]:
        """Yield what an event rests on, a line each."""
        because = self.why.causes[place]
        event = because.event
        if place not in self.documented and event.kind == "scheduled":
            yield "assumed by the scenario"
        if event.kind == "fired" and place not in self.documented:
            rule = self.model.rules[event.rule]
            bases = "; ".join(written_basis(basis) for basis in rule.basis) or "no basis given"
            yield f"by {self.model.factions[rule.faction]}, rule {event.rule} [{bases}]"
        if place in self.documented:
            return
        if because.wait is not None:
            yield self._wait(because)
        if because.choice is not None:
            yield self._choice(because)
        if because.came_with is not None:
            yield f"came with {self.naming.called(because.came_with)}"
        for part in because.parts:
            yield from self._part(part)

    def _wait(self, because: Because) -> str:
        wait = because.wait
        assert wait is not None
        calendar = self.model.calendar
        since = f"since {self.naming.called(wait.began)}"
        if wait.began in (INITIAL, PASSING):
            since = f"since {calendar.moment(wait.since)}"
        text = f"its clock had run for {calendar.length(wait.time, digits=3)}, {since}"
        if wait.earlier:
            text += f", and for {calendar.length(wait.earlier, digits=3)} before"
        if wait.quantile is None:
            return text if wait.time else f"it came at once with {self.naming.called(wait.began)}"
        of = (
            ""
            if math.isclose(wait.since_branch, wait.time + wait.earlier)
            else f", {calendar.length(wait.since_branch, digits=3)} of it after the branch"
        )
        return (
            f"{text}{of}; {percent(wait.quantile)} of draws would have brought it as early or earlier, all else alike"
        )

    def _choice(self, because: Because) -> str:
        choice = because.choice
        assert choice is not None
        shares = [f"{self.model.events[name].title} {percent(share)}" for name, share in choice.shares]
        chosen = sum(share for name, share in choice.shares if name == because.event.type)
        return f"chosen by a draw with a probability of {percent(chosen)}, of: {', '.join(shares)}"

    def _part(self, part: EvaluatedPart) -> Iterator[str]:
        shown = [read for read in part.reads if self.why.all_read or read.mattered]
        if not shown:
            return
        yield f"{_BEFORE[part.what]}`{' '.join(part.text.split())}`{self._amount(part)}"
        for read in shown:
            yield from self._read(read, " " * INSET)

    def _amount(self, part: EvaluatedPart) -> str:
        return (
            f" = {value(part.value)}"
            if part.what in ("rate", "speed", "law", "mark") and part.value is not None
            else ""
        )

    def _read(self, read: ValueRead, indent: str) -> Iterator[str]:
        now = self.naming.named(read.name, read.value)
        change = read.change
        if change is None:
            written = "" if read.scope == "parameter" and read.written == INITIAL else self._written(read)
            yield f"{indent}{read.name} was {now}{written}"
            return
        yield f"{indent}{read.name} was {now}{self._turn(read, change)}"
        for inner in change.through:
            if self.why.all_read or inner.mattered:
                yield from self._read(inner, indent + " " * INSET)

    def _written(self, read: ValueRead) -> str:
        return ", as at first" if read.written == INITIAL else f", last written by {self.naming.called(read.written)}"

    def _turn(self, read: ValueRead, change: DecisiveChange) -> str:
        before = self.naming.named(read.name, change.before)
        if change.how == "drawn":
            parameter = self.model.parameters[read.name]
            bases = "; ".join(written_basis(basis) for basis in parameter.basis)
            return f" in this run, where its central value is {before} [{bases}]"
        if change.how == "passing":
            return f"; it went there with time from {before}, as left by {self.naming.called(change.place)}"
        called = self.naming.called(change.place)
        if change.place >= 0 and self.run.events[change.place].kind in ("started", "changed"):
            return f", which the scenario sets from {called} on; before it was {before}"
        return f"; before {called} it was {before}"

    # As data

    def as_data(self) -> dict[str, Any]:
        """Return the past as JSON-ready data: events by their places, with what each rests on."""
        return {
            "event": self.why.root - self.run.branch,
            "all_read": self.why.all_read,
            "events": [self._event_data(place) for place in sorted(self.why.causes, reverse=True)],
        }

    def _event_data(self, place: int) -> dict[str, Any]:
        because = self.why.causes[place]
        event, known = because.event, self.documented.get(place)
        found: dict[str, Any] = {
            "place": place - self.run.branch, "kind": event.kind, "type": event.type, "time": event.time,
            "date": self.model.calendar.moment(event.time), "what": self.naming.what(place),
            "rests_on": [behind - self.run.branch for behind in self.why.behind(place)],
        }  # fmt: skip
        if known is not None:
            found["documented"] = known.id
            found["sources"] = [{"source": one.source, "paragraphs": list(one.paragraphs)} for one in known.citations]
            return found
        if event.kind == "fired":
            rule = self.model.rules[event.rule]
            found |= {"rule": event.rule, "occurrence": event.occurrence, "basis": [str(basis) for basis in rule.basis]}
        if because.wait is not None:
            wait = because.wait
            found["clock"] = {
                "began": self._place_data(wait.began), "since": wait.since, "ran": wait.time,
                "ran_before": wait.earlier, "ran_since_branch": wait.since_branch, "quantile": wait.quantile,
            }  # fmt: skip
        if because.choice is not None:
            found["choice"] = {"shares": because.choice.by_event(), "uniform": because.choice.uniform}
        found["parts"] = [
            {
                "part": part.what, "text": part.text, "value": part.value,
                "reads": [self._read_data(read) for read in part.reads if self.why.all_read or read.mattered],
            }
            for part in because.parts
        ]  # fmt: skip
        return found

    def _place_data(self, place: int) -> int | str:
        return {INITIAL: "initial", PASSING: "passing"}.get(place, place - self.run.branch)

    def _read_data(self, read: ValueRead) -> dict[str, Any]:
        found: dict[str, Any] = {
            "kind": read.scope, "name": read.name, "value": self.naming.plain(read.name, read.value),
            "written_by": self._place_data(read.written), "mattered": read.mattered,
        }  # fmt: skip
        if read.change is not None:
            found["turned"] = {
                "how": read.change.how, "by": self._place_data(read.change.place),
                "before": self.naming.plain(read.name, read.change.before),
                "through": [self._read_data(one) for one in read.change.through if self.why.all_read or one.mattered],
            }  # fmt: skip
        return found


_BEFORE: Mapping[str, str] = {
    "guard": "it needed ", "condition": "it needed ", "rate": "its rate ", "law": "its law ", "speed": "its speed ",
    "weights": "chosen by the weight ", "mark": "its mark ",
}  # fmt: skip


def foot(why: Why) -> str:
    """Return the sentences below a tree: what was left out."""
    if why.all_read:
        return "Everything that was read is shown, also what would have made no difference."
    return (
        f"{counted(len(why.causes), 'event')} in its causal past. Only what made a difference is shown: with the value "
        "that a variable had before, or with a parameter's central value, the condition would not have held, the same "
        "draw would have chosen another event, or the rate would have been another by a tenth at least."
    )
