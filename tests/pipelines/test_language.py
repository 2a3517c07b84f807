import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.language import declared_language, detect

TEXTS = {
    "fr": "Le conseil a décidé hier de rouvrir la route qui mène au village, mais les travaux "
    "dureront encore plusieurs mois avant que les habitants ne puissent à nouveau l'emprunter "
    "sans crainte.",
    "en": "The council decided yesterday to reopen the road that leads to the village, but the "
    "works will last for several months before people can use it again without fear.",
    "ar": "قرر المجلس أمس إعادة فتح الطريق الذي يؤدي إلى القرية، لكن الأشغال سوف تستمر لعدة أشهر "
    "قبل أن يتمكن السكان من استعمال هذا الطريق من جديد في كل الأوقات وبدون خوف من أي خطر على "
    "حياتهم",
    "es": "El consejo decidió ayer reabrir la carretera que lleva al pueblo, pero las obras durarán "
    "todavía varios meses antes de que los vecinos puedan usarla de nuevo sin miedo.",
    "de": "Der Rat hat gestern beschlossen, die Straße wieder zu öffnen, die zu dem Dorf führt, "
    "aber die Arbeiten werden noch einige Monate dauern, bevor die Bewohner sie ohne Angst "
    "nutzen können.",
    "it": "Il consiglio ha deciso ieri di riaprire la strada che porta al paese, ma i lavori "
    "dureranno ancora alcuni mesi prima che gli abitanti possano usarla di nuovo senza paura.",
    "pt": "O conselho decidiu ontem reabrir a estrada que leva à aldeia, mas as obras vão durar "
    "ainda alguns meses antes que os moradores possam usar de novo a via sem medo.",
    "nl": "De raad heeft gisteren besloten om de weg naar het dorp weer te openen, maar het werk "
    "zal nog enkele maanden duren voordat de bewoners hem zonder angst kunnen gebruiken.",
}
TURKISH = (
    "Belediye meclisi dün köye giden yolu yeniden açmaya karar verdi ancak çalışmalar birkaç ay daha sürecek "
    "ve köylüler bu süre boyunca başka bir yoldan gitmek zorunda kalacak"
)


@pytest.mark.parametrize("code", TEXTS)
def test_the_words_decide(code: str) -> None:
    assert detect(None, TEXTS[code]) == code
    assert detect("en-US", TEXTS[code]) == code
    assert detect("fr", TEXTS[code]) == code


def test_a_language_without_a_list_is_what_the_page_declares() -> None:
    assert detect("tr-TR", TURKISH) == "tr"
    assert detect(None, TURKISH) is None


def test_a_language_that_the_text_is_not_in_is_not_believed() -> None:
    assert detect("en", TURKISH) is None


def test_a_short_text_does_not_outvote_the_page() -> None:
    assert detect("ar", "Le marché de la ville") == "ar"
    assert detect(None, "Le marché de la ville") == "fr"
    assert detect(None, "Casablanca") is None
    assert detect("fr", "") == "fr"
    assert detect(None, "") is None


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("fr", "fr"),
        ("fr-MA", "fr"),
        ("FR_fr", "fr"),
        ("fra", "fr"),
        ("Français", "fr"),
        (" en-US ", "en"),
        ("zgh", "zgh"),
        ("und", None),
        ("x-default", None),
        ("12", None),
        ("", None),
        (None, None),
    ],
)
def test_declarations(value: str | None, code: str | None) -> None:
    assert declared_language(value) == code


@given(st.one_of(st.none(), st.text()), st.text())
def test_any_input_is_survived(html_lang: str | None, text: str) -> None:
    code = detect(html_lang, text)
    assert code is None or (code.isalpha() and 2 <= len(code) <= 3)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("市議会は昨日、村へ向かう道路を再び開くことを決めた。工事はまだ数か月続く見込みである。", "ja"),
        ("시의회는 어제 마을로 가는 길을 다시 열기로 결정했다.", "ko"),
        ("市议会昨天决定重新开放通往村庄的道路。", "zh"),
        ("Городской совет вчера решил снова открыть дорогу, ведущую к деревне.", None),
    ],
)
def test_the_script_decides_before_a_wrong_declaration(text: str, wanted: str | None) -> None:
    assert detect(None, text) == wanted
    assert detect("fr", text) == wanted
