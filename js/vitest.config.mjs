// Shaders are text in tests too.
import { readFileSync } from "node:fs";

const texts = {
  name: "texts",
  enforce: "pre",
  load: (id) => (/\.(wgsl|glsl|vert|frag)$/.test(id) ? `export default ${JSON.stringify(readFileSync(id, "utf8"))}` : null),
};

export default { plugins: [texts] };
