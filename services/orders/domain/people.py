"""How a parcel finds its way: phone numbers, regions and the one line that names a household."""

import re
import unicodedata
from datetime import date

from services.contracts import regions
from services.kit.problem import FieldError

# 工信部《电信网编号计划》: eleven digits of a mobile number; a landline has its area code before it.
_MOBILE = re.compile(r"1[3-9][0-9]{9}", re.ASCII)
_LANDLINE = re.compile(r"0[1-9][0-9]{8,10}", re.ASCII)


def phone_number(written: str) -> str | None:
    """The digits of a mainland number, however it was written; None when it is none."""
    digits = re.sub(r"[\s()\-‐-―.]", "", unicodedata.normalize("NFKC", written))
    digits = re.sub(r"^(?:\+86|0086)", "", digits)
    return digits if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits) else None


def masked(phone: str) -> str:
    """The number as a screen may show it to somebody who only has to recognise it."""
    return f"{phone[:3]}****{phone[-4:]}"


def household_line(region_code: str, detail: str) -> str:
    """What is the same for everybody who lives behind one door: region and street, without signs and spaces."""
    kept = "".join(sign for sign in unicodedata.normalize("NFKC", detail) if sign.isalnum())
    return f"{region_code}{kept}"


def delivery_problem(code: str, on: date, *, demo: bool) -> FieldError | None:
    """Why nothing can be sent to a region; None when it can. Provinces and prefectures are too wide for a parcel."""
    row = regions.region(code, on)
    if row is None or (row.demo and not demo):
        return FieldError(
            "region_code",
            f"{code} is no region of today. Give the six-digit code of a county or district.",
            f"{code} 不是现行行政区划代码，请填写县（区）的六位代码。",
        )
    if row.level != "county" and regions.children(code, on):
        return FieldError(
            "region_code",
            f"{row.name_en} is too wide for a parcel. Choose the county or district.",
            f"{row.name_zh}范围过大，请选择到县（区）。",
        )
    return None


def in_scope(scopes: tuple[str, ...], code: str, on: date) -> bool:
    """Whether the region lies in any of the scopes."""
    return any(regions.covers(scope, code, on=on) for scope in scopes)
