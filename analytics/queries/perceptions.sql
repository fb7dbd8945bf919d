SELECT
    survey, publisher, wave, wave_from, wave_to, area_type, area_code, area_name, question, answer, categories,
    direction, base, weighted_base, percent, design_effect, lower_cl, upper_cl, sampled, note, file
FROM perceptions
ORDER BY position
