-- what a run's outcome depends on, in nested designs: shares of its variance from chance, parameters and scenario
WITH shared AS (
    SELECT run, any_value(draw) AS draw FROM runs
    GROUP BY run HAVING count(*) = (SELECT count(*) FROM ensembles)
), marked AS (
    SELECT ensembles.place, asked.name AS outcome, asked.place AS shown,
           list((outcomes.run IS NOT NULL)::INTEGER::DOUBLE ORDER BY shared.run) AS hits,
           list(shared.draw::DOUBLE ORDER BY shared.run) AS draws, bool_or(outcomes.run IS NULL AND NOT whole) AS unknown
    FROM ensembles JOIN asked USING (ensemble) CROSS JOIN shared
    JOIN runs ON runs.ensemble = ensembles.ensemble AND runs.run = shared.run
    LEFT JOIN outcomes ON outcomes.ensemble = ensembles.ensemble AND outcomes.run = shared.run AND outcome = asked.name
    WHERE asked.kind = 'outcome' AND asked.name IN (SELECT name FROM told) AND runs_per_draw > 1
    GROUP BY ensembles.place, asked.name, asked.place
), found AS (
    SELECT outcome, any_value(shown) AS shown, variance_parts_of(list(hits ORDER BY place), any_value(draws)) AS parts
    FROM marked GROUP BY outcome HAVING NOT bool_or(unknown)
)
SELECT outcome, parts[1] AS chance, parts[2] AS chance_low, parts[3] AS chance_high, parts[4] AS parameters,
       parts[5] AS parameters_low, parts[6] AS parameters_high, parts[7] AS scenario, parts[8] AS scenario_low,
       parts[9] AS scenario_high
FROM found ORDER BY shown
