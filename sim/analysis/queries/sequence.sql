-- each outcome's probability with the confidence sequence's interval, for runs made with --until
WITH counted AS (
    SELECT asked.ensemble, asked.place, asked.name AS outcome, asked.title, count(outcomes.run) AS hits, count(*) AS n
    FROM asked JOIN runs USING (ensemble)
    LEFT JOIN outcomes ON outcomes.ensemble = runs.ensemble AND outcomes.run = runs.run AND outcome = name
    WHERE kind = 'outcome' AND NOT failed
    GROUP BY ALL
)
SELECT ensembles.ensemble, scenario, outcome, counted.title, hits, n AS runs, hits / n AS share,
       sequence_bounds(hits, n)[1] AS low, sequence_bounds(hits, n)[2] AS high
FROM counted JOIN ensembles USING (ensemble)
ORDER BY ensembles.place, counted.place
