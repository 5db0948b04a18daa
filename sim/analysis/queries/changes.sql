-- each outcome under every scenario, against the first one named before it that it pairs with: the 2x2 table, the difference
WITH fine AS (SELECT * FROM runs WHERE NOT failed),
pairs AS (
    SELECT others.ensemble, others.place, others.scenario, others.baseline, asked.name AS outcome, asked.place AS shown, asked.ends_run,
           one.run, one.draw, baseline.runs_per_draw, a.run IS NOT NULL AS in_one, b.run IS NOT NULL AS in_other
    FROM ensembles AS others
    JOIN ensembles AS baseline ON baseline.ensemble = others.baseline
    JOIN asked ON asked.ensemble = baseline.ensemble AND asked.kind = 'outcome'
    JOIN asked AS too ON too.ensemble = others.ensemble AND too.kind = 'outcome' AND too.name = asked.name
    JOIN fine AS one ON one.ensemble = baseline.ensemble
    JOIN fine AS other ON other.ensemble = others.ensemble AND other.run = one.run
    LEFT JOIN outcomes AS a ON a.ensemble = one.ensemble AND a.run = one.run AND a.outcome = asked.name
    LEFT JOIN outcomes AS b ON b.ensemble = other.ensemble AND b.run = other.run AND b.outcome = asked.name
), cells AS (
    SELECT ensemble, place, scenario, baseline, outcome, shown, runs_per_draw, count(*) AS pairs,
           count(*) FILTER (in_one AND in_other) AS both_have_it, count(*) FILTER (in_one AND NOT in_other) AS lost,
           count(*) FILTER (in_other AND NOT in_one) AS gained, count(*) FILTER (NOT in_one AND NOT in_other) AS neither
    FROM pairs GROUP BY ALL
), drawn AS (
    SELECT ensemble, outcome, draw, avg(in_other::INTEGER - in_one::INTEGER) AS middle, count(*) AS size
    FROM pairs GROUP BY ALL
), over_draws AS (
    SELECT ensemble, outcome, count(*) AS draws,
           sqrt(sum(pow(size / cells.pairs, 2) * pow(middle - (gained - lost) / cells.pairs, 2)) * count(*) / (count(*) - 1)) AS error
    FROM drawn JOIN cells USING (ensemble, outcome) GROUP BY ensemble, outcome HAVING count(*) > 1
), levels AS (
    SELECT cells.*, draws, error, sidak(family, 0.95) AS together, gain_bounds(both_have_it, lost, gained, neither) AS worth
    FROM cells LEFT JOIN over_draws USING (ensemble, outcome) CROSS JOIN family_of
)
SELECT ensemble, scenario, baseline, outcome, pairs, both_have_it, lost, gained, neither,
       (both_have_it + lost) / pairs AS one, (both_have_it + gained) / pairs AS other,
       (gained - lost) / pairs AS difference,
       CASE WHEN runs_per_draw = 1 THEN paired_low(gained, lost, pairs)
            ELSE nested_difference_low(gained, lost, pairs, draws, error) END AS low,
       CASE WHEN runs_per_draw = 1 THEN paired_high(gained, lost, pairs)
            ELSE nested_difference_high(gained, lost, pairs, draws, error) END AS high,
       CASE WHEN runs_per_draw = 1 THEN paired_low(gained, lost, pairs, level := together)
            ELSE nested_difference_low(gained, lost, pairs, draws, error, level := together) END AS simultaneous_low,
       CASE WHEN runs_per_draw = 1 THEN paired_high(gained, lost, pairs, level := together)
            ELSE nested_difference_high(gained, lost, pairs, draws, error, level := together) END AS simultaneous_high,
       difference_sequence_bounds(gained, lost, pairs)[1] AS sequence_low,
       difference_sequence_bounds(gained, lost, pairs)[2] AS sequence_high,
       CASE WHEN runs_per_draw = 1 THEN worth[1] END AS gain, CASE WHEN runs_per_draw = 1 THEN worth[2] END AS gain_low,
       CASE WHEN runs_per_draw = 1 THEN worth[3] END AS gain_high
FROM levels
ORDER BY place, shown
