from dataclasses import replace

import pytest

from sim.language.expressions.tree import Read, depth
from sim.language.expressions.types import BOOL, DURATION, INSTANT, INT, RATE_TYPE, REAL, Integer, Type
from tests.language.sentences import MOOD, TALKS, checked, scope, wrong

SOLDIERS = Integer((("soldier", 1),))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("dead + 1", INT),
        ("dead + trust", REAL),
        ("dead / 2", REAL),
        ("dead // 2 + dead % 3", INT),
        ("dead ** 2", INT),
        ("dead ** -1", REAL),
        ("trust > 0.5 and not ceasefire", BOOL),
        ("0 < trust <= 1 != ceasefire", None),
        ("0 < dead <= 1 < 2.5", BOOL),
        ("talks == signed", BOOL),
        ("signed == talks", BOOL),
        ("none != talks != signed", BOOL),
        ("mood == open", BOOL),
        ("open == mood", BOOL),
        ("talks == (open if ceasefire else signed)", BOOL),
        ("ceasefire == true", BOOL),
        ("patience + 3 days", DURATION),
        ("2 * patience / 3", DURATION),
        ("patience / 1 day", REAL),
        ("trust * pace * 2 weeks", REAL),
        ("1 / patience", RATE_TYPE),
        ("0.2 per day + 1 per week", RATE_TYPE),
        ("army + 5 soldier", SOLDIERS),
        ("deadline - 2030-01-05", DURATION),
        ("deadline + 3 days", INSTANT),
        ("3 days + deadline", INSTANT),
        ("max(deadline, 2030-02-01T12:30)", INSTANT),
        ("deadline > 2030-02-01", BOOL),
        ("sqrt(patience ** 2)", DURATION),
        ("floor(trust) + ceil(dead)", INT),
        ("clamp(dead, 0, 1.5)", REAL),
        ("logistic(exp(log(sqrt(abs(-trust)))))", REAL),
        ("sin(2 * pi * (patience / 1 week)) + cos(dead)", REAL),
        ("up[i] or up[-1] or up[i + 1]", BOOL),
        ("grain[h] + grain[south]", REAL),
        ("count(up)", INT),
        ("any(up) and all(up)", BOOL),
        ("sum(grain) + min(grain) - max(grain)", REAL),
        ("max(dates)", INSTANT),
        ("up[dead]", BOOL),
        ("up[dead % 3 - 1] and up[2 * 1 - 1]", BOOL),
        ("sum(trust * j for j in 1..3)", REAL),
        ("sum(army * j for j in 1..3 if j != 2)", SOLDIERS),
        ("count(up[j] for j in -1..1)", INT),
        ("any(up[j] and up[k] for j in 0..1 for k in 0..1 if j < k or k == 7 and not j >= 1)", BOOL),
        ("all(grain[p] > trust for p in {north, south} if p != h)", BOOL),
        ("max(dates[p] for p in {south})", INSTANT),
        ("min(dead + sum(k * j for k in 1..2) for j in 1..2)", INT),
        ("sum(trust for j in 1..3 if j > 3) + 1 day", DURATION),
        ("any(up[j] for j in 1..3 if j > 3)", BOOL),
        ("first(up)", INT),
        ("first(up, 9) + first((up[j] for j in 0..1), dead)", INT),
        ("argmin(grain[north] * j for j in 1..3) - argmax(j for j in 1..3)", INT),
        ("h == north and h != south and north == h", BOOL),
        ("talks == w and w != talks", BOOL),
        ("sum(1 if talks == p else 0 for p in {open, signed})", INT),
    ],
)
def test_an_expression_has_its_type(text: str, kind: Type | None) -> None:
    if kind is None:
        assert wrong(text)
    else:
        assert checked(text).type == kind


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("tensoin > 1", "E301 tensoin: unknown name 'tensoin'"),
        ("talks == sigend", "E301 sigend: unknown name 'sigend'"),
        ("open", "E302 open: 'open' is a value of several enums"),
        ("talks == 1", "E302 talks == 1: cannot compare one of none, open, signed and a whole number"),
        ("talks < signed", "E302 talks: 'talks' is one of none, open, signed: it has no order"),
        ("ceasefire < true", "E302 ceasefire: 'ceasefire' is a condition: it has no order"),
        ("talks == mood", "E302 talks == mood: cannot compare one of none, open, signed and one of calm, angry, open"),
        ("ceasefire + 1", "E302 ceasefire: expected a number but 'ceasefire' is a condition"),
        ("not dead", "E302 dead: expected a condition, but this is a whole number"),
        ("1.5 // 2", "E302 1.5 // 2: '//' and '%' are for whole numbers"),
        ("deadline * 2", "E302 deadline * 2: dates can be subtracted, and moved by a length of time; nothing else"),
        ("1 d - deadline", "E302 1 d - deadline: dates can be subtracted, and moved by a length of time; nothing else"),
        ("deadline + 3", "E303 3: expected a length of time, but this is a whole number"),
        ("dead + 3 days", "E303 dead + 3 days: cannot mix a whole number and a length of time"),
        ("patience < 5", "E303 patience < 5: cannot compare a length of time and a whole number"),
        ("5 furlongs", "E303 5 furlongs: 'furlongs' is not a unit"),
        ("army + 1", "E303 army + 1: cannot mix a whole number in soldier and a whole number"),
        ("exp(patience)", "E303 patience: exp() wants a number without a unit, but this is a length of time"),
        ("sin(patience)", "E303 patience: sin() wants a number without a unit, but this is a length of time"),
        ("cos(1, 2)", "E203 cos(1, 2): cos() takes one argument, but got 2"),
        ("talks == pi", "E301 pi: unknown name 'pi'"),
        ("sqrt(patience)", "E303 patience: the root of a length of time has no unit"),
        (
            "patience ** 0.5",
            "E303 patience: a power that is not a whole number wants a number without a unit, "
            "but this is a length of time",
        ),
        ("max(dead, 3 days)", "E303 3 days: cannot compare a whole number and a length of time"),
        ("max(dead, talks)", "E302 talks: expected a number but 'talks' is one of none, open, signed"),
        ("time > deadline", "E308 time: 'time' may not be read here, where nothing follows it"),
        ("poisson(2)", "E309 poisson(2): poisson() draws at random, and may stand only in a mark of a rule's event"),
        ("up", "E312 up: 'up' is a family: say which member"),
        ("up[7]", "E312 7: 'up' has no member '7'"),
        ("trust[1]", "E312 trust: 'trust' has no members: it is not a family"),
        ("up[7 - i]", "E312 7 - i: 'up' has no member '7'"),
        ("up[n]", "E312 n: 'up' has no member 'n'"),
        ("up[0, 1]", "E312 0, 1: a member of 'up' has one index, not 2"),
        ("up[dead + tensoin]", "E301 tensoin: unknown name 'tensoin'"),
        ("up[time]", "E308 time: 'time' may not be read here, where nothing follows it"),
        (
            "up[trust > 1]",
            "E312 trust > 1: a member of 'up' is chosen by a whole number, but 'trust > 1' is a condition",
        ),
        ("up[trust]", "E312 trust: a member of 'up' is chosen by a whole number, but 'trust' is a number"),
        (
            "up[army]",
            "E312 army: a member of 'up' is chosen by a whole number, but 'army' is a whole number in soldier",
        ),
        (
            "grain[dead]",
            "E312 dead: a member of 'grain' is chosen by an enum with words that are members, "
            "but 'dead' is a whole number",
        ),
        (
            "grain[talks]",
            "E312 talks: a member of 'grain' is chosen by an enum with words that are members, "
            "but 'talks' is one of none, open, signed",
        ),
        ("h + 1", "E312 h: the index 'h' is a word here, not a number"),
        ("count(grain)", "E302 grain: count() is for a family of conditions, but 'grain' is a number"),
        ("sum(up)", "E302 up: sum() is for a family of numbers, but 'up' is a condition"),
        ("sum(moods)", "E302 moods: sum() is for a family of numbers, but 'moods' is one of calm, angry, open"),
        ("max(moods)", "E302 moods: max() is for a family of numbers, but 'moods' is one of calm, angry, open"),
        ("argmin(grain)", "E312 grain: argmin() gives an index, and a member of 'grain' is a word"),
        ("first(grain)", "E302 grain: first() is for a family of conditions, but 'grain' is a number"),
        ("argmax(up)", "E302 up: argmax() is for a family of numbers, but 'up' is a condition"),
        ("first(up, trust)", "E302 trust: expected a whole number, but this may be a fraction"),
        ("sum(grain, 1)", "E203 sum(grain, 1): sum() takes a family of numbers, but got 2"),
        ("sum(dead)", "E203 sum(dead): sum() takes a family of numbers, and 'dead' is not one"),
        (
            "first(ceasefire, 2)",
            "E203 first(ceasefire, 2): first() takes a family of conditions, and what it is where none holds, "
            "and 'ceasefire' is not one",
        ),
        ("sum(j for j in 1..3 if trust > j)", "E312 trust: 'trust' is neither an index nor a value of one"),
        ("sum(j for j in 1..3 if j)", "E312 j: this does not compare indices"),
        ("sum(j for j in 3..1)", "E312 3..1: '3..1' names no members"),
        ("sum(j for j in 1..dead)", "E312 1..dead: '1..dead' names no members"),
        ("sum(j for j in dead)", "E312 dead: 'dead' names no members"),
        ("sum(trust for trust in 1..3)", "E304 trust: the index 'trust' has the name of something else"),
        ("sum(i for i in 1..3)", "E304 i: the index 'i' stands here already"),
        ("sum(j for j in 1..3 for j in 1..3)", "E304 j: the index 'j' stands here already"),
        ("sum(up[j] for j in 1..3)", "E312 j: 'up' has no member '2'"),
        ("sum(tensoin for j in 1..3)", "E301 tensoin: unknown name 'tensoin'"),
        ("max(j for j in 1..3 if j > 3)", "E312 j: max() has nothing to go over here"),
        (
            "argmin(j + k for j in 1..3 for k in 1..3)",
            "E312 j + k: argmin() gives an index, and a member of 'j + k' has two indices",
        ),
        ("(j for j in 1..3) == 1", "E202 (j for j in 1..3): 'for' in this place is not part of this language"),
        ("abs(j for j in 1..3)", "E202 (j for j in 1..3): 'for' in this place is not part of this language"),
        (
            "sum(j for j in 1..1000 for k in 1..1000)",
            "E204 (j for j in 1..1000 for k in 1..1000): a `for` with more than 20,000 combinations of indices",
        ),
        ("talks == h", "E312 h: the index 'h' is a word here, not a number"),
        ("sum(dates)", "E302 dates: sum() is for a family of numbers, but 'dates' is a date"),
        ("2030-02-30", "E317 2030-02-30: '2030-02-30' is not a date: February 2030 has 28 days"),
        ("9007199254740993", "E204 9007199254740993: this whole number is too large"),
        ("1e309", "E204 1e309: this number is too large"),
        ("1e309 days", "E204 1e309 days: this number is too large"),
        ("1e308 weeks", "E204 1e308 weeks: this number is too large"),
        ("dead ** 65", "E204 65: a power above 64"),
        ("3 days(4)", "E203 3 days: unknown function '3 days'"),
        ("3 days[4]", "E312 3 days: '3 days' is not a family that can be read here"),
    ],
)
def test_a_wrong_expression_is_complained_of_where_it_is_wrong(text: str, complaint: str) -> None:
    assert wrong(text) == [complaint]


@pytest.mark.parametrize(
    ("text", "wanted", "complaint"),
    [
        ("0.2", RATE_TYPE, "E303 0.2: expected a rate per time, but this is a number"),
        ("3 days", RATE_TYPE, "E303 3 days: expected a rate per time, but this is a length of time"),
        ("trust", INT, "E302 trust: expected a whole number, but this may be a fraction"),
        ("trust", BOOL, "E302 trust: expected a condition, but this is a number"),
        ("deadline", DURATION, "E302 deadline: expected a length of time, but this is a date"),
        ("signed", MOOD, "E301 signed: unknown name 'signed'"),
    ],
)
def test_a_place_wants_its_type(text: str, wanted: Type, complaint: str) -> None:
    assert wrong(text, wanted) == [complaint]


@pytest.mark.parametrize("wanted", [INT, REAL, RATE_TYPE, DURATION, SOLDIERS])
def test_zero_fits_every_unit(wanted: Type) -> None:
    assert wrong("0", wanted) == wrong("-0", wanted) == []


def test_an_enums_word_is_found_by_the_place_that_wants_it() -> None:
    assert checked("open", TALKS).type == TALKS
    assert checked("open if ceasefire else none", TALKS).type == TALKS


def test_time_and_draws_are_read_where_they_may_be() -> None:
    assert checked("time - deadline", where=scope(time=True)).type == DURATION
    assert checked("poisson(trust) + binomial(3, 0.5)", INT, scope(random=True)).type == INT
    assert checked("exponential(patience)", DURATION, scope(random=True)).type == DURATION
    assert checked("gamma(trust, 3 days) + weibull(2, patience)", DURATION, scope(random=True)).type == DURATION
    assert checked("triangular(0, 1 day, patience)", DURATION, scope(random=True)).type == DURATION
    assert checked("beta(2, 3)", REAL, scope(random=True)).type == REAL


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("one_of(1, 2, 5)", INT),
        ("one_of(1:10, 2:20)", INT),
        ("one_of (dead + 1: exp(trust), (2): 1 if ceasefire else 0)", INT),
        ("one_of(1: 50 %, 2: 30 %, 5: 20 %)", INT),
        ("one_of(50 %: 1, 20 % : 2)", REAL),
        ("one_of(1, trust)", REAL),
        ("one_of(ceasefire: 1, false: 2)", BOOL),
        ("one_of(3 days, patience, 0)", DURATION),
        ("one_of(army: 1, 5 soldier: 2)", SOLDIERS),
        ("one_of(2030-01-05: 1, 2030-01-06T12:00: 2)", INSTANT),
        ("one_of(one_of(1: 2, 3: 4): one_of(0.5, 1), 7: 1)", INT),
        ("one_of(max(dead, 2), min(1, dead))", INT),
    ],
)
def test_one_of_some_values_has_the_type_that_all_of_them_fit(text: str, kind: Type) -> None:
    assert checked(text, where=scope(random=True)).type == kind


def test_one_of_some_values_stands_in_marks_alone() -> None:
    (complaint,) = wrong("one_of(1, 2) > 3")

    assert complaint.startswith("E309 one_of(1, 2): one_of() draws at random, and may stand only in a mark")


HOW_MANY = "one_of() takes two or more values, with a weight after each of them or after none"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("one_of()", f"E203 one_of(): {HOW_MANY}"),
        ("one_of(1)", f"E203 one_of(1): {HOW_MANY}"),
        ("one_of(1:)", f"E203 one_of(1:): {HOW_MANY}"),
        ("one_of(1: 2)", f"E203 one_of(1: 2): {HOW_MANY}"),
        ("one_of(1: 2, 3)", f"E203 one_of(1: 2, 3): {HOW_MANY}"),
        ("one_of(1, 2: 3)", f"E203 one_of(1, 2: 3): {HOW_MANY}"),
        ("one_of(1: 2: 3, 4: 5)", f"E203 one_of(1: 2: 3, 4: 5): {HOW_MANY}"),
        ("one_of(1, 2 days)", "E303 2 days: cannot choose between a whole number and a length of time"),
        ("one_of(1, true)", "E302 true: cannot choose between a whole number and a condition"),
        (
            "one_of(talks, talks)",
            "E302 talks: expected a number, a date or a condition but 'talks' is one of none, open, signed",
        ),
        ("one_of(1: pace, 3: 1)", "E303 pace: a weight wants a number without a unit, but this is a rate per time"),
        ("one_of(1: true, 3: 1)", "E302 true: expected a number but 'true' is a condition"),
        ("max(1: 2, 3)", "E201 :: this is not an expression"),
        ("one_of((1: 2), 3)", "E201 :: this is not an expression"),
        ("one_fo(1, 2)", "E203 one_fo: unknown function 'one_fo'"),
    ],
)  # fmt: skip
def test_wrong_values_and_weights_are_complained_of_where_they_are_wrong(text: str, complaint: str) -> None:
    assert wrong(text, where=scope(random=True)) == [complaint]


def test_a_random_law_has_its_number_of_arguments() -> None:
    assert wrong("poisson()", where=scope(random=True)) == ["E203 poisson(): poisson() takes 1 arguments but got 0"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("beta(2 days, 3)", "E303 2 days: beta() wants a number without a unit, but this is a length of time"),
        ("gamma(2 days, 3)", "E303 2 days: gamma() wants a number without a unit, but this is a length of time"),
        ("normal(3 days, 2)", "E303 2: cannot mix a length of time and a whole number"),
        ("triangular(1, 2, 3 days)", "E303 3 days: cannot mix a whole number and a length of time"),
        ("weibull(talks, 1)", "E302 talks: expected a number but 'talks' is one of none, open, signed"),
    ],
)
def test_the_arguments_of_a_random_law_have_units_that_go_together(text: str, complaint: str) -> None:
    assert wrong(text, where=scope(random=True)) == [complaint]


def test_a_name_that_failed_where_it_is_declared_is_not_complained_of_again() -> None:
    broken = scope(broken=frozenset({"lost", "trust"}))

    assert wrong("lost + ceasefire and trust > 1 and tensoin", where=broken) == ["E301 tensoin: unknown name 'tensoin'"]


def test_each_part_of_an_expression_is_complained_of() -> None:
    assert [line.partition(":")[0] for line in wrong("one > 1 and two < 3 or max(three, four) + five > six")] == [
        "E301 one", "E301 two", "E301 three", "E301 four", "E301 five",
    ]  # fmt: skip


def test_a_slip_is_set_right_from_all_names_that_may_stand_there() -> None:
    with_notes = {
        "trsut": "did you mean 'trust'?",
        "sinned == talks": "did you mean 'signed'?",
        "up[0] and dead > lgo(3)": "did you mean 'log'?",
    }
    for text, note in with_notes.items():
        with pytest.raises(Exception, match="error") as caught:
            checked(text)
        assert note in str(caught.value), text


def test_a_sum_over_a_thousand_members_is_ten_levels_deep() -> None:
    members = {str(member): Read("state", f"n[{member}]", INT) for member in range(1000)}
    where = replace(scope(), families={"n": members})

    assert depth(checked("sum(n)", INT, where).tree) <= 12
