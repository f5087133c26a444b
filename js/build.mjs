// Bundles the page's half into archivit_widgets/static/arteries.js: one ES module, shaders and styles inside as text.
// And JupyterLab's two, the extension and what it loads to wake the graphics device, into labextension/static/.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { build, context, transform } from "esbuild";

const watch = process.argv.includes("--watch");

/** Every byte of the bundle travels with each display, so texts lose comments and indentation; lines stay, for GLSL's #. */
const texts = {
  name: "texts",
  setup({ onLoad }) {
    onLoad({ filter: /\.(wgsl|glsl|vert|frag)$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const bare = text.replace(/\/\*[^]*?\*\/|\/\/.*/g, "").replace(/^\s+|[ \t]+$/gm, "");
      return { contents: watch ? text : bare, loader: "text" };
    });
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: !watch });
      return { contents: code, loader: "text" };
    });
  },
};

/** Of all that the bundles are made from: copies that differ share nothing on a page but its device, see src/shared.ts. */
async function buildOf() {
  const hash = createHash("sha256").update(await readFile("../archivit_widgets/frames/look.json"));
  for (const folder of ["src", "../shaders"]) {
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
    for (const path of files.map(({ parentPath, path, name }) => `${parentPath ?? path}/${name}`).sort()) hash.update(await readFile(path));
  }
  return hash.digest("hex").slice(0, 12);
}

const common = {
  bundle: true,
  target: "es2022",
  minify: !watch,
  legalComments: "none",
  plugins: [texts],
  define: watch ? {} : { BUILD: JSON.stringify(await buildOf()) },
  logLevel: "info",
};

const outputs = [
  { entryPoints: ["src/widget.ts"], outfile: "../archivit_widgets/static/arteries.js", format: "esm" },
  { entryPoints: ["src/lab/extension.ts"], outfile: "../labextension/static/extension.js", format: "iife" },
  { entryPoints: ["src/lab/wake.ts"], outfile: "../labextension/static/wake.js", format: "esm" },
];

for (const output of outputs) {
  const options = { ...common, ...output };
  if (watch) await (await context(options)).watch();
  else await build(options);
}
