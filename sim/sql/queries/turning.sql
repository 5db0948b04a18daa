-- what made the difference: the turning points of the first 100 pairs that ended otherwise, by kind
WITH turned AS (
    SELECT * FROM divergences WHERE part = 'turning'
), kinds AS (
    SELECT ensemble, how, rule, one, other, count(*) AS pairs,
           count(*) FILTER (undone = 'other end') AS undone, count(*) FILTER (undone = 'third end') AS third,
           min(run) AS example, sum(count(*)) OVER (PARTITION BY ensemble)::BIGINT AS out_of
    FROM turned GROUP BY ensemble, how, rule, one, other
), weights AS (
    SELECT ensemble, how, rule, one, other, cause, count(*) FILTER (list_contains(needed, cause)) AS back, count(*) AS named
    FROM (SELECT *, unnest(causes) AS cause FROM turned) GROUP BY ensemble, how, rule, one, other, cause
), ordered AS (
    SELECT ensemble, how, rule, one, other, list(cause ORDER BY back DESC, named DESC, cause) AS causes,
           list(back ORDER BY back DESC, named DESC, cause) AS needed_in
    FROM weights GROUP BY ensemble, how, rule, one, other
)
SELECT ensemble, scenario, baseline, how, rule, one, other, causes, needed_in, undone, third, pairs, out_of,
       pairs / out_of AS share, proportion(pairs, 0, out_of).low AS low, proportion(pairs, 0, out_of).high AS high,
       example
FROM kinds JOIN ordered USING (ensemble, how, rule, one, other) JOIN ensembles USING (ensemble)
ORDER BY place, pairs DESC, how, rule, one, other
