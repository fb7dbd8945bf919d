-- The published points of the partnership and the margin around it. A row is a point; ward_code is NULL in the margin.
SELECT easting, northing, mode(ward_code) FILTER (WHERE in_partnership) AS ward_code,
       mode(lsoa_code) FILTER (WHERE in_partnership) AS lsoa_code, mode(location ORDER BY location) AS location,
       bool_or(in_partnership) AS inside,
       any_value(longitude) AS longitude, any_value(latitude) AS latitude
FROM incidents
WHERE easting IS NOT NULL
GROUP BY easting, northing
ORDER BY easting, northing
