// The pure heart of the page: frames of the gateway in, what the screen shows out.
import type { Alert, Alerts, Desk, DeskAgent, Floor, LinkTick, QueueTick, ServerFrame } from './generated/protocol'

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
    log: append(state.log, lineOf(frame, state.desk)),
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

// Saving the note and the arrival of the history are no news to the agent.
const quiet = new Set(['wrap_up.saved', 'call.history'])

function lineOf(frame: ServerFrame, before: Desk | null): LogLine | null {
  const kind = frame.kind ?? ''
  if (quiet.has(kind) || !frame.desk) return null
  if (kind === 'agent.state' && before && sameState(before.agent, frame.desk.agent)) return null
  const { agent, call } = frame.desk
  const about = call ?? before?.call ?? null
  return {
    key: frame.id ?? `${kind}/${frame.seq ?? 0}`,
    at: frame.at ?? '',
    kind: kind === 'call.muted' && !call?.muted ? 'call.unmuted' : kind,
    call: about?.id ?? '',
    number: about?.number ?? '',
    state: agent.state,
    reason: agent.reason,
    endedBy: call?.ended_by ?? '',
  }
}

function sameState(a: DeskAgent, b: DeskAgent): boolean {
  return a.state === b.state && a.reason === b.reason
}

function append(log: LogLine[], line: LogLine | null): LogLine[] {
  return line === null ? log : [...log, line].slice(-logLimit)
}
