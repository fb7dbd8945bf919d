-- The partnership's incidents by the force that reported them. A row is a force and month.
SELECT force, month, count(*)::BIGINT AS incidents
FROM incidents
WHERE in_partnership
  AND source = 'police'
  AND ($months::DATE[] IS NULL OR month = ANY($months))
GROUP BY ALL
ORDER BY force, month
