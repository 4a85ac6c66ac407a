// Made by `npm run types` from gateway/push/schema.json; do not edit.

/**
 * kind of telephone at the seat
 */
export type AgentPhone = 'browser' | 'desk'
/**
 * what an agent is doing
 */
export type AgentState =
  'signed_out' | 'ready' | 'reserved' | 'talking' | 'held' | 'wrap_up' | 'not_ready' | 'rest' | 'supervising' | 'lost'
/**
 * what came of dialling a citizen
 */
export type Reach = 'not_dialled' | 'reached' | 'busy' | 'no_answer' | 'rejected' | 'no_number' | 'no_way' | 'gave_up'
/**
 * how a call ended
 */
export type CallResult =
  | 'answered'
  | 'abandoned'
  | 'abandoned_greeting'
  | 'lost_system'
  | 'refused_full'
  | 'message_only'
  | 'overflowed_out'
  | 'callback_kept'
  | 'self_served'
  | 'silent_call'
  | 'callback_failed'
  | 'blocked'
/**
 * where a call stands
 */
export type CallState =
  | 'greeting'
  | 'waiting'
  | 'offered'
  | 'talking'
  | 'held'
  | 'reconnecting'
  | 'agent_ringing'
  | 'dialling'
  | 'diverting'
  | 'diverted'
  | 'transferring'
  | 'handed_over'
  | 'closing'
  | 'ended'
/**
 * names of commands
 */
export type CommandName =
  | 'agent.sign_in'
  | 'agent.sign_out'
  | 'agent.ready'
  | 'agent.not_ready'
  | 'agent.rest'
  | 'phone.registered'
  | 'call.refuse'
  | 'call.hangup'
  | 'call.hold'
  | 'call.resume'
  | 'call.mute'
  | 'callback.dial'
  | 'wrap_up.save'
  | 'wrap_up.finish'
  | 'call.one_key'
  | 'call.bring'
  | 'call.drop'
  | 'call.merge'
  | 'call.swap'
  | 'call.leave'
  | 'call.take_back'
  | 'agent.help'
  | 'call.secret'
  | 'call.mark'
  | 'call.warn'
  | 'call.logged_hangup'
  | 'floor.supervise'
  | 'floor.leave'
  | 'floor.take_over'
  | 'floor.hangup'
  | 'floor.force'
  | 'floor.ack'
/**
 * close codes: 40xx stop, 41xx reconnect and resume
 */
export type CloseCode = 4000 | 4001 | 4002 | 4003 | 4100 | 4101 | 4102
/**
 * who did something
 */
export type Party = 'caller' | 'agent' | 'system' | 'region' | 'third' | 'supervisor'
/**
 * codes of refused commands
 */
export type ErrorCode =
  | 'bad_request'
  | 'unknown_command'
  | 'not_signed_in'
  | 'no_such_call'
  | 'no_such_callback'
  | 'being_dialled'
  | 'call_moved_on'
  | 'wrong_state'
  | 'forbidden'
  | 'too_many'
  | 'unavailable'
  | 'internal'
  | 'unknown_target'
  | 'not_permitted'
  | 'no_route'
  | 'target_busy'
  | 'too_many_blind'
  | 'no_such_agent'
  | 'supervised'
  | 'blocked'
  | 'one_at_a_time'
/**
 * kinds of event
 */
export type EventKind =
  | 'agent.state'
  | 'call.ringing'
  | 'call.history'
  | 'call.withdrawn'
  | 'call.dialling'
  | 'call.answered'
  | 'call.held'
  | 'call.resumed'
  | 'call.muted'
  | 'call.reconnecting'
  | 'call.reconnected'
  | 'call.ended'
  | 'call.parties'
  | 'floor.supervising'
  | 'wrap_up.saved'
  | 'wrap_up.ended'
/**
 * what an account may do
 */
export type Role = 'agent' | 'expert' | 'supervisor' | 'quality' | 'editor' | 'reviewer' | 'administrator' | 'auditor'

export interface Protocol {
  AckArgs: AckArgs
  AgentPhone: AgentPhone
  AgentState: AgentState
  Alert: Alert
  Alerts: Alerts
  BringArgs: BringArgs
  CallResult: CallResult
  CallState: CallState
  ClientFrame: ClientFrame
  CloseCode: CloseCode
  CommandName: CommandName
  Desk: Desk
  DeskAbuse: DeskAbuse
  DeskAgent: DeskAgent
  DeskCall: DeskCall
  DeskCallData: DeskCallData
  DeskCallback: DeskCallback
  DeskLine: DeskLine
  DeskMark: DeskMark
  DeskParty: DeskParty
  DeskSupervising: DeskSupervising
  DeskTransfer: DeskTransfer
  DialArgs: DialArgs
  EarlierCall: EarlierCall
  Error: Error
  ErrorCode: ErrorCode
  EventKind: EventKind
  Floor: Floor
  FloorAgent: FloorAgent
  FloorArgs: FloorArgs
  FloorCall: FloorCall
  ForceArgs: ForceArgs
  HelpArgs: HelpArgs
  LinkTick: LinkTick
  MuteArgs: MuteArgs
  NotReadyArgs: NotReadyArgs
  OneKeyArgs: OneKeyArgs
  Party: Party
  PartyArgs: PartyArgs
  QueueTick: QueueTick
  Reach: Reach
  RefuseArgs: RefuseArgs
  RestArgs: RestArgs
  Role: Role
  SecretArgs: SecretArgs
  ServerFrame: ServerFrame
  SuperviseArgs: SuperviseArgs
  TargetKey: TargetKey
  Today: Today
  WrapUpArgs: WrapUpArgs
}
/**
 * AckArgs are the arguments of floor.ack.
 */
export interface AckArgs {
  /**
   * of the alert
   */
  id: string
}
/**
 * Alert is something a supervisor should see to.
 */
export interface Alert {
  id: string
  at: string
  kind: 'help' | 'one_key_failed' | 'abuse'
  agent: string
  name: string
  call: string
  /**
   * one_key_failed: the service
   */
  subject: string
  /**
   * one_key_failed
   */
  why: Reach | ''
  /**
   * abuse: calls of that number that were marked
   */
  count: number
  /**
   * empty: nobody yet
   */
  ack_by: string
  ack_at: string | null
}
/**
 * Alerts is the value of the tick topic "alerts", which supervisors get: the latest first, at most 50.
 */
export interface Alerts {
  alerts: Alert[]
}
/**
 * BringArgs are the arguments of call.bring.
 */
export interface BringArgs {
  how: 'three_way' | 'consult' | 'confirmed' | 'blind'
  to: TargetKey
  /**
   * at most 200 characters; may be empty
   */
  reason: string
}
/**
 * TargetKey names a target as GET /api/targets lists it; kind "number" is an outside number.
 */
export interface TargetKey {
  kind: 'emergency' | 'sub_centre' | 'utility' | 'region' | 'line' | 'queue' | 'expert' | 'agent' | 'number'
  key: string
}
/**
 * ClientFrame is what a console sends; T tells which fields count.
 */
export interface ClientFrame {
  t: 'start' | 'resume' | 'cmd' | 'ping'
  /**
   * start, resume: random id of this load of the page
   */
  page?: string
  /**
   * resume
   */
  sid?: string
  /**
   * resume
   */
  epoch?: string
  /**
   * resume: last event received
   */
  seq?: number
  /**
   * cmd: made at the click, unique for this agent
   */
  id?: string
  name?: CommandName
  /**
   * cmd
   */
  args?: {
    [k: string]: unknown
  }
  /**
   * cmd
   */
  call?: string
  /**
   * cmd
   */
  ver?: number
}
/**
 * Desk is everything one agent's screen shows of his work.
 */
export interface Desk {
  agent: DeskAgent
  /**
   * the call at this desk, also through wrap-up; null when none
   */
  call: DeskCall | null
  today: Today
  /**
   * he called for help and nobody came yet
   */
  help: boolean
  /**
   * a supervisor's: with whom he is; null when with nobody
   */
  supervising: DeskSupervising | null
}
/**
 * DeskAgent is the agent's own state.
 */
export interface DeskAgent {
  no: string
  name: string
  phone: AgentPhone
  state: AgentState
  /**
   * of not_ready, rest or an automatic change: "no_answer", "unreachable", "forced", "link_lost"
   */
  reason: string
  since: string
  /**
   * end of rest or wrap-up, null when open
   */
  until: string | null
  /**
   * state asked for after this call, empty when ready follows
   */
  next: AgentState | ''
  next_reason: string
  /**
   * Asterisk knows where to reach the phone
   */
  phone_ok: boolean
  /**
   * waits for a rest: 1 is next, 0 when he does not
   */
  rest_turn: number
}
/**
 * DeskCall is the call at the desk and its screen pop.
 */
export interface DeskCall {
  id: string
  ver: number
  direction: 'inbound' | 'outbound'
  /**
   * outbound: whom we call back and why; null for other calls
   */
  callback: DeskCallback | null
  phase: 'ringing' | 'dialling' | 'talking' | 'held' | 'consulting' | 'three_way' | 'reconnecting' | 'wrap_up'
  /**
   * empty when withheld, "***" when secret
   */
  number: string
  /**
   * the caller asked for secrecy
   */
  secret: boolean
  number_kind: 'mobile' | 'landline' | 'short' | 'foreign' | 'withheld' | 'unknown'
  line: DeskLine
  arrived_at: string
  queued_at: string
  offered_at: string
  /**
   * while ringing
   */
  ring_until: string | null
  talking_at: string | null
  /**
   * while held
   */
  held_at: string | null
  ended_at: string | null
  /**
   * empty until it ended
   */
  ended_by: Party | ''
  wrap_until: string | null
  muted: boolean
  recording: boolean
  history: EarlierCall[]
  history_state: 'loading' | 'ready' | 'unavailable'
  /**
   * saved so far
   */
  disposition: string
  /**
   * saved so far
   */
  note: string
  /**
   * agent_no whose call it is; another's where this agent was brought in
   */
  owner: string
  /**
   * another's call: what he said why he brought this agent in
   */
  asked: string
  /**
   * the caller hears the others
   */
  caller_in: boolean
  /**
   * beside caller and this agent
   */
  parties: DeskParty[]
  /**
   * null: none ended yet
   */
  last_transfer: DeskTransfer | null
  /**
   * null: the citizen dialled us himself
   */
  came_from: DeskCallData | null
  /**
   * he was handed over, still talks, and can be taken back
   */
  take_back: boolean
  abuse: DeskAbuse
}
/**
 * DeskCallback is the task an outbound call is an attempt of.
 */
export interface DeskCallback {
  id: string
  reason: CallResult
  missed_at: string
  /**
   * he asked to be called back and kept his place in the queue
   */
  kept_place: boolean
  /**
   * this is the first, second, …
   */
  attempt: number
  /**
   * what came of dialling him; empty until then
   */
  reach: Reach | ''
}
/**
 * DeskLine is the line the caller dialled.
 */
export interface DeskLine {
  dnis: string
  name: string
}
/**
 * EarlierCall is one line of the caller's history.
 */
export interface EarlierCall {
  id: string
  at: string
  line: string
  /**
   * agent_no, empty when nobody answered
   */
  agent: string
  result: CallResult
  talk_seconds: number
  disposition: string
  note: string
}
/**
 * DeskParty is somebody in a call beside caller and this desk's agent, or who is being called.
 */
export interface DeskParty {
  /**
   * for call.drop and call.swap; 0: not to be dropped by this agent
   */
  n: number
  kind:
    'emergency' | 'sub_centre' | 'utility' | 'region' | 'line' | 'queue' | 'expert' | 'agent' | 'number' | 'supervisor'
  key: string
  title: string
  how: '' | 'one_key' | 'three_way' | 'consult' | 'confirmed' | 'blind'
  /**
   * in: hears the others; aside: hears music
   */
  state: 'dialling' | 'ringing' | 'in' | 'aside'
  since: string
  /**
   * this is the first, second, … route
   */
  route: number
  /**
   * of so many
   */
  routes: number
}
/**
 * DeskTransfer is the transfer that ended last.
 */
export interface DeskTransfer {
  n: number
  kind: string
  key: string
  title: string
  how: string
  result: 'connected' | 'cancelled' | 'failed' | 'call_ended'
  /**
   * of a failed one: busy, no_answer, rejected, no_number, no_way
   */
  why: Reach | ''
  /**
   * ways that were tried
   */
  routes: number
  at: string
  /**
   * name of our agent who has the caller, empty where it is none of ours
   */
  agent: string
}
/**
 * DeskCallData is what another hotline or service handed over with the call.
 */
export interface DeskCallData {
  from: string
  call_id: string
  number: string
  name: string
  line: string
  kind: string
  note: string
  agent: string
  reason: string
}
/**
 * DeskAbuse is what was noted of an abusive call, and what the agent may do about it.
 */
export interface DeskAbuse {
  marks: DeskMark[]
  /**
   * that the caller got
   */
  warnings: number
  /**
   * so many before a logged hang-up
   */
  warn_first: number
  /**
   * the hotline allows logged hang-ups
   */
  hang_up: boolean
  /**
   * and this one from then on; null before the conversation
   */
  hang_up_from: string | null
}
/**
 * DeskMark is one thing that was noted.
 */
export interface DeskMark {
  act: 'mark' | 'warning_played' | 'warning_said' | 'hang_up'
  kind: '' | 'abuse' | 'vulgar' | 'harassment' | 'silent' | 'no_request' | 'false_report' | 'occupying'
  note: string
  at: string
  /**
   * seconds into the recording, -1 outside it
   */
  into_s: number
}
/**
 * Today is the agent's own day so far.
 */
export interface Today {
  answered: number
  talk_seconds: number
}
/**
 * DeskSupervising is how a supervisor is with an agent.
 */
export interface DeskSupervising {
  call: string
  agent: string
  name: string
  how: 'listen' | 'whisper' | 'barge'
  /**
   * null until he hears something
   */
  since: string | null
}
/**
 * DialArgs are the arguments of callback.dial.
 */
export interface DialArgs {
  /**
   * of the call-back
   */
  id: string
}
/**
 * Error is a refused command: a code for the machine, a message for people.
 */
export interface Error {
  code: ErrorCode
  message: string
  /**
   * trying again later may help
   */
  temporary: boolean
}
/**
 * Floor is the value of the tick topic "floor", which supervisors get: the agents of their groups and the calls.
 */
export interface Floor {
  at: string
  agents: FloorAgent[]
  calls: FloorCall[]
}
/**
 * FloorAgent is one agent of the floor.
 */
export interface FloorAgent {
  no: string
  name: string
  group: string
  state: AgentState
  reason: string
  since: string
  /**
   * empty when none
   */
  call: string
  phase: string
  phone_ok: boolean
  help: boolean
  /**
   * agent_no of who is with him, empty when nobody
   */
  supervisor: string
  how: string
  today: Today
}
/**
 * FloorCall is one live call of the floor.
 */
export interface FloorCall {
  id: string
  /**
   * masked
   */
  number: string
  /**
   * the caller asked for secrecy
   */
  secret: boolean
  line: DeskLine
  /**
   * its title
   */
  queue: string
  state: CallState
  agent: string
  arrived_at: string
  queued_at: string | null
  talking_at: string | null
  priority: string
  parties: DeskParty[]
}
/**
 * FloorArgs are the arguments of floor.hangup.
 */
export interface FloorArgs {
  agent: string
}
/**
 * ForceArgs are the arguments of floor.force.
 */
export interface ForceArgs {
  agent: string
  state: AgentState
}
/**
 * HelpArgs are the arguments of agent.help.
 */
export interface HelpArgs {
  on: boolean
}
/**
 * LinkTick is the value of the tick topic "link".
 */
export interface LinkTick {
  /**
   * the gateway hears Asterisk
   */
  asterisk: boolean
}
/**
 * MuteArgs are the arguments of call.mute.
 */
export interface MuteArgs {
  on: boolean
}
/**
 * NotReadyArgs are the arguments of agent.not_ready.
 */
export interface NotReadyArgs {
  /**
   * free code of the deployment's list, 1–32 characters
   */
  reason: string
}
/**
 * OneKeyArgs are the arguments of call.one_key.
 */
export interface OneKeyArgs {
  /**
   * DNIS of a line of mode emergency: "110"
   */
  service: string
  /**
   * at most 200 characters; may be empty
   */
  reason: string
}
/**
 * PartyArgs are the arguments of call.drop and call.swap.
 */
export interface PartyArgs {
  /**
   * of DeskParty
   */
  n: number
}
/**
 * QueueTick is the value of the tick topic "queue".
 */
export interface QueueTick {
  waiting: number
  /**
   * when the longest waiting caller began to wait
   */
  longest_since: string | null
  ready: number
  busy: number
  /**
   * who reached nobody and is to be called back
   */
  callbacks: number
}
/**
 * RefuseArgs are the arguments of call.refuse.
 */
export interface RefuseArgs {
  reason: string
}
/**
 * RestArgs are the arguments of agent.rest.
 */
export interface RestArgs {
  reason: string
  /**
   * 1–120
   */
  minutes: number
}
/**
 * SecretArgs are the arguments of call.secret.
 */
export interface SecretArgs {
  on: boolean
}
/**
 * ServerFrame is what the gateway sends; T tells which fields are set.
 */
export interface ServerFrame {
  t: 'hello' | 'snapshot' | 'event' | 'tick' | 'ack' | 'res' | 'pong'
  /**
   * hello: the session this connection can start; pong that ends a replay: the session resumed
   */
  sid?: string
  /**
   * hello: changes when the gateway restarts; numbers of another epoch mean nothing
   */
  epoch?: string
  /**
   * hello: seconds between pings the console sends
   */
  heartbeat?: number
  /**
   * hello: version of the gateway and its page
   */
  build?: string
  /**
   * snapshot (1), event (2, 3, …): dense per session
   */
  seq?: number
  /**
   * event: ULID; ack, res: the command's id
   */
  id?: string
  /**
   * event, snapshot: gateway's clock
   */
  at?: string
  kind?: EventKind
  desk?: Desk
  /**
   * tick
   */
  topic?: string
  /**
   * tick
   */
  value?: {
    [k: string]: unknown
  }
  /**
   * res
   */
  ok?: boolean
  /**
   * res, when ok
   */
  result?: {
    [k: string]: unknown
  }
  error?: Error
}
/**
 * SuperviseArgs are the arguments of floor.supervise.
 */
export interface SuperviseArgs {
  agent: string
  how: 'listen' | 'whisper' | 'barge'
}
/**
 * WrapUpArgs are the arguments of wrap_up.save and wrap_up.finish.
 */
export interface WrapUpArgs {
  disposition: '' | 'consultation' | 'help' | 'complaint' | 'report' | 'suggestion' | 'praise'
  /**
   * at most 10,000 characters
   */
  note: string
}
