import { expect, test } from "vitest";
import { type Field, namesSecret, shownText, shownType, shownValue, treatmentOf } from "./field";

const field = (change: Partial<Field>): Field => ({
  tag: "input",
  type: "text",
  autocomplete: "",
  names: [],
  password: false,
  open: false,
  ...change,
});

test.each<[string, Partial<Field>, string]>([
  ["an ordinary field", {}, "bullets"],
  ["an allow-listed field", { open: true }, "show"],
  ["a text area", { tag: "textarea", type: "textarea" }, "bullets"],
  ["a choice", { tag: "select", type: "select-one" }, "bullets"],
  ["an allow-listed choice", { tag: "select", type: "select-one", open: true }, "show"],
  ["a button's label", { type: "submit" }, "show"],
  ["a hidden field", { type: "hidden" }, "empty"],
  ["an allow-listed hidden field", { type: "hidden", open: true }, "empty"],
  ["a file's name", { type: "file", open: true }, "empty"],
  ["a box", { type: "checkbox" }, "empty"],
  ["an allow-listed box", { type: "checkbox", open: true }, "show"],
  ["a password", { type: "password" }, "fixed"],
  ["an allow-listed password", { type: "password", open: true }, "fixed"],
  ["a password made visible", { type: "text", password: true, open: true }, "fixed"],
  ["a card by autocomplete", { open: true, autocomplete: "section-a billing cc-number" }, "bullets"],
  ["a one-time code", { open: true, autocomplete: "one-time-code" }, "bullets"],
  [
    "a card's month",
    { tag: "select", type: "select-one", open: true, autocomplete: "CC-EXP-MONTH" },
    "bullets",
  ],
  ["a card by name", { open: true, names: ["cardNumber"] }, "bullets"],
  ["a password by name", { open: true, names: ["", "user_pwd"] }, "bullets"],
])("%s", (_, change, want) => {
  expect(treatmentOf(field(change))).toBe(want);
});

test.each([
  "card",
  "card-number",
  "cardnumber",
  "creditCard",
  "cc_num",
  "CVC",
  "cvv2",
  "IBAN",
  "billing[iban]",
])("%s is secret", (name) => expect(namesSecret(name)).toBe(true));
test.each([
  "securityCode",
  "otp",
  "Card number",
  "one-time code",
  "ssn",
  "kreditkartennummer",
  "card_no",
  "PIN",
])("%s is secret", (name) => expect(namesSecret(name)).toBe(true));
test.each([
  "name",
  "email",
  "discard",
  "postcode",
  "pinterest",
  "opinion",
  "company",
  "account",
  "city",
  "passenger",
])("%s is not secret", (name) => expect(namesSecret(name)).toBe(false));

test("values", () => {
  expect(shownValue("show", "abc")).toBe("abc");
  expect(shownValue("bullets", "a c\n😀")).toBe("•••\n•");
  expect(shownValue("fixed", "ab")).toBe("••••••••");
  expect(shownValue("fixed", "")).toBe("");
  expect(shownValue("empty", "abc")).toBe("");
  expect(shownText("Hi there\n")).toBe("•• •••••\n");
});

test("types", () => {
  expect(shownType("number")).toBe("text");
  expect(shownType("password")).toBe("password");
});
