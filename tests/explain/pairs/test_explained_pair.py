"""The standard examples of the literature on actual causes, each as a tale of two or three rules with fixed clocks.

What the literature holds about each is in the explanation of causes; here is what is said about it.
"""

import pytest

from tests.explain.pairs.explained import Example, events_on

EXAMPLES = [
    Example(
        name="chain: the speech brings the march, the march the fall",
        state=("speech", "march"),
        rules={
            "march_does_it": "when: speech and not march, clock: {fixed: 1}",
            "fall": "when: march and not end, clock: {fixed: 1}",
        },
        other=[(2, "speech_comes")],
        way=("fall", "march_does_it", "speech_comes", "event speech_comes"),
        turned="march_does_it",
        causes=("event speech_comes",),
    ),
    Example(
        name="fork: the speech brings a song, which leads nowhere, and by itself the fall",
        state=("speech", "song"),
        rules={
            "song_does_it": "when: speech and not song, clock: {fixed: 1}",
            "fall": "when: speech and not end, clock: {fixed: 2}",
        },
        other=[(2, "speech_comes")],
        way=("fall", "speech_comes", "event speech_comes"),
        turned="fall",
        causes=("event speech_comes",),
    ),
    Example(
        name="conjunction: powder burns only with a spark",
        state=("powder", "spark"),
        rules={"fire": "when: powder and spark and not end, clock: {fixed: 1}"},
        other=[(2, "powder_comes"), (3, "spark_comes")],
        way=("fire", "powder_comes", "event powder_comes"),
        turned="fire",
        causes=("event powder_comes", "event spark_comes"),
    ),
    Example(
        name="overdetermination: each of two letters would have moved the council on its day",
        state=("letter", "petition"),
        rules={"vote": "when: letter or petition, clock: {at: 9}"},
        other=[(2, "letter_comes"), (2, "petition_comes")],
        way=("vote", "letter_comes", "event letter_comes"),
        turned="vote",
        causes=("event letter_comes", "event petition_comes"),
        enough=(("event letter_comes",), ("event petition_comes",)),
    ),
    Example(
        name="early preemption: the second courier rides only if the first does not",
        state=("first", "second"),
        rules={
            "arrives": "when: first and not end, clock: {fixed: 2}",
            "comes_too": "when: second and not first and not end, clock: {fixed: 2}",
        },
        other=[(2, "first_comes"), (2, "second_comes")],
        way=("arrives", "first_comes", "event first_comes"),
        turned="arrives",
        causes=("event first_comes",),
        enough=(("event first_comes",), ("event second_comes",)),
    ),
    Example(
        name="late preemption: of two couriers the quicker one arrives",
        state=("quick", "slow"),
        rules={
            "arrives": "when: quick and not end, clock: {fixed: 1}",
            "comes_too": "when: slow and not end, clock: {fixed: 2}",
        },
        other=[(2, "quick_comes"), (2, "slow_comes")],
        way=("arrives", "quick_comes", "event quick_comes"),
        turned="quick_comes",
        undone="same end",
        causes=("event quick_comes",),
        enough=(("event quick_comes",), ("event slow_comes",)),
    ),
    Example(
        name="prevention: the guard keeps the raid from coming to its end",
        state=("raid", "guard"),
        rules={"loot": "when: raid and not guard and not end, clock: {fixed: 3}"},
        one=[(2, "raid_comes")],
        other=[(2, "raid_comes"), (3, "guard_comes")],
        way=("loot", "guard_comes", "event guard_comes"),
        turned="loot",
        causes=("event guard_comes",),
    ),
    Example(
        name="double prevention: the lookout keeps the saboteur from stopping the train",
        state=("train", "lookout", "sabotage"),
        rules={
            "arrival": "when: train and not sabotage and not end, clock: {fixed: 5}",
            "sabotage_does_it": "when: not lookout and not sabotage, clock: {fixed: 4}",
        },
        one=[(1, "train_comes")],
        other=[(1, "train_comes"), (2, "lookout_comes")],
        way=("arrival", "sabotage_does_it", "lookout_comes", "event lookout_comes"),
        turned="sabotage_does_it",
        causes=("event lookout_comes",),
    ),
    Example(
        name="trumping: the major outranks the sergeant, but no rule says so",
        state=("major", "sergeant"),
        rules={"advance": "when: major or sergeant, clock: {at: 9}"},
        other=[(2, "major_comes"), (2, "sergeant_comes")],
        way=("advance", "major_comes", "event major_comes"),
        turned="advance",
        causes=("event major_comes", "event sergeant_comes"),
        enough=(("event major_comes",), ("event sergeant_comes",)),
    ),
]

ALIKE = [
    Example(
        name="switching: the train arrives by the one track or by the other",
        state=("train", "left"),
        rules={
            "by_the_left": "when: train and left and not end, clock: {fixed: 2}",
            "by_the_right": "when: train and not left and not end, clock: {fixed: 2}",
        },
        one=[(3, "train_comes")],
        other=[(2, "left_comes"), (3, "train_comes")],
    ),
    Example(
        name="a boulder that makes the hiker duck, and so misses",
        state=("boulder", "duck"),
        rules={
            "duck_does_it": "when: boulder and not duck, clock: {fixed: 1}",
            "hit": "when: boulder and not duck and not end, clock: {fixed: 2}",
        },
        other=[(2, "boulder_comes")],
    ),
    Example(
        name="bogus prevention: an antidote where there is no poison",
        state=("poison", "antidote"),
        rules={"death": "when: poison and not antidote and not end, clock: {fixed: 1}"},
        other=[(2, "antidote_comes")],
    ),
]


def by_name(example):
    return example.name


@pytest.mark.parametrize("example", EXAMPLES, ids=by_name)
def test_a_standard_example_is_by_event_by_its_causes(example, tmp_path):
    found = example.explain(tmp_path)

    assert events_on(found) == example.way
    assert found.point.causes == example.causes
    assert found.point.enough == example.enough
    assert (found.point.one or found.point.other) == example.turned
    assert found.point.undone == example.undone


@pytest.mark.parametrize("example", ALIKE, ids=by_name)
def test_nothing_is_said_of_an_end_that_is_the_same(example, tmp_path):
    assert example.explain(tmp_path) is None
