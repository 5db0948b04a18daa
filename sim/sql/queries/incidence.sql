-- how likely each outcome is by any time: a row at each time at which another run reaches it, or breaks off
WITH sizes AS (SELECT ensemble, draw, count(*) AS n FROM runs GROUP BY ensemble, draw),
counted AS (SELECT ensemble, sum(n)::BIGINT AS runs, count(*) AS draws FROM sizes GROUP BY ensemble),
hits AS (SELECT outcomes.*, draw FROM outcomes JOIN runs USING (ensemble, run)),
broken AS (
    SELECT asked.ensemble, asked.name AS outcome, runs.run, runs.draw,
           CASE WHEN otherwise THEN horizon - start ELSE runs.time END AS time,
           CASE WHEN otherwise THEN horizon_date ELSE runs.date END AS date
    FROM asked JOIN runs ON runs.ensemble = asked.ensemble AND NOT whole AND asked.kind = 'outcome'
    JOIN ensembles ON ensembles.ensemble = asked.ensemble
    LEFT JOIN outcomes ON outcomes.ensemble = runs.ensemble AND outcomes.run = runs.run AND outcomes.outcome = asked.name
    WHERE outcomes.run IS NULL
),
steps AS (
    SELECT ensemble, outcome, time, any_value(date) AS date
    FROM (SELECT ensemble, outcome, time, date FROM hits UNION ALL SELECT ensemble, outcome, time, date FROM broken)
    GROUP BY ensemble, outcome, time
),
moves AS (
    SELECT ensemble, outcome, draw, time, 1 AS hit, 0 AS unknown FROM hits
    UNION ALL SELECT ensemble, outcome, draw, time, 0, 1 FROM broken
),
by_draw AS (
    SELECT steps.ensemble, steps.outcome, steps.time, sizes.draw, sizes.n,
           coalesce(sum(hit) FILTER (moves.time <= steps.time), 0)::BIGINT AS reached,
           coalesce(sum(unknown) FILTER (moves.time <= steps.time), 0)::BIGINT AS unknown
    FROM steps JOIN sizes USING (ensemble) JOIN ensembles USING (ensemble)
    LEFT JOIN moves ON moves.ensemble = steps.ensemble AND moves.outcome = steps.outcome AND moves.draw = sizes.draw
    WHERE runs_per_draw > 1
    GROUP BY ALL
), errors AS (
    SELECT ensemble, outcome, time, sqrt(sum(pow(n / runs, 2) * pow(reached / n - share, 2)) * any_value(draws)
               / (any_value(draws) - 1)) AS error,
           CASE WHEN sum(unknown) > 0 THEN nested_bounds(list(reached), list(unknown), list(n)) END AS open
    FROM by_draw JOIN counted USING (ensemble)
    JOIN (
        SELECT ensemble, outcome, time, sum(reached) / sum(n) AS share FROM by_draw GROUP BY ensemble, outcome, time
    ) USING (ensemble, outcome, time)
    GROUP BY ensemble, outcome, time
), so_far AS (
    SELECT ensemble, outcome, time,
           (sum(sum(hit)) OVER (PARTITION BY ensemble, outcome ORDER BY time))::BIGINT AS hits,
           (sum(sum(unknown)) OVER (PARTITION BY ensemble, outcome ORDER BY time))::BIGINT AS unknown
    FROM moves GROUP BY ensemble, outcome, time
)
SELECT ensembles.ensemble, scenario, outcome, time, date, hits, unknown, counted.runs,
       CASE WHEN unknown = 0 THEN hits / counted.runs END AS share,
       CASE WHEN runs_per_draw = 1 THEN wilson_low(hits, counted.runs) WHEN unknown > 0 THEN open[1]
            ELSE nested_low(hits, counted.runs, draws, error) END AS low,
       CASE WHEN runs_per_draw = 1 THEN wilson_high(hits + unknown, counted.runs) WHEN unknown > 0 THEN open[2]
            ELSE nested_high(hits, counted.runs, draws, error) END AS high
FROM so_far JOIN steps USING (ensemble, outcome, time) JOIN counted USING (ensemble) JOIN ensembles USING (ensemble)
LEFT JOIN errors USING (ensemble, outcome, time)
JOIN asked ON asked.ensemble = ensembles.ensemble AND asked.kind = 'outcome' AND asked.name = outcome
ORDER BY ensembles.place, asked.place, time
