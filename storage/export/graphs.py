"""GraphML and GEXF of the articles chosen: nodes are articles, edges the related links between them."""

from __future__ import annotations

from array import array
from typing import BinaryIO

from storage.export.contents import Contents
from storage.graph_export import Format, write_graph


def write_graphml(contents: Contents, output: BinaryIO) -> int:
    """Write the graph. Returns the number of articles."""
    return _write(contents, output, "graphml")


def write_gexf(contents: Contents, output: BinaryIO) -> int:
    """Write the graph. Returns the number of articles."""
    return _write(contents, output, "gexf")


def _write(contents: Contents, output: BinaryIO, format: Format) -> int:
    ids = array("q", contents.ids())
    nodes, edges = write_graph(contents.session, output, format, ids=ids)
    contents.notes.append(f"{edges} related links between them")
    return nodes
