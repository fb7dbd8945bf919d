-- Incidents of districts by category over a period and over the months compared. A row is a district and category with
-- at least one incident in any of these months. Police records alone: other areas have no others.
SELECT district_code, category,
       coalesce(sum(incidents) FILTER (WHERE month = ANY($period::DATE[])), 0)::BIGINT AS incidents,
       coalesce(sum(incidents) FILTER (WHERE month = ANY($current::DATE[])), 0)::BIGINT AS compared,
       coalesce(sum(incidents) FILTER (WHERE month = ANY($previous::DATE[])), 0)::BIGINT AS previous
FROM district_counts
WHERE district_code = ANY($districts::VARCHAR[])
  AND month = ANY($months::DATE[])
  AND ($categories::VARCHAR[] IS NULL OR category = ANY($categories))
  AND source = 'police'
GROUP BY ALL
ORDER BY district_code, category
