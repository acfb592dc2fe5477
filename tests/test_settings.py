"""Settings by environment: what is wrong is named, what is secret is not shown."""

from __future__ import annotations

import pytest

from pipelines.settings import NUMBERS, SettingError, Settings


def test_numbers_come_from_the_environment_and_go_back_to_it() -> None:
    environ = {variable: str(least + 3) for variable, least in NUMBERS.values()}
    environ |= {
        "YUSUAN_RAW": "/r",
        "YUSUAN_WAREHOUSE": "/w",
        "YUSUAN_NOTIFY": "https://h/s smtps://h/?to=a",
    }
    settings = Settings.resolve(environ=environ)
    assert (settings.keep_builds, settings.settle_seconds) == (4, 3)
    assert settings.environment() == environ
    assert settings.notify == ("https://h/s", "smtps://h/?to=a")
    assert "https://h/s" not in repr(settings)
    unset = Settings.resolve(environ=dict.fromkeys(environ, ""))
    assert (unset.keep_builds, unset.keep_runs, unset.stale_hours) == (7, 60, 26)
    assert unset.notify == ()


@pytest.mark.parametrize("text", ["0", "-1", "seven", "7.5"])
def test_a_number_that_is_none_is_named(text: str) -> None:
    with pytest.raises(SettingError, match=f"YUSUAN_KEEP_BUILDS={text}.*at least 1"):
        Settings.resolve(environ={"YUSUAN_KEEP_BUILDS": text})
