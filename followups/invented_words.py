"""What invented people are made of: names in many scripts, trades, and what one notes of people.

Nobody real is meant; first and last names are combined by chance.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class People:
    """First and last names of one language; `family_first` where they are said in that order."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    dialling: str
    family_first: bool = False
    joint: str = " "


def _each(words: str) -> tuple[str, ...]:
    return tuple(words.split())


ENGLISH = People(
    given=_each(
        "Alice Amanda Andrew Ben Carol Charlotte Colin Daniel Diane Edward Emily Frank "
        "Grace Hannah Harriet Harry Isaac Jack James Jessica Joanna Kate Laura Liam Lucy "
        "Martin Megan Nathan Noah Oliver Owen Peter Rachel Rebecca Robert Rosie Ruth "
        "Samuel Sarah Simon Sophie Thomas Toby Victoria Walter William Zoe"
    ),
    family=_each(
        "Archer Barrow Beckett Blackwood Brennan Calloway Carver Chandler Corbett Dalton "
        "Drummond Ellery Fairbanks Finch Fletcher Garrick Gilmore Hale Harding Hartwell "
        "Hollis Ingram Jarvis Kendrick Lambert Langley Maddox Marlowe Mercer Merrick "
        "Newbury O’Hara O’Connell Pemberton Prescott Quill Radley Ravenhill Sawyer "
        "Sheridan Smith-Jones Sutton Thackeray Thorne Underhill Vance Wainwright "
        "Weatherby Whitlock Yardley"
    ),
    dialling="+1202555",
)
SPANISH = People(
    given=_each(
        "Álvaro Ana Begoña Carlos Concepción Diego Elena Íñigo Inés Javier José Julián "
        "Lucía María Martín Nicolás Noelia Raúl Rocío Sofía Tomás Verónica Ximena"
    ),
    family=_each(
        "Aguirre Benítez Calderón Domínguez Escribano Fernández Gálvez Ibáñez Jiménez "
        "Lozano Márquez Muñoz Núñez Ordóñez Peña Quiñones Rodríguez Sáenz Urrutia "
        "Velázquez Zúñiga"
    ),
    dialling="+3491055",
)
GERMAN = People(
    given=_each(
        "Anneliese Björn Claudia Dieter Elfriede Florian Gesine Günther Heike Ingrid Jörg "
        "Jürgen Käthe Lothar Marlene Ottilie Rainer Sören Ulrike Uwe Wolfgang"
    ),
    family=_each(
        "Bäumler Brückner Dörfler Eichhorn Färber Großmann Hölzel Jäger Köhler Krüger "
        "Löwe Müller Pfänder Rößler Schäfer Schönfeld Strauß Süßmann Vögele Weiß Zöllner"
    ),
    dialling="+4930555",
)
FRENCH = People(
    given=_each(
        "Adèle Aurélie Benoît Céline Clément Élodie Étienne François Gaëlle Hélène Jérôme "
        "Léa Mathieu Noémie Océane Rémi Solène Théo Véronique Zoé"
    ),
    family=_each(
        "Beauchêne Bérard Châtelain D’Aubigné Delacroix Desprès Gélinas L’Heureux Lefèvre "
        "Marchand Moreau Noël Perrin Régnier Rousseau Saint-Clair Thériault Vaillancourt"
    ),
    dialling="+3315555",
)
NORDIC = People(
    given=_each("Åsa Bjørn Ebba Freja Gunnar Håkon Ingrid Jørgen Liv Maja Nils Sigrún Søren"),
    family=_each(
        "Ångström Bjørnstad Dahl Ekström Fjeld Grønlund Hågensen Lindqvist Mørk Nygård "
        "Østberg Sjöberg Thorsdóttir Vik"
    ),
    dialling="+4685555",
)
POLISH = People(
    given=_each(
        "Agnieszka Bożena Grażyna Jędrzej Kamil Łukasz Małgorzata Paweł Stanisław Wojciech Zofia"
    ),
    family=_each(
        "Błaszczyk Dąbrowski Gołębiowski Jabłoński Kędzierski Łukasik Majchrzak Ożóg "
        "Piątek Śliwiński Wójcik Żuraw"
    ),
    dialling="+4822555",
)
VIETNAMESE = People(
    given=("Anh", "Bảo", "Châu", "Đức", "Hạnh", "Hương", "Khánh", "Lộc", "Minh", "Ngọc", "Thảo"),
    family=("Bùi", "Đặng", "Hồ", "Lê", "Ngô", "Nguyễn", "Phạm", "Trần", "Võ", "Vũ"),
    dialling="+8424555",
    family_first=True,
)
RUSSIAN = People(
    given=_each("Алёна Борис Галина Дмитрий Елена Игорь Ксения Михаил Наталья Юрий"),
    family=_each("Абрамов Воронин Гусев Ермолаев Журавлёв Киселёв Орлов Соколов Щербак"),
    dialling="+7495555",
)
GREEK = People(
    given=_each("Αλέξανδρος Ελένη Γιώργος Δήμητρα Κώστας Μαρία Νίκος Σοφία"),
    family=_each("Αντωνίου Βασιλείου Γεωργίου Καραγιάννης Μακρής Παππάς Οικονόμου"),
    dialling="+3021055",
)
ARABIC = People(
    given=_each("أحمد إبراهيم خالد زينب سلمى عائشة فاطمة ليلى محمود نور يوسف"),
    family=_each("الحداد الخطيب السيد الشامي الصباغ العطار المصري النجار حمدان"),
    dialling="+2022555",
)
HEBREW = People(
    given=_each("אורי דניאל חנה יעל משה נועה רבקה שרה תמר"),
    family=_each("אברהמי בן־דוד גולדברג כהן לוי מזרחי פרידמן"),
    dialling="+9723555",
)
HINDI = People(
    given=_each("अनिल अर्जुन कविता दीपक नीलम प्रिया राहुल संजय सुनीता"),
    family=_each("अग्रवाल कुमार गुप्ता चौधरी जोशी पटेल मिश्रा शर्मा"),
    dialling="+9111555",
)
CHINESE = People(
    given=("伟", "芳", "秀英", "敏", "静", "丽华", "志强", "建国", "晓明", "雪梅"),
    family=("陈", "黄", "李", "林", "刘", "王", "吴", "杨", "张", "赵"),
    dialling="+8610555",
    family_first=True,
    joint="",
)
JAPANESE = People(
    given=("太郎", "花子", "健一", "美咲", "大輔", "さくら", "陽子", "翔太", "直樹", "由美"),
    family=("伊藤", "加藤", "小林", "佐藤", "高橋", "田中", "中村", "山田", "渡辺"),
    dialling="+8135555",
    family_first=True,
    joint=" ",
)
KOREAN = People(
    given=("민준", "서연", "지훈", "하은", "도윤", "수빈", "예진", "현우"),
    family=("강", "김", "박", "윤", "이", "임", "정", "최"),
    dialling="+8225555",
    family_first=True,
    joint="",
)

# With how many of a hundred people each is there.
PEOPLES = {
    ENGLISH: 54,
    SPANISH: 8,
    GERMAN: 7,
    FRENCH: 6,
    NORDIC: 4,
    POLISH: 3,
    VIETNAMESE: 2,
    RUSSIAN: 3,
    GREEK: 2,
    ARABIC: 3,
    HEBREW: 1,
    HINDI: 2,
    CHINESE: 2,
    JAPANESE: 2,
    KOREAN: 1,
}

PLACES = _each(
    "Ashford Bellhaven Cedar Clearwater Copper Eastgate Elm Fairview Granite Harbour "
    "Hillcrest Juniper Kingsway Lakeside Maple Meadow Millbrook Northline Oakfield "
    "Old Orchard Pinewood Quay River Rosewood Silver Southgate Stonebridge Summit "
    "Sunrise Thornbury Union Valley Westbrook Willow"
)
TRADES = (
    "Bakery",
    "Boats",
    "Brewery",
    "Builders",
    "Cold Storage",
    "Dental",
    "Electric",
    "Farms",
    "Florists",
    "Foods",
    "Foundry",
    "Freight",
    "Furniture",
    "Glass",
    "Hotel",
    "Insurance",
    "Joinery",
    "Landscapes",
    "Logistics",
    "Medical",
    "Motors",
    "Paper",
    "Plumbing",
    "Print",
    "Roofing",
    "School",
    "Tools",
    "Veterinary Practice",
)
TITLES = (
    "Accountant",
    "Buyer",
    "Chief engineer",
    "Co-founder",
    "Dispatcher",
    "Director of operations",
    "Fleet manager",
    "Head of purchasing",
    "Managing director",
    "Office manager",
    "Owner",
    "Plant manager",
    "Practice manager",
    "Production planner",
    "Sales manager",
    "Site manager",
    "Warehouse lead",
)
TAGS = (
    "board",
    "breakfast club",
    "early buyer",
    "expo 2025",
    "family firm",
    "former customer",
    "golf",
    "introducer",
    "neighbour",
    "renewal in spring",
    "school governors",
    "supplier",
)
INTERESTS = (
    "sailing on Sundays",
    "keeps bees",
    "restores old motorbikes",
    "plays the cello in the town orchestra",
    "bakes sourdough",
    "trains for the marathon",
    "grows roses",
    "chess by post",
    "birdwatching at dawn",
    "collects railway timetables",
    "coaches the under-tens",
    "hill walking with the dog",
    "sings in a choir",
    "paints watercolours",
)
PREFERENCES = (
    "coffee black, no sugar",
    "oat flat white",
    "never before nine",
    "a text, not a call",
    "likes it in writing",
    "tea, and time to chat",
    "figures first",
    "window seat",
    "vegetarian",
    "calls back on Fridays",
)
NEEDS = (
    "two more vans before the summer",
    "a cheaper lane to the coast",
    "an answer about the warranty",
    "somebody for the night shift",
    "a quote for the second site",
    "training for the new staff",
    "spare parts within a day",
)
HOW_MET = (
    "At the harbour fair, over the coffee queue.",
    "Introduced by a neighbour.",
    "Rang after reading the leaflet.",
    "Bought a first van from us.",
    "At the school’s summer party.",
    "Through the chamber of trade.",
)
OPENINGS = (
    "Rang about the delivery.",
    "Lunch at the corner place.",
    "Met on site, walked the whole yard.",
    "Quick call between meetings.",
    "Ran into each other at the market.",
    "Long talk on video, the connection was poor.",
    "Came by the office with cake.",
    "Sent the figures over and talked them through.",
)
MIDDLES = (
    "The new line is running and they are pleased with it.",
    "Two deliveries came late in the month; was nice about it, but it must not happen again.",
    "Budget is decided in March, so nothing before that.",
    "They are taking on four people in the spring.",
    "Asked what happens when the contract runs out.",
    "Wants a price for the second site as well.",
    "The old supplier has been in touch with a better offer.",
    "Would rather pay by the quarter.",
    "Very happy with the service, said so twice.",
    "Is worried about the price of steel.",
)
FAMILY_NEWS = (
    "{name} starts school in September.",
    "{name} has passed the exams.",
    "{name} broke an arm on the trampoline, mending well.",
    "{name} is expecting in the summer.",
    "{name} has got the job in the city.",
    "{name} was ill for a while and is better now.",
    "They are off to the mountains with {name} at Easter.",
)
CLOSINGS = (
    "Speak again next month.",
    "I said I would ring after the holidays.",
    "Left on good terms.",
    "Bring the samples next time.",
    "Ask how the move went.",
    "Nothing to do for now.",
)
PROMISES = (
    "Send the revised quote",
    "Find out about the delivery date",
    "Introduce them to the people at the depot",
    "Bring the samples",
    "Ring back about the warranty",
    "Send a card to the workshop",
    "Look into the wrong invoice",
)
THEIR_PROMISES = (
    "Send the floor plan",
    "Let me know what the board says",
    "Return the signed renewal",
    "Introduce me to the new buyer",
)
RELATIONS = ("wife", "husband", "partner", "son", "daughter", "mother", "father", "sister", "pet")
