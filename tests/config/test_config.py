"""Where settings come from, what goes before what, and how errors read."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.config import DEFAULT_TOML, Settings, keys, load
from monitor.config.keys import KEYS
from monitor.config.settings import Channel, IgnoreRule, Notify, Watch
from monitor.errors import ConfigError
from monitor.ledger.database import open_database
from monitor.model import REPORT_FORMATS


@dataclass
class Place:
    """A folder to be started in."""

    root: Path

    def write(self, text: str, folder: str = ".") -> Path:
        path = self.root / folder / "monitor.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def load(
        self,
        text: str | None = None,
        *,
        flags: dict[str, object] | None = None,
        environ: dict[str, str] | None = None,
        start: str = ".",
        file: str | None = None,
    ) -> Settings:
        if text is not None:
            self.write(text)
        return load(self.root / start, Path(file) if file else None, flags or {}, environ or {})


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


# --- where it is found --------------------------------------------------------------------------


def test_without_a_file_all_paths_are_below_the_working_folder(place: Place) -> None:
    settings = place.load()
    assert settings.file is None
    assert settings.watch.folder == place.root / "seeds"
    assert settings.store.snapshots == place.root / "snapshots"
    assert settings.journal == place.root / "snapshots/runs.jsonl"
    assert settings.report.folder == place.root / "reports"


def test_file_in_a_parent_folder_is_found_with_relative_paths(place: Place) -> None:
    place.write('[watch]\nfolder = "../briefs"\n', "project")
    (place.root / "project/deep/er").mkdir(parents=True)
    settings = place.load(start="project/deep/er")
    assert settings.file == place.root / "project/monitor.toml"
    assert settings.watch.folder == place.root / "briefs"
    assert settings.store.snapshots == place.root / "project/snapshots"


def test_the_nearest_file_counts(place: Place) -> None:
    place.write('[watch]\nfolder = "far"\n')
    place.write('[watch]\nfolder = "near"\n', "inner")
    assert place.load(start="inner").watch.folder == place.root / "inner/near"


def test_a_named_file_is_relative_to_the_start(place: Place) -> None:
    (place.root / "other.toml").write_text('[watch]\nfolder = "here"\n')
    settings = place.load('[watch]\nfolder = "there"\n', file="other.toml")
    assert settings.watch.folder == place.root / "here"


def test_an_absolute_path_stays(place: Place) -> None:
    assert place.load('[watch]\nfolder = "/srv/briefs"\n').watch.folder == Path("/srv/briefs")


def test_a_relative_start_gives_absolute_paths(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.root)
    assert load(Path("."), None, {}, {}).watch.folder == place.root / "seeds"


# --- defaults -----------------------------------------------------------------------------------


def test_file_written_by_init_has_the_defaults_and_html_reports(place: Place) -> None:
    bare = place.load()
    written = place.load(DEFAULT_TOML)
    assert (bare.report.formats, written.report.formats) == ((), ("html",))
    for section in ("watch", "store", "schedule", "hold", "limits"):
        assert getattr(written, section) == getattr(bare, section)
    assert written.report.folder == bare.report.folder


def test_commented_lines_of_the_file_from_init_are_valid(place: Place) -> None:
    text = DEFAULT_TOML.replace('cron = "*/15', '# cron = "*/15').replace('# every = "15', 'every = "15')
    settings = place.load(text.replace("# timezone", "timezone"))
    assert (settings.schedule.cron, settings.schedule.every) == (None, 900)
    assert settings.schedule.timezone == "Europe/Vienna"


def test_file_written_by_init_has_every_key() -> None:
    written = tomllib.loads(re.sub(r"^# (?=\[|\"|\w+ = )", "", DEFAULT_TOML, flags=re.MULTILINE))
    assert list(written) == list(KEYS), "the file of `monitor init` has other sections than config/keys.py"
    for section, known in KEYS.items():
        missing, unknown = (
            known.keys() - written[section].keys(),
            [key for key, value in written[section].items() if key not in known and not isinstance(value, dict)],
        )
        assert not missing, f"the file of `monitor init` lacks {missing} in [{section}]"
        assert not unknown, f"the file of `monitor init` has {unknown} in [{section}], which config/keys.py lacks"


@pytest.mark.parametrize("section", KEYS)
def test_every_key_has_a_setting(section: str) -> None:
    told = {
        "watch": (Watch, KEYS["watch"], {"name"}),
        "rules": (IgnoreRule, keys._RULE, {"name"}),
        "notify": (Notify, KEYS["notify"], {"channels"}),
    }
    kind, known, others = told.get(section) or (type(getattr(defaults(), section)), KEYS[section], set())
    assert set(kind._fields) == set(known) | others, f"[{section}]: config/settings.py and config/keys.py differ"


def test_every_key_of_a_channel_has_a_setting() -> None:
    assert set(Channel._fields) == {"name", *keys._CHANNEL}


def test_report_formats_of_the_file_from_init_are_all() -> None:
    comment = next(line for line in DEFAULT_TOML.splitlines() if line.startswith("formats = "))
    assert comment.rpartition(": ")[2].split(", ") == list(REPORT_FORMATS)


def defaults() -> Settings:
    return load(Path("/nowhere"), None, {}, {})


def test_the_defaults_are_numbers_in_base_units(place: Place) -> None:
    settings = place.load()
    assert (settings.watch.max_size, settings.watch.settle) == (50_000_000, 2.0)
    assert (settings.limits.time, settings.limits.memory) == (30.0, 1_000_000_000)
    assert settings.hold.deletions == 0.2
    assert (settings.watch.include, settings.watch.exclude) == (("**/*",), ())
    assert (settings.schedule.cron, settings.schedule.every) == ("*/15 * * * *", None)


# --- units --------------------------------------------------------------------------------------

VALUES = [
    ("watch", "max_size", '"50 MB"', 50_000_000),
    ("watch", "max_size", '"1.5kB"', 1_500),
    ("watch", "max_size", '"2 MiB"', 2_097_152),
    ("watch", "max_size", "4096", 4096),
    ("watch", "settle", '"0"', 0.0),
    ("watch", "settle", '"500 ms"', 0.5),
    ("watch", "settle", "1.5", 1.5),
    ("limits", "time", '"2 min"', 120.0),
    ("limits", "time", '"1 hour"', 3600.0),
    ("schedule", "every", '"15 min"', 900.0),
    ("schedule", "every", '"1 day"', 86_400.0),
    ("hold", "deletions", '"20 %"', 0.2),
    ("hold", "deletions", '"100%"', 1.0),
    ("hold", "deletions", "0.5", 0.5),
    ("hold", "deletions", "0", 0.0),
]


@pytest.mark.parametrize(("section", "key", "written", "value"), VALUES)
def test_a_value_with_a_unit_becomes_a_number(place: Place, section: str, key: str, written: str, value: float) -> None:
    settings = place.load(f"[{section}]\n{key} = {written}\n")
    assert getattr(getattr(settings, section), key) == pytest.approx(value)


# --- what goes before what ----------------------------------------------------------------------


def test_a_variable_goes_before_the_file_and_a_flag_before_both(place: Place) -> None:
    text = '[watch]\nsettle = "1 s"\n[limits]\ntime = "1 s"\n[hold]\ndeletions = "1 %"\n'
    environ = {"MONITOR_WATCH_SETTLE": "2 s", "MONITOR_LIMITS_TIME": "2 s"}
    settings = place.load(text, flags={"watch.settle": "3 s"}, environ=environ)
    assert (settings.watch.settle, settings.limits.time, settings.hold.deletions) == (3, 2, 0.01)


def test_paths_of_variables_and_flags_are_relative_to_the_start(place: Place) -> None:
    place.write("", "project")
    (place.root / "project/inner").mkdir()
    settings = place.load(
        start="project/inner", flags={"watch_folder": "a"}, environ={"MONITOR_STORE_SNAPSHOTS": "../b"}
    )
    assert settings.watch.folder == place.root / "project/inner/a"
    assert settings.store.snapshots == place.root / "project/b"


def test_flag_can_be_a_parsed_value(place: Place) -> None:
    settings = place.load(flags={"watch.settle": 3, "watch.include": ["*.md"]})
    assert (settings.watch.settle, settings.watch.include) == (3.0, ("*.md",))


def test_a_list_is_separated_by_commas_in_a_variable(place: Place) -> None:
    settings = place.load(environ={"MONITOR_WATCH_INCLUDE": "*.md, *.txt,", "MONITOR_REPORT_FORMATS": ""})
    assert settings.watch.include == ("*.md", "*.txt")
    assert settings.report.formats == ()


def test_interval_from_the_environment_replaces_cron_of_the_file(place: Place) -> None:
    settings = place.load('[schedule]\ncron = "@daily"\n', environ={"MONITOR_SCHEDULE_EVERY": "5 min"})
    assert (settings.schedule.cron, settings.schedule.every) == (None, 300)


def test_variable_of_an_unknown_section_is_ignored(place: Place) -> None:
    assert place.load(environ={"MONITOR_RESOLUTION": "4k", "MONITOR_": "", "OTHER": "1"}) == place.load()


# --- the ledger ---------------------------------------------------------------------------------


def test_sqlite_is_a_file_beside_the_history(place: Place) -> None:
    assert place.load().ledger_url == f"sqlite:///{place.root}/snapshots/ledger.db"


def test_a_folder_with_odd_characters_gives_a_url_that_names_it(place: Place) -> None:
    settings = place.load('[store]\nsnapshots = "a b/who?/50%/#1/ü"\n')
    assert open_database(settings.ledger_url).path == place.root / "a b/who?/50%/#1/ü/ledger.db"


def test_database_url_is_used_unchanged_and_never_shown(place: Place) -> None:
    url = "postgresql+psycopg://clerk:s3cret@db.example/ledger?sslkey=k3y"
    settings = place.load(f'[store]\nledger = "{url}"\n')
    assert settings.ledger_url == url
    for shown in (repr(settings), str(settings.store), settings.redact(f"no answer from {url} (s3cret)")):
        assert "s3cret" not in shown
        assert "k3y" not in shown
        assert "postgresql+psycopg://…" in shown


@pytest.mark.parametrize("ledger", ["mysql://clerk:s3cret@host/db", "clerk:s3cret@host/db", ""])
def test_a_ledger_of_another_kind_is_refused_without_showing_it(place: Place, ledger: str) -> None:
    with pytest.raises(ConfigError, match=r"MONITOR_STORE_LEDGER: \[store\] ledger: expected `sqlite` or") as caught:
        place.load(environ={"MONITOR_STORE_LEDGER": ledger})
    assert "s3cret" not in str(caught.value)


# --- the zone -----------------------------------------------------------------------------------


def test_the_zone_is_the_configured_one(place: Place) -> None:
    assert str(place.load('[schedule]\ntimezone = "Europe/Vienna"\n').zone) == "Europe/Vienna"


@pytest.mark.parametrize(("variable", "name"), [("Asia/Karachi", "Asia/Karachi"), (":Asia/Gaza", "Asia/Gaza")])
def test_time_zone_defaults_to_that_of_the_machine(
    place: Place, monkeypatch: pytest.MonkeyPatch, variable: str, name: str
) -> None:
    monkeypatch.setenv("TZ", variable)
    assert str(place.load().zone) == name


def test_time_zone_without_a_name_has_an_offset(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Nowhere/At_All")
    assert datetime(2026, 1, 5, tzinfo=UTC).astimezone(place.load().zone).utcoffset() is not None


# --- errors -------------------------------------------------------------------------------------

WRONG = [
    (f"[review]\nreviewer = '{'x' * 201}'\n", "reviewer: expected at most 200 characters, got 201"),
    (f"[review]\nwatch = ['{'x' * 201}']\n", "watch: expected at most 200 characters, got 201"),
    (
        '[watch]\nfolder = "a"\nsetle = "1 s"\n',
        "monitor.toml, line 3: unknown key 'setle' in [watch]; did you mean 'settle'?",
    ),
    ('[wach]\nfolder = "a"\n', "monitor.toml, line 1: unknown section [wach]; did you mean [watch]?"),
    ("[zzz]\n", "unknown section [zzz]; known are [watch], [store], [schedule], [hold], [limits], "),
    ("[hold]\nxyz = 1\n", "unknown key 'xyz' in [hold]; known are 'deletions'"),
    ('folder = "a"\n', "monitor.toml, line 1: unknown key 'folder' outside a section"),
    ("watch = 1\n", "monitor.toml, line 1: watch is a section: write [watch]"),
    ("[watch]\nfolder = 5\n", "monitor.toml, line 2: [watch] folder: expected a path, got 5"),
    ('[watch]\nfolder = ""\n', "line 2: [watch] folder: expected a path, got ''"),
    ('[watch]\ninclude = "*.md"\n', "line 2: [watch] include: expected a list such as ['*.md', '*.txt'], got '*.md'"),
    ("[watch]\nexclude = [1]\n", "line 2: [watch] exclude: expected a list such as ['*.md', '*.txt'], got [1]"),
    ('[review]\nwatch = ["fee", "§"]\n', "watch: the term '§' can never be found: it has no letter and no digit"),
    ('[watch]\nmax_size = "big"\n', "line 2: [watch] max_size: expected a size such as `50 MB`, got 'big'"),
    ('[watch]\nmax_size = "5 parsecs"\n', "expected a size such as `50 MB`, got '5 parsecs'"),
    ("[watch]\nmax_size = 0\n", "line 2: [watch] max_size: must be above zero"),
    ("[watch]\nsettle = -1\n", "expected a duration such as `15 min`, got -1"),
    ("[watch]\nsettle = nan\n", "expected a duration such as `15 min`, got nan"),
    ("[watch]\nsettle = true\n", "expected a duration such as `15 min`, got True"),
    ('[watch]\nsettle = "1.2.3 s"\n', "expected a duration such as `15 min`, got '1.2.3 s'"),
    ('[hold]\ndeletions = "120 %"\n', "expected a share such as `20 %` between 0 and 100 %"),
    ("[hold]\ndeletions = 20\n", "expected a share such as `20 %` between 0 and 100 %, got 20"),
    ('[schedule]\ncron = "@daily"\nevery = "1 h"\n', "line 3: [schedule] cron and every are given together"),
    ('[schedule]\ncron = "* * * * 8"\n', "line 2: [schedule] cron: day of week: expected 0-7"),
    ('[schedule]\nevery = "0 s"\n', "line 2: [schedule] every: must be between a second and a year, got '0 s'"),
    ('[schedule]\nevery = "1000 weeks"\n', "[schedule] every: must be between a second and a year, got '1000 weeks'"),
    ('[schedule]\ntimezone = "Europe/Vienne"\n', "line 2: [schedule] timezone: no time zone 'Europe/Vienne'"),
    ('[schedule]\ntimezone = "../../etc/passwd"\n', "no time zone '../../etc/passwd'"),
    ('[schedule]\ntimezone = "Europe"\n', "no time zone 'Europe'"),
    ('[report]\nformats = ["htm"]\n', "line 2: [report] formats: unknown format 'htm'; did you mean 'html'?"),
    ("[watch\n", "monitor.toml: is not valid TOML: "),
    ("[watch]\nfolder = a\n", "(at line 2, column 10)"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_configuration_error_is_one_line_with_its_position(place: Place, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        place.load(text)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{place.root}/monitor.toml")
    assert "\n" not in str(caught.value)


def test_a_wrong_variable_is_named(place: Place) -> None:
    with pytest.raises(ConfigError, match=r"MONITOR_WATCH_SETTEL: unknown key 'settel' in \[watch\]; did you mean"):
        place.load(environ={"MONITOR_WATCH_SETTEL": "1"})
    with pytest.raises(ConfigError, match=r"MONITOR_WATCH_SETTLE: \[watch\] settle: expected a duration"):
        place.load(environ={"MONITOR_WATCH_SETTLE": "soon"})


def test_a_wrong_flag_is_named(place: Place) -> None:
    with pytest.raises(ConfigError, match=r"flag for watch.settle: \[watch\] settle: expected a duration"):
        place.load(flags={"watch_settle": "soon"})
    with pytest.raises(ConfigError, match=r"flag for wacht.settle: unknown section \[wacht\]; did you mean \[watch\]"):
        place.load(flags={"wacht.settle": "1"})


def test_a_file_that_is_not_there_is_an_error(place: Place) -> None:
    with pytest.raises(
        ConfigError, match=r"absent\.toml: no such file; `monitor --config .*absent\.toml init` writes it"
    ):
        place.load(file="absent.toml")


def test_binary_configuration_file_is_an_error(place: Place) -> None:
    (place.root / "monitor.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"monitor\.toml: is not UTF-8 text"):
        place.load()


def test_folder_named_as_configuration_file_is_an_error(place: Place) -> None:
    with pytest.raises(ConfigError, match=r"cannot be read: Is a directory"):
        place.load(file=".")


def test_byte_order_mark_is_accepted(place: Place) -> None:
    assert place.load('\ufeff[watch]\nfolder = "a"\n').watch.folder == place.root / "a"
