import { expect, it } from "vitest";
import { pageAddress } from "./page-state";

it.each([
  ["https://shop.test/cart?token=1#pay", "https://shop.test/cart"],
  ["https://me:secret@shop.test:8443/", "https://shop.test:8443/"],
  ["http://localhost:8080/demo/", "http://localhost:8080/demo/"],
  ["not an address", ""],
])("the address of %s is %s", (href, want) => {
  expect(pageAddress(href)).toBe(want);
});
