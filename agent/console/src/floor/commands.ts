// What a supervisor may do to the floor.
import type { CommandName } from '../generated/protocol'

export const FloorCmd = {
  supervise: 'floor.supervise',
  leave: 'floor.leave',
  takeOver: 'floor.take_over',
  hangUp: 'floor.hangup',
  force: 'floor.force',
  acknowledge: 'floor.ack',
} as const satisfies Record<string, CommandName>

export const ways = ['listen', 'whisper', 'barge'] as const
export const forced = ['ready', 'not_ready', 'signed_out'] as const

export type Way = (typeof ways)[number]
export type Forced = (typeof forced)[number]
