-- each outcome's probability with its 95 % interval, over the draws where the design is nested; unknown runs both ways
WITH counted AS (
    SELECT asked.ensemble, asked.place, asked.name AS outcome, asked.title, runs.draw,
           count(outcomes.run) AS hits, count(*) FILTER (outcomes.run IS NULL AND NOT whole) AS unknown, count(*) AS n
    FROM asked JOIN runs USING (ensemble)
    LEFT JOIN outcomes ON outcomes.ensemble = runs.ensemble AND outcomes.run = runs.run AND outcome = name
    WHERE kind = 'outcome'
    GROUP BY ALL
), summed AS (
    SELECT ensemble, place, outcome, title, sum(hits)::BIGINT AS hits, sum(unknown)::BIGINT AS unknown,
           sum(n)::BIGINT AS runs, count(*) AS draws, sum(hits) / sum(n) AS share,
           CASE WHEN sum(unknown) > 0 THEN nested_bounds(list(hits), list(unknown), list(n)) END AS open
    FROM counted GROUP BY ALL
), spread AS (
    SELECT ensemble, outcome,
           sqrt(sum(pow(n / summed.runs, 2) * pow(counted.hits / n - share, 2)) * any_value(draws) / (any_value(draws) - 1)) AS error
    FROM counted JOIN summed USING (ensemble, outcome)
    GROUP BY ensemble, outcome
    HAVING any_value(draws) > 1
)
SELECT ensembles.ensemble, scenario, summed.outcome, summed.title, hits, unknown, summed.runs,
    CASE WHEN unknown = 0 THEN share END AS share,
    CASE WHEN runs_per_draw = 1 THEN wilson_low(hits, summed.runs) WHEN unknown > 0 THEN open[1]
         ELSE nested_low(hits, summed.runs, draws, error) END AS low,
    CASE WHEN runs_per_draw = 1 THEN wilson_high(hits + unknown, summed.runs) WHEN unknown > 0 THEN open[2]
         ELSE nested_high(hits, summed.runs, draws, error) END AS high
FROM summed JOIN ensembles USING (ensemble) LEFT JOIN spread USING (ensemble, outcome)
ORDER BY ensembles.place, summed.place
