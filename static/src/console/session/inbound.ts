import type { MarkerPayload, PointerPayload } from "../../wire/payload";

/** Readers of payloads that other people's browsers made up. */

const mostPoints = 2000;

/** A tab's own mouse; null when the payload is none. */
export function parsePointer(payload: unknown): PointerPayload | null {
  if (typeof payload !== "object" || payload === null) return null;
  const { on, x, y, down } = payload as Record<string, unknown>;
  if (on !== undefined || !isCoordinate(x) || !isCoordinate(y)) return null;
  return { x, y, down: down === true };
}

/** A part of a stroke; null when the payload is none. */
export function parseStroke(payload: unknown): MarkerPayload | null {
  if (typeof payload !== "object" || payload === null) return null;
  const { on, id, tool, node, x, y, points, done } = payload as Record<string, unknown>;
  if (!isNumber(on) || !isNumber(node) || tool !== "pen") return null;
  if (typeof id !== "string" || id === "" || id.length > 64) return null;
  if (!isCoordinate(x) || !isCoordinate(y) || !Array.isArray(points) || points.length > mostPoints)
    return null;
  if (!points.every(isPoint)) return null;
  return { on, id, tool, node, x, y, points, done: done === true };
}

function isPoint(point: unknown): point is [number, number] {
  return Array.isArray(point) && point.length === 2 && point.every(isCoordinate);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isCoordinate(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) < 1e7;
}
