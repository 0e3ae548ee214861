"""The files that programs of tools/bench read, written once a run under .build/bench."""

import json
import sys

PARTS_OF_GROWTH = [16, 32, 64, 128, 256, 510]
BATCHES = [1, 4, 16, 64, 256]
WORDS_OF_PASSAGES = [150, 400, 2000]


class Inputs:
    def __init__(self, root, python, encoder, corpus, squad, limit, run):
        self.python, self.encoder, self.corpus, self.limit, self.run = python, encoder, corpus, limit, run
        self.root, self.folder = root, root / ".build/bench"
        self.squad = squad or root.parent / "shared/corpora/squad/dev-1.1.json"
        self.folder.mkdir(parents=True, exist_ok=True)

    def write(self, name, *options, limit=None):
        path = self.folder / name
        command = [self.python, self.root / "tools/benchmark/sentences.py", "--encoder", self.encoder, *options]
        limits = [n for n in [limit, self.limit] if n]
        command += ["--limit", min(limits)] if limits else []
        with open(path, "w", encoding="utf-8") as file:
            self.run(command, stdout=file)
        if not path.stat().st_size:
            sys.exit(f"bench: no sentences for {name}")
        return path

    def of_corpus(self, name, *options, limit=None):
        return self.write(name, *([self.corpus] if self.corpus else []), *options, limit=limit)

    def sentences(self):
        return self.of_corpus("sentences.jsonl")

    def twenty_words(self):
        return self.of_corpus("twenty-words.jsonl", "--words", 20, limit=200)

    def some(self):
        return self.of_corpus("some.jsonl", limit=512)

    def has_squad(self, task):
        if not self.squad.exists():
            print(f"bench: {task}: no SQuAD passages at {self.squad}; left out (--squad FILE)", file=sys.stderr)
        return self.squad.exists()

    def passages(self):
        return self.write("passages.jsonl", "--squad", self.squad, limit=300)

    def questions(self, words):
        """Ours, and the same in windows for the peers."""
        files = [self.folder / f"{name}-{words}.jsonl" for name in ["questions", "windows"]]
        command = [self.python, self.root / "tools/benchmark/questions.py", "--squad", self.squad]
        command += ["--encoder", self.encoder, "--words", words, "--questions", files[0], "--windows", files[1]]
        self.run([*command, "--limit", min(self.limit or 200, 16_000 // words)])
        return files

    def lengths(self):
        return [
            self.write(f"length-{n}.jsonl", "--squad", self.squad, "--wordpieces", n, limit=max(32, 16384 // n))
            for n in PARTS_OF_GROWTH
        ]

    def text(self, copies):
        """All sentences, one a line, words separated by spaces, so many times."""
        with open(self.sentences(), encoding="utf-8") as file:
            lines = [" ".join(w for w in json.loads(line)["words"] if w.split() == [w]) + "\n" for line in file]
        path = self.folder / "sentences.txt"
        path.write_text("".join(lines) * copies, encoding="utf-8")
        return path

    def one_line(self):
        path = self.folder / "one-line.txt"
        path.write_text("Angela Merkel visited Porto with engineers from Siemens .\n", encoding="utf-8")
        return path

    @staticmethod
    def tag_count(path):
        with open(path, encoding="utf-8") as file:
            return 1 + 2 * len({t[2:] for line in file for t in json.loads(line)["tags"] if t != "O"})
