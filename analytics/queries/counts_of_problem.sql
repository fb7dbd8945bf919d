-- Incidents of a problem by month, category and offence code. Nothing named: every category, every ward.
SELECT month, category, offence_code, count(*)::BIGINT AS incidents
FROM incidents
WHERE in_partnership AND month = ANY($months::DATE[])
  AND (
    (len($categories::VARCHAR[]) = 0 AND len($codes::VARCHAR[]) = 0)
    OR category = ANY($categories) OR offence_code = ANY($codes)
  )
  AND (len($wards::VARCHAR[]) = 0 OR ward_code = ANY($wards))
GROUP BY ALL
ORDER BY ALL
