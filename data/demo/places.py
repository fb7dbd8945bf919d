"""The names of the made-up borough and county, and where things lie: only tables, no code.

Positions on the map are kilometres east and north of :data:`ORIGIN`.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "COUNTY_DISTRICTS",
    "CREEK",
    "DISTRICT_CODE",
    "DISTRICT_NAME",
    "FORCE",
    "ISLAND",
    "LANDMARKS",
    "LAND_BORDER",
    "LOCAL_CHOICE",
    "NEIGHBOURS",
    "ORIGIN",
    "OUTSIDE_FAMILY",
    "PARTNERSHIP_CODE",
    "PARTNERSHIP_NAME",
    "SHORE",
    "STREET_ENDINGS",
    "STREET_STEMS",
    "WARDS",
    "District",
    "Landmark",
    "WardPlan",
]

# Open sea, some 60 km off the Lincolnshire coast, EPSG:27700 metres.
ORIGIN = (620_000, 410_000)

DISTRICT_CODE = "E06999001"
DISTRICT_NAME = "Wrenmouth"
PARTNERSHIP_CODE = "E22999001"
PARTNERSHIP_NAME = "Safer Wrenmouth Partnership"
FORCE = "Wexmoor Police"

# The bank of the River Wren and the estuary, from the west round to the north-east.
SHORE = [
    (0.55, 3.05), (1.25, 2.55), (2.05, 2.45), (2.85, 2.85), (3.55, 3.20), (4.25, 3.10), (4.85, 2.70), (5.50, 2.30),
    (6.15, 2.05), (6.75, 2.00), (7.45, 2.05), (8.20, 2.30), (8.85, 2.75), (9.45, 3.10), (10.15, 3.05), (10.75, 2.65),
    (11.35, 2.25), (12.10, 2.20), (12.75, 2.50), (13.35, 2.45), (13.95, 2.10), (14.75, 2.00), (15.55, 2.10),
    (16.30, 2.00), (16.75, 2.30), (16.35, 2.75), (15.70, 2.95), (15.25, 3.45), (14.90, 4.15), (14.85, 4.80),
    (15.20, 5.40), (15.60, 5.95), (15.45, 6.60), (15.00, 7.15), (15.15, 7.75), (15.50, 8.30),
]  # fmt: skip
# Inland, from the north-east back to the west: along hedges and brooks, with corners.
LAND_BORDER = [
    (15.50, 8.30), (14.55, 8.75), (14.95, 9.75), (14.60, 10.95), (13.35, 11.35), (13.05, 12.25), (11.85, 12.05),
    (11.65, 10.95), (10.45, 10.75), (9.75, 10.05), (8.95, 10.55), (8.95, 11.75), (7.85, 12.65), (6.75, 12.15),
    (6.35, 11.05), (5.20, 11.10), (4.45, 10.55), (4.10, 9.65), (3.00, 10.05), (1.95, 9.55), (2.15, 8.45), (1.05, 7.95),
    (1.35, 6.85), (0.25, 6.45), (0.75, 5.45), (-0.15, 4.70), (0.15, 3.70), (0.55, 3.05),
]  # fmt: skip
# The creek that divides the town: its middle line from the river up to the mill bridge, with its width in kilometres.
CREEK = [
    (6.85, 1.60, 0.42), (6.90, 2.10, 0.34), (6.98, 2.55, 0.24), (6.84, 3.00, 0.19), (6.95, 3.45, 0.15),
    (7.16, 3.80, 0.11), (7.10, 4.20, 0.07), (7.22, 4.55, 0.03),
]  # fmt: skip
# A salt-marsh island in the estuary, nobody lives there: centre and half axes.
ISLAND = (12.85, 1.70, 0.52, 0.17)


@dataclass(frozen=True)
class WardPlan:
    """A ward to be: its name, the middle of its settlement, how many LSOAs it has and what kind of place it is.

    ``deprivation`` is a z-score (higher is more deprived); ``cores`` are further settlements (villages).
    """

    name: str
    x: float
    y: float
    lsoas: int
    kind: str
    deprivation: float
    cores: tuple[tuple[float, float], ...] = ()


WARDS = [
    WardPlan("Market Quay", 5.95, 2.95, 4, "centre", 0.7),
    WardPlan("Tannery Wharf", 4.75, 3.45, 5, "inner", 0.9),
    WardPlan("Ropewalk", 8.00, 3.05, 5, "inner", 1.2),
    WardPlan("St Osric's", 5.90, 4.15, 5, "inner", 0.5),
    WardPlan("Larkmoor", 9.75, 4.95, 4, "retail", -0.1),
    WardPlan("Copperfields", 4.35, 4.85, 6, "estate", 1.1),
    WardPlan("Brindlewood", 7.45, 6.15, 6, "estate", 1.6),
    WardPlan("Hallowdene", 2.75, 4.15, 5, "estate", 0.8),
    WardPlan("Cinder Rise", 5.65, 5.75, 5, "estate", 1.0),
    WardPlan("Kestrel Fields", 9.15, 3.85, 5, "estate", 0.4),
    WardPlan("Ashcombe Rise", 3.55, 6.45, 5, "suburb", -0.7),
    WardPlan("Fairmeadow", 7.95, 4.55, 5, "suburb", -0.3),
    WardPlan("Longacre Heath", 11.00, 3.75, 5, "suburb", -0.5),
    WardPlan("Oldbarn", 5.95, 7.45, 5, "suburb", -0.9),
    WardPlan("Silverthorn", 9.05, 6.80, 5, "suburb", -1.2),
    WardPlan("Sallowby and the Levels", 13.15, 3.75, 5, "village", -0.2, ((14.35, 2.75),)),
    WardPlan("Great Ostrey", 12.35, 8.25, 5, "village", -1.0, ((13.95, 6.35), (13.35, 10.45))),
    WardPlan("Quillham and Thaxney", 9.75, 9.15, 5, "village", -1.1, ((7.45, 10.95),)),
    WardPlan("Hobbleden Vale", 4.95, 9.45, 5, "village", -1.3, ((3.15, 8.35),)),
    WardPlan("Nether Farrow", 1.95, 6.55, 5, "village", -0.6, ((1.35, 4.70),)),
]


@dataclass(frozen=True)
class Landmark:
    """A place with published points of its own: ``places`` are the publishers' words for points that are no street."""

    name: str
    x: float
    y: float
    radius_m: int
    places: tuple[str, ...]


LANDMARKS = {
    "town_centre": Landmark(
        "Market Quay town centre", 5.95, 2.95, 350,
        ("Shopping Area", "Shopping Area", "Shopping Area", "Nightclub", "Nightclub", "Supermarket", "Parking Area",
         "Parking Area", "Bus/Coach Station", "Theatre/Concert Hall", "Pedestrian Subway", "Market Place",
         "Quay Street", "Exchange Street", "Custom House Lane", "Lower Fish Row"),
    ),
    "retail_park": Landmark(
        "Larkmoor Retail Park", 10.10, 5.30, 300,
        ("Parking Area", "Parking Area", "Parking Area", "Parking Area", "Shopping Area", "Shopping Area",
         "Supermarket", "Petrol Station", "Larkmoor Way", "Beacon Retail Approach"),
    ),
    "brindlewood_parade": Landmark(
        "Brindlewood parade", 7.55, 6.25, 250,
        ("Shopping Area", "Park/Open Space", "Park/Open Space", "Sports/Recreation Area", "Brindle Parade",
         "Saddler Close", "Cartwright Walk", "Hurdle Green"),
    ),
    "hospital": Landmark("Wrenmouth General", 3.95, 6.25, 150, ("Hospital", "Hospital", "Parking Area")),
    "college": Landmark("St Osric's College", 5.55, 4.35, 150, ("Further/Higher Educational Building", "Parking Area")),
    "sallowby": Landmark("Sallowby High Street", 13.10, 3.80, 150, ("Supermarket", "Parking Area", "High Street")),
    "east_dock": Landmark("East Dock", 7.75, 2.60, 200, ("Conference/Exhibition Centre", "Parking Area", "Dock Road")),
}  # fmt: skip

STREET_STEMS = [
    "Alder",
    "Anchor",
    "Ashlar",
    "Badger",
    "Barley",
    "Beacon",
    "Bellwether",
    "Birch",
    "Blackthorn",
    "Bluebell",
    "Bracken",
    "Bramble",
    "Brewer",
    "Bridle",
    "Buckthorn",
    "Butterwort",
    "Campion",
    "Candle",
    "Cedar",
    "Chandler",
    "Chantry",
    "Cherry",
    "Clover",
    "Cobbler",
    "Cooper",
    "Coppice",
    "Cornflower",
    "Cowslip",
    "Cuckoo",
    "Curlew",
    "Dovecote",
    "Drover",
    "Dyer",
    "Elder",
    "Falcon",
    "Farthing",
    "Fennel",
    "Fern",
    "Finch",
    "Fletcher",
    "Foxglove",
    "Fuller",
    "Garnet",
    "Glover",
    "Goldcrest",
    "Gorse",
    "Granary",
    "Hawthorn",
    "Hazel",
    "Heather",
    "Heron",
    "Hollin",
    "Hornbeam",
    "Jasmine",
    "Juniper",
    "Keel",
    "Kestrel",
    "Kiln",
    "Kingfisher",
    "Lantern",
    "Lapwing",
    "Larch",
    "Laurel",
    "Linden",
    "Linnet",
    "Lupin",
    "Mallard",
    "Maple",
    "Marigold",
    "Mariner",
    "Martin",
    "Meadow",
    "Medlar",
    "Merlin",
    "Mill",
    "Mulberry",
    "Nettle",
    "Nightingale",
    "Oak",
    "Orchard",
    "Osier",
    "Otter",
    "Oyster",
    "Partridge",
    "Pavilion",
    "Pelham",
    "Pippin",
    "Plover",
    "Poplar",
    "Primrose",
    "Quarry",
    "Quince",
    "Redwing",
    "Reed",
    "Rookery",
    "Rowan",
    "Saffron",
    "Sandpiper",
    "Shearwater",
    "Shepherd",
    "Skylark",
    "Sorrel",
    "Spindle",
    "Staithe",
    "Starling",
    "Sycamore",
    "Tamarisk",
    "Tanner",
    "Teasel",
    "Thimble",
    "Thistle",
    "Turnstone",
    "Vine",
    "Wagtail",
    "Walnut",
    "Weaver",
    "Wheelwright",
    "Whin",
    "Wicker",
    "Willow",
    "Windmill",
    "Woodlark",
    "Yarrow",
]
STREET_ENDINGS = {
    "town": ("Street", "Road", "Terrace", "Row", "Lane", "Court", "Place"),
    "estate": ("Close", "Walk", "Way", "Crescent", "Green", "Road", "Court"),
    "suburb": ("Avenue", "Drive", "Gardens", "Close", "Road", "Grove", "Crescent"),
    "village": ("Lane", "Road", "Lane", "Hill", "Green", "Drove"),
}


@dataclass(frozen=True)
class District:
    """Another district of the made-up country: who polices it, how many live there, where it lies (kilometres).

    ``border`` is the side of our borough on which it adjoins us, "" where it doesn't.
    """

    code: str
    name: str
    partnership_code: str
    partnership_name: str
    force: str
    residents: int
    x: float
    y: float
    border: str = ""


# Our 14 similar areas, nearest first. The two districts of Merestoke and Thornhythe are one partnership.
NEIGHBOURS = [
    District("E07999002", "Ostermere", "E22999002", "Ostermere", "Loxshire Police", 118_000, -30, 22),
    District("E07999003", "Haverwick", "E22999003", "Haverwick", "Wexmoor Police", 96_000, 7, 22, "north"),
    District("E07999004", "Brackenby", "E22999004", "Brackenby", "Loxshire Police", 132_000, -42, 10),
    District("E06999005", "Dunmarsh", "E22999005", "Dunmarsh", "Estermark Police", 141_000, 34, 34),
    District("E07999006", "Castlewell", "E22999006", "Castlewell", "Wexmoor Police", 88_000, -14, 20),
    District("E07999007", "Lowenstow", "E22999007", "Lowenstow", "Loxshire Police", 104_000, -28, 40),
    District("E06999008", "Norrick", "E22999008", "Norrick", "Norrick Police", 125_000, 52, 12),
    District("E07999009", "Eastrey", "E22999009", "Eastrey", "Wexmoor Police", 109_000, -16, 4),
    District("E07999010", "Merestoke", "E22999010", "Merestoke and Thornhythe", "Estermark Police", 72_000, 48, 44),
    District("E07999011", "Thornhythe", "E22999010", "Merestoke and Thornhythe", "Estermark Police", 58_000, 62, 40),
    District("E06999012", "Greyminster", "E22999012", "Greyminster", "Carrowdale Police", 147_000, 20, 55),
    District("E07999013", "Fallowdene", "E22999013", "Fallowdene", "Loxshire Police", 83_000, -44, 28),
    District("E07999014", "Holmsbury", "E22999014", "Holmsbury", "Wexmoor Police", 101_000, -4, 36),
    District("E07999015", "Pellworth", "E22999015", "Pellworth", "Loxshire Police", 93_000, -56, 22),
    District("E06999016", "Ingleford", "E22999016", "Ingleford", "Estermark Police", 121_000, 40, 58),
]
OUTSIDE_FAMILY = [
    District("E07999017", "Hollin Vale", "E22999017", "Hollin Vale", "Wexmoor Police", 54_000, -6, 8, "west"),
    District("E07999018", "Saltreach", "E22999018", "Saltreach", "Estermark Police", 61_000, 24, 20, "east"),
    District("E07999019", "Quenbury", "E22999019", "Quenbury", "Carrowdale Police", 79_000, 4, 60),
    District("E07999020", "Wolverstoke", "E22999020", "Wolverstoke", "Carrowdale Police", 92_000, 14, 70),
    District("E07999021", "Tarnholme", "E22999021", "Tarnholme", "Carrowdale Police", 66_000, 34, 72),
    District("E07999022", "Aldercombe", "E22999022", "Aldercombe", "Carrowdale Police", 58_000, 0, 74),
    District("E07999023", "Rushminster", "E22999023", "Rushminster", "Carrowdale Police", 71_000, -14, 66),
]
COUNTY_DISTRICTS = [*NEIGHBOURS, *OUTSIDE_FAMILY]

# The board's own list: the estuary towns, by district or (Merestoke and Thornhythe) by partnership.
LOCAL_CHOICE = ["E06999005", "E06999008", "E07999009", "E22999010", "E06999016", "E07999018"]
