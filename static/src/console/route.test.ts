import { describe, expect, it } from "vitest";
import { hrefOf, parseRoute, type Route } from "./route";

describe("routes", () => {
  it.each<[string, Route]>([
    ["", { name: "active" }],
    ["#/", { name: "active" }],
    ["#/active", { name: "active" }],
    ["#/nonsense/1", { name: "active" }],
    ["#/history", { name: "history" }],
    ["#/lead/L1", { name: "lead", lead: "L1" }],
    ["#/lead/", { name: "active" }],
    ["#/lead/%E0%A4%A", { name: "active" }],
    ["#/session/S1?lead=L1", { name: "session", session: "S1", lead: "L1" }],
    ["#/session/S1", { name: "session", session: "S1", lead: "" }],
    ["#/session", { name: "active" }],
  ])("reads %s", (hash, route) => {
    expect(parseRoute(hash)).toEqual(route);
  });

  it.each<Route>([
    { name: "active" },
    { name: "history" },
    { name: "lead", lead: "a/b?c#d e" },
    { name: "session", session: "a&b", lead: "c=d&e" },
    { name: "session", session: "s", lead: "" },
  ])("reads back what it wrote: %j", (route) => {
    expect(parseRoute(hrefOf(route))).toEqual(route);
  });
});
