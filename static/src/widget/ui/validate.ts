import type { SiteView } from "../../wire/messages";
import { text } from "../text";
import type { Draft } from "../visit";

export type FieldErrors = Partial<Record<keyof Draft, string>>;

/** What keeps the request from being sent, by field. The server decides; this saves a trip. */
export function validate(draft: Draft, ask: SiteView["ask"]): FieldErrors {
  const errors: FieldErrors = {};
  for (const name of ["name", "email", "phone"] as const) {
    if (ask[name] === "required" && draft[name].trim() === "") errors[name] = text.form.missing[name];
  }
  const email = draft.email.trim();
  if (!errors.email && ask.email !== "hidden" && email && !/^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(email)) {
    errors.email = text.form.wrong.email;
  }
  const phone = draft.phone.trim();
  if (!errors.phone && ask.phone !== "hidden" && phone && (phone.match(/\d/g)?.length ?? 0) < 3) {
    errors.phone = text.form.wrong.phone;
  }
  return errors;
}

/** The server's complaints, for the fields that the form has. */
export function serverErrors(fields: Readonly<Record<string, string>>, draft: Draft): FieldErrors {
  const errors: FieldErrors = {};
  for (const name of Object.keys(fields)) {
    if (!(name in draft)) continue;
    const known = name === "email" || name === "phone" ? text.form.wrong[name] : text.form.wrong.other;
    errors[name as keyof Draft] = known;
  }
  return errors;
}
