-- each outcome under every scenario that does not pair with the first one named: the difference all the same
WITH sides AS (
    SELECT others.ensemble, others.place, others.scenario, outcome, shown, run, hit, unknown, draw,
           baseline.seed = others.seed AS same_luck, marks.place > 0 AS theirs,
           count(*) OVER (PARTITION BY others.ensemble, outcome, run) AS sharing
    FROM ensembles AS others JOIN ensembles AS baseline ON baseline.place = 0
    JOIN marks ON marks.place = 0 OR marks.place = others.place
    WHERE others.place > 0 AND NOT others.paired
), listed AS (
    SELECT ensemble, place, scenario, outcome, same_luck, min(shown) FILTER (NOT theirs) AS shown,
           CASE WHEN NOT bool_or(unknown) FILTER (NOT theirs) THEN avg(hit::BIGINT) FILTER (NOT theirs) END AS one,
           CASE WHEN NOT bool_or(unknown) FILTER (theirs) THEN avg(hit::BIGINT) FILTER (theirs) END AS other,
           list(hit ORDER BY run) FILTER (NOT theirs) AS ones, list(unknown ORDER BY run) FILTER (NOT theirs) AS open_ones,
           list(draw ORDER BY run) FILTER (NOT theirs) AS draws, list(hit ORDER BY run) FILTER (theirs) AS others,
           list(unknown ORDER BY run) FILTER (theirs) AS open_others, list(draw ORDER BY run) FILTER (theirs) AS other_draws
    FROM sides WHERE NOT same_luck OR sharing = 2
    GROUP BY ensemble, place, scenario, outcome, same_luck HAVING bool_or(theirs) AND bool_or(NOT theirs)
), family AS (
    SELECT greatest(1, (SELECT count(*) FROM told)
                       * (SELECT count(*) FROM ensembles WHERE place > 0 AND NOT paired)) AS family
), found AS (
    SELECT listed.*, unpaired_change(ones, open_ones, draws, others, open_others, other_draws, same_luck, 0.95) AS alone,
           unpaired_change(ones, open_ones, draws, others, open_others, other_draws, same_luck, sidak(family)) AS together
    FROM listed CROSS JOIN family
)
SELECT ensemble, scenario, outcome, one, other, alone.value AS difference, alone.low, alone.high,
       together.low AS simultaneous_low, together.high AS simultaneous_high
FROM found ORDER BY place, shown
