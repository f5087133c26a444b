// @vitest-environment jsdom
import { describe, expect, test } from "vitest";
import { crowd, look, sphere } from "../src/look";
import { line } from "./scenes";
import { makeStub, Observer, openView as open, resize, settle, TIMELINE, usePage } from "./views";

describe("legend and names", () => {
  usePage();

  test("the legend's widest sample is as wide as the widest artery is drawn", async () => {
    const entry = { channel: "radius", title: "volume", unit: "", scale: "log", ticks: [], unknown: false, note: "" };
    const { root, stage, feed } = await open({ _legend: [entry] });
    await settle();
    const width = () => root.querySelector(".legend polygon")!.getAttribute("points")!.split(" ").map((at) => +at.split(",")[1]);
    for (const distance of [20, 40]) {
      stage.move({ ...stage.camera, distance });
      await settle();
      const pixels = (look.radius[1] * crowd(feed.scene!.edges) * stage.size.height) / Math.tan((look.fov * Math.PI) / 360) / distance;
      expect(Math.max(...width()) - Math.min(...width())).toBeCloseTo(pixels, 1);
    }
  });
  test("in a cell that becomes small the legend folds and dates are left out that would touch", async () => {
    const dates = [100, 300, 500, 700, 900].map((t): [number, string] => [t, `Jan ${t}`]);
    const { root, stage, watcher } = await open({ _timeline: { ...TIMELINE, ticks: dates } });
    const become = async (width: number): Promise<void> => {
      resize(width);
      Observer.tell();
      watcher()!.frame(new Uint8Array(8), 0);
      await settle(300);
    };
    const shown = (): number => root.querySelectorAll(".axis span").length;
    const legend = root.querySelector<HTMLDetailsElement>(".legend")!;
    await become(900);
    expect([stage.size.width, legend.open, shown()]).toEqual([900, true, 5]);
    const near = stage.camera.distance;
    await become(150);
    expect([stage.size.width, legend.open, shown()]).toEqual([150, false, 3]);
    expect(stage.camera.distance).toBeGreaterThan(near);
  });
  test("where dates would touch, those at the ends of a scale stay", async () => {
    const dates = [0, 0.25, 0.5, 0.75, 1].map((f): [number, string] => [f, `${Math.round(1909 + 28 * f)}-06-24`]);
    const entry = { channel: "pulse", title: "recency", unit: "", scale: "rank", ticks: dates, unknown: false, note: "" };
    const { root } = await open({ _legend: [entry] });
    await settle();
    expect([...root.querySelectorAll(".legend .ticks span")].map((el) => el.textContent)).toEqual(["1909-06-24", "1937-06-24"]);
  });
  test("a name stands beside its sphere, however large that is, and on one that fills the picture", async () => {
    const { root, stage, feed } = await open();
    const { positions, sizes, edges } = feed.scene!;
    sizes.fill(255);
    stage.hub.emit("scene", feed.scene!);
    const name = root.querySelector<HTMLElement>(".labels span")!;
    for (const distance of [20, 1, 0.1]) {
      stage.move({ ...stage.camera, distance, target: [...positions.subarray(0, 3)] as [number, number, number] });
      await settle();
      const radius = (sphere(sizes[0], edges) * stage.size.height) / 2 / Math.tan((look.fov * Math.PI) / 360) / distance;
      const left = parseFloat(name.style.transform.slice("translate(".length)) - stage.size.width / 2;
      expect(left).toBeCloseTo(distance === 1 ? radius + 3 : 7, 1);
      expect(parseFloat(name.style.getPropertyValue("--x"))).toBeCloseTo(-left, 0); // the dot stays on the account
    }
  });
  test("a small picture of many accounts names the few that matter most, of few accounts all", async () => {
    for (const [accounts, expected] of [[24, 24], [25, 5]]) {
      document.body.replaceChildren();
      const { root, stage, feed } = await open();
      Object.assign(feed, { scene: { ...line(accounts, [[0, 1]]), labels: Array.from({ length: 24 }, (_, row) => ({ row, text: `name ${row}` })) } });
      stage.hub.emit("scene", feed.scene!);
      resize(300, 200);
      Observer.tell();
      await settle(300);
      const shown = [...root.querySelectorAll(".labels span:not(.away)")].map((el) => el.textContent);
      expect(shown).toEqual(Array.from({ length: expected }, (_, row) => `name ${row}`));
    }
  });
  test("the legend's ramp and ticks run from low to high, bars rise with the root of their counts", async () => {
    const entry = { channel: "color", title: "value", unit: "", scale: "log", ticks: [[0, "1"], [0.5, "10"], [1, "100"]], unknown: true, note: "" };
    const { root } = await open({ _legend: [entry] });
    await settle();
    const [first, last] = [look.colors.light[0], look.colors.light.at(-1)!];
    const ramp = root.querySelector(".ramp")!.getAttribute("style")!;
    expect(ramp.indexOf(first)).toBeGreaterThan(0);
    expect(ramp.indexOf(last)).toBeGreaterThan(ramp.indexOf(first));
    const left = [...root.querySelectorAll<HTMLElement>(".ticks span")].map((e) => [e.textContent, parseFloat(e.style.left)] as const);
    expect(left.sort((a, b) => a[1] - b[1]).map(([text]) => text)).toEqual(["1", "10", "100"]);
    const tops = root.querySelector(".timeline .track path")!.getAttribute("d")!.match(/V[\d.]+H/g);
    expect(tops).toEqual(["V18.0H", "V0.0H"]); // 1 and 4 transfers, in a chart 36 high
  });
  test("names are text, never HTML", async () => {
    const evil = ["<img src=x onerror=alert(1)>", "<script>1</script>", "<b>token</b>"];
    const { root, stage } = await open({ _legend: [{ channel: "radius", title: "<u>t</u>", unit: "<s>", scale: "log", ticks: [[0, "<em>"]], unknown: false, note: "" }] }, makeStub({ pick: async () => ({ kind: "edge", row: 0 }) }), evil);
    stage.hub.emit("hover", [10, 10]);
    stage.select({ edges: new Set([0]), accounts: new Set() });
    await settle(400);
    expect(root.querySelector(".tooltip")!.textContent).toContain("<b>token</b>");
    expect(root.querySelector(".labels")!.textContent).toContain("<b>first</b>");
    expect(root.querySelector(".legend")!.textContent).toContain("<u>t</u> (<s>)");
    expect(root.querySelector(".axis")!.textContent).toBe("<i>1970</i>");
    for (const tag of ["img:not(.poster img)", "script", "u", "s", "em", "i"]) expect(root.querySelectorAll(tag)).toHaveLength(0);
  });
});
