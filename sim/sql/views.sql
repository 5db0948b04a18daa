-- What queries share: one row for each outcome of each run, and which outcomes and differences a comparison is about.

-- whether a run had an outcome: it had, it had not, or nobody knows; `draw` is NULL where the runs are independent
CREATE VIEW marks AS
    SELECT ensembles.ensemble, ensembles.place, scenario, asked.name AS outcome, asked.place AS shown, asked.title,
           otherwise, runs.run, CASE WHEN runs_per_draw > 1 THEN runs.draw END AS draw, outcomes.run IS NOT NULL AS hit,
           outcomes.run IS NULL AND NOT whole AS unknown, outcomes.time AS seen, outcomes.date AS seen_date,
           runs.time AS followed, runs.date AS followed_date
    FROM ensembles JOIN asked USING (ensemble) JOIN runs USING (ensemble)
    LEFT JOIN outcomes ON outcomes.ensemble = runs.ensemble AND outcomes.run = runs.run AND outcome = asked.name
    WHERE kind = 'outcome';

-- the outcomes that a comparison is about first of all: those that end a run, or all if none does
CREATE VIEW told AS
    WITH shared AS (
        SELECT name, any_value(ends_run) FILTER (place = 0) AS ends_run
        FROM (
            SELECT asked.name, asked.ends_run, ensembles.place FROM asked JOIN ensembles USING (ensemble)
            WHERE kind = 'outcome'
        ) GROUP BY name HAVING count(*) = (SELECT count(*) FROM ensembles)
    )
    SELECT name FROM shared WHERE ends_run OR NOT (SELECT bool_or(ends_run) FROM shared);

-- how many differences a comparison of all the ensembles has, whose intervals are to hold together; a baseline has none
CREATE VIEW family_of AS
    SELECT greatest(1, (SELECT count(*) FROM told) * (SELECT count(*) FROM ensembles
        WHERE place > 0 AND (baseline IS NOT NULL OR ensemble NOT IN (
            SELECT baseline FROM ensembles WHERE baseline IS NOT NULL)))) AS family;
