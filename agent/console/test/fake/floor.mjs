// The floor part of the small gateway: agents whose states move, their calls, alerts, and what a supervisor does.
const states = ['talking', 'talking', 'talking', 'ready', 'ready', 'wrap_up', 'not_ready', 'rest', 'held', 'reserved', 'signed_out']
const surnames = '陈李王张刘杨赵黄周吴'
const names = ['晓兰', '明', '建国', '丽华', '文静', '志强', '秀英', '海涛']
const lines = [['12345', '12345政务服务便民热线', '综合'], ['12333', '人社服务热线', '社保'], ['12315', '市场监管投诉热线', '消费'], ['12393', '医保服务热线', '医保']]

export class FakeFloor {
  constructor(gateway) {
    this.gateway = gateway
    this.agents = []
    this.calls = []
    this.alerts = []
    this.at = 0 // calls so far
    gateway.desk.supervising = null
    gateway.desk.help = false
  }

  /** fill puts n agents on the floor. */
  fill(n) {
    this.agents = Array.from({ length: n }, (_, i) => ({
      no: String(8001 + i), name: surnames[i % 10] + names[(i * 7) % 8], group: `${'一二三四五六七八九十'[i % 10]}组`, state: 'ready', reason: '',
      since: this.gateway.now(-(i * 37) % 600), call: '', phase: '', phone_ok: true, help: false, supervisor: '', how: '', today: { answered: (i * 13) % 60, talk_seconds: 0 },
    }))
    for (const [i, one] of this.agents.entries()) this.move(one, states[i % states.length], -(i * 37) % 600)
    this.calls.push(...[0, 1, 2].map((i) => this.newCall({ state: 'waiting', agent: '', talking_at: null, queued_at: this.gateway.now(-41 + 9 * i) })))
  }

  newCall(more) {
    const [dnis, name, queue] = lines[this.at % lines.length]
    return {
      id: `call-${++this.at}`, number: `138****${String(1000 + this.at).slice(-4)}`, line: { dnis, name }, queue, state: 'talking', agent: '',
      arrived_at: this.gateway.now(-60), queued_at: null, talking_at: this.gateway.now(), priority: this.at % 17 ? 'none' : 'elderly', parties: [], ...more,
    }
  }

  /** move puts an agent into a state, and gives or takes his call. */
  move(one, state, ago = 0) {
    const talks = ['talking', 'held', 'reserved'].includes(state)
    if (!talks) {
      this.calls = this.calls.filter(({ id }) => id !== one.call)
      Object.assign(one, { call: '', phase: '' })
    } else if (one.call === '') {
      const call = this.newCall({ agent: one.no, state: state === 'reserved' ? 'offered' : state, talking_at: this.gateway.now(ago) })
      this.calls.push(call)
      one.call = call.id
    }
    Object.assign(one, { state, since: this.gateway.now(ago), reason: state === 'not_ready' ? 'paperwork' : '', phase: { reserved: 'ringing' }[state] ?? (talks ? state : '') })
  }

  /** stir changes some agents' states. */
  stir(n) {
    for (let i = 0; i < n; i++) {
      const one = this.agents[Math.floor(Math.random() * this.agents.length)]
      this.move(one, states[Math.floor(Math.random() * states.length)])
    }
  }

  of(no) {
    return this.agents.find((one) => one.no === no)
  }

  alert(kind, no, more = {}) {
    const one = this.of(no)
    if (kind === 'help') one.help = true
    this.alerts.unshift({ id: `alert-${this.alerts.length + 1}`, at: this.gateway.now(), kind, agent: no, name: one.name, call: one.call, subject: '', why: '', ack_by: '', ack_at: null, ...more })
    this.tell()
  }

  tell() {
    this.gateway.tick('floor', { at: this.gateway.now(), agents: this.agents, calls: this.calls })
    this.gateway.tick('alerts', { alerts: this.alerts })
  }

  /** carryOut answers the code of a refusal, or null. */
  carryOut({ name, args }) {
    const { desk } = this.gateway
    const one = this.of(args?.agent ?? desk.supervising?.agent)
    if (name !== 'floor.ack' && !one) return desk.supervising || args?.agent ? 'no_such_agent' : 'wrong_state'
    switch (name) {
      case 'floor.supervise':
        return one.call ? this.accompany(one, args.how) : 'no_such_call'
      case 'floor.leave':
        return this.accompany(one, null)
      case 'floor.take_over': {
        const call = this.calls.find(({ id }) => id === one.call)
        this.accompany(one, null)
        this.move(one, 'wrap_up')
        this.gateway.ring({ id: call.id })
        this.gateway.answered()
        break
      }
      case 'floor.hangup':
        this.move(one, 'wrap_up')
        break
      case 'floor.force':
        this.move(one, args.state)
        one.reason = 'forced'
        break
      case 'floor.ack': {
        const alert = this.alerts.find(({ id }) => id === args.id)
        Object.assign(alert, { ack_by: desk.agent.no, ack_at: this.gateway.now() })
        this.of(alert.agent).help = false
        break
      }
      default:
        return 'unknown_command'
    }
    this.tell()
    return null
  }

  /** accompany lets the supervisor in; his leg is up as soon as heard() is called. */
  accompany(one, how) {
    const { desk } = this.gateway
    const since = desk.supervising?.agent === one.no ? desk.supervising.since : null
    desk.supervising = how && { call: one.call, agent: one.no, name: one.name, how, since }
    Object.assign(one, { supervisor: how ? desk.agent.no : '', how: how ?? '' })
    this.gateway.event('floor.supervising')
    this.tell()
    return null
  }

  heard(ago = 0) {
    this.gateway.desk.supervising.since = this.gateway.now(ago)
    this.gateway.event('floor.supervising')
  }
}
