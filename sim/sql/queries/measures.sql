-- each measure's mean and quantiles, with their 95 % intervals, which hold whatever it came to in stopped runs
WITH found AS (
    SELECT ensembles.ensemble, ensembles.place, scenario, measure, asked.place AS shown, unnest(spread(
               list(value ORDER BY run), list(CASE WHEN runs_per_draw > 1 THEN draw END ORDER BY run),
               any_value(asked.low), any_value(asked.high)), recursive := true)
    FROM measures JOIN runs USING (ensemble, run) JOIN ensembles USING (ensemble)
    JOIN asked ON asked.ensemble = ensembles.ensemble AND asked.kind = 'measure' AND asked.name = measure
    WHERE value IS NOT NULL OR lacks = 'stopped'
    GROUP BY ensembles.ensemble, ensembles.place, scenario, measure, asked.place
    HAVING count(value) > 0
)
SELECT ensemble, scenario, measure, runs, statistic, share, value, low, high
FROM found ORDER BY place, shown, statistic, share
