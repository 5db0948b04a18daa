-- each outcome under every scenario against the first one named: the 2x2 table, the difference, what pairing is worth
WITH fine AS (SELECT * FROM runs WHERE NOT failed),
baseline AS (SELECT * FROM ensembles WHERE place = 0),
pairs AS (
    SELECT others.ensemble, others.place, others.scenario, others.seed = baseline.seed AS same_seed, asked.name AS outcome,
           asked.place AS shown, asked.ends_run, one.run, one.draw, baseline.runs_per_draw,
           others.start = baseline.start AND others.horizon = baseline.horizon
               AND others.parameters = baseline.parameters AS alike,
           a.run IS NOT NULL AS in_one, b.run IS NOT NULL AS in_other
    FROM baseline
    JOIN ensembles AS others ON others.place > 0
    JOIN asked ON asked.ensemble = baseline.ensemble AND asked.kind = 'outcome'
    JOIN asked AS too ON too.ensemble = others.ensemble AND too.kind = 'outcome' AND too.name = asked.name
    JOIN fine AS one ON one.ensemble = baseline.ensemble
    JOIN fine AS other ON other.ensemble = others.ensemble AND other.run = one.run
    LEFT JOIN outcomes AS a ON a.ensemble = one.ensemble AND a.run = one.run AND a.outcome = asked.name
    LEFT JOIN outcomes AS b ON b.ensemble = other.ensemble AND b.run = other.run AND b.outcome = asked.name
    WHERE others.seed = baseline.seed
), cells AS (
    SELECT ensemble, place, scenario, outcome, shown, ends_run, alike, runs_per_draw, count(*) AS pairs,
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
), family AS (SELECT count(*) FILTER (ends_run) AS size, count(DISTINCT ensemble) AS others FROM cells)
SELECT cells.ensemble, scenario, outcome, pairs, both_have_it, lost, gained, neither,
       (both_have_it + lost) / pairs AS one, (both_have_it + gained) / pairs AS other,
       (gained - lost) / pairs AS difference,
       CASE WHEN runs_per_draw = 1 THEN paired_low(gained, lost, pairs)
            ELSE (gained - lost) / pairs - student_quantile(0.95, draws - 1) * error END AS low,
       CASE WHEN runs_per_draw = 1 THEN paired_high(gained, lost, pairs)
            ELSE (gained - lost) / pairs + student_quantile(0.95, draws - 1) * error END AS high,
       CASE WHEN runs_per_draw = 1 THEN paired_low(gained, lost, pairs, level := sidak(family.size, 0.95))
            ELSE (gained - lost) / pairs - student_quantile(sidak(family.size, 0.95), draws - 1) * error END AS simultaneous_low,
       CASE WHEN runs_per_draw = 1 THEN paired_high(gained, lost, pairs, level := sidak(family.size, 0.95))
            ELSE (gained - lost) / pairs + student_quantile(sidak(family.size, 0.95), draws - 1) * error END AS simultaneous_high,
       difference_sequence_bounds(gained, lost, pairs)[1] AS sequence_low,
       difference_sequence_bounds(gained, lost, pairs)[2] AS sequence_high,
       CASE WHEN alike AND runs_per_draw = 1 THEN gain_bounds(both_have_it, lost, gained, neither) END[1] AS gain,
       CASE WHEN alike AND runs_per_draw = 1 THEN gain_bounds(both_have_it, lost, gained, neither) END[2] AS gain_low,
       CASE WHEN alike AND runs_per_draw = 1 THEN gain_bounds(both_have_it, lost, gained, neither) END[3] AS gain_high
FROM cells LEFT JOIN over_draws USING (ensemble, outcome), family
ORDER BY place, shown
