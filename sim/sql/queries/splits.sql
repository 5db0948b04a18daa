-- chance and ignorance apart, in a nested design: what each does to an outcome's probability; none where runs are unknown
WITH found AS (
    SELECT marks.ensemble, marks.place, marks.scenario, outcome, as_first, shown, count(*) FILTER (hit) / count(*) AS share,
           split(list(hit ORDER BY run), list(draw ORDER BY run), any_value(runs_per_draw)) AS parts
    FROM marks JOIN ensembles USING (ensemble)
    WHERE runs_per_draw > 1
    GROUP BY marks.ensemble, marks.place, marks.scenario, outcome, as_first, shown
    HAVING NOT bool_or(unknown)
)
SELECT ensemble, scenario, outcome, as_first, share, parts.chance AS chance_alone, parts.low AS ignorance_low,
       parts.high AS ignorance_high, parts.held, parts.parameters.value AS parameters_share,
       parts.parameters.low AS parameters_low, parts.parameters.high AS parameters_high
FROM found ORDER BY place, NOT as_first, shown
