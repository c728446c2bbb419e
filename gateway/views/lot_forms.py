"""The form of a lot, in sections: every fact the gate may ask of it."""

from collections.abc import Sequence
from typing import Any

from gateway.views.forms import Field, Rows, Say, Section

Options = Sequence[tuple[Any, ...]]


def lot_sections(_: Say, producers: Options, regions: Options, months: Options) -> list[Section]:
    """What it is, price, cost, season and storage, origin, papers, stock."""
    return [
        Section("goods", _("What it is"), _goods(_, producers)),
        Section("price", _("Price"), _price(_), lead=_price_lead(_)),
        Section("cost", _("What it costs"), _cost(_), lead=_cost_lead(_)),
        Section("season", _("Season and storage"), _season(_, months)),
        Section("origin", _("Where it grew"), _origin(_, regions)),
        Section("papers", _("Papers"), _papers(_, regions), lead=_papers_lead(_)),
        Section("label", _("Label"), _label(_), folded=_("For prepacked food: what the label shows")),
        Section("stock", _("Stock and delivery"), _stock(_)),
    ]


def _goods(_: Say, producers: Options) -> tuple[Field, ...]:
    return (
        Field("producer_id", _("Producer"), "choice", required=True, options=producers),
        Field("lot_number", _("Lot number"), required=True, most=100, hint=_("As on the papers of the goods.")),
        Field("display_name", _("Name shown to buyers"), most=200, hint=_("The specialty's name if left out.")),
        Field("variety", _("Variety"), most=200),
        Field("specification", _("Size and packing"), most=200, hint=_("For example: 5 kg a box, each over 200 g.")),
        Field("grade", _("Grade"), most=200, hint=_("With its standard.")),
        Field("packaging", _("Packaging"), "choice", options=packagings(_)),
        Field("processed", _("Processed"), "flag"),
        Field("reissued_by_aggregator", _("Papers issued again by a collector"), "flag"),
        Field("description_zh", _("Description in Chinese"), "area"),
        Field("description_en", _("Description in English"), "area"),
    )


def packagings(_: Say) -> Options:
    """How goods are packed."""
    return (
        ("unpacked", _("unpacked")),
        ("packed_at_farm", _("packed at the farm")),
        ("prepacked", _("prepacked food")),
        ("bulk", _("in bulk")),
    )


def _price_lead(_: Say) -> str:
    return _("What the buyer pays for one unit, and what is in it. Buyers see the price per jin and per kilogram.")


def _price(_: Say) -> tuple[Field | Rows, ...]:
    return (
        Field("price_fen", _("Price of one unit"), "yuan", required=True),
        Field("price_unit", _("Unit"), required=True, most=20, hint=_("Box, bag, piece …")),
        Field("net_grams", _("Net weight of one unit"), "kg", required=True),
        Field("gross_grams", _("Gross weight of one unit"), "kg"),
        Field("weight_basis", _("Sold by"), "choice", options=(("net", _("net weight")), ("gross", _("gross weight")))),
        Field("freight_fen", _("Freight for one unit"), "yuan", hint=_("0 where it is free.")),
        Field("freight_terms", _("Terms of freight")),
        Field("detail_price_fen", _("Price on the detail page"), "yuan"),
        Field("was_price_fen", _("Earlier price that is shown"), "yuan", hint=_("Only a price really charged.")),
        Field("lowest_price_7d_fen", _("Lowest price of the last seven days"), "yuan"),
        Rows(
            "price_history",
            _("Prices charged in the same shop"),
            (
                Field("price_fen", _("Price"), "yuan"),
                Field("since_at", _("From"), "moment"),
                Field("until_at", _("Until"), "moment"),
            ),
            row_word=_("Price"),
        ),
        Field("compares_market_price", _("Compared with a market price"), "flag"),
        Field("comparison_source", _("Source of that market price")),
    )


def _cost_lead(_: Say) -> str:
    return _("Nobody may be made to sell below cost. The gate compares the price with these, for one unit.")


def _cost(_: Say) -> tuple[Field, ...]:
    return (
        Field("farm_gate_fen", _("Farm-gate price by the evidence"), "yuan"),
        Field("agreed_farm_gate_fen", _("Price agreed with the farmer"), "yuan"),
        Field("farmer_paid_fen", _("Price really paid to the farmer"), "yuan"),
        Field("packing_fen", _("Packing"), "yuan"),
        Field("carriage_fen", _("Carriage"), "yuan"),
        Field("loss_fen", _("Loss"), "yuan"),
        Field("cost_evidence_on", _("Day of the evidence for these costs"), "day"),
        Field("seasonal", _("Seasonal goods on clearance"), "flag"),
        Field("overstock", _("Overstocked"), "flag"),
        Field("near_expiry", _("Close to its end"), "flag"),
        Field(
            "clearance_statement_sha256",
            _("Producer's statement on selling off"),
            "file",
            document="clearance_statement",
        ),
        Field("subsidy_fen", _("Subsidy for one unit"), "yuan", hint=_("0 where there is none.")),
        Field("subsidy_budget_line", _("Published budget line of the subsidy")),
        Field("gap_payer", _("Who bears a gap between price and cost"), "choice", options=gap_payers(_)),
    )


def gap_payers(_: Say) -> Options:
    """Who bears a gap."""
    return (
        ("producer", _("the producer, freely")),
        ("published_budget", _("a published budget")),
        ("undisclosed_public", _("public money that was not published")),
        ("supplier_by_order", _("the supplier, by order")),
        ("farmer", _("the farmer")),
    )


def _season(_: Say, months: Options) -> tuple[Field, ...]:
    return (
        Field("harvested_on", _("Harvested or slaughtered on"), "day"),
        Field(
            "season_months",
            _("Months in season"),
            "many",
            options=months,
            hint=_("The specialty's months if none is chosen."),
        ),
        Field(
            "opens_on",
            _("Official opening day of the harvest"),
            "day",
            hint=_("Taken from the specialty where it is known."),
        ),
        Field(
            "opening_day_expected",
            _("An opening day is set each year for such goods"),
            "flag",
            hint=_("Where it is, and none is known for this year, the gate waits for it."),
        ),
        Field("cold_stored", _("Kept in cold store"), "flag"),
        Field("storage_record_sha256", _("Record of the store"), "file", document="storage_record"),
        Field("shelf_life_days", _("Keeps for"), "count", suffix=_("days")),
        Field("best_before_on", _("Best before"), "day"),
    )


def _origin(_: Say, regions: Options) -> tuple[Field | Rows, ...]:
    return (
        Field(
            "origin_region_code",
            _("Region of origin"),
            most=6,
            hint=_("Six digits of the region's code. The listing's region if left out."),
            attrs={"inputmode": "numeric"},
        ),
        Rows(
            "plots",
            _("Plots"),
            (
                Field("township_code", _("Code of the township"), most=9, hint=_("Nine digits.")),
                Field("region_code", _("Code of the region"), most=6, hint=_("Six digits.")),
                Field("area_square_metres", _("Area"), "count", suffix="m²"),
            ),
            row_word=_("Plot"),
        ),
        Field("yield_grams", _("Harvest of these plots"), "kg"),
        Field("verified_capacity_grams", _("Capacity that was checked on the spot"), "kg"),
        Field("sold_grams", _("Already sold this season"), "kg"),
        Field("declared_warehouses", _("Warehouses"), "lines", hint=_("Region codes, one a line."), rows=2),
        Field("recalled_inputs", _("Grown with inputs under recall"), "flag"),
    )


def _papers_lead(_: Say) -> str:
    return _("Each paper with its number, and the file as PDF, Word, text or picture of at most 10 MB.")


def _papers(_: Say, regions: Options) -> tuple[Field | Rows, ...]:
    return (
        Rows("certificates", _("Certificates and tests"), _certificate(_), row_word=_("Paper"), spare=2),
        Rows(
            "samplings",
            _("Official samplings of such goods of this producer"),
            (
                Field("sampled_on", _("Sampled on"), "day"),
                Field("conforming", _("Passed"), "flag"),
                Field("closed", _("Case closed"), "flag"),
            ),
            none_label=_("There has been none."),
            row_word=_("Sampling"),
        ),
        Field("recall_open", _("Under recall"), "flag"),
    )


def _label(_: Say) -> tuple[Field, ...]:
    return (
        Field("label.photo_sha256", _("Photograph of the label"), "file", document="label_photo"),
        *(Field(f"label.{name}", words, "flag") for name, words in _label_items(_)),
    )


def _label_items(_: Say) -> Options:
    shows = _("The label shows: %s")
    return (
        ("name", shows % _("name")),
        ("specification", shows % _("specification")),
        ("net_content", shows % _("net content")),
        ("production_date", shows % _("day of production")),
        ("ingredients", shows % _("ingredients")),
        ("producer", shows % _("producer")),
        ("producer_address", shows % _("producer's address")),
        ("producer_contact", shows % _("producer's contact")),
        ("shelf_life", shows % _("shelf life")),
        ("standard_code", shows % _("code of the standard")),
        ("storage", shows % _("how to store it")),
        ("licence_number", shows % _("number of the licence")),
        ("additives", shows % _("additives")),
    )


def _certificate(_: Say) -> tuple[Field, ...]:
    return (
        Field("kind", _("Kind of paper"), "choice", options=certificate_kinds(_)),
        Field("number", _("Number"), most=200),
        Field("lot_number", _("Lot number on it"), most=200),
        Field("product_name", _("Product named on it"), most=200),
        Field("issuer", _("Issued by"), most=200),
        Field("issuer_uscc", _("Credit code of the issuer"), most=32),
        Field("issued_on", _("Issued on"), "day"),
        Field("expires_on", _("Valid until"), "day"),
        Field("quantity_grams", _("Weight it covers"), "kg"),
        Field("origin_region_code", _("Region of origin on it"), most=6),
        Field("qualified_laboratory", _("From a qualified laboratory"), "flag"),
        Field("conforming", _("Says that the goods pass"), "flag"),
        Field("number_verified", _("Number checked with the issuer"), "flag"),
        Field("document_sha256", _("The paper itself"), "file", document="certificate"),
    )


def certificate_kinds(_: Say) -> Options:
    """Papers that speak for goods."""
    return (
        ("conformity", _("commitment certificate of conformity")),
        ("test_report", _("test report")),
        ("quick_test", _("quick test")),
        ("quarantine", _("animal quarantine certificate")),
        ("plant_quarantine", _("plant quarantine certificate")),
        ("food_licence", _("food production licence")),
        ("workshop_registration", _("registration of a small workshop")),
        ("prepacked_filing", _("filing for prepacked food")),
        ("organic", _("organic certificate")),
        ("green_food", _("green food certificate")),
        ("origin", _("proof of origin")),
        ("other", _("other")),
    )


def _stock(_: Say) -> tuple[Field, ...]:
    return (
        Field("offered_units", _("Units for sale"), "count", required=True),
        Field("offered_grams", _("Weight for sale"), "kg", hint=_("Units times net weight if left out.")),
        Field("verified_stock_grams", _("Stock that was checked on the spot"), "kg"),
        Field("promised_dispatch_hours", _("Dispatched within"), "count", suffix=_("hours")),
        Field("complaints_7d", _("Complaints of the last seven days"), "count"),
        Field("complaint_share_7d_bp", _("Share of orders with complaints"), "percent"),
        Field("return_policy", _("Returns"), "choice", options=return_policies(_)),
        Field("delivery_region_codes", _("Delivered to"), "lines", hint=_delivery_hint(_), rows=2),
        Field("delivery_note", _("Note on delivery")),
    )


def return_policies(_: Say) -> Options:
    """What buyers may send back."""
    return (
        ("seven_days", _("within seven days without a reason")),
        ("fresh_exempt", _("fresh goods, exempt by law")),
        ("other", _("other")),
    )


def _delivery_hint(_: Say) -> str:
    return _("Region codes, one a line. Empty means everywhere on the mainland.")
