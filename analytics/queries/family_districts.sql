-- The districts of every configured family, ourselves included. A row is a district of a member of a family.
SELECT families.family_id, families.family_name, families.source_file, families.member_id, families.member_name, families.is_self,
       families.district_code, coalesce(districts.district_name, families.member_name) AS district_name,
       districts.force_slug, districts.force
FROM families
LEFT JOIN districts USING (district_code)
ORDER BY families.family_order, families.member_order, families.district_code
