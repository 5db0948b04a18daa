-- each outcome under every scenario that does not pair with the first one named: the difference all the same
WITH baseline AS (SELECT * FROM ensembles WHERE place = 0),
shared AS (
    SELECT asked.name AS outcome, asked.place AS shown, others.ensemble
    FROM baseline JOIN asked ON asked.ensemble = baseline.ensemble AND asked.kind = 'outcome'
    JOIN asked AS too ON too.name = asked.name AND too.kind = 'outcome'
    JOIN ensembles AS others ON others.ensemble = too.ensemble AND others.place > 0 AND NOT others.paired
), marked AS (
    SELECT shared.ensemble, shared.outcome, shown, runs.ensemble AS whose, list(runs.run ORDER BY runs.run) AS numbers,
           list(outcomes.run IS NOT NULL ORDER BY runs.run) AS hits,
           list(outcomes.run IS NULL AND NOT whole ORDER BY runs.run) AS unknown, list(runs.draw ORDER BY runs.run) AS draws
    FROM shared JOIN runs ON runs.ensemble = shared.ensemble OR runs.ensemble = (SELECT ensemble FROM baseline)
    LEFT JOIN outcomes ON outcomes.ensemble = runs.ensemble AND outcomes.run = runs.run AND outcomes.outcome = shared.outcome
    GROUP BY ALL
), compared AS (
    SELECT other.ensemble, other.outcome, other.shown, unpaired_bounds(
               one.numbers, one.hits, one.unknown, one.draws, other.numbers, other.hits, other.unknown, other.draws,
               baseline.runs_per_draw > 1, others.runs_per_draw > 1, baseline.seed = others.seed, 0.95) AS found,
           unpaired_bounds(
               one.numbers, one.hits, one.unknown, one.draws, other.numbers, other.hits, other.unknown, other.draws,
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
