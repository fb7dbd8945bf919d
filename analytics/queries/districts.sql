-- Every district of the lookups, with its partnership, force and residents. A row is a district.
SELECT district_code, district_name, partnership_code, partnership_name, force_slug, force, population, households, is_ours
FROM districts
ORDER BY district_code
