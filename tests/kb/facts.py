"""Harbor's facts: which are at home in running text, and by which phrases articles quote a table.

A quote names a cell of a table, and the phrase by which any Chinese article states the same fact:
`N` is a number, and it must be the cell's. English articles are held to the Chinese ones by the tests
of translations.
"""

from __future__ import annotations

from typing import NamedTuple


class Quote(NamedTuple):
    home: str
    """Article and anchor of the table."""
    row: str
    """How the row begins."""
    cell: int
    """0-based."""
    phrase: str


HOLDS = "account-freeze#holds"
FEES = "network-fees-and-confirmations#withdrawal-fees"
CONFIRMATIONS = "network-fees-and-confirmations#confirmations"
TIERS = "identity-verification#tiers"
HOURS = "contact-human-agent#hours"
CARD = "card-purchase#limits"
BANK = "bank-transfer#channels"
SESSIONS = "devices-and-sessions#limits"
SPOT = "spot-fees-and-orders#fees"
CLOSING = "close-account#after"
TICKETS = "ticket-states#states"
REVIEW = "withdrawal-review#when"
DELISTING = "delisting-policy#timeline"

QUOTES = [
    Quote(
        HOLDS,
        "修改或重置登录密码",
        1,
        r"密码(?!登录)[^。|]{0,40}?N 小时内?不能提币|密码[^。|]{0,24}?暂停提币 N 小时|改完 N 小时",
    ),
    Quote(HOLDS, "更换手机号或邮箱", 1, r"更换[^。|]{0,30}?(?:换完 N 小时|暂停提币 N 小时)"),
    Quote(HOLDS, "自助换绑验证器", 1, r"换绑(?:后 N 小时|会暂停提币 N 小时)"),
    Quote(
        HOLDS,
        "人工审核重置验证器、邮箱或手机号",
        1,
        r"(?:重置成功后|设新密码登录，)\s?N 小时|人工审核 \| 24 小时内 \| N 小时",
    ),
    Quote(HOLDS, "移除最后一个通行密钥", 1, r"移除最后一个 \| 暂停提币 N 小时"),
    Quote(HOLDS, "解除自助冻结", 1, r"审核(?:完毕)?[^。|]{0,6}?之?后，?还有 N 小时"),
    Quote("account-freeze#kinds", "登录锁定", 1, r"输错 N 次"),
    Quote("account-freeze#kinds", "登录锁定", 3, r"(?:锁|等这) ?N 小时"),
    Quote(
        FEES, "USDT | TRC-20", 3, r"TRC-?20[^。；|]{0,24}?(?:手续费|只收| 收)[^。；|]{0,2} ?N USDT"
    ),
    Quote(FEES, "USDT | TRC-20", 2, r"TRC-?20 为例：先提最小量 N USDT"),
    Quote(FEES, "BTC | Bitcoin", 3, r"手续费[^。；|]{0,6}? N BTC"),
    Quote(FEES, "BTC | Bitcoin", 2, r"最小提币量 N BTC"),
    Quote(CONFIRMATIONS, "Bitcoin", 1, r"BTC(?: 要)? N 个确认(?:入账|，)"),
    Quote(CONFIRMATIONS, "Bitcoin", 2, r"确认入账，N 个确认才能提"),
    Quote(CONFIRMATIONS, "Bitcoin", 3, r"BTC 要 2 个确认，一般约 N 分钟"),
    Quote(CONFIRMATIONS, "以太坊", 1, r"以太坊网络 N 个入账"),
    Quote(CONFIRMATIONS, "以太坊", 2, r"32 个入账，N 个才能提"),
    Quote(CONFIRMATIONS, "TRON", 1, r"TRC-20 要 N 个"),
    Quote(TIERS, "基础认证（L1）", 4, r"通常 N 分钟(?:，最长 N 小时|出结果)"),
    Quote(TIERS, "进阶认证（L2）", 4, r"N 个工作日内出结果"),
    Quote(TIERS, "企业认证（L3）", 4, r"材料齐全后 N 个工作日内审完"),
    Quote(TIERS, "进阶认证（L2）", 3, r"L2 的 24 小时限额是 N USDT"),
    Quote(HOURS, "在线客服（中文）", 3, r"在线中文客服每天 N 小时"),
    Quote(HOURS, "紧急专员", 4, r"紧急专员[^。|]{0,24}?N 分钟"),
    Quote(HOURS, "工单", 4, r"N 小时(?:内)?(?:会有|没有)?首次回复"),
    Quote(CARD, "手续费", 1, r"银行卡[^。|]{0,20}?N%(?:，最低 N USD)?"),
    Quote(CARD, "买到的币", 1, r"(?:银行卡|买到的币)[^。；|]{0,16}?(?:满)? ?N 小时"),
    Quote(BANK, "国际电汇", 3, r"电汇(?:扣)? N USD"),
    Quote(BANK, "SEPA", 3, r"SEPA N EUR"),
    Quote(BANK, "转数快", 3, r"转数快 N HKD"),
    Quote(SESSIONS, "同时登录的设备", 1, r"登录的设备超过 N 台"),
    Quote(SESSIONS, "新设备", 1, r"链接N 分钟内有效"),
    Quote(SESSIONS, "网页", 1, r"网页闲置 N 小时"),
    Quote(SESSIONS, "App", 1, r"App N 天不用"),
    Quote("register#requirements", "邮箱验证码", 1, r"验证码 N 位，N 分钟内有效"),
    Quote("register#requirements", "短信验证码", 1, r"重发后前面的立即作废，每条有效 N 分钟"),
    Quote("register#requirements", "密码", 1, r"密码至少 N 个字符"),
    Quote(SPOT, "VIP 0", 2, r"VIP 0[^。|]{0,8}?(?:挂单|成交额的) N%"),
    Quote(SPOT, "VIP 0", 3, r"VIP 0[^。|]{0,24}?(?:吃单|或|吃单费率) N%"),
    Quote(CLOSING, "注销后 30 天", 0, r"(?:反悔期，再等|注销满) N 天"),
    Quote(CLOSING, "注销后 5 年", 0, r"注销以后的 N 年"),
    Quote(TICKETS, "已关闭", 2, r"(?:关闭后 N 天内可以点 申请复核|过了 N 天，?(?:请)?新开)"),
    Quote(REVIEW, "单笔等值 100,000", 0, r"单笔提币达到 N USDT"),
    Quote("withdrawal-not-arrived#not-arrived", "处理中", 2, r"“处理中”超过 N 分钟"),
    Quote("travel-rule#when", "充币 | 其他平台", 3, r"请在 N 天内回答"),
    Quote(DELISTING, "停止交易前至少", 0, r"停止交易前至少 N 天公告"),
    Quote(DELISTING, "停止交易后", 0, r"停止交易后 N 天内可以提币"),
    Quote(
        "api-key-expiry-2027-03#",
        "2026 年 12 月 31 日及以前",
        1,
        r"没有?绑(?:定)? IP 的密钥 N 天(?:后)?自动失效",
    ),
    Quote("hot-and-cold-wallets#split", "占客户资产", 1, r"至少 N% 在冷钱包"),
    Quote("perpetual-basics#specs", "BTC-USDT", 2, r"最高倍数 \| N 倍"),
]

AT_HOME: dict[str, list[str]] = {
    "account-freeze": ["14 day", "5 working day"],
    "api-keys-and-signing": ["7 day", "90 day"],
    "authenticator-lost": ["1 hour", "72 hour", "15 minute", "30 second"],
    "bank-transfer": ["10000 USD"],
    "calming-a-panicking-customer": ["0.5 %", "182 USDT", "10 minute"],
    "company-accounts": ["12 month"],
    "confirmations-in-depth": [
        "6 %",
        "20 %",
        "80 %",
        "6.4 minute",
        "13 minute",
        "19 minute",
        "60 minute",
        "3 second",
    ],
    "contact-human-agent": ["7 day"],
    "deposit-not-arrived": ["12 hour"],
    "first-spot-order": ["0.0000024 BTC", "0.0019976 BTC", "0.002 BTC"],
    "funding-rate": ["0.04 %", "0.06 %", "1.5 %", "0.2 BTC", "10000 USDT", "8 hour"],
    "margin-borrow-repay": [
        "0.001 %",
        "0.10013 BTC",
        "1.08 USDT",
        "2000 USDT",
        "4001.08 USDT",
        "26 hour",
        "27 hour",
    ],
    "margin-liquidation": ["0.5 %", "1000 USDT", "4000 USDT", "50000 USDT", "1 hour"],
    "missing-memo": ["3 working day"],
    "network-fees-and-confirmations": ["98.5 USDT", "10000 USDT", "30 minute", "12 second"],
    "order-types": ["0.026 %", "0.00116 BTC", "0.2 BTC", "0.4 BTC", "0.8 BTC", "1 BTC", "13 USDT"],
    "perpetual-basics": ["1 %", "4 %", "9 %"],
    "perpetual-liquidation": ["45 USDT", "990 USDT", "9900 USDT"],
    "proof-of-reserves": ["0.5 BTC", "2 ETH", "1200.25 USDT"],
    "report-vulnerability": ["3 working day"],
    "sms-code": ["5 minute", "60 second"],
    "spot-fees-and-orders": [
        "0.00012 BTC",
        "0.09988 BTC",
        "0.1 BTC",
        "5 USDT",
        "7.2 USDT",
        "6000 USDT",
        "60000 USDT",
    ],
    "statements-and-tax": ["8 hour"],
    "stolen-first-ten-minutes": ["24 hour", "15 minute"],
    "wrong-network": ["30 USDT", "3 working day", "15 working day"],
}
"""By original: quantities whose home is a sentence of the article, worked examples included."""
