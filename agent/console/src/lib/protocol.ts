// Names of hotline.console.v1 that are values on the wire. The shapes come from ../generated/protocol.
import type { CommandName, DeskCall, Error as WireError, EventKind } from '../generated/protocol'

export type Phase = DeskCall['phase']
export type { CommandName, EventKind, WireError }

export const subprotocol = 'hotline.console.v1'

// Close codes 4000–4099 mean stop; every other code means reconnect and resume.
export const Close = { signedOut: 4000, takenOver: 4001, buildTooOld: 4002, badFrame: 4003 } as const
export const isStop = (code: number) => code >= 4000 && code <= 4099

export const Cmd = {
  signIn: 'agent.sign_in',
  signOut: 'agent.sign_out',
  ready: 'agent.ready',
  notReady: 'agent.not_ready',
  rest: 'agent.rest',
  registered: 'phone.registered',
  refuse: 'call.refuse',
  hangUp: 'call.hangup',
  hold: 'call.hold',
  resume: 'call.resume',
  mute: 'call.mute',
  dial: 'callback.dial',
  save: 'wrap_up.save',
  finish: 'wrap_up.finish',
  oneKey: 'call.one_key',
  bring: 'call.bring',
  drop: 'call.drop',
  merge: 'call.merge',
  swap: 'call.swap',
  leave: 'call.leave',
  takeBack: 'call.take_back',
  help: 'agent.help',
  mark: 'call.mark',
  warn: 'call.warn',
  loggedHangUp: 'call.logged_hangup',
  secret: 'call.secret',
} as const satisfies Record<string, CommandName>

export const transferWays = ['consult', 'three_way', 'confirmed', 'blind'] as const
export type TransferWay = (typeof transferWays)[number]
export const reasonLimit = 200

export const dispositions = ['consultation', 'help', 'complaint', 'report', 'suggestion', 'praise'] as const
export type Disposition = (typeof dispositions)[number]

// Reasons offered in the menus; the gateway takes any code of the deployment's list.
export const notReadyReasons = ['paperwork', 'meeting', 'training', 'equipment', 'other'] as const
export const restReasons = ['break', 'meal', 'restroom'] as const
export const restMinutes = [5, 10, 15, 30] as const
export const refuseReasons = ['paperwork', 'equipment', 'unwell', 'other'] as const

// The gateway takes 10,000 characters but 16 KiB of arguments, and a Chinese character is three bytes.
export const noteLimit = 10000
