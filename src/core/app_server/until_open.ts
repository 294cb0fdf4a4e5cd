import type { OpenSocket } from "../ports.ts";

/** How long the upgrade may take. */
export const OPEN_TIMEOUT_MS = 30_000;

/** Waits until a WebSocket is open; false, and it is closed, when that fails or is given up. */
export function untilOpen(socket: OpenSocket, signal: AbortSignal | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const giveUp = () => settle(false);
    signal?.addEventListener("abort", giveUp, { once: true });
    const timer = setTimeout(() => settle(false), OPEN_TIMEOUT_MS);
    socket.addEventListener("open", () => settle(true), { once: true });
    socket.addEventListener("error", () => settle(false), { once: true });
    socket.addEventListener("close", () => settle(false), { once: true });
    function settle(isOpen: boolean) {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
      if (!isOpen) socket.close();
      resolve(isOpen);
    }
  });
}
