-- scenarios with one baseline ranked by each outcome that ends a run, with the ranges that hold together with 95 %
WITH grouped AS (
    SELECT *, coalesce(baseline, ensemble) AS moment,
           row_number() OVER (PARTITION BY coalesce(baseline, ensemble) ORDER BY place) AS number,
           count(*) OVER (PARTITION BY coalesce(baseline, ensemble)) AS members
    FROM ensembles
), shared AS (
    SELECT moment, run, any_value(draw) AS draw FROM runs JOIN grouped USING (ensemble)
    GROUP BY moment, run HAVING count(*) = any_value(members) AND any_value(members) > 1
), marked AS (
    SELECT grouped.moment, grouped.number, asked.name AS outcome, asked.place AS shown,
           list(outcomes.run IS NOT NULL ORDER BY shared.run) AS hits,
           list(outcomes.run IS NULL AND NOT whole ORDER BY shared.run) AS unknown, list(shared.draw::DOUBLE ORDER BY shared.run) AS draws
    FROM grouped JOIN asked USING (ensemble) JOIN shared USING (moment)
    JOIN runs ON runs.ensemble = grouped.ensemble AND runs.run = shared.run
    LEFT JOIN outcomes ON outcomes.ensemble = grouped.ensemble AND outcomes.run = shared.run AND outcome = asked.name
    WHERE asked.kind = 'outcome' AND asked.name IN (SELECT name FROM told)
    GROUP BY ALL
), found AS (
    SELECT moment, outcome, any_value(shown) AS shown,
           ranks_of(list(hits ORDER BY number), list(unknown ORDER BY number), any_value(draws), (SELECT max(runs_per_draw) > 1 FROM ensembles)) AS ranks
    FROM marked GROUP BY moment, outcome
)
SELECT outcome, grouped.ensemble, scenario, baseline, ranks[number][1] AS rank, ranks[number][2] AS "from",
       ranks[number][3] AS "to"
FROM found JOIN grouped USING (moment)
ORDER BY shown, min(place) OVER (PARTITION BY outcome, moment), rank, grouped.place
