"""Settings come from where they should, and a wrong one is refused in words."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.settings import CONFIG, PREFIX, SettingRefused, Settings, allowed, describe, load_settings

ROOT = Path(__file__).parents[1]


@pytest.fixture
def toml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "own.toml"
    monkeypatch.setenv(CONFIG, str(file))
    return file


def refusal(**overrides: object) -> str:
    with pytest.raises(SettingRefused) as refused:
        load_settings(**overrides)
    return str(refused.value)


def test_environment_stands_above_file_and_file_above_default(toml: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toml.write_text('port = 9001\nlanguage = "zh"\n')
    assert (load_settings().port, load_settings().language, load_settings().theme) == (9001, "zh", "light")
    monkeypatch.setenv("WULIANG_PORT", "9002")
    assert (load_settings().port, load_settings().language) == (9002, "zh")
    assert load_settings(port=9003).port == 9003
    assert load_settings(port=None).port == 9002


def test_file_in_the_working_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CONFIG)
    monkeypatch.chdir(tmp_path)
    assert load_settings().port == 8050
    (tmp_path / "wuliang.toml").write_text("port = 9004")
    assert load_settings().port == 9004


def test_lists_and_exact_numbers_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WULIANG_AGEING_EDGES", "15, 45,120")
    monkeypatch.setenv("WULIANG_TOLERANCE_WARNING", "2.5")
    assert load_settings().ageing_edges == (15, 45, 120)
    assert load_settings().tolerance_warning == Decimal("2.5")


def test_hours_of_wall_screens_are_minutes_of_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().wall_minutes == (420, 1200)
    monkeypatch.setenv("WULIANG_WALL_HOURS", "21:30-06:05")
    assert load_settings().wall_minutes == (1290, 365)


def test_a_named_file_must_exist(toml: Path) -> None:
    assert str(toml) in refusal()
    assert CONFIG in refusal()


def test_a_file_that_is_not_toml_is_refused(toml: Path) -> None:
    toml.write_text("port: 8050")
    assert "cannot be read" in refusal()
    toml.write_bytes(b'language = "\xd6\xd0"')
    assert "UTF-8" in refusal()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("WULIANG_PORT", "99999", "WULIANG_PORT is '99999': it must be a whole number from 1 to 65535."),
        ("WULIANG_PORT", "web", "WULIANG_PORT is 'web': it must be a whole number from 1 to 65535."),
        ("WULIANG_THEME", "drak", "WULIANG_THEME is 'drak': it must be one of light, dark. Did you mean 'dark'?"),
        ("WULIANG_HOST", "", "WULIANG_HOST is '': it must be a text that is not empty."),
        ("WULIANG_TIER_RISK", "NaN", "WULIANG_TIER_RISK is 'NaN': it must be a number above 0 and below 2."),
        ("WULIANG_ALERT_FLOOR", "-1", "WULIANG_ALERT_FLOOR is '-1': it must be a number from 0."),
        ("WULIANG_WALL_HOURS", "7-20", "WULIANG_WALL_HOURS is '7-20': it must be two times of a day like 07:00-20:00."),
        ("WULIANG_WALL_HOURS", "07:00-24:30", "WULIANG_WALL_HOURS is '07:00-24:30': it must be two times of a day like 07:00-20:00."),
        ("WULIANG_WALL_NAMES_AT_RISK", "maybe", "WULIANG_WALL_NAMES_AT_RISK is 'maybe': it must be true or false."),
        ("WULIANG_AGEING_EDGES", "30,30", "WULIANG_AGEING_EDGES is '30,30': it must be 1 to 8 whole numbers from 1 that ascend."),
        ("WULIANG_AGEING_EDGES", "0,30", "WULIANG_AGEING_EDGES is '0,30': it must be 1 to 8 whole numbers from 1 that ascend."),
        (
            "WULIANG_TOLERANCE_CRITICAL",
            "5",
            "tolerance_critical is 5 and tolerance_warning is 5: tolerance_critical must be the larger one.",
        ),
        ("WULIANG_TIER_ACHIEVED", "0.5", "tier_achieved is 0.5 and tier_risk is 0.7: tier_achieved must be the larger one."),
        (
            "WULIANG_PROT",
            "1",
            "WULIANG_PROT in the environment is no setting. Did you mean 'WULIANG_PORT'? docs/settings.md lists them all.",
        ),
    ],
)
def test_wrong_values_in_the_environment(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(name, value)
    assert refusal() == said


def test_every_wrong_line_of_the_file_is_named(toml: Path) -> None:
    toml.write_text('port = "web"\nworkers = 0\n')
    assert refusal().splitlines() == [
        f"port in {toml} is 'web': it must be a whole number from 1 to 65535.",
        f"workers in {toml} is 0: it must be a whole number from 1 to 64.",
    ]
    toml.write_text("tolerence_warning = 3\n")
    assert refusal() == f"tolerence_warning in {toml} is no setting. Did you mean 'tolerance_warning'? docs/settings.md lists them all."


def test_wrong_values_on_the_command_line() -> None:
    assert refusal(workers=0) == "--workers is 0: it must be a whole number from 1 to 64."


@given(st.lists(st.integers(-5, 400), max_size=10))
def test_edges_are_taken_exactly_when_they_ascend(edges: list[int]) -> None:
    fits = 1 <= len(edges) <= 8 and edges[0] >= 1 and sorted(set(edges)) == edges
    if fits:
        assert load_settings(ageing_edges=tuple(edges)).ageing_edges == tuple(edges)
    else:
        assert allowed("ageing_edges") in refusal(ageing_edges=tuple(edges))


def test_every_setting_is_documented() -> None:
    assert all(field.description for field in Settings.model_fields.values())
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page == describe(), "run `make docs`"
    assert all(f"| `{name}` |" in page for name in Settings.model_fields)


def test_every_default_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in load_settings().model_dump().items():
        text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
        monkeypatch.setenv(f"{PREFIX}{name.upper()}", text)
    assert load_settings() == Settings.model_construct()
