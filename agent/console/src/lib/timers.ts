// Timers that keep time in a background tab, where the browser slows the page's own timers down.

export interface Timers {
  /** after calls fn once, ms milliseconds from now, unless the returned function is called first. */
  after(ms: number, fn: () => void): () => void
}

export const pageTimers: Timers = {
  after(ms, fn) {
    const id = setTimeout(fn, ms)
    return () => clearTimeout(id)
  },
}

/** workerTimers runs its clock in a Worker; without Workers it falls back to the page's timers. */
export function workerTimers(): Timers {
  let worker: Worker
  try {
    worker = new Worker(new URL('./timers.worker.ts', import.meta.url), { type: 'module', name: 'timers' })
  } catch {
    return pageTimers
  }
  const waiting = new Map<number, () => void>()
  let last = 0
  worker.onmessage = (event: MessageEvent<number>) => {
    const fn = waiting.get(event.data)
    waiting.delete(event.data)
    fn?.()
  }
  return {
    after(ms, fn) {
      const id = ++last
      waiting.set(id, fn)
      worker.postMessage({ id, ms })
      return () => waiting.delete(id)
    },
  }
}
