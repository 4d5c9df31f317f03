"""Words for rates: the tier of a rep, the status of a measure. Unrounded values are compared; 69.96 % is below 70 %."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from data.settings import Settings


class Tier(StrEnum):
    AT_RISK = "at_risk"
    ON_THE_WAY = "on_the_way"
    ACHIEVED = "achieved"


class Status(StrEnum):
    NO_TARGET = "no_target"
    BEHIND = "behind"
    ON_PACE = "on_pace"
    AHEAD = "ahead"
    ACHIEVED = "achieved"


def tier(rate: Decimal | None, settings: Settings) -> Tier | None:
    """The tier of a rate; none without a rate."""
    if rate is None:
        return None
    if rate >= settings.tier_achieved:
        return Tier.ACHIEVED
    return Tier.AT_RISK if rate < settings.tier_risk else Tier.ON_THE_WAY


def points_behind(pace: Decimal) -> Decimal:
    """How many points pace is behind 100 %; negative is ahead."""
    return (1 - pace) * 100


def is_reached(completion: Decimal | None) -> bool:
    """Whether all of a target is reached, whatever the setting tiers as achieved."""
    return completion is not None and completion >= 1


def is_on_pace(pace: Decimal, settings: Settings) -> bool:
    """Whether a pace is neither behind nor ahead by as much as the tolerance."""
    return abs(points_behind(pace)) < settings.tolerance_warning


def status(completion: Decimal | None, pace: Decimal | None, settings: Settings) -> Status | None:
    """Where a measure stands; None where nothing is due yet."""
    if completion is None:
        return Status.NO_TARGET
    if is_reached(completion):
        return Status.ACHIEVED
    if pace is None:
        return None
    if is_on_pace(pace, settings):
        return Status.ON_PACE
    return Status.BEHIND if points_behind(pace) >= 0 else Status.AHEAD
