-- The members of every family, ourselves first. A row is a district of a member.
SELECT families.family_id, families.family_name, families.source_file, families.reason, families.as_at,
       families.member_order, families.member_id, families.member_name, families.is_self, families.district_code,
       districts.district_name, districts.force, districts.population, districts.households, districts.population_year
FROM families
LEFT JOIN districts USING (district_code)
ORDER BY families.family_order, families.member_order, families.district_code
