-- The break register: dated causes that a series must not be read across without a word. A row is a break.
SELECT break_id, date_from, date_to, kind, label, cause, categories, wards, excluded, origin
FROM breaks
ORDER BY date_from, break_id
