// Where the quoted mail at the end of a text begins.
//
// Line by line, each looked at once and a few at a time: what strangers send may be a million
// characters made to be searched from every one of them anew.

const LONGEST = 400;
const HEADERS = 6;

const ORIGINAL =
  /^\s*-{2,}\s*(original message|original-?nachricht|ursprüngliche nachricht|forwarded message|weitergeleitete nachricht|message d'origine|message transféré|mensaje original|mensaje reenviado|messaggio originale|messaggio inoltrato|mensagem original|mensagem encaminhada|oorspronkelijk bericht)\s*-{2,}\s*$/i;
const FROM = /^[\s*]*(from|von|de|da|van|från|fra|od|差出人|发件人|من)[\s*]*:/i;
const HEADER =
  /^[\s*]*(sent|date|to|cc|subject|gesendet|datum|an|betreff|envoyé|à|objet|enviado|para|asunto|fecha|inviato|a|oggetto|data|assunto|verzonden|aan|onderwerp|送信日時|宛先|件名|发送时间|收件人|主题)[\s*]*:/i;
const BEGINS = /^\s*(on|am|le|el|il|em|op|den|w dniu)\s/i;
const WROTE =
  /(wrote|schrieb|a écrit|escribió|ha scritto|escreveu|schreef|skrev|napisał|napisał\(a\))(?:\s[^:]{0,200})?\s*:\s*$/i;
const RULE = /^\s*_{5,}\s*$/;

/** `text` as {fresh, quoted}: together they are all of it; `quoted` is "" where none was found. */
export function split(text) {
  const lines = text.trimEnd().split("\n");
  const at = begin(lines);
  const fresh = lines.slice(0, at).join("\n").trimEnd();
  const quoted = lines.slice(at).join("\n").trim();
  // A mail that is quoted from its first line on is shown as it is.
  return fresh && quoted ? { fresh, quoted } : { fresh: text, quoted: "" };
}

function begin(lines) {
  const tail = quotedTail(lines);
  const lastQuoted = lines.findLastIndex((line) => line.startsWith(">"));
  for (let at = 0; at < tail; at += 1) {
    if (lines[at].length > LONGEST) continue;
    if (ORIGINAL.test(lines[at]) || isHead(lines, at)) return withRule(lines, at);
    if (isAttribution(lines, at) && nothingBetween(lines, at, tail, lastQuoted)) return at;
  }
  return tail;
}

/** The first of the lines with ">" that end the text, with the line above that says whose they are. */
function quotedTail(lines) {
  let at = lines.length;
  let quoted = false;
  while (at > 0 && (lines[at - 1].startsWith(">") || !lines[at - 1].trim())) {
    at -= 1;
    quoted ||= lines[at].startsWith(">");
  }
  if (!quoted) return lines.length;
  if (at > 0 && endsInColon(lines[at - 1])) at -= 1;
  return at;
}

function endsInColon(line) {
  return line.trimEnd().endsWith(":");
}

/** The head of a mail written out: From, and two more of its fields below. */
function isHead(lines, at) {
  if (!FROM.test(lines[at])) return false;
  const below = lines.slice(at + 1, at + 1 + HEADERS).filter((line) => HEADER.test(line.slice(0, LONGEST)));
  return below.length >= 2;
}

/** "On Monday, Ana wrote:", on one line or broken into two. */
function isAttribution(lines, at) {
  if (!BEGINS.test(lines[at])) return false;
  const next = lines[at + 1] ?? "";
  return WROTE.test(lines[at]) || (next.length <= LONGEST && !next.startsWith(">") && WROTE.test(next));
}

/** Whether what follows is quoted alone: an answer between the lines of a quote stays in sight. */
function nothingBetween(lines, at, tail, lastQuoted) {
  if (tail === lines.length) return lastQuoted < at;
  return tail - at <= 3 && !lines.slice(at + 2, tail).some((line) => line.trim() && !endsInColon(line));
}

function withRule(lines, at) {
  let above = at;
  while (above > 0 && !lines[above - 1].trim()) above -= 1;
  return above > 0 && lines[above - 1].length <= LONGEST && RULE.test(lines[above - 1]) ? above - 1 : at;
}
