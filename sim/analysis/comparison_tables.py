"""Comparisons as tables of text: one scenario beside another, or many against a baseline, outcome by outcome."""

from collections.abc import Sequence

from sim.analysis.comparison import Comparison, Versus
from sim.analysis.differences import Change
from sim.analysis.estimates import NOT_GIVEN, WITHHELD, Estimate, Proportion, percent, proportion
from sim.analysis.results import bounds
from sim.analysis.sequence import METHOD
from sim.analysis.tables import Side, Table
from sim.analysis.unfollowed import counted
from sim.analysis.words import because, title_of, told

MOST_SHOWN = 5


def points(share: float | None) -> str:
    """Write a difference of shares in percentage points, with its sign."""
    return "" if share is None else f"{share * 100:+.1f}"


def points_interval(found: Estimate) -> str:
    if found.low is None or found.high is None:
        return NOT_GIVEN if found.method == WITHHELD else "too few runs"
    return f"{found.low * 100:+.1f} to {found.high * 100:+.1f}"


def times_as_many(gain: Estimate | None) -> str:
    """Write how many times as many independent runs the same precision would cost."""
    if gain is None or gain.value is None or gain.low is None or gain.high is None:
        return ""
    return f"{gain.value:.1f} ({gain.low:.1f} to {gain.high:.1f})"


def tables(comparison: Comparison, outcomes: Sequence[str] = ()) -> list[Table]:
    """Return the comparison as tables: by outcome where there are two scenarios, else by scenario for each outcome."""
    if len(comparison.versus) == 1:
        return [*_pair_tables(comparison, comparison.versus[0], outcomes), *_parts_tables(comparison)]
    shown = [*(outcomes or comparison.told)]
    return [*(_scenario_table(comparison, name) for name in shown), *_parts_tables(comparison)]


def _pair_tables(comparison: Comparison, versus: Versus, outcomes: Sequence[str]) -> list[Table]:
    one, other = comparison.baseline, versus.other
    columns: list[tuple[str, Side]] = [
        ("outcome", "left"), (f"{one.scenario.title}\n(A)", "right"), (f"{other.scenario.title}\n(B)", "right"),
        ("B - A,\npoints", "right"), ("its 95 %\ninterval", "right"),
    ]  # fmt: skip
    if versus.paired:
        columns += [
            ("both / A alone /\nB alone / neither", "right"),
            ("worth how many times\nthe independent runs", "right"),
            ("independent runs for\nthe same precision", "right"),
        ]
    rows = []
    for name in [*outcomes] or sorted(comparison.outcomes, key=lambda name: name not in one.ending):
        found = versus.changes[name]
        row = [
            title_of(one, name),
            *map(with_interval, (found.one, found.other)),
            points(found.difference.value),
            points_interval(found.difference),
        ]
        if versus.paired:
            row += [_cells(found), times_as_many(found.gain), _independent(found)]
        rows.append(tuple(row))
    made = [Table(_heading(comparison), tuple(columns), tuple(rows), _how(comparison, versus))]
    if versus.shifts:
        made.append(_shifts_table(comparison, versus))
    if versus.paired:
        made += [table for table in (_ranked_table(comparison, versus, turning=True),
                                     _ranked_table(comparison, versus, turning=False)) if table]  # fmt: skip
    return made


def _cells(found: Change) -> str:
    """Write how many pairs have it in both, in one alone, in neither, and of how many that is not known."""
    if found.difference.method == WITHHELD:
        return ""
    counts = (found.both, found.lost, found.gained, found.neither)
    return " / ".join(f"{count:,}" for count in counts) + (f"; {found.unknown:,} unknown" if found.unknown else "")


def _independent(found: Change) -> str:
    """Write how many independent runs of each would have had the same precision."""
    gain = found.gain
    if gain is None or gain.value is None or gain.low is None or gain.high is None:
        return ""
    value, low, high = (round(end * found.pairs) for end in (gain.value, gain.low, gain.high))
    return f"{value:,} ({low:,} to {high:,})"


def with_interval(found: Proportion) -> str:
    """Write a probability with its interval behind it, or that it is but a bound."""
    if found.open:
        return str(found)
    return f"{found} (bound)" if found.bounded else f"{found} ({found.interval})"


def _heading(comparison: Comparison) -> str:
    names = [f"'{one.other.scenario.title}'" for one in comparison.versus]
    return f"{', '.join(names)} against '{comparison.baseline.scenario.title}'"


def _how(comparison: Comparison, versus: Versus) -> str:
    if versus.paired:
        what = f"{_many(versus.pairs, 'pair')} of runs with the same luck; "
        if comparison.goal is not None:
            return (
                what + f"intervals of shares and differences are of a {METHOD}, valid however often one looks; the "
                "others take the number of pairs as fixed beforehand."
            )
        return what + "each interval holds by itself."
    same = comparison.baseline.source.seed == versus.other.source.seed
    how = (
        "Runs share what draws they can all the same, so the intervals go run by run"
        if same
        else ("The intervals take the runs as independent")
    )
    return f"Not paired: {versus.reason}. {how}."


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def queries(comparison: Comparison) -> tuple[str, ...]:
    """Return the commands that give every figure again, from the ledger."""
    everyone = [one.source.ensemble[:12] for one in comparison.everyone]
    paired = [one.other.source.ensemble[:12] for one in comparison.versus if one.paired]
    names = ["sequence" if comparison.baseline.sequential else "outcomes"]
    names += ["changes", "turning", "first"] if paired else []
    names += ["shifts"] if any(one.shifts for one in comparison.versus) else []
    names += ["unpaired"] if len(paired) < len(comparison.versus) else []
    listed = [(name, everyone) for name in names]
    ranked = [*(["ranks"] if comparison.rankings else []), *(["variance"] if comparison.parts else [])]
    listed += [(name, [everyone[0], *paired]) for name in ranked]
    return tuple(f"sim query @{name} {' '.join(ids)} --first {comparison.baseline.count}" for name, ids in listed)


def _shifts_table(comparison: Comparison, versus: Versus) -> Table:
    columns: tuple[tuple[str, Side], ...] = (
        ("measure, in pairs where both runs have it", "left"), ("mean A", "right"), ("mean B", "right"),
        ("B - A", "right"), ("95 % interval", "right"),
        ("pairs", "right"), ("worth how many times\nthe independent runs", "right"),
    )  # fmt: skip
    rows = []
    for name, found in versus.shifts.items():
        unit = comparison.baseline.unit_of(name)
        texts = [_mean(one) for one in (found.one, found.other)]
        difference = found.difference
        texts.append("no pair has it" if difference.value is None else f"{difference.value:+.4g}")
        interval = "too few pairs"
        if difference.low is not None and difference.high is not None:
            interval = f"{difference.low:+.3g} to {difference.high:+.3g}"
        title = comparison.baseline.model.measures[name].title + (f" ({unit.strip()})" if unit else "")
        rows.append((title, *texts, interval, f"{found.difference.runs:,}", times_as_many(found.gain)))
    return Table("", columns, tuple(rows))


def _mean(found: Estimate) -> str:
    return "no pair has it" if found.value is None else f"{found.value:.4g} ({bounds(found)})"


def _ranked_table(comparison: Comparison, versus: Versus, *, turning: bool) -> Table | None:
    found = versus.turning if turning else versus.first
    if not found:
        return None
    columns: tuple[tuple[str, Side], ...] = (
        ("what", "left"), ("because of", "left"), ("share", "right"), ("95 % interval", "right"), ("see run", "right"),
    )  # fmt: skip
    model, there = comparison.baseline.model, sum(item.share.hits for item in found)
    parted = versus.ended_otherwise if turning else there
    rows = [
        (told(item, comparison.baseline, versus.other, then=not turning), because(item, model),
         percent(item.share.hits / parted), item.share.interval, str(item.example))
        for item in found[:MOST_SHOWN]
    ]  # fmt: skip
    if len(found) > MOST_SHOWN:
        rest = sum(item.share.hits for item in found[MOST_SHOWN:])
        rows.append((_many(len(found) - MOST_SHOWN, "more kind"), "", *_share(rest, parted), ""))
    if parted > there:
        rows.append(("nothing that only one of the two has", "", *_share(parted - there, parted), ""))
    if turning:
        title = f"What made the difference: the turning point in the {_many(parted, 'pair')} that ended otherwise"
    else:
        title = f"Where the runs first part, in the {_many(parted, 'pair')} that do"
    return Table(title, columns, tuple(rows))


def _share(part: int, whole: int) -> tuple[str, str]:
    found = proportion(part, whole)
    return str(found), found.interval


def _scenario_table(comparison: Comparison, outcome: str) -> Table:
    """Return one outcome under every scenario, against the baseline."""
    baseline = comparison.baseline
    columns: tuple[tuple[str, Side], ...] = (
        ("scenario", "left"), ("probability", "right"), ("95 % interval", "right"), ("difference,\npoints", "right"),
        ("simultaneous\n95 % interval", "right"), ("lost /\ngained", "right"),
        ("worth how many times\nthe independent runs", "right"), ("rank", "right"),
    )  # fmt: skip
    ranking = comparison.rankings.get(outcome)
    own = baseline.outcomes[outcome]
    rows = [
        (
            baseline.scenario.title,
            str(own),
            own.interval,
            "",
            "",
            "",
            "",
            _rank(ranking.places.get(baseline.source.ensemble) if ranking else None),
        )
    ]
    for one in comparison.versus:
        found = one.changes[outcome]
        share = found.other  # over the pairs, as the difference is
        place = ranking.places.get(one.other.source.ensemble) if ranking and one.paired else None
        rows.append(
            (one.other.scenario.title + ("" if one.paired else " *"), str(share), share.interval,
             points(found.difference.value), points_interval(found.difference) + _mark(found),
             _lost_and_gained(found) if one.paired else "", times_as_many(found.gain), _rank(place))
        )  # fmt: skip
    return Table(
        baseline.model.outcomes[outcome].title, columns, tuple(rows),
    )  # fmt: skip


def _lost_and_gained(found: Change) -> str:
    if found.difference.method == WITHHELD:
        return ""
    unknown = f"; {found.unknown:,} unknown" if found.unknown else ""
    return f"{found.lost:,} / {found.gained:,}{unknown}"


def _mark(found: Change) -> str:
    return " !" if found.difference.excludes_zero else "  "


def _rank(place: "tuple[int, int, int] | None") -> str:
    if not place:
        return ""
    rank, low, high = place
    return str(rank) if low == high else f"{rank} ({low} to {high})"


def _parts_tables(comparison: Comparison) -> list[Table]:
    if not comparison.parts:
        return []
    columns: tuple[tuple[str, Side], ...] = (
        ("outcome", "left"), ("chance", "right"), ("parameters", "right"), ("scenario", "right"),
    )  # fmt: skip
    rows = [
        (comparison.baseline.model.outcomes[name].title, *(_share_of(parts[part]) for part in parts))
        for name, parts in comparison.parts.items()
    ]
    return [
        Table(
            "What a run's outcome depends on: shares of its variance, each scenario equally likely",
            columns,
            tuple(rows),
            "In brackets: 95 % intervals by the jackknife over the draws.",
        )
    ]  # fmt: skip


def _share_of(found: Estimate) -> str:
    assert found.value is not None, "a part has a value"
    ends = "" if found.low is None or found.high is None else f" ({found.low * 100:.0f} to {found.high * 100:.0f})"
    return f"{found.value * 100:.0f} %{ends}"


def legend(comparison: Comparison) -> str:
    """Say how to read the tables of several scenarios, and which runs failed."""
    failed = failures(comparison)
    if len(comparison.versus) == 1:
        return failed
    count = len(comparison.versus) * len(comparison.told)
    lines = [
        f"Differences are from '{comparison.baseline.scenario.title}', run by run on the same luck where no * stands. "
        f"Their intervals hold all together with 95 % (Sidak, {count} differences"
        + (" of the outcomes that end a run" if comparison.ending else "")
        + "); '!' marks those that leave 0 out. 'lost / gained' counts the runs that had the outcome under the "
        "baseline only, or under the scenario only. Rank 1 is the likeliest; the ranges of ranks hold for all "
        "scenarios together with 95 %, in each table by itself; what is not paired has none.",
    ]
    if comparison.ending and len(comparison.outcomes) > len(comparison.told):
        others = ", ".join(name for name in comparison.outcomes if name not in comparison.told)
        lines.append(f"Other outcomes ({others}) and measures are not shown: --only NAME, or compare two scenarios.")
    lines += [
        f"* '{one.other.scenario.title}' is not paired with the baseline: {one.reason}."
        for one in comparison.versus
        if not one.paired
    ]
    return "\n".join([*lines, *([failed] if failed else [])])


def failures(comparison: Comparison) -> str:
    """Say how many runs failed or were stopped, and what that does to the comparison; nothing if none did."""
    listed = [f"{counted(one)} under '{one.scenario.title}'" for one in comparison.everyone if not one.runs.whole.all()]
    if not listed:
        return ""
    return (
        f"Not all runs were followed to their ends: {'; '.join(listed)}. A pair of which one broke off may have gained "
        "an outcome, lost it, or neither: each interval counts it in every way. Turning points are those of the other "
        "pairs."
    )
