/**
 * Draws every picture of the shop from recipe.json: glyph of the kind, in the product's colour, on its department's field.
 * Deterministic: the same recipe and the same glyph package give the same bytes.
 */
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { optimize } from "svgo";
import { recolour, toHex } from "./colour.mjs";
import { views } from "./compose.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, "../../src/argosy/storefront/static/art");
const LIST = join(HERE, "../../data/glyphs.csv");

const json = (path) => JSON.parse(readFileSync(path, "utf8"));

/** Colour names are written as fills would be, so that recolouring sees them; ids stay inside a..z, ours start with _. */
const SHRINK = {
  multipass: true,
  floatPrecision: 1,
  plugins: [
    {
      name: "preset-default",
      params: { overrides: { convertColors: false, convertTransform: { floatPrecision: 2 }, mergePaths: { floatPrecision: 1 } } },
    },
  ],
};

function markupOf(name, glyph, noto) {
  const whole = glyph.own
    ? readFileSync(join(HERE, "own", `${name}.svg`), "utf8")
    : `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 128">${noto.icons[name].body}</svg>`;
  const { data } = optimize(whole, SHRINK);
  return data.replace(/^<svg[^>]*>|<\/svg>\s*$/g, "");
}

/** Stops the build when the list other parts read (data/glyphs.csv) no longer agrees with the recipe. */
function checkList(glyphs) {
  const listed = readFileSync(LIST, "utf8").trim().split("\n").slice(1).sort();
  const drawn = Object.entries(glyphs).map(([name, g]) => `${name},${g.field},${g.recolour ? "yes" : "no"}`).sort();
  const odd = [...listed.filter((row) => !drawn.includes(row)), ...drawn.filter((row) => !listed.includes(row))];
  if (odd.length > 0) throw new Error(`data/glyphs.csv and art/recipe.json disagree: ${odd.join("; ")}`);
}

function main() {
  const recipe = json(join(HERE, "recipe.json"));
  const noto = json(createRequire(import.meta.url).resolve("@iconify-json/noto/icons.json"));
  checkList(recipe.glyphs);
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  const index = {};
  const hash = createHash("sha256");
  let [files, bytes] = [0, 0];
  for (const [name, glyph] of Object.entries(recipe.glyphs)) {
    const markup = markupOf(name, glyph, noto);
    const field = recipe.fields[glyph.field];
    const colours = glyph.recolour ? Object.keys(recipe.colours) : [];
    const looks = [[name, markup], ...colours.map((code) => [`${name}-${code}`, recolour(markup, glyph.recolour, recipe.colours[code].hsl)])];
    for (const [stem, coloured] of looks) {
      for (const [suffix, picture] of views(field, glyph, coloured)) {
        writeFileSync(join(OUT, `${stem}${suffix}.svg`), picture);
        hash.update(picture);
        files += 1;
        bytes += picture.length;
      }
    }
    index[name] = { field: glyph.field, colours, label: glyph.label };
  }
  const swatches = Object.fromEntries(Object.entries(recipe.colours).map(([code, { name, hsl }]) => [code, { name, hex: toHex(hsl) }]));
  writeFileSync(join(OUT, "index.json"), JSON.stringify(index));
  writeFileSync(join(OUT, "colours.json"), JSON.stringify(swatches));
  // Names of pictures carry no hash; addresses add ?v= with this, so they may be cached for ever.
  writeFileSync(join(OUT, "version.txt"), hash.digest("hex").slice(0, 10));
  for (const text of ["NOTICE.md", "LICENSE.noto-emoji.txt"]) copyFileSync(join(HERE, text), join(OUT, text));
  console.log(`pictures: ${files} files, ${(bytes / 1e6).toFixed(1)} MB`);
}

main();
