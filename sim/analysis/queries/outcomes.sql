-- each outcome's probability with its 95 % interval; over the draws where the design is nested
WITH counted AS (
    SELECT asked.ensemble, asked.place, asked.name AS outcome, asked.title, runs.draw,
           count(outcomes.run) AS hits, count(*) AS n
    FROM asked JOIN runs USING (ensemble)
    LEFT JOIN outcomes ON outcomes.ensemble = runs.ensemble AND outcomes.run = runs.run AND outcome = name
    WHERE kind = 'outcome' AND NOT failed
    GROUP BY ALL
), summed AS (
    SELECT ensemble, place, outcome, title, sum(hits)::BIGINT AS hits, sum(n)::BIGINT AS runs, count(*) AS draws,
           sum(hits) / sum(n) AS share
    FROM counted GROUP BY ALL
), spread AS (
    SELECT ensemble, outcome,
           sqrt(sum(pow(n / summed.runs, 2) * pow(counted.hits / n - share, 2)) * any_value(draws) / (any_value(draws) - 1)) AS error
    FROM counted JOIN summed USING (ensemble, outcome)
    GROUP BY ensemble, outcome
    HAVING any_value(draws) > 1
)
SELECT ensembles.ensemble, scenario, summed.outcome, summed.title, hits, summed.runs, share,
    CASE WHEN runs_per_draw = 1 THEN wilson_low(hits, summed.runs)
         ELSE nested_low(hits, summed.runs, draws, error) END AS low,
    CASE WHEN runs_per_draw = 1 THEN wilson_high(hits, summed.runs)
         ELSE nested_high(hits, summed.runs, draws, error) END AS high
FROM summed JOIN ensembles USING (ensemble) LEFT JOIN spread USING (ensemble, outcome)
ORDER BY ensembles.place, summed.place
