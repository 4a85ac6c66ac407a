// The part of the gateway's HTTP API that the page of figures uses.
import { request } from '../api'
import type { Span } from './periods'

export type By = 'line' | 'queue' | 'agent' | '5min' | 'day'
export type Unit = 'calls' | 'ratio' | 's' | 'grade'
export type Values = Record<string, number | null>

/** Choices are the settings behind the figures. */
export interface Choices {
  answer_within_s: number
  clock_start: 'arrived' | 'queued'
  denominator: 'offered' | 'offered_without_short_abandons'
  short_abandon_s: number
  repeat_within_s: number
  satisfied_to: number
}

export interface Figure {
  name: string
  label: string
  unit: Unit
  definition: string
}

export interface Row {
  name: string
  from: string | null
  values: Values
}

export interface Table {
  from: string
  to: string
  by: By
  line: string
  queue: string
  settings: Choices
  figures: Figure[]
  rows: Row[]
  total: Values
}

/** Targets are the least that a rate should be, by figure, 0 to 1. */
export type Targets = Record<string, number>

/** Names of what the rows are about, by key. */
export interface Names {
  line: Map<string, string>
  queue: Map<string, string>
  agent: Map<string, string>
}

interface Stored<T> {
  settings: { setting: T }[]
}

const settings = '/api/settings'

export const figuresApi = {
  live: (by: By, signal?: AbortSignal) => request<Table>('GET', `/api/figures/live?by=${by}`, undefined, signal),
  report(span: Span, by: By, line: string, queue: string, signal?: AbortSignal) {
    const asked = { from: new Date(span.from).toISOString(), to: new Date(span.to).toISOString(), by, line, queue }
    return request<Table>('GET', `/api/figures?${new URLSearchParams(asked)}`, undefined, signal)
  },
  async targets(): Promise<Targets> {
    const { figures } = await request<{ figures: { setting: Record<string, number> } }>('GET', `${settings}/policies`)
    const share = (field: string) => (figures.setting[field] ?? 0) / 100
    return { answer_rate: share('answer_target_percent'), within_rate: share('within_target_percent') }
  },
  async names(): Promise<Names> {
    const [lines, queues, people] = await Promise.all([
      request<Stored<{ name: string }>>('GET', `${settings}/lines`),
      request<Stored<{ name: string; title: string }>>('GET', `${settings}/queues`),
      request<{ people: { no: string; name: string }[] }>('GET', `${settings}/people`),
    ])
    return {
      line: new Map(lines.settings.map(({ setting }) => [setting.name, ''])),
      queue: new Map(queues.settings.map(({ setting }) => [setting.name, setting.title])),
      agent: new Map(people.people.map(({ no, name }) => [no, name])),
    }
  },
}
