import pytest

from sim.language.diagnostics import LanguageError
from sim.language.shapes.claims import CounterexampleShape
from sim.language.shapes.documents import ModelShape, ScenarioShape
from sim.language.shapes.evidence import HistoryShape, SourcesShape
from sim.language.shapes.load import loads
from tests.effort import soon

START = "model: m\ntitle: M\ntime: {unit: day}\nfactions: {}\n"


def complaints(text: str, shape: type = ModelShape) -> list[str]:
    with pytest.raises(LanguageError) as caught:
        loads(text, shape, "a.yaml")
    str(caught.value)
    return [
        f"{item.span.line}:{item.span.column} {item.code} {item.message} | {' | '.join(item.notes)}"
        for item in caught.value.diagnostics
        if item.span
    ]


def test_every_complaint_about_the_shape_comes_in_one_pass() -> None:
    found = complaints("model: M!\ntitle: 3\ntime: {unit: dya}\nfactions: []\nstate: {a: {type: bool}}\nevent: {}\n")

    assert [line.split(" |")[0] for line in found] == [
        "1:8 E106 'M!' will not do here",
        "3:14 E106 'unit' cannot be 'dya'",
        "4:11 E106 'factions' cannot be a list",
        "5:9 E105 the key 'initial' is missing in 'a'",
        "6:1 E104 unknown key 'event'",
    ]


@pytest.mark.parametrize("name", ["type", "title", "codes", "value", "marks", "range"])
def test_something_called_as_a_key_is_no_key(name: str) -> None:
    found = complaints(START + f"state: {{}}\nevents: {{{name}: {{effect: {{}}}}}}")

    assert found == [
        f"6:{len(name) + 13} E104 unknown key 'effect' | did you mean 'effects'? | "
        "allowed here: by, codes, effects, exogenous, for, marks, note, title"
    ]


@pytest.mark.parametrize("inner", ["safe: calm", "family: i in 1..3"])
def test_keys_have_the_one_name_that_is_documented(inner: str) -> None:
    assert "E104 unknown key" in complaints(START + f"state: {{}}\nevents: {{}}\noutcomes: {{o: {{{inner}}}}}")[0]


def test_a_comma_in_an_expression_between_braces_is_explained() -> None:
    found = complaints(START + "state: {}\nevents: {}\nderived: {d: {value: max(a, b)}}")

    assert "6:29 E104 unknown key 'b)' | between { } a comma ends a value" in found[0].replace("7:", "6:")


def test_what_is_missing_is_said_with_its_meaning() -> None:
    assert (
        "5:11 E105 the key 'initial' is missing in 'a' | initial: Its value before any event"
        in complaints(START + "state: {  a: {type: bool}}\nevents: {}")[0]
    )


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("title: ''", "expected at least 1 character"),
        ("title: [x]", "expected a word or an expression"),
        ("horizon: {a: b}", "expected a word or an expression"),
        ("rules: {r: {faction: f, priority: 1.5}}", "expected a whole number"),
        ("rules: {r: {faction: f, memory: keeps}}", "did you mean 'keep'?"),
        ("rules: {r: {faction: f, choose: []}}", "expected at least 1 item"),
        ("rules: {r: {faction: f, on: 'a b'}}", "expected a name, or a member of a family such as up[i]"),
        ("outcomes: {o: {ends_run: yes}}", "expected true or false"),
        ("derived: {d: {value: 1, for: i}}", "expected an index and its values, as in 'i in 1..5'"),
    ],
)
def test_a_value_of_the_wrong_shape_says_what_is_expected(line: str, note: str) -> None:
    start = START.replace("title: M\n", "") if line.startswith("title") else START

    assert note in " ".join(complaints(start + "state: {}\nevents: {}\n" + line))


@pytest.mark.parametrize("text", ["- a", "a", "3", "null", "''", "[]"])
@pytest.mark.parametrize("shape", [ModelShape, ScenarioShape, HistoryShape, SourcesShape])
def test_a_file_that_is_no_mapping_is_refused(text: str, shape: type) -> None:
    assert "that is a mapping of keys" in complaints(text, shape)[0]


def test_a_file_of_thousands_of_unknown_keys_is_refused_soon() -> None:
    text = "".join(f"k{number}: 1\n" for number in range(10_000))
    soon(lambda: complaints(text), len(text))


def test_a_list_of_thousands_of_wrong_items_is_refused_soon() -> None:
    text = START + "units: [" + "X," * 10_000 + "]"
    soon(lambda: complaints(text), len(text))


@pytest.mark.parametrize("number", ["1e999", "-1e999"])
def test_a_number_that_no_computer_holds_is_refused(number: str) -> None:
    text = "counterexample: c\ncheck: a\nbecause: b\nscenario: s\nbegins: branch\nparameters: {p: %s}"

    found = complaints(text % number, CounterexampleShape)

    assert [line.partition(" 'p' cannot")[0] for line in found] == ["6:17 E106"]
    assert "expected a finite number" in found[0]
