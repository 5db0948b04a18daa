-- each outcome under every scenario, against the first one named before it that it pairs with: the 2x2 table, the difference
WITH beside AS (
    SELECT other.ensemble, other.place, other.scenario, baseline, one.outcome, one.as_first, one.shown, one.run, one.draw,
           one.hit AS a, other.hit AS b, one.unknown AS here, other.unknown AS there, here OR there AS open
    FROM ensembles JOIN marks AS one ON one.ensemble = baseline
    JOIN marks AS other ON other.ensemble = ensembles.ensemble AND other.outcome = one.outcome
         AND other.as_first = one.as_first AND other.run = one.run
), cells AS (
    SELECT ensemble, place, scenario, baseline, outcome, as_first, shown, count(*) AS pairs,
           count(*) FILTER (NOT open AND a AND b) AS both_have_it, count(*) FILTER (a AND NOT b AND NOT there) AS lost,
           count(*) FILTER (b AND NOT a AND NOT here) AS gained, count(*) FILTER (NOT open AND NOT a AND NOT b) AS neither,
           count(*) FILTER (open) AS unknown, count(*) FILTER ((a OR here) AND NOT b) - lost AS maybe_lost,
           count(*) FILTER ((b OR there) AND NOT a) - gained AS maybe_gained,
           CASE WHEN NOT bool_or(here) THEN count(*) FILTER (a) / pairs END AS one,
           CASE WHEN NOT bool_or(there) THEN count(*) FILTER (b) / pairs END AS other,
           change(list(a ORDER BY run), list(b ORDER BY run), list(here ORDER BY run), list(there ORDER BY run),
                  list(draw ORDER BY run), (SELECT family FROM family_of)) AS found
    FROM beside GROUP BY ALL
)
SELECT ensemble, scenario, baseline, outcome, as_first, pairs, both_have_it, lost, gained, neither, unknown, maybe_lost, maybe_gained,
       one, other, found.difference.value AS difference, found.difference.low, found.difference.high,
       found.simultaneous.low AS simultaneous_low, found.simultaneous.high AS simultaneous_high,
       found.sequence.low AS sequence_low, found.sequence.high AS sequence_high, found.gain.value AS gain,
       found.gain.low AS gain_low, found.gain.high AS gain_high
FROM cells ORDER BY place, NOT as_first, shown
