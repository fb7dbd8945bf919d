-- The published points of the partnership that hold an incident of any category in a stretch of months. A row is a point.
SELECT easting, northing, mode(ward_code) AS ward_code
FROM incidents
WHERE in_partnership AND easting IS NOT NULL
  AND ($first::DATE IS NULL OR month >= $first) AND ($before::DATE IS NULL OR month < $before)
GROUP BY easting, northing
ORDER BY easting, northing
