-- Average deprivation and a rough outline of districts. A row is a district with one of the two. Either may be missing.
SELECT district_code, imd_score, outline
FROM district_facts
ORDER BY district_code
