import type { FakeTransfers } from './transfers.mjs'
import type { ClientFrame, Desk, EarlierCall, ServerFrame } from '../../src/generated/protocol'
import type { FakeFloor } from './floor.mjs'

export class FakeGateway {
  constructor(options?: { root?: string; heartbeat?: number; drift?: number; roles?: string[] })
  address: string
  floor: FakeFloor
  epoch: string
  sessions: number
  resumes?: number
  commands: ClientFrame[]
  frames: ServerFrame[]
  socket: unknown
  desk: Desk
  transfers: FakeTransfers
  signedIn: boolean
  refuseWith: string | null
  refuseTickets: boolean
  unreachable?: boolean
  silent: boolean
  dropReplies: number
  start(port?: number): Promise<this>
  stop(): Promise<void>
  now(ahead?: number): string
  cut(): void
  event(kind: string): ServerFrame
  tick(topic: string, value: object): void
  phase(phase: string, kind: string, more: object): string | null
  ring(more?: object): void
  answered(): void
  end(by: string): null
  history(rows: EarlierCall[], state?: string): void
}
