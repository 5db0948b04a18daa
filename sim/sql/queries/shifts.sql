-- each measure's mean difference from the first scenario named before it that it pairs with, run by run
WITH found AS (
    SELECT ensembles.ensemble, ensembles.place, scenario, baseline, one.measure, asked.place AS shown, count(*) AS pairs,
           shift(list(one.value ORDER BY one.run), list(other.value ORDER BY one.run),
                 list(CASE WHEN runs_per_draw > 1 THEN draw END ORDER BY one.run)) AS found
    FROM ensembles JOIN measures AS one ON one.ensemble = ensembles.baseline
    JOIN measures AS other ON other.ensemble = ensembles.ensemble AND other.measure = one.measure AND other.run = one.run
    JOIN runs ON runs.ensemble = one.ensemble AND runs.run = one.run
    JOIN asked ON asked.ensemble = ensembles.ensemble AND asked.kind = 'measure' AND asked.name = one.measure
    WHERE one.value IS NOT NULL AND other.value IS NOT NULL
    GROUP BY ALL
)
SELECT ensemble, scenario, baseline, measure, pairs, found.one.value AS one, found.other.value AS other,
       found.difference.value AS difference, found.difference.low, found.difference.high,
       found.gain.value AS gain, found.gain.low AS gain_low, found.gain.high AS gain_high
FROM found ORDER BY place, shown
