"""Settings: one clear line for what is wrong, secrets from files, and an example that never drifts."""

from pathlib import Path

import pytest

from bot.config import env_example, load_settings
from bot.errors import SettingsError

ROOT = Path(__file__).resolve().parents[2]


def test_the_example_lists_every_setting_with_its_help() -> None:
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == env_example()


def test_a_secret_may_come_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "token"
    secret.write_text("xoxb-1\n", encoding="utf-8")
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(secret))
    token = load_settings(_env_file=None).slack_bot_token
    assert token is not None
    assert token.get_secret_value() == "xoxb-1"


def test_a_missing_secret_file_is_one_line_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN_FILE", "/no/such/file")
    with pytest.raises(SettingsError, match="DISCORD_TOKEN_FILE: can't read /no/such/file"):
        load_settings(_env_file=None)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ATTACHE_ZONE", "Mars/Olympus", "IANA zone"),
        ("ATTACHE_HTTP_PORT", "x", "integer"),
        ("ATTACHE_LOG_LEVEL", "LOUD", "'DEBUG'"),
    ],
)
def test_an_unusable_setting_is_named(name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as told:
        load_settings(_env_file=None)
    assert name in str(told.value)
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_private_sources_are_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTACHE_PRIVATE_SOURCES", "127.0.0.1:8000 [::1]:80 10.0.0.0/8")
    assert load_settings().private_sources
    for bad in ("localhost", "127.0.0.1:x", "10.0.0.0/40", "::1:8000:"):
        monkeypatch.setenv("ATTACHE_PRIVATE_SOURCES", bad)
        with pytest.raises(SettingsError, match="is no address or network"):
            load_settings()


def test_secrets_never_show_in_a_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "hush")
    assert "hush" not in repr(load_settings(_env_file=None))
