-- each measure's mean difference from the first scenario named before it that it pairs with, run by run
WITH both_have AS (
    SELECT ensembles.ensemble, ensembles.place, ensembles.scenario, ensembles.baseline, measure, one.run, runs.draw, ensembles.runs_per_draw,
           one.value AS a, other.value AS b
    FROM ensembles
    JOIN measures AS one ON one.ensemble = ensembles.baseline
    JOIN measures AS other USING (measure, run)
    JOIN runs ON runs.ensemble = one.ensemble AND runs.run = one.run
    WHERE other.ensemble = ensembles.ensemble AND one.value IS NOT NULL AND other.value IS NOT NULL
), summed AS (
    SELECT ensemble, place, scenario, baseline, measure, runs_per_draw, count(*) AS pairs, avg(a) AS one, avg(b) AS other,
           avg(b - a) AS difference, stddev_samp(b - a) / sqrt(count(*)) AS error,
           shift_gain(list(a ORDER BY run), list(b ORDER BY run)) AS worth
    FROM both_have GROUP BY ALL
), drawn AS (
    SELECT ensemble, measure, draw, avg(b - a) AS middle, count(*) AS size FROM both_have GROUP BY ALL
), over_draws AS (
    SELECT ensemble, measure, count(*) AS draws,
           sqrt(sum(pow(size / pairs, 2) * pow(middle - difference, 2)) * count(*) / (count(*) - 1)) AS spread
    FROM drawn JOIN summed USING (ensemble, measure) GROUP BY ensemble, measure HAVING count(*) > 1
)
SELECT summed.ensemble, scenario, baseline, measure, pairs, one, other, difference,
       difference - CASE WHEN runs_per_draw = 1 THEN student_quantile(0.95, pairs - 1) * error
                         ELSE student_quantile(0.95, draws - 1) * spread END AS low,
       difference + CASE WHEN runs_per_draw = 1 THEN student_quantile(0.95, pairs - 1) * error
                         ELSE student_quantile(0.95, draws - 1) * spread END AS high,
       CASE WHEN runs_per_draw = 1 THEN worth[1] END AS gain, CASE WHEN runs_per_draw = 1 THEN worth[2] END AS gain_low,
       CASE WHEN runs_per_draw = 1 THEN worth[3] END AS gain_high
FROM summed LEFT JOIN over_draws USING (ensemble, measure)
JOIN asked ON asked.ensemble = summed.ensemble AND asked.kind = 'measure' AND asked.name = measure
ORDER BY summed.place, asked.place
