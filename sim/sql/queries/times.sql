-- when outcomes first come true: quantiles over all runs, the median if they do, the restricted mean; unknown runs both ways
WITH looked AS (
    SELECT asked.ensemble, asked.place AS shown, asked.name AS outcome, outcomes.time AS seen, whole,
           CASE WHEN whole THEN 'infinity'::DOUBLE ELSE runs.time END AS followed, runs.run,
           bool_or(outcomes.run IS NULL AND NOT whole) OVER (PARTITION BY asked.ensemble, asked.name) AS open,
           horizon - start AS "limit", CASE WHEN otherwise THEN horizon - start ELSE 0.0 END AS earliest, draw, runs_per_draw
    FROM asked JOIN runs USING (ensemble) JOIN ensembles USING (ensemble)
    LEFT JOIN outcomes ON outcomes.ensemble = runs.ensemble AND outcomes.run = runs.run AND outcome = name
    WHERE kind = 'outcome'
), bounded AS (
    SELECT ensemble, shown, outcome, milestone_bounds(
               list(coalesce(seen, CASE WHEN whole THEN 'infinity'::DOUBLE ELSE 'nan'::DOUBLE END) ORDER BY run),
               list(followed ORDER BY run), list(draw ORDER BY run), any_value(runs_per_draw) > 1, any_value("limit"), any_value(earliest)) AS found
    FROM looked WHERE open GROUP BY ensemble, shown, outcome
), timed AS (
    SELECT ensemble, shown, outcome, greatest(coalesce(seen, 'infinity'::DOUBLE), 0.0) AS time, "limit", draw, runs_per_draw
    FROM looked WHERE NOT open
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
), over_draws AS (
    SELECT ensemble, outcome, count(*) AS draws,
           sqrt(sum(pow(size / n, 2) * pow(middle - mean, 2)) * count(*) / (count(*) - 1)) AS error
    FROM (
        SELECT ensemble, outcome, draw, count(*) AS size, avg(least(time, "limit")) AS middle FROM ranked GROUP BY ALL
    ) JOIN (
        SELECT ensemble, outcome, count(*) AS n, avg(least(time, "limit")) AS mean FROM ranked GROUP BY ALL
    ) USING (ensemble, outcome)
    GROUP BY ensemble, outcome HAVING count(*) > 1
), lasting AS (
    SELECT ensemble, shown, outcome, n, any_value(runs_per_draw) AS runs_per_draw, any_value("limit") AS "limit",
           avg(least(time, "limit")) AS middle, CASE WHEN any_value(runs_per_draw) = 1
               THEN student_quantile(0.95, n - 1) * stddev_samp(least(time, "limit")) / sqrt(n)
               ELSE student_quantile(0.95, any_value(draws) - 1) * any_value(error) END AS half
    FROM ranked LEFT JOIN over_draws USING (ensemble, outcome) GROUP BY ensemble, shown, outcome, n
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
    SELECT ensemble, shown, outcome, n, 'mean time without it, up to the horizon', NULL, middle,
           greatest(0.0, middle - half), least("limit", middle + half)
    FROM lasting
    UNION ALL
    SELECT ensemble, shown, outcome, found[place][4]::BIGINT, statistic, share, found[place][1], found[place][2], found[place][3]
    FROM bounded, (VALUES
        (1, 'time by which this share has seen it', 0.1), (2, 'time by which this share has seen it', 0.25),
        (3, 'time by which this share has seen it', 0.5), (4, 'time by which this share has seen it', 0.75),
        (5, 'time by which this share has seen it', 0.9), (6, 'median time if it comes', 0.5),
        (7, 'mean time without it, up to the horizon', NULL)) AS told(place, statistic, share)
)
SELECT ensembles.ensemble, scenario, outcome, listed.runs, statistic, share, value,
       CASE WHEN runs_per_draw = 1 OR statistic LIKE 'mean%' THEN low END AS low,
       CASE WHEN runs_per_draw = 1 OR statistic LIKE 'mean%' THEN high END AS high
FROM listed JOIN ensembles USING (ensemble)
ORDER BY ensembles.place, shown, statistic, share
