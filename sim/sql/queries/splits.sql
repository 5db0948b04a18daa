-- chance and ignorance apart, in a nested design: what each does to an outcome's probability; none where runs are unknown
WITH marked AS (
    SELECT asked.ensemble, asked.place, asked.name AS outcome, runs.run, runs.draw,
           (outcomes.run IS NOT NULL)::INTEGER::DOUBLE AS hit, outcomes.run IS NULL AND NOT whole AS unknown
    FROM asked JOIN runs USING (ensemble)
    LEFT JOIN outcomes ON outcomes.ensemble = runs.ensemble AND outcomes.run = runs.run AND outcome = name
    WHERE kind = 'outcome'
), found AS (
    SELECT ensemble, marked.place, outcome, avg(hit) AS share,
           split_of(list(hit ORDER BY run), list(draw::DOUBLE ORDER BY run), any_value(runs_per_draw)) AS parts
    FROM marked JOIN ensembles USING (ensemble)
    WHERE runs_per_draw > 1
    GROUP BY ensemble, marked.place, outcome
    HAVING NOT bool_or(unknown)
)
SELECT ensembles.ensemble, scenario, outcome, share, parts[1] AS chance_alone, parts[2] AS ignorance_low,
       parts[3] AS ignorance_high, parts[4] AS held, parts[5] AS parameters_share, parts[6] AS parameters_low,
       parts[7] AS parameters_high
FROM found JOIN ensembles USING (ensemble)
ORDER BY ensembles.place, found.place
