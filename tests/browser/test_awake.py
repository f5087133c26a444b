"""JupyterLab wakes the graphics device when a cell imports the package, not before; it sleeps with the notebook."""

from .chromium import GPU

CLOSE = "() => globalThis.jupyterapp.shell.currentWidget.close()"
# The device, and what was compiled for it from then on.
WATCH = """() => {
    globalThis.compiled = [];
    for (const kind of ['Render', 'Compute']) {
        const name = `create${kind}PipelineAsync`, make = GPUDevice.prototype[name];
        GPUDevice.prototype[name] = function (about) { compiled.push(about.label); return make.call(this, about); };
    }
}"""

# How much was compiled, once no more has been asked for in 20 animation frames.
COMPILED = """() => new Promise((done) => {
    let [last, same] = [-1, 0];
    const look = () => {
        same = compiled.length === last ? same + 1 : 0;
        last = compiled.length;
        if (same > 20) done(last);
        else requestAnimationFrame(look);
    };
    look();
})"""


def test_the_device_wakes_with_the_import_and_sleeps_with_the_notebook(lab, webgpu_browser):
    cells = ["1 + 1  # import archivit_widgets", "import json\nimport archivit_widgets as aw", "print('read')"]
    notebook = lab.open(webgpu_browser, "awake", cells)
    page = notebook.page
    page.evaluate(WATCH)
    notebook.run(0)
    assert page.evaluate(GPU) is None
    notebook.run(1)
    page.wait_for_function(f"{GPU}?.users === 1 && compiled.includes('cull') && compiled.includes('smooth')")
    before = page.evaluate(COMPILED)
    notebook.run(1)
    notebook.run(2)
    assert page.evaluate(f"{GPU}.users") == 1
    assert page.evaluate(COMPILED) == before
    notebook.save()  # or JupyterLab would ask
    page.evaluate(CLOSE)
    page.wait_for_function(f"{GPU}.users === 0 && {GPU}.opened === null")
    assert notebook.errors == []
    notebook.close()


def test_the_widget_draws_with_the_device_that_is_awake(lab, webgpu_browser):
    cells = [
        "import archivit_widgets as aw\ngraph = aw.simulate_market(400, seed=3)",
        "w = aw.Arteries(graph)\nw",
    ]
    notebook = lab.open(webgpu_browser, "drawn", cells)
    page = notebook.page
    notebook.run(0)
    page.wait_for_function(f"{GPU}?.users === 1")
    device = page.evaluate_handle(f"{GPU}.opened.then(gpu => gpu.device)")
    notebook.run(1)
    notebook.arteries(1).seen().ready()
    assert page.evaluate(f"device => {GPU}.opened.then(gpu => gpu.device === device)", device)
    assert page.evaluate(f"{GPU}.users") >= 2
    notebook.close()
