// Keeps what is typed into the form on this computer, per call, until the gateway has it.

export interface Draft {
  disposition: string
  note: string
  scope?: string // of legal_channel: which kind of matter is not accepted
  dirty: boolean // typed since the gateway last confirmed
  at: number // milliseconds since 1970
}

const prefix = 'hotline.draft.'
const keepFor = 7 * 24 * 3600 * 1000

export class DraftKeeper {
  // Storage may be full, corrupt or forbidden: what was typed then lives as long as the page.
  private readonly memory = new Map<string, Draft>()

  constructor(private readonly storage: Storage | null) {}

  load(call: string): Draft | null {
    const kept = this.memory.get(call)
    if (kept) return kept
    try {
      return checked(JSON.parse(this.storage?.getItem(prefix + call) ?? 'null'))
    } catch {
      return null
    }
  }

  /** save keeps the draft and tells whether it would survive a reload. */
  save(call: string, draft: Draft): boolean {
    this.memory.set(call, draft)
    try {
      this.storage?.setItem(prefix + call, JSON.stringify(draft))
      return this.storage !== null
    } catch {
      return false
    }
  }

  remove(call: string) {
    this.memory.delete(call)
    try {
      this.storage?.removeItem(prefix + call)
    } catch {
      // nothing was kept there
    }
  }

  /** prune forgets drafts older than a week and what cannot be read. */
  prune(now: number) {
    try {
      const keys = Object.keys(this.storage ?? {}).filter((key) => key.startsWith(prefix))
      for (const key of keys) {
        const draft = this.load(key.slice(prefix.length))
        if (!draft || now - draft.at > keepFor) this.remove(key.slice(prefix.length))
      }
    } catch {
      // nothing can be listed, nothing can be pruned
    }
  }
}

function checked(value: unknown): Draft | null {
  const draft = value as Draft | null
  if (typeof draft?.note !== 'string' || typeof draft.disposition !== 'string' || typeof draft.at !== 'number') return null
  return { ...draft, scope: typeof draft.scope === 'string' ? draft.scope : undefined, dirty: draft.dirty === true }
}

/** localStorageOrNull is null where the browser forbids it. */
export function localStorageOrNull(): Storage | null {
  try {
    return window.localStorage
  } catch {
    return null
  }
}
