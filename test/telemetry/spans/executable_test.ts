import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { splitCommands } from "../../../src/telemetry/spans/shell_words.ts";
import { executableOf } from "../../../src/telemetry/spans/executable.ts";

describe("executableOf()", () => {
  const cases: [command: unknown, expected: string | undefined][] = [
    ["ls -l", "ls"],
    ["/usr/bin/git status", "git"],
    ["/bin/bash -lc 'touch x'", "touch"],
    [`/bin/bash -lc "cd /tmp && npm test"`, "npm"],
    ["export A=1; set -e; make", "make"],
    ["cd /tmp", "cd"],
    [`bash -c "echo \\"a b\\" | wc"`, "echo"],
    [`/usr/bin/zsh -lc ls`, "ls"],
    [`bash -l -c 'make all'`, "make"],
    [`bash -lc "bash -lc 'cat x'"`, "cat"],
    ["bash script.sh", "bash"],
    ["bash", "bash"],
    ["bash -lc ''", "bash"],
    ["bash -lc", "bash"],
    ["A=1 B='x y' make", "make"],
    ["sudo -u root /sbin/reboot", "reboot"],
    ["sudo", "sudo"],
    ["env -i A=1 node x.js", "node"],
    ["timeout -k 5 10s cargo test", "cargo"],
    ["nohup nice -n 10 python3 x.py", "python3"],
    ["time ls", "ls"],
    ["'/opt/my tool/run' x", "run"],
    ["my\\ tool x", "my tool"],
    ["(cd x; ls)", "ls"],
    ["! grep x y", "grep"],
    ["ls;rm x", "ls"],
    ["cat<x", "cat"],
    ["> out echo x", "echo"],
    ["2>/dev/null make -j", "make"],
    [`'C:\\Windows\\System32\\cmd.exe' /c dir`, "dir"],
    [["C:\\Windows\\System32\\cmd.exe", "/c", "dir"], "dir"],
    [["powershell.exe", "-Command", "Get-ChildItem x"], "Get-ChildItem"],
    [["bash", "-lc", "apply_patch <<'EOF'\n*** Begin"], "apply_patch"],
    [["git", "status"], "git"],
    ["bash -lc 'unterminated x", "unterminated"],
    ["constructor x", "constructor"],
    ["", undefined],
    ["   ", undefined],
    ["'", undefined],
    [[], undefined],
    [[1], undefined],
    [undefined, undefined],
    [{ command: "ls" }, undefined],
  ];
  for (const [command, expected] of cases) {
    it(`finds ${expected} in ${JSON.stringify(command)}`, () => {
      assert.equal(executableOf(command), expected);
    });
  }

  it("reads only the head of a line, however it is quoted", () => {
    const lines = ["a\\".repeat(500_000), '"'.repeat(500_001), "'a ".repeat(500_001)];
    for (const line of lines) assert.equal(executableOf(`make ${line}`), "make");
    assert.equal(executableOf(`bash -lc '${"x".repeat(500_000)}'`), undefined);
  });
});

describe("splitCommands()", () => {
  it("splits a line into commands and words as a shell does", () => {
    assert.deepEqual(splitCommands(`a 'b c' "d \\"e\\" \\x" f\\ g h'i'"j" && k 2>x l | m\nn`), [
      ["a", "b c", 'd "e" \\x', "f g", "hij"],
      ["k", "l"],
      ["m"],
      ["n"],
    ]);
  });
});
