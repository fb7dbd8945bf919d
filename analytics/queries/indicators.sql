-- The partnership's own indicators, in the order of the configuration. A row is an indicator.
SELECT name, categories, wards, measure, direction, target, target_by
FROM indicators
ORDER BY indicator_order
