/** Hex fill to [hue 0-360, saturation 0-1, lightness 0-1]. */
export function toHsl(hex) {
  const full = hex.length === 4 ? hex.replace(/[0-9a-f]/gi, "$&$&") : hex;
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(full.slice(at, at + 2), 16) / 255);
  const high = Math.max(r, g, b);
  const low = Math.min(r, g, b);
  const lightness = (high + low) / 2;
  const spread = high - low;
  if (spread === 0) return [0, 0, lightness];
  const saturation = spread / (1 - Math.abs(2 * lightness - 1));
  const sector = high === r ? ((g - b) / spread + 6) % 6 : high === g ? (b - r) / spread + 2 : (r - g) / spread + 4;
  return [sector * 60, saturation, lightness];
}

/** [hue, saturation, lightness] to a lower-case hex fill. */
export function toHex([hue, saturation, lightness]) {
  const chroma = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n) => {
    const k = (n + hue / 30) % 12;
    const value = lightness - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(value * 255).toString(16).padStart(2, "0");
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const within = (hue, [from, to]) => (from <= to ? hue >= from && hue <= to : hue >= from || hue <= to);

/** Whether a fill is part of what takes the product's colour. */
function takes(hex, [hue, saturation], rule) {
  if (rule.fills) return rule.fills.includes(hex);
  return saturation >= (rule.min_saturation ?? 0.2) && within(hue, rule.hues);
}

/**
 * A glyph's markup in a target colour. Highlights and shades keep their distance to the reference lightness,
 * a little less of it for black, so folds stay visible; fills outside the rule stay as they are.
 */
export function recolour(markup, rule, [hue, saturation, lightness]) {
  const depth = lightness < 0.24 ? 0.55 : 0.62;
  return markup.replace(/((?:fill|stroke|stop-color)=")(#[0-9a-f]{3,6})"/gi, (whole, attribute, hex) => {
    const own = toHsl(hex);
    if (!takes(hex.toLowerCase(), own, rule)) return whole;
    const shifted = lightness + depth * (own[2] - rule.reference_lightness);
    const strength = rule.fills ? saturation : saturation * (0.75 + 0.25 * own[1]);
    return `${attribute}${toHex([hue, strength, clamp(shifted, 0.06, 0.97)])}"`;
  });
}
