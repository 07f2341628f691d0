"""The names that vCards use: of properties, types and labels, and what each of them means."""

from contacts.interchange.card import Label

LABELS: dict[str, Label] = {
    "work": "work",
    "business": "work",
    "home": "personal",
    "personal": "personal",
    "other": "other",
}
PHONE_KINDS = {
    "cell": "mobile",
    "mobile": "mobile",
    "iphone": "mobile",
    "fax": "fax",
    "pager": "pager",
}
# Says nothing to a person: what a phone or an address can do anyway, and what a value looks like.
SAYS_NOTHING = frozenset(
    [
        *["pref", "internet", "smtp", "x400", "uri", "url"],
        *["voice", "video", "msg", "text"],
        *["dom", "intl", "postal", "parcel"],
    ]
)
SOCIALS = {
    "X-AIM": "aim",
    "X-FACEBOOK": "facebook",
    "X-GADUGADU": "gadugadu",
    "X-GOOGLE-TALK": "gtalk",
    "X-GROUPWISE": "groupwise",
    "X-GTALK": "gtalk",
    "X-ICQ": "icq",
    "X-INSTAGRAM": "instagram",
    "X-JABBER": "jabber",
    "X-KADDRESSBOOK-X-IMADDRESS": "",
    "X-LINKEDIN": "linkedin",
    "X-MASTODON": "mastodon",
    "X-MATRIX": "matrix",
    "X-MS-IMADDRESS": "",
    "X-MSN": "msn",
    "X-QQ": "qq",
    "X-SAMETIME": "sametime",
    "X-SIGNAL": "signal",
    "X-SIP": "sip",
    "X-SKYPE": "skype",
    "X-SKYPE-USERNAME": "skype",
    "X-TELEGRAM": "telegram",
    "X-TWITTER": "twitter",
    "X-WECHAT": "wechat",
    "X-WHATSAPP": "whatsapp",
    "X-YAHOO": "yahoo",
    "X-YAHOO-ID": "yahoo",
}
RELATIVES = {
    "X-ASSISTANT": "assistant",
    "X-CHILD": "child",
    "X-EVOLUTION-ASSISTANT": "assistant",
    "X-EVOLUTION-MANAGER": "manager",
    "X-EVOLUTION-SPOUSE": "spouse",
    "X-KADDRESSBOOK-X-ASSISTANTSNAME": "assistant",
    "X-KADDRESSBOOK-X-MANAGERSNAME": "manager",
    "X-KADDRESSBOOK-X-SPOUSESNAME": "spouse",
    "X-MANAGER": "manager",
    "X-MS-ASSISTANT": "assistant",
    "X-MS-CHILD": "child",
    "X-MS-MANAGER": "manager",
    "X-MS-SPOUSE": "spouse",
    "X-SPOUSE": "spouse",
}
DATES = {
    "ANNIVERSARY": "anniversary",
    "DEATHDATE": "died",
    "X-ABDATE": "",
    "X-ANNIVERSARY": "anniversary",
    "X-DEATHDATE": "died",
    "X-EVOLUTION-ANNIVERSARY": "anniversary",
    "X-KADDRESSBOOK-X-ANNIVERSARY": "anniversary",
    "X-KEPT-DATE": "",
    "X-MS-ANNIVERSARY": "anniversary",
}
LINES = {
    "LANG": "language",
    "PRONOUNS": "pronouns",
    "REV": "rev",
    "ROLE": "role",
    "SORT-STRING": "sort_as",
    "TITLE": "title",
    "TZ": "time_zone",
    "UID": "uid",
    "X-GENDER": "gender",
    "X-KADDRESSBOOK-X-PROFESSION": "role",
    "X-LANG": "language",
    "X-PRONOUNS": "pronouns",
}
PHONETIC = ("X-PHONETIC-FIRST-NAME", "X-PHONETIC-MIDDLE-NAME", "X-PHONETIC-LAST-NAME")
# What programs note for themselves: nothing in it is about the person.
_MACHINERY = """
    BEGIN CLASS CLIENTPIDMAP END MAILER NAME PRODID PROFILE VERSION X-ABADR X-ABCROP-RECTANGLE
    X-ABLABEL X-ABUID X-ACTIVITY-ALERT X-CLASS X-COUCHDB-APPLICATION-ANNOTATIONS X-ETAG
    X-EVOLUTION-FILE-AS X-FC-LIST-ID X-FC-TAGS X-GENERATOR X-IMAGEHASH X-IMAGETYPE X-MOZILLA-HTML
    X-MOZILLA-PROPERTY X-MS-OL-DEFAULT-POSTAL-ADDRESS X-MS-OL-DESIGN X-PILOTID X-PILOTSTAT
    X-RADICALE-NAME X-REDUCTION
"""
MACHINERY = frozenset(_MACHINERY.split())
PICTURES = {"LOGO": "a logo", "X-MS-CARDPICTURE": "a picture of a business card"}
GENDERS = {"M": "male", "F": "female", "O": "other", "N": "none", "U": ""}
# RFC 6350 6.6.6: what RELATED can say in a type.
_RELATED_TYPES = """
    acquaintance agent child co-resident co-worker colleague contact crush date emergency friend
    kin me met muse neighbor parent sibling spouse sweetheart
"""
RELATED_TYPES = frozenset(_RELATED_TYPES.split())
# Apple's own, which it translates into the language of the phone.
_APPLE_RELATIONS = """
    assistant brother child daughter father friend husband manager mother parent partner sister son
    spouse wife
"""
APPLE_RELATIONS = frozenset(_APPLE_RELATIONS.split())
# Android puts a number for the label, 0 where the label follows in words.
ANDROID_EVENTS = ("", "anniversary", "other", "birthday")
ANDROID_RELATIONS = (
    "",
    "assistant",
    "brother",
    "child",
    "domestic partner",
    "father",
    "friend",
    "manager",
    "mother",
    "parent",
    "partner",
    "referred by",
    "relative",
    "sister",
    "spouse",
)
