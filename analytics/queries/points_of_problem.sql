-- Incidents of a problem by published point and month. Nothing named: every category, every ward.
SELECT easting, northing, month, count(*)::BIGINT AS incidents
FROM incidents
WHERE in_partnership AND easting IS NOT NULL AND month = ANY($months::DATE[])
  AND (
    (len($categories::VARCHAR[]) = 0 AND len($codes::VARCHAR[]) = 0)
    OR category = ANY($categories) OR offence_code = ANY($codes)
  )
  AND (len($wards::VARCHAR[]) = 0 OR ward_code = ANY($wards))
GROUP BY ALL
ORDER BY ALL
