/**
 * The memory of bytes, given back at once and not when the collector gets to it: beside a line of
 * 100 MB, bytes that nobody needs would pile up.
 * @module
 */

/** `ArrayBuffer` as of ES2024, which Node 20 does not have. */
type Transferable = Partial<{ transfer(newByteLength: number): ArrayBuffer }>;

/** What is sent to a port that is closed belongs to nobody. */
let closedPort: MessagePort | undefined;

/** Gives the memory of bytes back, where nothing else shares it. Not to be asked twice. */
export function letGo({ buffer, byteLength }: Uint8Array): void {
  if (byteLength < buffer.byteLength) return;
  const own = buffer as ArrayBuffer & Transferable;
  if (own.transfer) own.transfer(0);
  else (closedPort ??= openAndClose()).postMessage(null, [own]);
}

function openAndClose(): MessagePort {
  const { port1 } = new MessageChannel();
  port1.close();
  return port1;
}

/** The bytes, with the memory behind them given back. They must begin it, and have it alone. */
export function trim(bytes: Uint8Array): Uint8Array {
  const { buffer, byteLength } = bytes;
  const trimmed = byteLength < buffer.byteLength && (buffer as Transferable).transfer?.(byteLength);
  return trimmed ? new Uint8Array(trimmed) : bytes;
}
