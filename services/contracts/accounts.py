"""What accounts says: keys, revocations, and who people are."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.contracts.people import OrganKind, OrganLevel
from services.contracts.values import RegionCode
from services.kit.event import Event, KeyPublished, TokenRevoked

__all__ = ["AccountActsLogged", "AccountChanged", "AccountErased", "KeyPublished", "Organ", "TokenRevoked"]


class Organ(BaseModel):
    """The body a person works for; an organ's name is public."""

    model_config = ConfigDict(frozen=True)

    name: str
    kind: OrganKind
    level: OrganLevel
    region_code: RegionCode | None = None
    headcount: int | None = Field(default=None, ge=1, description="How many people work there; null: unknown.")


class AccountChanged(Event):
    """An account as it stands now. `person` is an identity token: one person may hold several accounts."""

    subject = "accounts.account.changed"
    entity: Literal["account"] = "account"
    person: str
    name: str
    roles: tuple[str, ...]
    scopes: tuple[RegionCode, ...]
    organ: Organ | None = None
    post: str | None = None
    superior: str | None = None
    head_of_government: bool = False
    active: bool = True
    created_at: AwareDatetime | None = None
    phone_bound: bool = False


class AccountErased(Event):
    """A buyer had their account erased: whoever keeps something that names them deletes it; tokens and sums stay."""

    subject = "accounts.account.erased"
    entity: Literal["erasure"] = "erasure"
    account_id: str
    erased_at: AwareDatetime


class AccountActsLogged(Event):
    """What offices of a region did to accounts, as hashes alone, in the order in which it was done."""

    subject = "accounts.acts.logged"
    entity: Literal["account_acts"] = "account_acts"
    region_code: RegionCode
    sha256: tuple[str, ...]
