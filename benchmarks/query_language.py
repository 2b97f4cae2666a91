"""Time the language detection of questions beside langdetect alone: median and 99th percentile."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import langdetect

from kbassist.text.language import detect_query

QUESTIONS = (
    "提币一直没到账怎么办？",
    "提幣一直沒有到帳，應該聯絡誰？",
    "USDT 提现选错网络了还能找回来吗",
    "忘记了资金密码，怎么重新设置？",
    "身份认证一般要审核多久",
    "為什麼我的合約倉位被強制平倉？",
    "BTC 最低充值数量是多少",
    "收到一封说账户异常的邮件，是真的吗？",
    "How long does a withdrawal take?",
    "My deposit is confirmed on the blockchain but the balance has not changed",
    "can I cancel a limit order after it was partly filled",
    "What is the fee for sending USDT over TRC20?",
    "I lost my phone and cannot pass two-factor authentication",
    "Is the P2P merchant allowed to ask for my phone number?",
)
ROUNDS = 200


def measure(detect: Callable[[str], str]) -> list[float]:
    """Return the seconds of each call, after one warm-up round."""
    times = []
    for number in range(ROUNDS + 1):
        for question in QUESTIONS:
            start = time.perf_counter()
            detect(question)
            if number:
                times.append(time.perf_counter() - start)
    return times


def main() -> None:
    langdetect.DetectorFactory.seed = 0
    for name, detect in (("detect_query", detect_query), ("langdetect", langdetect.detect)):
        times = [1e6 * seconds for seconds in measure(detect)]
        p99 = statistics.quantiles(times, n=100)[98]
        print(f"{name:14} median {statistics.median(times):8.1f} µs   p99 {p99:8.1f} µs")


if __name__ == "__main__":
    main()
