// A desk at noon for the unit tests.
import type { DeskAgent, DeskCall } from '../src/generated/protocol'

export const noon = Date.parse('2026-11-21T04:00:00Z')
export const at = (seconds: number) => new Date(noon + seconds * 1000).toISOString()

export const agent: DeskAgent = {
  no: '8001', name: '陈晓兰', phone: 'browser', state: 'ready', reason: '', since: at(-192), until: null, next: '', next_reason: '', phone_ok: true, rest_turn: 0,
}
export const ringing: DeskCall = {
  id: 'call-1', ver: 3, direction: 'inbound', callback: null, phase: 'ringing', number: '13861234567', number_kind: 'mobile', line: { dnis: '12333', name: '人社服务热线' },
  arrived_at: at(-41), queued_at: at(-32), offered_at: at(-2), ring_until: at(18), talking_at: null, held_at: null, ended_at: null, ended_by: '',
  wrap_until: null, muted: false, secret: false, recording: false, history: [], history_state: 'loading', disposition: '', note: '',
  owner: '8001', asked: '', caller_in: true, parties: [], last_transfer: null, came_from: null, take_back: false,
  abuse: { marks: [], warnings: 0, warn_first: 1, hang_up: false, hang_up_from: null },
}
export const talking: DeskCall = { ...ringing, phase: 'talking', ring_until: null, talking_at: at(-151), recording: true, history_state: 'ready' }
