import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { context, createContextKey, ROOT_CONTEXT } from "@opentelemetry/api";
import { createContextManager } from "../../src/runtime/context_manager.ts";
import { createTelemetry } from "../../src/telemetry/instance.ts";
import { memoryExporter } from "../../src/telemetry/record_exporters.ts";
import { StackManager } from "./stack_manager.ts";

const KEY = createContextKey("test");

/** What is active in a function, and after it has waited. */
async function activeBeforeAndAfterWaiting(): Promise<unknown[]> {
  return await context.with(ROOT_CONTEXT.setValue(KEY, "here"), async () => {
    const before = context.active().getValue(KEY);
    await new Promise((resolve) => setTimeout(resolve, 1));
    return [before, context.active().getValue(KEY)];
  });
}

function telemetryOn(contextManager?: typeof createContextManager) {
  return createTelemetry({
    env: () => Promise.resolve({}),
    ...(contextManager ? { contextManager } : {}),
  });
}

const ON = { enabled: true, contextManager: true, exporter: memoryExporter() };

describe("configure({ contextManager: true })", () => {
  beforeEach(() => context.disable());

  it("installs one that keeps what is active across await, and stays", async () => {
    const telemetry = telemetryOn(createContextManager);
    await telemetry.configure({ ...ON, contextManager: false });
    assert.deepEqual(await activeBeforeAndAfterWaiting(), [undefined, undefined]);
    await telemetry.configure(ON);
    await telemetry.configure(ON);
    assert.deepEqual(await activeBeforeAndAfterWaiting(), ["here", "here"]);
    await telemetry.shutdown();
    assert.deepEqual(await activeBeforeAndAfterWaiting(), ["here", "here"]);
  });

  it("leaves the host's own in place", async () => {
    context.setGlobalContextManager(new StackManager());
    const telemetry = telemetryOn(() => assert.fail("the host has one"));
    const status = await telemetry.configure(ON);
    assert.equal(status.enabled, true);
    assert.deepEqual(await activeBeforeAndAfterWaiting(), ["here", undefined]);
  });

  it("installs none where telemetry is off", async () => {
    const telemetry = telemetryOn(() => assert.fail("telemetry is off"));
    await telemetry.configure({ ...ON, enabled: false });
  });

  it("fails where the platform has none", async () => {
    const { enabled, error } = await telemetryOn().configure(ON);
    assert.equal(enabled, false);
    assert.equal(error?.code, "unsupported");
  });
});
