"""A filing before the gate: preview, binding answer, what it waits for, and what changes it afterwards."""

from tests.compliance.cases import Case


async def test_the_dangshan_listing_and_filing_pass(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    (lot,) = await case.decisions("lot")
    assert (lot["outcome"], lot["binding"], lot["not_passed"]) == ("pass", True, [])
    await case.submit()
    (preview,) = await case.decisions("filing")
    assert (preview["outcome"], preview["binding"]) == ("review", False)
    assert [result["reason_code"] for result in preview["not_passed"]] == ["awaiting_approval"]
    await case.approve()
    binding = (await case.decisions("filing"))[1]
    assert [(r["rule"], r["reason_code"]) for r in binding["not_passed"]] == []
    assert (binding["outcome"], binding["binding"]) == ("pass", True)
    assert binding["about"] == {"kind": "filing", "id": "F-DANGSHAN", "version": 2, "parent_id": None}
