-- each measure's mean and quantiles, with their 95 % intervals
WITH known AS (
    SELECT measures.ensemble, measure, value, draw,
           row_number() OVER (PARTITION BY measures.ensemble, measure ORDER BY value) AS place,
           count(*) OVER (PARTITION BY measures.ensemble, measure) AS n
    FROM measures JOIN runs USING (ensemble, run)
    WHERE value IS NOT NULL
), drawn AS (
    SELECT ensemble, measure, draw, avg(value) AS middle, count(*) AS size FROM known GROUP BY ALL
), means AS (
    SELECT ensemble, measure, n, avg(value) AS mean, stddev_samp(value) / sqrt(n) AS error
    FROM known GROUP BY ensemble, measure, n
), over_draws AS (
    SELECT ensemble, measure, count(*) AS draws,
           sqrt(sum(pow(size / n, 2) * pow(middle - mean, 2)) * count(*) / (count(*) - 1)) AS error
    FROM drawn JOIN means USING (ensemble, measure) GROUP BY ensemble, measure HAVING count(*) > 1
), ends AS (
    SELECT ensemble, measure, share, n, (n - 1) * share AS position,
           max(value) FILTER (place = floor((n - 1) * share) + 1) AS lower,
           max(value) FILTER (place = least(floor((n - 1) * share) + 2, n)) AS upper,
           max(value) FILTER (place = order_low(n, share, 0.95)) AS low,
           max(value) FILTER (place = order_high(n, share, 0.95)) AS high
    FROM known, (VALUES (0.05), (0.25), (0.5), (0.75), (0.95)) AS wanted(share)
    GROUP BY ensemble, measure, share, n
), shares AS (
    SELECT ends.*, lower + (upper - lower) * (position - floor(position)) AS quantile, runs_per_draw = 1 AS bounded
    FROM ends JOIN ensembles USING (ensemble)
), listed AS (
    SELECT ensemble, measure, n, 'mean' AS statistic, NULL::DOUBLE AS share, mean AS value,
           mean - t * spread AS low, mean + t * spread AS high
    FROM (
        SELECT means.*, CASE WHEN runs_per_draw = 1 THEN means.error ELSE over_draws.error END AS spread,
               student_quantile(0.95, CASE WHEN runs_per_draw = 1 THEN n ELSE draws END - 1) AS t
        FROM means JOIN ensembles USING (ensemble) LEFT JOIN over_draws USING (ensemble, measure)
    )
    UNION ALL
    SELECT ensemble, measure, n, 'quantile', share, quantile, CASE WHEN bounded THEN low END,
           CASE WHEN bounded THEN high END
    FROM shares
)
SELECT ensembles.ensemble, scenario, measure, n AS runs, statistic, share, value,
       CASE WHEN statistic = 'mean' THEN greatest(listed.low, asked.low) ELSE listed.low END AS low,
       CASE WHEN statistic = 'mean' THEN least(listed.high, asked.high) ELSE listed.high END AS high
FROM listed JOIN ensembles USING (ensemble)
JOIN asked ON asked.ensemble = ensembles.ensemble AND asked.kind = 'measure' AND asked.name = measure
ORDER BY ensembles.place, asked.place, statistic, share
