"""Settings, read once from the environment or ``.env``; nothing else reads either.

Every field carries its help: ``.env.example`` and the docs are generated from it and tested against it.
"""

import os
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from platformdirs import user_data_path
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError as SourceFailure

from bot.errors import SettingsError
from bot.sources import networks


def keep_to_one_core() -> None:
    """Keep numpy's matrix products, which are small here, from waking a thread per core; call before numpy is imported."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def _known_zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(f"{value!r} is no IANA zone; write one such as Europe/Brussels")
    return value


def _known_networks(value: str) -> str:
    networks(value)
    return value


Zone = Annotated[str, AfterValidator(_known_zone)]


class Settings(BaseSettings):
    """All settings. Names in the environment are the aliases; a secret ``X`` may also come from ``X_FILE``."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", populate_by_name=True, frozen=True
    )

    database_url: str = Field(
        "",
        alias="ATTACHE_DATABASE_URL",
        description="Database: sqlite+aiosqlite:///PATH or postgresql+asyncpg://USER@HOST/NAME. Empty: a SQLite file in your data folder.",
    )
    zone: Zone = Field(
        "UTC",
        alias="ATTACHE_ZONE",
        description="IANA time zone for dates in questions where the asker's is not known, e.g. Europe/Brussels.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "WARNING", alias="ATTACHE_LOG_LEVEL", description="DEBUG, INFO, WARNING or ERROR."
    )
    reader: Literal["model", "rules"] = Field(
        "model", alias="ATTACHE_READER", description="model (learnt) or rules (fallback without the model file)."
    )
    feeds: str = Field("", alias="ATTACHE_FEEDS", description="Feeds to read from the start, separated by blanks.")
    private_sources: Annotated[str, AfterValidator(_known_networks)] = Field(
        "",
        alias="ATTACHE_PRIVATE_SOURCES",
        description="Addresses and networks that sources may be read from though they are not public, separated by blanks, each with a port or without: 127.0.0.1:8000 10.1.0.0/16 [::1]:8000. All who may add a source can have what is there.",
    )
    keep_days: int = Field(
        0,
        ge=0,
        alias="ATTACHE_KEEP_DAYS",
        description="Days that attache run keeps an article after it came or was last changed (8 at least); 0: for good.",
    )
    keep_megabytes: int = Field(
        0,
        ge=0,
        alias="ATTACHE_KEEP_MB",
        description="Megabytes of article text that attache run keeps, the newest; the database takes several times that. 0: no limit.",
    )
    bench: Path = Field(
        Path("../shared/bench"),
        alias="ATTACHE_BENCH",
        description="Folder of the benchmarks for make bench; the bot itself does not use it.",
    )
    secret_key: SecretStr | None = Field(
        None,
        alias="ATTACHE_SECRET_KEY",
        description="Key that encrypts stored platform tokens (make one with: attache check --new-key). Needed for Slack over HTTP.",
    )
    http_host: str = Field("127.0.0.1", alias="ATTACHE_HTTP_HOST", description="Address that Slack over HTTP listens on.")
    http_port: int = Field(8080, ge=1, le=65535, alias="ATTACHE_HTTP_PORT", description="Port that Slack over HTTP listens on.")

    slack_bot_token: SecretStr | None = Field(
        None, alias="SLACK_BOT_TOKEN", description="Slack bot token (xoxb-...), for one workspace over Socket Mode."
    )
    slack_app_token: SecretStr | None = Field(
        None, alias="SLACK_APP_TOKEN", description="Slack app-level token (xapp-...) with connections:write, for Socket Mode."
    )
    slack_signing_secret: SecretStr | None = Field(
        None, alias="SLACK_SIGNING_SECRET", description="Slack signing secret, for HTTP and many workspaces."
    )
    slack_client_id: str | None = Field(
        None, alias="SLACK_CLIENT_ID", description="Slack client id, for installing into many workspaces."
    )
    slack_client_secret: SecretStr | None = Field(
        None, alias="SLACK_CLIENT_SECRET", description="Slack client secret, for installing into many workspaces."
    )
    slack_api_url: str = Field(
        "https://slack.com/api/",
        alias="SLACK_API_URL",
        description="Slack's web API; another address lets the bot run against a compatible server.",
    )
    discord_token: SecretStr | None = Field(None, alias="DISCORD_TOKEN", description="Discord bot token.")
    discord_api_url: str = Field(
        "https://discord.com/api/v10",
        alias="DISCORD_API_URL",
        description="Discord's REST API; another address lets the bot run against a compatible server.",
    )
    discord_gateway_url: str = Field(
        "wss://gateway.discord.gg/",
        alias="DISCORD_GATEWAY_URL",
        description="Discord's gateway; another address lets the bot run against a compatible server.",
    )
    discord_shards: int = Field(
        0, ge=0, alias="DISCORD_SHARDS", description="Connections to Discord (shards); 0 or 1: one, enough for 2,500 servers."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _FileNamedByEnv(settings_cls), dotenv_settings

    def database(self) -> str:
        """The database URL, with the default filled in; creates nothing."""
        return self.database_url or f"sqlite+aiosqlite:///{user_data_path('attache') / 'attache.db'}"


class _FileNamedByEnv(EnvSettingsSource):
    """``SLACK_BOT_TOKEN_FILE=/run/secrets/x`` gives ``SLACK_BOT_TOKEN`` the file's content, as container images do."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        alias = str(field.alias)
        name = self.env_vars.get(f"{alias}_file".lower()) or self.env_vars.get(f"{alias}_FILE")
        if not name:
            return None, alias, False
        try:
            return Path(name).read_text(encoding="utf-8").strip(), alias, False
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"{alias}_FILE: can't read {name} ({error.__class__.__name__}); give the path of a readable text file"
            ) from error


def load_settings(**overrides: Any) -> Settings:
    """Read the settings once. Raises ``SettingsError`` with one line that names each unusable setting."""
    try:
        return Settings(**overrides)
    except SourceFailure as error:
        raise (error.__cause__ if isinstance(error.__cause__, SettingsError) else SettingsError(f"settings: {error}")) from None
    except ValidationError as error:
        lines = "; ".join(f"{problem['loc'][0]}: {problem['msg'].removeprefix('Value error, ')}" for problem in error.errors())
        raise SettingsError(f"settings: {lines}") from error


def env_example() -> str:
    """The text of ``.env.example``: every setting with its help, commented out at its default."""
    lines = ["# Settings of Attaché. Copy to .env and fill in what you need; every SECRET may also come from SECRET_FILE=/path."]
    for setting in Settings.model_fields.values():
        default = "" if setting.default is None else setting.default
        lines += ["", f"# {setting.description}", f"# {setting.alias}={default}"]
    return "\n".join(lines) + "\n"
