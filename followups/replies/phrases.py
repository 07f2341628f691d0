"""What mail programs write around a reply, in the languages they write it in.

Forms are those of Gmail, Outlook, Apple Mail, Yahoo, Thunderbird, Samsung, Proton, Zoho, QQ and
NetEase. Everything here looks at one line, or a few that were wrapped, and at no more than 500
characters of it, so that the work grows with the number of lines alone.
"""

import re

LONGEST = 500

# Characters that `parts` puts before lines of HTML, and that no text contains.
ASIDE = "\x01"  # between the words and the quote: "On Monday, Kept wrote:"
CUT = "\x02"  # from here on, nothing was typed


def is_attribution(line: str) -> bool:
    """Whether `line` surely introduces a quote, even if nothing marks that quote.

    Three of these four are in it: somebody wrote, an address, a date, a time of day. Where nobody
    "wrote" (Gmail in Russian, Japanese or Hebrew), it ends in the address.
    """
    if not closes_attribution(line):
        return False
    wrote = _WROTE.search(line) is not None
    found = sum(bool(clue.search(line)) for clue in (_ADDRESS, _DATE, _TIME))
    return found >= 2 if wrote else found == 3 and _ENDS_IN_ADDRESS.search(line) is not None


def may_be_attribution(line: str) -> bool:
    """Whether `line` introduces a quote, given that one follows."""
    return closes_attribution(line) and (_WROTE.search(line) is not None or is_attribution(line))


def starts_attribution(line: str) -> bool:
    """Whether the first line of a wrapped attribution looks like `line`."""
    return _STARTS.match(line) is not None


def is_divider(line: str) -> bool:
    """ "-----Original Message-----" and its like: nothing after it was typed."""
    if len(line) > LONGEST:
        return False
    if ruled := _RULED.match(line):
        return ruled[1].casefold() in _DIVIDERS
    return line.endswith((":", "：")) and line.strip(" :：").casefold() in _FORWARDS


def header_kind(line: str) -> str:
    """Which header of a quoted mail `line` is: from, date, to, cc, subject; empty for none."""
    found = _HEADER.match(line[:LONGEST])
    return _HEADERS.get(found[1].strip().casefold(), "") if found else ""


def has_address(line: str) -> bool:
    return _ADDRESS.search(line[:LONGEST]) is not None


def is_advert(line: str) -> bool:
    """ "Sent from my iPhone", "Get Outlook for Android"."""
    line = line.strip(" \t*_-–—<>[]")
    if len(line) > 120:
        return False
    return _SENT.search(line) is not None and _PROGRAM.search(line) is not None


def is_placeholder(line: str) -> bool:
    """What stands for a picture in the words: "[image: image.png]"."""
    return len(line) <= LONGEST and _PLACEHOLDER.fullmatch(line.strip()) is not None


def is_rule(line: str) -> bool:
    """A line drawn across the page."""
    line = line.strip()
    return len(line) >= 5 and len(set(line)) == 1 and line[0] in "_-=*"


def closes_attribution(line: str) -> bool:
    """Whether the last line of an attribution may look like `line`."""
    return len(line) <= LONGEST and _CLOSES.search(line) is not None


_ADDRESS = re.compile(r"[^\s@<>()\[\]]{1,64}@[^\s@<>()\[\]]{2,}")
_DATE = re.compile(r"(?<!\d)\d{4}(?!\d)|(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{2}(?!\d)")
_TIME = re.compile(r"(?<![\d.:/])\d{1,2}[:.]\d{2}(?!\d|[.:/-]\d)|(?<!\d)\d{1,2}:\d{2}:\d{2}")
# Zoho closes with dashes: "---- On Mon, 16 Nov 2026 … wrote ----".
_CLOSES = re.compile(r"[:：]\W{0,3}$|\s-{2,}$")
_ENDS_IN_ADDRESS = re.compile(r"@[^\s@]{2,}[>)\]]\s?[:：]\W{0,3}$")

_WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb(?:en)?|geschrieben|écrit|escribió|scritto|escreveu|schreef"
    r"|geschreven|skrev|skreiv|kirjoitti|napisał|pisze|napsal|napísal|írta|a scris|rašė|rakstīja"
    r"|kirjutas|napisao|napisala|napisal|skrifaði|va escriure|ha escrit|idatzi|shkroi|написала?"
    r"|missatge de|пишет|писала?|написав|пише|написа|έγραψε|yazdı|đã viết|menulis)\b"
    r"|写道|寫道|書きました|のメッセージ|のメール|작성|เขียน|כתב|كتب|كتابة",
    re.IGNORECASE,
)
_STARTS = re.compile(
    r"[\s*_-]*(?:On|Am|Le|El|Il|In data|Em|No dia|Op|На|Den|Dne|Dňa|W dniu|Dnia|På|Pe|În|Pada|Vào"
    r"|Στις|Tarih|ในวันที่|בתאריך|في|在|于|於|\d{1,4}[ .:/年년-]|[^\W\d_]{2,4}\.?,?\s\d{1,2}[\s.])"
)

_RULED = re.compile(r"[\s>]*[-–—=_*]{2,}\s*([^\s=_*–—-].{0,70}?)\s*[-–—=_*]{2,}\s*$")
_ORIGINALS = """
Original Message|Original Email|Original|Reply message|Ursprüngliche Nachricht|Originalnachricht
|Original-Nachricht|Ursprüngliche E-Mail|Message d'origine|Message d’origine|Message original
|Message initial|E-mail d'origine|Mensaje original|Correo original|Messaggio originale
|Messaggio Originale|Mensagem original|Oorspronkelijk bericht|Origineel bericht
|Ursprungligt meddelande|Originalmeddelande|Oprindelig meddelelse|Oprindelig besked
|Opprinnelig melding|Alkuperäinen viesti|Wiadomość oryginalna|Oryginalna wiadomość
|Wiadomość pierwotna|Původní zpráva|Původní e-mail|Pôvodná správa|Eredeti üzenet|Mesaj original
|Mesajul original|Исходное сообщение|Исходное письмо|Оригинальное сообщение|Вихідне повідомлення
|Оригінальне повідомлення|Оригинално съобщение|Orijinal Mesaj|Orijinal İleti|Özgün İleti
|Αρχικό μήνυμα|Originalna poruka|Izvirno sporočilo|Missatge original|原始邮件|原始郵件|原始信息
|回复的原邮件|转发的邮件|元のメッセージ|원본 메시지|원본 메일|원본 이메일|Thư gốc|Tin nhắn gốc
|Pesan asli|Mesej asal|ข้อความต้นฉบับ|ข้อความเดิม|الرسالة الأصلية|הודעה מקורית
"""
_FORWARDED = """
Forwarded message|Begin forwarded message|Weitergeleitete Nachricht
|Anfang der weitergeleiteten Nachricht|Anfang der weitergeleiteten E-Mail|Message transféré
|Début du message transféré|Début du message réexpédié|Mensaje reenviado
|Inicio del mensaje reenviado|Messaggio inoltrato|Inizio messaggio inoltrato
|Mensagem encaminhada|Mensagem reencaminhada|Início da mensagem encaminhada
|Início da mensagem reencaminhada|Doorgestuurd bericht|Begin doorgestuurd bericht
|Vidarebefordrat meddelande|Vidarebefordrat mejl|Videresendt meddelelse|Videresendt melding
|Start på videresendt besked|Välitetty viesti|Välitetty viesti alkaa|Przekazana wiadomość
|Treść przekazanej wiadomości|Początek przekazywanej wiadomości|Přeposlaná zpráva
|Začátek přeposílané zprávy|Preposlaná správa|Továbbított üzenet|Továbbított levél kezdete
|Mesaj redirecționat|Пересылаемое сообщение|Перенаправленное сообщение
|Начало переадресованного сообщения|Переслане повідомлення|İletilen İleti|İleti başlangıcı
"""


def _phrases(words: str) -> frozenset[str]:
    return frozenset(phrase.strip().casefold() for phrase in words.split("|"))


_FORWARDS = _phrases(_FORWARDED)
_DIVIDERS = _phrases(_ORIGINALS) | _FORWARDS

_HEADER = re.compile(r"[\s*>]{0,8}([^\s:：*][^:：*]{0,24}?)[ *]{0,3}[:：]")
_HEADER_WORDS = {
    "from": "From|Von|De|Da|Van|Från|Fra|Od|Lähettäjä|Feladó|Expeditor|De la|От|От кого|Від"
    "|Від кого|Kimden|Gönderen|Από|Šalje|发件人|寄件者|寄件人|差出人|送信者|보낸 사람|보낸사람|Từ"
    "|Dari|จาก|من|מאת",
    "date": "Sent|Date|Sent at|Gesendet|Datum|Envoyé|Envoyé le|Enviado|Enviado el|Enviada em"
    "|Enviado em|Fecha|Data|Inviato|Verzonden|Skickat|Sendt|Dato|Lähetetty|Päivämäärä|Päiväys"
    "|Wysłano|Wysłane|Odesláno|Odoslané|Elküldve|Küldve|Dátum|Trimis|Dată|Отправлено|Дата"
    "|Надіслано|Изпратено|Gönderildi|Gönderme Tarihi|Gönderilme Tarihi|Tarih|Στάλθηκε|Ημερομηνία"
    "|Poslano|发送时间|发送日期|日期|時間|寄件日期|傳送日期|送信日時|日時|日付|보낸 날짜|보낸날짜"
    "|날짜|Đã gửi|Ngày|Dikirim|Tanggal|ส่ง|วันที่|تاريخ الإرسال|التاريخ|נשלח|תאריך",
    "to": "To|An|À|A|Para|Pour|Aan|Till|Til|Do|Komu|Pre|Címzett|Către|Кому|До|Kime|Alıcı"
    "|Vastaanottaja|Προς|Prima|Za|收件人|收件者|宛先|받는 사람|받는사람|Đến|Tới|Kepada|ถึง|إلى|אל",
    "cc": "Cc|Kopie|Copie|Copia|Cópia|Kopia|Kopi|Kopio|DW|UDW|Másolatot kap|Másolat|Копия|Копія"
    "|Копие|Bilgi|Κοιν.|抄送|副本|参照|참조|عناية|עותק",
    "subject": "Subject|Betreff|Objet|Sujet|Asunto|Oggetto|Assunto|Onderwerp|Ämne|Emne|Aihe|Temat"
    "|Předmět|Predmet|Tárgy|Subiect|Subiectul|Тема|Konu|Θέμα|Naslov|Zadeva|主题|主旨|主題|件名|제목"
    "|Chủ đề|Tiêu đề|Subjek|Perihal|เรื่อง|الموضوع|נושא",
}
_HEADERS = {
    word.casefold(): kind for kind, words in _HEADER_WORDS.items() for word in words.split("|")
}

_SENT = re.compile(
    r"^(?:sent|posted|written) (?:from|via|with|by|using|on)\b|^get (?:the )?(?:new )?outlook\b"
    r"|^gesendet (?:von|mit|über|aus)\b|^von .{1,50} gesendet\b"
    r"|nachricht wurde von .{1,50} gesendet|^(?:holen|laden) sie .{0,20}outlook"
    r"|^outlook für .{1,20} (?:beziehen|herunterladen|abrufen)"
    r"|^envoyé (?:de|depuis|à partir|avec|par|via)\b|^(?:obtenez|obtenir|télécharger?z?) outlook"
    r"|^enviado (?:desde|con|do|da|de|a partir|pelo|por|via|com|através)\b"
    r"|^(?:obtener|obtenga|descarga|descargar|obter|obtenha|baixe|baixar) (?:o )?outlook"
    r"|^inviato (?:da|dal|con|tramite)|^(?:scarica|ottieni) outlook"
    r"|^(?:verzonden|verstuurd) (?:vanaf|vanuit|via|met|van)\b|^(?:download )?outlook voor "
    r"|^skickat från|^sendt (?:fra|med|via)|^(?:skaffa|hämta|hent|få|skaff)(?: deg)? outlook"
    r"|^lähetetty\b|^hanki outlook|^wysłan[eoay] (?:z|ze|za)\b|^(?:pobierz|uzyskaj) .{0,15}outlook"
    r"|^odesláno z|^odoslané z|^(?:získejte|získat|stáhnout|získajte|získať) outlook|küldve\b"
    r"|^trimis (?:de|din|cu)\b|^(?:obțineți|descărcați) outlook|^отправлено (?:с|из|от)\b"
    r"|^надіслано (?:з|із|зі)\b|^изпратено от|^(?:скачать|получить|отримати) outlook"
    r"|gönderildi\b|^outlook.{1,25} (?:edinin|indirin)|^(?:στάλθηκε|εστάλη|απεστάλη) από"
    r"|^posla(?:no|to) (?:s|sa|z|iz)\b|^enviat des de|から送信|^发自我?的?|^發自|^从.{1,30}发送"
    r"|^從.{1,30}[傳发發]送|에서 (?:보냄|보냈|보내)|^(?:được )?gửi từ|^dikirim dari|^dihantar dari"
    r"|^ส่งจาก|^(?:أُ?رسلت?|مرسل|تم الإرسال) من|^נשלח מ|^(?:获取|取得|下载) ?.{0,8}outlook"
    r"|outlook .{0,8}(?:を入手|다운로드)",
    re.IGNORECASE,
)
_PROGRAM = re.compile(
    r"i ?phone|i ?pad|\bipod|android|samsung|galaxy|huawei|xiaomi|redmi|oppo|pixel|nokia|blackberry"
    r"|smartphone|t[eé]l[eé]phone|tel[eé]fono|handy|phone|mobil|mobiel|tablet|outlook|yahoo|gmail"
    r"|mail|gmx|web\.de|proton|spark|\bhey\b|superhuman|thunderbird|k-9|windows|\bmac\b|macbook"
    r"|airmail|tutanota|\btuta\b|fastmail|zoho|boxer|aquamail|айфон|почт|手机|手機|邮箱|郵件"
    r"|スマートフォン|아이폰|휴대폰|แอป|الهاتف|هاتف|אייפון|טלפון",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"\ufffc+|\[(?:image|cid|inline image)[^\[\]]*\]|<image\d*\.\w{3,4}>")
