-- Incidents by LSOA and month, for the categories and wards asked. A row is an LSOA and month with an incident.
SELECT lsoa_code, month, sum(incidents)::BIGINT AS incidents
FROM counts
WHERE month = ANY($months::DATE[])
  AND ($categories::VARCHAR[] IS NULL OR category = ANY($categories))
  AND ($wards::VARCHAR[] IS NULL OR ward_code = ANY($wards))
  AND ($source::VARCHAR IS NULL OR source = $source)
GROUP BY ALL
ORDER BY lsoa_code, month
