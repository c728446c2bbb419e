"""The parameters of the rules by names that a reader understands."""

from gateway.views.speaking import Speaker


def parameter_name(speaker: Speaker, name: str, means: str | None = None) -> str:
    """The parameter in the page's language; for one that is new here, what the rulebook says it means."""
    return _names(speaker).get(name) or means or name


def _names(speaker: Speaker) -> dict[str, str]:
    return _admission(speaker) | _force_majeure(speaker) | _the_rest(speaker) | _on_air(speaker) | _afterwards(speaker)


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
        "fm.authority.drought_norm": speaker._("Usual level of authority for each grade of drought"),
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
        "official.conflict.behind_supplier": speaker._("People behind each kind of supplier who must be known"),
        "official.conflict.declaration_months": speaker._("How long a declaration of interests stands"),
        "official.conflict.grant_months": speaker._("How long public money approved for a supplier is looked at"),
        "official.conflict.leading_post_months": speaker._("How long a leading post counts after it was left"),
        "official.conflict.other_post_months": speaker._("How long any other post counts after it was left"),
        "official.filing.working_days": speaker._("Notice between filing and broadcast"),
        "official.organ.endorsing_words": speaker._("Words that lend an organ's name to goods"),
        "official.organ.organ_words": speaker._("Words that name an organ of state"),
        "official.segment.overlap_seconds": speaker._("Goods beside the official that a person may still let through"),
        "price.below_cost.clearance_classes": speaker._("Goods that may be cleared below cost, after a person looked"),
        "price.below_cost.evidence_days": speaker._("How old the evidence of costs may be"),
        "people.appeal.decide_working_days": speaker._("Time to decide an appeal"),
        "people.appeal.file_working_days": speaker._("Time to appeal after a decision"),
        "people.override.valid_days": speaker._("How long an override holds at the most"),
        "people.reply.answer_working_days": speaker._("Time to answer a finding"),
        "people.reply.decide_working_days": speaker._("Time to decide an answer to a finding"),
        "price.label.comparison_days": speaker._("Days whose lowest price is the honest former price"),
        "price.label.comparison_words": speaker._("Words that compare with prices elsewhere and need a source"),
        "quality.docs.certificate_classes": speaker._("Goods that carry a promise of conformity"),
        "quality.docs.certificate_issuers": speaker._("Producers that must issue a promise of conformity"),
        "quality.docs.certificate_mandatory": speaker._("A missing promise of conformity blocks"),
        "quality.docs.test_days": speaker._("How long a test report is fresh"),
        "quality.docs.test_most_days": speaker._("When a test report counts as missing"),
        "quality.supply.complaint_share_bp": speaker._("Share of complaints from which on a person looks"),
        "quality.supply.complaints": speaker._("Complaints of a week from which on a person looks"),
        "quality.supply.dispatch_hours": speaker._("Time within which fresh goods are sent"),
        "quality.supply.sampling_months": speaker._("How long a failed sampling stops the goods until it is closed"),
        "quality.supply.stock_share_bp": speaker._("Part of the stock that may be on offer"),
        "quality.seller.verified_days": speaker._("When a seller must be verified again"),
        "text.absolute.exemptions": speaker._("Exemptions that may be claimed for a superlative"),
        "text.absolute.slang": speaker._("Words of the trade that say “the best”"),
        "text.claims.qualities": speaker._("Qualities that need the number of a certificate"),
        "notice.apportion.demand_from": speaker._("Weight from which a text without words of a quota is held"),
        "notice.apportion.doubtful_below": speaker._("Weight below which words of a quota are left to a person"),
        "notice.apportion.doubtful_undone_below": speaker._(
            "The same weight where the text tells, withdraws or denies"
        ),
        "notice.apportion.sale_from": speaker._("Weight from which two signs of a demand about a sale are one"),
        "notice.apportion.any_from": speaker._("The same weight where no sale is named"),
        "text.official_image.distance": speaker._("Characters between an official and praise that are read together"),
    }


def _on_air(speaker: Speaker) -> dict[str, str]:
    return {
        "live.praise.count_minutes": speaker._("How old a count of the chat may be"),
        "live.praise.least_comments": speaker._("Comments below which a share of praise says nothing"),
        "live.praise.new_account_share_bp": speaker._("Share of new accounts that makes praise a flood"),
        "live.praise.same_text_accounts": speaker._("Accounts with one praise that are a chorus"),
        "live.praise.share_bp": speaker._("Share of praise that asks for a person"),
        "live.record.check_minutes": speaker._("How old a check of the recorders may be"),
        "live.record.gap_most_seconds": speaker._("Longest gap that a person may let through"),
        "live.record.gap_seconds": speaker._("Longest gap that passes"),
        "live.record.years": speaker._("How long records are kept"),
        "live.traffic.brief_share_bp": speaker._("Largest share of sessions under 5 seconds"),
        "live.traffic.count_minutes": speaker._("How old a count of viewers may be"),
        "live.traffic.network_share_bp": speaker._("Largest share of viewers from one network"),
        "live.traffic.sessions_per_device": speaker._("Sessions of one device that pass"),
        "live.traffic.sudden_steps": speaker._("Sudden steps in arrivals that pass"),
    }


def _afterwards(speaker: Speaker) -> dict[str, str]:
    return _of_orders(speaker) | {
        "complaint.sla.acknowledge_hours": speaker._("Time to acknowledge a complaint"),
        "complaint.sla.count_hours": speaker._("How old a count of complaints may be"),
        "complaint.sla.decide_days": speaker._("Time to decide a complaint"),
        "complaint.sla.limits_mandatory": speaker._("Unpublished time limits block"),
        "complaint.sla.refund_days": speaker._("Time to pay back"),
        "disc.publish.contents": speaker._("What the full record holds"),
        "disc.publish.full_working_days": speaker._("Time to publish the full record"),
        "disc.publish.smallest_cell": speaker._("Fewest people behind a published number"),
        "disc.publish.summary_working_days": speaker._("Time to publish the summary"),
    }


def _of_orders(speaker: Speaker) -> dict[str, str]:
    return {
        "order.captive.bunch_share_bp": speaker._("Share of orders at one amount that is a bunch"),
        "order.captive.least_buyers": speaker._("Buyers from which on a large share of ten fails"),
        "order.captive.least_orders": speaker._("Orders below which a share accuses nobody"),
        "order.captive.payer_names": speaker._("Names behind one payer that ask for a person"),
        "order.captive.payer_names_most": speaker._("Names behind one payer that fail"),
        "order.captive.public_sector_share_bp": speaker._("Share of a bunch sent to public offices"),
        "order.captive.round_yuan": speaker._("Round amounts are multiples of"),
        "order.captive.same_device": speaker._("Orders from the seller's device that ask for a person"),
        "order.captive.same_device_most": speaker._("Orders from the seller's device that fail"),
        "order.captive.top_ten_share_bp": speaker._("Largest share of ten buyers that passes"),
        "order.captive.top_ten_share_most_bp": speaker._("Largest share of ten buyers that a person may let through"),
        "order.refund.baseline_times": speaker._("Times the usual share of refunds that pass"),
        "order.refund.hours": speaker._("Time after the broadcast in which refunds are counted"),
        "order.refund.least_orders": speaker._("Orders below which a share accuses nobody"),
        "order.refund.share_bp": speaker._("Largest share of refunds that passes"),
        "order.refund.share_most_bp": speaker._("Largest share of refunds that a person may let through"),
        "order.staged.bulk_units": speaker._("Units that need no contract"),
        "order.staged.count_minutes": speaker._("How old a count of orders may be"),
        "order.staged.intercity_hours": speaker._("Fastest parcel between cities"),
        "order.staged.repeat_days": speaker._("Time in which a like deal is the same deal"),
        "order.staged.same_city_minutes": speaker._("Fastest parcel within a city"),
        "order.staged.too_fast_share_bp": speaker._("Share of early signatures that fails"),
    }
