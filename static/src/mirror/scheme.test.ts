import { expect, test } from "vitest";
import { schemed } from "./scheme";

test.each([
  ["p{color:red}", true, "p{color:red}"],
  ["@media (prefers-color-scheme: dark){}", true, "@media (min-width: 0px){}"],
  ["@media (prefers-color-scheme:dark){}", false, "@media (max-width: 0px){}"],
  ["@media screen and ( prefers-color-scheme : LIGHT ){}", false, "@media screen and (min-width: 0px){}"],
  [":root { color-scheme: light dark; }", true, ":root { color-scheme: dark; }"],
  [":root{color-scheme:dark light}", false, ":root{color-scheme: light}"],
  [":root{color-scheme:dark}", false, ":root{color-scheme:dark}"],
])("%s, dark %s", (css, dark, want) => expect(schemed(css, dark)).toBe(want));
