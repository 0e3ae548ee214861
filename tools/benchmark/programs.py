"""Which programs each task of tools/bench runs."""

import dataclasses
import sys

import inputs as inputs_of

TASKS = ["tagging", "long", "latency", "cold-start", "training", "memory", "growth", "roofline", "pipeline"]
TASKS += ["questions"]
PEERS = [("pytorch", "torch", "float32"), ("pytorch", "torch", "bf16")]
PEERS += [("onnxruntime", "onnxruntime", "float32"), ("onnxruntime", "onnxruntime", "int8")]


@dataclasses.dataclass
class Program:
    task: str
    name: str
    precision: str
    command: list
    # Peers choose the fastest of their ways once, by this command with --choose; None: as they are.
    choice: list | None = None
    choice_key: tuple = ()


class Programs:
    """Makes the programs of a task, for what the machine and the arguments allow."""

    def __init__(self, root, arguments, python, encoder, precisions, inputs, run):
        self.root, self.arguments, self.python, self.encoder = root, arguments, python, encoder
        self.parts, self.inputs, self.run = root / "tools/benchmark", inputs, run
        self.ours = root / ".build/release/enxerto-bench"
        self.tagger = root / ".build/release/enxerto"
        self.models = root / ".build/bench/onnx"
        self.precisions = precisions
        self.peers = [p for p in PEERS if arguments.peers and p[2] in precisions]

    def of(self, task):
        return list(getattr(self, task.replace("-", "_"))())

    def export(self, sentences):
        """The ONNX models with as many tags as the sentences have."""
        count = inputs_of.Inputs.tag_count(sentences)
        if any(library == "onnxruntime" for _, library, _ in self.peers):
            command = [self.python, self.parts / "export_onnx.py", "--encoder", self.encoder]
            self.run([*command, "--tags", count, "--output", self.models])
        return count

    def common(self, threads=None, repetitions=None):
        a = self.arguments
        return ["--encoder", self.encoder, "--threads", threads or a.threads,
                "--repetitions", repetitions or a.repetitions]  # fmt: skip

    def enxerto(self, task, command, options, precisions=None):
        engine = ["--engine", self.arguments.engine] if self.arguments.engine else []
        for precision in precisions or self.precisions:
            yield Program(
                task, "enxerto", precision,
                [self.ours, *command, "--precision", precision, *engine, *options],
            )  # fmt: skip

    def peer_taggers(self, task, kind, options, key):
        script = [self.python, self.parts / "peer_tagging.py", "--models", self.models, "--task", kind]
        for name, library, precision in self.peers:
            command = [*script, "--library", library, "--precision", precision, *options]
            yield Program(task, name, precision, command, command, (library, precision, key))

    def both(self, task, kind, sentences, options, key):
        self.export(sentences)
        options = [*options, "--sentences", sentences, "--batch", self.arguments.batch]
        yield from self.enxerto(task, [kind], options)
        yield from self.peer_taggers(task, kind, options, key)

    def tagging(self):
        return self.both("tagging", "tagging", self.inputs.sentences(), self.common(), "batch")

    def long(self):
        if self.inputs.has_squad("long"):
            yield from self.both("long", "tagging", self.inputs.passages(), self.common(), "long")

    def memory(self):
        return self.both("memory", "tagging", self.inputs.sentences(), self.common(repetitions=1), "batch")

    def latency(self):
        return self.both("latency", "latency", self.inputs.twenty_words(), self.common(), "latency")

    def training(self):
        sentences = self.inputs.sentences()
        options = [*self.common(), "--sentences", sentences, "--batch", self.arguments.batch]
        options += ["--group-by-length"] if self.arguments.group_by_length else []
        for method in ["soft", "deep"]:
            task = f"training {method}"
            yield from self.enxerto(task, ["training", "--method", method], options)
            for precision in [p for p in ["float32", "bf16"] if self.arguments.peers and p in self.precisions]:
                command = [self.python, self.parts / "peer_training.py", "--method", method]
                command += ["--precision", precision, *options]
                yield Program(task, "peft", precision, command, command, ("peft", precision, method))

    def growth(self):
        some = self.inputs.some()
        sets = [("growth by batch", [some], inputs_of.BATCHES)]
        if self.inputs.has_squad("growth"):
            sets.insert(0, ("growth by length", self.inputs.lengths(), [self.arguments.batch]))
        for task, files, sizes in sets:
            self.export(files[0])
            options = [*self.common(), "--sentences", *files, "--batches", *sizes]
            yield from self.enxerto(task, ["growth"], options)
            yield from self.peer_taggers(task, "growth", options, "batch")
        most = self.arguments.threads
        for threads in sorted({*range(1, min(most, 4) + 1), *[2**n for n in range(10) if 2**n < most], most}):
            task = f"growth by cores, {threads}"
            yield from self.both(task, "tagging", some, self.common(threads=threads), "batch")

    def questions(self):
        if not self.inputs.has_squad("questions"):
            return
        for words in inputs_of.WORDS_OF_PASSAGES:
            task, (ours, windows) = f"questions, {words} words", self.inputs.questions(words)
            self.export(windows)
            yield from self.enxerto(task, ["questions"], [*self.common(), "--questions", ours])
            options = [*self.common(), "--sentences", windows, "--batch", self.arguments.batch]
            yield from self.peer_taggers(task, "tagging", options, "long")

    def roofline(self):
        options = self.common(repetitions=max(self.arguments.repetitions, 10))
        rows = ["--rows", self.arguments.rows]
        yield from self.enxerto("products", ["products"], [*options, *rows])
        yield from self.enxerto("encoder", ["encoder"], [*options, *rows])

    # What is measured as people run it.

    def adapter(self):
        """An adapter of one epoch on a file of corpora/, made if it is not there: its speed is any other's."""
        folder = self.root / ".build/bench/adapter"
        if not (folder / "adapter.json").exists():
            command = [self.tagger, "train", "ner", "--corpus", self.root / "corpora/dev.conll", "--encoder",
                       self.encoder, "--epochs", 1, "--output", folder, "--overwrite", "--quiet"]  # fmt: skip
            self.run(command, stdout=sys.stderr)
        return folder

    def tag_commands(self):
        """`enxerto tag`, in its default precision and, where it takes any, in each."""
        command = [self.tagger, "tag", "--adapter", self.adapter(), "--input-format", "tokens", "--quiet"]
        command += ["--encoder", self.encoder, "--threads", self.arguments.threads]
        yield "default", command
        shown = self.run([self.tagger, "tag", "--help"], capture_output=True, text=True).stdout
        if "--precision" in shown:
            for precision in self.precisions:
                yield precision, [*command, "--precision", precision]

    def whole(self, task, text, repetitions, tags):
        timed = [self.python, self.parts / "timed.py", "--input", text, "--repetitions", repetitions]
        for precision, command in self.tag_commands():
            yield Program(task, "enxerto", precision, [*timed, "--", *command])
        sentences = self.inputs.folder / "sentences.jsonl"
        for name, library, precision in self.peers:
            report = self.inputs.folder / f"pipeline-{library}-{precision}.json"
            options = ["--library", library, "--precision", precision, "--models", self.models]
            options += ["--encoder", self.encoder, "--threads", self.arguments.threads]
            options += ["--batch", self.arguments.batch]
            command = [self.python, self.parts / "peer_pipeline.py", *options, "--tags", tags, "--report", report]
            choice = [self.python, self.parts / "peer_tagging.py", *options, "--sentences", sentences]
            yield Program(
                task, name, precision, [*timed, "--report", report, "--", *command], choice,
                (library, precision, "batch"),
            )  # fmt: skip

    def cold_start(self):
        tags = self.export(self.inputs.sentences())
        yield from self.whole("cold start", self.inputs.one_line(), max(5, self.arguments.repetitions), tags)

    def pipeline(self):
        text = self.inputs.text(self.arguments.copies)
        tags = self.export(self.inputs.folder / "sentences.jsonl")
        yield from self.whole("pipeline", text, 1, tags)
