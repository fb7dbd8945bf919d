-- Incidents by published point and month, margin included, for the categories asked. A row is a pair with an incident.
SELECT easting, northing, month, count(*)::INTEGER AS incidents
FROM incidents
WHERE easting IS NOT NULL AND month = ANY($months::DATE[])
  AND ($categories::VARCHAR[] IS NULL OR category = ANY($categories))
  AND ($source::VARCHAR IS NULL OR source = $source)
GROUP BY ALL
