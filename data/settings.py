"""Every setting of the product, in one place: what it does, what it may be, and where it is read from.

A value comes from the environment (``WULIANG_PORT=8060``), else from the TOML file (``wuliang.toml`` in the working
folder, or the file that ``WULIANG_CONFIG`` names), else it is the default given here. ``load_settings`` is the way in:
it turns whatever is wrong into one message. ``python -m data.settings`` prints docs/settings.md.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, get_args, get_origin

import annotated_types
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource
from rapidfuzz import process

from data.errors import DataError

PREFIX: Final = "WULIANG_"
CONFIG: Final = "WULIANG_CONFIG"
DEFAULT_FILE: Final = Path("wuliang.toml")

_HOURS: Final = r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$"


class SettingRefused(DataError):
    """A setting that is unknown or has a value that is not allowed; one line for each."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    data_dir: Path = Field(Path("var"), description="Folder of the warehouse and the ledger.")
    host: str = Field("127.0.0.1", min_length=1, description="Address the server listens on.")
    port: int = Field(8050, ge=1, le=65535, description="Port the server listens on.")
    workers: int = Field(1, ge=1, le=64, description="Server processes.")
    threads: int = Field(8, ge=1, le=64, description="Threads of each server process.")
    keep_versions: int = Field(30, ge=2, description="Published versions kept; older ones are dropped.")
    language: Literal["en", "zh"] = Field("en", description="Language of a page whose address names none.")
    theme: Literal["light", "dark"] = Field("light", description="Theme of a page whose address names none.")
    tolerance_warning: Decimal = Field(
        Decimal(5), gt=0, lt=100, description="Points of pace behind 100 % from which a warning is given; inside them a gap stays grey."
    )
    tolerance_critical: Decimal = Field(
        Decimal(15), gt=0, lt=100, description="Points of pace behind 100 % from which an alert is critical; above tolerance_warning."
    )
    tolerance_hysteresis: Decimal = Field(
        Decimal(2), ge=0, lt=100, description="Points by which pace must be back inside the tolerance before an alert clears."
    )
    alert_quiet_share: Decimal = Field(
        Decimal("0.2"), ge=0, lt=1, description="First share of a period's working days in which only critical alerts are given."
    )
    alert_floor: Decimal = Field(Decimal(0), ge=0, description="Gap in money below which no alert is given.")
    tier_risk: Decimal = Field(Decimal("0.7"), gt=0, lt=2, description="Rate below which a rep is at risk.")
    tier_achieved: Decimal = Field(Decimal(1), gt=0, lt=3, description="Rate from which a rep has achieved; above tier_risk.")
    ageing_edges: Annotated[tuple[int, ...], NoDecode] = Field(
        (30, 60, 90, 180), min_length=1, max_length=8, description="Last day past due of each ageing bucket but the open one."
    )
    dso_days: int = Field(90, ge=1, le=366, description="Days of invoices that days sales outstanding (DSO) is measured by.")
    stale_after_hours: int = Field(26, ge=1, description="Age of the data from which it is called stale.")
    wall_hours: str = Field(
        "07:00-20:00", pattern=_HOURS, description="Hours of working days, by the server's clock, outside which wall screens are dimmed."
    )
    wall_names_at_risk: bool = Field(False, description="Whether wall screens name the reps below tier_risk; else they count them.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, config_file())

    @field_validator("ageing_edges", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        """The environment has no lists: ``30,60,90``."""
        return [part.strip() for part in value.strip("[] ").split(",")] if isinstance(value, str) else value

    @field_validator("ageing_edges")
    @classmethod
    def _ascending(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if value[0] < 1 or any(a >= b for a, b in pairwise(value)):
            raise PydanticCustomError("ascending", "not ascending")
        return value

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for low, high in (("tolerance_warning", "tolerance_critical"), ("tier_risk", "tier_achieved")):
            if getattr(self, low) >= getattr(self, high):
                values = {"low": low, "is_low": str(getattr(self, low)), "high": high, "is_high": str(getattr(self, high))}
                raise PydanticCustomError("order", "{high} is {is_high} and {low} is {is_low}: {high} must be the larger one.", values)
        return self

    @property
    def warehouse_dir(self) -> Path:
        return self.data_dir / "warehouse"

    @property
    def wall_minutes(self) -> tuple[int, int]:
        """``wall_hours`` as minutes of the day; where the second is not the later, they go over midnight."""
        first, last = (int(said[:2]) * 60 + int(said[3:]) for said in self.wall_hours.split("-"))
        return first, last

    @property
    def ledger_file(self) -> Path:
        return self.data_dir / "ledger.sqlite"


def config_file() -> Path:
    """The TOML file that is read if it exists."""
    return Path(os.environ.get(CONFIG) or DEFAULT_FILE)


def load_settings(**overrides: Any) -> Settings:
    """The settings in force; ``overrides`` that are not ``None`` stand above the environment.

    Raises ``SettingRefused``.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    file = config_file()
    in_file = _read(file)
    names = tuple(Settings.model_fields)
    in_capitals = tuple(f"{PREFIX}{name.upper()}" for name in names)
    refused = [_unknown(name, "the environment", in_capitals) for name in os.environ if _is_unknown(name)]
    refused += [_unknown(name, str(file), names) for name in in_file if name not in names]
    if refused:
        raise SettingRefused("\n".join(refused))
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingRefused("\n".join(_wrong(e, given, in_file) for e in error.errors())) from None


def allowed(name: str) -> str:
    """In words, the values a setting may have."""
    field = Settings.model_fields[name]
    kind: Any = field.annotation
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(get_args(kind))
    if kind is Path:
        return "a folder"
    if kind is bool:
        return "true or false"
    if kind is str and any(getattr(m, "pattern", None) == _HOURS for m in field.metadata):
        return "two times of a day like 07:00-20:00"
    if kind is str:
        return "a text that is not empty"
    if get_origin(kind) is tuple:
        low, high = _length(field)
        return f"{low} to {high} whole numbers from 1 that ascend"
    return " ".join(filter(None, ("a whole number" if kind is int else "a number", _range(field))))


def describe() -> str:
    """The page docs/settings.md, written from the fields above."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = ", ".join(map(str, field.default)) if isinstance(field.default, tuple) else field.default
        default = str(default).lower() if isinstance(default, bool) else default
        rows.append(f"| `{name}` | `{default}` | {allowed(name)} | {field.description} |")
    return _PAGE + "\n".join(rows) + "\n"


_PAGE: Final = f"""# Settings

A value comes from the environment, else from the TOML file, else it is the default. In the environment the name is in
capitals with `{PREFIX}` before it, and a list has commas: `{PREFIX}PORT=8060`, `{PREFIX}AGEING_EDGES=30,60,90`. The TOML file is
`{DEFAULT_FILE}` in the working folder, or the one that `{CONFIG}` names:

```toml
port = 8060
language = "zh"
ageing_edges = [30, 60, 90]
```

An unknown name or a value that is not allowed is refused at start, with what is allowed.
This page is written by `python -m data.settings`; a test holds it true.

| name | default | allowed | what it does |
| --- | --- | --- | --- |
"""


def _read(file: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if os.environ.get(CONFIG):
            raise SettingRefused(f"{CONFIG}: there is no file {file}. Give an existing TOML file, or unset {CONFIG}.") from None
        return {}
    except (OSError, ValueError) as error:
        raise SettingRefused(f"{file} cannot be read: {error}. It must be a TOML file in UTF-8.") from None


def _is_unknown(variable: str) -> bool:
    """Whether an environment variable has our prefix but names no setting; upper and lower case are one."""
    name = variable.upper()
    return name.startswith(PREFIX) and name != CONFIG and name[len(PREFIX) :].lower() not in Settings.model_fields


def _unknown(name: str, where: str, known: Sequence[str]) -> str:
    return f"{name} in {where} is no setting.{_nearest(name, known)} docs/settings.md lists them all."


def _wrong(error: ErrorDetails, given: Mapping[str, Any], in_file: Mapping[str, Any]) -> str:
    if error["type"] == "order":
        return error["msg"]
    name = str(error["loc"][0])
    in_environment = _in_environment(name)
    if name in given:
        written, value = f"--{name.replace('_', '-')}", given[name]
    elif in_environment is not None:
        written, value = f"{PREFIX}{name.upper()}", in_environment
    else:
        written, value = f"{name} in {config_file()}", in_file.get(name)
    choices = get_args(Settings.model_fields[name].annotation) if "one of" in allowed(name) else ()
    return f"{written} is {value!r}: it must be {allowed(name)}.{_nearest(str(value), choices)}"


def _in_environment(name: str) -> str | None:
    return next((value for key, value in os.environ.items() if key.lower() == f"{PREFIX}{name}".lower()), None)


def _nearest(word: str, choices: Sequence[str]) -> str:
    best = process.extractOne(word, choices, processor=str.lower, score_cutoff=60)
    return f" Did you mean {best[0]!r}?" if best else ""


def _range(field: FieldInfo) -> str:
    words = {"ge": "from", "gt": "above", "le": "to", "lt": "below"}
    limits = [f"{word} {getattr(m, key)}" for key, word in words.items() for m in field.metadata if hasattr(m, key)]
    return " and ".join(limits).replace(" and to ", " to ")


def _length(field: FieldInfo) -> tuple[int, int]:
    low = next(m.min_length for m in field.metadata if isinstance(m, annotated_types.MinLen))
    high = next(m.max_length for m in field.metadata if isinstance(m, annotated_types.MaxLen))
    return low, high


if __name__ == "__main__":
    print(describe(), end="")
