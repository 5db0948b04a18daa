-- each outcome's probability with the confidence sequence's interval, for runs made with --until
WITH counted AS (
    SELECT asked.ensemble, asked.place, asked.name AS outcome, asked.title, count(outcomes.run) AS hits,
           count(*) FILTER (outcomes.run IS NULL AND NOT whole) AS unknown, count(*) AS n
    FROM asked JOIN runs USING (ensemble)
    LEFT JOIN outcomes ON outcomes.ensemble = runs.ensemble AND outcomes.run = runs.run AND outcome = name
    WHERE kind = 'outcome'
    GROUP BY ALL
)
SELECT ensembles.ensemble, scenario, outcome, counted.title, hits, unknown, n AS runs,
       CASE WHEN unknown = 0 THEN hits / n END AS share,
       sequence_bounds(hits, unknown, n)[1] AS low, sequence_bounds(hits, unknown, n)[2] AS high
FROM counted JOIN ensembles USING (ensemble)
ORDER BY ensembles.place, counted.place
