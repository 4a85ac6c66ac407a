// The console's link to the gateway: one WebSocket at a time, resumed after every drop.
import type { ClientFrame, ServerFrame } from './generated/protocol'
import { Close, isStop, subprotocol, type CommandName } from './lib/protocol'
import { pageTimers, type Timers } from './lib/timers'
import { Outbox } from './outbox'

/** up: what the screen shows is the gateway's present state. Else it is unknown since the drop. */
export type LinkState = 'connecting' | 'up' | 'down' | 'stopped'

export interface LinkOptions {
  page: string
  ticket: () => Promise<string>
  address: (ticket: string) => string
  onFrame: (frame: ServerFrame) => void
  onState: (state: LinkState) => void
  onStop: (code: number) => void
  timers?: Timers
  random?: () => number
  replyWithin?: number // milliseconds a command may stay unanswered on a live link
}

const firstRetry = 300
const longestRetry = 5000
const openWithin = 8000
const watchfulBeat = 2000
const pongWithin = 3000
const gap = 4199

export class Link {
  private socket: WebSocket | null = null
  private running = false
  private settled = false // the gateway's present state has reached us on this socket
  private attempts = 0
  private gaps = 0
  private sid = ''
  private nextSid = '' // of the present socket's hello
  private epoch = ''
  private seq = 0
  private heartbeat = 0
  private listening = false // a ping is unanswered
  private watchful = false
  private readonly outbox: Outbox
  private cancelRetry = () => {}
  private cancelBeat = () => {}
  private cancelDeadline = () => {}
  private cancelOpen = () => {}
  private readonly timers: Timers
  private readonly random: () => number

  constructor(private readonly options: LinkOptions) {
    this.timers = options.timers ?? pageTimers
    this.random = options.random ?? Math.random
    this.outbox = new Outbox((frame) => this.send(frame), this.timers, options.replyWithin ?? 15_000)
  }

  start() {
    if (this.running) return
    this.running = true
    this.attempts = 0
    this.options.onState('connecting')
    void this.connect()
  }

  /** stop ends the link for good; commands still under way fail. */
  stop() {
    this.running = false
    this.detach(1000)
    this.cancelRetry()
    this.outbox.failAll('stopped')
    this.options.onState('stopped')
  }

  /** hurry reconnects at once when the browser says that the network is back. */
  hurry() {
    if (!this.running || this.socket) return
    this.cancelRetry()
    void this.connect()
  }

  /** drop gives the present socket up, for instance when the browser says that the network is gone. */
  drop() {
    if (this.socket) this.lost(true)
  }

  /** watch makes the link look for a dead network more often, as a call wants it. */
  watch(closely: boolean) {
    if (this.watchful === closely) return
    this.watchful = closely
    if (!closely || this.nextSid === '') return
    this.cancelBeat()
    this.beat()
  }

  /** command sends a command once, whatever happens to the socket meanwhile, and answers with its result. */
  command(name: CommandName, args: object = {}, call = '', ver = 0): Promise<unknown> {
    return this.outbox.add(name, args, call, ver, this.nextSid !== '')
  }

  private async connect() {
    this.cancelRetry = () => {}
    let ticket: string
    try {
      ticket = await this.options.ticket()
    } catch (error) {
      if (!this.running) return
      if ((error as { status?: number }).status === 401) this.halt(Close.signedOut)
      else this.retry()
      return
    }
    if (this.running && !this.socket) this.open(ticket)
  }

  private open(ticket: string) {
    const socket = new WebSocket(this.options.address(ticket), subprotocol)
    this.socket = socket
    socket.onmessage = (event) => this.receive(String(event.data))
    socket.onclose = (event) => this.closed(event.code)
    this.cancelOpen = this.timers.after(openWithin, () => this.nextSid === '' && this.lost(false))
  }

  private receive(text: string) {
    this.heard()
    const frame = JSON.parse(text) as ServerFrame
    switch (frame.t) {
      case 'hello':
        return this.greet(frame)
      case 'snapshot':
        this.sid = frame.sid ?? this.nextSid
        this.seq = frame.seq ?? 0
        this.gaps = 0
        this.options.onFrame(frame)
        return this.settle()
      case 'event':
        return this.event(frame)
      case 'tick':
        return this.options.onFrame(frame)
      case 'res':
        return this.outbox.answered(frame)
      case 'pong':
        return this.settle()
    }
  }

  private greet(frame: ServerFrame) {
    this.cancelOpen()
    this.nextSid = frame.sid ?? ''
    this.heartbeat = (frame.heartbeat ?? 10) * 1000
    const resumable = this.sid !== '' && this.epoch === frame.epoch
    this.epoch = frame.epoch ?? ''
    const page = this.options.page
    if (resumable) {
      this.send({ t: 'resume', sid: this.sid, epoch: this.epoch, seq: this.seq, page })
      this.send({ t: 'ping' }) // its pong tells that everything missed has been replayed
    } else {
      this.send({ t: 'start', page })
    }
    this.outbox.sendAll()
    this.beat()
  }

  private event(frame: ServerFrame) {
    const seq = frame.seq ?? 0
    if (seq <= this.seq) return
    if (seq > this.seq + 1) {
      // What was missed must be replayed. A second gap in a row: begin anew with a snapshot.
      if (++this.gaps > 1) this.sid = ''
      return this.lost(true)
    }
    this.seq = seq
    this.gaps = 0
    this.options.onFrame(frame)
  }

  private settle() {
    this.attempts = 0
    if (this.settled) return
    this.settled = true
    this.options.onState('up')
  }

  private beat() {
    const every = this.watchful ? Math.min(this.heartbeat, watchfulBeat) : this.heartbeat
    this.cancelBeat = this.timers.after(every, () => {
      this.send({ t: 'ping' })
      this.expectAnswer()
      this.beat()
    })
  }

  // After a ping something must be heard soon, or the socket is taken for dead.
  private expectAnswer() {
    if (this.listening) return
    this.listening = true
    const within = Math.min(pongWithin, 3 * this.heartbeat)
    this.cancelDeadline = this.timers.after(within, () => this.lost(true))
  }

  private heard() {
    this.cancelDeadline()
    this.listening = false
  }

  private closed(code: number) {
    if (isStop(code)) this.halt(code)
    else this.lost(false)
  }

  private halt(code: number) {
    this.running = false
    this.sid = '' // a later start is a new session
    this.detach(1000)
    this.outbox.failAll('stopped')
    this.options.onState('stopped')
    this.options.onStop(code)
  }

  private lost(mayResume: boolean) {
    this.detach(mayResume ? gap : 1000)
    if (!this.running) return
    this.options.onState('down')
    this.retry()
  }

  private retry() {
    const longest = Math.min(firstRetry * 2 ** this.attempts, longestRetry)
    this.attempts++
    this.cancelRetry()
    this.cancelRetry = this.timers.after(longest * (0.5 + this.random() / 2), () => void this.connect())
  }

  private detach(code: number) {
    this.cancelOpen()
    this.cancelBeat()
    this.heard()
    this.nextSid = ''
    this.settled = false
    this.outbox.wait()
    const socket = this.socket
    this.socket = null
    if (!socket) return
    socket.onmessage = null
    socket.onclose = null
    socket.close(code)
  }

  private send(frame: ClientFrame) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame))
  }
}
