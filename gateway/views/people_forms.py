"""The forms about officials, their declarations of interests, and hosts."""

from collections.abc import Sequence
from typing import Any

from gateway.views.forms import Field, Rows, Say, Section

Options = Sequence[tuple[Any, ...]]


def official_sections(_: Say, regions: Options, *, new: bool) -> list[Section]:
    """An official who may speak for a region."""
    person = (
        Field(
            "account_id", _("Account of the official"), most=200, hint=_("Its id, where the official has an account.")
        ),
        Field("identity", _("Identity number"), most=200, hint=_("Where there is no account. It turns into a token.")),
    )
    return [
        Section(
            "post",
            _("The post"),
            (
                Field("post_zh", _("Post in Chinese"), required=True, most=200),
                Field("post_en", _("Post in English"), required=True, most=200),
                Field("organ.name", _("Organ"), required=True, most=200),
                Field("organ.kind", _("Kind of organ"), "choice", required=True, options=organ_kinds(_)),
                Field("organ.level", _("Level"), "choice", required=True, options=organ_levels(_)),
                Field("organ.region_code", _("Region of the organ"), "choice", required=True, options=regions),
                Field("jurisdiction", _("May speak for"), "many", required=True, options=regions),
                Field("civil_servant", _("Is a civil servant"), "flag", required=True),
                Field("left_office_on", _("Left office on"), "day"),
            ),
        ),
        Section(
            "person",
            _("The person"),
            person,
            lead=None if new else _("Give the account or the identity again; it is not shown here."),
        ),
    ]


def organ_kinds(_: Say) -> Options:
    """Kinds of organs."""
    return (
        ("peoples_government", _("people's government")),
        ("government_department", _("government department")),
        ("party_committee", _("party committee")),
        ("party_department", _("party department")),
        ("inspection_body", _("inspection body")),
        ("food_association", _("food trade association")),
        ("other_association", _("other association")),
        ("institution", _("public institution")),
        ("village_committee", _("village committee")),
        ("other_state_organ", _("other organ of state")),
        ("enterprise", _("company")),
        ("other", _("other")),
    )


def organ_levels(_: Say) -> Options:
    """Levels of administration."""
    return (
        ("national", _("national")),
        ("province", _("province")),
        ("prefecture", _("prefecture")),
        ("county", _("county")),
        ("township", _("township")),
        ("village", _("village")),
    )


def host_sections(_: Say, regions: Options) -> list[Section]:
    """A host: no official, and trained."""
    return [
        Section(
            "host",
            _("The host"),
            (
                Field("region_code", _("Region"), "choice", required=True, options=regions),
                Field("name", _("Name"), required=True, most=200, hint=_("Seen by operators only.")),
                Field("position", _("Profession and position"), required=True, most=200, hint=_("Public.")),
                Field("account_id", _("Account of the host"), most=200),
                Field(
                    "identity",
                    _("Identity number"),
                    most=200,
                    hint=_("Where there is no account. It turns into a token."),
                ),
                Field("official", _("Is an official"), "flag"),
                Field("age_years", _("Age"), "count"),
                Field("guardian_consent", _("A guardian agreed"), "flag", hint=_("For hosts of 16 and 17.")),
                Field("real_name_verified", _("Real name checked"), "flag"),
                Field("training_passed_on", _("Passed the training on"), "day"),
                Field("tasted", _("Tried the goods"), "flag"),
                Field("ai_generated", _("Is a computer-made figure"), "flag"),
            ),
        )
    ]


def declaration_sections(_: Say, *, signed: bool) -> list[Section]:
    """A declaration of interests. `signed`: an operator enters it, who must hold the signed paper."""
    paper = Field("signed_document_sha256", _("The signed paper"), "file", required=True, document="declaration")
    return [
        Section(
            "declaration",
            _("Declaration of interests"),
            (
                Field("declared_on", _("Declared on"), "day", required=True),
                Field("recused", _("Steps back from this matter"), "flag"),
                Rows(
                    "relations",
                    _("Near relations, and where they work"),
                    _relation(_),
                    none_label=_("There is none to name."),
                    row_word=_("Relation"),
                    spare=2,
                ),
                Rows(
                    "former_posts",
                    _("Posts held before"),
                    _former(_),
                    none_label=_("There is none to name."),
                    row_word=_("Post"),
                ),
                Rows(
                    "grants",
                    _("Public money approved for suppliers"),
                    _grant(_),
                    none_label=_("There is none to name."),
                    row_word=_("Grant"),
                ),
                *((paper,) if signed else ()),
            ),
            lead=_(
                "Names and numbers turn into tokens at once and are compared with the suppliers' owners. "
                "They cannot be shown again."
            ),
        )
    ]


def _relation(_: Say) -> tuple[Field, ...]:
    return (
        Field("relation", _("Relation"), "choice", options=relations(_)),
        Field("identity", _("Identity number"), most=200),
        Field("name", _("Name"), most=200),
        Field("region_code", _("Where they live"), most=6, hint=_("Six digits of the region's code.")),
        Field(
            "employer_uscc",
            _("Credit code of the firm"),
            most=64,
            hint=_("Where they work, or hold a share or a post."),
        ),
    )


def _former(_: Say) -> tuple[Field, ...]:
    return (
        Field("organ", _("Organ"), most=200),
        Field("organ_uscc", _("Credit code of the organ"), most=64, hint=_("Where it has one.")),
        Field("left_on", _("Left on"), "day", hint=_("Empty: still held.")),
        Field("leading", _("A leading post, or of county rank and above"), "flag"),
    )


def _grant(_: Say) -> tuple[Field, ...]:
    return (
        Field("supplier_uscc", _("Credit code of the supplier"), most=64),
        Field("approved_on", _("Approved on"), "day"),
        Field("amount_fen", _("Amount"), "yuan"),
    )


def relations(_: Say) -> Options:
    """Near relations as the law counts them."""
    return (
        ("self", _("oneself")),
        ("spouse", _("spouse")),
        ("child", _("child")),
        ("child_spouse", _("child's spouse")),
        ("lineal", _("other direct blood relation")),
        ("collateral", _("blood relation within three generations")),
        ("close_in_law", _("close relation by marriage")),
        ("other", _("other")),
    )
