/** How form fields are masked: decisions over plain facts, without the page. */

export interface Field {
  /** "input", "textarea" or "select". */
  tag: string;
  /** The type that the browser uses, such as "text". */
  type: string;
  autocomplete: string;
  /** What people and scripts call it: name, id, label, placeholder. Only read for a field that is allow-listed. */
  names: string[];
  /** It is a password field now, or was one at any time. */
  password: boolean;
  /** The page allow-lists it, and no policy says otherwise. */
  open: boolean;
}

/** show: as it is. bullets: one for each character. fixed: always eight. empty: nothing at all. */
export type Treatment = "show" | "bullets" | "fixed" | "empty";

const BULLET = "•";
const FIXED = BULLET.repeat(8);

/** Their value is a label that the page wrote. */
const BUTTONS = new Set(["submit", "button", "reset", "image"]);
/** Nobody sees their value in the page. */
const NEVER_SHOWN = new Set(["hidden", "file"]);
/** A state instead of text: bullets would say nothing. */
const STATES = new Set(["checkbox", "radio", "range", "color"]);
/** Types that accept no bullets, or call them invalid. */
const PICKY = new Set(["number", "date", "datetime-local", "month", "week", "time", "email", "url"]);

const SECRET_AUTOCOMPLETE = /^(cc-.*|current-password|new-password|one-time-code|transaction-.*)$/;

/** Whole words, after names are split at case changes, digits and signs. */
const SECRET_WORDS = new Set(
  `card cards cc ccn ccnum ccnumber ccname ccexp cvc cvv csc cvn cid iban bic bban pan pin pins otp totp mfa tan
   passcode passphrase passwd password passwort pass pwd secret ssn kreditkarte karte kartennummer pruefziffer
   kontonummer carte tarjeta`.split(/\s+/),
);
/** Parts that give themselves away inside a longer word. */
const SECRET_PARTS =
  /card.?n|cardcvc|cardexp|creditcard|debitcard|securitycode|verificationcode|sicherheitscode|onetime|password|passwor|iban|kreditkart|socialsecurity|accountn(o|u)|routingn/;

/** What is shown of the field's value. */
export function treatmentOf(field: Field): Treatment {
  if (field.tag === "input" && BUTTONS.has(field.type)) return "show";
  if (NEVER_SHOWN.has(field.type)) return "empty";
  if (field.password || field.type === "password") return "fixed";
  if (field.open && !isSecret(field)) return "show";
  return STATES.has(field.type) ? "empty" : "bullets";
}

/** Card data, one-time codes and the like: masked even when the page allow-lists them. */
function isSecret(field: Field): boolean {
  const tokens = field.autocomplete.toLowerCase().split(/\s+/);
  return tokens.some((token) => SECRET_AUTOCOMPLETE.test(token)) || field.names.some(namesSecret);
}

export function namesSecret(name: string): boolean {
  const words = name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-zà-ÿ]+/);
  return words.some((word) => SECRET_WORDS.has(word)) || SECRET_PARTS.test(words.join(""));
}

/** A field's value as it may leave the browser. */
export function shownValue(treatment: Treatment, value: string): string {
  switch (treatment) {
    case "show":
      return value;
    case "bullets":
      return value.replace(/[^\n]/gu, BULLET);
    case "fixed":
      return value === "" ? "" : FIXED;
    case "empty":
      return "";
  }
}

/** Text outside of fields as it may leave the browser: spaces stay, so that lines break as they do in the page. */
export function shownText(text: string): string {
  return text.replace(/\S/gu, BULLET);
}

/** The type under which a masked field is shown: one that accepts bullets. */
export function shownType(type: string): string {
  return PICKY.has(type) ? "text" : type;
}
