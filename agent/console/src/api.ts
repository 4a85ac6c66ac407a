// The gateway's HTTP API, as far as the agent's page uses it.
import type { Role, TargetKey } from './generated/protocol'

export interface Account {
  no: string
  name: string
  phone: 'browser' | 'desk'
  roles: Role[]
  second_factor_due?: boolean
  elsewhere?: { since: string; address: string } // at a sign-in: where the number was signed in and is no more
}

/** The types of problems that are told apart beyond their status. */
export const needsCode = 'urn:hotline:second-factor'
export const takenOver = 'urn:hotline:taken-over'
export const typeOf = (error: unknown) => (error instanceof ApiError ? (error.problem as { type?: string }).type : undefined)

export interface PhoneAccount {
  uri: string
  username: string
  password: string
  ws_path: string
  realm: string
}

/** CallbackTask is somebody who reached nobody and is to be called back. */
export interface CallbackTask {
  id: string
  number: string // masked for who may not see all calls
  dnis: string
  line: string
  reason: string
  missed: number
  kept_place: boolean
  missed_at: string
  due_at: string | null
  attempts: number
  dialling: boolean
  last_reach: string
  last_agent: string
}

/** Target is somebody to whom a call can be handed. */
export interface Target {
  kind: TargetKey['kind']
  key: string
  title: string
  unit: string
  initials: string
  state: '' | 'ready' | 'busy' | 'away' | 'up' | 'down' | 'unknown'
  favourite: boolean
}

/** ApiError is an answer other than 2xx; status 0 means that no answer came at all. The problem is its body. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly retryAfter: number | null = null,
    readonly problem: object = {},
  ) {
    super(message)
  }
}

/** request sends body as JSON, or as it is when it is a Blob, until signal says stop. It throws ApiError. */
export async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      signal,
      headers: body === undefined || body instanceof Blob ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined || body instanceof Blob ? body : JSON.stringify(body),
    })
  } catch (cause) {
    throw new ApiError(0, `${method} ${path}: ${String(cause)}`)
  }
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as { title?: string; detail?: string }
    const after = Number(response.headers.get('Retry-After'))
    throw new ApiError(response.status, problem.detail ?? problem.title ?? response.statusText, after > 0 ? after : null, problem)
  }
  if (response.status === 204) return undefined as T
  const text = await response.text()
  return (text === '' ? undefined : JSON.parse(text)) as T
}

export const api = {
  signIn: (agentNo: string, password: string, code: string) =>
    request<Account>('POST', '/api/session', { agent_no: agentNo, password, ...(code && { code }) }),
  ways: () => request<{ oidc: boolean }>('GET', '/api/sign-in'),
  changePassword: (old: string, fresh: string, code: string) =>
    request<void>('POST', '/api/me/password', { old, new: fresh, ...(code && { code }) }),
  beginFactor: (password: string, code: string) =>
    request<{ secret: string; qr: string }>('POST', '/api/me/second-factor', { password, ...(code && { code }) }),
  confirmFactor: (code: string) =>
    request<{ recovery: string[] }>('PUT', '/api/me/second-factor', { code }).then((answer) => answer.recovery),
  session: () => request<Account>('GET', '/api/session'),
  signOut: () => request<void>('DELETE', '/api/session'),
  ticket: () => request<{ ticket: string }>('POST', '/api/console/ticket').then((answer) => answer.ticket),
  callbacks: () => request<{ callbacks: CallbackTask[] }>('GET', '/api/callbacks').then((answer) => answer.callbacks),
  closeCallback: (id: string, reason: string) =>
    request<void>('POST', `/api/callbacks/${encodeURIComponent(id)}/close`, { reason }),
  targets: (query: string) =>
    request<{ targets: Target[] }>('GET', `/api/targets?q=${encodeURIComponent(query)}`).then((answer) => answer.targets),
  favourite: (target: Target, on: boolean) =>
    request<void>(on ? 'PUT' : 'DELETE', `/api/targets/favourites/${target.kind}/${encodeURIComponent(target.key)}`),
  phone: () => request<PhoneAccount>('POST', '/api/phone'),
}

/** websocketURL makes the address of a WebSocket on this page's own origin. */
export function websocketURL(path: string): string {
  const url = new URL(path, location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}
