-- how likely each outcome is by any time: a row at each time at which another run reaches it, or breaks off
WITH moves AS (
    SELECT marks.ensemble, outcome, as_first, run, draw, hit, unknown,
           CASE WHEN hit THEN seen WHEN otherwise THEN horizon - start ELSE followed END AS time,
           CASE WHEN hit THEN seen_date WHEN otherwise THEN horizon_date ELSE followed_date END AS date
    FROM marks JOIN ensembles USING (ensemble) WHERE hit OR unknown
), steps AS (
    SELECT ensemble, outcome, as_first, time, any_value(date) AS date, sum(count(*) FILTER (hit)) OVER so_far::BIGINT AS hits,
           sum(count(*) FILTER (unknown)) OVER so_far::BIGINT AS unknown
    FROM moves GROUP BY ensemble, outcome, as_first, time
    WINDOW so_far AS (PARTITION BY ensemble, outcome, as_first ORDER BY time)
), sizes AS (
    SELECT ensemble, list(draw ORDER BY draw) AS draws, list(n ORDER BY draw) AS sizes, sum(n)::BIGINT AS runs
    FROM (SELECT ensemble, draw, count(*) AS n FROM runs GROUP BY ALL) GROUP BY ensemble
), nested AS (
    SELECT ensemble, outcome, as_first, unnest(incidence_over_draws(
               list(time ORDER BY time, run), list(hit ORDER BY time, run), list(draw ORDER BY time, run),
               any_value(draws), any_value(sizes)), recursive := true)
    FROM moves JOIN sizes USING (ensemble) WHERE draw IS NOT NULL GROUP BY ensemble, outcome, as_first
), alone AS (
    SELECT ensembles.*, outcome, as_first, time, date, hits, unknown, sizes.runs AS n,
           CASE WHEN runs_per_draw = 1 THEN proportion(hits, unknown, sizes.runs) END AS found
    FROM steps JOIN sizes USING (ensemble) JOIN ensembles USING (ensemble)
)
SELECT alone.ensemble, scenario, outcome, as_first, time, date, hits, unknown, n AS runs,
       CASE WHEN unknown = 0 THEN hits / n END AS share,
       coalesce(nested.low, found.low) AS low, coalesce(nested.high, found.high) AS high
FROM alone LEFT JOIN nested USING (ensemble, outcome, as_first, time)
JOIN asked ON asked.ensemble = alone.ensemble AND asked.kind = 'outcome' AND asked.name = outcome
ORDER BY alone.place, NOT as_first, asked.place, time
