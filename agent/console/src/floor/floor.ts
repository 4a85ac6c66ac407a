// The pure heart of the supervisor's page: what he asked to see of the floor, counted and put in order.
import type { Alert, AgentState, Floor, FloorAgent, FloorCall, QueueTick } from '../generated/protocol'

/** staleAfter is from what age on, in seconds, the page says that its data are old. */
export const staleAfter = 3

/** States in which an agent has a conversation that a supervisor can be with. */
const conversing: AgentState[] = ['talking', 'held']

export interface Filter {
  state: AgentState | ''
  group: string // '' is all
  text: string // part of a number or a name
  help: boolean // only who called for help
}

export const everybody: Filter = { state: '', group: '', text: '', help: false }

/** agentsWith are the agents that pass the filter, in the order in which the gateway sent them. */
export function agentsWith(agents: FloorAgent[], filter: Filter): FloorAgent[] {
  const text = filter.text.trim().toLowerCase()
  return agents.filter(
    (one) =>
      (filter.state === '' || one.state === filter.state) &&
      (filter.group === '' || one.group === filter.group) &&
      (!filter.help || one.help) &&
      (text === '' || one.no.toLowerCase().includes(text) || one.name.toLowerCase().includes(text)),
  )
}

/** groupsOf are the names of the groups, each once, in order. */
export function groupsOf(agents: FloorAgent[]): string[] {
  return [...new Set(agents.map((one) => one.group))].filter(Boolean).sort((a, b) => a.localeCompare(b, 'zh-CN'))
}

/** countStates tells how many agents are in each state; a state that nobody is in is left out. */
export function countStates(agents: FloorAgent[]): Map<AgentState, number> {
  const counts = new Map<AgentState, number>()
  for (const { state } of agents) counts.set(state, (counts.get(state) ?? 0) + 1)
  return counts
}

export const inConversation = (agent: FloorAgent): boolean => agent.call !== '' && conversing.includes(agent.state)

export interface Figures {
  waiting: number | null
  longestSince: string | null
  ready: number | null
  signedIn: number | null
  talking: number | null
}

/** figuresOf are the figures at the head of the page; null is not known. */
export function figuresOf(floor: Floor | null, queue: QueueTick | null): Figures {
  const here = floor?.agents.filter((one) => one.state !== 'signed_out')
  return {
    waiting: queue?.waiting ?? null,
    longestSince: queue?.longest_since ?? null,
    ready: here?.filter((one) => one.state === 'ready').length ?? null,
    signedIn: here?.length ?? null,
    talking: here?.filter((one) => conversing.includes(one.state)).length ?? null,
  }
}

/** ageOf is how old the floor is, in seconds, at now (the gateway's clock, milliseconds); null without a floor. */
export function ageOf(floor: Floor | null, now: number): number | null {
  const at = floor ? Date.parse(floor.at) : NaN
  return Number.isNaN(at) ? null : Math.max(0, (now - at) / 1000)
}

export const callsByID = (calls: FloorCall[]): Map<string, FloorCall> => new Map(calls.map((one) => [one.id, one]))

/** timerOf is from when a call's timer counts: the conversation, else the wait, else the arrival. */
export const timerOf = (call: FloorCall): string => call.talking_at ?? call.queued_at ?? call.arrived_at

export const pending = (alert: Alert): boolean => alert.ack_by === ''

/** calling are the calls for help that nobody has acknowledged. */
export const calling = (alerts: Alert[]): Alert[] => alerts.filter((one) => one.kind === 'help' && pending(one))

/** freshIn are the unacknowledged calls for help that were not in before. */
export function freshIn(before: Alert[], after: Alert[]): Alert[] {
  const known = new Set(before.map((one) => one.id))
  return calling(after).filter((one) => !known.has(one.id))
}
