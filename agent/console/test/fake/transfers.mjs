// Third parties of the pretended gateway: enough of one_key, bring, swap, merge, leave and take_back to walk through
// them. A test says when a party rings, answers, or cannot be reached.

const named = { 110: '110', 119: '119', 120: '120', 122: '122' }

const directory = [
  { kind: 'sub_centre', key: '12366', title: '12366纳税服务热线', unit: '税务局', initials: 'nsfwrx', state: 'up', favourite: true },
  { kind: 'agent', key: '8002', title: '李建国', unit: '综合组', initials: 'ljg', state: 'ready', favourite: true },
  { kind: 'emergency', key: '110', title: '110', unit: '公安局', initials: '', state: 'up', favourite: false },
  { kind: 'emergency', key: '120', title: '120', unit: '急救中心', initials: '', state: 'down', favourite: false },
  { kind: 'sub_centre', key: '12329', title: '12329住房公积金热线', unit: '公积金管理中心', initials: 'zfgjjrx', state: 'up', favourite: false },
  { kind: 'utility', key: '95598', title: '95598供电服务热线', unit: '供电公司', initials: 'gdfwrx', state: 'down', favourite: false },
  { kind: 'expert', key: '8101', title: '周敏', unit: '社会保险、医疗保险', initials: 'zm', state: 'busy', favourite: false },
  { kind: 'queue', key: 'social', title: '社保队列', unit: '', initials: 'sbdl', state: '', favourite: false },
  { kind: 'agent', key: '8003', title: '王芳', unit: '综合组', initials: 'wf', state: 'away', favourite: false },
  { kind: 'agent', key: '8004', title: '赵磊', unit: '夜班组', initials: 'zl', state: 'unknown', favourite: false },
]

export class FakeTransfers {
  constructor(gateway) {
    this.gateway = gateway
    this.directory = structuredClone(directory)
    this.n = 0
    this.routes = 2
  }

  get call() {
    return this.gateway.desk.call
  }

  serve(method, url) {
    const [, , , , kind, key] = url.pathname.split('/')
    if (method === 'GET') return [200, { targets: this.search(url.searchParams.get('q') ?? '') }]
    const target = this.directory.find((one) => one.kind === kind && one.key === key)
    if (!target) return [404, {}]
    target.favourite = method === 'PUT'
    return [204, null]
  }

  search(query) {
    const fits = ({ key, title, initials, unit }) => [key, title, initials, unit].some((text) => text.includes(query))
    return this.directory.filter(fits).sort((a, b) => Number(b.favourite) - Number(a.favourite))
  }

  /** carryOut is the code that a command is refused with, null when it is carried out, undefined of others. */
  carryOut(name, args) {
    switch (name) {
      case 'agent.help':
        this.gateway.desk.help = args.on
        this.gateway.event('agent.state')
        return null
      case 'call.one_key':
        return this.bring({ kind: 'emergency', key: args.service }, 'one_key', named[args.service] ?? args.service, this.routes)
      case 'call.bring': {
        if (args.how === 'blind') return this.blind(args.to)
        const title = this.directory.find(({ kind, key }) => kind === args.to.kind && key === args.to.key)?.title
        if (!title && args.to.kind !== 'number') return 'unknown_target'
        return this.bring(args.to, args.how, title ?? args.to.key, 1)
      }
      case 'call.drop':
        return this.remove(args.n, this.party(args.n)?.state === 'in' ? 'connected' : 'cancelled')
      case 'call.swap':
        return this.change((party) => party.n === args.n && { state: this.call.caller_in ? 'in' : 'aside' }, { caller_in: !this.call.caller_in })
      case 'call.merge':
        return this.change(() => ({ state: 'in' }), { caller_in: true })
      case 'call.leave':
        return this.leave()
      case 'call.take_back':
        this.gateway.desk.agent = { ...this.gateway.desk.agent, state: 'talking', until: null }
        this.call.parties.forEach((party, i) => (party.n = i + 1))
        return this.arrange({ ended_at: null, ended_by: '', wrap_until: null, take_back: false, recording: true })
    }
  }

  party(n) {
    return this.call.parties.find((one) => one.n === n)
  }

  bring({ kind, key }, how, title, routes) {
    if (!this.call) return 'no_such_call'
    if (this.call.parties.some((one) => one.key === key)) return null
    const party = { n: ++this.n, kind, key, title, how, state: 'dialling', since: this.gateway.now(), route: 1, routes }
    return this.arrange({ parties: [...this.call.parties, party], ...(how === 'consult' || how === 'confirmed' ? { caller_in: false } : {}) })
  }

  blind(to) {
    this.bring(to, 'blind', to.key, 1)
    return this.leave()
  }

  /** turn moves the party with a key: turn('110', { state: 'ringing' }). */
  turn(key, more) {
    return this.change((party) => party.key === key && { since: this.gateway.now(), ...more })
  }

  change(of, more = {}) {
    return this.arrange({ parties: this.call.parties.map((party) => ({ ...party, ...of(party) })), ...more })
  }

  /** fail ends a transfer that reached nobody. */
  fail(key, why) {
    return this.remove(this.call.parties.find((one) => one.key === key).n, 'failed', why)
  }

  remove(n, result, why = '') {
    const party = this.party(n)
    if (!party) return 'wrong_state'
    const { kind, key, title, how } = party
    return this.arrange({
      parties: this.call.parties.filter((one) => one !== party),
      last_transfer: { n, kind, key, title, how, result, why, routes: party.routes, at: this.gateway.now() },
      caller_in: true,
    })
  }

  leave() {
    const parties = this.call.parties.map((party) => ({ ...party, n: 0, state: party.state === 'aside' ? 'in' : party.state }))
    this.gateway.desk.call = { ...this.call, parties, caller_in: true, take_back: parties.some((party) => party.state === 'in') }
    return this.gateway.end('agent')
  }

  // The phase follows from who hears whom.
  arrange(more) {
    const call = { ...this.call, ...more }
    const rings = call.parties.some((party) => party.how === 'consult' || party.how === 'confirmed')
    const together = call.parties.some((party) => party.state === 'in' && party.kind !== 'supervisor')
    const phase = !call.caller_in && rings ? 'consulting' : call.caller_in && together ? 'three_way' : 'talking'
    return this.gateway.phase(phase, 'call.parties', more)
  }
}
