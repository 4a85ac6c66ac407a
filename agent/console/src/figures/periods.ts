// Periods in the time of the hotline, whatever this computer's is. Instants are milliseconds, as Date.now() tells them.
import type { By } from './api'

export type When = 'now' | 'today' | 'yesterday' | 'week' | 'custom'

/** Span is from an instant, included, to another, not included. */
export interface Span {
  from: number
  to: number
}

export const whens: When[] = ['now', 'today', 'yesterday', 'week', 'custom']
export const groupings: By[] = ['line', 'queue', 'agent', '5min', 'day']

const shift = 8 * 3600 * 1000 // China has one time zone
const day = 24 * 3600 * 1000
const mostDays = (by: By) => (by === '5min' ? 7 : 31) // as package figures has it

/** dayStart is the midnight before an instant, or that instant. */
export const dayStart = (at: number) => Math.floor((at + shift) / day) * day - shift

/** spanOf is a period that has a name; of the last 24 hours the gateway knows best itself. */
export function spanOf(when: When, now: number, custom: Span): Span {
  const midnight = dayStart(now)
  switch (when) {
    case 'today':
      return { from: midnight, to: now }
    case 'yesterday':
      return { from: midnight - day, to: midnight }
    case 'week':
      return { from: midnight - 6 * day, to: now }
    case 'custom':
      return custom
    case 'now':
      return { from: now - day, to: now }
  }
}

/** faultOf says what is wrong with a period that somebody typed. */
export function faultOf({ from, to }: Span, by: By): { code: 'missing' | 'backwards' | 'too_long'; days: number } | null {
  const fault = (code: 'missing' | 'backwards' | 'too_long') => ({ code, days: mostDays(by) })
  if (Number.isNaN(from) || Number.isNaN(to)) return fault('missing')
  if (from >= to) return fault('backwards')
  return to - from > mostDays(by) * day ? fault('too_long') : null
}

/** chartBy is how fine a picture of a period is. */
export const chartBy = ({ from, to }: Span): '5min' | 'day' => (to - from <= 2 * day ? '5min' : 'day')

/** typed is an instant as a field for date and time has it; fromTyped reads one, NaN when it is empty. */
export const typed = (at: number) => local(at).slice(0, 16)
export const fromTyped = (text: string) => (text ? Date.parse(`${text}:00Z`) - shift : NaN)

/** stamp is an instant to the second, moment to the minute, date its day. */
export const stamp = (at: number | string) => local(at).slice(0, 19).replace('T', ' ')
export const moment = (at: number | string) => local(at).slice(0, 16).replace('T', ' ')
export const date = (at: number | string) => local(at).slice(0, 10)

function local(at: number | string): string {
  return new Date((typeof at === 'number' ? at : Date.parse(at)) + shift).toISOString()
}
