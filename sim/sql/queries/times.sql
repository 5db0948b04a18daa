-- when outcomes first come true: quantiles over all runs, the median if they do, the restricted mean; unknown runs both ways
WITH found AS (
    SELECT marks.ensemble, marks.place, marks.scenario, outcome, as_first, shown, unnest(first_times(
               list(coalesce(seen, CASE WHEN unknown THEN 'nan'::DOUBLE ELSE 'infinity'::DOUBLE END) ORDER BY run),
               list(CASE WHEN unknown THEN followed ELSE 'infinity'::DOUBLE END ORDER BY run), list(draw ORDER BY run),
               any_value(horizon - start), any_value(CASE WHEN otherwise THEN horizon - start ELSE 0.0 END)),
               recursive := true)
    FROM marks JOIN ensembles USING (ensemble)
    GROUP BY marks.ensemble, marks.place, marks.scenario, outcome, as_first, shown
)
SELECT ensemble, scenario, outcome, as_first, runs, statistic, share::DECIMAL(3, 2) AS share, value, low, high
FROM found ORDER BY place, NOT as_first, shown, statistic, share
