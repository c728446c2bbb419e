"""Releases and records in the shape of the Open Contracting Data Standard 1.1, for tools that read that shape.

A broadcast is one process: its `ocid`. Each release of its record is a release; a record links all of them and compiles
the newest. It is the same shape and not the standard itself: our prefix is not registered, and `initiationType`
`broadcast` is no word of its list. What has no place there stays in our own document, which every release links.
Source: standard.open-contracting.org/1.1 (release, record, packages; metrics extension). Mapping: docs/open-data.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.disclosure.ledger.canonical import canonical, sha256_hex

Document = dict[str, Any]

PREFIX = "sunfair"
VERSION = "1.1"
METRICS = "https://raw.githubusercontent.com/open-contracting-extensions/ocds_metrics_extension/master/extension.json"
LICENSE = "https://creativecommons.org/publicdomain/zero/1.0/"
_TITLES = {
    "viewers": "Viewers, each counted once",
    "orders": "Paid orders",
    "units": "Units",
    "grams": "Weight in grams",
    "paid_fen": "Paid, in fen",
    "net_fen": "Sales after refunds, in fen",
    "subsidy_fen": "Public subsidy, in fen",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the market is published: its address, without a slash at the end."""

    base: str

    def release(self, broadcast_id: str, number: int) -> str:
        """Our own document of a release."""
        return f"{self.base}/api/v1/disclosures/{broadcast_id}/releases/{number}"

    def package(self, broadcast_id: str, number: int) -> str:
        """The release in this shape."""
        return f"{self.release(broadcast_id, number)}/package"

    def record(self, broadcast_id: str) -> str:
        """The record in this shape."""
        return f"{self.base}/api/v1/disclosures/{broadcast_id}/record"


def release_package(place: Place, document: Document) -> Document:
    """One release, as published."""
    broadcast_id, number = document["broadcast"]["broadcast_id"], document["number"]
    uri = place.package(broadcast_id, number)
    return _package(place, uri, document["released_at"]) | {"releases": [release(place, document)]}


def record_package(place: Place, documents: Sequence[Document]) -> Document:
    """The record of a broadcast: every release linked, oldest first, and the newest compiled."""
    newest = documents[-1]
    broadcast_id = newest["broadcast"]["broadcast_id"]
    links = [
        {"url": place.package(broadcast_id, each["number"]), "date": each["released_at"], "tag": tags(each)}
        for each in documents
    ]
    compiled = release(place, newest) | {"tag": ["compiled"]}
    record = {"ocid": ocid(broadcast_id), "releases": links, "compiledRelease": compiled}
    uri = place.record(broadcast_id)
    packages = [link["url"] for link in links]
    return _package(place, uri, newest["released_at"]) | {"packages": packages, "records": [record]}


def _package(place: Place, uri: str, published: str) -> Document:
    return {
        "uri": uri,
        "version": VERSION,
        "extensions": [METRICS],
        "publishedDate": published,
        "publisher": {"name": "阳光集市 Sunfair", "uri": place.base},
        "license": LICENSE,
        "publicationPolicy": f"{place.base}/en/how-we-count",
    }


def ocid(broadcast_id: str) -> str:
    """The name of the process that a broadcast is."""
    return f"{PREFIX}-{broadcast_id}"


def tags(document: Mapping[str, Any]) -> list[str]:
    """What a release is to the standard: the first tells of the implementation, later ones bring it up to date."""
    return ["implementation"] if document["number"] == 1 else ["implementationUpdate"]


def release(place: Place, document: Document) -> Document:
    """One release of a record."""
    about = document["broadcast"]
    broadcast_id, number = about["broadcast_id"], document["number"]
    return {
        "ocid": ocid(broadcast_id),
        "id": f"{broadcast_id}-{number}",
        "date": document["released_at"],
        "tag": tags(document),
        "initiationType": "broadcast",
        "language": "zh",
        "parties": [*_producers(document), *_organs(document)],
        "planning": _planning(document),
        "tender": _tender(document),
        "contracts": [_contract(place, document)],
        "relatedProcesses": _before(place, document),
    }


def _before(place: Place, document: Document) -> list[Document]:
    """The release that this one takes the place of."""
    if document["number"] == 1:
        return []
    broadcast_id, number = document["broadcast"]["broadcast_id"], document["number"] - 1
    uri = place.package(broadcast_id, number)
    return [{"id": f"{broadcast_id}-{number}", "relationship": ["prior"], "uri": uri, "scheme": "ocid"}]


def _producers(document: Document) -> list[Document]:
    return [
        {
            "id": f"CN-USCC-{each['uscc']}",
            "name": each.get("name") or each["uscc"],
            "identifier": {"scheme": "CN-USCC", "id": each["uscc"]},
            "roles": ["supplier"],
        }
        for each in document["producers"]
    ]


def _organs(document: Document) -> list[Document]:
    named = {each["organ"]: each for each in document["approvals"] if each["organ"]}
    return [
        {
            "id": f"organ-{number}",
            "name": name,
            "address": {"region": named[name]["organ_region_code"], "countryName": "CN"},
            "roles": ["reviewBody"],
        }
        for number, name in enumerate(sorted(named), 1)
    ]


def _planning(document: Document) -> Document:
    costs, event = document["costs"], document["event"]
    evidence = [
        {"id": each["entity_id"], "documentType": "needsAssessment", "datePublished": each["certified_at"]}
        for each in document["slow_sales"]
    ]
    return {
        "rationale": event["title_zh"] if event else None,
        "budget": {"description": costs["funding_line"], "amount": _amount(costs["cost_fen"])},
        "documents": evidence,
    }


def _tender(document: Document) -> Document:
    about = document["broadcast"]
    items = [
        {
            "id": good["lot_id"],
            "description": good["display_name"],
            "classification": {"scheme": "sunfair-category", "id": good["category_code"]},
            "unit": {"name": good["specification"], "value": _amount(good["price_fen"])},
        }
        for good in document["goods"]
    ]
    return {
        "id": about["filing_id"],
        "title": about["title_zh"],
        "status": "complete",
        "tenderPeriod": {"startDate": about["planned_from"], "endDate": about["planned_until"]},
        "items": items,
    }


def _contract(place: Place, document: Document) -> Document:
    about, sales = document["broadcast"], document["sales"]
    verified = sales["verified"]["net_fen"] if sales["told"] else None
    digest = sha256_hex(canonical(document))
    own = {
        "id": digest,
        "documentType": "finalAudit" if document["stage"] == "full" else "completionCertificate",
        "title": "sunfair-disclosure/1",
        "url": place.release(about["broadcast_id"], document["number"]),
        "format": "application/json",
    }
    return {
        "id": about["broadcast_id"],
        "title": about["title_zh"],
        "status": "terminated",
        "period": {"startDate": about["opened_at"], "endDate": about["ended_at"]},
        "value": _amount(verified),
        "documents": [own],
        "implementation": {"metrics": _metrics(document)},
    }


def _metrics(document: Document) -> list[Document]:
    """Claimed, verified and the mildest reading of every figure that is told."""
    found = []
    viewers, sales = document["viewers"], document["sales"]
    if viewers["told"]:
        low, high = viewers["interval"] or (None, None)
        readings = {"claimed": viewers["counted"], "verified": viewers["verified"], "low": low, "high": high}
        found.append(_metric("viewers", readings))
    if sales["told"]:
        for name in sales["verified"]:
            readings = {"claimed": sales["claimed"][name], "verified": sales["verified"][name]}
            found.append(_metric(name, readings | {"high": sales["upper"][name]}))
    return found


def _metric(name: str, readings: Mapping[str, int | None]) -> Document:
    told = [{"id": reading, "measure": value} for reading, value in readings.items() if value is not None]
    return {"id": name, "title": _TITLES.get(name, name), "observations": told}


def _amount(fen: int | None) -> Document | None:
    """Money as the standard writes it: yuan with two digits, exact."""
    return None if fen is None else {"amount": Decimal(fen).scaleb(-2), "currency": "CNY"}
