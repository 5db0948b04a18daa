-- scenarios with one baseline ranked by each outcome that ends a run, with the ranges that hold together with 95 %
WITH grouped AS (
    SELECT *, coalesce(baseline, ensemble) AS moment, row_number() OVER (PARTITION BY moment ORDER BY place) AS number,
           count(*) OVER (PARTITION BY moment) AS members
    FROM ensembles
), shared AS (
    SELECT moment, run FROM runs JOIN grouped USING (ensemble)
    GROUP BY moment, run HAVING count(*) = any_value(members) AND any_value(members) > 1
), marked AS (
    SELECT moment, number, outcome, as_first, shown, list(hit ORDER BY run) AS hits, list(unknown ORDER BY run) AS unknown,
           list(draw ORDER BY run) AS draws
    FROM (SELECT ensemble, moment, number FROM grouped) JOIN marks USING (ensemble) JOIN shared USING (moment, run)
    SEMI JOIN told ON told.name = outcome AND told.as_first = marks.as_first
    GROUP BY ALL
), found AS (
    SELECT moment, outcome, as_first, any_value(shown) AS shown,
           rank_ranges(list(hits ORDER BY number), list(unknown ORDER BY number), any_value(draws)) AS ranks
    FROM marked GROUP BY moment, outcome, as_first
)
SELECT outcome, as_first, ensemble, scenario, baseline, ranks[number].rank AS rank, ranks[number]."from" AS "from",
       ranks[number]."to" AS "to"
FROM found JOIN grouped USING (moment)
ORDER BY shown, min(place) OVER (PARTITION BY outcome, moment), rank, place
