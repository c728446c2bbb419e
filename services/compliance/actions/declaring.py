"""What becomes of a declaration as it was sent: the file compared with ours, the signer a token."""

from typing import Any

from services.compliance.actions.surroundings import Surroundings
from services.compliance.models import Declaration
from services.compliance.schemas.registry import DeclarationIn
from services.kit.ids import new_id


async def new_declaration(around: Surroundings, event_id: str, body: DeclarationIn) -> Declaration:
    """A declaration of the event, not yet written."""
    return Declaration(id=new_id(), force_majeure_id=event_id, **await declaration_values(around, body))


async def declaration_values(around: Surroundings, body: DeclarationIn) -> dict[str, Any]:
    """A declaration as stored: with the hash of the file that we hold, and who signed it as a token."""
    stored = body.file_hash if body.file_hash and await around.blobs.get(body.file_hash) is not None else None
    signer = body.signed_by
    if signer is not None and not _is_token(signer):
        signer = around.token("id", signer)
    plain = body.model_dump(exclude={"authority", "joint_authorities", "signed_by"})
    return {
        **plain,
        "authority": body.authority.model_dump(exclude_none=True) if body.authority else None,
        "joint_authorities": [authority.model_dump(exclude_none=True) for authority in body.joint_authorities],
        "stored_file_hash": stored,
        "signed_by": signer,
    }


def _is_token(value: str) -> bool:
    return len(value) == 64 and all(sign in "0123456789abcdef" for sign in value)
