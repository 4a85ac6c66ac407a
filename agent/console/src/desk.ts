// The pure heart of the page: frames of the gateway in, what the screen shows out.
import type { Alert, Alerts, Desk, DeskAgent, Floor, LinkTick, QueueTick, ServerFrame } from './generated/protocol'
import { goesOn, partyNews } from './parties'

/** LogLine is one thing that happened at this desk. */
export interface LogLine {
  key: string
  at: string
  kind: string
  call: string
  number: string
  state: string
  reason: string
  endedBy: string
  name: string // of a third party
  why: string // why a transfer reached nobody
  count: number // of routes tried so far
}

export interface DeskState {
  desk: Desk | null // null until the first snapshot: nothing is known
  seq: number
  queue: QueueTick | null
  asterisk: boolean | null
  floor: Floor | null // a supervisor's
  alerts: Alert[] // a supervisor's, the latest first
  log: LogLine[] // newest last, at most logLimit
  offset: number | null // gateway's clock minus this computer's, in milliseconds
}

export const logLimit = 100

export const emptyDesk: DeskState = { desk: null, seq: 0, queue: null, asterisk: null, floor: null, alerts: [], log: [], offset: null }

/** reduce takes one frame received at now (this computer's clock, milliseconds) into the state. */
export function reduce(state: DeskState, frame: ServerFrame, now: number): DeskState {
  switch (frame.t) {
    case 'snapshot':
      return {
        ...state,
        desk: frame.desk ?? state.desk,
        seq: frame.seq ?? 0,
        offset: offsetOf(frame, now) ?? state.offset,
      }
    case 'event':
      return takeEvent(state, frame, now)
    case 'tick':
      return takeTick(state, frame)
    default:
      return state
  }
}

function takeEvent(state: DeskState, frame: ServerFrame, now: number): DeskState {
  const seq = frame.seq ?? 0
  if (seq <= state.seq) return state // seen before
  return {
    ...state,
    desk: frame.desk ?? state.desk,
    seq,
    offset: laterOf(state.offset, offsetOf(frame, now)),
    log: append(state.log, linesOf(frame, state.desk)),
  }
}

function takeTick(state: DeskState, frame: ServerFrame): DeskState {
  if (frame.topic === 'queue') return { ...state, queue: frame.value as unknown as QueueTick }
  if (frame.topic === 'link') return { ...state, asterisk: (frame.value as unknown as LinkTick).asterisk }
  if (frame.topic === 'floor') return { ...state, floor: frame.value as unknown as Floor }
  if (frame.topic === 'alerts') return { ...state, alerts: (frame.value as unknown as Alerts).alerts }
  return state
}

function offsetOf(frame: ServerFrame, now: number): number | null {
  const at = frame.at === undefined ? NaN : Date.parse(frame.at)
  return Number.isNaN(at) ? null : at - now
}

// A frame is late by its way here, a replayed one by much more, never early: the largest offset is the best.
function laterOf(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b
  return Math.max(a, b)
}

// Saving the note and the arrival of the history are no news to the agent; of parties, each has a line of its own.
const quiet = new Set(['wrap_up.saved', 'call.history', 'call.tagged', 'call.parties', 'floor.supervising'])

function linesOf(frame: ServerFrame, before: Desk | null): LogLine[] {
  if (!frame.desk) return []
  const { agent, call } = frame.desk
  const about = call ?? before?.call ?? null
  const line = (kind: string, more: Partial<LogLine> = {}): LogLine => ({
    key: frame.id ?? `${frame.kind ?? ''}/${frame.seq ?? 0}`,
    at: frame.at ?? '',
    kind,
    call: about?.id ?? '',
    number: about?.number ?? '',
    state: agent.state,
    reason: agent.reason,
    endedBy: call?.ended_by ?? '',
    name: '',
    why: '',
    count: 0,
    ...more,
  })
  const lines = isNews(frame, before) ? [line(kindOf(frame))] : []
  for (const news of partyNews(before?.call ?? null, call, agent.no)) lines.push(line(news.kind, news))
  if (before && before.help !== frame.desk.help) lines.push(line(frame.desk.help ? 'help.on' : 'help.off'))
  return lines.map((one, i) => (i === 0 ? one : { ...one, key: `${one.key}.${i}` }))
}

function isNews(frame: ServerFrame, before: Desk | null): boolean {
  if (quiet.has(frame.kind ?? '')) return false
  return frame.kind !== 'agent.state' || !before || !frame.desk || !sameState(before.agent, frame.desk.agent)
}

function kindOf(frame: ServerFrame): string {
  const call = frame.desk?.call
  if (frame.kind === 'call.muted' && !call?.muted) return 'call.unmuted'
  return frame.kind === 'call.ended' && goesOn(call) ? 'call.handed' : (frame.kind ?? '')
}

function sameState(a: DeskAgent, b: DeskAgent): boolean {
  return a.state === b.state && a.reason === b.reason
}

function append(log: LogLine[], lines: LogLine[]): LogLine[] {
  return lines.length === 0 ? log : [...log, ...lines].slice(-logLimit)
}
