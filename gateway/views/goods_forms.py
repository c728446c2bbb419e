"""The forms about goods: specialties, producers, and a listing around its lots."""

from collections.abc import Sequence
from typing import Any

from gateway.views.forms import Field, Rows, Say, Section

Options = Sequence[tuple[Any, ...]]


def specialty_sections(_: Say, regions: Options, categories: Options, marks: Options, months: Options) -> list[Section]:
    """What a region is known for."""
    return [
        Section(
            "what",
            _("What it is"),
            (
                Field("region_code", _("Region"), "choice", required=True, options=regions),
                Field("category_code", _("Kind of goods"), "choice", required=True, options=categories),
                Field("name_zh", _("Name in Chinese"), required=True, most=200),
                Field("name_en", _("Name in English"), required=True, most=200),
                Field(
                    "description_zh",
                    _("Description in Chinese"),
                    "area",
                    hint=_("Place, soil and how it grows. No company names: an official may only speak of the region."),
                ),
                Field("description_en", _("Description in English"), "area"),
            ),
        ),
        Section(
            "season",
            _("Season and marks"),
            (
                Field("season_months", _("Months in season"), "many", options=months),
                Field(
                    "mark_ids",
                    _("Marks"),
                    "many",
                    options=marks,
                    hint=_("Geographical indications and public brands that stand for the whole region."),
                ),
                Rows(
                    "opening_days",
                    _("Opening days"),
                    (
                        Field("variety", _("Variety"), most=200),
                        Field("year", _("Year"), "count"),
                        Field("opens_on", _("Opens on"), "day"),
                    ),
                    hint=_("Where the authorities publish from which day a variety may be harvested, year by year."),
                    row_word=_("Opening day"),
                    most=200,
                ),
            ),
        ),
    ]


def mark_sections(_: Say, regions: Options) -> list[Section]:
    """A mark that all producers of a region share."""
    return [
        Section(
            "what",
            _("The mark"),
            (
                Field("region_code", _("Region"), "choice", required=True, options=regions),
                Field("mark_type", _("Kind of mark"), "choice", required=True, options=mark_types(_)),
                Field("name", _("Name as registered"), required=True, most=200),
                Field("display_name", _("Name as it is shown"), most=200, hint=_("The registered name if left out.")),
                Field("mark_no", _("Number"), most=64),
                Field("number_verified", _("Number checked with the authority"), "flag"),
                Field("registered_on", _("Registered on"), "day"),
                Field("expires_on", _("Valid until"), "day", hint=_("Empty where the protection has no end.")),
                Field(
                    "naturally_formed",
                    _("A name that grew by itself"),
                    "flag",
                    hint=_("Nobody holds it and nobody needs a licence: the place has always been part of the name."),
                ),
                Field(
                    "area_region_codes",
                    _("Its area"),
                    "lines",
                    hint=_("Region codes, one a line: where the goods must grow."),
                    rows=3,
                ),
            ),
        ),
        Section("shared", _("Who holds it and who may use it"), _mark_shared(_)),
    ]


def _mark_shared(_: Say) -> tuple[Field, ...]:
    return (
        Field("holder_name", _("Holder"), most=200),
        Field("holder_uscc", _("Credit code of the holder"), most=32),
        Field("holder_state_owned", _("The holder is a state-owned company"), "flag"),
        Field("licence_open", _("Open to every producer who meets the conditions"), "flag"),
        Field("licensees", _("Licensees"), "count"),
        Field("largest_firm_share_bp", _("Share of the largest firm"), "percent"),
        Field(
            "authorised_suppliers",
            _("Who is authorised"),
            "lines",
            hint=_("Credit codes, one a line. Whoever is not among them cannot be listed under this mark."),
            rows=6,
        ),
    )


def mark_types(_: Say) -> Options:
    """Kinds of marks in words."""
    return (
        ("gi_product", _("protected geographical indication")),
        ("gi_certification", _("certification mark")),
        ("gi_collective", _("collective mark")),
        ("regional_public_brand", _("regional public brand")),
        ("ordinary", _("ordinary trademark")),
    )


def producer_sections(_: Say, regions: Options) -> list[Section]:
    """Who grows or makes it."""
    return [
        Section("who", _("Who it is"), _producer_who(_, regions)),
        Section(
            "seen",
            _("What was checked"),
            (
                Field("verified_at", _("When this was last checked with the registry"), "moment"),
                Field("abnormal_operation", _("Listed for abnormal operation"), "flag"),
                Field("serious_dishonesty", _("Listed for serious dishonesty"), "flag"),
                Field(
                    "identity_verified", _("Identity checked in person"), "flag", hint=_("For farm households only.")
                ),
                Field(
                    "village_proof_sha256",
                    _("Proof of the village committee"),
                    "file",
                    document="village_proof",
                    hint=_("For farm households only. It is never published."),
                ),
            ),
        ),
        Section(
            "private",
            _("Kept secret"),
            (
                Field("legal_rep", _("Legal representative"), most=200, hint=_("Name and identity number.")),
                Field("controller", _("Who controls it"), most=200, hint=_("Name and identity number.")),
                Field("phone", _("Telephone"), most=200),
                Field("account", _("Bank account"), most=200),
                Field("identity_number", _("Identity number"), most=200, hint=_("For farm households only.")),
                Field("shareholders", _("Shareholders"), "lines", hint=_("Name and identity number, one a line.")),
                Field(
                    "executives",
                    _("Executives"),
                    "lines",
                    hint=_("Name and identity number, one a line; of a cooperative, its council and supervisors."),
                ),
            ),
            lead=_(
                "These turn into tokens the moment they arrive, to compare them with officials' declarations. They "
                "cannot be shown again. Leave a line empty to keep what was entered before."
            ),
        ),
    ]


def _producer_who(_: Say, regions: Options) -> tuple[Field, ...]:
    return (
        Field("region_code", _("Region"), "choice", required=True, options=regions),
        Field("name", _("Name as on the licence"), required=True, most=200),
        Field("name_en", _("Name in English"), most=200),
        Field("seller_type", _("How it sells"), "choice", options=seller_types(_)),
        Field(
            "uscc",
            _("Unified social credit code"),
            most=32,
            hint=_("18 characters. A code with a wrong check digit is kept with a warning, and the gate will ask."),
        ),
        Field(
            "kind",
            _("Kind of producer"),
            "choice",
            options=producer_kinds(_),
            hint=_("Taken from the code when left open."),
        ),
        Field("trade_name", _("Trade name"), most=200, hint=_("Texts of broadcasts must not name it.")),
        Field("address", _("Address"), hint=_("The law wants it beside every offer.")),
        Field("contact", _("Contact for buyers"), hint=_("The law wants it beside every offer.")),
        Field("members", _("Members"), "count", hint=_("For cooperatives.")),
        Field("open_membership", _("Open to new members"), "flag", hint=_("For cooperatives.")),
        Field("licence.name", _("Name on the business licence"), most=200),
        Field("licence.expires_on", _("Licence valid until"), "day"),
        Field("licence.long_term", _("Licence without an end"), "flag"),
        Field("licence.image_sha256", _("Picture of the licence"), "file", document="licence"),
    )


def producer_kinds(_: Say) -> Options:
    """Kinds of producers in words."""
    return (
        ("cooperative", _("cooperative")),
        ("rural_collective", _("rural collective")),
        ("enterprise", _("company")),
        ("sole_trader", _("sole trader")),
        ("household", _("farm household")),
        ("association", _("association")),
        ("institution", _("institution")),
        ("other", _("other")),
    )


def seller_types(_: Say) -> Options:
    """How producers may sell."""
    return (
        ("registered", _("Registered business")),
        ("farmer_exempt", _("Farm household selling its own produce")),
    )


def listing_sections(
    _: Say, specialties: Options, events: Options, regions: Options = (), *, new: bool
) -> list[Section]:
    """A specialty in one season, why it needs help, and the open call. Lots have forms of their own."""
    specialty = Field(
        "specialty_id",
        _("Specialty"),
        "choice",
        required=True,
        options=specialties,
        hint=_("A region and a kind of goods. Chosen once."),
    )
    county = Field(
        "region_code",
        _("Region that lists it"),
        "choice",
        options=regions,
        hint=_("Where a whole prefecture or province shares the specialty. The specialty's own if left open."),
    )
    return [
        Section(
            "what",
            _("What is offered, and why now"),
            (
                *((specialty, county) if new else ()),
                Field(
                    "season",
                    _("Harvest season"),
                    required=True,
                    most=40,
                    hint=_("The year of the harvest, such as 2026."),
                ),
                Field(
                    "event_id",
                    _("Event that left it unsold"),
                    "choice",
                    required=True,
                    options=events,
                    hint=_("A disaster or an epidemic from the public register. Low prices alone are no such event."),
                ),
                Field("title_zh", _("Title in Chinese"), required=True, most=200),
                Field("title_en", _("Title in English"), most=200, hint=_("The specialty's English name if left out.")),
                Field("description_zh", _("Description in Chinese"), "area"),
                Field("description_en", _("Description in English"), "area"),
            ),
        ),
        Section("call", _("The open call"), _call(_), lead=_call_lead(_)),
    ]


def _call_lead(_: Say) -> str:
    return _("Every producer of the region who meets the conditions must have had the chance to take part.")


def _call(_: Say) -> tuple[Field, ...]:
    return (
        Field("open_call.published_on", _("Published on"), "day"),
        Field("open_call.closed_on", _("Closed on"), "day"),
        Field("open_call.emergency", _("Shortened because of the emergency"), "flag"),
        Field("open_call.url", _("Where it was published"), hint=_("Address of the page.")),
        Field("open_call.document_sha256", _("The call itself"), "file", document="open_call"),
    )
