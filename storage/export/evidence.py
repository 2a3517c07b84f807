"""The evidence bundle: captures, headers, digests and evidence of articles, for a third party to check.

README.txt  SHA256SUMS
articles/12/evidence.json         value, rule, raw text and place of every field
captures/55/record.warc.gz        the WARC record as it is kept, with its request
captures/55/headers.txt           response headers as they were received
captures/55/body                  the body as it was sent; captures/55/page where a coding was undone
captures/55/capture.json          address, fetch time, digests and where the record lies in the archive
"""

from __future__ import annotations

import json
import uuid
from typing import Any, BinaryIO

from storage import warc
from storage.captures import read_capture
from storage.errors import CaptureDamaged
from storage.evidence import capture_json, evidence_of
from storage.export.contents import Contents, program
from storage.export.held import all_held, captures_for
from storage.export.zips import Package
from storage.models import CaptureFile

_README = """Evidence about {count} press articles, from an archive kept by {program}.
Made {made_at} (UTC).

Check that nothing was altered since:

    sha256sum -c SHA256SUMS

articles/N/evidence.json  For each field of the article: its value; every claim the page makes, with the
    rule that read it, the raw text, and where that stands in the page; what earlier revisions said;
    what analysts corrected, with who and when.
captures/N/record.warc.gz The response as it was kept when it was fetched (WARC 1.1, ISO 28500), followed by
    the request. Where the answer was the same as before, the record refers to an earlier one,
    which is in the bundle too.
captures/N/headers.txt    Status line and headers of the response.
captures/N/body           The body as the server sent it.
captures/N/page           The same with its content coding (gzip ...) undone, where it had one.
captures/N/capture.json   Address, fetch time, status, digests, and where the archive keeps the record.

evidence.json names the digests under which the archive has kept each capture since it was fetched:
    payload_digest = SHA-256 of captures/N/body (also WARC-Payload-Digest in the record)
    headers_digest = SHA-256 of captures/N/headers.txt
A position counts from 0, its end is not part of it: start and end are characters of the page decoded with
the encoding named under capture; first_byte and end_byte are bytes of captures/N/page, or of
captures/N/body where there is no page. To see the bytes 120 to 155:

    tail -c +121 captures/N/page | head -c 35

layer says whether they stand in the page's text, in a tag, or in a script. A text is looked for without
regard to space, case and kinds of quotation marks; verbatim says that it stands there letter by letter.
No position means that the text does not stand in the page as such: it was put together or repaired.
"""


def write_evidence(contents: Contents, output: BinaryIO) -> int:
    """Write the bundle. Returns how many articles are in it."""
    done: set[int] = set()
    count = 0
    with Package(output, contents.now) as package:
        for stored in contents.articles():
            value = evidence_of(contents.archive, contents.session, stored)
            rows = captures_for(contents.session, [stored.id])
            value["captures"] = [row.Capture.id for row in rows]
            text = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
            package.add(f"articles/{stored.id}/evidence.json", text.encode("utf-8", "replace"))
            for held in all_held(
                contents.archive, [r for r in rows if r.Capture.id not in done], contents.notes
            ):
                done.add(held.row.id)
                _capture(contents, package, held)
            count += 1
        made_at = f"{contents.now:%Y-%m-%d %H:%M:%S}"
        package.add("README.txt", _README.format(count=count, program=program(), made_at=made_at).encode())
        sums = "".join(f"{member.sha256}  {member.path}\n" for member in package.members)
        package.add("SHA256SUMS", sums.encode())
    return count


def _capture(contents: Contents, package: Package, held: Any) -> None:
    row, folder = held.row, f"captures/{held.row.id}"
    info = warc.warcinfo("record.warc.gz", str(uuid.uuid4()), contents.now, program().partition(" ")[2])
    package.add(f"{folder}/record.warc.gz", (info, held.response, held.request), store=True)
    package.add(f"{folder}/headers.txt", held.member.http[0])
    response = None
    try:
        response = read_capture(contents.archive, row)
        package.add(f"{folder}/body", response.raw)
        if response.payload != response.raw:
            package.add(f"{folder}/page", response.payload)
    except CaptureDamaged as error:
        contents.notes.append(str(error))
    file = contents.session.get_one(CaptureFile, row.file_id)
    text = json.dumps(capture_json(row, file, response), ensure_ascii=False, indent=1) + "\n"
    package.add(f"{folder}/capture.json", text.encode("utf-8", "replace"))
