import pytest

from sim.language.diagnostics import LanguageError
from sim.language.expressions.grammar import MOST_CHARACTERS, MOST_DEPTH
from tests.language.sentences import checked, wrong


@pytest.mark.parametrize(
    ("text", "code", "piece"),
    [
        ("ceasefire && talks", "E201", "&"),
        ("trust = 1", "E201", "="),
        ("(trust", "E201", "("),
        ("trust +", "E201", "trust +"),
        ("", "E201", ""),
        ("trust\ttrust", "E201", "t"),
        ("'text' == talks", "E202", "'text'"),
        ('talks == "signed"', "E202", '"signed"'),
        ("talks in [none]", "E202", "talks in [none]"),
        ("talks is none", "E202", "talks is none"),
        ("trust.real", "E202", "trust.real"),
        ("[1, 2]", "E202", "[1, 2]"),
        ("1, 2", "E202", "1, 2"),
        ("{1: 2}", "E202", "{1: 2}"),
        ("lambda: 1", "E202", "lambda: 1"),
        ("(x := 1)", "E202", "x := 1"),
        ("f'{trust}'", "E202", "f'{trust}'"),
        ("True", "E202", "True"),
        ("None", "E202", "None"),
        ("1j", "E202", "1j"),
        ("trust | dead", "E202", "trust | dead"),
        ("~dead", "E202", "~dead"),
        ("max(*up)", "E202", "*up"),
        ("max(x=1)", "E202", "max(x=1)"),
        ("up(1)(2)", "E202", "up(1)(2)"),
        ("up[0:1]", "E202", "0:1"),
        ("[i for i in up]", "E202", "[i for i in up]"),
        ("__import__('os')", "E202", "'os'"),
        ("trust # now", "E202", "#"),
        ("tan(trust)", "E203", "tan"),
        ("clamp(1, 2)", "E203", "clamp(1, 2)"),
        ("exp()", "E203", "exp()"),
    ],
)
def test_what_is_no_part_of_the_language_is_refused_where_it_stands(text: str, code: str, piece: str) -> None:
    (complaint,) = wrong(text)

    assert complaint.startswith(f"{code} {piece}: ")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("max(trust = 1)", "write '==' where other languages write '='"),
        ("(trust > 0.5", "a bracket is not closed"),
        ("trust > 0.5)", "a bracket is not opened"),
    ],
)
def test_what_to_write_instead_is_said(text: str, hint: str) -> None:
    with pytest.raises(LanguageError) as error:
        checked(text)

    (complaint,) = error.value.diagnostics
    assert hint in complaint.notes


def test_expressions_have_limits() -> None:
    assert wrong("(" * MOST_DEPTH + "1" + ")" * MOST_DEPTH) == []
    assert wrong("(" * 5000 + "1" + ")" * 5000)[0].startswith("E204")
    assert wrong("(" * (MOST_DEPTH + 1) + "1" + ")" * (MOST_DEPTH + 1))[0].startswith("E204")
    assert wrong("[" * 400)[0].startswith("E204")
    assert wrong("-" * 900 + "1")[0].startswith("E204")
    assert wrong("not " * 240 + "ceasefire")[0].startswith("E204")
    assert wrong("1 + " * 240 + "1")[0].startswith("E204")
    assert wrong("1 if ceasefire else " * 45 + "1") == []
    assert wrong("1" + " " * MOST_CHARACTERS)[0].startswith("E204")
    assert wrong("1" * 41)[0].startswith("E204")


@pytest.mark.parametrize("before", ["21 days", "21\u00a0days", "2030-01-01 - deadline", "0.5  hours", "1e1 d"])
@pytest.mark.parametrize("join", [" + ", "\u00a0+\u00a0"])
def test_quantities_keep_the_places_of_what_follows(before: str, join: str) -> None:
    assert wrong(f"{before}{join}3 days") == []
    assert wrong(f"{before}{join}tensoin") == ["E301 tensoin: unknown name 'tensoin'"]


@pytest.mark.parametrize("word", ["Tšooana", "žluť", "naïve"])
def test_letters_of_all_languages_keep_the_places_of_what_follows(word: str) -> None:
    assert [line.partition(":")[0] for line in wrong(f"{word} > 1 and 3 days > tensoin")] == [
        f"E301 {word}", "E301 tensoin",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3 days", 3.0), ("3d", 3.0), ("12 h", 0.5), ("36 hours", 1.5), ("90 min", 0.0625), ("1 week", 7.0),
        ("2w", 14.0),
        ("86400 s", 1.0), (".5 day", 0.5), ("1e1 days", 10.0), ("2030-01-03", 2.0), ("2030-01-03T12:00", 2.5),
        ("1 per week", 1 / 7), ("2 per hour", 48.0), ("5 soldier", 5),
    ],
)  # fmt: skip
def test_a_quantity_is_brought_to_the_models_unit(text: str, value: float) -> None:
    assert checked(text).tree.value == pytest.approx(value, rel=1e-15)  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["1if ceasefire else 2", "1or 2", "0x1for x in up", '"\\d"', "1 is 1"])
def test_python_has_no_say_in_what_is_printed(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert wrong(text) or checked(text)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("text", ["2 if ceasefire else 3", "3 and ceasefire", "dead % 3", "dead %3 within"])
def test_words_and_signs_after_a_number_are_not_units(text: str) -> None:
    assert not any("is not a unit" in line for line in wrong(text))
