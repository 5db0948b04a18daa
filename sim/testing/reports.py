"""A report on checks as JSON-ready data."""

from typing import Any

from sim.report.bases import share_interval
from sim.statistics.estimates import CLOPPER_PEARSON, LEVEL
from sim.testing.base_rates import RateVerdict
from sim.testing.composed import ComposedRun
from sim.testing.session import Report, Verdict
from sim.testing.shrink import length


def as_data(report: Report) -> dict[str, Any]:
    """Give a report as JSON-ready data."""
    return {
        "subject": str(report.subject.path),
        "model": report.subject.model.name,
        "budget": report.budget.name,
        "seed": report.seed,
        "histories": report.histories,
        "events": report.events,
        "runs": report.runs,
        "replayed": [
            {"file": str(kept.path), "check": kept.check, "broken": broken} for kept, broken in report.replayed
        ],
        "broken": len(report.broken),
        "checks": [_verdict(report, verdict) for verdict in report.verdicts],
        "base_rates": [_rate(report, verdict) for verdict in report.rates],
    }


def _verdict(report: Report, verdict: Verdict) -> dict[str, Any]:
    check = verdict.check
    return {
        "check": check.name,
        "claim": check.claim,
        "because": check.because,
        "place": check.location,
        "status": verdict.status,
        "why": verdict.why,
        "counterexample": _run(report, verdict.run, check.name) if verdict.run else None,
        "file": str(verdict.file) if verdict.file else None,
        "again": again(verdict),
    }


def _rate(report: Report, verdict: RateVerdict) -> dict[str, Any]:
    rate, shown = verdict.rate, verdict.evidence
    low, high = share_interval(rate.count)
    return {
        "base_rate": rate.name,
        "title": rate.title,
        "outcome": rate.outcome,
        "within": rate.count.within,
        "period": rate.count.period,
        "counted": {
            "count": rate.count.hits, "of": rate.count.cases, "share": rate.count.hits / rate.count.cases, "low": low,
            "high": high, "level": LEVEL, "method": CLOPPER_PEARSON, "basis": [str(basis) for basis in rate.basis],
        },
        "model": None if shown is None else {
            "scenario": str(report.rated_under), "hits": shown.hits, "unknown": shown.unknown, "runs": shown.runs,
            "share": shown.share.value, "low": shown.share.low, "high": shown.share.high, "level": shown.share.level,
            "method": shown.share.method,
        },
        "place": rate.location,
        "status": verdict.status,
        "why": verdict.why,
        "more_runs": None if shown is None else shown.more,
    }  # fmt: skip


def again(verdict: Verdict) -> str | None:
    """Return the command that shows a counterexample again."""
    return f"sim test {verdict.file}" if verdict.file else None


def _run(report: Report, run: ComposedRun, check: str) -> dict[str, Any]:
    calendar = report.subject.model.calendar
    breach = run.breaches[check]
    return {
        "begins": run.begins,
        "parameters": dict(run.parameters),
        "length": length(run),
        "events": [
            {
                "time": event.time, "date": calendar.moment(event.time), "kind": event.kind, "event": event.type,
                "rule": event.rule, "marks": list(event.marks) if event.kind in ("fired", "scheduled") else [],
            }
            for event in run.log[1:]
        ],
        "broken_at": breach.event.time if breach.event else None,
    }  # fmt: skip
