"""The situations that a caller of catalog can act on."""

from services.kit.problem import Conflict, NotAllowed, NotFound, Problem


class RegionOutOfScope(NotAllowed):
    type = "region-out-of-scope"
    title_en, title_zh = "This region is outside your scope", "该地区不在您的权限范围内"


class RegionUnknown(NotFound):
    type = "region-unknown"
    title_en, title_zh = "There is no such region", "没有这个地区"


class CategoryUnknown(NotFound):
    type = "category-unknown"
    title_en, title_zh = "There is no such category", "没有这个品类"


class ListingOnAir(Problem):
    type, status = "listing-on-air", 409
    title_en, title_zh = "A lot on air cannot change", "已申报直播的批次不能修改"


class ListingBeingChecked(Problem):
    type, status = "listing-being-checked", 409
    title_en, title_zh = "This very listing is being checked", "同一内容的上架申报正在核验"


class ListingUnchanged(Problem):
    type, status = "listing-unchanged", 409
    title_en, title_zh = "Nothing has changed since it was listed", "上架以来内容没有变化"


class ListingGone(Problem):
    type, status = "listing-withdrawn", 409
    title_en, title_zh = "The listing has been withdrawn", "该上架申报已撤回"


class ListingEmpty(Problem):
    type, status = "listing-empty", 409
    title_en, title_zh = "The listing has no lots yet", "该上架申报还没有批次"


class ListingTooLarge(Problem):
    type, status = "listing-too-large", 422
    title_en, title_zh = "The listing is too large to submit", "上架申报内容过大，无法提交"


class ProducerExists(Conflict):
    type = "producer-exists"
    title_en, title_zh = "This producer is already entered", "该生产主体已登记"


class SpecialtyExists(Conflict):
    type = "specialty-exists"
    title_en, title_zh = "This specialty is already entered", "该特产已登记"


class ProducerNotAdmitted(Problem):
    type, status = "producer-not-admitted", 409
    title_en, title_zh = "A producer has not been admitted", "有生产主体尚未获准入驻"


class AdmissionStepClosed(Problem):
    type, status = "admission-step-closed", 409
    title_en, title_zh = "This step of the admission is not open", "不能办理该准入步骤"


class ProducerSuspended(Problem):
    type, status = "producer-suspended", 409
    title_en, title_zh = "This producer is suspended already", "该生产主体已被暂停交易"


class ProducerNotSuspended(Problem):
    type, status = "producer-not-suspended", 409
    title_en, title_zh = "This producer is not suspended", "该生产主体未被暂停交易"


class RegisterUnknown(Problem):
    type, status = "register-unknown", 409
    title_en, title_zh = "No such register is connected", "该登记机关未接入"


class ClaimRefused(Problem):
    type, status = "claim-refused", 422
    title_en, title_zh = "The register's claim does not hold", "登记机关凭证无效"


class ClaimOfAnother(Problem):
    type, status = "claim-of-another", 409
    title_en, title_zh = "The claim is about somebody else", "凭证所述主体不符"


class SamePerson(Problem):
    type, status = "same-person", 409
    title_en, title_zh = "Another person must take this step", "此步骤须由他人办理"


class OfficeNotNamed(Problem):
    type, status = "office-not-named", 409
    title_en, title_zh = "Your account names no office", "您的账户未登记所属机构"


class ReviewDecided(Problem):
    type, status = "change-review-decided", 409
    title_en, title_zh = "This change no longer waits", "该变更已不在等待复核"


class DocumentTypeRefused(Problem):
    type, status = "document-type-refused", 415
    title_en, title_zh = "This type of file is not taken", "不接受这种类型的文件"


class PictureUnreadable(Problem):
    type, status = "picture-unreadable", 422
    title_en, title_zh = "The picture cannot be drawn", "无法处理该图片"


class DocumentEmpty(Problem):
    type, status = "document-empty", 422
    title_en, title_zh = "The file is empty", "文件是空的"


class SheetTypeRefused(Problem):
    type, status = "sheet-type-refused", 415
    title_en, title_zh = "This is no spreadsheet that we take", "不接受这种文件"


class SheetUnreadable(Problem):
    type, status = "sheet-unreadable", 422
    title_en, title_zh = "The spreadsheet cannot be read", "表格无法读取"


class SheetEmpty(Problem):
    type, status = "sheet-empty", 422
    title_en, title_zh = "There are no rows in the spreadsheet", "表格中没有数据"


class SheetTooLarge(Problem):
    type, status = "sheet-too-large", 422
    title_en, title_zh = "The spreadsheet is too large", "表格过大"


class SheetHeadings(Problem):
    type, status = "sheet-headings", 422
    title_en, title_zh = "The columns are not those of the template", "表头与模板不一致"


class ImportNotReady(Problem):
    type, status = "import-not-ready", 409
    title_en, title_zh = "This import cannot be carried out now", "该导入现在不能执行"


class ImportGivenUp(Problem):
    type, status = "import-given-up", 500
    title_en, title_zh = "The import was given up", "导入未能完成"


CONFLICTS: dict[str, Problem] = {
    "uq_producer_uscc": ProducerExists(
        "A producer with this unified social credit code exists. Find it in the list and use it.",
        "该统一社会信用代码的生产主体已经登记，请在列表中查找并直接使用。",
    ),
    "uq_specialty_region_code_category_code_name_zh": SpecialtyExists(
        "This region already has a specialty of this category and name. Use that one.",
        "该地区已有同品类、同名称的特产，请直接使用。",
    ),
}
