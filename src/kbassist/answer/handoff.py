"""Whether a user asks for a person, and whether a message is urgent.

A message becomes a string of letters, one per phrase (`lexicon`). What counts as asking is a few
patterns over these letters, the same for Chinese, English and mixtures: a word of wanting or
connecting, then a person, with nothing but fillers between; not under a negation, nor in a report
of what somebody else said, nor with a question word (a question *about* reaching a person).
A question with a word of insistence (到底, finally) is a request all the same. Compounds that only
look like a person (人工智能, "user agent") are phrases of their own.

What counts as urgent is said to have happened to the user: not "what if", "how is a stolen account
frozen" or 的话. `account_stolen` is a theft, or somebody else with what they did in the account, or
a login or order that the user disowns. `lost_funds` is money taken, vanished or paid to a sham, not
a late deposit or a trading loss; coins sent to a wrong address count where they are wanted back or
a person is asked for.
`legal_threat` is what the user does (police, regulator, lawyer, court), not what these ask of the
user. `self_harm` is wide on purpose: it ignores negation and who is meant, since a false alarm
costs little.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kbassist.answer.lexicon import default_lexicons, lexicons, units_of
from kbassist.answer.phraselists import Phrases

LOST_FUNDS = "lost_funds"
ACCOUNT_STOLEN = "account_stolen"
SELF_HARM = "self_harm"
LEGAL_THREAT = "legal_threat"
CODES = (ACCOUNT_STOLEN, LEGAL_THREAT, LOST_FUNDS, SELF_HARM)
"""All reason codes of urgency, ascending."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What a message says besides its question."""

    person: bool
    """The user asks for a person now."""
    about_person: bool
    """The user asks how, when or where a person can be reached, without asking for one now: answer
    and offer. Never true together with `person`."""
    urgent: tuple[str, ...]
    """Reason codes, ascending and distinct, out of `account_stolen`, `legal_threat`, `lost_funds`,
    `self_harm`."""


# The letters are those of phraselists.PERSON_LETTERS.
_END = r"(?=f*(?:$|\|))"
_NEXT = r"(?=$|[|_fewjnNctlgaRCWhHspi])"
"""What may follow a word that could also begin a compound (agent commission) or a story."""
_REQUEST = re.compile(
    "|".join(
        (
            rf"c[fwckdt_]{{0,16}}(?:[hH](?![bv])|[spu]{_NEXT})",  # talk to a human
            rf"k[fe_]*(?:[hH](?![bvz])|s{_NEXT}|p(?=$|[|_]))",  # 转人工
            rf"w[fed_]{{0,16}}(?:H(?![bv])|[hsp]{_NEXT})",  # i need an agent
            rf"[wc][^|nqyovi]{{0,10}}[fe]{{1,2}}H{_END}",  # i want my case seen by a real person
            rf"d[fed]*(?:H(?![bv])|h{_NEXT}|s[fw]*e|u[fwe]*c)",  # is there anyone to talk to
            rf"w[fwce]*x{{1,3}}f*[hH]{_END}",  # 可以改成人工
            r"wf*u[fwe]*c",  # give me someone to talk to
            r"(?<![^|_fgd])[hH]?[suhH][fe]*a(?=$|[|_fegca])",  # anyone there
            r"[dw][fe]*[suphH][fejw]*[CR]",  # have an agent call me
            r"(?:u[fe]*|(?<![^|_])(?:w[fw]*)?)C(?=[fej]*(?:$|\|))",  # call me back
            r"t[fe]*[hHsp][fe]*l(?!z)",  # 跟真人说
            rf"(?<![^|_Nf])w[fw]*u{_END}",  # just give me someone
            rf"R{_NEXT}|W",
        )
    )
)
_NO_BOT = re.compile(rf"[nN][wfckte]*r(?:l|{_NEXT})")
_ALONE = re.compile(
    r"[fwck|_]*(?:s[fweck|_]*)+|[up][f|_]*|.*[^g|]\|[sh]+[f|]*"
    r"|.*[^g|]\|f*u[f|]*|(?:.*[^g]\|)?s+\|\|.*"
)
"""A helper's name with fillers, as the message or its last sentence; with a greeting it addresses
one instead."""
_NAMED = r"[fwckg]*[hH][hHs]*[fweg]*"
_CALLED = re.compile(rf"(?:^|\|){_NAMED}(?=$|[|_])|(?:^|\||(?<!n)_){_NAMED}(?=$|\|)")
"""A clause that is a person and fillers; spaces bound it at one end only (人工 自动 哪个快)."""
_TEAM = re.compile(r"(?:[up]jf*)?(?:m[fem]*[Tsup]|of*T)|[up]jf*[sT](?![a-z])|(?<=f)x?T")
"""Somebody who belongs to a department: fraud team, someone from compliance."""
_PERSON = re.compile("[hHspuRrCWT]")
_DENIED = re.compile(r"n[wckfdte_]*$|N[wckfdte]*$|o[fed]*$")
_ASKED = re.compile(r"q[^|_]{0,8}$|i[^|_]{0,6}$|y[^|_]{0,4}$")
_INSISTS = re.compile("E[^|]*$")
_ASKS_NEXT = re.compile(r"[fewjo]{0,3}x?(?:[qib]|\|[fewj]{0,3}x?i)")
_ABOUT = re.compile(
    rf"[hHs][fwedz]*x?[fwed]*[qib]|u[ib]|R[qib]|[hHsu][^|_]{{0,2}}i|d[fe]*(?:H|[hs]{_NEXT})"
    r"|b[fej]*[hHs]|i[^|_]{0,2}[hHsu]|[qi][fwckdet]*[hHs]|q[^|_]{0,8}[ck][fwe]*[hHsu]|q[^|_]{0,3}H"
)

# The letters are those of phraselists.URGENT_LETTERS.
_URGENT = re.compile("[DGFTSLHBXRIJNC]")
_LOST = re.compile(
    r"F|M[^|qoA]{0,10}D(?!f*a)|M[fYM_]*(?:[xqo]{0,2}[fY_]{0,2}[DG](?!f*a))|D[fxY]{1,4}M"
    r"|(?:^|[fY|_])G[fY]+M|o[^|FZ]{0,10}B|B[fYx]{0,3}[YM]|[UC][fYx_]{0,3}B"
    r"|[Wo][^|q]{0,12}N|N[fYx]{0,2}W|[OW][^|q]{0,12}C(?!f*a)"
)
_STOLEN = re.compile(
    r"T|A[^|qoM]{0,6}D(?!f*a)|D[fxY]{1,3}A|(?:^|[|_])[fY]*Df*(?=$|[|_])|P[^|q]{0,6}H"
    r"|[UC][fYx_]{0,6}(?:I|[JA][fxo_]{0,3}[YAP])|[AP][fYx_]{0,3}[UC][fx_]{0,3}[IJ]"
    r"|[EAJ][^|qo]{0,8}\|?[fx]{0,3}N|P[^|qo]{0,8}N|N[fYx]{0,2}[EP]"
)
_MISSENT = re.compile("X")
_BACK = re.compile("(?:^|[|_])[^|_qZ]*K")
_LEGAL = re.compile(r"L(?!f*a)|V[fYV_]{0,4}R(?![^|]{0,60}[aq])")
_WONDERS = re.compile(r"q[^|_]*$")
_THOUGHT = re.compile(r"Z[^|_]*$")

_REACH = 60
"""Letters before a phrase that may deny or question it; bounds the time for pasted pages."""


def signals(question: str, phrases: Phrases | None = None) -> Signals:
    """Read the signals of one message. A pure function of its arguments.

    Args:
        question: any string, in any spelling that `fold` makes one; several sentences are fine.
        phrases: None for the lists of the package. Building the tables of others takes some
            milliseconds, once for each value.
    """
    lists = default_lexicons() if phrases is None else lexicons(phrases)
    units = units_of(question)
    person, about = _persons(lists[0].letters(units))
    return Signals(person, about and not person, _urgent(lists[1].letters(units), person))


def _persons(letters: str) -> tuple[bool, bool]:
    """Whether a person is asked for, and whether one is asked about."""
    if not _PERSON.search(letters):
        return False, False
    told = letters.replace("E", "f")
    told = _TEAM.sub(lambda match: "s".rjust(len(match[0]), "f"), told)
    told = told.replace("m", "x").replace("T", "x")
    asked = False
    for match in _REQUEST.finditer(told):
        reach = max(match.start() - _REACH, 0)
        before = told[reach : match.start()]
        if _DENIED.search(before):
            continue
        if _INSISTS.search(letters[reach : match.end()]):
            return True, False
        if not _ASKED.search(before) and not _ASKS_NEXT.match(told, match.end()):
            return True, False
        asked = True
    if _NO_BOT.search(told) or _ALONE.fullmatch(told) or _CALLED.search(told):
        return True, False
    return False, asked or _ABOUT.search(told) is not None


def _urgent(letters: str, person: bool) -> tuple[str, ...]:
    """The reason codes of a message, ascending. Who sent coins astray must want them back."""
    codes: list[str] = []
    if _URGENT.search(letters):
        if _stated(_STOLEN, letters):
            codes.append(ACCOUNT_STOLEN)
        if _stated(_LEGAL, letters, _WONDERS):
            codes.append(LEGAL_THREAT)
        astray = (person or _BACK.search(letters)) and _stated(_MISSENT, letters)
        if "b" not in letters and (astray or _stated(_LOST, letters)):
            codes.append(LOST_FUNDS)
        if "S" in letters:
            codes.append(SELF_HARM)
    return tuple(codes)


def _stated(pattern: re.Pattern[str], letters: str, but: re.Pattern[str] = _THOUGHT) -> bool:
    """Whether it is said to have happened, not thought of (if, how to prevent, 的话)."""
    for match in pattern.finditer(letters):
        end = match.start() + 1  # a match may begin with the pause before it
        before = letters[max(end - _REACH, 0) : end]
        if not but.search(before) and not letters.startswith("Z", match.end()):
            return True
    return False
