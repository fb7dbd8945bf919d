-- Months in which incidents of the partnership have offence codes.
SELECT DISTINCT month
FROM incidents
WHERE in_partnership AND offence_code IS NOT NULL
ORDER BY month
