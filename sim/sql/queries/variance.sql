-- what a run's outcome depends on, in nested designs: shares of its variance from chance, parameters and scenario
WITH shared AS (
    SELECT run FROM runs GROUP BY run HAVING count(*) = (SELECT count(*) FROM ensembles)
), marked AS (
    SELECT place, outcome, marks.as_first, shown, list(hit ORDER BY run) AS hits, list(draw ORDER BY run) AS draws, bool_or(unknown) AS open
    FROM marks JOIN shared USING (run)
    SEMI JOIN told ON told.name = outcome AND told.as_first = marks.as_first
    WHERE draw IS NOT NULL
    GROUP BY ALL
), found AS (
    SELECT outcome, as_first, any_value(shown) AS shown, variance_parts(list(hits ORDER BY place), any_value(draws)) AS parts
    FROM marked GROUP BY outcome, as_first HAVING NOT bool_or(open)
)
SELECT outcome, as_first, parts.chance.value AS chance, parts.chance.low AS chance_low, parts.chance.high AS chance_high,
       parts.parameters.value AS parameters, parts.parameters.low AS parameters_low,
       parts.parameters.high AS parameters_high, parts.scenario.value AS scenario, parts.scenario.low AS scenario_low, parts.scenario.high AS scenario_high
FROM found ORDER BY shown
