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
        "adm.mark.dominant_bp": speaker._("Share of one firm from which it dominates a mark"),
        "adm.mark.holders": speaker._("How the credit code of a shared mark's holder begins"),
        "adm.mark.imitating_words": speaker._("Words that turn a protected name into an imitation"),
        "adm.mark.licensees": speaker._("Licensees that show that a mark is shared"),
        "adm.mark.operators": speaker._("How the credit code of a company that runs a mark begins"),
        "adm.mark.protected_names": speaker._("Protected names and their areas"),
        "adm.mark.refusal_punishable": speaker._("Refusing a licence is punishable by itself"),
        "adm.mark.renewal_months": speaker._("Time after its end in which a mark may be renewed"),
        "adm.origin.capacity_bp": speaker._("How much of the verified capacity may be sold"),
        "adm.origin.parcels_bp": speaker._("Share of parcels from elsewhere from which a person looks"),
        "adm.origin.parcels_most_bp": speaker._("Share of parcels from elsewhere that blocks"),
        "adm.season.opening_days": speaker._("Opening days that authorities published"),
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
        "fm.biosecurity.animal_goods": speaker._("Goods to which the rules on animal disease apply"),
        "fm.biosecurity.lifted_days": speaker._("Time after the lift of a zone in which a person looks"),
        "fm.biosecurity.susceptible": speaker._("Goods that each disease or pest takes"),
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
        "complaint.sla.acknowledge_hours": speaker._("Hours in which a report is acknowledged"),
        "complaint.sla.decide_days": speaker._("Days in which a report is decided"),
        "official.filing.working_days": speaker._("Notice between filing and broadcast"),
        "official.organ.endorsing_words": speaker._("Words that lend an organ's name to goods"),
        "official.organ.organ_words": speaker._("Words that name an organ of state"),
        "official.segment.overlap_seconds": speaker._("Goods beside the official that a person may still let through"),
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
