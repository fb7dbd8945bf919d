-- Rows of the street-level files that found a district, by month, and whether the district is ours. A row is both.
SELECT district_counts.month, coalesce(districts.is_ours, FALSE) AS is_ours,
       sum(district_counts.incidents)::BIGINT AS incidents
FROM district_counts
LEFT JOIN districts USING (district_code)
WHERE district_counts.source = 'police'
  AND ($months::DATE[] IS NULL OR district_counts.month = ANY($months))
GROUP BY ALL
ORDER BY district_counts.month, is_ours
