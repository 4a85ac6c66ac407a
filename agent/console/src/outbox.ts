// Commands under way: each is kept until its result comes and sent again, under the same id, after every drop.
import type { ClientFrame, ServerFrame } from './generated/protocol'
import type { CommandName, WireError } from './lib/protocol'
import type { Timers } from './lib/timers'

/** CommandError is a refused command, or with code "no_reply" one whose fate is unknown. */
export class CommandError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly temporary: boolean,
  ) {
    super(message)
  }
}

interface Pending {
  frame: ClientFrame
  resolve: (result: unknown) => void
  reject: (error: CommandError) => void
  cancelDeadline: () => void
}

export class Outbox {
  private readonly pending = new Map<string, Pending>()

  constructor(
    private readonly send: (frame: ClientFrame) => void,
    private readonly timers: Timers,
    private readonly replyWithin: number, // milliseconds a command may stay unanswered on a live link
  ) {}

  /** add takes a command in, sends it if the link is there, and answers with its result. */
  add(name: CommandName, args: object, call: string, ver: number, linked: boolean): Promise<unknown> {
    const frame: ClientFrame = { t: 'cmd', id: newID(), name, args: args as ClientFrame['args'] }
    if (call !== '') frame.call = call
    if (ver !== 0) frame.ver = ver
    return new Promise((resolve, reject) => {
      const entry: Pending = { frame, resolve, reject, cancelDeadline: () => {} }
      this.pending.set(frame.id!, entry)
      if (linked) this.transmit(entry)
    })
  }

  sendAll() {
    for (const entry of this.pending.values()) this.transmit(entry)
  }

  /** wait keeps all commands without a deadline until sendAll. */
  wait() {
    for (const entry of this.pending.values()) entry.cancelDeadline()
  }

  answered(frame: ServerFrame) {
    const entry = this.pending.get(frame.id ?? '')
    if (!entry) return
    this.pending.delete(frame.id!)
    entry.cancelDeadline()
    if (frame.ok) return entry.resolve(frame.result)
    const error: WireError = frame.error ?? { code: 'internal', message: '', temporary: false }
    entry.reject(new CommandError(error.code, error.message, error.temporary))
  }

  failAll(code: string) {
    const entries = [...this.pending.values()]
    this.pending.clear()
    for (const entry of entries) entry.reject(new CommandError(code, '', false))
  }

  private transmit(entry: Pending) {
    this.send(entry.frame)
    entry.cancelDeadline()
    entry.cancelDeadline = this.timers.after(this.replyWithin, () => {
      this.pending.delete(entry.frame.id!)
      entry.reject(new CommandError('no_reply', 'the gateway did not answer', true))
    })
  }
}

// randomUUID is missing on pages that came over plain HTTP from another machine.
export function newID(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
