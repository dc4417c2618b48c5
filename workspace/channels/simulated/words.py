"""Nouns of the scripted conversations in each language: products, colours, weekdays, places."""

OPERATORS = ("Mara", "Jonas", "Priya", "Tomás")

PRODUCTS = (
    *("mug", "lamp", "sneakers", "backpack", "plant", "chair"),
    *("teapot", "headphones", "clock", "candle", "vase", "blanket"),
)

# In the order of PRODUCTS. The proper names are the invented shop's own.
_NAMES = {
    "en": "Alba mug|Fenja lamp|Marlo sneakers|Tarn backpack|Verdi plant|Sola chair|Ilse teapot|"
    "Ondo headphones|Ruun clock|Cedar candle|Ilex vase|Moor blanket",
    "de": "Tasse Alba|Lampe Fenja|Sneaker Marlo|Rucksack Tarn|Pflanze Verdi|Stuhl Sola|"
    "Teekanne Ilse|Kopfhörer Ondo|Uhr Ruun|Kerze Cedar|Vase Ilex|Decke Moor",
    "fr": "tasse Alba|lampe Fenja|baskets Marlo|sac Tarn|plante Verdi|chaise Sola|théière Ilse|"
    "casque Ondo|horloge Ruun|bougie Cedar|vase Ilex|plaid Moor",
    "es": "taza Alba|lámpara Fenja|zapatillas Marlo|mochila Tarn|planta Verdi|silla Sola|"
    "tetera Ilse|auriculares Ondo|reloj Ruun|vela Cedar|jarrón Ilex|manta Moor",
    "pt": "caneca Alba|luminária Fenja|tênis Marlo|mochila Tarn|planta Verdi|cadeira Sola|"
    "bule Ilse|fone Ondo|relógio Ruun|vela Cedar|vaso Ilex|manta Moor",
    "it": "tazza Alba|lampada Fenja|sneakers Marlo|zaino Tarn|pianta Verdi|sedia Sola|"
    "teiera Ilse|cuffie Ondo|orologio Ruun|candela Cedar|vaso Ilex|coperta Moor",
    "ja": "マグ Alba|ランプ Fenja|スニーカー Marlo|リュック Tarn|観葉植物 Verdi|チェア Sola|"
    "ティーポット Ilse|ヘッドホン Ondo|時計 Ruun|キャンドル Cedar|花瓶 Ilex|ブランケット Moor",
    "ar": "كوب Alba|مصباح Fenja|حذاء Marlo|حقيبة Tarn|نبتة Verdi|كرسي Sola|إبريق Ilse|"
    "سماعات Ondo|ساعة Ruun|شمعة Cedar|مزهرية Ilex|بطانية Moor",
}
NAMES = {
    language: dict(zip(PRODUCTS, names.split("|"), strict=True))
    for language, names in _NAMES.items()
}

# In the order of canvas.PALETTES.
_COLOURS = {
    "en": "blue green terracotta mustard plum black rose gold",
    "de": "Blau Grün Terrakotta Senfgelb Pflaume Schwarz Rosé Gold",
    "fr": "bleu vert terracotta moutarde prune noir rose or",
    "es": "azul verde terracota mostaza ciruela negro rosa dorado",
    "pt": "azul verde terracota mostarda ameixa preto rosa dourado",
    "it": "blu verde terracotta senape prugna nero rosa oro",
    "ja": "青 緑 テラコッタ からし色 プラム 黒 ローズ ゴールド",
    "ar": "أزرق أخضر ترابي خردلي برقوقي أسود وردي ذهبي",
}
COLOURS = {language: tuple(names.split()) for language, names in _COLOURS.items()}

_DAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi",
    "es": "lunes martes miércoles jueves viernes sábado",
    "pt": "segunda terça quarta quinta sexta sábado",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato",
    "ja": "月曜日 火曜日 水曜日 木曜日 金曜日 土曜日",
    "ar": "الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت",
}
DAYS = {language: tuple(names.split()) for language, names in _DAYS.items()}

_CITIES = {
    "en": "Bristol|Leeds|Galway|Halifax|Portland|Wellington|Nairobi|Pune|Uppsala|Utrecht|Accra",
    "de": "Bremen|Leipzig|Graz|Freiburg|Münster|Basel",
    "fr": "Nantes|Lille|Namur|Grenoble|Rennes|Lausanne",
    "es": "Bilbao|Sevilla|Mérida|Rosario|Valparaíso|Murcia",
    "pt": "Porto|Curitiba|Braga|Recife|Coimbra",
    "it": "Torino|Parma|Lecce|Trieste",
    "ja": "金沢市|松本市|神戸市|仙台市",
    "ar": "طنجة|عمّان|صفاقس|الإسكندرية",
}
CITIES = {language: tuple(names.split("|")) for language, names in _CITIES.items()}

_STREETS = {
    "en": "12 Kiln Lane|7 Orchard Row|38 Harbour Street|5 Mill Close|91 Larch Avenue",
    "de": "Lindenweg 12|Am Mühlbach 7|Kastanienallee 38|Töpfergasse 5",
    "fr": "12 rue des Tilleuls|7 allée du Moulin|38 quai des Potiers|5 place du Marché",
    "es": "Calle del Olmo 12|Plaza del Molino 7|Avenida de la Ribera 38",
    "pt": "Rua das Oliveiras 12|Travessa do Moinho 7|Avenida da Ribeira 38",
    "it": "Via dei Tigli 12|Vicolo del Mulino 7|Corso della Fornace 38",
    "ja": "柳町1-2-3|桜台4-5|緑町6-7-8",
    "ar": "شارع الزيتون 12|شارع النخيل 7|ساحة البلدة 38",
}
STREETS = {language: tuple(names.split("|")) for language, names in _STREETS.items()}

# Of mails: salutation, farewell, and the line above a quoted mail.
LETTERS = {
    "en": ("Hello,", "Best regards,", "On {date}, {who} wrote:"),
    "de": ("Guten Tag,", "Viele Grüße", "Am {date} schrieb {who}:"),
    "fr": ("Bonjour,", "Cordialement,", "Le {date}, {who} a écrit :"),
    "es": ("Hola:", "Un saludo,", "El {date}, {who} escribió:"),
    "pt": ("Olá,", "Com os melhores cumprimentos,", "Em {date}, {who} escreveu:"),
    "it": ("Buongiorno,", "Cordiali saluti,", "Il {date}, {who} ha scritto:"),
    "ja": ("お世話になっております。", "よろしくお願いいたします。", "{date} {who}:"),
    "ar": ("تحية طيبة،", "مع أطيب التحيات،", "في {date}، كتب {who}:"),
}

HOURS_FROM_UTC = {"en": 0, "de": 1, "fr": 1, "es": -3, "pt": -3, "it": 1, "ja": 9, "ar": 2}
"""Where most writers of a language live, for when they sleep."""
