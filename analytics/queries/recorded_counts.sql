-- Offences of partnerships by quarter and offence subgroup. A row is a partnership, quarter and subgroup with a figure.
SELECT partnership_code, quarter_start, coalesce(offence_subgroup, offence_group, offence_description, 'Not stated') AS offence,
       sum(incidents)::BIGINT AS offences
FROM recorded_crime
WHERE partnership_code = ANY($partnerships::VARCHAR[]) AND state IN ('published', 'summed')
GROUP BY ALL
ORDER BY partnership_code, quarter_start, offence
