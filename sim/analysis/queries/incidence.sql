-- how likely each outcome is by any time: a row at each time at which another run reaches it
WITH fine AS (SELECT * FROM runs WHERE NOT failed),
sizes AS (SELECT ensemble, draw, count(*) AS n FROM fine GROUP BY ensemble, draw),
counted AS (SELECT ensemble, sum(n)::BIGINT AS runs, count(*) AS draws FROM sizes GROUP BY ensemble),
hits AS (SELECT outcomes.*, draw FROM outcomes JOIN fine USING (ensemble, run)),
steps AS (SELECT ensemble, outcome, time, any_value(date) AS date FROM hits GROUP BY ensemble, outcome, time),
by_draw AS (
    SELECT steps.ensemble, steps.outcome, steps.time, sizes.draw, sizes.n,
           count(hits.run) FILTER (hits.time <= steps.time) AS reached
    FROM steps JOIN sizes USING (ensemble) JOIN ensembles USING (ensemble)
    LEFT JOIN hits ON hits.ensemble = steps.ensemble AND hits.outcome = steps.outcome AND hits.draw = sizes.draw
    WHERE runs_per_draw > 1
    GROUP BY ALL
), errors AS (
    SELECT ensemble, outcome, time, sqrt(sum(pow(n / runs, 2) * pow(reached / n - share, 2)) * any_value(draws)
               / (any_value(draws) - 1)) AS error
    FROM by_draw JOIN counted USING (ensemble)
    JOIN (
        SELECT ensemble, outcome, time, sum(reached) / sum(n) AS share FROM by_draw GROUP BY ensemble, outcome, time
    ) USING (ensemble, outcome, time)
    GROUP BY ensemble, outcome, time
), so_far AS (
    SELECT ensemble, outcome, time, (sum(count(*)) OVER (PARTITION BY ensemble, outcome ORDER BY time))::BIGINT AS hits
    FROM hits GROUP BY ensemble, outcome, time
)
SELECT ensembles.ensemble, scenario, outcome, time, date, hits, counted.runs, hits / counted.runs AS share,
       CASE WHEN runs_per_draw = 1 THEN wilson_low(hits, counted.runs)
            ELSE nested_low(hits, counted.runs, draws, error) END AS low,
       CASE WHEN runs_per_draw = 1 THEN wilson_high(hits, counted.runs)
            ELSE nested_high(hits, counted.runs, draws, error) END AS high
FROM so_far JOIN steps USING (ensemble, outcome, time) JOIN counted USING (ensemble) JOIN ensembles USING (ensemble)
LEFT JOIN errors USING (ensemble, outcome, time)
JOIN asked ON asked.ensemble = ensembles.ensemble AND asked.kind = 'outcome' AND asked.name = outcome
ORDER BY ensembles.place, asked.place, time
