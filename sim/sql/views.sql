-- What queries share: one row for each outcome of each run, and which outcomes and differences a comparison is about.

-- what is counted of each outcome: that it came true, and of an ending after which a run may go on that it came first
CREATE VIEW counted AS
    WITH going_on AS (SELECT ensemble FROM asked GROUP BY ensemble HAVING bool_or(ending AND NOT ends_run)),
         outcomes_asked AS (SELECT *, ensemble IN (SELECT ensemble FROM going_on) AS goes_on FROM asked WHERE kind = 'outcome')
    SELECT *, false AS as_first FROM outcomes_asked WHERE NOT (goes_on AND otherwise)
    UNION ALL SELECT *, true FROM outcomes_asked WHERE goes_on AND ending;

-- whether a run had an outcome: it had, it had not, or nobody knows; `draw` is NULL where the runs are independent
CREATE VIEW marks AS
    SELECT ensembles.ensemble, ensembles.place, scenario, name AS outcome, as_first, counted.place AS shown,
           counted.title, otherwise, runs.run, CASE WHEN runs_per_draw > 1 THEN runs.draw END AS draw,
           outcomes.run IS NOT NULL AS hit,
           outcomes.run IS NULL AND NOT whole AND (NOT as_first OR first_ending = ended) AS unknown,
           outcomes.time AS seen, outcomes.date AS seen_date, runs.time AS followed, runs.date AS followed_date
    FROM ensembles JOIN counted USING (ensemble) JOIN runs USING (ensemble)
    LEFT JOIN outcomes ON outcomes.ensemble = runs.ensemble AND outcomes.run = runs.run AND outcome = name
         AND (NOT as_first OR first_ending = name);

-- what a comparison is about first of all: the endings, as the first to come true, or all outcomes if there is none
CREATE VIEW told AS
    WITH shared AS (
        SELECT name, any_value(ending) FILTER (place = 0) AS ending, any_value(goes_on) FILTER (place = 0) AS goes_on
        FROM (
            SELECT DISTINCT name, ending, goes_on, ensembles.place FROM counted JOIN ensembles USING (ensemble)
        ) GROUP BY name HAVING count(*) = (SELECT count(*) FROM ensembles)
    )
    SELECT name, ending AND goes_on AS as_first FROM shared WHERE ending OR NOT (SELECT bool_or(ending) FROM shared);

-- how many differences a comparison of all the ensembles has, whose intervals are to hold together; a baseline has none
CREATE VIEW family_of AS
    SELECT greatest(1, (SELECT count(*) FROM told) * (SELECT count(*) FROM ensembles
        WHERE place > 0 AND (baseline IS NOT NULL OR ensemble NOT IN (
            SELECT baseline FROM ensembles WHERE baseline IS NOT NULL)))) AS family;
