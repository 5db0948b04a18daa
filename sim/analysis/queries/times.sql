-- when outcomes first come true: quantiles over all runs, the median if they do, the restricted mean
WITH timed AS (
    SELECT asked.ensemble, asked.place AS shown, asked.name AS outcome,
           coalesce(outcomes.time, 'infinity'::DOUBLE) AS time, horizon - start AS "limit"
    FROM asked JOIN runs USING (ensemble) JOIN ensembles USING (ensemble)
    LEFT JOIN outcomes ON outcomes.ensemble = runs.ensemble AND outcomes.run = runs.run AND outcome = name
    WHERE kind = 'outcome' AND NOT failed
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY ensemble, outcome ORDER BY time) AS place,
           count(*) OVER (PARTITION BY ensemble, outcome) AS n,
           count(*) FILTER (isfinite(time)) OVER (PARTITION BY ensemble, outcome) AS reached
    FROM timed
), quantiles AS (
    SELECT ensemble, shown, outcome, n, reached, share, (n - 1) * share AS position,
           max(time) FILTER (place = floor((n - 1) * share) + 1) AS lower,
           max(time) FILTER (place = least(floor((n - 1) * share) + 2, n)) AS upper,
           max(time) FILTER (place = order_low(n, share, 0.95)) AS low,
           max(time) FILTER (place = order_high(n, share, 0.95)) AS high
    FROM ranked, (VALUES (0.1), (0.25), (0.5), (0.75), (0.9)) AS wanted(share) GROUP BY ensemble, shown, outcome, n, reached, share
), listed AS (
    SELECT ensemble, shown, outcome, n AS runs, 'time by which this share has seen it' AS statistic, share,
           CASE WHEN isinf(lower) THEN NULL WHEN position = floor(position) THEN lower WHEN isinf(upper) THEN NULL
                ELSE lower + (upper - lower) * (position - floor(position)) END AS value,
           CASE WHEN isfinite(low) THEN low END AS low, CASE WHEN isfinite(high) THEN high END AS high
    FROM quantiles
    UNION ALL
    SELECT ensemble, shown, outcome, reached, 'median time if it comes', 0.5, median(time) FILTER (isfinite(time)),
           max(time) FILTER (place = order_low(reached, 0.5, 0.95)), max(time) FILTER (place = order_high(reached, 0.5, 0.95))
    FROM ranked WHERE reached > 0 GROUP BY ensemble, shown, outcome, reached
    UNION ALL
    SELECT ensemble, shown, outcome, n, 'mean time without it, up to the horizon', NULL, avg(least(time, "limit")),
           avg(least(time, "limit")) - student_quantile(0.95, n - 1) * stddev_samp(least(time, "limit")) / sqrt(n),
           avg(least(time, "limit")) + student_quantile(0.95, n - 1) * stddev_samp(least(time, "limit")) / sqrt(n)
    FROM ranked GROUP BY ensemble, shown, outcome, n
)
SELECT ensembles.ensemble, scenario, outcome, listed.runs, statistic, share, value, low, high
FROM listed JOIN ensembles USING (ensemble)
ORDER BY ensembles.place, shown, statistic, share
