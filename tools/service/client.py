#!/usr/bin/env python3
"""A client of `enxerto serve`, of nothing but `requests`.

    client.py [--url URL] [--token TOKEN] tag ADAPTER < lines.txt
    client.py [--url URL] [--token TOKEN] ask ADAPTER QUESTION < passage.txt
    client.py [--url URL] [--token TOKEN] adapters

In Python: Client("http://127.0.0.1:8080").tag("news", "Angela Merkel visited Porto.")["spans"]
"""

import argparse
import json
import sys
import time

import requests


class Client:
    def __init__(self, url="http://127.0.0.1:8080", token=None, patience=10, timeout=60):
        self.url, self.patience, self.timeout = url.rstrip("/"), patience, timeout
        self.session = requests.Session()
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method, path, body=None):
        """Asks again where the service is busy, as it says; raises RuntimeError with the problem's detail."""
        for turn in range(self.patience + 1):
            response = self.session.request(method, self.url + path, json=body, timeout=self.timeout)
            if response.status_code not in (429, 503) or turn == self.patience:
                break
            time.sleep(float(response.headers.get("Retry-After", 1)))
        if response.status_code >= 400:
            problem = response.json()
            raise RuntimeError(f"{problem['title']} {problem['detail']}. {problem['advice']}")
        return response.json() if response.content else None

    def tag(self, adapter, text):
        return self.call("POST", "/v1/tag", {"adapter": adapter, "text": text})

    def answer(self, adapter, question, context):
        return self.call("POST", "/v1/answer", {"adapter": adapter, "question": question, "context": context})

    def adapters(self):
        return self.call("GET", "/v1/adapters")["adapters"]

    def results(self, items, at_a_time=100, bytes_at_a_time=2 << 20):
        """Results of items, any number of them, in order; for an item that could not be done its problem.

        Sent as batches: `requests` does not read an answer before it has sent the whole of its body, as /v1/stream needs it.
        """
        some, size = [], 0
        for item in items:
            length = len(json.dumps(item))
            if some and (len(some) == at_a_time or size + length > bytes_at_a_time):
                yield from self.call("POST", "/v1/batch", {"items": some})["results"]
                some, size = [], 0
            some.append(item)
            size += length
        if some:
            yield from self.call("POST", "/v1/batch", {"items": some})["results"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--token")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("tag").add_argument("adapter")
    ask = commands.add_parser("ask")
    ask.add_argument("adapter")
    ask.add_argument("question")
    commands.add_parser("adapters")
    arguments = parser.parse_args()
    client = Client(arguments.url, arguments.token)
    if arguments.command == "tag":
        for result in client.results({"adapter": arguments.adapter, "text": line.rstrip("\n")} for line in sys.stdin):
            print(json.dumps(result, ensure_ascii=False))
    elif arguments.command == "ask":
        print(json.dumps(client.answer(arguments.adapter, arguments.question, sys.stdin.read()), ensure_ascii=False))
    else:
        print(json.dumps(client.adapters(), ensure_ascii=False))


if __name__ == "__main__":
    main()
