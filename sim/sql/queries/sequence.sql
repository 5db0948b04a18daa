-- each outcome's probability with the confidence sequence's interval, for runs made with --until
WITH counted AS (
    SELECT ensemble, place, scenario, outcome, as_first, shown, title, count(*) FILTER (hit) AS hits,
           count(*) FILTER (unknown) AS unknown, count(*) AS runs
    FROM marks GROUP BY ALL
)
SELECT ensemble, scenario, outcome, as_first, title, hits, unknown, runs, CASE WHEN unknown = 0 THEN hits / runs END AS share,
       proportion_sequence(hits, unknown, runs).low AS low, proportion_sequence(hits, unknown, runs).high AS high
FROM counted ORDER BY place, NOT as_first, shown
