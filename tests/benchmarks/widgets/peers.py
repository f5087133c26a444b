"""The widgets: what each needs, how it is shown, and how one channel of all its edges is changed.

Cells find ``source``, ``target``, ``weight``, ``position`` as arrays, and two colourings of the edges.
"""

from dataclasses import dataclass

SETUP = """
import itertools, json, time
import numpy as np
with np.load("{graph}.npz") as stored:
    source, target, weight, position = (stored[name] for name in ("source", "target", "weight", "position"))
degree = np.bincount(np.r_[source, target], minlength=len(position)).astype("float32")

def ramp(low, high):
    t = np.sqrt(weight)[:, None]
    r, g, b = (np.array(low) * (1 - t) + np.array(high) * t).astype("uint32").T
    return r << 16 | g << 8 | b

blue, red = ramp((20, 40, 160), (20, 190, 190)), ramp((170, 20, 40), (250, 160, 20))
moments, turn = {{}}, itertools.cycle([0, 1])
"""


@dataclass(frozen=True)
class Peer:
    """One widget."""

    name: str
    package: str
    draws: str
    setup: str
    display: str
    update: str | None = None
    updated: str = "none: the widget has to be made again"
    bundle: tuple[str, ...] = ()  # its JavaScript, relative to site-packages
    ready: str | None = None  # a picture counts only once this is in the page


FLOOR = """
export default { render({ model, el }) {
  const canvas = document.createElement("canvas"); canvas.width = 1108; canvas.height = 480; el.append(canvas);
  const gl = canvas.getContext("webgl2", { preserveDrawingBuffer: true }); let down = false, shift = 0;
  const fill = (...color) => { gl.clearColor(...color, 1); gl.clear(gl.COLOR_BUFFER_BIT); };
  const box = (x, y, w, h, ...color) => { gl.scissor(x, y, w, h); fill(...color); };
  const draw = () => {
    gl.drawArrays(gl.POINTS, 0, 0); gl.disable(gl.SCISSOR_TEST); fill(1, 1, 1);
    gl.enable(gl.SCISSOR_TEST); const k = model.get("k");
    for (let i = 0; i < 4; i++) box(300 + i * 120 + shift % 60, 180, 80, 120, k, i / 4, 1 - k);
  };
  canvas.onpointerdown = () => { down = true; }; onpointerup = () => { down = false; };
  canvas.onpointermove = () => { if (down) requestAnimationFrame(() => { shift += 3; draw(); }); };
  model.on("change:k", draw); requestAnimationFrame(draw);
} };
"""

PEERS = {
    "floor": Peer(
        name="(floor: 4 rectangles)",
        package="anywidget",
        draws="nothing of the data",
        setup=f"""
import anywidget, traitlets

class Floor(anywidget.AnyWidget):
    _esm = {FLOOR!r}
    k = traitlets.Float(0.1).tag(sync=True)
""",
        display="w = Floor()\ndisplay(w)",
        update="w.k = (0.9, 0.1)[next(turn)]",
        updated="one number",
    ),
    "archivit": Peer(
        name="archivit_widgets",
        package="archivit_widgets",
        draws="3D, shaded curved arteries",
        setup="""
import pandas as pd
import archivit_widgets as aw
row = np.arange(len(source))
record = {"source": source, "target": target, "token": row, "time": 1_600_000_000 + row, "value": weight}
graph = aw.read_transfers(pd.DataFrame(record))
positions = position[graph.accounts["account"].astype(int).to_numpy()]
""",
        display="w = aw.Arteries(graph, positions=positions, height=480, clock=0.0, turn=False)\ndisplay(w)",
        update="""
widths = np.linspace(1, 0, len(graph.edges), dtype="float32")
w.push({"radius": (widths, 1 - widths)[next(turn)]})
""",
        updated="width of every edge",
        bundle=("archivit_widgets/static/*.js",),
        ready=".archivit-arteries[data-state=ready][data-backend^=webg]",
    ),
    "k3d": Peer(
        name="K3D (thick)",
        package="k3d",
        draws="3D, straight ribbons",
        setup="import k3d",
        display="""
ends = np.stack([position[source], position[target]], 1).reshape(-1, 3).astype("float32")
pairs = np.arange(len(ends), dtype="uint32").reshape(-1, 2)
lines = k3d.lines(ends, pairs, indices_type="segment", colors=np.repeat(blue, 2), width=0.004, shader="thick")
w = k3d.plot(grid_visible=False, height=480)
w += lines
w.display()
""",
        update="lines.colors = np.repeat((red, blue)[next(turn)], 2)",
        updated="colour of every edge",
        bundle=("k3d/static/widget.mjs",),
    ),
    "ipysigma": Peer(
        name="ipysigma",
        package="ipysigma",
        draws="2D, straight lines",
        setup="import networkx as nx\nfrom ipysigma import Sigma",
        display="""
places = {k: {"x": float(p[0]), "y": float(p[1])} for k, p in enumerate(position)}
G = nx.DiGraph()
G.add_nodes_from(places.items())
G.add_edges_from((int(a), int(b), {"color": "#%06x" % c}) for a, b, c in zip(source, target, blue))
w = Sigma(G, height=480, layout=places, raw_edge_color="color", default_node_size=2, start_layout=False)
display(w)
""",
        bundle=("../../../share/jupyter/labextensions/ipysigma/static/*.js",),
    ),
    "jscatter": Peer(
        name="jupyter-scatter",
        package="jscatter",
        draws="2D, nodes only",
        setup="import pandas as pd, jscatter",
        display="""
table = pd.DataFrame({"x": position[:, 0], "y": position[:, 1], "a": degree, "b": degree[::-1]})
w = jscatter.Scatter(data=table, x="x", y="y", height=480)
w.color(by="a", map="viridis").size(default=4)
display(w.show())
""",
        update="w.color(**({'by': 'b', 'map': 'magma'}, {'by': 'a', 'map': 'viridis'})[next(turn)])",
        updated="colour of every node",
        bundle=("jscatter/bundle.js",),
    ),
}


def cells(peer, graph):
    """Cells of the notebook: setup, timed update, the moments as JSON, display."""
    return [
        SETUP.format(graph=graph) + peer.setup,
        f"moments['update called'] = time.time()\n{(peer.update or '').strip()}",
        "print(json.dumps(moments))",
        peer.display.strip(),
    ]
