"""The description of a case as a whole: its title, how to read it, and its sections in the order of ODD."""

from sim.language.counts import counted
from sim.report.describing import described_evidence, design_concepts, details, overview
from sim.report.describing.described_case import DescribedCase
from sim.report.describing.markdown_text import Section, code, document, link, prose
from sim.report.table import as_a_list

CITED = (
    "Grimm and others 2006 (Ecological Modelling 198), 2010 (Ecological Modelling 221) and 2020 (JASSS 23(2) 7)"
)  # fmt: skip


def description(case: DescribedCase, picture: str = "") -> str:
    """Return the description in Markdown; `picture` is where a picture of the model lies, seen from the document."""
    return document(f"{case.model.title}: the model described", _head(case, picture), _sections(case))


def _head(case: DescribedCase, picture: str) -> list[str]:
    model, history = case.model, case.case.history
    counts = (
        (len(model.factions), "faction", "factions"),
        (len(model.variables), "state variable", "state variables"),
        (len(model.parameters), "parameter", "parameters"),
        (len(model.rules), "rule", "rules"),
        (len(model.events), "event type", "event types"),
        (len(model.outcomes), "outcome", "outcomes"),
        (len(model.measures), "measure", "measures"),
        (len(model.checks), "check", "checks"),
        (len(history.documented) if history else 0, "documented event", "documented events"),
        (len(case.case.sources), "source", "sources"),
        (len(case.case.scenarios), "scenario", "scenarios"),
    )
    has = as_a_list([counted(number, one, many) for number, one, many in counts if number] or ["nothing yet"])
    found = [
        f"This describes the model {code(model.name)} after the ODD protocol (Overview, Design concepts, Details: "
        f"{CITED}). `sim describe` wrote it from the model's files; nothing in it is written by hand for this case. "
        f"The model has {has}.",
        'How to read it: R1, R2 and so on are rules, each told in full once. Titles stand in "double quotes", and what '
        "has none by its 'name'; of a condition the title alone says that it holds. Values of several words stand in "
        "'single quotes'. What stands in `this type` is a name or a formula of the model, with `*` for times and `**` "
        "for to the power of. How many of its numbers rest on a source, and how many on a judgement, stands under "
        f"{link('What it rests on', 'section', 'what it rests on')}.",
    ]
    if picture:
        alt = prose("Which rules look at what, and what they change").replace("]", "")
        found.append(f"![{alt}](<{picture}>)")
    return found


def _sections(case: DescribedCase) -> list[Section]:
    submodels = [
        *details.rules(case), details.events(case), described_evidence.parameters(case), details.outcomes(case),
        details.measures(case), details.checks(case),
    ]  # fmt: skip
    lead = ["The rules by faction, then what events change, the parameters, and what is asked of runs."]
    return [
        overview.purpose(case),
        overview.entities(case),
        overview.scheduling(case),
        design_concepts.design_concepts(case),
        details.initialization(case),
        details.input_data(case),
        Section("Submodels", lead, submodels),
        overview.scenarios(case),
        described_evidence.sources(case),
        described_evidence.numbers(case),
    ]
