"""Signatures of errors in lines that state no level, by the platform that prints them."""

from __future__ import annotations

import re

_NUMBER = r"(?!0+(?!\.?\d))-?\d{1,6}\b(?!\.\d)"  # a number that is not 0
_METRIC = (
    r"(?:[Tt]rain(?:ing)?|[Tt]est(?:ing)?|[Vv]al(?:id(?:ation)?)?|[Ee]val(?:uation)?|[Mm]ean|[Mm]edian|[Mm]ax"
    r"|[Ss]quared?|[Aa]bs(?:olute)?|[Rr]el(?:ative)?|[Pp]ercentage|[Rr]econstruction|[Pp]rediction"
    r"|[Qq]uantization|[Rr]ounding|[Gg]eneralization|[Aa]pproximation|[Tt]op-?\d|[Cc]lassification|L[12]|avg)"
)
_METRIC_CLASS = (  # such as MeanSquaredError
    r"(?:Root|Mean|Median|Max|Squared?|Abs(?:olute)?|Rel(?:ative)?|Percentage|Log(?:arithmic)?|Scaled"
    r"|Symmetric|Normalized|Weighted)+Error\b"
)
_NO_MESSAGE = (
    r"\s*(?:-?[\d.]|[Nn]one\b|[Nn]ull\b|NULL\b|nil\b|[Ff]alse\b|[Nn]o(?:ne)? (?:so|error)|N/A|nan\b|\{\}|\[\]"
    r"|\"\"|'')"
)
_PRECAUTION = r" (?:protect|handl|detect|guard|check|watch|prevent|recover|retr)\w*"
# What a name of a fault states not to be: `OOM count: 0`, `"OOMKilled": false`.
_NOT_SO = (
    r"(?!(?:[\"']?(?: \w+){0,2} ?[:=]|[\"']?) ?[\"']?"
    r"(?i:0|false|no|none|null|off|disabled)\b(?![.:]\d))"
)

EXCEPTIONS = (
    (
        rf"(?<![\w.-])(?<!except )(?<!raise )(?<!class )(?:[A-Za-z_]\w*\.)*(?!{_METRIC_CLASS})"
        r"_?[A-Z]\w*(?:Error|Exception)"
        r"(?:\([\w., ]*\))?(?:$|:(?!\s*-?\d+\.\d))"
    ),
    r"(?:^|[\s\]|])(?:Unhandled |Uncaught )?(?:[\w.]+\.)?Exception(?::| in thread| ignored in|$)",
)
PYTHON = (
    r"[Tt]race[Bb]ack \(most recent call (?:last|first)\)(?!['\"])",
    # Exceptions whose names do not say so.
    (
        r"^\W{0,6}(?:(?:\w+\.)+(?:exceptions?|errors?|exc)\.[A-Z]\w+"
        r"|(?:\w+\.)*(?:(?:Base)?ExceptionGroup|BrokenProcessPool|BadZipFile|EnforceNotMet|[A-Z]\w*NotFound)"
        r"|socket\.timeout):(?: |$)"
    ),
    (
        r"^(?:\[\w+\]:? )?(?:KeyboardInterrupt|SystemExit: (?!0\b)|GeneratorExit"
        r"|Stop(?:Async)?Iteration(?:$|: )|(?:subprocess\.)?TimeoutExpired: )"
    ),
    r"^\W{0,3}[Ee]rror: ?(?:\d+ [a-z]{2}|$)|\bERR! ",
    r"^Error executing job\b",  # Hydra
    (  # a step that failed, with its reason
        r"^[A-Z]\w+(?: \w+){0,3} failed: (?!-?\d|[Nn]o(?:ne)?\b|[Ff]alse\b)\w"
        r"|^(?:[Aa]n )?[Ee]rror (?:occurred\b|(?:while|when) (?!.*: ?-?\d+\.\d)"
        r"|(?:during|in) (?!.*(?:: ?-?\d+\.\d|[ :=]-?\d+(?:\.\d+|(?:\.\d+)?(?:e[-+]?\d+|%))\s*$))"
        r"|(?:sync|load|read|open|writ|sav|creat|pars|connect|download|upload|import|initializ|start|runn|decod"
        r"|fetch|submitt|delet|copy|launch|execut|process)ing\b(?! *:? *-?\d))"
    ),
    (  # a record
        r"^\s*\{(?:.*, ?)?\"(?:err|error|error_?message)\": ?"
        r"\"(?![Nn]one\b|[Nn]o (?:error|failure|issue|problem|warning)s?\b)[^\"\d][^\"]* [^\"]+\""
    ),
    r"\bFatal Python error\b|\b[Ff]atal error\b",
)
# ``error:`` with a message; not errors that a training measures.
WORD = re.compile(rf"(?<![\w.-])[Ee]rror ?: ?(?!{_NO_MESSAGE})\S")
MEASURED = re.compile(rf"\b{_METRIC}[ _-]?$")
SHELL = (
    (
        r"^(?:[^\s:]+: )?(?:line \d+: +)?\s*(?:\d+ )?(?:Killed|Aborted|Terminated|Segmentation fault"
        r"|Bus error"
        r"|Illegal instruction|Floating point exception)(?: +\(core dumped\))?(?:$|  | +\S+/)"
        r"|\bcode=(?:killed|dumped|exited), status=[1-9]"
    ),
    r"^\[\d+\][ +-] +(?:\d+ )?(?i:killed|aborted|segmentation fault|bus error|illegal instruction) ",
    r": unbound variable$|^(?:docker: )?Error response from daemon: |^Error from server \(",
    r"\bOCI runtime create failed: |: [Ee]xec format error$|\bexec user process caused: ",
    (
        r"^\W{0,3}(?:[Tt]raining|TRAINING|[Ff]ine-?tuning|[Ee]valuation|[Jj]ob)(?: has)? (?:failed|FAILED)"
        r"(?:[.!]*$|[:!.] (?!0\b|[Nn]o\b|[Ff]alse\b)\S)"
    ),
    r"^zsh: (?:killed|abort|terminated|segmentation fault|bus error|illegal|floating|trace trap) ",
    r"(?:^|: )line \d+: +\d+ (?:Killed|Aborted|Terminated|Segmentation|Bus|Illegal|Floating)",
    r"^(?:/bin/)?[\w./-]*(?:sh|env|exec)?: .*: (?:command )?not found$|: command not found\b",
    (
        r": (?:No space left on device|Permission denied|Cannot allocate memory|Disk quota exceeded"
        r"|Read-only file system|Input/output error|Stale file handle|Too many open files|Exec format error"
        r"|Operation not permitted|Resource temporarily unavailable)"
    ),
    r": (?:Is a directory|Not a directory|File exists|No module named \S+)$|^E: [A-Z]|^error\[E\d+\]: ",
    r": No such file or directory$|: syntax error\b|: error while loading shared libraries",
    r"^[\w./-]+: +(?:cannot|can't|unable to|failed to) \w+",
    r"^Permission denied\b|^Host key verification failed",
    (
        r"^[Ff]ailed to (?:load|connect|open|read|write|save|allocate|initiali[sz]e|create|start|launch"
        r"|download|upload|import|parse|resolve|mount|acquire|spawn|build|compile|execute|run|submit|fetch)\b"
        r"(?!.*\b(?:skip|ignor|retry|fall(?:ing|s)? ?back|using|instead|default|optional|disabl)\w*)"
        r" \w"
    ),
    r": executable file not found\b|: unexpected end of \w+",
    r"^FAILED: (?!\d+$)\S",
    (
        r"^curl: \(\d+\) |^(?:[\w.-]+: )?(?:ssh|scp|sftp|rsync|tar|gzip|git|wget): "
        r".*(?:[Ee]rror|[Rr]efused|timed out|reset|closed|denied|failed|unreachable|[Nn]ot resolve"
        r"|unknown option|invalid)"
        r"|^Failed to connect to |(?:^|: )(?:[Tt]imed out|[Cc]onnection (?:refused|timed out|reset by peer)"
        r"|No route to host|Network is unreachable)"
        r"\.?$"
    ),
    r"^(?i:fatal|panic|abort): (?!-?\d|(?i:true|false|yes|no|on|off|none|null)\b)\S",
    r"^mount: .*\bwrong fs type\b|^dpkg: error\b",
    (  # of Go and Rust, which write the system's words in lower case at the end
        r": (?:no space left on device|permission denied|disk quota exceeded"
        r"|read-only file system|input/output error|too many open files|no such (?:file or directory|host)"
        r"|connection (?:refused|reset by peer)|i/o timeout|network is unreachable|no route to host"
        r"|context deadline exceeded)$"
    ),
    r"^(?:No space left on device|Disk quota exceeded|Cannot allocate memory)\.?$|(?:^|: )x509: \w",
    r"^The node with node id: \w+ .*\bhas been marked dead\b",  # Ray
    r"^(?!\d)[\w./-]+: (?:(?!no\b|not\b|none\b|never\b|that\b|which\b|if\b)[a-z]+ ){1,3}failed\.?$",
    r"^Error in \w[\w.]*\(.*\) ?:(?! *-?[\d.])|^Execution halted$",  # R
    r"^(?:make|gmake|ninja|cmake)(?:\[\d+\])?: \*\*\* |^ninja: build stopped|^CMake Error\b|: fatal error: ",
    (
        # In quotes it is a label of the data.
        r"(?<!['\"])\b(?:Segmentation fault|core dumped|Bus error)\b(?!['\"]| handler)"
        r"|^Killed\b(?! \d| \w+:)"
    ),
    r"^(?:=+ )?[1-9]\d* (?:failed|errors?)(?:, .*)? in \d[\d.]*s\b",  # the last line of pytest
)
_KIND_OF_CODE = r"(?:(?:exit|error|return)[ _-]?)?"
EXITS = (
    (
        r"(?i:(?<!--)\bexit(?:ed|s)?[ _-]?(?:with )?(?:an? )?(?:non-?zero )?"
        rf"{_KIND_OF_CODE}(?:code|status)?\b)"
        rf"[\"']?(?: is| was| of)?[ :=]+{_NUMBER}"
    ),
    (
        rf"(?i:\breturn(?:ed|s)?[ _-]?(?:with )?(?:an? )?(?:non-?zero )?{_KIND_OF_CODE}(?:code|status))[\"']?"
        rf"(?: is| of| was)?[ :=]+(?!200\b){_NUMBER}"
    ),
    rf"(?i:\bwith (?:an? )?{_KIND_OF_CODE}(?:code|status))[ :=]+(?!200\b){_NUMBER}",
    rf"(?i:\b(?:returned|exited with|exited on) (?:an? )?non-?zero {_KIND_OF_CODE}(?:status|code))(?! ?=)",
    rf"(?i:\bret[ _]?code)[\"']?[ :=]+{_NUMBER}",
    r"\b(?:exited|died|terminated) unexpectedly\b|(?i:\b(?:worker|child|process)\b[^:]{0,40} died\b)",
    r"\bProcess \d+ terminated with the following error\b|: Failed with result '(?!success)",
    r"\b(?:CrashLoop|ImagePull)BackOff\b|\bErrImage\w+|\b(?:Create|Run)ContainerError\b",
    r"^Back-off (?:re|pull)",
    (
        r"\b[Nn]ode (?:was low on resource: \w|had condition: \[\w)"
        r"|\bexceed(?:s|ed) its local ephemeral storage limit\b"
        r"|\bPod ephemeral local storage usage exceeds the total limit\b"
        r"|\bUsage of EmptyDir volume .{1,80} exceeds the limit\b"
        r"|\bPod was (?:terminated in response to imminent node shutdown|rejected\b)"
    ),  # evictions
    rf"\bexit(?:ed|s)? with {_NUMBER}(?=$|[.,;)])|\(signal [1-9]\d?\)|\b(?:rc|RC)(?:=|: ?){_NUMBER}",
    r"\bld returned [1-9]\d* exit status",
    rf"(?i:(?:退出码|返回码|错误码|退出代码|返回值))\s*[:：=为是]?\s*{_NUMBER}",
    (
        r"(?:\bOOM-?[Kk]ill(?:ed)?\b|\boom[-_]kill(?!_process)(?:er)?\b"
        rf"|\bOOM\b(?![)\"']| [Ss]core| events: 0|{_PRECAUTION})){_NOT_SO}"
        rf"|(?<!avoid )(?<!prevent )(?<!against )(?:\b[Oo]ut of memory\b(?!{_PRECAUTION})"
        r"|[内显]存不足(?!时|则))"
    ),
    r"(?<!for )(?<!handler )(?<!of )\bSIG(?:KILL|SEGV|ABRT|BUS|ILL|FPE)\b(?! handler)",
    r"(?i:\b(?:killed|terminated|died|exited|crashed) (?:by|with|on|due to|from)(?: a)? signal\b)",
    r"(?i:\b(?:received|caught|got) (?:(?:fatal )?signal \d|sig(?:quit|segv|abrt|bus) from a child))",
    r"^Signal: .*\(\d+\)",
    r"(?i:\bsignal: (?:killed|aborted))",
    r"\b(?i:stat(?:us|e))[=:] ?[\"']?FAILED\b",
    r"^FAILED \((?:[\w ]+=\d+, )*(?:failures|errors|unexpected successes)=[1-9]",  # of unittest
    r"^(?:\S+ )?\S+\.(?:py|sh) FAILED\b|^FAILED \S+::|^=+ FAILURES =+$|^[\w.-]+ (?:- )?FAILED$",
)
NATIVE = (
    r"\bterminate called (?:after|without|recursively)|\bterminating (?:with|due to) uncaught\b",
    r"^\s*what\(\):|^={4} backtrace \(tid:",
    (
        r"\b(?:free|malloc|realloc|calloc|munmap_chunk|malloc_consolidate|corrupted double-linked list"
        r"|corrupted size vs\. prev_size|tcache_thread_shutdown|_int_malloc|sysmalloc)(?:\(\))?:? "
        r"(?:invalid|corrupted|unaligned|unsorted|double|Assertion|memory corruption|mismatching|smallbin)"
    ),
    r"^corrupted (?:double-linked|size)|\bdouble free\b|\bheap corruption\b|\bmemory corruption\b",
    r"\*\*\* (?:Error in|stack smashing|buffer overflow|SIG\w+|Aborted at|longjmp|invalid %N|Check failure)",
    r"\bAssertion [`'\"(].*fail|\b[Aa]ssertion fail(?:ed|ure)\b(?! ?=)|\bpure virtual (?:method|function)",
    r"\bthread '[^']*' (?:\(\d+\) )?panicked at|^(?:goroutine \d+ \[running\]|fatal error: |runtime error:)",
    r"\bCheck failed: |\bAddressSanitizer\b.*:|==\d+==ERROR|==\d+== (?:Invalid|Process terminating)",
    r"\bundefined symbol: |\b[Uu]n(?:handled|caught) exception\b(?! (?:handler|hook))",
    r"\bhttp: panic serving\b|^=CRASH REPORT==",
    r"\*\*\* An error occurred in MPI_|\bMPI_ERRORS_ARE_FATAL\b|\bHYD\w+ \(.*\): .*\berror\b",
    r"\bMPI_ABORT was invoked|\bMPI_Abort\(|\bBAD TERMINATION OF\b|\bwas unable to reliably start\b",
    (
        r"^(?:PC: )?@ +0x\w+ abort\b|^unexpected fault address\b|^SUMMARY: \w+Sanitizer: "
        r"|\bINTERNAL ASSERT FAILED\b|^\[enforce fail at |: version [`'\"]\S+' not found\b"
    ),
    r"^ORTE has lost communication with|^There are not enough slots available in the system",
    r"^Horovod has been shut down|\bmemory allocation of \d+ bytes failed$",
    r"^Primary job +terminated normally, but|^a non-zero exit code\. Per user",
    r"\bmpirun noticed that process|\b(?:slurmstepd|srun|sbatch): error",
    r"\bundefined reference to\b|\bstd::bad_alloc\b|^libc\+\+abi(?:\.dylib)?: |\*\*\* Process received sig",
    r"^[Ss]tack overflow\b|\bstack overflow detected|\bhas overflowed its stack",
    r"\bsymbol lookup error\b|^collect2: |^\S+:\d+(?::\d+)?: (?:fatal )?error\b",
    r"^\d+:\d+: (?:fatal )?error\b|^(?:nvcc|ptxas) (?:fatal|error) +:",
    r"\b(?:java|org|com|scala)\.[\w.]+(?:Error|Exception)\b(?! ?=)|^Caused by: ",
)
# What follows the word error in the name of a figure, a setting or a function.
_OF_ERRORS = (
    r"(?:handl|monitor|check|report|callback|detection|recovery|mode|level|flag|string|thresholds?\b|rates?\b"
    r"|counts?\b|counters?\b|cnt\b|totals?\b|statistic)"
)
GPUS = (
    (
        r"\bCUDA (?:(?:driver )?initialization (?:failed|error)|error"
        r"(?! check| handl)|out of memory(?! handl)|driver error|failure)"
    ),
    r"\bcuda(?:Error|_error)\w+\b(?!Success)|\bCUDA_ERROR_(?!HANDL|CHECK)[A-Z]\w+\b(?! ?=)",
    r"\bcu(?:BLAS|DNN|FFT|SOLVER|SPARSE) error\b(?! (?:check|handl|code))",
    r"\b(?:CUBLAS|CUDNN|CUSOLVER|CUSPARSE|CUFFT|NVML|NPP)_(?:STATUS_|ERROR_)(?!SUCCESS)\w+",
    r"\bNVRM: |\bXid (?:\(|[1-9]|[Ee]rror\b(?! ?[:=]? ?0\b))|\bfallen off the bus\b",
    r"\billegal memory access\b|\bdevice-side assert\b",
    (
        r"\b(?:uncorrectable (?:ECC|NVLink)|Uncorrectable (?:ECC|NVLink) errors? (?:encountered|detected))"
        r"(?!(?: \w+){0,2} ?[:=|]? ?(?:0|N/A|[Nn]one|[Nn]o)\b)"
    ),
    (
        r"(?i:(?<!\bno )(?<!^0 )(?<![:,=] 0 )(?<!any )(?<!for )(?<!without )"
        r"\b(?:(?:double|multi)[- ]bit ecc|ecc (?:(?:double|multi)[- ]bit|uncorrectable)) errors?\b"
        r"(?! ?\([\w ]+\)| (?:will|would|can|may|passed)\b| (?:is|are) (?:not|\w+abled)\b)"
        r"(?!(?: (?:detected|found))?\s*[:=|]?\s*(?:\d|n/?a\b|none\b|no\b|-\s*$))"
        rf"(?! {_OF_ERRORS}))"
    ),
    r"\bnccl(?:Unhandled|System|Internal|Remote|Invalid)\w*",
    (
        r"\b(?:NCCL|RCCL|GLOO|Gloo|UCX)\b[^=]{0,40}\b"
        r"(?:[Ee]rror(?! (?:handling|checks?|checking|mode|level|codes?|counts?|report\w*)\b)|ERROR|failed"
        r"|failure|timed out|abort(?:ed)?)\b"
    ),
    r"\b(?:NCCL|RCCL)\b.{0,40}\btimeout(?! ?(?:is|of|to|set|=|:|\d))",
    r"\bHIP (?:error|out of memory)|\bhipError(?!Success)\w+|\bHSA_STATUS_ERROR\w*",
    r"\bMemory access fault by\b",
    r"(?i:\bnvidia-smi has failed\b)|\bFailed to initialize NVML\b|\bDriver/library version mismatch",
    r"\bTimeout at NCCL work\b",
    r"\bUnable to determine the device handle\b|\bGPU is lost\b",
    r"\b[Ww]atchdog caught collective operation timeout|\bcollective operation timeout",
    r"\b[Ww]atchdog timeout(?! ?(?:is|of|to|set|=|:|\d))",
)
_HUNG_TASK = r"\btask \S+:\d+ blocked for more than \d+ seconds"
KERNEL = (
    r"\bKernel panic - |\bBUG: (?:soft lockup|unable to handle)|\bgeneral protection fault ip:",
    r"\w\[\d+\]: segfault at [\da-f]+ ip |" + _HUNG_TASK,
    r"\bmlx5_\w+:\d+:\(pid \d+\): [^\n]{0,200}\bfailed, status",
    r"\b(?:EXT4-fs|BTRFS) error\b|\bI/O error(?:, dev| on dev)\b|\[Hardware Error\]: ",
)
ACCELERATOR_CODES = (
    r"(?<![\w./-])E(?:[1-9A-FH-LRZ])[0-9A-F]?\d{3,4}: (?!-?[\d.]+$)|\b\w+\(E[0-9A-Z]\d{4}\)",
    r"(?<![\w./-])E[1-9A-FHIJKLRZ]\d{4}: (?!-?[\d.]+$)",
    r"(?<![\w.-])ERR\d{5}\b",
)
_FAILED = (
    r"[^=]{0,60}(?<!\b[Nn]o )(?<!\b0 )(?<!\b[Oo]n )"
    r"\b(?:[Ee]rror|failed|fail|times? ?out|timed out|abort(?:ed)?)\b"
    r"(?! ?(?:is|of|to|on error|set|=|:|\d|counts?\b)| codes?\b ?[:=]? ?0\b"
    r"| (?:[\w ]{0,20} )?counts? ?[:=]? ?0\b)"
    rf"(?! {_OF_ERRORS})"
)
ACCELERATORS = (
    (
        r"\b(?:HCCL|HCCP|ACL|RUNTIME|GE|FE|TBE|DRV|TEFUSION|AICPU|[Hh]ccl(?:[A-Z]\w+)?"
        rf"|acl(?:rt|op|mdl|nn)?\w*)\b{_FAILED}"
    ),
)
ACCELERATOR_CALLS = (rf"rt(?<!\wrt)[A-Z]\w+\b{_FAILED}",)
ACCELERATOR_NUMBERS = (r"\b(?:ret(?:code)?|error code|errorCode|errno)\b ?[:=]? ?(?:0x)?50[0-9]\d{3}\b",)
ACCELERATOR_WORDS = (
    r"\b[Ss]ocket times? out\b|\btimes out\b",
    r"^Launch kernel failed: ",
    r"\bthere is an? [\w ]{1,20} exception\b",  # in a report of the runtime about a device
    r"\berror code is [1-9]|\berrNo\[0x[0-9A-Fa-f]*[1-9A-Fa-f]",
    r"\b(?:NPU|npu|[Dd]evice)\b.{0,30}\b(?:heartbeat lost|task (?:exception|abort)|not healthy)",
)
# Names whose value is infinite at the start of a run, in front of what they are of.
_BEST = "".join(
    rf"(?<!{best} {of} )"
    for best in ("best", "min", "lowest")
    for of in ("val", "valid", "validation", "eval", "test", "train")
)
_BECAME = (
    r"\s+(?:has |have )?(?:is|was|are|were|became|become|went|turned|diverged|exploded|jumped|blew up|="
    r"|为|是)?(?: ?(?:in)?to)?:?\s*"
)
_TENSOR = (
    r"(?:(?:\w+\.)?(?:[Tt]ensor|array)\((?:shape=\[[\d, ]*\], dtype=\w+, value=\s*\[?\s*)?"
    r"(?:\[{1,2}(?:-?\d[\d.e+-]*, *){0,16})?)?"
)
# A count of none, and a step that automatic mixed precision skips while it looks for its scale.
_SKIPPED = (
    r".{0,60}(?:[:=] ?(?:0|false|no)\b|\bin (?:0|no(?:ne)?)\b|\bgrad.{0,40}\bskip)|gradients?,? (?:-> ?)?skip"
)
NUMBERS = (
    (
        r"(?i:(?<!best )(?<!initial )(?<!monitors )(?<!min )(?<!max )"
        rf"{_BEST}\b(?!loss_scale|(?:best|min"
        r"|max|lowest|init|initial|prev|previous)_|[fg]loss)[\w.]{0,30}"
        r"loss(?!_scale|_scaler| scale|_limit|_threshold|_clip|_cap)(?:es)?(?:[_\d./-][\w./-]*"
        r"|(?-i:[A-Z]\w*)| ?[(\[][\w/ -]{1,20}[)\]]| at (?:step|iteration|epoch) \d+)?[\"'\]]?"
        rf"(?:\s*[:：=|(,[]\s*|\s*[-=]>\s*|{_BECAME}"
        r"|\W{1,3}[\d.]+(?:e[+-]?\d+)?\s*(?:->|→|to)\s*)"
        rf"[\"'(\[]{{0,2}}{_TENSOR}[-+]?"
        r"(?:nan|inf(?:inity)?|1\.#\w+)(?:(?![A-Za-z_])|(?=(?-i:Epoch|Batch|Step) \d))"
        r"(?! ?->| check| detect| guard| filter| count| handl))"
    ),
    (
        r"(?i:\b(?:\w{1,20}_)?(?:grad(?:ient)?[ _]?norm|gnorm|cost|nll|elbo|rewards?|r?mse|mae|kl|bpb|bpc)"
        r"[\"'\]]?(?:\s*[:：=|]\s*|\s+(?:is\s+)?)"
        r"[\"'(\[]{0,2}(?:tensor\()?[-+]?nan(?![A-Za-z_]))"
    ),
    r"(?i:\b(?:perplexity|ppl)[\"'\]]?(?:\s*[:=|]\s*|\s+(?:is )?)[\"']?[-+]?(?:nan|inf)(?![A-Za-z_]))",
    (
        r"(?<![Nn]o )(?i:\b(?:nan|inf|non-?finite)(?: or \w+)? (?:loss|values?|gradients?|numbers?)? ?"
        r"(?:was |were |has been |is )?(?:detected|found|encountered)(?! ?[:=]? ?(?:0\b|[Ff]alse|[Nn]o)))"
    ),
    (
        r"(?i:\b(?:found|detected|encountered) (?:infs? or nans?|nans? or infs?) (?:values? )?in "
        rf"(?!0\b|no(?:ne)?\b|{_SKIPPED}))"
    ),
    (
        r"(?i:\b(?:detected|encountered|found|contains?|got|hit) (?:an? |a )?(?:nan|non-?finite)(?:s|\b))"
        rf"(?! ?[=:]| found| check|{_SKIPPED})"
    ),
    (
        r"(?i:\b(?:non-?finite|invalid|infinite) loss\b(?! ?=)"
        r"|\bloss(?: (?:is|was|became|has become))? (?:not finite|non-?finite|infinite)\b)"
    ),
    r"(?i:\bloss(?:es)?:? +-?\d[\d.e+-]* \((?:nan|inf)\))",  # with the mean in brackets
    (
        r"(?i:\bgrad(?:ient)?s? (?:is|are|was|were|became) (?:nan|inf)s?\b(?! ?[:=])"
        r"|\breturned nan values in its\b"
        r"|^\W{0,3}nans? in (?:the )?(?:grad|loss|output|weight|param|activation)\w*\b(?! ?[:=(])"
        r"|^\W{0,3}nan (?:loss(?:$| at | in | on )|gradients?(?:$| at | in )))"
    ),
    rf"(?i:\bnumber of (?:nan|inf) iterations)[:=]\s*{_NUMBER}",  # Megatron
    r"^\s*\d+/\d+\s+[\d.]+[GM]B?\s(?:\s*[\d.]+\s)*\s*nan\s[^:]*:",  # a row of losses of YOLO
    r"(?i:\b损失\w*\s*[:：=为是]?\s*nan)|^\W{0,2}[Tt]ensor\(-?nan\b",
)
_CANNOT_IN_CHINESE = (
    r"(?<!如果)(?<!若)(?<!因)(?<!为)"
    r"(?:无法(?:连接|打开|加载|读取|写入|找到|访问|分配|导入|创建)|找不到(?:模块|文件|命令))"
    r"(?!时|的话|则|，?将(?:跳过|重试|使用|忽略))"
)
CHINESE = (
    r"(?:错误|异常|报错)[:：]\s*(?!无(?!法|效|权|响应|可用)|没有(?!权限|找到|可用|足够)|-?\d)\S",
    r"异常(?:退出|终止|中断)|内存溢出|进程(?:已?被|被系统)杀死|^段错误|^总线错误|^已(?:杀死|放弃|终止)|核心已转储",
    r": (?:未找到命令|权限不够)$|设备上没有空间|(?:磁盘|存储|硬盘)空间不足|^拒绝访问",
    _CANNOT_IN_CHINESE,
    r"(?:连接|请求)(?:超时|被拒绝)(?!时间|次数|重试)(?!\s*[:：=]?\s*\d)",
    r"(?:训练|作业|任务|启动|加载|连接|下载|上传|初始化)失败",
)

# Each group with texts of which a line must hold one, so that few patterns are searched for.
_GROUPS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (EXCEPTIONS, ("Error", "Exception")),
    (
        PYTHON,
        (
            *("race", "xception.", "xceptions.", "rror.", "rrors.", ".exc.", "ceptionGroup", "ProcessPool"),
            *(
                "BadZip",
                "NotMet",
                "NotFound",
                "ailed: ",
                "rror ",
                ".timeout",
                "dInterr",
                "Exit",
                "Iteration",
                "outExp",
                "rror:",
                'err":',
                'rror":',
                'essage":',
                "rror exec",
                "ERR!",
                "atal",
            ),
        ),
    ),
    (
        SHELL,
        (
            *(
                "Killed",
                "bort",
                "Terminated",
                "fault",
                "us error",
                "llegal",
                "oint exc",
                "not found",
                "o space",
            ),
            *(
                "enied",
                "allocate",
                "quota",
                "ead-only",
                "put/output",
                "tale file",
                "many open",
                "xec format",
                "exec user",
            ),
            *(
                "o such",
                "yntax",
                "hared lib",
                "annot ",
                "can't",
                "nable to",
                "ailed to",
                "fatal",
                "panic",
                "***",
            ),
            *(
                "rror in ",
                "rrors in ",
                "xecution halted",
                "wrong fs",
                "dpkg: ",
                "abort: ",
                "ABORT: ",
                "failed",
            ),
            *("i/o timeout", "deadline exceeded", "x509: ", "marked dead"),
            *("build stopped", "CMake", "dumped", "code=", "Segm", "Bus", "Floating", "curl: (", "onnection"),
            *(
                "oute to",
                "imed out",
                "ailed to con",
                "unreachable",
                "ssh: ",
                "scp: ",
                "sftp: ",
                "rsync: ",
                "tar: ",
                "gzip: ",
                "git: ",
            ),
            *("wget: ", "not permitted", "directory", "File exists", "No module", "E: ", "error["),
            *(
                "key verif",
                "nexpected end",
                "FAILED: ",
                "unbound",
                "rom daemon: ",
                "arily unav",
                "killed",
                "Illegal",
                "bort",
                " fault",
            ),
        ),
    ),
    (
        EXITS,
        (
            "xit",
            "XIT",
            "eturn",
            "ETURN",
            "ith ",
            "退出",
            "返回",
            "错误",
            "OOM",
            "oom",
            "emory",
            "存不足",
            "SIG",
            "ignal",
            "IGNAL",
            "sig",
            "FAIL",
            *(
                "etcode",
                "etCode",
                "et_code",
                "et code",
                " died",
                "erminated",
                "ackOff",
                "ack-off",
                "ErrImage",
                "Container",
                "ode was low",
                "ode had cond",
                "torage limit",
                "torage usage",
                "EmptyDir",
                "Pod was",
            ),
            "rc=",
            "rc:",
            "RC=",
            "RC:",
        ),
    ),
    (
        NATIVE,
        (
            *(
                "erminate",
                "what()",
                "free",
                "alloc",
                "munmap",
                "tcache",
                "corrupt",
                "***",
                "ssert",
                "pure virt",
            ),
            *("abort", "ult address", "ASSERT", "[enforce", " not found", "in MPI_", "MPI_ERRORS", "HYD"),
            *("erminating", "backtrace (tid", "MPI_A", "TERMINATION", "reliably", "Invalid"),
            *(
                "Primary job",
                "on-zero exit code. Per",
                "panicked",
                "goroutine",
                "untime error",
                "fatal error",
                "heck failed",
                "Sanitizer",
                "==ERROR",
            ),
            *(
                "ndefined sym",
                "nhandled",
                "ncaught",
                "MPI_ABORT",
                "mpirun",
                "slurm",
                "srun",
                "sbatch",
                "lookup",
                "collect2",
                "panic serving",
                "=CRASH",
            ),
            *(": error", ": fatal", "nvcc", "ptxas", "java.", "org.", "com.", "scala.", "Caused"),
            *("ORTE has", "enough slots", "been shut down", "bytes failed"),
            *("ndefined ref", "bad_alloc", "libc++", "received sig", "overflow"),
        ),
    ),
    (
        GPUS,
        (
            *(
                "CUDA",
                "cuda",
                "cu",
                "CUBLAS",
                "CUDNN",
                "CUSOLVER",
                "CUSPARSE",
                "CUFFT",
                "NVML",
                "NPP",
                "NVRM",
                "Xid",
            ),
            *(
                "fallen off",
                "illegal mem",
                "device-side",
                "ncorrectable",
                "nccl",
                "NCCL",
                "RCCL",
                "GLOO",
                "Gloo",
            ),
            *("ECC", "ecc", "UCX", "collective", "atchdog", "nvidia-smi has", "device handle", "GPU is lost"),
            *("HIP ", "hipError", "HSA_", "fault by", "SMI has", "NVML", "version mis", "NCCL work"),
        ),
    ),
    (
        KERNEL,
        (
            *("Kernel p", "BUG: ", "protection f", "segfault", "blocked for", "fs error", "FS error"),
            *("O error", "Hardware E", "mlx5_"),
        ),
    ),
    (ACCELERATOR_CODES, ("E",)),
    (
        ACCELERATORS,
        ("HCC", "ACL", "RUNTIME", "GE", "FE", "TBE", "DRV", "TEFUSION", "AICPU", "ccl", "acl"),
    ),
    (ACCELERATOR_CALLS, ("rt",)),
    (ACCELERATOR_NUMBERS, ("50",)),
    (
        ACCELERATOR_WORDS,
        (
            *("ocket time", "mes out", "unch kernel", "code is", "errNo"),
            " exception",
            *("heartbeat lost", "task exc", "task abort", "not healthy"),
        ),
    ),
    (NUMBERS, ("nan", "NaN", "NAN", "Nan", "inf", "Inf", "INF", "1.#", "inite", "INITE", "nvalid loss")),
    (
        CHINESE,
        (
            *("错误", "异常", "报错", "失败", "内存", "已", "未找到", "权限", "没有空间", "拒绝", "超时"),
            *("杀死", "空间不足", "无法", "找不到"),
        ),
    ),
)
_SIGNATURES = tuple((re.compile("|".join(patterns)), needed) for patterns, needed in _GROUPS)
# Errors whatever level the line states: values and the platform's own words, not words of a message.
_VALUES = re.compile("|".join((NUMBERS[0], _HUNG_TASK, rf"(?i:\bTraining end with return code: ?){_NUMBER}")))
_MAY_HOLD_VALUE = re.compile(r"(?i:nan|inf(?!o)|1\.#|return code|blocked for)")
_TRACEBACK = re.compile(PYTHON[0])
# Every error contains one of these once its digits are 0; plain searches for them are faster than patterns.
SIGNS = (
    *("rror", "RROR", "xception", "raceback", "raceBack", "CRIT", "crit", "SEVERE", "severe", "ALERT"),
    *("EMERG", "emerg", "FATAL", "fatal", "Fatal", "PANIC", "panic", "ailed", "AILE", "failure"),
    *("imeout", "imed out", "imes out", "bort", "MPI_AB", "of memory", "allocate mem", "memory corr"),
    *(
        "OOM",
        "oom",
        "nanEpo",
        "infEpo",
        "nanBat",
        "infBat",
        "nanStep",
        "sigquit",
        "sigsegv",
        "sigabrt",
        "Killed",
        "killed",
        "erminate",
        " fault",
        "dumped",
        "SIG",
        "ignal",
        "xit",
    ),
    *("dInterr", "***", "what()", "():", "orrupt", "ouble free", "not found", "o such", "enied"),
    *("o space", "annot ", "can't", "nable to", "quota", "ead-only f", "tale file", "many open"),
    *("yntax", "ssert", "pure virt", "ndefined sym", "eturn", "oint exc", "llegal ", "running]"),
    *("Caused", "_STATUS_", "NVRM", "Xid", "fallen off", "ncorrectable", "ERR", "ith code"),
    *("ith status", "errNo", "errno", "heartbeat", "not healthy", "inite", " E ", "[E ", "[E]", "[F "),
    *(" C ", "[C ", "alert]", "FTL", "PNC", "FATL", "fail: ", "=CRASH", 'PRIORITY":"0', 'PRIORITY": "0'),
    *(
        "[C]",
        " F ",
        '"level":0',
        '"level": 0',
        '"lvl":0',
        '"lvl": 0',
        '"severity":0',
        '"severity": 0',
        'umber":0',
        'umber": 0',
        '"eror"',
        "<0>",
        "ret=0",
        "ret = 0",
        "ret:0",
        "ret: 0",
        "etcode",
        "0.#",
        *("pIteration", "outExpired", "not permitted", "s a directory", "t a directory", "File exists"),
        *("No module", "rc=0", "rc:0", "rc: 0", "RC=0", "RC:0", "RC: 0", "xited with", "ndefined ref"),
        *("bad_alloc", "libc++abi", "received signal", "overflow", "device handle", "is lost", '"err"'),
        *("=err", "=ERR", "=eror", "lvl=crit", "<00>", "<000>", "FATA", "PANI", "arily unav"),
        *("of nan iter", "of NaN iter", "of inf iter"),
        *(
            "ode was low",
            "ode had cond",
            "torage limit",
            "torage usage",
            "EmptyDir",
            "Pod was",
            "enforce fail",
        ),
        *(
            "erminating",
            "nexpected",
            "on-zero",
            "onzero",
            "MPI_A",
            "BAD TERM",
            "reliably",
            "ackOff",
            "ack-off",
        ),
        *(
            "backtrace (tid",
            " died",
            "fault by",
            "HSA_",
            "hipError",
            "SMI has",
            "Invalid read",
            "Invalid write",
            "Invalid free",
            "retcode 0",
            "ret code",
        ),
        *(".exc.", "ProcessPool", "BadZip", "NotMet", "unbound var", "EXIT", '"E"', '"F"'),
        *("deadline exceeded", "x000: ", "marked dead"),
        *("nvalid loss", "ORTE has lost", "not enough slots", "been shut down", "exec user process", "mlx5_"),
        *("Kernel panic", "soft lockup", "segfault at", "blocked for more", "version mismatch", "NotFound: "),
        "ult address",
        "xecution halted",
        "wrong fs",
        "curl: (",
        "tar: ",
        "rsync: ",
        "refused",
        "reset by",
        "oute to host",
        "nreachable",
        "t resolve",
        "nfinity",
        *("=alert", '"alert"', "EROR", "ABORT: ", '"levelno":0', '"levelno": 0'),
    ),
)
WIDE_SIGNS = (
    *("错误", "异常", "报错", "失败", "退出", "返回", "内存", "显存", "损失", "loss 为", "loss为"),
    *("已杀死", "已放弃", "已终止", "已转储", "未找到", "权限不够", "没有空间", "拒绝", "超时"),
    *("杀死", "空间不足", "无法", "找不到"),
    *("[严重", "[致命", "【严重", "【致命"),
)
# Only where no letter follows.
NUMBER_SIGNS = ("nan", "NaN", "NAN", "Nan", "inf", "Inf")
# Codes of accelerators, glog's letters, and an infinite number in capitals.
CODE_SIGN = re.compile(r"[EF][A-Z0-9]\d{2}|[EF]/\w|INF(?![A-Za-z])|(?m:^[EF]:? )")


def has_signature(text: str) -> bool:
    """Return whether a line holds the signature of an error."""
    return any(
        pattern.search(text) is not None
        for pattern, needed in _SIGNATURES
        if any(sign in text for sign in needed)
    )


def has_sign_of_any_level(text: str, stated: str) -> bool:
    """Return whether a line is an error although it states another level; a warning may hold a traceback."""
    if _MAY_HOLD_VALUE.search(text) is not None and _VALUES.search(text) is not None:
        return True
    return stated == "info" and _TRACEBACK.search(text) is not None
