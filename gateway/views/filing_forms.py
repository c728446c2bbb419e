"""The steps of the filing wizard."""

from collections.abc import Sequence
from typing import Any

from gateway.views.forms import Field, Rows, Say, Section

Options = Sequence[tuple[Any, ...]]

STEPS = ("when", "who", "what", "plan", "money", "check")


def step_names(_: Say) -> dict[str, str]:
    """What the steps are called."""
    return {
        "when": _("When and where"),
        "who": _("Who speaks, who sells"),
        "what": _("What is sold"),
        "plan": _("Plan and texts"),
        "money": _("Money"),
        "check": _("Check and submit"),
    }


def when_sections(_: Say, regions: Options, rooms: Options) -> list[Section]:
    """Step 1."""
    return [
        Section(
            "when",
            _("When and where"),
            (
                Field("region_code", _("Region"), "choice", required=True, options=regions),
                Field("title_zh", _("Title in Chinese"), required=True, most=200, hint=_title_hint(_)),
                Field("title_en", _("Title in English"), most=200),
                Field("starts_at", _("Starts"), "moment", required=True, hint=_when_hint(_)),
                Field("ends_at", _("Ends"), "moment", required=True, hint=_("At most six hours.")),
                Field("room_id", _("Room"), "choice", options=rooms, hint=_("The region's first room if left open.")),
                Field("emergency", _("Emergency"), "flag", hint=_("Shortens the time of notice; it must be shown.")),
                Field("paired_assistance", _("Part of paired assistance with another region"), "flag"),
            ),
        )
    ]


def _title_hint(_: Say) -> str:
    return _("Region and produce only: no company, no office of state, no promise.")


def _when_hint(_: Say) -> str:
    return _("Beijing time. A broadcast is filed at least five working days before it begins.")


def who_sections(_: Say, officials: Options, hosts: Options) -> list[Section]:
    """Step 2."""
    return [
        Section(
            "who",
            _("Who speaks, who sells"),
            (
                Field(
                    "official_id",
                    _("The official who speaks about the region"),
                    "choice",
                    options=officials,
                    hint=_("Shown to the public by post, never by name."),
                ),
                Field("official_ai_generated", _("The official is a computer-made figure"), "flag"),
                Field(
                    "host_ids",
                    _("The hosts who sell"),
                    "many",
                    options=hosts,
                    hint=_("Trained, of age, and no officials."),
                ),
                Field(
                    "account_owner_kind",
                    _("Whose account carries the broadcast"),
                    "choice",
                    options=(
                        ("government", _("the government's")),
                        ("platform", _("the platform's")),
                        ("personal", _("a personal one")),
                        ("enterprise", _("a company's")),
                        ("other", _("other")),
                    ),
                ),
            ),
        )
    ]


def what_sections(_: Say, lots: Options, evidence: Options) -> list[Section]:
    """Step 3."""
    return [
        Section(
            "what",
            _("What is sold"),
            (
                Field(
                    "lots",
                    _("Lots that go to market"),
                    "many",
                    options=lots,
                    hint=_("Only lots that the gate let through can be chosen."),
                ),
                _portions(_, lots),
                Field(
                    "slow_sales_ids",
                    _("Evidence that the stock cannot be sold"),
                    "many",
                    options=evidence,
                    hint=_("It must be certified by someone other than the applicant."),
                ),
            ),
        )
    ]


def _portions(_: Say, lots: Options) -> Rows:
    return Rows(
        "portions",
        _("Lots of which only a part is sold here"),
        (
            # A select has words alone; whose lot it is stands beside the boxes above.
            Field("lot", _("Lot"), "choice", options=[option[:2] for option in lots]),
            Field("units", _("Units"), "count"),
        ),
        hint=_("Of every other lot, all that no other broadcast holds."),
        row_word=_("Lot"),
        most=200,
    )


def plan_sections(_: Say, hosts: Options) -> list[Section]:
    """Step 4."""
    return [
        Section("parts", _("The parts"), (_segments(_, hosts),), lead=_parts_lead(_)),
        Section(
            "texts",
            _("What will be said"),
            (
                Field(
                    "script_zh",
                    _("What the official will say"),
                    "area",
                    rows=10,
                    hint=_("The whole text. The gate reads it for company names, sales calls and promises."),
                ),
                Field("script_en", _("The same in English"), "area"),
            ),
        ),
        Section(
            "notices",
            _("Notices and messages around it"),
            (_notices(_),),
            lead=_("Every notice, plan or group message that was sent about this broadcast. Quotas to buy are found."),
        ),
    ]


def _parts_lead(_: Say) -> str:
    return _(
        "The official speaks first, while nothing is for sale; then the host sells, and the official is not on screen. "
        "The proposal is a third and two thirds; change it as you need."
    )


def _segments(_: Say, hosts: Options) -> Rows:
    return Rows(
        "segments",
        _("Parts of the broadcast"),
        (
            Field(
                "kind", _("Part"), "choice", options=(("region", _("Region segment")), ("market", _("Market segment")))
            ),
            Field("starts_at", _("Starts"), "moment"),
            Field("ends_at", _("Ends"), "moment"),
            Field("host_id", _("Host"), "choice", options=hosts),
            Field("announced", _("The change is announced"), "flag"),
            Field("official_on_screen", _("The official is on screen"), "flag"),
            Field("price_shown", _("Prices are shown"), "flag"),
            Field("buy_call", _("Viewers are called to buy"), "flag"),
            Field("pooled_card", _("One card for several producers' goods"), "flag"),
        ),
        row_word=_("Part"),
    )


def _notices(_: Say) -> Rows:
    return Rows(
        "notices",
        _("Notices"),
        (
            Field("name", _("Name of the notice"), most=200),
            Field("sha256", _("The notice itself"), "file", document="notice"),
            Field(
                "typed_text",
                _("What it says, typed"),
                "area",
                hint=_("Needed where no text can be read from the file, such as a photograph. A person compares it."),
            ),
            Field("allocates_supply", _("It divides sales among producers"), "flag"),
            Field("fair_competition_review_no", _("Number of the fair competition review"), most=200),
            Field("ends_on", _("Ends on"), "day"),
        ),
        row_word=_("Notice"),
    )


def money_sections(_: Say) -> list[Section]:
    """Step 5."""
    return [
        Section("cost", _("What it costs, and who pays"), _cost(_)),
        Section("reward", _("Rewards and ties"), _ties(_)),
        Section("others", _("Others who take part"), _others(_)),
    ]


def payers(_: Say) -> Options:
    """Who pays."""
    return (
        ("government", _("the government")),
        ("enterprise", _("a company")),
        ("supplier", _("a supplier")),
        ("agency", _("an agency")),
        ("streamer", _("a streamer")),
        ("association", _("an association")),
        ("platform", _("the platform")),
        ("self", _("the official personally")),
        ("none", _("nobody")),
        ("other", _("other")),
    )


def _cost(_: Say) -> tuple[Field | Rows, ...]:
    payment = (
        Field("item", _("For what"), "choice", options=payment_items(_)),
        Field("payer_kind", _("Who pays"), "choice", options=payers(_)),
        Field("payer", _("Identity of a person who pays"), most=200, hint=token_hint(_)),
        Field("payer_uscc", _("Credit code of the payer"), most=64),
        Field("amount_fen", _("Amount"), "yuan"),
    )
    return (
        Field("cost_fen", _("Cost of the whole broadcast"), "yuan"),
        Field("staff_count", _("People at work"), "count"),
        Field("funding_line", _("Budget line that pays"), most=200),
        Field("initiator_kind", _("Who asked for the broadcast"), "choice", options=payers(_)),
        Field("initiator", _("Identity of a person who asked for it"), most=200, hint=token_hint(_)),
        Rows(
            "payments",
            _("Who pays for what"),
            payment,
            none_label=_("Nobody else pays for anything."),
            row_word=_("Payment"),
        ),
    )


def token_hint(_: Say) -> str:
    """What becomes of an identity."""
    return _("An identity number. It turns into a token at once, which stands here afterwards.")


def payment_items(_: Say) -> Options:
    """What is paid for."""
    return (
        ("travel", _("travel")),
        ("venue", _("venue")),
        ("meals", _("meals")),
        ("gifts", _("gifts")),
        ("production", _("production")),
        ("other", _("other")),
    )


def _ties(_: Say) -> tuple[Field, ...]:
    return (
        Field("commission_rate_bp", _("Commission"), "percent", hint=_("0 where there is none.")),
        Field("tipping", _("Viewers can tip"), "flag"),
        Field("bonus_links", _("Links that pay a bonus"), "flag"),
        Field("sales_tied_to_appraisal", _("Sales count in anyone's appraisal"), "flag"),
        Field("association_officer_is_supplier", _("An officer of the trade association is a supplier"), "flag"),
        Field("venue_supplier_uscc", _("Credit code of the supplier at whose place it happens"), most=64),
    )


def _others(_: Say) -> tuple[Field | Rows, ...]:
    promotion = (
        Field("platform", _("Platform"), most=200),
        Field("amount_fen", _("Amount"), "yuan"),
        Field("payer_kind", _("Who pays"), "choice", options=payers(_)),
        Field("ordered_at", _("Ordered"), "moment"),
    )
    influencer = (
        Field("person", _("Identity"), most=200, hint=token_hint(_)),
        Field("fee_fen", _("Fee"), "yuan"),
        Field("fee_payer_kind", _("Who pays the fee"), "choice", options=payers(_)),
        Field("fee_published", _("The fee is published"), "flag"),
    )
    return (
        Rows("promotions", _("Bought attention"), promotion, none_label=_("None is bought."), row_word=_("Order")),
        Rows("influencers", _("People of reach"), influencer, none_label=_("None takes part."), row_word=_("Person")),
        _codes("sponsors", _("Sponsors"), _("There are no sponsors."), _),
        _codes("agencies", _("Agencies"), _("No agency takes part."), _),
    )


def _codes(name: str, label: str, none: str, _: Say) -> Rows:
    field = Field("uscc", _("Unified social credit code"), most=64)
    return Rows(name, label, (field,), none_label=none, row_word=label)
