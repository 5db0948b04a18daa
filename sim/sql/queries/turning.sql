-- what made the difference: the turning points of the pairs that ended otherwise, by kind
WITH kinds AS (
    SELECT ensemble, how, rule, one, other, causes, count(*) AS pairs, min(run) AS example
    FROM divergences WHERE part = 'turning' GROUP BY ALL
), totals AS (
    SELECT other.ensemble, count(*) AS out_of
    FROM runs AS other JOIN ensembles USING (ensemble)
    JOIN runs AS one ON one.ensemble = ensembles.baseline AND one.run = other.run
    WHERE one.whole AND other.whole AND one.first_ending <> other.first_ending
    GROUP BY other.ensemble
)
SELECT ensemble, scenario, baseline, how, rule, one, other, causes, pairs, out_of, pairs / out_of AS share,
       proportion(pairs, 0, out_of).low AS low, proportion(pairs, 0, out_of).high AS high, example
FROM kinds JOIN totals USING (ensemble) JOIN ensembles USING (ensemble)
ORDER BY place, pairs DESC, how, rule, one, other
