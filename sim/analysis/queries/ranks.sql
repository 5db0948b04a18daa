-- scenarios ranked by each outcome that ends a run, with the ranges that hold together with 95 %
WITH shared AS (
    SELECT run, any_value(draw) AS draw FROM runs
    GROUP BY run HAVING count(*) = (SELECT count(*) FROM ensembles)
), marked AS (
    SELECT ensembles.place, asked.name AS outcome, asked.place AS shown,
           list(outcomes.run IS NOT NULL ORDER BY shared.run) AS hits,
           list(outcomes.run IS NULL AND NOT whole ORDER BY shared.run) AS unknown, list(shared.draw::DOUBLE ORDER BY shared.run) AS draws
    FROM ensembles JOIN asked USING (ensemble) CROSS JOIN shared
    JOIN runs ON runs.ensemble = ensembles.ensemble AND runs.run = shared.run
    LEFT JOIN outcomes ON outcomes.ensemble = ensembles.ensemble AND outcomes.run = shared.run AND outcome = asked.name
    WHERE asked.kind = 'outcome' AND asked.name IN (SELECT name FROM told)
    GROUP BY ALL
), found AS (
    SELECT outcome, any_value(shown) AS shown,
           ranks_of(list(hits ORDER BY place), list(unknown ORDER BY place), any_value(draws), (SELECT max(runs_per_draw) > 1 FROM ensembles)) AS ranks
    FROM marked GROUP BY outcome
)
SELECT outcome, ensembles.ensemble, scenario, ranks[ensembles.place + 1][1] AS rank, ranks[ensembles.place + 1][2] AS "from",
       ranks[ensembles.place + 1][3] AS "to"
FROM found CROSS JOIN ensembles
ORDER BY shown, rank, ensembles.place
