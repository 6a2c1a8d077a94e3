const POINTS = 120;
const MARGIN = { left: 46, right: 18, top: 20, bottom: 34 };

/**
 * Each with its heat from 0 to 1, the custom property of its colour, and where along its curve, on which
 * side and how far below, its name has room.
 *
 * @type {ReadonlyArray<Tea>}
 * @typedef {{name: string, heat: number, colour: string, at: number, align: "left" | "right", below: number}} Tea
 */
const TEAS = [
  { name: "Black, 100°", heat: 1, colour: "--copper", at: 0.3, align: "right", below: -8 },
  { name: "Oolong, 88°", heat: 0.4, colour: "--accent", at: 0.62, align: "left", below: 26 },
  { name: "Green, 70°", heat: 0, colour: "--leaf", at: 0.62, align: "left", below: 26 },
];

/** How much of the leaf is in the water after some minutes at a heat of 0 to 1: a saturating curve. */
function strength(/** @type {number} */ minutes, /** @type {number} */ heat) {
  return 1 - Math.exp(-minutes * (0.16 + heat * 0.42));
}

/**
 * Draws how three teas give themselves to the water, in the page's own colours, as sharp as the screen.
 *
 * @param {HTMLCanvasElement} canvas
 */
export function drawBrewChart(canvas) {
  const context = canvas.getContext("2d");
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!context || width === 0) return;
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  context.scale(scale, scale);
  const style = getComputedStyle(canvas);
  /** @type {(name: string) => string} */
  const colour = (name) => style.getPropertyValue(name).trim();
  const area = { width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom };
  context.font = `13px ${style.fontFamily}`;
  drawGrid(context, area, colour("--line"), colour("--ink-soft"));
  for (const tea of TEAS) drawCurve(context, area, tea, colour(tea.colour));
}

/** @typedef {{width: number, height: number}} Area */

/** @type {(context: CanvasRenderingContext2D, area: Area, line: string, ink: string) => void} */
function drawGrid(context, area, line, ink) {
  context.strokeStyle = line;
  context.fillStyle = ink;
  context.lineWidth = 1;
  for (let step = 0; step <= 4; step += 1) {
    const y = Math.round(MARGIN.top + area.height * (1 - step / 4)) + 0.5;
    context.beginPath();
    context.moveTo(MARGIN.left, y);
    context.lineTo(MARGIN.left + area.width, y);
    context.stroke();
    context.textAlign = "right";
    context.fillText(`${step * 25}%`, MARGIN.left - 8, y + 4);
  }
  context.textAlign = "center";
  for (let minute = 0; minute <= 6; minute += 1) {
    const text = minute === 6 ? "6 min" : String(minute);
    context.fillText(
      text,
      MARGIN.left + (area.width * minute) / 6 - (minute === 6 ? 8 : 0),
      MARGIN.top + area.height + 22,
    );
  }
}

/** @type {(context: CanvasRenderingContext2D, area: Area, tea: Tea, colour: string) => void} */
function drawCurve(context, area, tea, colour) {
  /** @type {(part: number) => [number, number]} */
  const at = (part) => [
    MARGIN.left + area.width * part,
    MARGIN.top + area.height * (1 - strength(part * 6, tea.heat)),
  ];
  context.beginPath();
  for (let point = 0; point <= POINTS; point += 1) context.lineTo(...at(point / POINTS));
  context.strokeStyle = colour;
  context.lineWidth = 3.5;
  context.lineCap = "round";
  context.stroke();
  const [x, y] = at(tea.at);
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, 5.5, 0, Math.PI * 2);
  context.fill();
  context.textAlign = tea.align;
  context.fillText(tea.name, tea.align === "left" ? x : x - 10, y + tea.below);
}
