// Bundles the page's half into archivit_widgets/static/arteries.js: one ES module, shaders and styles inside as text.
import { context, build } from "esbuild";

const options = {
  entryPoints: ["src/widget.ts"],
  outfile: "../archivit_widgets/static/arteries.js",
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: !process.argv.includes("--watch"),
  legalComments: "none",
  loader: { ".wgsl": "text", ".vert": "text", ".frag": "text", ".glsl": "text", ".css": "text" },
  define: { "define.amd": "false" },
  logLevel: "info",
};

if (process.argv.includes("--watch")) await (await context(options)).watch();
else await build(options);
