from __future__ import annotations

from kbassist.coverage.mask import Masker


def test_secrets_are_named_in_what_is_shown_and_gone_from_what_is_asked() -> None:
    masker = Masker()
    shown, asked = masker.mask("my email jane@example.com and 13812345678 get no code")
    assert shown == "my email [email] and [phone] get no code"
    assert asked == "my email and get no code"
    assert masker.found == {"email": 1, "phone": 1}


def test_other_questions_stay_as_they_are() -> None:
    masker = Masker()
    assert masker.mask("提币  没到账") == ("提币  没到账", "提币  没到账")
    assert masker.found == {}


def test_what_is_only_suspected_is_masked_too() -> None:
    words = "legal winner thank year wave sausage worth useful legal winner thank zoo"
    assert Masker().mask(f"mine: {words}")[0] == "mine: [seed-phrase]"
