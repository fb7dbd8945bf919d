-- The sources with incidents in the partnership. A row is a source.
SELECT DISTINCT source FROM counts ORDER BY source
