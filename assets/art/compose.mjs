/** Tone-on-tone flags, one a department: real shapes of signal flags, white at 42% over the field. */
const FLAGS = {
  saltire: "M0 0h70l330 330v70h-70L0 70zM400 0v70L70 400H0v-70L330 0z",
  stripes: "M140 0h70l-210 210v-70zM280 0h70L0 350v-70zM400 20v70L90 400H20zM400 160v70L230 400h-70zM400 300v70l-30 30h-70z",
  quarters: "M0 0h200v200H0zM200 200h200v200H200z",
  square: "M0 0h400v400H0zM100 100v200h200V100z",
  disc: "M200 56a140 140 0 1 1 0 280 140 140 0 0 1 0-280",
  halves: "M0 0 400 400H0z",
  cross: "M150 0h100v150h150v100H250v150H150V250H0V150h150z",
  chevron: "M0 0 200 200 0 400z",
  border: "M0 0h400v400H0zM60 60v280h280V60z",
  bars: "M0 0h400v80H0zM0 160h400v80H0zM0 320h400v80H0z",
};

const n = (value) => String(Math.round(value * 10) / 10);

function frame(field, glyph, body) {
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400"><defs>' +
    `<radialGradient id="_f" cx=".5" cy=".42" r=".75"><stop stop-color="${field.inner}"/><stop offset="1" stop-color="${field.outer}"/></radialGradient>` +
    '<radialGradient id="_s"><stop stop-color="#0b2540" stop-opacity=".34"/><stop offset="1" stop-color="#0b2540" stop-opacity="0"/></radialGradient>' +
    `<g id="_g">${glyph}</g></defs><path fill="url(#_f)" d="M0 0h400v400H0z"/>` +
    `<path fill="#fff" d="${FLAGS[field.flag]}" opacity=".42"/>${body}</svg>`
  );
}

const shadow = (x, y, rx) => `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx)}" ry="${n(Math.max(10, rx * 0.15))}" fill="url(#_s)"/>`;

/** The glyph so that the middle of its painted box lies on (x, y). */
function place(box, x, y, scale, tilt = 0) {
  const [cx, cy] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  const turn = tilt ? `rotate(${tilt})` : "";
  return `<use href="#_g" transform="translate(${n(x)} ${n(y)})${turn}scale(${scale.toFixed(3)})translate(${n(-cx)} ${n(-cy)})"/>`;
}

/** Width and height of a glyph in units of its own square, never 0. */
const extent = (box) => [Math.max(8, box[2] - box[0]), Math.max(8, box[3] - box[1])];

/** One object (or the shadow under it first) standing on the ground line of its own box. */
function standing(box, x, y, side, tilt = 0) {
  const [w, h] = extent(box);
  const scale = side / 128;
  return [shadow(x, y + (h * scale) / 2 + side * 0.02, (w * scale) / 2 * 1.04), place(box, x, y, scale, tilt)];
}

function front(glyph) {
  const [w, h] = extent(glyph.box);
  const side = 248 * Math.min(1.12, 124 / Math.max(w, h));
  if (glyph.group === "threes") return threes(glyph, 208);
  if (glyph.group === "twos") return twos(glyph, 212);
  return standing(glyph.box, 200, 198, side, glyph.tilt).join("");
}

function threes({ box }, side) {
  const back = side * 0.78;
  const parts = [standing(box, 116, 180, back, -12), standing(box, 286, 180, back, 12), standing(box, 200, 214, side)];
  return parts.map((part) => part[0]).join("") + parts.map((part) => part[1]).join("");
}

function twos({ box }, side) {
  const parts = [standing(box, 144, 188, side * 0.88, -9), standing(box, 252, 204, side, 7)];
  return parts.map((part) => part[0]).join("") + parts.map((part) => part[1]).join("");
}

function close({ box }) {
  const [w, h] = extent(box);
  const scale = Math.max(560 / 128, Math.min(520 / Math.min(w, h), 6.5));
  return place(box, 200, 220, scale, -6);
}

function size({ box }) {
  const scale = 215 / 128;
  const [w, h] = extent(box).map((length) => (length * scale) / 2);
  const [cx, cy] = [208, 196];
  const [left, foot] = [cx - w - 24, cy + h + 30];
  const rulers =
    `M${n(left)} ${n(cy - h)}v${n(2 * h)}m-8 0h16m-16 ${n(-2 * h)}h16` +
    `M${n(cx - w)} ${n(foot)}h${n(2 * w)}m0-8v16m${n(-2 * w)}-16v16`;
  return `${standing(box, cx, cy, 215).join("")}<path fill="none" stroke="#0b2540" stroke-width="2.5" d="${rulers}"/>`;
}

function pair({ box }) {
  const parts = [standing(box, 140, 196, 190, -10), standing(box, 258, 214, 220, 6)];
  return parts.map((part) => part[0]).join("") + parts.map((part) => part[1]).join("");
}

/** The four views of a glyph on its field: suffix of the file name and the picture. */
export function views(field, glyph, markup) {
  return [
    ["", frame(field, markup, front(glyph))],
    ["-close", frame(field, markup, close(glyph))],
    ["-size", frame(field, markup, size(glyph))],
    ["-pair", frame(field, markup, pair(glyph))],
  ];
}
