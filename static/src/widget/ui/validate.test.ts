import { describe, expect, it } from "vitest";
import { text } from "../text";
import type { Draft } from "../visit";
import { serverErrors, validate } from "./validate";

const empty: Draft = { name: "", email: "", phone: "", topic: "", message: "" };
const { missing, wrong } = text.form;

describe("a request", () => {
  it("needs what the site requires", () => {
    const ask = { name: "required", email: "required", phone: "required" } as const;
    expect(validate({ ...empty, name: "  " }, ask)).toEqual(missing);
    expect(validate({ ...empty, name: "A", email: "a@b.co", phone: "+44 20 7946" }, ask)).toEqual({});
  });

  it("needs nothing that is optional", () => {
    expect(validate(empty, { name: "optional", email: "optional", phone: "optional" })).toEqual({});
  });

  it.each(["a", "a@", "a@b", "@b.co", "a b@c.co", "a@b."])("does not take %j as an address", (email) => {
    const ask = { name: "hidden", email: "optional", phone: "hidden" } as const;
    expect(validate({ ...empty, email }, ask)).toEqual({ email: wrong.email });
  });

  it("does not take words for a phone number", () => {
    const ask = { name: "hidden", email: "hidden", phone: "optional" } as const;
    expect(validate({ ...empty, phone: "later" }, ask)).toEqual({ phone: wrong.phone });
  });

  it("does not judge what is hidden", () => {
    const ask = { name: "hidden", email: "hidden", phone: "hidden" } as const;
    expect(validate({ ...empty, email: "x", phone: "x" }, ask)).toEqual({});
  });
});

it("puts the server's complaints at their fields, in words for people", () => {
  expect(
    serverErrors({ email: "expected RFC 5322", message: "expected length <= 4000", other: "x" }, empty),
  ).toEqual({
    email: wrong.email,
    message: wrong.other,
  });
});
