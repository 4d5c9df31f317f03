"""Tiers and statuses at their edges, unrounded."""

from __future__ import annotations

from decimal import Decimal

import pytest

from data.settings import Settings
from metrics.tiers import Status, Tier, status, tier

SETTINGS = Settings()


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        ("0", Tier.AT_RISK),
        ("0.6996", Tier.AT_RISK),
        ("0.69999999", Tier.AT_RISK),
        ("0.7", Tier.ON_THE_WAY),
        ("0.9999", Tier.ON_THE_WAY),
        ("1", Tier.ACHIEVED),
        ("1.5", Tier.ACHIEVED),
        ("-0.2", Tier.AT_RISK),
    ],
)
def test_tier(rate: str, expected: Tier) -> None:
    assert tier(Decimal(rate), SETTINGS) is expected


def test_no_rate_no_tier() -> None:
    assert tier(None, SETTINGS) is None


@pytest.mark.parametrize(
    ("completion", "pace", "expected"),
    [
        (None, None, Status.NO_TARGET),
        ("0.5", "0.95", Status.BEHIND),
        ("0.5", "0.9501", Status.ON_PACE),
        ("0.5", "1.0499", Status.ON_PACE),
        ("0.5", "1.05", Status.AHEAD),
        ("0.9999", "0.9999", Status.ON_PACE),
        ("1", "0.9", Status.ACHIEVED),
        ("0.1", None, None),
    ],
)
def test_status(completion: str | None, pace: str | None, expected: Status | None) -> None:
    assert status(completion and Decimal(completion), pace and Decimal(pace), SETTINGS) is expected  # type: ignore[arg-type]
