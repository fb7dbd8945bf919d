-- A row is a problem of the partnership's own.
SELECT problem_id, name, categories, codes, wards FROM problems ORDER BY position
