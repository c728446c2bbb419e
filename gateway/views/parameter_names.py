"""The parameters of the rules by names that a reader understands."""

from gateway.views.speaking import Speaker


def parameter_name(speaker: Speaker, name: str, means: str | None = None) -> str:
    """The parameter in the page's language; for one that is new here, what the rulebook says it means."""
    return _names(speaker).get(name) or means or name


def _names(speaker: Speaker) -> dict[str, str]:
    return _admission(speaker) | _force_majeure(speaker) | _the_rest(speaker)


def _admission(speaker: Speaker) -> dict[str, str]:
    return {
        "adm.company_text.least_length": speaker._("Shortest unknown word that may be a brand, in characters"),
        "adm.company_text.repeats": speaker._("How often an unknown word is said before a person looks"),
        "adm.suppliers.call_working_days": speaker._("How long the open call runs"),
        "adm.suppliers.enough": speaker._("Independent producers that are enough"),
        "adm.suppliers.households": speaker._("Member households that a single cooperative needs"),
        "adm.suppliers.may_stand_alone": speaker._("Producers that may stand alone, after a person looked"),
        "adm.suppliers.paid_share_bp": speaker._("Largest share of paid orders for one hand"),
        "adm.suppliers.share_bp": speaker._("Largest share of the goods for one hand that passes"),
        "adm.suppliers.share_most_bp": speaker._("Largest share of the goods that a person may let through"),
    }


def _force_majeure(speaker: Speaker) -> dict[str, str]:
    return {
        "fm.authority.matrix": speaker._("Who may issue which declaration, and from which level on"),
        "fm.authority.response_norm": speaker._("Usual level of authority for each level of response"),
        "fm.separation.office_months": speaker._("Time after which former colleagues count as independent"),
        "fm.slow_sales.indicators": speaker._("Indicators that are enough"),
        "fm.slow_sales.price_gap_bp": speaker._("Fall of the farm-gate price that is an indicator"),
        "fm.slow_sales.progress_gap_bp": speaker._("Lag of sales that is an indicator"),
        "fm.slow_sales.source_days": speaker._("How old a source may be"),
        "fm.slow_sales.sources": speaker._("Sources from different offices that are enough"),
        "fm.slow_sales.unsold_bp": speaker._("Unsold part of the season that is an indicator"),
        "fm.window.evidence_days": speaker._("How old the evidence may be after the window"),
        "fm.window.grace_days": speaker._("Time after the window in which a person may let goods through"),
        "fm.window.perishable_days": speaker._("Window after the lift for perishable goods"),
        "fm.window.point_hazard_days": speaker._("Window after a hazard that strikes once"),
        "fm.window.point_hazards": speaker._("Hazards that strike once"),
        "fm.window.storable_days": speaker._("Window after the lift for goods that keep"),
    }


def _the_rest(speaker: Speaker) -> dict[str, str]:
    return {
        "official.filing.working_days": speaker._("Notice between filing and broadcast"),
        "official.organ.endorsing_words": speaker._("Words that lend an organ's name to goods"),
        "official.organ.organ_words": speaker._("Words that name an organ of state"),
        "official.segment.overlap_seconds": speaker._("Goods beside the official that a person may still let through"),
        "people.appeal.decide_working_days": speaker._("Time to decide an appeal"),
        "people.appeal.file_working_days": speaker._("Time to appeal after a decision"),
        "people.override.valid_days": speaker._("How long an override holds at the most"),
        "price.label.comparison_days": speaker._("Days whose lowest price is the honest former price"),
        "price.label.comparison_words": speaker._("Words that compare with prices elsewhere and need a source"),
        "quality.docs.certificate_classes": speaker._("Goods that carry a promise of conformity"),
        "quality.docs.certificate_issuers": speaker._("Producers that must issue a promise of conformity"),
        "quality.docs.certificate_mandatory": speaker._("A missing promise of conformity blocks"),
        "quality.docs.test_days": speaker._("How long a test report is fresh"),
        "quality.docs.test_most_days": speaker._("When a test report counts as missing"),
        "quality.seller.verified_days": speaker._("When a seller must be verified again"),
        "text.official_image.distance": speaker._("Characters between an official and praise that are read together"),
    }
