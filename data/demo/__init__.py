"""The embedded demonstration partnership: a made-up borough, and the generator of its raw extracts.

Nothing here is a real place. The borough of Wrenmouth, its county, wards, villages, streets, police force and family
of similar areas are invented; it lies in the open North Sea, and its codes are in ranges no publisher has issued
(E06999001, E05999…, E0199…, E22999…). What *is* real is the form: every file has the layout its publisher uses, traps
included.

- :mod:`data.demo.places`: the names, where things lie on the map, the family and its forces
- :mod:`data.demo.geography`: outline, LSOAs, wards and street points drawn from them
- :mod:`data.demo.plan`: the truths planted: levels, trends, seasons, hotspots
- :mod:`data.demo.incidents`: the incidents drawn from the plan
- :mod:`data.demo.truths`: what was planted, and what came of it
- :mod:`data.demo.extracts`: all files in the official formats, ``demo.toml`` and ``truths.json``
- :mod:`data.demo.refresh`: rebuild the committed store (``python -m data.demo.refresh``)
"""
