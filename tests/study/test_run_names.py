"""How runs and their events are named."""

import pytest

from sim.errors import UsageError
from sim.study.plan import origin_of
from sim.study.run_names import event_named, parts_of, run_named


def test_numbers_stand_behind_colons_or_beside_the_ensemble():
    assert run_named("3f9a:17", None) == run_named("3f9a", 17) == ("3f9a", 17)
    assert event_named("3f9a:17:40", None, None) == event_named("3f9a:17", None, 40) == ("3f9a", 17, 40)
    assert event_named("3f9a", 17, 40) == ("3f9a", 17, 40)
    assert event_named("3f9a:17", None, None) == event_named("3f9a", 17, None) == ("3f9a", 17, None)


@pytest.mark.parametrize(
    "text", ["", ":17", "3f9a:", "3f9a:x", "3f9a:-1", "3f9a:²", "3f9a:١٧", "3f9a:1:2:3", "a:" + "9" * 5000]
)
def test_what_names_no_run_is_refused_as_that(text):
    for named in (lambda: event_named(text, None, None), lambda: run_named(text, None), lambda: origin_of(text, None)):
        with pytest.raises(UsageError) as error:
            named()
        assert error.value.code == "E003"


def test_an_event_is_no_run_and_a_run_is_no_event():
    for named in (lambda: run_named("3f9a:17:40", None), lambda: origin_of("3f9a:17", None)):
        with pytest.raises(UsageError) as error:
            named()
        assert error.value.code == "E003"


def test_without_a_run_the_message_says_how_to_name_one():
    with pytest.raises(UsageError, match="expected a run's number: 3f9a:17, or --run 17") as error:
        event_named("3f9a", None, 40)
    assert error.value.code == "E003"


@pytest.mark.parametrize(
    ("text", "beside", "what"), [("3f9a:17", (17, None), "run"), ("3f9a:17:40", (None, 4), "event")]
)
def test_a_number_that_is_given_twice_is_refused_even_if_it_is_the_same(text, beside, what):
    with pytest.raises(UsageError, match=f"names the {what} already") as error:
        event_named(text, *beside)
    assert error.value.code == "E013"


def test_parts_are_an_ensemble_and_its_numbers():
    assert parts_of("3f9a") == ("3f9a", [])
    assert parts_of("3f9a:017:40") == ("3f9a", [17, 40])
    assert parts_of("3f9a:17:") is None
