-- Incidents of the partnership by published point, month and category.
SELECT easting, northing, month, category, count(*)::BIGINT AS incidents
FROM incidents
WHERE in_partnership AND easting IS NOT NULL AND month = ANY($months::DATE[])
GROUP BY ALL
ORDER BY ALL
