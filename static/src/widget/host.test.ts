import { expect, it } from "vitest";
import { HOST_CLASS } from "../mirror/attributes";
import { hostClass } from "./host";

it("has the class that the capture leaves out", () => {
  expect(hostClass).toBe(HOST_CLASS);
});
