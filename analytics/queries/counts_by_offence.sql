-- Incidents of the partnership by category and offence code.
SELECT category, offence_code, count(*)::BIGINT AS incidents
FROM incidents
WHERE in_partnership AND month = ANY($months::DATE[])
GROUP BY ALL
ORDER BY ALL
