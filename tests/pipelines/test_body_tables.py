"""Results, standings and prices are text of an article, also below its last paragraph; a layout is not."""

from __future__ import annotations

import pytest

from tests.pipelines.test_body import PROSE, lines, paras, read

RESULTS = [["Liste", "Voix", "Sièges"], ["Les Ponts", "4 210", "19"], ["Rive Gauche", "3 905", "16"]]
CELLS = [cell for row in RESULTS for cell in row]


def table(rows: list[list[str]]) -> str:
    cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


def test_a_table_below_the_text_is_part_of_it() -> None:
    assert lines(read(f"<div>{paras(PROSE)}{table(RESULTS)}</div>")) == [*PROSE, *CELLS]


def test_tables_under_headings_of_their_own() -> None:
    text = f"<h2>Premier tour</h2>{table(RESULTS)}<h2>Second tour</h2>{table(RESULTS[1:])}"
    found = lines(read(f"<div>{paras(PROSE)}{text}</div>"))
    assert found == [*PROSE, "Premier tour", *CELLS, "Second tour", *CELLS[3:]]


def test_linked_names_stay_in_a_table() -> None:
    rows = [
        [f"<a href='/club/{n}'>{name}</a>", f"{n} points en douze matchs"] for n, name in enumerate("ABC")
    ]
    found = lines(read(f"<div>{paras(PROSE[:2])}{table(rows)}{paras(PROSE[2:])}</div>"))
    assert [line for line in found if line in ("A", "B", "C")] == ["A", "B", "C"]


@pytest.mark.parametrize(
    "rows",
    [
        [["<a href='/1'>Les vergers rouvrent</a>", "<a href='/2'>La halle ferme</a>"]]
        * 3,  # teasers in columns
        [["Rédaction"], ["12, quai du Port"], ["Tous les jours"]],  # an address
        [["Contact", "Publicité"]],
    ],
)
def test_a_table_of_links_or_of_one_row_or_column_is_none(rows: list[list[str]]) -> None:
    assert lines(read(f"<div>{paras(PROSE)}{table(rows)}</div>")) == PROSE


def test_a_page_laid_out_in_a_table_keeps_its_margin_out() -> None:
    margin = "".join(f"<tr><td>{name}</td><td>{n} °C</td></tr>" for n, name in enumerate(["Port", "Gare"]))
    shell = "<table><tr><td>{}</td><td><table>{}</table></td></tr><tr><td>Pied</td><td>Haut</td></tr></table>"
    assert lines(read(shell.format(paras(PROSE), margin))) == PROSE


def test_a_table_that_holds_another_lays_a_page_out() -> None:
    rows = [[text, str(n)] for n, text in enumerate(PROSE)]
    found = lines(read(table([*rows, ["Pied de page", table([["Port", "Gare"], ["12 °C", "14 °C"]])]])))
    assert not {"Pied de page", str(len(PROSE) - 1)} & set(found)
    assert set(PROSE) <= set(found)
