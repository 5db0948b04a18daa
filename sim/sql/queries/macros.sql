-- Formulas that queries share. A level is 0.95 unless said otherwise.
CREATE MACRO bound(n, level := 0.95) AS 1 - pow(1 - level, 1.0 / n);

-- E. B. Wilson 1927; with no hit, or nothing but hits, the exact one-sided bound
CREATE MACRO wilson_centre(hits, n, z) AS (hits / n + z * z / (2 * n)) / (1 + z * z / n);
CREATE MACRO wilson_half(hits, n, z) AS
    z / (1 + z * z / n) * sqrt(hits / n * (1 - hits / n) / n + z * z / (4 * n * n));
CREATE MACRO wilson_low(hits, n, level := 0.95) AS
    CASE WHEN hits = 0 THEN 0.0 WHEN hits = n THEN 1 - bound(n, level := level)
         ELSE wilson_centre(hits, n, normal_quantile(level)) - wilson_half(hits, n, normal_quantile(level)) END;
CREATE MACRO wilson_high(hits, n, level := 0.95) AS
    CASE WHEN hits = 0 THEN bound(n, level := level) WHEN hits = n THEN 1.0
         ELSE wilson_centre(hits, n, normal_quantile(level)) + wilson_half(hits, n, normal_quantile(level)) END;

-- Bonett and Price 2012: the difference of two shares over pairs
CREATE MACRO paired_half(gained, lost, pairs, level) AS normal_quantile(level) * sqrt(
    ((gained + lost + 2) / (pairs + 2) - pow((gained - lost) / (pairs + 2), 2)) / (pairs + 2));
CREATE MACRO paired_low(gained, lost, pairs, level := 0.95) AS
    greatest(-1.0, (gained - lost) / (pairs + 2) - paired_half(gained, lost, pairs, level));
CREATE MACRO paired_high(gained, lost, pairs, level := 0.95) AS
    least(1.0, (gained - lost) / (pairs + 2) + paired_half(gained, lost, pairs, level));

-- Wilson's interval at the effective number of runs of a nested design; `error` is the share's, over the draws
CREATE MACRO effective(hits, n, draws, error, level) AS
    least(2 * n, coalesce(hits / n * (1 - hits / n) / nullif(pow(error, 2), 0), 2 * n))
    * pow(normal_quantile(level) / student_quantile(level, draws - 1), 2);
CREATE MACRO nested_low(hits, n, draws, error, level := 0.95) AS
    CASE WHEN hits = 0 THEN 0.0 WHEN hits = n THEN 1 - bound(draws, level := level) ELSE greatest(0.0,
        wilson_centre(hits / n * effective(hits, n, draws, error, level), effective(hits, n, draws, error, level), normal_quantile(level))
        - wilson_half(hits / n * effective(hits, n, draws, error, level), effective(hits, n, draws, error, level), normal_quantile(level))) END;
CREATE MACRO nested_high(hits, n, draws, error, level := 0.95) AS
    CASE WHEN hits = 0 THEN bound(draws, level := level) WHEN hits = n THEN 1.0 ELSE least(1.0,
        wilson_centre(hits / n * effective(hits, n, draws, error, level), effective(hits, n, draws, error, level), normal_quantile(level))
        + wilson_half(hits / n * effective(hits, n, draws, error, level), effective(hits, n, draws, error, level), normal_quantile(level))) END;

-- the difference of two shares over pairs of a nested design: by the draws, never narrower than over independent pairs
CREATE MACRO nested_difference_low(gained, lost, pairs, draws, error, level := 0.95) AS
    CASE WHEN gained + lost = 0 THEN -bound(draws, level := level) ELSE greatest(-1.0, least(
        (gained - lost) / pairs - student_quantile(level, draws - 1) * error, paired_low(gained, lost, pairs, level := level))) END;
CREATE MACRO nested_difference_high(gained, lost, pairs, draws, error, level := 0.95) AS
    CASE WHEN gained + lost = 0 THEN bound(draws, level := level) ELSE least(1.0, greatest(
        (gained - lost) / pairs + student_quantile(level, draws - 1) * error, paired_high(gained, lost, pairs, level := level))) END;

-- the outcomes that a comparison is about first of all: those that end a run, or all if none does
CREATE VIEW told AS
    SELECT one.name FROM asked AS one WHERE one.kind = 'outcome' AND one.ensemble = (SELECT ensemble FROM ensembles WHERE place = 0)
    AND (SELECT count(DISTINCT ensemble) FROM asked WHERE kind = 'outcome' AND asked.name = one.name)
        = (SELECT count(*) FROM ensembles)
    AND (one.ends_run OR NOT EXISTS (
        SELECT 1 FROM asked AS other WHERE other.kind = 'outcome' AND other.ends_run
        AND other.ensemble = (SELECT ensemble FROM ensembles WHERE place = 0)
        AND (SELECT count(DISTINCT ensemble) FROM asked WHERE kind = 'outcome' AND asked.name = other.name)
            = (SELECT count(*) FROM ensembles)));

-- how many differences a comparison of all the ensembles has, whose intervals are to hold together; a baseline has none
CREATE VIEW family_of AS
    SELECT greatest(1, (SELECT count(*) FROM told) * (SELECT count(*) FROM ensembles
        WHERE place > 0 AND (baseline IS NOT NULL OR ensemble NOT IN (
            SELECT baseline FROM ensembles WHERE baseline IS NOT NULL)))) AS family;
