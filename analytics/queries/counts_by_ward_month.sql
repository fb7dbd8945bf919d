-- Incidents by ward and month, for the categories asked. A row is a ward and month with at least one incident.
SELECT ward_code, month, sum(incidents)::BIGINT AS incidents
FROM counts
WHERE month = ANY($months::DATE[])
  AND ($categories::VARCHAR[] IS NULL OR category = ANY($categories))
  AND ($wards::VARCHAR[] IS NULL OR ward_code = ANY($wards))
  AND ($source::VARCHAR IS NULL OR source = $source)
GROUP BY ALL
ORDER BY ward_code, month
