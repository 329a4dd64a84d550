export interface Throttle<T> {
  push(value: T): void;
  /** Emits what is still held back. */
  flush(): void;
}

/** Hands on the first value at once, then at most one per interval, always the newest; none is kept for good. */
export function createThrottle<T>(intervalMs: number, emit: (value: T) => void): Throttle<T> {
  let held: { readonly value: T } | undefined;
  let timer: NodeJS.Timeout | undefined;

  function release(): void {
    timer = undefined;
    if (!held) return;
    emit(held.value);
    held = undefined;
    timer = setTimeout(release, intervalMs).unref();
  }
  return {
    push(value) {
      held = { value };
      if (!timer) release();
    },
    flush() {
      clearTimeout(timer);
      timer = undefined;
      if (held) emit(held.value);
      held = undefined;
    },
  };
}
