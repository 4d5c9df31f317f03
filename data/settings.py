"""Every setting of the product, in one place: what it does, what it may be, and where it is read from.

A value comes from the environment (``WULIANG_PORT=8060``), else from the TOML file (``wuliang.toml`` in the working
folder, or the file that ``WULIANG_CONFIG`` names), else it is the default given here.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="WULIANG_", frozen=True, extra="forbid")

    data_dir: Path = Field(Path("var"), description="Folder of the warehouse and the ledger.")
    host: str = Field("127.0.0.1", description="Address the server listens on.")
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
        Decimal(15), gt=0, lt=100, description="Points of pace behind 100 % from which an alert is critical."
    )
    tolerance_hysteresis: Decimal = Field(
        Decimal(2), ge=0, lt=100, description="Points by which pace must be back inside the tolerance before an alert clears."
    )
    alert_quiet_share: Decimal = Field(
        Decimal("0.2"), ge=0, lt=1, description="First share of a period's working days in which only critical alerts are given."
    )
    alert_floor: Decimal = Field(Decimal(0), ge=0, description="Gap in money below which no alert is given.")
    tier_risk: Decimal = Field(Decimal("0.7"), gt=0, lt=2, description="Rate below which a rep is at risk.")
    tier_achieved: Decimal = Field(Decimal(1), gt=0, lt=3, description="Rate from which a rep has achieved.")
    ageing_edges: tuple[int, ...] = Field(
        (30, 60, 90, 180), min_length=1, max_length=8, description="Last day past due of each ageing bucket but the open one."
    )
    stale_after_hours: int = Field(26, ge=1, description="Age of the data from which it is called stale.")
