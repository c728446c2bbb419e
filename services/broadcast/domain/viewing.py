"""What a viewer's session says of a browser, a network and a crowd; the definition is in docs/viewer-sessions.md."""

import re
from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from statistics import fmean, pstdev
from typing import Literal

Client = Literal["android", "ios", "miniapp", "web", "tv"]

# A stay whose page has been silent for so long is over, at the last thing that it said.
LOST_MS = 45_000
FEW = 10
# Before so many steps nobody knows what is usual; a handful of viewers is no wave.
LEAST_STEPS = 6
LEAST_ARRIVALS = 20

_TV = re.compile(r"smart-?tv|appletv|android tv|googletv|hbbtv|\btv\b", re.IGNORECASE)
_ANDROID_MODEL = re.compile(r"Android [\d.]+; ([^;)]{1,60})")
_PLATFORM = re.compile(r"\(([^;)]{1,60})")
_VERSIONS = tuple(
    (name, re.compile(rf"\b{word}/(\d{{1,4}})"))
    for name, word in (
        ("wechat", "MicroMessenger"),
        ("edge", "Edg"),
        ("chrome", "Chrome"),
        ("firefox", "Firefox"),
        ("safari", "Version"),
    )
)


def client_of(user_agent: str) -> Client:
    """The kind of program that shows the room."""
    if "miniprogram" in user_agent.lower():
        return "miniapp"
    if _TV.search(user_agent):
        return "tv"
    if "Android" in user_agent:
        return "android"
    return "ios" if re.search(r"iPhone|iPad|iPod", user_agent) else "web"


def model_of(user_agent: str) -> str:
    """The device's model as its browser tells it; empty when it does not."""
    found = _ANDROID_MODEL.search(user_agent) or _PLATFORM.search(user_agent)
    return found[1].strip() if found else ""


def version_of(user_agent: str) -> str:
    """The browser and the first number of its version, such as `chrome/126`; `unknown` for anything else."""
    for name, pattern in _VERSIONS:
        if found := pattern.search(user_agent):
            return f"{name}/{found[1]}"
    return "unknown"


def prefix_of(address: str) -> str:
    """The network of an address, /24 or /48; empty when it is none."""
    try:
        bits = 24 if ip_address(address).version == 4 else 48
        return str(ip_network(f"{address}/{bits}", strict=False))
    except ValueError:
        return ""


def about(viewers: int) -> int | None:
    """How many watch, as it is shown: rounded down to two digits; None for fewer than ten."""
    if viewers < FEW:
        return None
    unit = 10 ** (len(str(viewers)) - 2)
    return int(viewers // unit * unit)


def share_bp(part: int, whole: int) -> int:
    """A share in hundredths of a percent; nothing of nothing is nothing."""
    return part * 10_000 // whole if whole else 0


def sudden_steps(arrivals: Sequence[int]) -> int:
    """Steps of ten seconds in which more came than three standard deviations above what is usual in this room."""
    if len(arrivals) < LEAST_STEPS:
        return 0
    most = fmean(arrivals) + 3 * pstdev(arrivals)
    return sum(1 for arrived in arrivals if arrived > most and arrived >= LEAST_ARRIVALS)
