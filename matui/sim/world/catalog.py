"""What can be chosen: specifications, engines and algorithms of jobs; flavors and images of notebooks."""

from __future__ import annotations

from typing import NamedTuple


class Spec(NamedTuple):
    """A node specification: ``memory`` in GB, ``most`` the maximum number of nodes of a job."""

    id: int
    core: int
    memory: int
    gpus: int
    gpu_type: str
    code: str
    most: int = 1
    sold_out: bool = False
    storage: str = ""


class SimEngine(NamedTuple):
    """A training framework in one version."""

    id: int
    type: int
    name: str
    version: str


SPECS = {
    spec.id: spec
    for spec in (
        Spec(1, 2, 8, 0, "", "modelarts.vm.cpu.2u", 2),
        Spec(2, 8, 32, 0, "", "modelarts.vm.cpu.8u", 4),
        Spec(4, 8, 64, 1, "nvidia-p100", "modelarts.vm.gpu.p100", 4),
        Spec(5, 8, 64, 1, "nvidia-v100", "modelarts.vm.gpu.v100", 4),
        Spec(6, 72, 512, 8, "nvidia-v100", "modelarts.bm.gpu.8v100NV32", 16, storage="3200GB"),
        Spec(7, 8, 32, 1, "nvidia-t4", "modelarts.vm.gpu.t4", 2, sold_out=True),
        Spec(10, 24, 96, 1, "ascend-910", "modelarts.kat1.xlarge", 1),
        Spec(11, 192, 720, 8, "ascend-910", "modelarts.kat1.8xlarge", 32, storage="3200GB"),
    )
}

ENGINES = {
    engine.id: engine
    for engine in (
        SimEngine(1, 1, "TensorFlow", "TF-1.4.0-python2.7"),
        SimEngine(3, 1, "TensorFlow", "TF-1.8.0-python2.7"),
        SimEngine(19, 1, "TensorFlow", "TF-2.1.0-python3.6"),
        SimEngine(27, 10, "PyTorch", "PyTorch-1.4.0-python3.6"),
        SimEngine(13, 2, "MXNet", "MXNet-1.2.1-python3.6"),
        SimEngine(16, 4, "Caffe", "Caffe-1.0.0-python2.7"),
        SimEngine(31, 5, "Spark_MLlib", "Spark-2.3.2-python3.6"),
        SimEngine(35, 9, "XGBoost-Sklearn", "XGBoost-0.80-Sklearn-0.18.1-python3.6"),
        SimEngine(41, 12, "Horovod", "0.16.2-TF-1.13.1-python3.6"),
        SimEngine(130, 13, "Ascend-Powered-Engine", "MindSpore-1.0-python3.7-aarch64"),
    )
}


class SimAlgorithm(NamedTuple):
    """A built-in algorithm; ``parameters`` are triples of label, default and description."""

    id: int
    name: str
    usage: int
    precision: str
    size: int
    trained_on: str
    engine: SimEngine
    created: int
    parameters: tuple[tuple[str, str, str], ...]


_LR = ("lr", "0.0001", "Learning rate")
_EPOCHS = ("num_epoch", "10", "Number of training epochs")
_BATCH = ("batch_size", "4", "Images in one update")
_CLASSES = ("num_classes", "", "Number of classes, the background counts as one")
_MX = SimEngine(501, 2, "MXNet", "MXNet-1.2.1-python2.7")
_TF = ENGINES[3]

ALGORITHMS = (
    SimAlgorithm(4, "ResNet_v2_50", 1, "75.55%(top1), 92.6%(top5)", 102503801, "ImageNet", _MX, 1522218780025,
                 (_BATCH, _LR, ("save_frequency", "1", "Save the model every N epochs"), _CLASSES, _EPOCHS)),
    SimAlgorithm(5, "Faster_RCNN_ResNet_v2_101", 2, "80.05%(mAP)", 190936449, "PASCAL VOC2007",
                 _MX, 1525313224596,
                 (_LR, ("mom", "0.9", "Momentum"), ("wd", "0.0005", "Weight decay"), _CLASSES)),
    SimAlgorithm(7, "Faster_RCNN_ResNet_v1_50", 2, "73.6%(mAP)", 136442520, "PASCAL VOC2007", _TF,
                 1528188123026, (_LR, _EPOCHS, _CLASSES)),
    SimAlgorithm(9, "SSD_VGG_16", 2, "77.2%(mAP)", 105126512, "PASCAL VOC2007", _TF, 1531108202026,
                 (_LR, _BATCH)),
    SimAlgorithm(12, "Deeplab_ResNet_v2_101", 3, "79.1%(mIoU)", 177212344, "ADE20K", _TF, 1534218780025,
                 (_LR, _EPOCHS)),
    SimAlgorithm(14, "Inception_v3", 1, "78.0%(top1), 93.9%(top5)", 95620112, "ImageNet", _TF, 1536218780025,
                 (_BATCH, _LR, _CLASSES, _EPOCHS)),
    SimAlgorithm(21, "BERT_base_zh", 4, "95.4%(ChnSentiCorp)", 411553788, "Wikipedia zh", _TF, 1575218780025,
                 (_BATCH, _LR, ("max_seq_length", "128", "Longest sentence in tokens"))),
)  # fmt: skip


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


class SimNotebookProfile(NamedTuple):
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
        SimNotebookProfile(
            "Python2", "Python2", "CPU", "mul-kernel-cpu-cp27", "multi engine, cpu, python 2.7 for notebook"
        ),
        SimNotebookProfile(
            "Python2-gpu",
            "Python2",
            "GPU",
            "mul-kernel-gpu-cuda-cp27",
            "multi engine, gpu, python 2.7 for notebook",
        ),
        SimNotebookProfile(
            "Python3", "Python3", "CPU", "mul-kernel-cpu-cp36", "multi engine, cpu, python 3.6 for notebook"
        ),
        SimNotebookProfile(
            "Python3-gpu",
            "Python3",
            "GPU",
            "mul-kernel-gpu-cuda-cp36",
            "multi engine, gpu, python 3.6 for notebook",
        ),
        SimNotebookProfile(
            "TF-2.1.0&Pytorch-1.4.0-python3.6",
            "TF-2.1.0&Pytorch-1.4.0-python3.6",
            "GPU",
            "tf2.1-pytorch1.4-gpu-cp36",
            "TensorFlow 2.1, PyTorch 1.4, gpu, python 3.6 for notebook",
        ),
        SimNotebookProfile(
            "Ascend-Powered-Engine-1.0",
            "Ascend-Powered-Engine-1.0",
            "Ascend",
            "ascend-powered-cp37",
            "TensorFlow and MindSpore on Ascend, python 3.7 for notebook",
        ),
    )
}
