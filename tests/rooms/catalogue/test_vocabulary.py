"""What questions in all languages mean, by the real names of categories and colours and a few brands."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.catalogue.model import BrandName
from argosy.catalogue.vocabulary import MAX_GROUPS, Vocabulary
from argosy.catalogue.words import forms, one_slip, plain
from rooms.catalogue.ground import REFERENCE

BRANDS = ["Samsung", "Levi's", "Peter England", "Red Tape", "Nike", "ADIDAS", "Puma", "L'Oréal", "Casio", "W",
          "小米", "United Colors of Benetton"]  # fmt: skip
VOCABULARY = Vocabulary(
    REFERENCE.tree.by_code.values(),
    REFERENCE.colours.values(),
    [BrandName(plain(name).replace(" ", "-"), name) for name in BRANDS],
    REFERENCE.search_words,
)

# A question, and what it must be read as: a category, `#colour`, `@brand`, `women`/`men`/..., or "quoted" for an unknown word.
READ = [
    # English: numbers, words written apart and together, possessives, slips
    ("red handbag", "#red handbags"), ("handbg", "handbags"), ("hand bag", "handbags"), ("handbags red", "handbags #red"),
    ("samsng", "@samsung"), ("samsung phone case", "@samsung phone-cases"), ("runing shoes", "sports-shoes"),
    ("running shoes for men", "sports-shoes men"), ("women's watches", "womens-watches"), ("mens watch", "men watches"),
    ("womens t-shirt black", "womens-tshirts #black"), ("tshirt", "mens-tshirts"), ("t shirt", "womens-tshirts"),
    ("blue jeans women", "#blue womens-jeans women"), ("levis jeans", "@levi-s mens-jeans"), ("levi's", "@levi-s"),
    ("peter englnd shirt", "@peter-england mens-shirts"), ("red tape shoes", "@red-tape shoes"), ("dress", "womens-dresses"),
    ("loreal lipstick", "@l-oreal lipsticks"), ("l'oréal", "@l-oreal"), ("the dress", "womens-dresses"),
    ("lip stick", "lipsticks"), ("powerbank", "power-banks"), ("leather wallet", "leather wallets"),
    ("green tea", "black-green-tea"), ("raincoat", '"rain" mens-jackets'), ("adiddas", "@adidas"), ("ADIDAS", "@adidas"),
    ("benetton", '"benetton"'), ("united colors of benetton jacket", "@united-colors-of-benetton mens-jackets"),
    # French: accents or none, articles, feminine colours
    ("sac à main rouge", "handbags #red"), ("sac a main", "handbags"), ("chaussures de spor", "sports-shoes"),
    ("chaussure sport femme", "sports-shoes women"), ("robe verte", "womens-dresses #green"), ("montre homme", "mens-watches"),
    ("montres noires", "watches #black"), ("huile d'olive", "olive-oil"), ("thé vert", "black-green-tea"),
    ("pâtes", "dry-pasta"), ("parfum femme", "perfumes women"), ("chemise blanche", "mens-shirts #white"),
    # German: compounds, umlauts, endings
    ("rote handtasche", "#red handbags"), ("schwarze Damenschuhe", "#black women shoes"), ("Herrenuhr", "men watches"),
    ("Lederhandtasche", "leather handbags"), ("Sportschuhe", "sports-shoes"), ("grüner Rock", "#green womens-skirts"),
    ("Röcke", "womens-skirts"), ("Kaese", "cheese"), ("Käse", "cheese"), ("weiße Hemden", "#white mens-shirts"),
    # Spanish, Portuguese, Italian: genders and numbers
    ("bolso rojo", "bags #red"), ("bolsos rojos", "bags #red"), ("zapatillas mujer", "sports-shoes women"),
    ("vestido negro", "womens-dresses #black"), ("reloj de hombre", "mens-watches"), ("camisas blancas", "mens-shirts #white"),
    ("bolsa vermelha", "bags #red"), ("tênis feminino", "sports-shoes women"), ("relogio masculino", "mens-watches"),
    ("vestido preto", "womens-dresses #black"), ("borsa rossa", "bags #red"), ("borse nere", "bags #black"),
    ("scarpe da ginnastica", "sports-shoes"), ("orologio uomo", "mens-watches"), ("profumo donna", "perfumes women"),
    # Chinese: written together, both scripts, Hong Kong's words, a wrong character
    ("手袋 紅色", "handbags #red"), ("手袋紅色", "handbags #red"), ("黑色手提包", "#black handbags"), ("手题包", "handbags"),
    ("红色的手提包", "#red handbags"), ("女士运动鞋", "women sports-shoes"), ("nike運動鞋", "@nike sports-shoes"),
    ("男裝牛仔褲", "mens-jeans"), ("连衣裙", "womens-dresses"), ("手機殼", "phone-cases"), ("T恤 黑色", "mens-tshirts #black"),
    ("充電寶", "power-banks"), ("小米手机", "@小米 mobile-phones"), ("太陽眼鏡", "sunglasses"),
    # Japanese: particles, adjectives, a slip in kana
    ("ハンドバック", "handbags"), ("赤いバッグ", "#red bags"), ("レディース 靴 黒", "women shoes #black"),
    ("メンズ腕時計", "men watches"), ("黒のスニーカー", "#black sports-shoes"), ("スマホケース", "phone-cases"),
    ("ランニングシューズ", "sports-shoes"), ("口紅", "lipsticks"),
    # Korean: particles, written together
    ("빨간 핸드백", "#red handbags"), ("여성운동화", "women sports-shoes"), ("여성 운동화", "women sports-shoes"),
    ("향수를", "perfumes"), ("검은색 가방", "#black bags"), ("남성 시계", "men watches"), ("선글라스", "sunglasses"),
    # Thai
    ("กระเป๋าถือ สีแดง", "handbags #red"), ("กระเป๋าถือสีแดง", "handbags #red"), ("รองเท้าผู้หญิง", "shoes women"),
    ("น้ำหอมผู้หญิง", "perfumes women"), ("นาฬิกาผู้ชาย", "mens-watches"), ("เคสมือถือ", "phone-cases"),
    # Vietnamese: with marks and, where that leaves a word, without
    ("túi xách đỏ", "handbags #red"), ("tui xach", "handbags"), ("giày thể thao nam", "sports-shoes men"),
    ("giay the thao", "sports-shoes"), ("áo sơ mi trắng", "mens-shirts #white"), ("đồng hồ nữ", "womens-watches"),
    # Indonesian
    ("tas tangan merah", "handbags #red"), ("sepatu lari wanita", "sports-shoes women"), ("jam tangan pria", "mens-watches"),
    ("kemeja putih", "mens-shirts #white"),
    # Hindi: postpositions, genders, with and without the dot
    ("लाल हैंडबैग", "#red handbags"), ("नीली जींस", "#blue mens-jeans"), ("महिलाओं के जूते", "women shoes"),
    ("पुरुषों की घड़ी", "men watches"), ("पुरुषों की घडी", "men watches"), ("काले जूते", "#black shoes"), ("साड़ियाँ", "sarees"),
    # Arabic: the article, broken plurals, genders, forms of letters
    ("عطور نسائية", "perfumes women"), ("العطور", "perfumes"), ("حقيبة يد حمراء", "handbags #red"),
    ("ساعات رجالية", "mens-watches"),
    ("احذيه رياضيه", "sports-shoes"), ("الأحذية الرياضية", "sports-shoes"), ("فستان أسود", "womens-dresses #black"),
]  # fmt: skip
TEXTS = {"women", "men", "girls", "boys", "kids", "leather"}


def things(question: str) -> list[set[str]]:
    """What each group of a question may stand for, written as in `READ`."""
    return [
        {
            *one.categories,
            *(f"#{code}" for code in one.colours),
            *(f"@{code}" for code in one.brands),
            *one.texts,
            *(() if one.known else (f'"{one.word}"',)),
        }
        for one in VOCABULARY.read(question)
    ]


@pytest.mark.parametrize(("question", "expected"), READ, ids=[question for question, _ in READ])
def test_a_question_is_read(question: str, expected: str) -> None:
    found = things(question)
    wanted = expected.split()
    assert len(found) == len(wanted), found
    assert all(thing in group for thing, group in zip(wanted, found, strict=True)), found


@pytest.mark.parametrize(
    ("question", "not_meant"),
    [
        ("men", "women"),
        ("shirt", "mens-tshirts"),
        ("black dress", "black-green-tea"),
        ("case", "home"),
        ("pâtes", "pates"),
        ("blue", "@blues"),
        ("tea", "@w"),
        ("水晶", "water"),
    ],
)
def test_what_only_looks_alike_is_not_meant(question: str, not_meant: str) -> None:
    assert not_meant not in set().union(*things(question))


@pytest.mark.parametrize("question", ["4006381333931", "fa-35186", "s7", "bb-00012-xl"])
def test_numbers_are_not_guessed(question: str) -> None:
    assert [(one.known, one.guessed) for one in VOCABULARY.read(question)] == [(False, "")] * len(
        plain(question).split()
    )


def test_a_guess_says_what_was_meant() -> None:
    assert [one.guessed for one in VOCABULARY.read("runing shoes samsng")] == ["running shoes", "samsung"]
    assert [one.guessed for one in VOCABULARY.read("running shoes samsung")] == ["", ""]


@pytest.mark.parametrize(
    ("question", "groups"), [("", 0), ("  ", 0), ("%_'\"\\;--", 0), ("\x00", 0), ("the", 1), ("🙂", 0)]
)
def test_a_question_of_hardly_anything(question: str, groups: int) -> None:
    assert len(VOCABULARY.read(question)) == groups


def test_a_lone_letter_beside_known_words_only_ranks() -> None:
    assert [one.optional for one in VOCABULARY.read("handbag q")] == [False, True]
    assert [one.optional for one in VOCABULARY.read("q")] == [False]


@pytest.mark.parametrize("language", sorted({name for one in REFERENCE.tree.by_code.values() for name in one.names}))
def test_every_name_of_a_category_finds_it(language: str) -> None:
    lost = [
        (one.code, one.names[language])
        for one in REFERENCE.tree.by_code.values()
        if len(plain(one.names[language]).split()) <= 5
        and not any(one.code in group for group in things(one.names[language]))
    ]
    assert lost == []


@pytest.mark.parametrize("language", sorted({name for one in REFERENCE.colours.values() for name in one.names}))
def test_every_name_of_a_colour_finds_it(language: str) -> None:
    names = {code: one.names[language] for code, one in REFERENCE.colours.items()}
    assert [(code, name) for code, name in names.items() if f"#{code}" not in set().union(*things(name))] == []


def test_every_further_word_is_of_something_that_there_is() -> None:
    there = {
        "category": set(REFERENCE.tree.by_code),
        "colour": set(REFERENCE.colours),
    }
    rows = REFERENCE.search_words
    assert [row.code for row in rows if row.kind in there and row.code not in there[row.kind]] == []
    assert {row.kind for row in rows} == {"category", "colour", "text", "audience", "particle"}
    assert len({(row.kind, row.code) for row in rows}) == len(rows)
    assert all(word.strip() == word != "" for row in rows for word in row.words)


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read_into_few_groups_of_words(question: str) -> None:
    groups = VOCABULARY.read(question)
    assert len(groups) <= MAX_GROUPS
    assert all(group.word and "\x00" not in group.word for group in groups)
    assert groups == VOCABULARY.read(question)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@settings(deadline=None)
@given(word=st.text("abcdefg", min_size=2, max_size=9), at=st.integers(0, 8), letter=st.sampled_from("xyz"))
def test_one_slip_is_one_letter_more_less_or_other_or_two_swapped(word: str, at: int, letter: str) -> None:
    at %= len(word)
    slips = [word[:at] + letter + word[at:], word[:at] + word[at + 1 :], word[:at] + letter + word[at + 1 :]]
    if at + 1 < len(word):
        slips.append(word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    assert all(one_slip(word, slip) and one_slip(slip, word) for slip in slips)
    assert not one_slip(word, letter * 2 + word)


@pytest.mark.parametrize(
    ("one", "other"),
    [("dress", "dresses"), ("rojo", "rojas"), ("scarpa", "scarpe"), ("घडी", "घडियां"), ("العطور", "عطور"), ("향수를", "향수"),
     ("Hüte", "Hut"), ("gâteaux", "gâteau"), ("berries", "berry"), ("calções", "calção")],
)  # fmt: skip
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert set(forms(plain(one))) & set(forms(plain(other)))
    assert forms(plain(one))[plain(one)] == 0
