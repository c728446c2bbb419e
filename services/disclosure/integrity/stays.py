"""What every stay in the room shows by itself: media, attention, timing, and whether a person was there."""

from dataclasses import dataclass

import numpy as np

from services.disclosure.integrity.arrays import (
    Array,
    Floats,
    Ints,
    Mask,
    codes,
    distinct_per,
    is_in,
    pair_codes,
    sorted_once,
)
from services.disclosure.integrity.config import Thresholds
from services.disclosure.integrity.facts import Facts
from services.disclosure.integrity.false_order import alone
from services.disclosure.integrity.scene import explained, registered_together
from services.disclosure.integrity.stats import poisson_excess
from services.disclosure.integrity.tables import Table


@dataclass(frozen=True)
class Stays:
    """One value for each session. `hall`: a screen that stands for people before it. `person`: somebody acted."""

    seconds: Floats
    rate: Floats
    silent: Mask
    untouched: Mask
    no_media: Mask
    constant: Mask
    one_length: Mask
    mass_exit: Mask
    stay_bin: Ints
    rate_bin: Ints
    referrer: Ints
    hall: Mask
    person: Mask
    acted: Mask
    took_part: Mask
    guest: Mask
    pair: Ints
    crowded_device: Mask
    cohort: Floats
    cohort_hour: Ints
    reference: Mask


def stays_of(facts: Facts, limits: Thresholds) -> Stays:
    """Measure every session once."""
    table, broadcast = facts.sessions, facts.broadcast
    seconds = np.maximum(0, table["leave_ms"] - table["join_ms"]) / 1000
    rate = np.where(table["rx_kb"] >= 0, table["rx_kb"] / np.maximum(1.0, seconds), -1.0)
    long = seconds >= 20
    silent = table["interactions"] == 0
    lit = (table["foreground_ms"] >= 0.9995 * seconds * 1000) & (table["foreground_ms"] > 0)
    beats = (table["heartbeats"] >= 0) & (table["heartbeats"] >= np.floor(seconds / 15) - 1)
    constant = _one_rate(rate, long)
    run = max(60.0, (broadcast.end - broadcast.start) / 1000)
    real = (rate >= limits["traffic.real_rate"]) & ~constant
    tv = table.text("client").among("tv")
    whole = seconds >= limits["traffic.whole_share"] * run
    hall = (tv & ((rate >= limits["traffic.real_rate"]) | (rate < 0))) | (
        whole & real & ~table.text("ip_class").among("datacenter")
    )
    spoke = is_in(table["session_id"], facts.messages["session_id"])
    bought = is_in(table["user_id"], facts.orders["user_id"]) & (table["user_id"] > 0)
    # A ring that buys for show shares purse, phone or door; who shares nothing bought for himself.
    own = facts.orders["user_id"][alone(facts)]
    speakers = facts.messages["user_id"]
    took_part = (table["user_id"] > 0) & (is_in(table["user_id"], own) | is_in(table["user_id"], speakers))
    device = distinct_per(table["device_id"], table["user_id"], (table["device_id"] != 0) & (table["user_id"] > 0))
    created = facts.viewers.created
    return Stays(
        seconds=seconds,
        rate=rate,
        silent=silent,
        untouched=silent & lit & beats & (seconds >= 60) & ~tv,
        no_media=(rate >= 0) & (rate < limits["traffic.no_media_rate"]) & long,
        constant=constant,
        one_length=_one_length(table["join_ms"], seconds),
        mass_exit=_mass_exit(facts, table["leave_ms"]),
        stay_bin=_log_bins(seconds, limits["traffic.stay_bin"]),
        rate_bin=_log_bins(np.maximum(0.0, rate), limits["traffic.rate_bin"]),
        referrer=table.text("referrer").codes,
        hall=hall,
        acted=spoke | bought | ~silent,
        took_part=took_part,
        guest=table["user_id"] <= 0,
        person=spoke | bought | (table["interactions"] >= 3),
        pair=pair_codes(table["device_model"], table.text("app_version").codes),
        crowded_device=(device >= limits["traffic.accounts_per_device"]) | _at_once(table),
        cohort=registered_together(facts, created),
        cohort_hour=np.where(created > 0, created // 3_600_000, -1),
        reference=facts.viewers.established,
    )


def _at_once(table: Table) -> Mask:
    """Stays on a device that showed the room three times at one moment, which no phone in a hand does."""
    device, join, leave = table["device_id"], table["join_ms"], table["leave_ms"]
    out = np.zeros(table.size, dtype=bool)
    if table.size < 3:
        return out
    order = np.lexsort((join, device))
    own, begin, end = device[order], join[order], leave[order]
    both = (own[2:] == own[:-2]) & (end[1:-1] > begin[2:]) & (end[:-2] > begin[2:]) & (own[2:] != 0)
    out[:] = is_in(device, sorted_once(own[2:][both]))
    return out


def _log_bins(values: Floats, width: float) -> Ints:
    """Bins whose edges grow by the same share."""
    return np.asarray(np.floor(np.log(np.maximum(0.5, values)) / np.log1p(width)), dtype=np.int64)


def _one_rate(rate: Floats, long: Mask) -> Mask:
    """Media rates that many stays share within half a hundredth, where their neighbours are few."""
    may = long & (rate >= 2)
    return _crowded(np.log(np.maximum(0.5, rate)) / 0.005, may, 24, 5.0, 20)


def _crowded(position: Array, may: Mask, around: int, times: float, least: int) -> Mask:
    """Items in cells that hold many more than the cells around them."""
    out = np.zeros(len(may), dtype=bool)
    if may.sum() < least:
        return out
    cell = np.floor(position[may]).astype(np.int64)
    cell -= cell.min()
    counts = np.bincount(np.minimum(cell, 500_000))
    z = poisson_excess(counts, around)
    padded = np.pad(counts.astype(np.float64), around, mode="edge")
    usual = np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * around + 1), axis=1)
    crowd = (z > 6) & (counts >= np.maximum(least, times * usual))
    out[may] = crowd[np.minimum(cell, 500_000)]
    return out


def _one_length(join: Ints, seconds: Floats) -> Mask:
    """Stays of one length to a few seconds, many more than of the lengths around it (begun at whatever time)."""
    del join
    return _crowded(seconds / 4, seconds >= 60, 20, 4.0, 20)


def _mass_exit(facts: Facts, leave: Ints) -> Mask:
    """Leaving in the same second as dozens of others, while the show goes on and nothing in it explains that."""
    broadcast = facts.broadcast
    during = (leave > broadcast.start + 60_000) & (leave < broadcast.end - 60_000)
    during &= ~explained(facts, leave, ("leader_off", "close"), 180_000)
    if not broadcast["segments"].given:
        return np.zeros(len(leave), dtype=bool)
    return _crowded(leave / 2000, during, 30, 6.0, 25)


def same_hour(stays: Stays) -> Ints:
    """Codes of the hours in which accounts were made."""
    return codes(stays.cohort_hour)
