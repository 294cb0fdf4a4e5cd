import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { upgradeError } from "../../../src/core/app_server/connect_errors.ts";
import {
  checkRemote,
  serverAddress,
  withoutCredentials,
} from "../../../src/core/app_server/remote_options.ts";
import type { RemoteAppServer } from "../../../src/core/options.ts";

const URL = "wss://host/path";

describe("checkRemote()", () => {
  const refused: [string, Partial<Record<keyof RemoteAppServer, unknown>>][] = [
    ["no URL", { url: undefined }],
    ["what is no URL", { url: "host:1" }],
    ["a URL of the web", { url: "https://hush@host/" }],
    ["a fragment, which WebSockets refuse", { url: "wss://hush@host/#a" }],
    ["a token that is no string", { url: URL, token: 1 }],
    ["an empty token", { url: URL, token: "" }],
    ["a token with the end of its line", { url: URL, token: "hush\n" }],
    ["a token that HTTP cannot carry", { url: URL, token: "hush\u{1f92b}" }],
    ["a header with a line end", { url: URL, headers: { a: "hush\r\nb: c" } }],
    ["a header that is no string", { url: URL, headers: { a: null } }],
    ["the name of a header with a space", { url: URL, headers: { "a b": "hush" } }],
  ];
  for (const [name, remote] of refused) {
    it(`refuses ${name}, and does not show it`, () => {
      assert.throws(() => checkRemote(remote as unknown as RemoteAppServer), (error) => {
        assert.ok(error instanceof TypeError);
        assert.equal(error.message.includes("hush"), false);
        return true;
      });
    });
  }
  it("takes the others", () => {
    checkRemote({ url: "ws://127.0.0.1:1" });
    checkRemote({ url: `${URL}?a=b`, token: "a.b-c_d=", headers: { "X-Key": "two words" } });
  });
});

describe("upgradeError()", () => {
  const url = "wss://user:hush@host:444/path?key=hush";
  for (
    const [failure, code] of [
      [{ status: 401 }, "unauthorized"],
      [{ status: 403 }, "unauthorized"],
      [{ status: 200 }, "not_app_server"],
      [{ status: 502 }, "not_app_server"],
      [{ reason: "ECONNREFUSED" }, "connection_refused"],
    ] as const
  ) {
    it(`makes ${code} of ${JSON.stringify(failure)}, without credentials`, () => {
      const error = upgradeError(url, failure);
      assert.equal(error.code, code);
      assert.equal(error.details.url, "wss://host:444/path");
      assert.equal(`${error.message} ${JSON.stringify(error.details)}`.includes("hush"), false);
    });
  }
  it("shows nothing of what is no URL", () => {
    assert.equal(withoutCredentials("hush"), "an invalid URL");
  });
});

describe("serverAddress()", () => {
  it("knows the ports that URLs leave out", () => {
    const ports = ["ws://h", "wss://h", "ws://h:8080"].map((url) => serverAddress(url).port);
    assert.deepEqual(ports, [80, 443, 8080]);
  });
});
