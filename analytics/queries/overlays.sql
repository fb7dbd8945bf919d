-- The partnership's own places for the map. A row is a place: point, line or area as WKB, in metres (EPSG:27700).
SELECT overlay, overlay_name, label, kind, shape
FROM overlays
ORDER BY overlay_order, label, shape
