-- Incidents of one ward or one LSOA by category and month. A row is a category and month with at least one incident.
SELECT category, month, sum(incidents)::BIGINT AS incidents
FROM counts
WHERE month = ANY($months::DATE[]) AND ($ward::VARCHAR IS NULL OR ward_code = $ward)
  AND ($lsoa::VARCHAR IS NULL OR lsoa_code = $lsoa)
  AND ($categories::VARCHAR[] IS NULL OR category = ANY($categories))
  AND ($source::VARCHAR IS NULL OR source = $source)
GROUP BY ALL
ORDER BY category, month
