-- Rows read, kept and placed by force and month. A row is a force and month with a file.
SELECT force, force_slug, month, sum(read)::BIGINT AS read, sum(kept)::BIGINT AS kept,
       sum(repeated)::BIGINT AS repeated, sum(set_aside)::BIGINT AS set_aside,
       sum(placed)::BIGINT AS placed, sum(not_placed)::BIGINT AS not_placed
FROM coverage
WHERE ($months::DATE[] IS NULL OR month = ANY($months))
GROUP BY ALL
ORDER BY force, month
