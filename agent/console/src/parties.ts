// Pure: who takes part in a call, who hears whom, and what became of a transfer.
import type { Desk, DeskCall, DeskParty, DeskTransfer } from './generated/protocol'
import type { LogLine } from './desk'

export const services = ['110', '119', '120', '122'] as const
export type Service = (typeof services)[number]

// An emergency is never too late while anybody talks, a reload of the page included.
const conversing: DeskCall['phase'][] = ['talking', 'held', 'consulting', 'three_way', 'reconnecting']

/** partiesOf leaves out supervisors who do not hear anything yet. */
export function partiesOf(call: DeskCall | null): DeskParty[] {
  return (call?.parties ?? []).filter((party) => party.kind !== 'supervisor' || party.state === 'in')
}

/** titleOf is what a party is called; an emergency service by its number, as everybody does. */
export const titleOf = (one: { kind: string; key: string; title: string }) => (one.kind === 'emergency' ? one.key : one.title || one.key)

export const isUp = (party: DeskParty) => party.state === 'in' || party.state === 'aside'

/** isGuest tells whether this agent is in another agent's call. After it, the call may be anybody's. */
export function isGuest(desk: Desk | null): boolean {
  const call = desk?.call
  return call != null && call.phase !== 'wrap_up' && Boolean(call.owner) && call.owner !== desk?.agent.no
}

/** ownsConversation tells whether this agent may bring somebody into the call. */
export function ownsConversation(desk: Desk | null): boolean {
  return desk?.call != null && desk.call.owner === desk.agent.no && conversing.includes(desk.call.phase)
}

/** serviceIn is the party that an emergency service is at present. */
export function serviceIn(call: DeskCall | null, service: string): DeskParty | null {
  return partiesOf(call).find((party) => party.kind === 'emergency' && party.key === service) ?? null
}

/** Voice is one who takes part: the caller, this agent, or a party. */
export interface Voice {
  who: 'caller' | 'me' | 'party'
  party: DeskParty | null
}

/** hearing sorts a call's people into those who hear each other and those who do not. */
export function hearing(call: DeskCall): { together: Voice[]; apart: Voice[] } {
  const caller: Voice = { who: 'caller', party: null }
  const me: Voice = { who: 'me', party: null }
  const voices = partiesOf(call).map((party): Voice => ({ who: 'party', party }))
  const isIn = (voice: Voice) => voice.party?.state === 'in'
  const together = voices.filter(isIn)
  const apart = voices.filter((voice) => !isIn(voice))
  if (call.phase === 'reconnecting') apart.unshift(me)
  else if (call.phase !== 'wrap_up') together.unshift(me)
  ;(call.caller_in ? together : apart).unshift(caller)
  return { together, apart }
}

/** canMerge tells whether somebody who is in the call does not hear all others. */
export function canMerge(call: DeskCall): boolean {
  const up = partiesOf(call).filter(isUp)
  return up.some((party) => party.state === 'aside') || (!call.caller_in && up.some((party) => party.n > 0))
}

/** canLeave tells whether the caller would not be left alone. */
export function canLeave(call: DeskCall): boolean {
  return call.phase !== 'reconnecting' && partiesOf(call).some((party) => party.n > 0 && isUp(party))
}

/** goesOn tells whether the caller talks or waits on after this agent left. */
export const goesOn = (call: DeskCall | null | undefined) => call?.phase === 'wrap_up' && (call.take_back || partiesOf(call).length > 0)

export const failed = (transfer: DeskTransfer | null | undefined) => transfer?.result === 'failed'

/** transferKey tells one ended transfer from another. */
export const transferKey = (call: DeskCall) => (call.last_transfer ? `${call.id}/${call.last_transfer.n}` : '')

type News = Pick<LogLine, 'kind' | 'name' | 'why' | 'count'>

/** partyNews is what happened to the third parties of one call between two states of the desk. */
export function partyNews(before: DeskCall | null, after: DeskCall | null, me = ''): News[] {
  if (!before || !after || before.id !== after.id) return []
  const known = new Map(partiesOf(before).map((party) => [nameOf(party), party]))
  const now = partiesOf(after)
  const news: News[] = []
  for (const party of now) {
    const kind = changeOf(known.get(nameOf(party)), party, after)
    if (kind) news.push({ kind, name: titleOf(party), why: '', count: party.route })
  }
  const present = new Set(now.map(nameOf))
  const gone = [...known].filter(([name]) => !present.has(name)).map(([, party]) => party)
  const ended = transferKey(after) !== transferKey(before) ? after.last_transfer : null
  for (const party of gone) {
    if (ended?.key !== party.key || ended.kind !== party.kind) news.push({ kind: 'party.left', name: titleOf(party), why: '', count: 0 })
  }
  if (before.owner !== me && after.owner === me && after.phase !== 'wrap_up') news.push({ kind: 'call.yours', name: '', why: '', count: 0 })
  else if (ended) news.push(endOf(ended))
  return news
}

// A number does not last: after he left, and for guests, an agent gets none.
const nameOf = (party: DeskParty) => `${party.kind}/${party.key}`

function changeOf(before: DeskParty | undefined, party: DeskParty, call: DeskCall): string {
  if (before?.state === party.state) return party.state === 'dialling' && before.route < party.route ? 'party.route' : ''
  if (party.state === 'in' && before?.state === 'aside') return 'party.back'
  if (party.kind === 'supervisor' && party.state === 'in') return 'party.supervisor'
  if (party.state === 'in') return call.caller_in ? 'party.three' : 'party.in'
  if (party.state === 'dialling' && before?.state === 'ringing') return 'party.route'
  return `party.${party.state}`
}

function endOf(ended: DeskTransfer): News {
  const name = titleOf(ended)
  if (failed(ended)) return { kind: 'transfer.failed', name, why: ended.why, count: ended.routes }
  return { kind: ended.result === 'cancelled' ? 'party.cancelled' : 'party.left', name, why: '', count: 0 }
}
