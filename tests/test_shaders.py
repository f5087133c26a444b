"""The shaders compile outside a browser too: wgpu's naga is stricter than, and different from, Chromium's Tint."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import wgpu

SHADERS = Path(__file__).parent.parent / "shaders"
PROGRAMS = json.loads((SHADERS / "programs.json").read_text())


def text_of(piece):
    return (SHADERS / f"{piece}.wgsl").read_text()


@pytest.fixture(scope="module")
def device():
    """A device of whatever adapter this machine has, with the default limits and no features."""
    adapters = wgpu.gpu.enumerate_adapters_sync()
    if not adapters:
        pytest.fail("this machine has no Vulkan adapter, not even a software one: install mesa-vulkan-drivers")
    return adapters[0].request_device_sync()


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_compiles(device, name):
    device.create_shader_module(label=name, code="\n".join(text_of(piece) for piece in PROGRAMS[name]))


def test_a_broken_program_does_not_compile(device):
    with pytest.raises(wgpu.GPUError):
        device.create_shader_module(code="fn broken() -> f32 { return 1u; }")


def test_every_shader_is_used():
    used = {piece for pieces in PROGRAMS.values() for piece in pieces}
    assert used == {path.stem for path in SHADERS.glob("*.wgsl")}


def test_no_shader_needs_a_feature():
    for path in SHADERS.glob("*.wgsl"):
        assert not re.search(r"^\s*(enable|requires)\b|\bf16\b\s*[,;)]", path.read_text(), re.MULTILINE), path.name


def test_the_view_is_as_long_as_the_page_writes_it(device):
    """`View` in view.wgsl and VIEW_BYTES in view.ts: 16-byte rows, in the order that packView writes."""
    body = re.search(r"struct View \{(.*?)\n\}", text_of("view"), re.DOTALL)[1]
    sizes = {
        "mat4x4f": (16, 16),
        "vec3f": (3, 4),
        "vec2f": (2, 2),
        "f32": (1, 1),
        "u32": (1, 1),
        "array<vec4f, 8>": (32, 4),
    }
    at = 0
    for kind in re.findall(r"^\s*\w+: ([^,\n]+(?:<[^>]+>)?),", body, re.MULTILINE):
        kind = "array<vec4f, 8>" if kind.startswith("array") else kind
        size, align = sizes[kind]
        at = -(-at // align) * align + size
    stated = int(re.search(r"VIEW_BYTES = (\d+)", (SHADERS.parent / "js/src/webgpu/view.ts").read_text())[1])
    assert 4 * at == stated
