-- how likely each outcome is by any time: a row at each time at which another run reaches it
WITH counted AS (SELECT ensemble, count(*) AS n FROM runs WHERE NOT failed GROUP BY ensemble),
steps AS (
    SELECT outcomes.ensemble, outcome, outcomes.time, any_value(outcomes.date) AS date, count(*) AS more
    FROM outcomes JOIN runs USING (ensemble, run) WHERE NOT failed GROUP BY outcomes.ensemble, outcome, outcomes.time
), so_far AS (
    SELECT *, (sum(more) OVER (PARTITION BY ensemble, outcome ORDER BY time))::BIGINT AS hits FROM steps
)
SELECT ensembles.ensemble, scenario, outcome, time, date, hits, n AS runs, hits / n AS share,
       wilson_low(hits, n) AS low, wilson_high(hits, n) AS high
FROM so_far JOIN counted USING (ensemble) JOIN ensembles USING (ensemble)
JOIN asked ON asked.ensemble = ensembles.ensemble AND asked.kind = 'outcome' AND asked.name = outcome
ORDER BY ensembles.place, asked.place, time
