"""The words that logs use for signals, with what they mean."""

from __future__ import annotations

from typing import NamedTuple


class WordMeaning(NamedTuple):
    """The name of a signal, its unit where the log gives none, and what its number is multiplied with."""

    name: str
    unit: str = ""
    scale: float = 1.0
    inverse: bool = False


_LOSS = WordMeaning("loss")
_EVAL_LOSS = WordMeaning("eval_loss")
_RATE = WordMeaning("learning_rate")
_GRAD = WordMeaning("grad_norm")
_SCALE = WordMeaning("loss_scale")
_SECONDS = WordMeaning("step_time", "s")
_MILLISECONDS = WordMeaning("step_time", "s", 0.001)
_STEPS_PER_SECOND = WordMeaning("step_time", "s", inverse=True)
ACCURACY = WordMeaning("accuracy")
EVAL_ACCURACY = WordMeaning("eval_accuracy")
_PERPLEXITY = WordMeaning("perplexity")
_EVAL_PERPLEXITY = WordMeaning("eval_perplexity")
_SAMPLES = WordMeaning("throughput", "samples/s")
_TOKENS = WordMeaning("throughput", "tokens/s")
_STEPS = WordMeaning("throughput", "steps/s")
_TOKENS_OF_CARD = WordMeaning("throughput", "tokens/s/card")
_GIB = WordMeaning("memory_gib")
_MIB = WordMeaning("memory_gib", "MiB")

# Words in lower case with single underscores; a unit in brackets is part of the word.
MEANINGS: dict[str, WordMeaning] = {
    **dict.fromkeys(("loss", "lm_loss", "train_loss", "training_loss", "total_loss", "train/loss"), _LOSS),
    **dict.fromkeys(("train_loss_step", "reduced_train_loss", "step_loss", "loss/total_loss"), _LOSS),
    **dict.fromkeys(
        (
            "gpt_loss",
            "reduced_llm_loss",
            "train/crossentropyloss",
            "train/ce_loss",
            "avr_loss",
            "loss_avg_rank",
            "tot_loss",
            "xent",
            "cross-entropy-loss",
        ),
        _LOSS,
    ),
    **dict.fromkeys(
        (
            "avg_loss",
            "average_loss",
            "trainloss",
            "loss/train",
            "loss_train",
            "avg._loss",
            "avg.loss",
            "ave._loss",
            "mean_loss",
            "loss/train/total",
            "loss_step",
        ),
        _LOSS,
    ),
    **dict.fromkeys(("损失", "损失值", "loss值"), _LOSS),
    **dict.fromkeys(("eval_loss", "val_loss", "valid_loss", "validation_loss", "test_loss"), _EVAL_LOSS),
    **dict.fromkeys(("eval/loss", "val/loss", "lm_loss_value", "valid/loss", "val_loss_epoch"), _EVAL_LOSS),
    **dict.fromkeys(("cv_loss", "valloss", "val._loss", "valid._loss", "loss/val", "loss_val"), _EVAL_LOSS),
    **dict.fromkeys(("验证损失", "测试损失", "评估损失"), _EVAL_LOSS),
    **dict.fromkeys(
        ("learning_rate", "lr", "learning-rate", "learningrate", "train/learning_rate", "base_lr"), _RATE
    ),
    **dict.fromkeys(("cur_lr", "current_lr", "学习率"), _RATE),
    **dict.fromkeys(("actor/lr", "actor_lr", "act_lr", "optim0_lr0", "lr_0", "train_lr", "lr-pg_0"), _RATE),
    **dict.fromkeys(("grad_norm", "global_norm", "gradient_norm", "gnorm", "train/grad_norm"), _GRAD),
    **dict.fromkeys(
        ("actor/grad_norm", "optim/total_grad_norm", "gradnorm", "norm", "grdn", "梯度范数"), _GRAD
    ),
    **dict.fromkeys(("loss_scale", "scale", "loss_scaling", "fp16_grad_scale"), _SCALE),
    **dict.fromkeys(("step_time", "batch_cost", "per_step_time", "sec/step", "time_per_step"), _SECONDS),
    **dict.fromkeys(("iter_time", "elapsed_time_per_iteration", "avg_batch_cost"), _SECONDS),
    **dict.fromkeys(("iter_time_(s)", "train_step_timing_in_s", "time/step", "sec/iter"), _SECONDS),
    **dict.fromkeys(("train_speed(s/it)", "timing_s/step", "perf/time_per_step"), _SECONDS),
    **dict.fromkeys(("step_avg", "time_each_step", "per-step_time", "sec/batch", "updt_s", "dt"), _SECONDS),
    **dict.fromkeys(("s/it", "s/iter", "s/step", "batch_(t)"), _SECONDS),
    **dict.fromkeys(("单步耗时", "步耗时"), _SECONDS),
    **dict.fromkeys(("train_speed(iter/s)", "ups", "it/s", "it/sec", "iter/s", "iters/s"), _STEPS_PER_SECOND),
    **dict.fromkeys(("elapsed_time_per_iteration_(ms)", "elapsed_time_per_iteration_ms"), _MILLISECONDS),
    **dict.fromkeys(("time_per_iteration_ms", "ms/batch", "ms/it", "ms/iter", "ms/step"), _MILLISECONDS),
    "elapsed_time_per_iteration_(s)": _SECONDS,
    **dict.fromkeys(("epoch", "progress_or_epoch"), WordMeaning("epoch")),
    **dict.fromkeys(("accuracy", "acc", "top1_acc", "acc1", "train_accuracy", "train_acc"), ACCURACY),
    **dict.fromkeys(("acc@1", "top1", "top-1", "train-acc", "准确率", "精度", "训练准确率"), ACCURACY),
    **dict.fromkeys(("mean_token_accuracy", "accu", "batch_acc"), ACCURACY),
    **dict.fromkeys(("eval_accuracy", "val_accuracy", "val_acc", "eval_acc", "val-acc"), EVAL_ACCURACY),
    **dict.fromkeys(
        ("test_acc1", "validation_accuracy", "valid_acc", "test_accuracy", "test_acc"), EVAL_ACCURACY
    ),
    **dict.fromkeys(("验证准确率", "测试准确率", "val/acc", "val/accuracy"), EVAL_ACCURACY),
    **dict.fromkeys(
        ("number_of_skipped_iterations", "skipped", "inf_nan_skip_batches"), WordMeaning("skipped_steps")
    ),
    **dict.fromkeys(
        ("skipped_steps", "skipped_iterations", "skipped_iters", "num_skipped"), WordMeaning("skipped_steps")
    ),
    **dict.fromkeys(
        ("number_of_nan_iterations", "nan_steps", "nan_iterations", "nan_iters"), WordMeaning("nan_steps")
    ),
    **dict.fromkeys(("throughput", "ips", "speed", "吞吐", "吞吐量"), WordMeaning("throughput")),
    **dict.fromkeys(
        (
            "train_throughput_per_npu",
            "throughput_per_gpu_(tflop/s/gpu)",
            "tflop/s/device",
            "tflop/s",
            "tflops_per_gpu",
            "tflops",
        ),
        WordMeaning("throughput", "TFLOPS/card"),
    ),
    **dict.fromkeys(
        ("throughput_(token/sec/gpu)", "interval_tokens_per_second_per_device", "tps", "tgs"), _TOKENS_OF_CARD
    ),
    **dict.fromkeys(("tokens_per_gpu_per_second_(tgs)", "tgs_(tokens/gpu/second)"), _TOKENS_OF_CARD),
    **dict.fromkeys(
        (
            "throughput/device/tokens_per_second",
            "throughput/device/tps",
            "tokens/s/device",
            "throughput/device/tokens_per_sec",
        ),
        _TOKENS_OF_CARD,
    ),
    **dict.fromkeys(("tokens-per-second-per-gpu", "tokens_per_second_per_gpu"), _TOKENS_OF_CARD),
    **dict.fromkeys(("tokens/train_per_sec_per_gpu", "perf/throughput"), _TOKENS_OF_CARD),
    **dict.fromkeys(("interval_samples_per_second", "sample/sec", "samples/sec", "samples/s"), _SAMPLES),
    **dict.fromkeys(("samples_per_second", "samples_per_sec", "train_samples_per_second"), _SAMPLES),
    **dict.fromkeys(("currsamplespersec", "fps", "img/s", "imgs/s", "images/s", "images/sec"), _SAMPLES),
    "fps_per_card": WordMeaning("throughput", "samples/s/card"),
    **dict.fromkeys(("examples/sec", "examples_per_second", "samplespersec", "mean_fps"), _SAMPLES),
    **dict.fromkeys(
        (
            "tokens_per_second",
            "tokens/sec",
            "tokens/s",
            "tokens_per_sec",
            "tok/s",
            "tok/sec",
            "perf/tokens_per_sec",
            "wps",
        ),
        _TOKENS,
    ),
    **dict.fromkeys(
        (
            "global_step/sec",
            "steps/sec",
            "steps/s",
            "train_steps_per_second",
            "steps_per_second",
            "timing/steps_per_second",
        ),
        _STEPS,
    ),
    **dict.fromkeys(("perplexity", "ppl", "train_ppl", "困惑度"), _PERPLEXITY),
    **dict.fromkeys(
        ("lm_loss_ppl", "lm_loss_ppl_value", "valid_ppl", "val_ppl", "eval_ppl", "eval_perplexity"),
        _EVAL_PERPLEXITY,
    ),
    "val._ppl": _EVAL_PERPLEXITY,
    **dict.fromkeys(("mem_allocated", "memallocated", "memory(gib)", "max_memory_allocated"), _GIB),
    **dict.fromkeys(("memory_allocated(gb)", "peak_memory_alloc", "gpu_max_cached_mem_gb"), _GIB),
    **dict.fromkeys(("memory/max_mem_allocated(gib)", "memory/max_allocated_(gib)"), _GIB),
    **dict.fromkeys(("perf/max_memory_allocated_gb", "actor/perf/max_memory_allocated_gb"), _GIB),
    **dict.fromkeys(("gpu_memory", "peak_gpu_memory", "npu_memory", "gpu_mem", "max_memory", "显存"), _GIB),
    **dict.fromkeys(("max_mem", "max_mem_allocated", "memory", "mem"), _MIB),
    **dict.fromkeys(("mean_reward", "episode_reward", "mean_episode_reward"), WordMeaning("reward")),
    "bf16_mfu": WordMeaning("mfu"),
    **dict.fromkeys(("val_bpb", "validation_bpb"), WordMeaning("eval_bpb")),
    # The bars of OpenRLHF: loss of the policy and of the critic, reward and return.
    **{word: WordMeaning(word) for word in ("pg", "cri", "rm", "ret", "bpb", "approx_kl", "hmean")},
    **{word: WordMeaning(word) for word in ("mfu", "reward", "kl", "entropy", "precision", "recall", "f1")},
    **{
        f"rewards/{word}": WordMeaning(f"rewards/{word}")
        for word in ("chosen", "rejected", "margins", "accuracies")
    },
}
