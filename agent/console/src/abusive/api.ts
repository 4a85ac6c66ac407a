// The part of the gateway's HTTP API that the page of abusive calls uses.
import { request } from '../api'

export interface Offender {
  key: string
  number: string
  calls: number
  first: string
  last: string
  talk_s: number
  warnings: number
  hang_ups: number
  kinds: Record<string, number>
  block: '' | 'proposed' | 'approved'
}

export interface MarkedCall {
  id: string
  dnis: string
  line: string
  agent: string
  arrived_at: string
  recorded: boolean
  notes: { at: string; into_s: number | null; act: string; kind: string; agent: string; note: string }[]
  hand_overs: { service: string; at: string; result: string }[]
}

export interface Block {
  id: string
  key: string
  number: string
  line: string
  reason: string
  calls: string[]
  days: number
  state: 'proposed' | 'approved' | 'rejected' | 'lifted'
  proposed_by: string
  proposed_at: string
  decided_by: string
  decided_at: string | null
  decision: string
  until: string | null
  lifted_by: string
  lifted_at: string | null
  lifted_why: string
  by_phone: number
  online: number
}

export interface BlockPage {
  on: boolean
  most_days: number
  blocks: Block[]
}

export interface Proposal {
  key?: string
  entry?: string
  line: string
  reason: string
  calls: string[]
  days: number
}

export const whiches = ['proposed', 'approved', 'review', 'over'] as const
export type Which = (typeof whiches)[number]

export const abusiveApi = {
  numbers: (days: number) => request<{ numbers: Offender[] }>('GET', `/api/abuse/numbers?days=${days}`).then((answer) => answer.numbers),
  calls: (key: string) => request<{ calls: MarkedCall[] }>('GET', `/api/abuse/numbers/${key}/calls`).then((answer) => answer.calls),
  evidence: (key: string, reason: string) => `/api/abuse/numbers/${key}/evidence.zip?reason=${encodeURIComponent(reason)}`,
  blocks: (which: Which) => request<BlockPage>('GET', `/api/blocks?which=${which}`),
  propose: (proposal: Proposal) => request<Block>('POST', '/api/blocks', proposal),
  decide: (id: string, approve: boolean, note: string) => request<Block>('POST', `/api/blocks/${id}/decide`, { approve, note }),
  lift: (id: string, note: string) => request<Block>('POST', `/api/blocks/${id}/lift`, { note }),
}
