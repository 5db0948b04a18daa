from sim.report.sentences.event_sentences import course_sentence, effects_sentence, variable_sentence
from tests.report.sentences.case import siege


def test_effects_are_told_as_what_is_added_and_what_becomes_of_things():
    terms = siege()
    events = terms.model.events
    assert effects_sentence(events["fled"], terms) == "It changes nothing."
    assert effects_sentence(events["opened"], terms) == (
        'It changes the state: "When the truce ends" becomes `time + 2 days`; "The gate is open" becomes true; '
        '"The talks" becomes over.'
    )
    assert effects_sentence(events["eaten"], terms) == (
        "It changes the state: 0.5 is taken from \"Bread in store\"; 'dead' becomes `dead + dead`; 'fear' becomes "
        "`fear * calm`."
    )


def test_a_variable_is_told_by_its_values_its_bounds_and_its_beginning():
    terms = siege()
    told = {name: variable_sentence(one, terms) for name, one in terms.model.variables.items()}
    assert told["gate"] == "It is true or false; at first it is false."
    assert told["talks"] == "It is one of none, 'to come', held or over; at first it is none."
    assert told["bread"] == "It is a number from 0 to 100, and what goes beyond is cut off; at first it is 10."
    assert told["dead"] == "It is a whole number from 0 to 1000, and what goes beyond fails the run; at first it is 0."
    assert told["due"] == "It is a date; at first it is 2030-01-05."


def test_a_variable_that_moves_by_itself_says_where_to_and_how_fast():
    terms = siege()
    variables = terms.model.variables
    assert course_sentence(variables["bread"], terms) == ""
    assert course_sentence(variables["fear"], terms) == (
        'Between events it moves towards "What fear comes down to", half of the way in each `3 days`.'
    )
