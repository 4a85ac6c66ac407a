// The figures part of the small gateway: one made-up call every few minutes, counted as the real one counts.
const minute = 60_000
const shift = 8 * 3600_000
const day = 24 * 3600_000

const figures = [
  ['calls', '来电量', 'calls'], ['offered', '人工请求量', 'calls'], ['answered', '人工接通量', 'calls'], ['answer_rate', '接通率', 'ratio'],
  ['answered_within', '15秒内接通量', 'calls'], ['within_rate', '15秒接通率', 'ratio'], ['abandoned', '放弃量', 'calls'], ['abandon_rate', '放弃率', 'ratio'],
  ['lost', '呼损', 'calls'], ['loss_rate', '呼损率', 'ratio'], ['lost_no_agent', '呼损：无座席', 'calls'], ['lost_timeout', '呼损：等待超时', 'calls'],
  ['lost_full', '呼损：队列已满', 'calls'], ['lost_abandoned', '呼损：放弃', 'calls'], ['lost_short_abandon', '呼损：短时放弃', 'calls'],
  ['lost_not_answered', '呼损：座席未接', 'calls'], ['lost_system', '呼损：系统原因', 'calls'], ['greeting_abandoned', '欢迎语中放弃', 'calls'],
  ['callback_kept', '排队转回拨', 'calls'], ['asa', '平均应答时间', 's'], ['longest_wait', '最长等待', 's'], ['aht', '平均处理时间', 's'], ['talk', '平均通话', 's'],
  ['hold', '平均保持', 's'], ['wrap', '平均话后整理', 's'], ['occupancy', '工时利用率', 'ratio'], ['repeat_rate', '重复来电率', 'ratio'],
  ['direct_answer_rate', '直接解答率', 'ratio'], ['rated', '评价量', 'calls'], ['satisfied_rate', '满意率', 'ratio'], ['rating', '平均评价', 'grade'],
].map(([name, label, unit]) => ({ name, label, unit, definition: `${label}的口径，按设置计算` }))
const ofAgents = ['answered', 'answered_within', 'asa', 'aht', 'talk', 'hold', 'wrap', 'occupancy', 'repeat_rate', 'direct_answer_rate', 'rated', 'satisfied_rate', 'rating']

const lines = ['12345政务服务便民热线', '人社服务热线', '价格举报热线', '=HYPERLINK("http://x")']
const queues = ['general', 'expert_legal', '']
const agents = ['8001', '8002', '8007', '']

/** made is the call of one minute: what became of it depends on the minute alone. */
function made(at) {
  const n = Math.floor(at / minute)
  const roll = (n * 2654435761) % 97
  const answered = roll % 10 !== 0
  const why = roll % 20 === 0 ? 'lost_short_abandon' : 'lost_abandoned'
  return {
    at, line: lines[roll % 4], queue: answered ? queues[roll % 2] : queues[roll % 3], agent: answered ? agents[roll % 3] : '', answered, why, n,
    wait: roll % 33, talk: 60 + roll * 3, rating: 1 + (roll % 4),
  }
}

export class FakeFigures {
  constructor(now) {
    this.now = now
    this.quiet = false // nobody calls
    this.extra = [] // calls that a test adds: { at, line, queue, agent, answered, why, wait, talk, rating }
    this.asked = [] // every request's path with query
    this.failWith = null // [status, detail] of the requests from now on
    this.settings = { answer_within_s: 15, clock_start: 'queued', denominator: 'offered', short_abandon_s: 5, repeat_within_s: 86400, satisfied_to: 3 }
  }

  /** serve answers [status, body]. */
  serve(url) {
    this.asked.push(url.pathname + url.search)
    if (this.failWith) return [this.failWith[0], { status: this.failWith[0], detail: this.failWith[1] }]
    const by = url.searchParams.get('by')
    const live = url.pathname.endsWith('/live')
    const to = live ? Date.parse(this.now()) : Date.parse(url.searchParams.get('to'))
    const from = live ? to - day : Date.parse(url.searchParams.get('from'))
    return [200, this.table(from, to, by, url.searchParams.get('line') ?? '', url.searchParams.get('queue') ?? '', live)]
  }

  table(from, to, by, line, queue, live) {
    const list = by === 'agent' ? figures.filter(({ name }) => ofAgents.includes(name)) : figures
    const calls = this.calls(from, to).filter((one) => (!line || one.line === line) && (!queue || one.queue === queue))
    const pick = (all) => Object.fromEntries(list.map(({ name }) => [name, sum(all, live)[name] ?? null]))
    const groups = Map.groupBy ? Map.groupBy(calls, (one) => keyOf(one, by)) : grouped(calls, by)
    if (by === '5min' || by === 'day') for (let at = begin(from, by); at < to; at += by === 'day' ? day : 5 * minute) groups.set(at, groups.get(at) ?? [])
    const rows = [...groups].filter(([key]) => by !== 'agent' || key !== '').sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, all]) => ({ name: typeof key === 'number' ? '' : key, from: typeof key === 'number' ? new Date(key).toISOString() : null, values: pick(all) }))
    return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), by, line, queue, settings: this.settings, figures: list, rows, total: pick(calls) }
  }

  calls(from, to) {
    const all = this.extra.filter(({ at }) => at >= from && at < to)
    if (this.quiet) return all
    for (let at = Math.ceil(from / minute) * minute; at < to; at += minute) {
      const hour = Math.floor((at + shift) / 3600_000) % 24
      if (hour >= 7 && hour < 22 && Math.floor(at / minute) % 3 !== 0) all.push(made(at))
    }
    return all
  }
}

const begin = (at, by) => (by === 'day' ? Math.floor((at + shift) / day) * day - shift : Math.floor(at / (5 * minute)) * 5 * minute)
const keyOf = (one, by) => (by === '5min' || by === 'day' ? begin(one.at, by) : one[by])

function grouped(calls, by) {
  const groups = new Map()
  for (const one of calls) groups.set(keyOf(one, by), [...(groups.get(keyOf(one, by)) ?? []), one])
  return groups
}

function sum(calls, live) {
  const count = (test) => calls.filter(test).length
  const mean = (all, of) => (all.length ? all.reduce((total, one) => total + of(one), 0) / all.length : null)
  const over = (n, all) => (all ? n / all : null)
  const taken = calls.filter(({ answered }) => answered)
  const [offered, answered] = [calls.length, taken.length]
  const within = count(({ answered: yes, wait }) => yes && wait <= 15)
  const rated = taken.filter(({ n }) => n % 2)
  const lost = (why) => count(({ answered: yes, why: was }) => !yes && was === why)
  return {
    calls: offered, offered, answered, answer_rate: over(answered, offered), answered_within: within, within_rate: over(within, offered),
    abandoned: offered - answered, abandon_rate: over(offered - answered, offered), lost: offered - answered, loss_rate: over(offered - answered, offered),
    lost_no_agent: 0, lost_timeout: 0, lost_full: 0, lost_abandoned: lost('lost_abandoned'), lost_short_abandon: lost('lost_short_abandon'),
    lost_not_answered: 0, lost_system: 0, greeting_abandoned: 0, callback_kept: 0, asa: mean(taken, ({ wait }) => wait),
    longest_wait: Math.max(0, ...calls.map(({ wait }) => wait)), aht: mean(taken, ({ talk }) => talk + 30), talk: mean(taken, ({ talk }) => talk),
    hold: answered ? 0 : null, wrap: answered ? 30 : null, occupancy: live || !answered ? null : 0.74, repeat_rate: over(count(({ n }) => n % 11 === 0), offered),
    direct_answer_rate: null, rated: rated.length, satisfied_rate: over(rated.filter(({ rating }) => rating <= 3).length, rated.length),
    rating: mean(rated, ({ rating }) => rating),
  }
}
