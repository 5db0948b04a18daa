-- each outcome under every scenario, against the first one named before it that it pairs with: the 2x2 table, the difference
WITH beside AS (
    SELECT other.ensemble, other.place, other.scenario, baseline, one.outcome, one.shown, one.run, one.draw,
           one.hit AS a, other.hit AS b, one.unknown AS here, other.unknown AS there, here OR there AS open
    FROM ensembles JOIN marks AS one ON one.ensemble = baseline
    JOIN marks AS other ON other.ensemble = ensembles.ensemble AND other.outcome = one.outcome AND other.run = one.run
), cells AS (
    SELECT ensemble, place, scenario, baseline, outcome, shown, count(*) AS pairs,
           count(*) FILTER (NOT open AND a AND b) AS both_have_it, count(*) FILTER (a AND NOT b AND NOT there) AS lost,
           count(*) FILTER (b AND NOT a AND NOT here) AS gained, count(*) FILTER (NOT open AND NOT a AND NOT b) AS neither,
           count(*) FILTER (open) AS unknown, count(*) FILTER ((a OR here) AND NOT b) - lost AS maybe_lost,
           count(*) FILTER ((b OR there) AND NOT a) - gained AS maybe_gained,
           CASE WHEN NOT bool_or(here) THEN count(*) FILTER (a) / pairs END AS one,
           CASE WHEN NOT bool_or(there) THEN count(*) FILTER (b) / pairs END AS other,
           list(a ORDER BY run) AS ones, list(b ORDER BY run) AS others, list(here ORDER BY run) AS open_ones,
           list(there ORDER BY run) AS open_others, list(draw ORDER BY run) AS draws
    FROM beside GROUP BY ALL
), found AS (
    SELECT *, change(ones, others, open_ones, open_others, draws, 0.95) AS alone,
           change(ones, others, open_ones, open_others, draws, sidak(family)).difference AS together
    FROM cells CROSS JOIN family_of
)
SELECT ensemble, scenario, baseline, outcome, pairs, both_have_it, lost, gained, neither, unknown, maybe_lost, maybe_gained,
       one, other, alone.difference.value AS difference, alone.difference.low, alone.difference.high,
       together.low AS simultaneous_low, together.high AS simultaneous_high, alone.sequence.low AS sequence_low,
       alone.sequence.high AS sequence_high, alone.gain.value AS gain, alone.gain.low AS gain_low,
       alone.gain.high AS gain_high
FROM found ORDER BY place, shown
