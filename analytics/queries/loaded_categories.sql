-- The categories with any incident in any district loaded, in the reference's order. A row is a category.
SELECT DISTINCT category FROM district_counts
