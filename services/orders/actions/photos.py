"""Photos that prove what was wrong: pictures and nothing else, without what a camera wrote into them."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.actor import Actor
from services.kit.files import MOST_BYTES, media_type_of
from services.kit.pictures import JPEG, PNG, PictureDamaged, without_metadata
from services.kit.problem import BodyTooLarge, DocumentMissing, FieldError, NotFound
from services.orders import store
from services.orders.actions.access import paid_order, require_either
from services.orders.actions.surroundings import Surroundings
from services.orders.errors import PhotoRefused
from services.orders.schemas.refunds import PhotoOut


async def keep_photo(around: Surroundings, actor: Actor, data: bytes) -> PhotoOut:
    """Keep a photo in the buyer's name. Raises BodyTooLarge, PhotoRefused."""
    if len(data) > MOST_BYTES:
        raise BodyTooLarge("A photo may have 10 MB. Send a smaller one.", "照片不得超过 10 MB，请压缩后重新上传。")
    media_type = media_type_of(data)
    if media_type not in (PNG, JPEG):
        raise PhotoRefused("Send a photo as JPEG or PNG.", "请上传 JPEG 或 PNG 格式的照片。")
    try:
        cleaned = without_metadata(data, media_type)
    except PictureDamaged as damaged:
        raise PhotoRefused(
            f"The photo cannot be read: it {damaged}. Take or save it again.", "照片已损坏，请重新拍摄或保存后上传。"
        ) from damaged
    digest = await around.blobs.put(cleaned, [actor.account_id])
    return PhotoOut(sha256=digest, media_type=media_type, bytes=len(cleaned))


async def require_photos(around: Surroundings, actor: Actor, photos: Sequence[str]) -> None:
    """Raises DocumentMissing for a photo that the actor has not sent."""
    for number, digest in enumerate(photos):
        if not await around.blobs.is_owned(digest, [actor.account_id]):
            raise DocumentMissing(
                "Send the photo first, then name it here.",
                "请先上传照片，再提交申请。",
                errors=[FieldError(f"photos.{number}", "You have not sent this photo.", "您尚未上传该照片。")],
            )


async def read_photo(
    db: AsyncSession, around: Surroundings, actor: Actor, order_id: str, digest: str
) -> tuple[bytes, str]:
    """A photo of this order and its media type. Raises NotFound, NotYourOrder."""
    order, lot, _ = await paid_order(db, order_id, lock=False)
    require_either(actor, order, lot.region_code)
    data = await around.blobs.get(digest) if digest in await store.photos_of(db, order_id) else None
    if data is None:
        raise NotFound("This order has no such photo.", "该订单没有这张照片。")
    return data, media_type_of(data) or "application/octet-stream"
