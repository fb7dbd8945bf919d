-- A row is a harm weight of the partnership's own.
SELECT set_id, set_name, version, unit, source, category, offence_code, low, central, high
FROM harm_weights ORDER BY position, category, offence_code
