"""Facts about media, texts and the running or finished room."""

from typing import Literal

from services.compliance.rules.facts.officials import Promotion, Segment
from services.compliance.rules.facts.values import (
    Code,
    Count,
    Flag,
    Hash,
    Id,
    Instant,
    Line,
    Many,
    Name,
    Prose,
    Region,
    Share,
    Token,
    fact,
)
from services.contracts.values import Exemption

TextKind = Literal[
    "title",
    "description",
    "tag",
    "keyword",
    "cover",
    "thumbnail",
    "script",
    "caption",
    "clip",
    "push",
    "chat",
    "notice",
    "plan",
    "message",
    "form",
    "correction",
    "seller_panel",
    "label",
    "disclosure",
    "news",
    "other",
]


@fact
class Text:
    """A piece of free text; the only place where a rule reads prose."""

    kind: TextKind | None = None
    text: Prose | None = None
    unreadable: Flag | None = None
    language: Code | None = None
    sha256: Hash | None = None
    name: Name | None = None
    mark_id: Id | None = None
    evidence_id: Id | None = None
    exemption: Exemption | None = None
    case_id: Id | None = None


@fact
class Media:
    """A picture or clip, with what a person declared to be in it."""

    id: Id | None = None
    kind: (
        Literal[
            "cover",
            "thumbnail",
            "replay_thumbnail",
            "product_image",
            "clip",
            "replay",
            "poster",
            "set",
            "costume",
            "banner",
            "other",
        ]
        | None
    ) = None
    sha256: Hash | None = None
    official_shown: Flag | None = None
    emblem_shown: Flag | None = None
    flag_shown: Flag | None = None
    goods_shown: Flag | None = None
    child_shown: Flag | None = None
    published: Flag | None = None
    from_segment: Literal["region", "market"] | None = None


@fact
class Context:
    """What the text rules must know to read the texts."""

    region_code: Region | None = None
    category_code: Code | None = None
    supplier_names: Many[Name] | None = None
    trade_names: Many[Name] | None = None
    official_names: Many[Name] | None = None
    official_posts: Many[Name] | None = None
    host_names: Many[Name] | None = None
    marks: Many[Name] | None = None
    mark_ids: Many[Id] | None = None
    ordinary_marks: Many[Name] | None = None
    shops: Many[Name] | None = None
    streamers: Many[Name] | None = None


@fact
class Appearance:
    """Something that was on screen for a while: the official, a pin, a price, a call to buy."""

    kind: Literal["official", "pin", "price", "buy_call"] | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    lot_id: Id | None = None
    pooled: Flag | None = None


@fact
class Recorder:
    """The health of what must be recorded."""

    checked_at: Instant | None = None
    recorder_healthy: Flag | None = None
    video_recorder_healthy: Flag | None = None
    interaction_log_healthy: Flag | None = None
    pin_log_healthy: Flag | None = None
    snapshots_healthy: Flag | None = None
    longest_gap_seconds: Count | None = None
    retained_until_at: Instant | None = None


@fact
class Traffic:
    """How viewers arrived, counted by our own counter."""

    counter: Literal["own", "other"] | None = None
    promotions: Many[Promotion] | None = None
    viewers: Count | None = None
    sessions: Count | None = None
    sessions_under_5s_share_bp: Share | None = None
    largest_network_share_bp: Share | None = None
    arrival_steps_over_3_sigma: Count | None = None
    most_sessions_per_device: Count | None = None


@fact
class PraiseWindow:
    """Praise of a person within a window of the chat."""

    starts_at: Instant | None = None
    ends_at: Instant | None = None
    comments: Count | None = None
    praise_share_bp: Share | None = None
    same_text_accounts_60s: Count | None = None
    new_account_share_bp: Share | None = None
    one_network: Flag | None = None


@fact
class Room:
    """The room as prepared, running or ended."""

    id: Id | None = None
    media_kind: Literal["stills", "video"] | None = None
    started_at: Instant | None = None
    ended_at: Instant | None = None
    segments: Many[Segment] | None = None
    timeline: Many[Appearance] | None = None
    counted_until_at: Instant | None = None
    recorder: Recorder | None = None
    traffic: Traffic | None = None
    praise: Many[PraiseWindow] | None = None
    praise_counter_shown: Flag | None = None
    deleted_product_complaints: Count | None = None
    moderators: Many[Token] | None = None
    url: Line | None = None
