// Bundles the page's half into archivit_widgets/static/arteries.js: one ES module, shaders and styles inside as text.
import { readFile } from "node:fs/promises";
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

const options = {
  entryPoints: ["src/widget.ts"],
  outfile: "../archivit_widgets/static/arteries.js",
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: !watch,
  legalComments: "none",
  plugins: [texts],
  define: { "define.amd": "false" },
  logLevel: "info",
};

if (watch) await (await context(options)).watch();
else await build(options);
