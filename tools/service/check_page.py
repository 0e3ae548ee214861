#!/usr/bin/env python3
"""Uses the service's page in a headless Chromium, by keyboard alone, and takes pictures of it.

    tools/service/check_page.py --url http://127.0.0.1:8080 --tagger NAME [--answerer NAME] [--output FOLDER]

In light and dark, as wide as a desk and as narrow as a phone: tags a text, asks a question, looks what is marked, that nothing overflows,
that nothing is asked of another host, and that the console has no error. Needs chromium and the Python package websocket-client.
"""

import argparse
import base64
import itertools
import json
import pathlib
import subprocess
import tempfile
import time
import urllib.request

import websocket


class Page:
    """A tab, driven by the DevTools protocol."""

    def __init__(self, port):
        tabs = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json"))
        address = next(t["webSocketDebuggerUrl"] for t in tabs if t["type"] == "page")
        self.socket = websocket.create_connection(address, suppress_origin=True)
        self.numbers, self.events = itertools.count(1), []
        for domain in ["Page", "Runtime", "Network", "Log"]:
            self.call(f"{domain}.enable")

    def call(self, method, **parameters):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == number:
                return message["result"]
            self.events.append(message)

    def value(self, expression):
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def until(self, expression):
        for _ in range(200):
            if value := self.value(expression):
                return value
            time.sleep(0.05)
        raise SystemExit(f"check_page: {expression} never came true; the result is {self.value('document.body.innerText')}")

    def press(self, key, modifiers=0, text=None):
        codes = {"Tab": 9, "Enter": 13, "ArrowDown": 40}
        common = {"key": key, "code": key, "modifiers": modifiers, "windowsVirtualKeyCode": codes[key]}
        self.call("Input.dispatchKeyEvent", type="keyDown", **common, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def tab_to(self, name):
        for _ in range(10):
            if self.value("document.activeElement.id") == name:
                return
            self.press("Tab")
        raise SystemExit(f"check_page: no way to {name} by Tab")

    def choose(self, name):
        """As arrow keys do; a headless list box does not open."""
        self.tab_to("adapter")
        self.value(f"$('adapter').value = {json.dumps(name)}; $('adapter').dispatchEvent(new Event('change'))")

    def write(self, field, text):
        self.tab_to(field)
        self.value("document.activeElement.select()")
        self.call("Input.insertText", text=text)

    def picture(self, path):
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))


def use(page, parsed, name):
    page.until("adapters.length > 0")
    page.choose(parsed.tagger)
    page.write("text", "😀 Angela Merkel visited Porto with Ana Reis.")
    page.press("Enter", modifiers=2)
    marked = page.until("[...document.querySelectorAll('#result mark')].map(m => m.textContent).join(' | ')")
    print(f"{name}: {marked}")
    page.picture(parsed.output / f"tagged-{name}.png")
    if parsed.answerer:
        page.value("document.activeElement.blur()")
        page.choose(parsed.answerer)
        page.write("question", "Who visited Porto?")
        page.write("text", "In 2013 Angela Merkel visited Porto. It rained.")
        page.tab_to("go")
        page.value("$('result').replaceChildren()")
        page.press("Enter", text="\r")
        print(f"{name}: {page.until('$(`result`).textContent')}")
        page.picture(parsed.output / f"answered-{name}.png")
    if page.value("document.documentElement.scrollWidth > innerWidth"):
        raise SystemExit(f"check_page: {name}: something overflows")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--tagger", required=True)
    parser.add_argument("--answerer")
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("."))
    parsed = parser.parse_args()
    parsed.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=9333", f"--user-data-dir={profile}", "about:blank"]
        browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(100):
                try:
                    page = Page(9333)
                    break
                except OSError:
                    time.sleep(0.1)
            for scheme, (width, height) in itertools.product(["light", "dark"], [(1000, 900), (360, 740)]):
                page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
                page.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500)
                page.call("Page.navigate", url=parsed.url + "/")
                time.sleep(0.5)
                use(page, parsed, f"{scheme}-{width}")
            asked = {e["params"]["request"]["url"] for e in page.events if e["method"] == "Network.requestWillBeSent"}
            foreign = [u for u in asked if not u.startswith((parsed.url, "data:"))]
            errors = [e for e in page.events if e["method"] == "Runtime.exceptionThrown" or (
                e["method"] == "Log.entryAdded" and e["params"]["entry"]["level"] == "error")]
            if foreign or errors:
                raise SystemExit(f"check_page: asked of others: {foreign}; errors: {errors}")
        finally:
            browser.terminate()
            browser.wait(20)
    print("check_page: passed")


if __name__ == "__main__":
    main()
