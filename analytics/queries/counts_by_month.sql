-- Incidents of the partnership by month and category. A row is a month and category with at least one incident.
SELECT month, category, sum(incidents)::BIGINT AS incidents
FROM counts
WHERE month = ANY($months::DATE[])
  AND ($categories::VARCHAR[] IS NULL OR category = ANY($categories))
  AND ($wards::VARCHAR[] IS NULL OR ward_code = ANY($wards))
  AND ($source::VARCHAR IS NULL OR source = $source)
GROUP BY ALL
ORDER BY month, category
