"""The documentation says what the code does: every command, option, setting and exit code."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import tomllib
from pathlib import Path

import click
import msgspec
import pytest

from cli.main import COMMANDS, hemero
from crawler.config import (
    ArchiveSettings,
    Config,
    CrawlSettings,
    NotifySettings,
    ReaderSettings,
    SqlSettings,
    load_config,
)
from crawler.loader import load_sites
from crawler.news import DECLARED
from demo import press_cycle
from pipelines.rules import SiteRules
from tests.running import PAGE, crawled_folder, environment, run_preloaded

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
ROOMS = ("cli", "crawler", "demo", "explorer", "pipelines", "storage")


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def section(name: str) -> str:
    """What docs/commands.md says of one command."""
    found = re.search(rf"^## `hemero {name}`\n(.*?)(?=^## |\Z)", text("commands.md"), re.M | re.S)
    assert found, f"docs/commands.md has no heading for hemero {name}"
    return found[1]


def command(name: str) -> click.Command:
    first, _, rest = name.partition(" ")
    found = hemero.get_command(click.Context(hemero), first)
    if rest:
        assert isinstance(found, click.Group)
        found = found.commands[rest]
    assert found is not None
    return found


def blocks(language: str, *pages: Path) -> list[str]:
    found = [
        re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
        for page in pages
    ]
    return [block for page in found for block in page]


def all_commands() -> list[str]:
    """Names as typed after `hemero`, sub-commands included."""
    names: list[str] = []
    for name in COMMANDS:
        found = command(name)
        names.append(name)
        if isinstance(found, click.Group):
            names += [f"{name} {sub}" for sub in found.commands]
    return names


NAMES = all_commands()


@pytest.mark.parametrize("name", NAMES)
def test_every_command_and_option_is_documented(name: str) -> None:
    written = section(name)
    for param in command(name).params:
        for option in [o for o in param.opts if o.startswith("--")]:
            if param.expose_value:
                assert f"`{option}" in written, f"docs/commands.md: hemero {name} {option} is missing"


@pytest.mark.parametrize("name", NAMES)
def test_no_option_is_documented_that_does_not_exist(name: str) -> None:
    known = {option for param in command(name).params for option in param.opts} | {"--help"}
    assert set(re.findall(r"`(--[a-z-]+)", section(name))) - known == set()


def test_options_of_every_command_are_documented_once() -> None:
    shared = text("commands.md").partition("\n## `hemero")[0]
    for option in ("--archive", "--config", "--debug", "--help", "--version"):
        assert f"`{option}" in shared


@pytest.mark.parametrize("name", NAMES)
def test_help_has_an_example_and_every_option_a_line(name: str) -> None:
    found = command(name)
    assert (found.epilog or "").startswith(f"Example: hemero {name}")
    assert found.help
    assert all(param.help for param in found.params if isinstance(param, click.Option))


@pytest.mark.parametrize("name", ["", *NAMES])
def test_help_fits_80_columns(name: str) -> None:
    found = command(name) if name else hemero
    context = click.Context(found, info_name=f"hemero {name}".strip(), terminal_width=80)
    assert [line for line in found.get_help(context).splitlines() if len(line) > 80] == []


def test_help_and_pages_say_the_same_of_the_press_cycle() -> None:
    outlets = "what six outlets and a portal make of it"
    assert len(press_cycle.SITES) == 8  # the agency, the outlets, the portal
    for said in (section("demo"), command("demo").get_help(click.Context(command("demo")))):
        assert outlets in " ".join(said.split())


def test_help_and_pages_say_the_same_of_related_to() -> None:
    options = {option: param for param in command("search").params for option in param.opts}
    help_text = str(getattr(options["--related-to"], "help", ""))
    assert "or that show it" in help_text
    assert "or that show it" in section("search")


SETTINGS = {
    **dict.fromkeys(CrawlSettings.__struct_fields__, CrawlSettings()),
    **dict.fromkeys(ReaderSettings.__struct_fields__, ReaderSettings()),
    **dict.fromkeys(NotifySettings.__struct_fields__, NotifySettings()),
    **dict.fromkeys(SqlSettings.__struct_fields__, SqlSettings()),
    **dict.fromkeys(ArchiveSettings.__struct_fields__, ArchiveSettings()),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    row = re.search(rf"^\| `{name}` \| (.*?) \|", text("settings.md"), re.M)
    assert row, f"docs/settings.md: {name} is missing"
    default = getattr(SETTINGS[name], name)
    if name == "contact":
        assert "login" in row[1]
    else:
        assert tomllib.loads(f"x = {row[1].strip('`')}")["x"] == (
            list(default) if isinstance(default, tuple) else default
        )


def test_every_key_of_a_declaration_is_documented() -> None:
    written = set(re.findall(r"`([a-z_]+)`", text("settings.md")))
    rules = set(SiteRules.__dataclass_fields__) - {"site", "former_rules"}
    assert (set(DECLARED) | rules | {"name"}) - written == set()


def test_settings_examples_are_valid(tmp_path: Path) -> None:
    examples = blocks("toml", *PAGES)
    assert examples
    for example in examples:
        path = tmp_path / "hemero.toml"
        path.write_text(example, encoding="utf-8")
        config = load_config(path, required=True)
        assert config != Config()
        assert load_sites(config, tmp_path)
        assert msgspec.to_builtins(config)


def test_every_environment_name_is_documented() -> None:
    names: set[str] = set()
    for path in [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                names |= set(re.findall(r"^HEMERO_[A-Z]+$", node.value))
    assert names
    assert {name for name in names if f"`{name}`" not in text("settings.md")} == set()


def test_every_column_and_key_is_documented() -> None:
    from storage.article_json import KEYS
    from storage.export.csv import COLUMNS

    written = " ".join(text("commands.md").split())
    assert " ".join(COLUMNS) in written
    assert " ".join(KEYS) in written


def test_every_exit_code_is_documented() -> None:
    from crawler import verdict

    rows = set(re.findall(r"^\| ([0-9]+) \|", text("exit-codes.md"), re.M))
    used = {value for key, value in vars(verdict).items() if key.isupper() and isinstance(value, int)}
    assert {str(code) for code in used} == rows


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links {target}"


def examples() -> list[str]:
    """Command lines of the `sh` blocks, comments cut, and those that --help shows."""
    shown = [(command(name).epilog or "").removeprefix("Example: ") for name in COMMANDS]
    lines = [line for block in blocks("sh", *PAGES) for line in block.splitlines()]
    return list(
        dict.fromkeys([line.split("  #")[0].strip() for line in lines if line.startswith("hemero")] + shown)
    )


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the names that examples use: an archive, saved pages, a list of URLs, a manifest."""
    folder = tmp_path_factory.mktemp("examples")
    shutil.copytree(crawled_folder() / "archive", folder / "archive")
    # each crawl of an example goes a few pages further: all of the demo site takes half a minute a time
    (folder / "archive" / "hemero.toml").write_text("[crawl]\nmax_pages = 12\n", encoding="utf-8")
    (folder / "saved-pages").mkdir()
    for path in ("page.html", "saved-pages/a.html"):
        (folder / path).write_text(PAGE.format(number=7), encoding="utf-8")
    (folder / "urls.txt").write_text("http://127.0.0.1:8765/actualite/999999/x\n", encoding="utf-8")
    (folder / "pages.jsonl").write_text('{"file": "page.html"}\n', encoding="utf-8")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("line", examples())
def test_examples_run(line: str, scratch: Path) -> None:
    """Each documented command line ends with 0; what it is piped into is left out."""
    words = shlex.split(line.split(" | ")[0])
    if "portailsudmaroc" in words and "crawl" in words:
        pytest.skip("needs the internet")
    result = run_preloaded(*words[1:], cwd=scratch, env=environment(TMPDIR=str(scratch)))
    assert result.returncode == 0, f"{line}\n{result.stderr}"
