-- The configured families in the order of the configuration. A row is a family; members counts ourselves too.
SELECT family_id, first(family_name) AS family_name, count(DISTINCT member_id) AS members
FROM families
GROUP BY family_id
ORDER BY min(family_order)
