"""A customer's name: a private person's, nobody's, or a firm's short one."""

from __future__ import annotations

import pytest

from crmsheet.clean.private_customers import is_no_name, is_private_customer

PEOPLE = "张三 李四 王小明 欧阳修 司马懿 上官婉儿 张伟 李娜 李明 陈晓东 周一鸣 张先生 王女士 买买提·艾力"
FIRMS = (
    "华为 方正 李宁 金龙鱼 王老吉 白云山 王府井 米其林 高露洁 万达 云海 江南 温州 东方明珠 西门子 海天 伊利 "
    "路由器 方便面 安全帽 强大 任务 白天 别人 简单 关系 全球 石头 马上 星河 A客户 甲 IBM 3M SAP Mary"
)
NOBODY = "123 4399 asdf qwer abc xx XXX 哈哈哈 啊啊啊 测试 测试客户 乱写 胡说八道 某某 —— ？？？ test demo"


@pytest.mark.parametrize(
    ("names", "expected"), [(PEOPLE, (True, False)), (FIRMS, (False, False)), (NOBODY, (False, True))]
)
def test_each_name_is_taken_for_what_it_is(names: str, expected: tuple[bool, bool]) -> None:
    wrong = {name: (is_private_customer(name), is_no_name(name)) for name in names.split()}
    assert {name: found for name, found in wrong.items() if found != expected} == {}
