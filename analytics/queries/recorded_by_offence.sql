-- Our offences in the Home Office's tables of one financial year, by code and subgroup.
SELECT offence_code, offence_subgroup, sum(incidents)::BIGINT AS incidents
FROM recorded_crime
WHERE year = $year AND partnership_code = ANY($partnerships::VARCHAR[])
GROUP BY ALL
ORDER BY ALL
