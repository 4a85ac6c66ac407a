// The settings part of the small gateway: rows with versions, refused as the real one refuses.
export class FakeSettings {
  constructor(at) {
    this.at = at
    this.version = 0
    this.who = '8001' // who makes the changes that come by HTTP
    this.rows = { lines: new Map(), queues: new Map(), skills: new Map(), agents: new Map(), bulletins: new Map() }
    this.put('skills', 'legal', { name: 'legal', title: '法律' })
    this.put('skills', 'social', { name: 'social', title: '人社' })
    this.put('queues', 'general', newQueue('general', '综合'))
    this.put('queues', 'expert_legal', { ...newQueue('expert_legal', '法律专家'), needs: [{ skill: 'legal', level: 5 }], widen: [{ after_s: 10, needs: [] }] })
    this.put('lines', '12345', { ...newLine('12345', '12345政务服务便民热线'), mode: 'main' })
    this.put('lines', '12333', { ...newLine('12333', '人社服务热线'), unit: '人力资源和社会保障局', expert_queue: 'expert_legal' })
    this.put('lines', '12358', { ...newLine('12358', '价格举报热线'), mode: 'merged', transition: { prompt: 'transition_12358', from: '2026-01-01', until: '' } })
    this.put('agents', '8001', { agent: '8001', group: '', skills: { legal: 6 } })
    this.put('bulletins', 'storm', { name: 'storm', text: '今日停水，预计十八时恢复。', on: false, lines: [], queues: [] })
    this.policies = {
      figures: this.stored({ answer_within_s: 15, clock_start: 'queued', denominator: 'offered', short_abandon_s: 5, repeat_within_s: 86400, satisfied_to: 3, answer_target_percent: 95, within_target_percent: 90 }),
      callback: this.stored({ on: true, attempts: 3, every_s: 1800, from: '08:00', to: '20:00', days: [1, 2, 3, 4, 5, 6, 7], short_too: false, keep_place: true }),
      surge: this.stored({ on: false, wrap_up_s: 10, callback_s: 20, widen: true, no_rating: true }),
      rest: this.stored({ most: 0, share_percent: 10, pending: 10 }),
      repeats: this.stored({ days: 30, calls: 2, groundless: true, groundless_calls: 5 }),
      abuse: this.stored({ hang_up: false, warnings: 1, least_s: 60, alert_at: 3, alert_days: 30 }),
      block_list: this.stored({ on: false, most_days: 30, review_days: 3, trusted: [], notice: '您的号码暂时不能使用本渠道。' }),
      transfers: this.stored({
        emergency_ring_s: 20, ring_s: 30, blind_chain: 3, record_consult: true, record_handed_over: true,
        dial_plan: [{ role: 'agent', allow: [] }, { role: 'expert', allow: [] }, { role: 'supervisor', allow: ['1[3-9]XXXXXXXXX'] }],
      }),
      credits: this.stored({ from_110: 300, elderly: 60, disabled: 60, callback: 120 }),
    }
    this.imported = []
  }

  stored(setting, who = 'system') {
    return { version: ++this.version, changed_by: who, changed_at: this.at(), setting }
  }

  put(kind, key, setting, who) {
    this.rows[kind].set(key, this.stored(setting, who))
    return this.rows[kind].get(key)
  }

  /** serve answers [status, body]. */
  serve(method, url, body) {
    const path = decodeURIComponent(url.pathname).slice('/api/settings/'.length)
    const [kind, key, action] = path.split('/')
    if (path === 'lines.csv') return this.file(method, url, body)
    if (path === 'people') return [200, { people: [{ no: '8001', name: '陈晓兰' }, { no: '8002', name: '李明' }] }]
    if (path === 'policies') return [200, this.policies]
    if (kind === 'policies') return this.policy(key, JSON.parse(body))
    const rows = this.rows[kind]
    if (!rows) return [404, { detail: 'not found' }]
    if (!key) return [200, { settings: [...rows.values()], revision: String(this.version), warnings: [] }]
    const old = rows.get(key)
    if (action === 'on') return [200, this.put(kind, key, { ...old.setting, on: JSON.parse(body).on }, this.who)]
    const { version, setting } = method === 'DELETE' ? { version: Number(url.searchParams.get('version')) } : JSON.parse(body)
    if ((old?.version ?? 0) !== version) {
      return [409, { detail: 'changed', conflict: { who: old?.changed_by ?? 'system', at: old?.changed_at ?? this.at() } }]
    }
    if (method === 'DELETE') {
      if (kind === 'queues') return [409, { detail: 'in use', in_use: { by: ['line 12333'], waiting: 3 } }]
      rows.delete(key)
      return [204]
    }
    if (kind === 'lines' && /\D/.test(key)) {
      return [422, { detail: 'bad', faults: [{ item: `line ${key}`, field: 'dnis', code: 'not_number', value: key }] }]
    }
    return [200, this.put(kind, key, setting, this.who)]
  }

  policy(name, { version, setting }) {
    const { version: now, changed_by: who, changed_at: at } = this.policies[name]
    if (version !== now) return [409, { detail: 'changed', conflict: { who, at } }]
    const broken = setting.dial_plan?.flatMap((one) => one.allow).find((pattern) => pattern.endsWith('['))
    if (broken) return [422, { detail: 'bad', faults: [{ item: 'policy transfers', field: 'dial_plan agent 2', code: 'not_pattern', value: broken }] }]
    return [200, (this.policies[name] = this.stored(setting, this.who))]
  }

  file(method, url, body) {
    if (method === 'GET') return [200, 'dnis,name\n12345,x\n']
    if (body.includes('blue')) return [422, { detail: 'bad', faults: [{ row: 3, field: 'mode', code: 'not_one_of', value: 'blue' }] }]
    if (url.searchParams.get('dry_run') !== 'true') this.imported.push(url.searchParams.get('revision'))
    return [200, { added: ['95598'], changed: [], removed: ['12358'], revision: 'r1', warnings: [] }]
  }
}

const newLine = (dnis, name) => ({
  dnis, name, mode: 'dual', unit: '', queue: 'general', expert_queue: '', greeting: [`greeting_${dnis}`], record: true, flow: '',
  priority: '', transition: { prompt: '', from: '', until: '' }, routes: [],
})

const newQueue = (name, title) => ({
  name, title, needs: [], widen: [], order: 'longest_idle', last_agent_s: 1800, ring_timeout_s: 20, wrap_up_s: 60, max_waiting: 0,
  overflow: [], announce_s: 30, callback_s: 60, tell_agent_no: true, rating: true,
})
