"""A report on checks as JSON-ready data."""

from typing import Any

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
