-- The offence subgroups the tables hold in each quarter, over all partnerships. A row is a quarter and subgroup. A
-- subgroup that is not in use in a quarter has no figure there for anybody: it is missing, never zero.
SELECT quarter_start, coalesce(offence_subgroup, offence_group, offence_description, 'Not stated') AS offence,
       any_value(offence_group) AS offence_group, sum(incidents)::BIGINT AS offences
FROM recorded_crime
GROUP BY quarter_start, offence
ORDER BY quarter_start, offence
