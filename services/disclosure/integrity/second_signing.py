"""Second signing: received, says the record, though the parcel cannot have been there.

The clock, the scale and the place speak, never the person. Lawful haste is left alone: the stand beside the stage, the
station that scans its dozens days later, the courier who forgot the first scan, air express.
"""

from dataclasses import dataclass

import numpy as np

from services.disclosure.integrity.arrays import Floats, Ints, Mask, codes, positions
from services.disclosure.integrity.config import Thresholds
from services.disclosure.integrity.detection import Alternative, Detection, Ground, median
from services.disclosure.integrity.facts import Facts

HOUR = 3_600_000
ABUSE = "second_signing"


@dataclass(frozen=True)
class Journeys:
    """Every parcel that was signed for: hours from label and from the first scan, and what is usual so far away."""

    order: Ints
    from_label: Floats
    from_scan: Floats
    km: Floats
    sign_km: Floats
    scans: Ints
    usual: Floats
    known: Mask
    stand: Mask
    courier: Ints
    signed: Ints


def detect(facts: Facts, limits: Thresholds) -> Detection:
    """Orders whose parcel was signed for sooner than a parcel can travel."""
    trips = _journeys(facts)
    sooner = _grounds(facts, trips, limits)
    size = facts.orders.size
    grounds = [_of_orders(ground, trips.order, size) for ground in sooner]
    flagged = np.zeros(size, dtype=bool)
    for ground in grounds:
        flagged |= ground.items
    empty = _empty(facts, limits) & flagged
    if empty.any():
        share = limits["second_signing.empty_share"]
        grounds.append(Ground("signed_empty", "parcel", empty, share, median(facts.parcels.ratio, empty), 1.0))
    score = np.where(flagged, np.minimum(1.0, 0.7 + 0.1 * sum(ground.items for ground in grounds)), 0.0)
    return Detection(ABUSE, "order", flagged, score, grounds, _alternatives(trips, limits))


def _journeys(facts: Facts) -> Journeys:
    table = facts.broadcast["shipments"]
    at = positions(facts.orders["order_id"], table["order_id"])
    signed, label, pickup = table["signed_ms"], table["label_ms"], table["pickup_ms"]
    known = (signed > 0) & (label > 0) & (at >= 0) & (signed >= label)
    from_label = np.where(known, (signed - label) / HOUR, -1.0)
    from_scan = np.where(known & (pickup > 0), (signed - np.minimum(pickup, signed)) / HOUR, from_label)
    km = np.maximum(0.0, table["route_km"])
    return Journeys(
        order=at,
        from_label=from_label,
        from_scan=from_scan,
        km=km,
        sign_km=table["sign_km"],
        scans=table["n_scans"],
        usual=_usual_hours(from_label, km, known),
        known=known,
        stand=table.text("sign_kind").among("self_pickup"),
        courier=table["courier_id"],
        signed=signed,
    )


def _usual_hours(hours: Floats, km: Floats, known: Mask) -> Floats:
    """The median hours of the parcels that went about as far (distances doubling); slow roads where few went."""
    band = np.floor(np.log2(np.maximum(16.0, km))).astype(np.int64)
    usual = 20 + km / 45
    for each in np.unique(band[known]):
        mine = known & (band == each)
        if mine.sum() >= 20:
            usual = np.where(band == each, np.minimum(2 * usual, np.median(hours[mine])), usual)
    return np.asarray(usual)


def fastest_hours(km: Floats, limits: Thresholds) -> Floats:
    """A floor under any journey: straight down the road at once, or handling and a flight."""
    road = limits["second_signing.road_handling_h"] + km / limits["second_signing.road_kmh"]
    air = limits["second_signing.air_handling_h"] + km / limits["second_signing.air_kmh"]
    return np.minimum(road, air)


def _grounds(facts: Facts, trips: Journeys, limits: Thresholds) -> list[Ground]:
    """The rules, each over parcels."""
    few = (trips.scans >= 0) & (trips.scans <= limits["second_signing.few_scans"])
    far = trips.known & ~trips.stand & (trips.km > limits["second_signing.least_km"])
    early = trips.from_label < limits["second_signing.early_share"] * trips.usual
    floor = fastest_hours(trips.km, limits)
    impossible = far & (trips.from_label < floor) & (few | (trips.from_label < 0.5 * floor))
    minutes = limits["second_signing.scan_to_sign_min"]
    soon = early | ((trips.scans <= 3) & (trips.from_label < limits["second_signing.within_h"]))
    at_once = far & few & soon & (trips.from_scan * 60 <= minutes)
    service = limits["second_signing.service_handling_h"] + trips.km / limits["second_signing.service_kmh"]
    hurried = far & few & (trips.km > 250) & (trips.from_label < service)
    away_km = limits["second_signing.away_km"]
    away = far & early & (trips.sign_km >= away_km) & (trips.from_label < service) & (few | (trips.from_label < floor))
    burst = _bursts(trips, far & few & early, limits)
    expected = median(trips.usual, impossible | at_once)
    return [
        Ground("faster_than_any_road", "timing", impossible, 1.0, median(trips.from_label, impossible), expected, True),
        Ground("signed_on_first_scan", "scans", at_once, minutes, median(trips.from_scan * 60, at_once), 600.0, True),
        Ground("faster_than_any_service", "timing", hurried, 1.0, median(trips.from_label, hurried), expected, True),
        Ground("signed_elsewhere_early", "place", away, away_km, median(trips.sign_km, away), 0.5, True),
        Ground("signed_in_one_go", "courier", burst, limits["second_signing.burst"], float(burst.sum()), 1.0, True),
    ]


def _bursts(trips: Journeys, may: Mask, limits: Thresholds) -> Mask:
    """Parcels that one courier signed for by the dozen within two minutes, hours after the label."""
    window = trips.signed // int(limits["second_signing.burst_s"] * 1000)
    cell = codes(np.where(may, trips.courier * 4_000_003 + window, -1 - np.arange(len(window))))
    many = np.bincount(cell)[cell] if len(cell) else cell
    return np.asarray(may & (trips.courier != 0) & (many >= limits["second_signing.burst"]))


def _of_orders(ground: Ground, order: Ints, size: int) -> Ground:
    items = np.zeros(size, dtype=bool)
    items[order[ground.items]] = True
    return Ground(ground.rule, ground.family, items, ground.threshold, ground.observed, ground.expected, ground.proof)


def _empty(facts: Facts, limits: Thresholds) -> Mask:
    ratio = facts.parcels.ratio
    return np.asarray((ratio > 0) & (ratio < limits["second_signing.empty_share"]))


def _alternatives(trips: Journeys, limits: Thresholds) -> list[Alternative]:
    """How many quick signatures have an honest reason."""
    soon = trips.known & (trips.from_scan * 60 <= limits["second_signing.scan_to_sign_min"])
    near = trips.known & ~trips.stand & (trips.km <= limits["second_signing.least_km"])
    late = trips.from_label >= limits["second_signing.early_share"] * trips.usual
    return [
        Alternative("self_pickup", int((soon & trips.stand).sum())),
        Alternative("same_day_local", int((near & (trips.from_label < 24)).sum())),
        Alternative("backfilled_scan", int((soon & late).sum())),
        Alternative("forwarded_gift", int((late & (trips.sign_km >= limits["second_signing.away_km"])).sum())),
    ]
