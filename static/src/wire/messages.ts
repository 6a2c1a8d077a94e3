/** The server's types by name: HTTP API and socket messages, generated from Go. */

import type { components } from "./api.gen";

type Schemas = components["schemas"];

export type Hello = Schemas["Hello"];
export type Signal = Schemas["Signal"];
export type Position = Schemas["Position"];
export type ClientMessage = Schemas["ClientMessage"];

export type Welcome = Schemas["Welcome"];
export type DeskState = Schemas["DeskState"];
export type DeskLead = Schemas["DeskLead"];
export type DeskMe = Schemas["DeskMe"];
export type LeadStatus = Schemas["LeadStatus"];
export type Joined = Schemas["Joined"];
export type Policy = Schemas["Policy"];
export type Presence = Schemas["Presence"];
export type SourcePresence = Schemas["SourcePresence"];
export type Failure = Schemas["Failure"];
export type ServerMessage = Schemas["ServerMessage"];

export type UserView = Schemas["UserView"];
export type LeadView = Schemas["LeadView"];
export type LeadState = LeadView["state"];
export type LeadPage = Schemas["LeadPage"];
export type LeadStory = Schemas["LeadStory"];
export type EntryView = Schemas["EntryView"];
export type SiteView = Schemas["SiteView"];
export type NewLead = Schemas["NewLead"];
export type LeadCreated = Schemas["LeadCreated"];
export type Remarks = Schemas["Remarks"];

/** The protocol version that this code speaks. */
export const version = 1;

/** A message from the server, or null for what is none: unknown types pass, to be ignored by whoever looks. */
export function parseMessage(text: string): ServerMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || !("type" in value)) return null;
  return typeof value.type === "string" ? (value as ServerMessage) : null;
}
