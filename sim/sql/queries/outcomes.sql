-- each outcome's probability with its 95 % interval, over the draws where the design is nested; unknown runs both ways
WITH by_draw AS (
    SELECT ensemble, place, scenario, outcome, as_first, shown, title, draw, count(*) FILTER (hit) AS hits,
           count(*) FILTER (unknown) AS unknown, count(*) AS runs
    FROM marks GROUP BY ALL
), counted AS (
    SELECT ensemble, place, scenario, outcome, as_first, shown, title, sum(hits)::BIGINT AS hits,
           sum(unknown)::BIGINT AS unknown, sum(runs)::BIGINT AS runs,
           CASE WHEN any_value(draw) IS NULL THEN proportion(any_value(hits), any_value(unknown), any_value(runs))
                ELSE proportion_over_draws(list(hits ORDER BY draw), list(unknown ORDER BY draw), list(runs ORDER BY draw))
           END AS found
    FROM by_draw GROUP BY ensemble, place, scenario, outcome, as_first, shown, title
)
SELECT ensemble, scenario, outcome, as_first, title, hits, unknown, runs, CASE WHEN unknown = 0 THEN hits / runs END AS share,
       found.low, found.high
FROM counted ORDER BY place, NOT as_first, shown
