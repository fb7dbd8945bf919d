-- Wards and LSOAs of the partnership, without their shapes. A row is an area.
-- visitor_ward: as configured; where nothing is configured, a ward with at least 2.5 times the partnership's
-- shoplifting and theft from the person per resident, over all months loaded.
WITH taken AS (
    SELECT ward_code, sum(incidents) AS incidents
    FROM counts
    WHERE category IN ('Shoplifting', 'Theft from the person')
    GROUP BY ward_code
),
wards AS (
    SELECT a.code, a.population, coalesce(t.incidents, 0) AS incidents
    FROM areas AS a LEFT JOIN taken AS t ON t.ward_code = a.code
    WHERE a.area_type = 'ward'
),
busy AS (
    SELECT code, incidents * (SELECT sum(population) FROM wards)
                 >= 2.5 * population * (SELECT sum(incidents) FROM wards) AND incidents > 0 AS by_rule
    FROM wards
)
SELECT a.area_type, a.code, a.name, a.district_code, a.vintage, a.ward_code, a.population, a.households,
       a.population_year, a.area_km2, a.centroid_longitude, a.centroid_latitude, a.imd_score, a.imd_rank, a.imd_decile,
       CASE WHEN a.area_type = 'ward' AND (SELECT bool_and(visitor_ward IS NULL) FROM areas WHERE area_type = 'ward')
            THEN b.by_rule ELSE a.visitor_ward END AS visitor_ward
FROM areas AS a LEFT JOIN busy AS b ON b.code = a.code AND a.area_type = 'ward'
ORDER BY a.area_type, a.name, a.code
