"""Documents that a body names: each was uploaded before, by somebody of the caller's regions."""

from collections.abc import Collection, Mapping

from services.kit.actor import Actor
from services.kit.blobs import BlobStore
from services.kit.problem import DocumentMissing, FieldError


async def require_attached(
    blobs: BlobStore, actor: Actor, named: Mapping[str, str], known: Collection[str] = ()
) -> None:
    """`named`: field → the document's id, its SHA-256. Those in `known` were accepted before.

    Raises DocumentMissing for an id under which nothing was uploaded for the actor's regions.
    """
    missing = {
        field: digest
        for field, digest in named.items()
        if digest not in known and not await blobs.is_owned(digest, actor.owners)
    }
    if not missing:
        return
    ids = list(dict.fromkeys(missing.values()))
    raise DocumentMissing(
        f"No document of your regions has the id {', '.join(ids)}. Upload it, or choose one that was uploaded.",
        f"您的地区没有编号为 {'、'.join(ids)} 的文件，请先上传，或选择已上传的文件。",
        errors=[
            FieldError(
                field,
                f"No document of your regions has the id {digest}. Upload it, or choose one that was uploaded.",
                f"您的地区没有编号为 {digest} 的文件，请先上传，或选择已上传的文件。",
            )
            for field, digest in missing.items()
        ],
    )
