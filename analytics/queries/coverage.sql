-- What is loaded of each force and month. A row is a force, month, category and source; no row: that file is not loaded.
SELECT force, force_slug, month, category, source, read, kept, repeated, set_aside, placed, not_placed
FROM coverage
ORDER BY force, month, category
