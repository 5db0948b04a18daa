"""A planted change for every check of the Lesotho case: what stands in the model, what is put there, and how short the
shortest history is that shows it.

`shortest` counts the events after the documented ones. A history may begin before any event, after any documented one,
or at the branch, so `why` names the beginning from which it is shortest, and the events that it then needs.
"""

from dataclasses import dataclass

EVENTS, PROBABILITY, TREND, REACH = "events", "probability", "trend", "reach"  # what it takes to break a check


@dataclass(frozen=True)
class Planted:
    """One change of the model's text. `old` stands in it just once; `histories` is how many are enough to find it."""

    check: str
    old: str
    new: str
    why: str
    kind: str = EVENTS
    scenario: str = "status-quo"
    shortest: int = 1
    histories: int = 200


# Checks that one history alone can break, event by event.
BY_EVENTS = (
    # The region
    Planted(
        "troops_are_authorised_first",
        "when: troops == authorised, clock:",
        "when: troops == authorised or troops == asked, clock:",
        "Troops have been asked for on 30 August: they enter.",
        histories=300,
    ),
    Planted(
        "troops_are_asked_for_first",
        "when: troops == asked\n",
        "when: troops == asked or troops == none\n",
        "Nobody has asked before 30 August: troops are authorised.",
    ),
    Planted(
        "troops_meet_force",
        "on: [troops_entered]\n    when: troops == entered and commands and force_held > 0.05",
        "on: [troops_authorised]\n    when: commands and force_held > 0.05",
        "Troops have been asked for on 30 August: they are authorised, and resisted before they enter.",
        shortest=2,
    ),
    Planted(
        "order_needs_troops",
        "when: troops == entered and (troops_met or force_held <= 0.05 or not commands), clock",
        "when: troops == authorised or troops == entered, clock",
        "Troops have been asked for on 30 August: they are authorised, order is restored.",
        shortest=2,
        histories=600,
    ),
    # Parliament, promises, coalition
    Planted(
        "opened_after_shut",
        "marks: {days: real}, effects: {promise: to_name,",
        "marks: {days: real}, effects: {promise: dated,",
        "After Windhoek no date has been announced yet: a date is promised, and on it parliament opens.",
        shortest=2,
        histories=600,
    ),
    Planted(
        "opened_on_the_day",
        "when: promise == dated and shut\n",
        "when: (promise == dated or promise == broken) and shut\n",
        "On 8 September the date of the 19th has been taken back: parliament opens on it all the same.",
    ),
    Planted(
        "dates_need_a_deal",
        "when: deal == pretoria and promise == none and shut",
        "when: promise == none and shut",
        "Parliament is shut in June, and there is no deal: a date is announced.",
        histories=400,
    ),
    Planted(
        "promises_fall_due",
        "when: promise == to_name and shut\n    clock: {at: deadline}",
        "when: promise == to_name and shut\n    clock: {at: deadline + 7 days}",
        "The promise of 9 September is open at the branch: anything happens after four days.",
    ),
    Planted(
        "no_motion_in_a_shut_house",
        "effects: {parliament: prorogued, motion: false,",
        "effects: {parliament: prorogued,",
        "A motion lies on the table in March, and there is little trust: parliament is prorogued.",
        histories=600,
    ),
    Planted(
        "missed_stays_missed",
        "effects: {deal: pretoria, fought: false,",
        "effects: {deal: pretoria, missed: 0, fought: false,",
        "After the attempt the deal is still that of Windhoek: a naming is promised and missed, a new deal is signed.",
        shortest=3,
        histories=1000,
    ),
    Planted(
        "election_after_agreement",
        "effects: {promise: broken, missed: missed + 1, trust: 0.9 * trust, tension: tension + 0.08",
        "effects: {promise: broken, election: agreed, missed: missed + 1, trust: 0.9 * trust, tension: tension + 0.08",
        "A promise is open at the branch: it is missed, the election is called.",
        shortest=2,
    ),
    Planted(
        "talks_succeed_without_force",
        "on: [parliament_opened], when: not fought, ends_run",
        "on: [parliament_opened], ends_run",
        "On 2 September a date stands: there is a clash, parliament opens.",
        shortest=2,
    ),
    # The general and his rival
    Planted(
        "gone_general_has_no_armoury",
        "when: defiant and attempts > 0 and not armoury_out",
        "when: attempts > 0 and not armoury_out",
        "Before 5 September the armoury is full: the general is offered a hearing, talks begin, he leaves, it is "
        "emptied. An arrest needs three events, too: the case against him, the order and the arrest.",
        shortest=4,
        histories=800,
    ),
    Planted(
        "attempts_need_force",
        "and not attempt_on and force_held > 0.15 and troops != entered",
        "and not attempt_on and troops != entered",
        "The general holds 0.5 at the branch: five times a unit of 0.08 goes over, he tries again.",
        shortest=6,
        histories=2500,
    ),
    Planted(
        "attempts_are_by_a_dismissed_man",
        "when: defiant and attempts > 0 and not attempt_on and force_held > 0.15",
        "when: attempts > 0 and not attempt_on and force_held > 0.15",
        "Talks on his way out have been hinted at on 9 September: they begin, he leaves, soldiers move again. An "
        "arrest needs two events as well.",
        shortest=3,
    ),
    Planted(
        "gone_is_gone",
        "when: commander_is == in_post and shut and coalition != formed",
        "when: commander_is != dismissed and shut and coalition != formed",
        "Talks on his way out have been hinted at on 9 September: they begin, he leaves, he is dismissed once more.",
        shortest=3,
    ),
    Planted(
        "attempts_are_decided",
        "clock: {uniform: {low: 0.3 days, high: 1 day}}",
        "clock: {uniform: {low: 0.3 days, high: 3 days}}",
        "The attempt of 30 August is under way: anything happens after 25 hours, at the latest its decision.",
    ),
    Planted(
        "arrest_needs_an_order",
        "on: [arrest_ordered]\n    when: defiant and arrest_on",
        "on: [treason_case_opened]\n    when: defiant",
        "The police have just opened their case on 8 September: he is arrested.",
    ),
    Planted(
        "talk_takes_no_soldiers",
        "effects: {exit_talks: held, tension",
        "effects: {exit_talks: held, force_held: 0.9 * force_held, tension",
        "Talks on his way out have been hinted at on 9 September: they begin.",
    ),
    # People
    Planted(
        "deaths_never_fall",
        "by: rival_commander, marks: {dead: int}, effects: {fought: true, deaths: deaths + dead,",
        "by: rival_commander, marks: {dead: int}, effects: {fought: true, deaths: dead,",
        "There is one dead at the branch: a clash without dead.",
    ),
    Planted(
        "only_force_kills",
        "effects: {attempt_on: false, coup: true,",
        "effects: {attempt_on: false, deaths: deaths + 1, coup: true,",
        "The attempt of 30 August is under way: it succeeds.",
    ),
    Planted(
        "returns_after_flight",
        "when: pm_is == abroad and not attempt_on and not coup",
        "when: pm_is != guarded and not attempt_on and not coup",
        "He is at home before the attempt: he returns.",
    ),
    Planted(
        "no_return_into_an_attempt",
        "when: pm_is == abroad and not attempt_on and not coup",
        "when: pm_is == abroad and not coup",
        "He has fled on 30 August, and the attempt is under way: he returns.",
        histories=400,
    ),
    Planted(
        "police_return_under_guard",
        "when: not police_armed and pm_is == guarded",
        "when: not police_armed",
        "The stations have been raided on 30 August, and he is abroad: the police go back to work.",
    ),
    # The run as a whole
    Planted(
        "one_ending",
        "when: coalition == fallen, ends_run: true",
        "when: coalition == fallen",
        "The partners have recommitted themselves in Windhoek: the LCD leaves, and the horizon makes it a stalemate.",
    ),
    # What the search has taught, where it found faults of an earlier model
    Planted(
        "order_comes_after_the_meeting",
        "when: troops == entered and (troops_met or force_held <= 0.05 or not commands), clock",
        "when: troops == entered, clock",
        "Troops have been asked for on 30 August: they are authorised, they enter, order is restored.",
        shortest=3,
        histories=2500,
    ),
    Planted(
        "missed_on_the_day",
        "when: promise == to_name and shut\n    clock: {at: deadline}",
        "when: promise == to_name and shut\n    clock: {fixed: 1 day}",
        "On 9 September a date is promised by Friday: it is missed on Wednesday.",
    ),
    Planted(
        "no_politics_in_an_attempt",
        "and attempts > 0 and not attempt_on, clock: {gamma: {shape: 2, mean: 3 days}}",
        "and attempts > 0, clock: {gamma: {shape: 2, mean: 3 days}}",
        "On 30 August soldiers move: a deal is signed.",
        histories=400,
    ),
    Planted(
        "deal_answers_the_attempt",
        "when: (deal == none or deal == windhoek) and attempts > 0 and not attempt_on",
        "when: (deal == none or deal == windhoek) and not attempt_on",
        "Before any event: a deal is signed.",
    ),
    Planted(
        "only_promises_cost_patience",
        "effects: {pressure: 0.8 * pressure}",
        "effects: {pressure: 0.8 * pressure, patience: 0.9 * patience}",
        "At the branch there is pressure: attention turns elsewhere.",
    ),
    Planted(
        "coalition_falls_at_once",
        "effects: {coalition: fallen, trust: 0.8 * trust}",
        "effects: {trust: 0.8 * trust}",
        "The partners are split or recommitted from June on: the LCD leaves.",
    ),
    Planted(
        "overthrown_by_an_attempt",
        "on: [coup_attempted], when: attempt_on, clock: 90 % within 0.2 days",
        "on: [coup_attempted], when: attempts > 0, clock: 90 % within 0.2 days",
        "On 30 August soldiers move: the attempt fails, and then they raid the police.",
        shortest=2,
        histories=600,
    ),
    Planted(
        "overthrown_by_the_general",
        "effects: {arrest_on: false, attempt_on: false, commander_is: arrested,",
        "effects: {arrest_on: false, commander_is: arrested,",
        "At the branch the police seek him: his arrest is ordered, he strikes, he is arrested, his attempt succeeds.",
        shortest=4,
        histories=2500,
    ),
    Planted(
        "one_attempt_at_a_time",
        "attempts > 0 and not attempt_on and force_held > 0.15",
        "attempts > 0 and force_held > 0.15",
        "On 30 August soldiers move: and move again.",
        histories=400,
    ),
    Planted(
        "arrest_needs_a_case",
        "when: defiant and treason_case and not arrest_on",
        "when: defiant and not arrest_on",
        "On 29 August he is dismissed: his arrest is ordered.",
    ),
    Planted(
        "arrests_are_decided",
        "uniform: {low: 0.1 days, high: 2 days}",
        "uniform: {low: 0.1 days, high: 4 days}",
        "At the branch the police seek him: his arrest is ordered, and decided, or anything else happens, too late.",
        shortest=2,
        histories=400,
    ),
    Planted(
        "no_talks_with_a_gone_man",
        "force_held: 0.4 * force_held, exit_talks: none, deaths",
        "force_held: 0.4 * force_held, deaths",
        "At the branch his way out is hinted at, and the police seek him: his arrest is ordered, he is arrested.",
        shortest=2,
        histories=400,
    ),
    Planted(
        "talks_follow_a_hint",
        "when: defiant and exit_talks == hinted and deal != dead",
        "when: defiant and deal != dead",
        "On 29 August he is dismissed: talks on his way out begin.",
    ),
    Planted(
        "flight_from_an_attempt",
        "when: attempt_on and (pm_is == home or pm_is == guarded)",
        "when: pm_is == home or pm_is == guarded",
        "On 30 August soldiers move: the attempt fails, and then he flees.",
        shortest=2,
        histories=600,
    ),
)

# Checks about many runs: a probability, a trend, what can be reached. No single history breaks them. The shares are
# of runs at two quantiles of the parameter, with the other parameters drawn and the same luck for both.
ON_RUNS = (
    Planted(
        "authorised_troops_come",
        "when: troops == authorised, clock: {gamma: {shape: 2, mean: entry_time}}",
        "when: troops == authorised, clock: {gamma: {shape: 2, mean: 200 * entry_time}}",
        "Years instead of one week, where every run has troops authorised: hardly any come in time.",
        kind=PROBABILITY,
        scenario="troops-by-consent",
    ),
    Planted(
        "readier_region_authorises",
        'weight: "exp(readiness + 1.2',
        'weight: "exp(-readiness + 1.2',
        "The sign of the readiness turned: 20 % of 300 runs at its 5 % quantile, 13 % at its 95 %; 20 pairs fell.",
        kind=TREND,
    ),
    Planted(
        "kept_word_helps_talks",
        "weight: 0 if attempt_on else word_kept * exp(1.5 * (trust - 0.4) + pressure - 1.5 * tension)}\n"
        '      - {event: promise_missed, weight: "1 if attempt_on else (1 - word_kept) * (1.5',
        "weight: 0 if attempt_on else (1 - word_kept) * exp(1.5 * (trust - 0.4) + pressure - 1.5 * tension)}\n"
        '      - {event: promise_missed, weight: "1 if attempt_on else word_kept * (1.5',
        "The chances of keeping and of breaking a word swapped: 29 % of 300 runs at the 5 % quantile, 12 % at 95 %.",
        kind=TREND,
    ),
    Planted(
        "impatience_ends_talks",
        "missed > 1 and patience < 0.6 and election",
        "missed > 1 and patience > 0.6 and election",
        "A mediator gives up who has patience: 16 % of 300 runs at the 5 % quantile of what is lost, none at the 95 %.",
        kind=TREND,
    ),
    Planted(
        "readier_general_goes",
        'weight: "exp(exit_wins + 2 * pressure',
        'weight: "exp(-exit_wins + 2 * pressure',
        "The sign of the readiness turned: 44 % of 300 runs at its 5 % quantile, 31 % at its 95 %; 39 pairs fell.",
        kind=TREND,
    ),
    Planted(
        "stronger_attempts_win",
        "weight: attempt_success * exp(2 * (force_held - 0.5)) / foreign_eyes}\n"
        "      - {event: coup_failed, weight: 1 - attempt_success}",
        "weight: (1 - attempt_success) * exp(2 * (force_held - 0.5)) / foreign_eyes}\n"
        "      - {event: coup_failed, weight: attempt_success}",
        "The chances of winning and of failing swapped: of 300 pairs, each with an attempt on 20 September, 74 fell "
        "and none rose. In the status quo an attempt is so rare that of 1,000 pairs only 11 fell.",
        kind=TREND,
        scenario="second-coup-attempt",
    ),
    Planted(
        "nothing_is_dead",
        "effects: {arrest_on: true, tension",
        "effects: {tension",
        "The rule `arrest_is_decided` waits for an arrest that is on, and none ever is.",
        kind=REACH,
    ),
    Planted(
        "nothing_is_dead",
        "on: [talks_collapsed], ends_run: true",
        "on: [talks_collapsed], when: deal_stands, ends_run: true",
        "The outcome `talks_collapse` wants a deal that stands after the event that ends it.",
        kind=REACH,
    ),
)
