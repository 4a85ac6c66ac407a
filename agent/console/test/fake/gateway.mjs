// A small gateway for looking at the page and testing it: the HTTP API, hotline.console.v1 with resume, and a SIP
// registrar that lets a test place a call. It keeps one agent's desk and moves it as the real switchboard would.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { WebSocketServer } from 'ws'
import { FakeFigures } from './figures.mjs'
import { FakeFloor } from './floor.mjs'
import { FakeSettings } from './settings.mjs'
import { FakeSip } from './sip.mjs'
import { FakeTransfers } from './transfers.mjs'

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
const account = { no: '8001', name: '陈晓兰', phone: 'browser', roles: ['agent'] }

export class FakeGateway {
  constructor({ root = '', heartbeat = 1, drift = 0, roles = account.roles } = {}) {
    this.root = root
    this.account = { ...account, roles }
    this.heartbeat = heartbeat
    this.drift = drift // milliseconds the gateway's clock is ahead of this computer's
    this.epoch = 'epoch-1'
    this.sessions = 0
    this.commands = [] // every cmd frame received
    this.results = new Map() // command id → res frame
    this.sid = ''
    this.takenOver = []
    this.frames = [] // numbered frames of the session
    this.socket = null
    this.signedIn = false
    this.refuseWith = null // code that the next command is refused with; the telephone's own reports are not
    this.silent = false // hears but does not answer
    this.dropReplies = 0
    this.refuseTickets = false
    this.desk = newDesk(this.now())
    this.http = createServer((request, response) => this.serve(request, response).catch((e) => fail(response, 500, String(e))))
    this.ws = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered][0] })
    this.sip = new FakeSip()
    this.floor = new FakeFloor(this)
    this.settings = new FakeSettings(() => this.now())
    this.transfers = new FakeTransfers(this)
    this.figures = new FakeFigures(() => this.now())
    this.http.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head))
  }

  async start(port = 0) {
    await new Promise((done) => this.http.listen(port, '127.0.0.1', done))
    this.port = this.http.address().port
    this.address = `http://127.0.0.1:${this.port}`
    return this
  }

  async stop() {
    this.cut()
    this.sip.cut()
    this.http.closeAllConnections()
    await new Promise((done) => this.http.close(done))
  }

  now(ahead = 0) {
    return new Date(Date.now() + (this.drift ?? 0) + ahead * 1000).toISOString()
  }

  // ── HTTP ──

  async serve(request, response) {
    const url = new URL(request.url, 'http://x')
    const path = url.pathname
    const body = await read(request)
    if (path.startsWith('/api/settings/')) {
      const [status, answer] = this.signedIn ? this.settings.serve(request.method, url, body) : [401, {}]
      return response.writeHead(status, { 'Content-Type': 'application/json' }).end(answer && JSON.stringify(answer))
    }
    if (path.startsWith('/api/targets')) {
      const [status, answer] = this.signedIn ? this.transfers.serve(request.method, url) : [401, {}]
      return response.writeHead(status, { 'Content-Type': 'application/json' }).end(answer && JSON.stringify(answer))
    }
    if (path.startsWith('/api/figures')) {
      const [status, answer] = this.signedIn ? this.figures.serve(url) : [401, {}]
      return response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer))
    }
    switch (`${request.method} ${path}`) {
      case 'GET /api/session':
        return this.signedIn ? json(response, this.account) : fail(response, 401, 'no session')
      case 'POST /api/session': {
        const { agent_no, password } = JSON.parse(body)
        if (agent_no === '9999') return fail(response, 429, 'too many attempts', { 'Retry-After': '30' })
        if (agent_no !== '8001' || password !== 'secret') return fail(response, 401, 'wrong credentials')
        this.signedIn = true
        return json(response, this.account)
      }
      case 'DELETE /api/session':
        this.signedIn = false
        return response.writeHead(204).end()
      case 'POST /api/console/ticket':
        if (this.refuseTickets) return fail(response, 503, 'not now')
        return this.signedIn ? json(response, { ticket: 't' }) : fail(response, 401, 'no session')
      case 'POST /api/phone':
        return json(response, { uri: 'sip:8001@127.0.0.1', username: '8001', password: 'x', ws_path: '/sip', realm: 'hotline' })
    }
    const file = normalize(join(this.root, path === '/' ? 'index.html' : path))
    if (this.root === '' || !file.startsWith(this.root)) return fail(response, 404, 'not found')
    const content = await readFile(file).catch(() => null)
    if (content === null) return fail(response, 404, 'not found')
    const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; media-src 'self' blob: mediastream:"
    response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream', 'Content-Security-Policy': policy }).end(content)
  }

  upgrade(request, socket, head) {
    const path = new URL(request.url, 'http://x').pathname
    if (path === '/ws' && !this.unreachable) this.ws.handleUpgrade(request, socket, head, (one) => this.open(one))
    else if (path === '/sip') this.ws.handleUpgrade(request, socket, head, (one) => this.sip.open(one))
    else socket.destroy()
  }

  // ── hotline.console.v1 ──

  open(socket) {
    const sid = `session-${++this.sessions}`
    socket.on('message', (data) => this.receive(socket, sid, JSON.parse(String(data))))
    socket.on('close', () => this.socket === socket && (this.socket = null))
    this.say(socket, { t: 'hello', sid, epoch: this.epoch, heartbeat: this.heartbeat, build: 'test' })
  }

  receive(socket, sid, frame) {
    if (this.silent) return
    switch (frame.t) {
      case 'start':
        return this.begin(socket, sid)
      case 'resume':
        if (this.takenOver.includes(frame.sid)) return socket.close(4001)
        if (frame.sid !== this.sid || frame.epoch !== this.epoch) return this.begin(socket, sid)
        this.resumes = (this.resumes ?? 0) + 1
        this.socket = socket
        for (const one of this.frames.filter(({ seq }) => seq > frame.seq)) this.say(socket, one)
        return this.say(socket, { t: 'pong', sid: this.sid })
      case 'ping':
        return this.say(socket, { t: 'pong' })
      case 'cmd':
        return this.command(socket, frame)
    }
  }

  begin(socket, sid) {
    if (this.sid) this.takenOver.push(this.sid)
    this.socket?.close(4001, 'opened in another place')
    this.socket = socket
    this.sid = sid
    this.frames = []
    this.number({ t: 'snapshot' })
    this.tick('link', { asterisk: true })
    this.tick('queue', this.queue ?? { waiting: 0, longest_since: null, ready: 1, busy: 2 })
    if (this.floor.agents.length) this.floor.tell()
  }

  number(frame) {
    const whole = { ...frame, seq: (this.frames.at(-1)?.seq ?? 0) + 1, at: this.now(), desk: structuredClone(this.desk) }
    if (frame.t === 'event') whole.id = `event-${this.epoch}-${this.sid}-${whole.seq}`
    this.frames.push(whole)
    if (this.socket) this.say(this.socket, whole)
    return whole
  }

  event(kind) {
    return this.number({ t: 'event', kind })
  }

  tick(topic, value) {
    if (topic === 'queue') this.queue = value
    if (this.socket) this.say(this.socket, { t: 'tick', topic, value })
  }

  say(socket, frame) {
    socket.send(JSON.stringify(frame))
  }

  /** cut drops the console's socket without a word, as a torn cable does. */
  cut() {
    for (const one of this.ws.clients) one.terminate()
    this.socket = null
  }

  command(socket, frame) {
    this.commands.push(frame)
    this.say(socket, { t: 'ack', id: frame.id })
    if (!this.results.has(frame.id)) {
      const refused = frame.name === 'phone.registered' ? null : this.refuseWith
      const code = refused ?? this.carryOut(frame)
      if (refused) this.refuseWith = null
      const error = code && { code, message: code, temporary: false }
      this.results.set(frame.id, error ? { t: 'res', id: frame.id, ok: false, error } : { t: 'res', id: frame.id, ok: true })
    }
    if (this.dropReplies > 0) this.dropReplies--
    else this.say(socket, this.results.get(frame.id))
  }

  // ── the desk ──

  carryOut({ name, args }) {
    const { agent, call } = this.desk
    switch (name) {
      case 'agent.sign_in':
        return this.become('not_ready', 'signed_in')
      case 'agent.sign_out':
        return call ? 'wrong_state' : this.become('signed_out')
      case 'agent.ready':
      case 'agent.not_ready':
      case 'agent.rest':
        return this.wish(name.slice(6), args)
      case 'phone.registered':
        if (!agent.phone_ok) this.become(agent.state, agent.reason, { phone_ok: true, since: agent.since })
        return null
      case 'call.refuse':
        return this.withdraw()
      case 'call.hangup':
        return this.end('agent')
      case 'call.hold':
        return this.phase('held', 'call.held', { held_at: this.now(), caller_in: false })
      case 'call.resume':
        return this.phase('talking', 'call.resumed', { held_at: null, caller_in: true })
      case 'call.mute':
        return this.phase(call.phase, 'call.muted', { muted: args.on })
      case 'wrap_up.save':
        return this.phase(call.phase, 'wrap_up.saved', args)
      case 'wrap_up.finish':
        this.desk.call = null
        this.desk.agent = { ...agent, state: 'ready', since: this.now(), until: null }
        this.event('wrap_up.ended')
        return null
      default: {
        if (name.startsWith('floor.')) return this.floor.carryOut({ name, args })
        const refused = this.transfers.carryOut(name, args)
        return refused === undefined ? 'unknown_command' : refused
      }
    }
  }

  become(state, reason = '', more = {}) {
    this.desk.agent = { ...this.desk.agent, state, reason, since: this.now(), until: null, ...more }
    this.event('agent.state')
    return null
  }

  wish(state, { reason = '', minutes = 0 }) {
    if (!this.desk.call) return this.become(state, reason, { until: minutes ? this.now(minutes * 60) : null })
    this.desk.agent = { ...this.desk.agent, next: state === 'ready' ? '' : state, next_reason: reason }
    this.event('agent.state')
    return null
  }

  ring(more = {}) {
    const at = (ago) => this.now(-ago)
    this.desk.call = { ...newCall, id: `hotline-${Math.floor(Date.now() / 1000)}.1`, arrived_at: at(41), queued_at: at(33), offered_at: at(0), ring_until: this.now(20), ...more }
    this.desk.agent = { ...this.desk.agent, state: 'reserved', reason: '', since: at(0) }
    this.event('call.ringing')
  }

  history(rows, state = 'ready') {
    this.phase(this.desk.call.phase, 'call.history', { history: rows, history_state: state })
  }

  answered() {
    this.desk.agent = { ...this.desk.agent, state: 'talking', since: this.now() }
    this.phase('talking', 'call.answered', { talking_at: this.now(), ring_until: null, recording: true, caller_in: true })
  }

  withdraw() {
    this.desk.call = null
    this.desk.agent = { ...this.desk.agent, state: 'ready', since: this.now() }
    this.event('call.withdrawn')
    return null
  }

  end(by) {
    this.desk.agent = { ...this.desk.agent, state: 'wrap_up', since: this.now(), until: this.now(60) }
    return this.phase('wrap_up', 'call.ended', { ended_at: this.now(), ended_by: by, wrap_until: this.now(60), recording: false, muted: false })
  }

  phase(phase, kind, more) {
    if (!this.desk.call) return 'no_such_call'
    this.desk.call = { ...this.desk.call, ...more, phase, ver: this.desk.call.ver + 1 }
    if (['held', 'talking'].includes(phase)) this.desk.agent = { ...this.desk.agent, state: phase }
    if (['consulting', 'three_way'].includes(phase)) this.desk.agent = { ...this.desk.agent, state: 'talking' }
    this.event(kind)
    return null
  }
}

function newDesk(now) {
  return {
    agent: { no: '8001', name: '陈晓兰', phone: 'browser', state: 'signed_out', reason: '', since: now, until: null, next: '', next_reason: '', phone_ok: false, rest_turn: 0 },
    call: null,
    today: { answered: 38, talk_seconds: 38 * 292 },
    help: false,
    supervising: null,
  }
}

const newCall = {
  direction: 'inbound', callback: null,
  ver: 1, phase: 'ringing', number: '13861234567', number_kind: 'mobile', line: { dnis: '12333', name: '人社服务热线' },
  ring_until: null, talking_at: null, held_at: null, ended_at: null, ended_by: '', wrap_until: null, muted: false, secret: false,
  recording: false, history: [], history_state: 'loading', disposition: '', note: '', scope: '',
  caller: { place: '江苏省常州市', tags: [], counts: { hours_24: 0, hours_48: 0, days_7: 0, days_30: 0 }, requests: [], repeat: '' },
  owner: '8001', asked: '', caller_in: false, parties: [], last_transfer: null, came_from: null, take_back: false,
  abuse: { marks: [], warnings: 0, warn_first: 1, hang_up: false, hang_up_from: null },
}

async function read(request) {
  let body = ''
  for await (const chunk of request) body += chunk
  return body
}

function json(response, value) {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value))
}

function fail(response, status, detail, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/problem+json', ...headers }).end(JSON.stringify({ status, title: 'failed', detail }))
}
