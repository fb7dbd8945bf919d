-- Incidents of the partnership by published point and category. A row is a pair with an incident.
SELECT easting, northing, category, count(*)::INTEGER AS incidents, count(DISTINCT month)::INTEGER AS months_active
FROM incidents
WHERE easting IS NOT NULL AND in_partnership AND month = ANY($months::DATE[])
  AND ($categories::VARCHAR[] IS NULL OR category = ANY($categories))
  AND ($source::VARCHAR IS NULL OR source = $source)
GROUP BY ALL
