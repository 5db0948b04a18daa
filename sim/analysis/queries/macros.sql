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

-- Agresti and Caffo 2000: the difference of two shares over independent runs
CREATE MACRO independent_half(hits, n, mates, m, level) AS normal_quantile(level) * sqrt(
    (hits + 1) / (n + 2) * (1 - (hits + 1) / (n + 2)) / (n + 2)
    + (mates + 1) / (m + 2) * (1 - (mates + 1) / (m + 2)) / (m + 2));
CREATE MACRO independent_low(hits, n, mates, m, level := 0.95) AS
    greatest(-1.0, (mates + 1) / (m + 2) - (hits + 1) / (n + 2) - independent_half(hits, n, mates, m, level));
CREATE MACRO independent_high(hits, n, mates, m, level := 0.95) AS
    least(1.0, (mates + 1) / (m + 2) - (hits + 1) / (n + 2) + independent_half(hits, n, mates, m, level));
