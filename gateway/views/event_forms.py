"""The forms of the registry: an event, one declaration, and evidence of unsold stock.

Grade of an event, level of a warning, level of a response: three scales (突发事件应对法 art. 3, 63, 71).
Each has its own field with its own words, so that none can be typed for another.
"""

from collections.abc import Collection, Sequence
from typing import Any

from gateway.views.asking import DECLARATIONS, EVENT_TYPES, MECHANISMS, SYSTEMS
from gateway.views.codes import word_of
from gateway.views.events import declaration_kind, grade, response, warning
from gateway.views.forms import Field, Rows, Section
from gateway.views.people_forms import organ_levels
from gateway.views.speaking import Speaker

Options = Sequence[tuple[Any, ...]]

CAUSES = ("market_glut", "price_fall", "competition", "late_ripening", "trade_dispute", "poor_quality")
HAZARDS = ("flood", "drought", "typhoon", "hail", "frost", "snow", "earthquake", "covid19", "asf", "insects")
AUTHORITIES = (
    *("government", "emergency_command", "flood_command", "earthquake_command", "relief_committee"),
    *("weather_station", "weather_bureau", "seismic_bureau", "health_department", "agriculture_department"),
    *("emergency_department", "other_department", "township_government", "village", "enterprise", "association"),
    *("media", "other"),
)
INDICATORS = ("progress", "price", "unsold", "disruption")
LEVELS = (1, 2, 3, 4)
DIGITS = {"inputmode": "numeric"}


def words_of(speaker: Speaker, codes: Collection[str]) -> list[tuple[Any, ...]]:
    """Codes with their words, as a field offers them."""
    return [(code, word_of(speaker, code)) for code in codes]


def authority_kinds(speaker: Speaker) -> list[tuple[Any, ...]]:
    """Bodies that declare; those that may not are offered too, because the entry says what the paper says."""
    # The word for this code is that of pictures, of which facts speak far more often.
    own = {"media": speaker._("news media")}
    return [(code, own.get(code) or words) for code, words in words_of(speaker, AUTHORITIES)]


def event_sections(speaker: Speaker, goods: Options, beasts: Options, home: str, *, new: bool) -> list[Section]:
    """What happened, where, to which goods; a new event also says who declared it.

    `goods`: kinds that an event may strike; `beasts`: those that a closed zone may name; `home`: the visitor's regions.
    """
    _ = speaker._
    parts = [
        Section("what", _("The event"), _what(speaker)),
        Section("where", _("Where it struck"), (_regions(speaker, home),)),
        Section("impacts", _("What it did to the goods"), (_impacts(speaker, goods),)),
        Section(
            "zones",
            _("Closed zones"),
            (_quarantines(speaker, beasts),),
            folded=_("For diseases of animals and plants: zones in which movement is restricted"),
        ),
    ]
    if new:
        declared = Rows(
            "declarations",
            _("Declarations"),
            _declaration_in_a_row(speaker),
            hint=_("One for each paper: several organs and levels may have declared the same event."),
            row_word=_("Declaration"),
            spare=2,
            most=50,
        )
        parts.insert(1, Section("declared", _("Who declared it"), (declared,), lead=scales_lead(speaker)))
    return parts


def scales_lead(speaker: Speaker) -> str:
    """What keeps the three scales apart."""
    return speaker._(
        "Three scales, three fields: the grade says how grave the event was, a warning says what may happen, "
        "a response says what the authorities do. Fill in only what the paper itself says."
    )


def _what(speaker: Speaker) -> tuple[Field, ...]:
    _ = speaker._
    return (
        Field("title_zh", _("Title in Chinese"), required=True, most=200),
        Field("title_en", _("Title in English"), required=True, most=200),
        Field("event_type", _("Kind of event"), "choice", required=True, options=words_of(speaker, EVENT_TYPES)),
        Field("occurred_at", _("Began"), "moment", required=True),
        Field("hazard", _("What struck"), "choice", options=words_of(speaker, HAZARDS)),
        Field(
            "point_hazard",
            _("Over at once, such as hail or frost"),
            "flag",
            hint=_("Such an event is never lifted; it explains unsold goods of the season that it struck."),
        ),
        Field("affected_season", _("Season that it struck"), most=200, hint=_("For example: 2026.")),
        Field(
            "cause",
            _("Another cause that the papers name"),
            "choice",
            options=words_of(speaker, CAUSES),
            hint=_("What the market does is no force majeure. State it where a paper states it."),
        ),
    )


def _regions(speaker: Speaker, home: str) -> Rows:
    _ = speaker._
    return Rows(
        "regions",
        _("Regions"),
        (
            Field("code", _("Code of the region"), most=6, hint=_("Six digits."), attrs=DIGITS),
            Field("partial", _("Only a part of it"), "flag"),
            Field("valid_on", _("Day on which this code was in force"), "day"),
        ),
        hint=_("Your regions: %(regions)s. Those below them are yours too.", regions=home),
        row_word=_("Region"),
        most=200,
    )


def _impacts(speaker: Speaker, goods: Options) -> Rows:
    _ = speaker._
    return Rows(
        "impacts",
        _("Effects"),
        (
            Field("category_code", _("Kind of goods"), "choice", options=goods),
            Field("mechanism", _("What it did to them"), "choice", options=words_of(speaker, MECHANISMS)),
            Field("downgrade_record", _("It is on record that goods were downgraded"), "flag"),
            Field(
                "route_region_codes",
                _("Regions on a closed route"),
                "lines",
                hint=_("Region codes, one a line."),
                rows=2,
            ),
            Field("market", _("Market that was closed"), most=200),
            Field("document_sha256", _("Paper about it"), "file", document="declaration"),
        ),
        row_word=_("Effect"),
        most=200,
    )


def _quarantines(speaker: Speaker, beasts: Options) -> Rows:
    _ = speaker._
    return Rows(
        "quarantines",
        _("Zones"),
        (
            Field("zone", _("Kind of zone"), "choice", options=words_of(speaker, ("infected", "threatened"))),
            Field("region_code", _("Code of the region"), most=6, hint=_("Six digits."), attrs=DIGITS),
            Field("township_codes", _("Townships"), "lines", hint=_("Nine digits each, one a line."), rows=2),
            Field("category_codes", _("Kinds of goods"), "many", options=beasts),
            Field("sealed_at", _("Closed since"), "moment"),
            Field("lifted_at", _("Opened again"), "moment"),
        ),
        row_word=_("Zone"),
        most=50,
    )


def _authority(speaker: Speaker, path: str) -> tuple[Field, ...]:
    _ = speaker._
    prefix = f"{path}." if path else ""
    return (
        Field(f"{prefix}name", _("Name of the authority"), most=200),
        Field(f"{prefix}kind", _("Kind of body"), "choice", options=authority_kinds(speaker)),
        Field(f"{prefix}level", _("Its level"), "choice", options=organ_levels(_)),
        Field(f"{prefix}region_code", _("Its region"), most=6, hint=_("Six digits."), attrs=DIGITS),
        Field(f"{prefix}parent_government", _("Government above it, if it is a headquarters"), most=200),
        Field(f"{prefix}authorised_to_publish", _("May publish animal diseases"), "flag"),
    )


def _declared(speaker: Speaker) -> tuple[Field, ...]:
    _ = speaker._
    kinds = [(code, declaration_kind(speaker, code)) for code in DECLARATIONS]
    return (
        Field("kind", _("What was declared"), "choice", required=True, options=kinds),
        Field("system", _("Under which law"), "choice", options=words_of(speaker, SYSTEMS)),
        Field(
            "event_grade",
            _("Grade of the event"),
            "choice",
            options=[(level, grade(speaker, level)) for level in LEVELS],
            hint=_("How grave the event was. Events of public safety have none."),
        ),
        Field(
            "warning_level",
            _("Level of the warning"),
            "choice",
            options=[(level, warning(speaker, level)) for level in LEVELS],
            hint=_("What may happen. A warning alone is no force majeure yet."),
        ),
        Field(
            "response_level",
            _("Level of the response"),
            "choice",
            options=[(level, response(speaker, level)) for level in LEVELS],
            hint=_("What the authorities do about it."),
        ),
    )


def _paper(speaker: Speaker) -> tuple[Field, ...]:
    _ = speaker._
    return (
        Field("title", _("Title of the paper"), most=200),
        Field("doc_no", _("Number of the document"), most=200),
        Field("issued_at", _("Issued"), "moment"),
        Field("lifted_at", _("Lifted"), "moment", hint=_("By the same authority. Empty: it still holds.")),
        Field("url", _("Where it was published"), most=2000, attrs={"inputmode": "url"}),
        Field("file_hash", _("The paper itself"), "file", document="declaration", hint=_paper_hint(speaker)),
        Field("relayed", _("A copy passed on by somebody else"), "flag"),
        Field(
            "signed_by",
            _("Identity number of who signed it"),
            most=200,
            hint=_("If it is known. It turns into a token at once; a head who signed may not present without a check."),
        ),
    )


def _paper_hint(speaker: Speaker) -> str:
    return speaker._("PDF, Word, text or picture of at most 10 MB. The verifier compares it with what you entered.")


def _declaration_in_a_row(speaker: Speaker) -> tuple[Field, ...]:
    joint = speaker._("Declared together with")
    return (
        *_declared(speaker),
        *_authority(speaker, "authority"),
        *_paper(speaker),
        Field("joint_authorities.0.name", joint, most=200, hint=speaker._("More of them: on the declaration's page.")),
        Field(
            "joint_authorities.0.kind",
            speaker._("Kind of body of the other one"),
            "choice",
            options=authority_kinds(speaker),
        ),
        Field(
            "joint_authorities.0.level",
            speaker._("Level of the other one"),
            "choice",
            options=organ_levels(speaker._),
        ),
    )


def declaration_sections(speaker: Speaker, *, signed: bool = False) -> list[Section]:
    """One declaration on a page of its own. `signed`: it names a signer already, who stays when nothing is typed."""
    _ = speaker._
    joint = Rows(
        "joint_authorities", _("Declared together with"), _authority(speaker, ""), row_word=_("Authority"), most=20
    )
    kept = _("Who signed is kept as a token and stays, unless you type another number.")
    return [
        Section("declared", _("What was declared"), _declared(speaker), lead=scales_lead(speaker)),
        Section("authority", _("By whom"), (*_authority(speaker, "authority"), joint)),
        Section("paper", _("The paper"), _paper(speaker), lead=kept if signed else None),
    ]


def evidence_sections(speaker: Speaker, goods: Options, home: str) -> list[Section]:
    """Evidence that stock cannot be sold: what is measured, and who says so."""
    _ = speaker._
    return [
        Section("goods", _("Which goods"), _evidence_goods(speaker, goods, home)),
        Section(
            "measures",
            _("What was measured"),
            _measures(speaker),
            lead=_("Two of these must show it: slower sales, lower prices, much unsold, a cut of transport."),
        ),
        Section("sources", _("Who says so"), (_sources(speaker),), lead=_sources_lead(speaker)),
        Section("disruption", _("What was cut"), _disruption(speaker)),
    ]


def _sources_lead(speaker: Speaker) -> str:
    return speaker._("Two sources from two offices, one of them independent of who applies, none older than two weeks.")


def _evidence_goods(speaker: Speaker, goods: Options, home: str) -> tuple[Field, ...]:
    _ = speaker._
    yours = _("Six digits. Your regions: %(regions)s.", regions=home)
    return (
        Field("region_code", _("Code of the region"), required=True, most=6, hint=yours, attrs=DIGITS),
        Field("category_code", _("Kind of goods"), "choice", required=True, options=goods),
        Field("season", _("Season of the harvest"), required=True, most=200, hint=_("For example: 2026.")),
    )


def _measures(speaker: Speaker) -> tuple[Field, ...]:
    _ = speaker._
    return (
        Field(
            "progress_gap_bp",
            _("Share sold by now, behind the usual"),
            "percent",
            hint=_("Usual share of the same day in three years, less that of now. Negative: ahead of it."),
        ),
        Field(
            "price_gap_bp",
            _("Price at the farm, below the usual"),
            "percent",
            hint=_("Against the same week of three years. Negative: dearer than usual."),
        ),
        Field("unsold_grams", _("Unsold"), "tonnes"),
        Field("season_grams", _("Harvest of the season"), "tonnes"),
        Field("usual_unsold_share_bp", _("Share usually unsold on this day"), "percent"),
        Field("sold_grams_per_day", _("Sold a day"), "tonnes"),
        Field("days_to_spoil", _("Keeps for"), "count", suffix=_("days")),
    )


def _sources(speaker: Speaker) -> Rows:
    _ = speaker._
    return Rows(
        "sources",
        _("Sources"),
        (
            Field("org", _("Organisation"), most=200),
            Field("office", _("Office"), most=200),
            Field("independent_of_applicant", _("Independent of who applies"), "flag"),
            Field("as_of_on", _("Figures of"), "day"),
            Field("indicators", _("Speaks of"), "many", options=words_of(speaker, INDICATORS)),
            Field("document_sha256", _("Its paper"), "file", document="slow_sales_evidence"),
        ),
        row_word=_("Source"),
        spare=2,
        most=50,
    )


def _disruption(speaker: Speaker) -> tuple[Field, ...]:
    _ = speaker._
    papers = [
        Field(
            f"disruption_documents.{place}",
            _("Paper about a cut of transport or trade (%(number)s)", number=place + 1),
            "file",
            document="slow_sales_evidence",
        )
        for place in range(3)
    ]
    return (
        Field("mechanism", _("What the event did"), "choice", options=words_of(speaker, MECHANISMS)),
        Field("downgrade_record", _("It is on record that goods were downgraded"), "flag"),
        *papers,
    )
