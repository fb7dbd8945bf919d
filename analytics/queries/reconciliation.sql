-- The Home Office's counts beside those of the street-level files, by financial year and category, over the quarters
-- that both have whole. A row is a year of the Home Office's tables and a category. Never one figure: two columns.
-- recorded is empty where these tables never hold the category (anti-social behaviour); both are empty without quarters.
WITH years AS (
    SELECT unnest($years::VARCHAR[]) AS year, unnest($states::VARCHAR[]) AS state, unnest($notes::VARCHAR[]) AS note
),
whole_quarters AS (
    SELECT date_trunc('quarter', month)::DATE AS quarter_start
    FROM (SELECT unnest($months::DATE[]) AS month)
    GROUP BY quarter_start
    HAVING count(DISTINCT month) = 3
),
ours AS (
    SELECT * FROM recorded_crime
    WHERE partnership_code = ANY($partnerships) AND state IN ('published', 'summed')
),
compared AS (
    SELECT year, quarter, quarter_start
    FROM ours
    SEMI JOIN whole_quarters USING (quarter_start)
    GROUP BY year, quarter, quarter_start
    HAVING count(DISTINCT partnership_code) = len($partnerships)
),
of_code AS (
    SELECT unnest($codes::VARCHAR[]) AS offence_code, unnest($code_categories::VARCHAR[]) AS category
),
of_subgroup AS (
    SELECT unnest($subgroups::VARCHAR[]) AS subgroup, unnest($subgroup_categories::VARCHAR[]) AS category
),
recorded AS (
    SELECT ours.year, coalesce(of_code.category, of_subgroup.category, $unrecognised) AS category,
           sum(ours.incidents)::BIGINT AS offences
    FROM ours
    SEMI JOIN compared USING (quarter_start)
    LEFT JOIN of_code USING (offence_code)
    LEFT JOIN of_subgroup ON of_subgroup.subgroup = lower(ours.offence_subgroup)
    GROUP BY ALL
),
street AS (
    SELECT compared.year, counts.category, sum(counts.incidents)::BIGINT AS incidents
    FROM counts
    JOIN compared ON compared.quarter_start = date_trunc('quarter', counts.month)::DATE
    WHERE counts.source = 'police'
    GROUP BY ALL
),
quarters AS (
    SELECT year, string_agg('Q' || quarter, ', ' ORDER BY quarter) AS quarters FROM compared GROUP BY year
),
shown AS (
    SELECT unnest($categories::VARCHAR[]) AS category, unnest($is_recorded::BOOLEAN[]) AS is_recorded
)
SELECT years.year, quarters.quarters, shown.category,
       CASE WHEN quarters.quarters IS NOT NULL AND shown.is_recorded THEN coalesce(recorded.offences, 0) END AS recorded,
       CASE WHEN quarters.quarters IS NOT NULL THEN coalesce(street.incidents, 0) END AS street,
       years.state, years.note
FROM years
CROSS JOIN shown
LEFT JOIN quarters USING (year)
LEFT JOIN recorded ON recorded.year = years.year AND recorded.category = shown.category
LEFT JOIN street ON street.year = years.year AND street.category = shown.category
WHERE shown.category <> $unrecognised OR recorded.offences IS NOT NULL OR street.incidents IS NOT NULL
ORDER BY years.year, list_position($categories::VARCHAR[], shown.category)
