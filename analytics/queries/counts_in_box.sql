-- Incidents of the partnership by published point within a box (metres), by category and month. A row is such a triple.
SELECT easting, northing, category, month, count(*)::INTEGER AS incidents
FROM incidents
WHERE in_partnership AND easting BETWEEN $west AND $east AND northing BETWEEN $south AND $north
  AND month = ANY($months::DATE[])
  AND ($categories::VARCHAR[] IS NULL OR category = ANY($categories))
  AND ($source::VARCHAR IS NULL OR source = $source)
GROUP BY ALL
