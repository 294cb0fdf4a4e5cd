/** What is to be done when a signal is aborted, by one listener for all of it. */
interface Watch {
  readonly actions: Set<() => void>;
  readonly listener: () => void;
}

const watches = new WeakMap<AbortSignal, Watch>();

/**
 * Does something when a signal is aborted; the function returned lifts that. Many may share one
 * signal: Node warns of a leak where more than ten listen to it, so there is one listener for all.
 */
export function onAbort(signal: AbortSignal, action: () => void): () => void {
  const { actions, listener } = watches.get(signal) ?? watch(signal);
  actions.add(action);
  return () => {
    if (!actions.delete(action) || actions.size > 0) return;
    signal.removeEventListener("abort", listener);
    watches.delete(signal);
  };
}

function watch(signal: AbortSignal): Watch {
  const actions = new Set<() => void>();
  const listener = () => {
    for (const action of [...actions]) action();
  };
  signal.addEventListener("abort", listener, { once: true });
  const created = { actions, listener };
  watches.set(signal, created);
  return created;
}
