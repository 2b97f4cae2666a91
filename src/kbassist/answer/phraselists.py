"""The lists of words that tell asking for a person and urgency, and the letter of each list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache

from kbassist.errors import ConfigError
from kbassist.text.lists import entries


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrase lists. Entries are in any spelling that `fold` makes one; words, not patterns."""

    persons: tuple[str, ...]
    """Two words or more that mean a person beyond doubt: 人工客服, real person."""
    short_persons: tuple[str, ...]
    """One word that means a person where nothing is compounded with it: 人工, human."""
    helpers: tuple[str, ...]
    """Those who work in support, and words that mean much else: 客服, agent, supervisor."""
    anyone: tuple[str, ...]
    """A person in general, who can be wanted: person, 个人."""
    somebody: tuple[str, ...]
    """Somebody to talk to, not to want: someone, support."""
    want: tuple[str, ...]
    """Wanting, and asking for leave: 我要, 能不能, need, can i."""
    connect: tuple[str, ...]
    """Getting in touch: 联系, talk, put me through."""
    transfer: tuple[str, ...]
    """Handing over, which may be of money as well: 转, transfer."""
    together: tuple[str, ...]
    """With, before a person and a word of `converse`: 跟."""
    converse: tuple[str, ...]
    """Talking, after a person: 聊, 沟通."""
    have: tuple[str, ...]
    """Being there: 有没有, is there."""
    requests: tuple[str, ...]
    """Requests as a whole, where no other word goes on: 有人吗, anyone there."""
    demands: tuple[str, ...]
    """Requests as a whole, whatever follows: 希望有人, "give me someone"."""
    insistence: tuple[str, ...]
    """What makes a question about reaching a person a request: 到底, finally."""
    departments: tuple[str, ...]
    """What a department does: 合规, fraud. With `teams` after it, it is a helper."""
    teams: tuple[str, ...]
    """Department, in a general word: 部门, team."""
    present: tuple[str, ...]
    """Being there, after a person: 在吗, available."""
    callbacks: tuple[str, ...]
    """Being contacted, after a helper: 联系我, call me."""
    bots: tuple[str, ...]
    """What the user talks to now; not wanting it is a request: 机器人, bot."""
    negation: tuple[str, ...]
    """Not wanting: 不用, don't."""
    weariness: tuple[str, ...]
    """Wanting no more of a bot; a request may follow at once: 够了, enough."""
    asking: tuple[str, ...]
    """Asking how, where, when, how long: what follows or precedes is a question."""
    hours: tuple[str, ...]
    """Service times: 周末, weekends."""
    reported: tuple[str, ...]
    """Somebody else says it: 页面提示…, "it says"."""
    subjects: tuple[str, ...]
    """What the system hands to staff by itself: 提现 (转人工), 会 (转人工)."""
    after: tuple[str, ...]
    """What may follow a person in a request: 处理, about, who."""
    topics: tuple[str, ...]
    """What names the matter after a person: about, for."""
    possessions: tuple[str, ...]
    """What may be a person's: 电话, number. They are asked about, not asked for."""
    narration: tuple[str, ...]
    """What a person did: 打电话, said. The user tells a story."""
    aspect: tuple[str, ...]
    """What makes a request a report: 了, 过, 之后."""
    fillers: tuple[str, ...]
    """What changes nothing: 一下, please."""
    greetings: tuple[str, ...]
    """你好, hello."""
    lookalikes: tuple[str, ...]
    """Words that hold a person and mean none: 人工智能, user agent. They win over all lists."""
    own: tuple[str, ...]
    """Mine: 我的, my."""
    funds: tuple[str, ...]
    """What can be lost: 币, money, wallet."""
    accounts: tuple[str, ...]
    """What can be taken over: 账号, account."""
    things: tuple[str, ...]
    """What is lost or stolen without urgency, because an article helps: 手机, authenticator."""
    taken: tuple[str, ...]
    """Theft: 被盗, hacked."""
    gone: tuple[str, ...]
    """Missing: 不见了, disappeared."""
    funds_lost: tuple[str, ...]
    """Loss of funds as a whole: 被骗了, "i got scammed"."""
    account_taken: tuple[str, ...]
    """Theft of the account as a whole: 有人登录了我的, "i was hacked"."""
    changed: tuple[str, ...]
    """What a thief does to a thing: 被改了, "was changed"."""
    defrauded: tuple[str, ...]
    """Fraud, after 被 or before what was lost: 骗了."""
    misdirected: tuple[str, ...]
    """Sent where it should not be: 转错, "the wrong address"."""
    recovery: tuple[str, ...]
    """Getting it back: 追回, "get it back". With `misdirected` it is a loss."""
    hypothetical: tuple[str, ...]
    """What makes theft a thought: 如果, 防止, if, "be hacked"."""
    losses: tuple[str, ...]
    """Losing by trading: 爆仓, futures."""
    doubt: tuple[str, ...]
    """What turns a loss into a question: 吗."""
    self_harm: tuple[str, ...]
    """不想活, suicide."""
    legal: tuple[str, ...]
    """Threats: 律师函, sue."""
    reporting: tuple[str, ...]
    """Turning to somebody, before `authorities`: 去, report, "complaint with"."""
    authorities: tuple[str, ...]
    """Police, regulators, courts, lawyers: 证监会, fca."""
    harmless: tuple[str, ...]
    """Words that hold an urgent one and are not: 跳楼价, 币种. They win over all urgent lists."""

    def adding(self, lists: Mapping[str, Iterable[str]]) -> Phrases:
        """These lists with more entries; use `dataclasses.replace` to replace one.

        Args:
            lists: name of a field → entries. To switch an entry off, add it to `lookalikes`.

        Raises:
            ConfigError: a name is no field.
        """
        names = [field.name for field in fields(self)]
        for name in lists:
            if name not in names:
                raise ConfigError(
                    f"unknown phrase list {name!r}", hint=f"Known lists: {', '.join(names)}."
                )
        return replace(
            self, **{name: (*getattr(self, name), *more) for name, more in lists.items()}
        )


PERSON_LETTERS = {
    **{"fillers": "f", "greetings": "g", "aspect": "z", "after": "e"},
    **{"topics": "j", "want": "w", "connect": "c", "transfer": "k"},
    **{"together": "t", "converse": "l", "have": "d", "negation": "n"},
    **{"asking": "q", "hours": "i", "reported": "y", "subjects": "o"},
    **{"possessions": "b", "narration": "v", "bots": "r", "somebody": "u"},
    **{"anyone": "p", "helpers": "s", "short_persons": "h", "persons": "H"},
    **{"requests": "R", "callbacks": "C", "present": "a", "demands": "W"},
    **{"weariness": "N", "insistence": "E", "departments": "m", "teams": "T"},
    **{"lookalikes": "x"},
}
"""List → letter, for asking for a person. Where lists share an entry, the later list has it."""

URGENT_LETTERS = {
    **{"fillers": "f", "aspect": "f", "greetings": "f", "asking": "q", "subjects": "o"},
    **{"losses": "b", "doubt": "a", "own": "Y", "funds": "M"},
    **{"accounts": "A", "things": "P", "gone": "G", "taken": "D"},
    **{"changed": "H", "defrauded": "B", "misdirected": "X", "recovery": "K"},
    **{"reporting": "V", "authorities": "R"},
    **{"funds_lost": "F", "account_taken": "T", "hypothetical": "Z", "legal": "L"},
    **{"self_harm": "S", "harmless": "x"},
}
"""List → letter, for urgency."""


@cache
def default_phrases() -> Phrases:
    """Return the lists of the package: `answer/phrases/person.txt` and `urgent.txt`."""
    lists: dict[str, list[str]] = {}
    for name in ("person.txt", "urgent.txt"):
        for entry in entries("kbassist.answer", "phrases", name):
            if entry.startswith("["):
                current = lists.setdefault(entry[1:-1], [])
            else:
                current.append(entry)
    return Phrases(**{name: tuple(found) for name, found in lists.items()})
