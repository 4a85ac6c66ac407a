// The pure heart of what an agent may do about an abusive call.
import type { DeskCall } from './generated/protocol'

export const abuseKinds = ['abuse', 'vulgar', 'harassment', 'silent', 'no_request', 'false_report', 'occupying'] as const
export type AbuseKind = (typeof abuseKinds)[number]
export const abuseNoteLimit = 500

/** Hindrance is why a logged hang-up is not possible now; s are the seconds that are missing. */
export type Hindrance = '' | 'warning' | 'time' | 'kind' | 'note' | 'alone'

/** hangUpHindrance tells it, at now (the gateway's clock, milliseconds). The gateway decides all the same. */
export function hangUpHindrance(call: DeskCall, kind: AbuseKind | '', note: string, now: number): Hindrance {
  if (call.parties.some((one) => one.kind !== 'supervisor')) return 'alone'
  if (call.abuse.warnings < call.abuse.warn_first) return 'warning'
  if (secondsLeft(call, now) > 0) return 'time'
  if (kind === '') return 'kind'
  return note.trim() === '' ? 'note' : ''
}

/** secondsLeft is how long the conversation must last still. */
export function secondsLeft(call: DeskCall, now: number): number {
  const from = call.abuse.hang_up_from ? Date.parse(call.abuse.hang_up_from) : NaN
  return Number.isNaN(from) ? 1 : Math.max(0, Math.ceil((from - now) / 1000))
}
