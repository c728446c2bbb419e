"""The questions about words and pictures that listings, lots and filings share: what they show, and what proves it."""

from collections.abc import Collection, Sequence
from typing import Any

from gateway.views import show_day
from gateway.views.codes import word_of
from gateway.views.forms import Field, Json, Rows, Section
from gateway.views.speaking import Speaker

Options = Sequence[tuple[Any, ...]]

TEXTS_OF_GOODS = ("title", "description", "tag", "keyword", "cover", "thumbnail", "label", "other")
TEXTS_ON_AIR = ("title", "script", "caption", "cover", "thumbnail", "push", "clip", "other")
PICTURES_OF_GOODS = ("cover", "thumbnail", "product_image", "clip", "poster", "other")
PICTURES_ON_AIR = (*PICTURES_OF_GOODS[:4], "replay", "poster", "set", "costume", "banner", "other")
EXEMPTIONS = (
    *("attitude", "goal", "other_object", "self_comparison", "consumption_tip"),
    *("grade", "name", "award", "time_and_place"),
)
PROOFS = ("proof", "test_report", "certificate", "slow_sales_evidence", "other")
"""Kinds of documents that may prove what a text says."""
NOW = "evidence_upload"
MOST = 50


def words_sections(
    speaker: Speaker, proofs: Options, texts: Collection[str], pictures: Collection[str], *, on_air: bool = False
) -> list[Section]:
    """Further texts, each with what stands behind it, and pictures. `proofs`: documents of the region, by their id."""
    _ = speaker._
    return [
        Section("words", _("Further texts"), (_texts(speaker, proofs, texts),), lead=_words_lead(speaker)),
        Section(
            "pictures",
            _("Pictures and clips"),
            (_pictures(speaker, pictures, on_air=on_air),),
            lead=_("No machine looks at pictures here: say what is to be seen, and answer for it."),
        ),
    ]


def _words_lead(speaker: Speaker) -> str:
    return speaker._(
        "Everything else that people will read or hear. A title or a text from above that claims something stands here "
        "once more, word for word, with what proves it."
    )


def _texts(speaker: Speaker, proofs: Options, kinds: Collection[str]) -> Rows:
    _ = speaker._
    return Rows(
        "texts",
        _("Texts"),
        (
            Field("kind", _("Kind of text"), "choice", options=_words(speaker, kinds)),
            Field("text", _("Its words"), "area", rows=3),
            Field("language", _("Language"), "choice", options=(("zh", _("Chinese")), ("en", _("English")))),
            Field("name", _("Where it stands"), most=200, hint=_("For example: the poster at the gate.")),
            Field("evidence_id", _("What proves it"), "choice", options=proofs, hint=_proof_hint(speaker)),
            Field(NOW, _("Or upload the proof"), "file", document="proof"),
            Field(
                "exemption",
                _("Why a superlative in it is lawful"),
                "choice",
                options=_words(speaker, EXEMPTIONS),
                hint=_("Only where one of these holds; each needs a proof, and the words must show it."),
            ),
            Field(
                "case_id",
                _("Number of the case"),
                most=200,
                hint=_("Of a story of hardship: under which an authority has verified it. A person looks at it."),
            ),
        ),
        row_word=_("Text"),
        most=MOST,
    )


def _proof_hint(speaker: Speaker) -> str:
    return speaker._("A document that was uploaded for your region: a report, a certificate, a published figure.")


def _pictures(speaker: Speaker, kinds: Collection[str], *, on_air: bool) -> Rows:
    _ = speaker._
    aired = (
        Field("published", _("It is public already"), "flag"),
        Field(
            "from_segment",
            _("From which part"),
            "choice",
            options=(("region", _("Region segment")), ("market", _("Market segment"))),
        ),
    )
    return Rows(
        "media",
        _("Pictures"),
        (
            Field("kind", _("Kind of picture"), "choice", options=_words(speaker, kinds)),
            Field("sha256", _("The picture itself"), "file", document="picture"),
            Field("official_shown", _("An official is in it"), "flag"),
            Field("emblem_shown", _("An emblem of the state is in it"), "flag"),
            Field("flag_shown", _("A flag of the state is in it"), "flag"),
            Field("goods_shown", _("The goods are in it"), "flag"),
            Field("child_shown", _("A child is in it"), "flag"),
            *(aired if on_air else ()),
        ),
        row_word=_("Picture"),
        most=MOST if on_air else 30,
    )


def _words(speaker: Speaker, codes: Collection[str]) -> Options:
    return [(code, word_of(speaker, code)) for code in codes]


def proof_option(speaker: Speaker, document: Json) -> tuple[str, str]:
    """A document as the list of proofs offers it: its name and the day on which it came."""
    day = show_day(document["created_at"], speaker.language) if document.get("created_at") else ""
    return document["sha256"], " · ".join(each for each in (document["name"], day) if each)


def proofs_named(texts: Sequence[Json] | None) -> list[str]:
    """The proofs that stored texts name."""
    return [text["evidence_id"] for text in texts or () if text.get("evidence_id")]


def with_proofs(body: Json) -> Json:
    """The body with a proof that was uploaded just now in the place of one that was chosen."""
    if "texts" not in body:
        return body
    texts = [
        {name: value for name, value in text.items() if name != NOW}
        | ({"evidence_id": text[NOW]} if text.get(NOW) else {})
        for text in body["texts"]
    ]
    return {**body, "texts": texts}
