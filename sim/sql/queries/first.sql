-- where the runs first part from those of the scenario that they are compared with, by kind
WITH kinds AS (
    SELECT ensemble, how, rule, one, other, causes, count(*) AS pairs, min(run) AS example,
           sum(count(*)) OVER (PARTITION BY ensemble)::BIGINT AS out_of
    FROM divergences WHERE part = 'first' GROUP BY ensemble, how, rule, one, other, causes
)
SELECT ensemble, scenario, baseline, how, rule, one, other, causes, pairs, out_of, pairs / out_of AS share,
       proportion(pairs, 0, out_of).low AS low, proportion(pairs, 0, out_of).high AS high, example
FROM kinds JOIN ensembles USING (ensemble)
ORDER BY place, pairs DESC, how, rule, one, other
