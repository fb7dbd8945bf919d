-- Incidents of every district loaded by month. A row is a district and month with at least one incident.
SELECT district_code, month, sum(incidents)::BIGINT AS incidents
FROM district_counts
WHERE month = ANY($months::DATE[])
  AND ($categories::VARCHAR[] IS NULL OR category = ANY($categories))
  AND ($source::VARCHAR IS NULL OR source = $source)
GROUP BY ALL
ORDER BY district_code, month
