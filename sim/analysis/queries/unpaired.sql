-- each outcome under every scenario that does not pair with the first one named: the difference all the same
WITH fine AS (SELECT * FROM runs WHERE NOT failed),
baseline AS (SELECT * FROM ensembles WHERE place = 0),
shared AS (
    SELECT asked.name AS outcome, asked.place AS shown, others.ensemble
    FROM baseline JOIN asked ON asked.ensemble = baseline.ensemble AND asked.kind = 'outcome'
    JOIN asked AS too ON too.name = asked.name AND too.kind = 'outcome'
    JOIN ensembles AS others ON others.ensemble = too.ensemble AND others.place > 0 AND NOT others.paired
), marked AS (
    SELECT shared.ensemble, shared.outcome, shown, fine.ensemble AS whose, list(fine.run ORDER BY fine.run) AS numbers,
           list(outcomes.run IS NOT NULL ORDER BY fine.run) AS hits, list(fine.draw ORDER BY fine.run) AS draws
    FROM shared JOIN fine ON fine.ensemble = shared.ensemble OR fine.ensemble = (SELECT ensemble FROM baseline)
    LEFT JOIN outcomes ON outcomes.ensemble = fine.ensemble AND outcomes.run = fine.run AND outcomes.outcome = shared.outcome
    GROUP BY ALL
), compared AS (
    SELECT other.ensemble, other.outcome, other.shown, unpaired_bounds(
               one.numbers, one.hits, one.draws, other.numbers, other.hits, other.draws,
               baseline.runs_per_draw > 1, others.runs_per_draw > 1, baseline.seed = others.seed, 0.95) AS found,
           unpaired_bounds(
               one.numbers, one.hits, one.draws, other.numbers, other.hits, other.draws,
               baseline.runs_per_draw > 1, others.runs_per_draw > 1, baseline.seed = others.seed, level) AS together
    FROM marked AS one JOIN marked AS other ON one.ensemble = other.ensemble AND one.outcome = other.outcome
    JOIN baseline ON one.whose = baseline.ensemble JOIN ensembles AS others ON others.ensemble = other.whose,
    (SELECT sidak(greatest(1, (SELECT count(*) FROM told)
                                * (SELECT count(*) FROM ensembles WHERE place > 0 AND NOT paired)), 0.95) AS level)
    WHERE other.whose = other.ensemble
)
SELECT compared.ensemble, scenario, outcome, found[1] AS one, found[2] AS other, found[3] AS difference, found[4] AS low,
       found[5] AS high, together[4] AS simultaneous_low, together[5] AS simultaneous_high
FROM compared JOIN ensembles USING (ensemble)
ORDER BY place, shown
