"""A report on checks as data: for JSON, and as JUnit XML, which build servers read."""

from typing import Any
from xml.etree import ElementTree as ET

from sim.language.visible import visible
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
        "place": check.place,
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
    clockwork = report.subject.model.clockwork
    breach = run.breaches[check]
    return {
        "begins": run.begins,
        "parameters": dict(run.parameters),
        "length": length(run),
        "events": [
            {
                "time": event.time, "date": clockwork.moment(event.time), "kind": event.kind, "event": event.type,
                "rule": event.rule, "marks": list(event.marks) if event.kind in ("fired", "scheduled") else [],
            }
            for event in run.log[1:]
        ],
        "broken_at": breach.event.time if breach.event else None,
    }  # fmt: skip


def as_junit(report: Report) -> str:
    """Write a report as JUnit XML: a check is a test case, a broken one a failure, an open one a skipped one."""
    broken = report.broken
    name = f"{report.subject.model.name}: checks"
    counts = {"tests": len(report.verdicts), "failures": len(broken), "errors": 0}
    opened = sum(verdict.status == "open" for verdict in report.verdicts)
    suite = ET.Element(
        "testsuite", {"name": name, "skipped": str(opened), **{key: str(value) for key, value in counts.items()}}
    )
    properties = ET.SubElement(suite, "properties")
    for key in ("budget", "seed", "histories", "runs"):
        value = report.budget.name if key == "budget" else getattr(report, key)
        ET.SubElement(properties, "property", {"name": key, "value": str(value)})
    for verdict in report.verdicts:
        case = ET.SubElement(suite, "testcase", {"classname": report.subject.model.name, "name": verdict.check.name})
        if verdict.status == "broken":
            told = ET.SubElement(case, "failure", {"message": visible(verdict.why), "type": "broken"})
            lines = [verdict.check.claim, f"because {verdict.check.because}", verdict.why, again(verdict) or ""]
            told.text = visible("\n".join(line for line in lines if line))
        elif verdict.status == "open":
            ET.SubElement(case, "skipped", {"message": visible(verdict.why)})
    whole = ET.Element("testsuites")
    whole.append(suite)
    return ET.tostring(whole, encoding="unicode", xml_declaration=True) + "\n"
