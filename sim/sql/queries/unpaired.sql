-- each outcome under every scenario that does not pair with the first one named: the difference all the same
WITH sides AS (
    SELECT others.ensemble, others.place, others.scenario, outcome, as_first, shown, run, hit, unknown, draw,
           baseline.seed = others.seed AS same_luck, marks.place > 0 AS theirs,
           count(*) OVER (PARTITION BY others.ensemble, outcome, as_first, run) AS sharing
    FROM ensembles AS others JOIN ensembles AS baseline ON baseline.place = 0
    JOIN marks ON marks.place = 0 OR marks.place = others.place
    WHERE others.place > 0 AND NOT others.paired
), listed AS (
    SELECT ensemble, place, scenario, outcome, as_first, same_luck, min(shown) FILTER (NOT theirs) AS shown,
           CASE WHEN NOT bool_or(unknown) FILTER (NOT theirs) THEN avg(hit::BIGINT) FILTER (NOT theirs) END AS one,
           CASE WHEN NOT bool_or(unknown) FILTER (theirs) THEN avg(hit::BIGINT) FILTER (theirs) END AS other,
           unpaired_change(
               list(hit ORDER BY run) FILTER (NOT theirs), list(unknown ORDER BY run) FILTER (NOT theirs),
               list(draw ORDER BY run) FILTER (NOT theirs), list(hit ORDER BY run) FILTER (theirs),
               list(unknown ORDER BY run) FILTER (theirs), list(draw ORDER BY run) FILTER (theirs), same_luck,
               greatest(1, (SELECT count(*) FROM told)
                           * (SELECT count(*) FROM ensembles WHERE place > 0 AND NOT paired))) AS found
    FROM sides WHERE NOT same_luck OR sharing = 2
    GROUP BY ensemble, place, scenario, outcome, as_first, same_luck HAVING bool_or(theirs) AND bool_or(NOT theirs)
)
SELECT ensemble, scenario, outcome, as_first, one, other, found.difference.value AS difference, found.difference.low,
       found.difference.high, found.simultaneous.low AS simultaneous_low, found.simultaneous.high AS simultaneous_high
FROM listed ORDER BY place, NOT as_first, shown
