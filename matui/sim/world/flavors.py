"""Notebook flavors and profiles."""

from __future__ import annotations

from typing import NamedTuple


class Flavor(NamedTuple):
    """A notebook flavor: ``memory`` in GiB, ``gpu`` and ``ascend`` are counts."""

    name: str
    cpu: int
    memory: int
    gpu: int = 0
    gpu_type: str = ""
    ascend: int = 0
    sold_out: bool = False
    free: bool = False

    @property
    def kind(self) -> str:
        """Return the hardware type: CPU, GPU or Ascend."""
        return "Ascend" if self.ascend else "GPU" if self.gpu else "CPU"


class NotebookProfile(NamedTuple):
    """An image that notebooks start from."""

    id: str
    name: str
    kind: str
    image: str
    words: str


FLAVORS = {
    flavor.name: flavor
    for flavor in (
        Flavor("modelarts.vm.cpu.2u", 2, 8),
        Flavor("modelarts.vm.cpu.8u", 8, 32),
        Flavor("modelarts.vm.cpu.free", 2, 8, free=True),
        Flavor("modelarts.vm.gpu.free", 8, 64, 1, "v100NV32", free=True),
        Flavor("modelarts.vm.gpu.p100", 8, 64, 1, "p100"),
        Flavor("modelarts.vm.gpu.t4", 8, 32, 1, "t4", sold_out=True),
        Flavor("modelarts.bm.gpu.v100NV32", 8, 64, 1, "v100NV32"),
        Flavor("modelarts.bm.gpu.8v100NV32", 72, 512, 8, "v100NV32"),
        Flavor("modelarts.kat1.xlarge", 24, 96, ascend=1),
        Flavor("modelarts.kat1.8xlarge", 192, 720, ascend=8),
    )
}

PROFILES = {
    profile.id: profile
    for profile in (
        NotebookProfile(
            "Python2", "Python2", "CPU", "mul-kernel-cpu-cp27", "multi engine, cpu, python 2.7 for notebook"
        ),
        NotebookProfile(
            "Python2-gpu",
            "Python2",
            "GPU",
            "mul-kernel-gpu-cuda-cp27",
            "multi engine, gpu, python 2.7 for notebook",
        ),
        NotebookProfile(
            "Python3", "Python3", "CPU", "mul-kernel-cpu-cp36", "multi engine, cpu, python 3.6 for notebook"
        ),
        NotebookProfile(
            "Python3-gpu",
            "Python3",
            "GPU",
            "mul-kernel-gpu-cuda-cp36",
            "multi engine, gpu, python 3.6 for notebook",
        ),
        NotebookProfile(
            "TF-2.1.0&Pytorch-1.4.0-python3.6",
            "TF-2.1.0&Pytorch-1.4.0-python3.6",
            "GPU",
            "tf2.1-pytorch1.4-gpu-cp36",
            "TensorFlow 2.1, PyTorch 1.4, gpu, python 3.6 for notebook",
        ),
        NotebookProfile(
            "Ascend-Powered-Engine-1.0",
            "Ascend-Powered-Engine-1.0",
            "Ascend",
            "ascend-powered-cp37",
            "TensorFlow and MindSpore on Ascend, python 3.7 for notebook",
        ),
    )
}
