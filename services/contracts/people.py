"""The words for people and the bodies they work for or are paid by; pure, so that the rules can use them too."""

from typing import Literal

Role = Literal[
    "buyer",
    "operator",
    "official",
    "host",
    "moderator",
    "registrar",
    "verifier",
    "certifier",
    "approver",
    "reviewer",
    "inspector",
    "platform",
    "administrator",
]
OrganKind = Literal[
    "peoples_government",
    "party_committee",
    "government_department",
    "party_department",
    "inspection_body",
    "food_association",
    "other_association",
    "institution",
    "village_committee",
    "other_state_organ",
    "enterprise",
    "other",
]
OrganLevel = Literal["national", "province", "prefecture", "county", "township", "village"]
PayerKind = Literal[
    "government", "enterprise", "supplier", "agency", "streamer", "association", "platform", "self", "none", "other"
]
