-- where the runs first part from those of the scenario that they are compared with, by kind
WITH kinds AS (
    SELECT ensemble, how, rule, one, other, causes, count(*) AS pairs, min(run) AS example
    FROM divergences WHERE part = 'first' GROUP BY ALL
), totals AS (SELECT ensemble, sum(pairs)::BIGINT AS n FROM kinds GROUP BY ALL)
SELECT kinds.ensemble, scenario, baseline, how, rule, one, other, causes, pairs, n AS out_of, pairs / n AS share,
       wilson_low(pairs, n) AS low, wilson_high(pairs, n) AS high, example
FROM kinds JOIN totals USING (ensemble) JOIN ensembles USING (ensemble)
ORDER BY ensembles.place, pairs DESC, how, rule, one, other
