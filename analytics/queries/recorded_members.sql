-- Whether areas have a figure in the Home Office's tables, by financial year. A row is a member (a set of whole
-- districts) and a year. A partnership that reaches beyond the member is shared: its figure is not the member's.
WITH members AS (
    SELECT member_id, list(district_code) AS districts
    FROM (SELECT unnest($member_ids::VARCHAR[]) AS member_id, unnest($district_codes::VARCHAR[]) AS district_code)
    GROUP BY member_id
),
touched AS (
    SELECT members.member_id, members.districts, states.*,
           list_has_all(members.districts, states.district_codes) AS is_whole
    FROM members
    JOIN recorded_crime_states AS states ON list_has_any(states.district_codes, members.districts)
),
judged AS (
    SELECT member_id, year, list(partnership_code ORDER BY partnership_code) AS partnership_codes,
           bool_and(is_whole) AS is_whole,
           len(list_distinct(flatten(list(district_codes)))) < len(any_value(districts)) AS is_partly_unknown,
           count(*) AS partnerships, min(quarters) AS quarters,
           arg_max(state, list_position($states_worst_last::VARCHAR[], state)) AS worst,
           string_agg(partnership_name, ', ' ORDER BY partnership_name) AS names,
           string_agg(partnership_name || ': ' || note, '; ' ORDER BY partnership_name) AS notes
    FROM touched
    GROUP BY member_id, year
)
SELECT member_id, year, partnership_codes,
       CASE
           WHEN worst = 'split' THEN 'split'
           WHEN NOT is_whole THEN 'shared'
           WHEN is_partly_unknown THEN 'incomplete'
           WHEN worst = 'published' AND partnerships > 1 THEN 'summed'
           ELSE worst
       END AS state,
       CASE WHEN is_whole AND NOT is_partly_unknown THEN quarters ELSE 0 END AS quarters,
       CASE WHEN NOT is_whole AND worst <> 'split' THEN 'published only with other districts, as ' || names ELSE notes END
           AS note
FROM judged
ORDER BY member_id, year
