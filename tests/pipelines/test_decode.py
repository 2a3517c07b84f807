import os
import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.decode import breaks_off, decode
from pipelines.mojibake import _HIT, may_hold_pairs

FRENCH = (
    "<html><head><title>L’été à Fès – 20 €</title></head><body><p>Le conseil régional a réuni hier les "
    "élus concernés ; l’œuvre, jugée « très coûteuse », a été différée à la rentrée… Où ? Là-bas, "
    "près du théâtre, où naîtra un château bâti dès le mois de décembre.</p></body></html>"
)
ARABIC = "<p>أعلن المجلس البلدي اليوم عن سلسلة من الإجراءات الجديدة لدعم القراءة في المدارس</p>"
PAGE = b"<html><body>" + b"<p>Le port a rouvert.</p>" * 50 + b"</body></html>"
UTF8 = "text/html; charset=UTF-8"


def meta(charset: str, text: str = FRENCH) -> str:
    return text.replace(
        "<head>", f'<head><meta http-equiv="Content-Type" content="text/html; charset={charset}">'
    )


@pytest.mark.parametrize(
    ("encoding", "content_type", "read_as", "rule"),
    [
        ("utf-8", None, "utf-8", "utf-8"),
        ("utf-8", "text/html; charset=ISO-8859-1", "utf-8", "utf-8"),
        ("utf-8-sig", "text/html; charset=windows-1256", "utf-8", "bom"),
        ("utf-16", None, "utf-16le", "bom"),
        ("utf-16-le", "text/html", "utf-16le", "utf-16"),
        ("utf-16-be", UTF8, "utf-16be", "utf-16"),
        ("utf-32", None, "utf-32le", "bom"),
        ("cp1252", "text/html; charset=iso-8859-1", "windows-1252", "header"),
        ("cp1252", 'text/html; charset="Latin1"', "windows-1252", "header"),
        ("cp1252", UTF8, "windows-1252", "detected"),
        ("cp1252", None, "windows-1252", "detected"),
        ("cp1252", "text/html; charset=utf-8859-x", "windows-1252", "detected"),
    ],
)
def test_the_bytes_decide_before_the_declaration(
    encoding: str, content_type: str | None, read_as: str, rule: str
) -> None:
    decoded = decode(FRENCH.encode(encoding), content_type)
    assert (decoded.text, decoded.encoding, decoded.rule, decoded.warnings) == (FRENCH, read_as, rule, ())


def test_meta_is_asked_after_the_header() -> None:
    body = meta("iso-8859-15").encode("iso-8859-15", "xmlcharrefreplace")
    assert decode(body, None).encoding == "iso-8859-15"
    assert decode(body, None).rule == "meta"
    assert decode(body, "text/html; charset=windows-1252").encoding == "windows-1252"
    xml = '<?xml version="1.0" encoding="iso-8859-1"?>' + FRENCH
    assert decode(xml.encode("cp1252"), None).rule == "meta"
    assert decode(xml.encode("cp1252"), None).text == FRENCH


def test_meta_far_down_is_not_looked_for() -> None:
    body = ("<html>" + " " * 5000 + '<meta charset="windows-1251"><p>déjà été</p>').encode("cp1252")
    assert "déjà été" in decode(body, None).text


@pytest.mark.parametrize(
    "name", ["zlib", "rot13", "idna", "unicode_escape", "utf-7", "hex", "undefined", "é", ""]
)
def test_python_codecs_that_are_no_charsets_are_not_used(name: str) -> None:
    for body in (meta(name).encode(), meta(name).encode("cp1252")):
        assert "l’œuvre, jugée « très coûteuse »" in decode(body, f"text/html; charset={name}").text


def test_utf7_never_becomes_markup() -> None:
    decoded = decode(b"<p>+ADw-script+AD4-alert(1)</p>", "text/html; charset=utf-7")
    assert decoded.text == "<p>+ADw-script+AD4-alert(1)</p>"


def test_arabic_pages_without_declaration() -> None:
    decoded = decode(ARABIC.encode("cp1256"), None)
    assert (decoded.text, decoded.encoding) == (ARABIC, "windows-1256")


def test_a_declared_charset_that_does_not_fit_is_passed_over() -> None:
    decoded = decode(FRENCH.encode("cp1252"), "text/html; charset=gb2312")
    assert decoded.text == FRENCH


@pytest.mark.parametrize(
    ("damaged", "wanted"),
    [
        (b"Si l'\xc3\xa9pid\xc3...", "Si l'épid\ufffd..."),
        (b"la march\xe2...", "la march\ufffd..."),
        (b"la suite\xe2\x80...", "la suite\ufffd..."),
        (b"l\x92\xe9t\xe9 \xe0 F\xe8s", "l’été à Fès"),
        (b"ch\xe2teau", "château"),
        (b"\xab\xa0oui\xa0\xbb", "«\xa0oui\xa0»"),
        (b"d\xe9j\xc3\xa0", "déjà"),
        (b"smile \xed\xa0\xbd\xed\xb8\x80", "smile \U0001f600"),
        (b"demi \xed\xa0\xbd fin", "demi \ufffd fin"),
    ],
)
def test_only_broken_letters_are_replaced(damaged: bytes, wanted: str) -> None:
    decoded = decode(FRENCH.encode() + damaged, UTF8)
    assert decoded.text == FRENCH + wanted
    assert (decoded.encoding, decoded.rule, decoded.warnings) == ("utf-8", "nearly-utf-8", ("broken_utf8",))


def test_a_body_that_ends_inside_a_letter() -> None:
    decoded = decode(FRENCH.encode() + b"\xc3", None)
    assert decoded.text == FRENCH + "\ufffd"


def test_a_mark_does_not_hide_broken_letters() -> None:
    decoded = decode(b"\xef\xbb\xbf" + FRENCH.encode() + b"\xc3.", None)
    assert decoded.text == FRENCH + "\ufffd."
    assert decoded.warnings == ("broken_utf8",)


@pytest.mark.parametrize("through", ["cp1252", "latin-1"])
def test_double_encoding_is_undone_and_flagged(through: str) -> None:
    sound = "<p>L'été à Fès, c'est déjà l'été : une œuvre jugée très coûteuse.</p>"
    if through == "latin-1":
        damaged = sound.encode().decode("latin-1")
    else:  # as browsers do it: bytes that windows-1252 does not define become controls
        damaged = "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in sound.encode())
    decoded = decode(damaged.encode(), UTF8)
    assert decoded.text == sound
    assert decoded.warnings == ("mojibake_repaired",)


@given(st.text(alphabet=st.characters(min_codepoint=0xA0, max_codepoint=0x2122)), st.booleans())
def test_what_was_encoded_twice_is_seen_in_its_bytes(text: str, windows: bool) -> None:
    """The cheap look at the bytes passes over nothing that the letters would show."""
    data = text.encode()
    twice = "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) if windows else chr(b) for b in data)
    for page in (text, twice):
        if _HIT.search(page) is not None:
            assert may_hold_pairs(page.encode())


def test_double_encoding_beside_sound_text() -> None:
    decoded = decode("<p>déjà l’été</p><p>dÃ©jÃ\xa0 lâ€™Ã©tÃ©, voilÃ tout</p>".encode(), None)
    assert decoded.text == "<p>déjà l’été</p><p>déjà l’été, voilà tout</p>".replace(
        "déjà l’été, ", "déjà l’été, "
    )


@pytest.mark.parametrize(
    "sound",
    [
        "« Où est l’œuvre ? » — 20 % de 10 000 € – c’est “ça”… ﬁn",
        "CHÂTEAU, PÂQUES, ÂGE ; Ångström ; Øresund ; SÃO PAULO, A MAÇÃ VERDE",
        "il écrit Ã pour A tilde",
        "l&rsquo;&eacute;t&eacute; &amp; l'hiver",
    ],
)
def test_french_typography_is_not_touched(sound: str) -> None:
    decoded = decode(f"<p>{sound}</p>".encode(), None)
    assert decoded.text == f"<p>{sound}</p>"
    assert "mojibake_repaired" not in decoded.warnings


def test_nul_and_surrogates_are_out() -> None:
    decoded = decode("<p>L'é\0té</p>\0".encode(), None)
    assert decoded.text == "<p>L'été</p>"
    assert decoded.warnings == ("nul_removed",)


@pytest.mark.parametrize(
    "body", [b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 20, bytes(range(256)) * 200]
)
def test_files_are_flagged(body: bytes) -> None:
    assert "not_text" in decode(body, "text/html").warnings


def test_declarations_that_parsers_refuse_are_cut() -> None:
    laughs = '<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]><html><p>&b; été</p></html>'
    text = decode(('<?xml version="1.0" encoding="utf-8"?>\n' + laughs).encode(), None).text
    assert text.strip() == "<!DOCTYPE html><html><p>&b; été</p></html>"


def test_an_empty_body() -> None:
    decoded = decode(b"", None)
    assert (decoded.text, decoded.encoding) == ("", "utf-8")


@given(
    st.binary(), st.one_of(st.none(), st.text(), st.sampled_from([UTF8, "charset=big5", "charset=shift_jis"]))
)
def test_any_bytes_give_text_that_can_be_stored(body: bytes, content_type: str | None) -> None:
    text = decode(body, content_type).text
    text.encode("utf-8")
    assert "\0" not in text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_utf8_is_read_as_written_but_for_double_encoding(text: str) -> None:
    decoded = decode(text.encode(), None)
    if text.startswith("\ufeff"):
        text = text[1:]
    if "mojibake_repaired" not in decoded.warnings and "<" not in text:
        assert decoded.text == text


@given(
    st.lists(st.sampled_from(["é", "à", "ç", "œ", "’", "«\xa0", "€", "a", " ", "mot"]), min_size=1).map(
        "".join
    )
)
def test_double_encoding_never_gives_anything_but_the_sound_text(sound: str) -> None:
    damaged = "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in sound.encode())
    text = decode(f"<p>{damaged}</p>".encode(), None).text
    assert text in (f"<p>{damaged}</p>", f"<p>{sound}</p>")


BIG = {
    "text": FRENCH.encode(),
    "broken": FRENCH.encode() + b"\xc3.",
    "windows": FRENCH.encode("cp1252"),
    "double": FRENCH.encode().decode("latin-1").encode(),
    "suspects": "Ã©<".encode(),
    "open tags": b"<meta <!DOCTYPE x [",
    "high bytes": b"\xff",
}


@pytest.mark.parametrize("unit", BIG.values(), ids=BIG.keys())
def test_time_is_linear(unit: bytes) -> None:
    seconds = []
    for size in (250_000, 1_000_000):
        body = unit * (size // len(unit))
        started = time.process_time()
        decode(body, None)
        seconds.append(time.process_time() - started)
    assert seconds[1] < 5
    assert seconds[1] < 10 * seconds[0] + 0.2


def test_noise_of_a_whole_file_ends() -> None:
    assert "not_text" in decode(os.urandom(500_000), "text/html").warnings


def test_text_is_as_sent_and_not_normalised() -> None:
    nfd = unicodedata.normalize("NFD", "été")
    assert decode(nfd.encode(), None).text == nfd
    assert not re.search("é", decode(nfd.encode(), None).text)


@pytest.mark.parametrize(
    ("body", "cut"),
    [
        (PAGE, False),
        (PAGE[:-7], False),
        (PAGE[:100], True),
        (PAGE[:100] + b"\n ", True),
        (PAGE.upper()[:100], True),
        (b"<html lang=fr><p>Sans fin.</p>", False),  # end tags may be left out
        (b"<p>Un fragment", False),
        (b"", False),
    ],
)
def test_a_page_that_breaks_off(body: bytes, cut: bool) -> None:
    assert breaks_off(body) is cut
