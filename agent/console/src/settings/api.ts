// The part of the gateway's HTTP API that the settings page uses.
import { ApiError, request } from '../api'
import type { Policies, Policy, PolicyName } from './policies'

export interface Line {
  dnis: string
  name: string
  mode: string
  unit: string
  queue: string
  expert_queue: string
  greeting: string[]
  record: boolean
  flow: string
  priority: string
  transition: { prompt: string; from: string; until: string }
  routes: string[]
}

export interface Need {
  skill: string
  level: number
}

export interface Widening {
  after_s: number
  needs: Need[]
}

export interface Overflow {
  waiting: number
  longest_s: number
  loss_rate: number
  to_kind: string
  to: string
}

export interface Queue {
  name: string
  title: string
  needs: Need[]
  widen: Widening[]
  order: string
  last_agent_s: number
  ring_timeout_s: number
  wrap_up_s: number
  max_waiting: number
  overflow: Overflow[]
  announce_s: number
  callback_s: number
  tell_agent_no: boolean
  rating: boolean
}

export interface Skill {
  name: string
  title: string
}

export interface AgentSkills {
  agent: string
  group: string
  skills: Record<string, number>
}

export interface Bulletin {
  name: string
  text: string
  on: boolean
  lines: string[] | null
  queues: string[] | null
  from?: string
  until?: string
}

/** Stored is a setting with what is given back to change it. */
export interface Stored<T> {
  version: number
  changed_by: string
  changed_at: string
  setting: T
}

export interface Fault {
  row?: number
  item?: string
  field?: string
  code: string
  value?: string
}

/** Problem is what stands in an editor's way. */
export interface Problem {
  status?: number
  detail?: string
  conflict?: { who: string; at: string }
  in_use?: { by: string[]; waiting: number }
  faults?: Fault[]
}

export interface Import {
  added: string[]
  changed: string[]
  removed: string[]
  revision: string
  warnings: Fault[]
}

export interface Person {
  no: string
  name: string
}

export type Kind = 'lines' | 'queues' | 'skills' | 'agents' | 'bulletins' | 'scope'

/** FileKind is a kind of setting that goes in and out as one file. */
export type FileKind = 'lines' | 'scope'

/** ScopeItem is a kind of matter that is not accepted. */
export interface ScopeItem {
  code: string
  title: string
  script: string
  channel: string
}

const root = '/api/settings'

/** fileOf is the address of all settings of a kind as a file. */
export const fileOf = (kind: FileKind) => `${root}/${kind}.csv`
const one = (kind: Kind, key: string) => `${root}/${kind}/${encodeURIComponent(key)}`

export const settingsApi = {
  list: <T>(kind: Kind) => request<{ settings: Stored<T>[]; revision: string; warnings: Fault[] }>('GET', `${root}/${kind}`),
  put: <T>(kind: Kind, key: string, version: number, setting: T, first = false) =>
    request<Stored<T>>('PUT', one(kind, key), first ? { version, setting, first } : { version, setting }),
  remove: (kind: Kind, key: string, version: number) => request<void>('DELETE', `${one(kind, key)}?version=${version}`),
  people: () => request<{ people: Person[] }>('GET', `${root}/people`).then((answer) => answer.people),
  switchBulletin: (name: string, on: boolean) => request<Stored<Bulletin>>('PUT', `${one('bulletins', name)}/on`, { on }),
  policies: () => request<Policies>('GET', `${root}/policies`),
  putPolicy: (name: PolicyName, version: number, setting: Policy) =>
    request<Stored<Policy>>('PUT', `${root}/policies/${name}`, { version, setting }),
  importLines: (file: Blob, dryRun: boolean, revision = '', kind: FileKind = 'lines') =>
    request<Import>('POST', `${fileOf(kind)}?dry_run=${dryRun}&revision=${encodeURIComponent(revision)}`, file),
}


/** problemOf is what an error means to an editor. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof ApiError)) return { status: 0, detail: String(error) }
  return { detail: error.message, ...error.problem, status: error.status }
}
