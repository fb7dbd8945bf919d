-- Rows that were read and could not be used. A row is a line of a file.
SELECT source_name, file, line, reason, message, column_name, value, raw
FROM quarantine
ORDER BY reason, file, line
