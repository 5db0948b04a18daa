-- each outcome against the first scenario named, for ensembles of another seed: as independent runs
WITH fine AS (SELECT * FROM runs WHERE NOT failed),
counted AS (
    SELECT ensembles.ensemble, ensembles.place, scenario, seed, asked.name AS outcome, asked.place AS shown,
           count(outcomes.run) AS hits, count(*) AS n
    FROM ensembles JOIN asked USING (ensemble) JOIN fine USING (ensemble)
    LEFT JOIN outcomes ON outcomes.ensemble = fine.ensemble AND outcomes.run = fine.run AND outcome = name
    WHERE asked.kind = 'outcome' GROUP BY ALL
)
SELECT other.ensemble, other.scenario, outcome, one.hits / one.n AS one, other.hits / other.n AS other,
       other.hits / other.n - one.hits / one.n AS difference,
       independent_low(one.hits, one.n, other.hits, other.n) AS low,
       independent_high(one.hits, one.n, other.hits, other.n) AS high
FROM counted AS one JOIN counted AS other USING (outcome)
WHERE one.place = 0 AND other.place > 0 AND one.seed <> other.seed
ORDER BY other.place, other.shown
