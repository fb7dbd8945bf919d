-- Shapes of the partnership's wards or LSOAs as WKB, in metres (EPSG:27700). A row is an area that has a shape.
SELECT code, name, shape
FROM area_shapes
WHERE area_type = $area_type AND shape IS NOT NULL
ORDER BY code
