/** The geometry and the bounds of marker strokes, without the page. */

/** One more piece of a stroke, as it comes over the wire. Nothing in it is to be trusted. */
export interface StrokeUpdate {
  id: string;
  node: number;
  x: number;
  y: number;
  points: readonly (readonly [number, number])[];
}

export type StrokePoint = readonly [number, number];

export const MOST_POINTS = 2000;
const MOST_POINTS_AT_ONCE = 500;
const FARTHEST = 1_000_000;

/** What of an update can be drawn; null if it is not one. */
export function acceptUpdate(update: unknown): StrokeUpdate | null {
  if (typeof update !== "object" || update === null) return null;
  const { id, node, x, y, points } = update as Record<string, unknown>;
  if (typeof id !== "string" || id === "" || id.length > 64) return null;
  if (!Number.isSafeInteger(node) || (node as number) < 0 || !isPlace(x) || !isPlace(y)) return null;
  if (!Array.isArray(points) || points.length > MOST_POINTS_AT_ONCE || !points.every(isPoint)) return null;
  return { id, node: node as number, x, y, points };
}

function isPoint(point: unknown): point is StrokePoint {
  return Array.isArray(point) && point.length === 2 && isPlace(point[0]) && isPlace(point[1]);
}

function isPlace(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && Math.abs(value) <= FARTHEST;
}

/** A smooth SVG path through the points: curves from middle to middle, bent by each point. */
export function smoothPath(points: readonly StrokePoint[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  const last = rest.at(-1);
  if (!last) return `M${at(first)}h0.01`; // round ends make it a dot
  let path = `M${at(first)}`;
  for (let i = 0; i < rest.length - 1; i++) {
    const bend = rest[i] as StrokePoint;
    const next = rest[i + 1] as StrokePoint;
    path += `Q${at(bend)} ${at([(bend[0] + next[0]) / 2, (bend[1] + next[1]) / 2])}`;
  }
  return `${path}L${at(last)}`;
}

function at([x, y]: StrokePoint): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}

/** How opaque a stroke is at an age, of `life` in all: it fades in the last quarter, or vanishes when still. */
export function opacityAt(age: number, life: number, still: boolean): number {
  if (age >= life) return 0;
  const fading = life / 4;
  return still ? 1 : Math.min(1, (life - age) / fading);
}
