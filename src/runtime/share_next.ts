/**
 * Makes calls that come while one runs share the next run: what they get was never begun before they
 * asked for it.
 */
export function shareNext<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  const start = async () => {
    await running.catch(() => {});
    next = undefined;
    const own = run();
    running = own;
    return await own;
  };
  return () => next ??= start();
}
