-- Wards and LSOAs of the partnership, without their shapes. A row is an area.
SELECT area_type, code, name, district_code, vintage, ward_code, population, households, population_year, area_km2,
       centroid_longitude, centroid_latitude, imd_score, imd_rank, imd_decile, visitor_ward
FROM areas
ORDER BY area_type, name, code
