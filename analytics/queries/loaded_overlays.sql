-- The overlays of the map, in the configuration's order. A row is an overlay.
SELECT overlay, overlay_name, count(*)::INTEGER AS places
FROM overlays
GROUP BY overlay, overlay_name, overlay_order
ORDER BY overlay_order
