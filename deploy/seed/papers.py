"""The texts of demonstration documents: short, dated, and marked as what they are."""

from typing import Any

from deploy.seed.data import table

HEAD = "【演示文件 Demonstration document】\n"


def written(key: str) -> tuple[str, str]:
    """A document written out in the data: its file name and its text, exactly as the gate is to read it."""
    paper = table("papers")[key]
    return paper["name"], paper["text"]


def open_call(title: str, published_on: str, closed_on: str) -> str:
    """The invitation to all qualified producers."""
    return (
        f"{HEAD}{title}供货公开征集公告\n征集时间：{published_on} 至 {closed_on}\n"
        "凡符合条件的本地生产者均可报名，报名不收费，供货份额按报名数量轮流安排。\n"
    )


def certificate(title: str, lot_numbers: list[str], issued_on: str) -> str:
    """The certificate that the lots meet the standards."""
    return f"{HEAD}承诺达标合格证\n品名：{title}\n批次：{'、'.join(lot_numbers)}\n开具时间：{issued_on}\n"


def test_report(title: str, lot_numbers: list[str], issued_on: str) -> str:
    """The laboratory's report."""
    return f"{HEAD}检验报告\n样品：{title}\n批次：{'、'.join(lot_numbers)}\n签发日期：{issued_on}\n结论：合格\n"


def storage_record(title: str, harvested_on: str) -> str:
    """Where the goods have lain since the harvest."""
    return f"{HEAD}冷库入库记录\n品名：{title}\n采收日期：{harvested_on}\n入库温度：0至2摄氏度\n"


def clearance(title: str, day: str) -> str:
    """The producers' own word that they clear below cost."""
    return f"{HEAD}低价清库书面声明\n品名：{title}\n日期：{day}\n各社自愿低价清库，农户收购价仍按约定支付。\n"


def label_photo(title: str) -> str:
    """What stands for the photograph of a label."""
    return f"{HEAD}标签照片的文字替代\n品名：{title}\n标签项目齐全。\n"


def declaration(title: str, authority: str, issued: str) -> str:
    """An official declaration, restated."""
    note = "（内容为演示转述，非原文；标明虚构的内容均为虚构。）"
    return f"{HEAD}{title}\n发布机关：{authority}\n发布时间：{issued}\n{note}\n"


def evidence(office: str, goods: str, as_of: str) -> str:
    """A source of slow-sales evidence."""
    return f"{HEAD}{office}关于{goods}销售情况的说明\n数据截至：{as_of}\n"


def disruption(goods: str, as_of: str) -> str:
    """A document that roads or markets were closed."""
    return f"{HEAD}关于{goods}外运受阻情况的说明\n数据截至：{as_of}\n"


def interests(post: str, day: Any) -> str:
    """A declaration of interests, signed."""
    return f"{HEAD}利益关系申报表\n职务：{post}\n申报日期：{day}\n本人及近亲属与供货主体无利益关系。\n"
