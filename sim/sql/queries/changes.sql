-- each outcome under every scenario, against the first one named before it that it pairs with: the 2x2 table, the difference
WITH pairs AS (
    SELECT others.ensemble, others.place, others.scenario, others.baseline, asked.name AS outcome, asked.place AS shown, asked.ends_run,
           one.run, one.draw, baseline.runs_per_draw, (a.run IS NOT NULL)::INTEGER AS in_one,
           (b.run IS NOT NULL)::INTEGER AS in_other, (a.run IS NULL AND NOT one.whole)::INTEGER AS maybe_one,
           (b.run IS NULL AND NOT other.whole)::INTEGER AS maybe_other,
           in_other - in_one - maybe_one AS least, in_other + maybe_other - in_one AS most,
           maybe_one = 1 OR maybe_other = 1 AS open
    FROM ensembles AS others
    JOIN ensembles AS baseline ON baseline.ensemble = others.baseline
    JOIN asked ON asked.ensemble = baseline.ensemble AND asked.kind = 'outcome'
    JOIN asked AS too ON too.ensemble = others.ensemble AND too.kind = 'outcome' AND too.name = asked.name
    JOIN runs AS one ON one.ensemble = baseline.ensemble
    JOIN runs AS other ON other.ensemble = others.ensemble AND other.run = one.run
    LEFT JOIN outcomes AS a ON a.ensemble = one.ensemble AND a.run = one.run AND a.outcome = asked.name
    LEFT JOIN outcomes AS b ON b.ensemble = other.ensemble AND b.run = other.run AND b.outcome = asked.name
), cells AS (
    SELECT ensemble, place, scenario, baseline, outcome, shown, runs_per_draw, count(*) AS pairs,
           count(*) FILTER (NOT open AND in_one = 1 AND in_other = 1) AS both_have_it,
           count(*) FILTER (most = -1) AS lost, count(*) FILTER (least = 1) AS gained,
           count(*) FILTER (NOT open AND in_one = 0 AND in_other = 0) AS neither, count(*) FILTER (open) AS unknown,
           count(*) FILTER (least = -1) - lost AS maybe_lost, count(*) FILTER (most = 1) - gained AS maybe_gained,
           count(*) FILTER (least = -1 OR most = 1) AS may_have_changed,
           count(*) FILTER (in_one = 1) AS ones, count(*) FILTER (in_other = 1) AS others,
           bool_or(maybe_one = 1) AS one_is_open, bool_or(maybe_other = 1) AS other_is_open
    FROM pairs GROUP BY ALL
), drawn AS (
    SELECT ensemble, outcome, draw, avg(in_other - in_one) AS middle, count(*) AS size
    FROM pairs GROUP BY ALL
), over_draws AS (
    SELECT ensemble, outcome, count(*) AS draws,
           sqrt(sum(pow(size / cells.pairs, 2) * pow(middle - (gained - lost) / cells.pairs, 2)) * count(*) / (count(*) - 1)) AS error
    FROM drawn JOIN cells USING (ensemble, outcome) GROUP BY ensemble, outcome HAVING count(*) > 1
), open_draws AS (
    SELECT ensemble, outcome,
           nested_paired_bounds(list(least), list(most), list(draw), 0.95) AS nested_open,
           nested_paired_bounds(list(least), list(most), list(draw), any_value(sidak(family, 0.95))) AS nested_open_together
    FROM pairs CROSS JOIN family_of
    WHERE runs_per_draw > 1 GROUP BY ensemble, outcome HAVING bool_or(open)
), levels AS (
    SELECT cells.*, draws, error, sidak(family, 0.95) AS together,
           CASE WHEN unknown = 0 AND runs_per_draw = 1 THEN gain_bounds(both_have_it, lost, gained, neither) END AS worth,
           CASE WHEN runs_per_draw > 1 THEN nested_open
                ELSE paired_bounds(gained, maybe_gained, lost, maybe_lost, may_have_changed, pairs, 0.95) END AS open,
           CASE WHEN runs_per_draw > 1 THEN nested_open_together
                ELSE paired_bounds(gained, maybe_gained, lost, maybe_lost, may_have_changed, pairs, sidak(family, 0.95)) END
               AS open_together,
           difference_sequence_bounds(gained, maybe_gained, lost, maybe_lost, pairs) AS sequence
    FROM cells LEFT JOIN over_draws USING (ensemble, outcome) LEFT JOIN open_draws USING (ensemble, outcome)
    CROSS JOIN family_of
)
SELECT ensemble, scenario, baseline, outcome, pairs, both_have_it, lost, gained, neither, unknown, maybe_lost, maybe_gained,
       CASE WHEN NOT one_is_open THEN ones / pairs END AS one,
       CASE WHEN NOT other_is_open THEN others / pairs END AS other,
       CASE WHEN unknown = 0 THEN (gained - lost) / pairs END AS difference,
       CASE WHEN unknown > 0 THEN open[1] WHEN runs_per_draw = 1 THEN paired_low(gained, lost, pairs)
            ELSE nested_difference_low(gained, lost, pairs, draws, error) END AS low,
       CASE WHEN unknown > 0 THEN open[2] WHEN runs_per_draw = 1 THEN paired_high(gained, lost, pairs)
            ELSE nested_difference_high(gained, lost, pairs, draws, error) END AS high,
       CASE WHEN unknown > 0 THEN open_together[1] WHEN runs_per_draw = 1 THEN paired_low(gained, lost, pairs, level := together)
            ELSE nested_difference_low(gained, lost, pairs, draws, error, level := together) END AS simultaneous_low,
       CASE WHEN unknown > 0 THEN open_together[2] WHEN runs_per_draw = 1 THEN paired_high(gained, lost, pairs, level := together)
            ELSE nested_difference_high(gained, lost, pairs, draws, error, level := together) END AS simultaneous_high,
       sequence[1] AS sequence_low, sequence[2] AS sequence_high,
       worth[1] AS gain, worth[2] AS gain_low, worth[3] AS gain_high
FROM levels
ORDER BY place, shown
