-- Incidents of the partnership that have a ward but no point of their own, and rows of the force without any place.
SELECT (
    SELECT count(*) FROM incidents
    WHERE in_partnership AND easting IS NULL AND month = ANY($months::DATE[])
      AND ($categories::VARCHAR[] IS NULL OR category = ANY($categories))
)::BIGINT AS without_point,
       coalesce(sum(not_placed), 0)::BIGINT AS not_placed, coalesce(sum(kept), 0)::BIGINT AS kept
FROM coverage
WHERE month = ANY($months::DATE[]) AND force = ANY($forces::VARCHAR[])
  AND ($categories::VARCHAR[] IS NULL OR category = ANY($categories))
