import { mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import schema from '../../../gateway/push/schema.json'
import AgentTable from '../src/components/floor/AgentTable.vue'
import AlertList from '../src/components/floor/AlertList.vue'
import FloorHead from '../src/components/floor/FloorHead.vue'
import FloorLink from '../src/components/floor/FloorLink.vue'
import SuperviseBar from '../src/components/floor/SuperviseBar.vue'
import { emptyDesk, reduce } from '../src/desk'
import { ageOf, agentsWith, calling, countStates, everybody, figuresOf, freshIn, groupsOf, inConversation, timerOf } from '../src/floor/floor'
import { maySupervise } from '../src/floor/view'
import { windowOf } from '../src/floor/window'
import type { Alert, Desk, Floor, FloorAgent, FloorCall, ServerFrame } from '../src/generated/protocol'
import { setLanguage } from '../src/i18n'
import { floorEn } from '../src/i18n/floor-en'
import { floorZh } from '../src/i18n/floor-zh'
import { useDesk } from '../src/stores/desk'
import { useStation } from '../src/stores/station'

const noon = Date.parse('2026-11-21T04:00:00Z')
const at = (seconds: number) => new Date(noon + seconds * 1000).toISOString()

const agent = (no: string, more: Partial<FloorAgent> = {}): FloorAgent => ({
  no, name: `名${no}`, group: '一组', state: 'ready', reason: '', since: at(-60), call: '', phase: '', phone_ok: true, help: false, supervisor: '', how: '',
  today: { answered: 12, talk_seconds: 0 }, ...more,
})
const call: FloorCall = {
  id: 'c1', number: '138****1234', line: { dnis: '12333', name: '人社服务热线' }, queue: '社保', state: 'talking', agent: '8002', arrived_at: at(-90),
  queued_at: at(-80), talking_at: at(-31), priority: 'none', secret: false, parties: [],
}
const talking = agent('8002', { name: '乙', group: '二组', state: 'talking', call: 'c1', phase: 'talking', since: at(-31) })
const floor: Floor = { at: at(-0.4), agents: [agent('8001'), talking, agent('8003', { state: 'signed_out' })], calls: [call] }
const help: Alert = { id: 'a1', at: at(-5), kind: 'help', agent: '8002', name: '乙', call: 'c1', subject: '', why: '', count: 0, ack_by: '', ack_at: null }
const failed: Alert = { ...help, id: 'a2', kind: 'one_key_failed', subject: '110', why: 'busy' }

const tick = (topic: string, value: object) => ({ t: 'tick', topic, value }) as ServerFrame

describe('what the gateway tells of the floor', () => {
  it('replaces what was known', () => {
    let state = reduce(emptyDesk, tick('floor', floor), noon)
    state = reduce(state, tick('alerts', { alerts: [help] }), noon)
    expect([state.floor, state.alerts]).toEqual([floor, [help]])
    expect(reduce(state, tick('alerts', { alerts: [] }), noon).alerts).toEqual([])
  })

  it('is counted, and unknown without it', () => {
    expect(figuresOf(floor, { waiting: 7, longest_since: at(-41), ready: 3, busy: 9, callbacks: 0 })).toEqual({
      waiting: 7, longestSince: at(-41), ready: 1, signedIn: 2, talking: 1,
    })
    expect(figuresOf(null, null)).toEqual({ waiting: null, longestSince: null, ready: null, signedIn: null, talking: null })
    expect(countStates(floor.agents)).toEqual(new Map([['ready', 1], ['talking', 1], ['signed_out', 1]]))
  })

  it('has an age by the clock of the gateway, never a negative one', () => {
    expect(ageOf(floor, noon)).toBeCloseTo(0.4)
    expect(ageOf(floor, noon - 5000)).toBe(0)
    expect(ageOf(null, noon)).toBeNull()
  })

  it('times a call by its conversation, else its wait, else its arrival', () => {
    expect([timerOf(call), timerOf({ ...call, talking_at: null }), timerOf({ ...call, talking_at: null, queued_at: null })]).toEqual([at(-31), at(-80), at(-90)])
  })
})

describe('the filter', () => {
  const agents = [agent('8001', { name: '甲' }), talking, agent('8013', { name: 'Bob', help: true, state: 'held', call: 'c2' })]
  const numbers = (filter: object) => agentsWith(agents, { ...everybody, ...filter }).map((one) => one.no)

  it('takes state, group, help, and a part of number or name, all together', () => {
    expect(numbers({})).toEqual(['8001', '8002', '8013'])
    expect(numbers({ state: 'talking' })).toEqual(['8002'])
    expect(numbers({ group: '一组' })).toEqual(['8001', '8013'])
    expect(numbers({ text: ' 80 ' })).toEqual(['8001', '8002', '8013'])
    expect(numbers({ text: '乙' })).toEqual(['8002'])
    expect(numbers({ text: 'bob' })).toEqual(['8013'])
    expect(numbers({ help: true })).toEqual(['8013'])
    expect(numbers({ help: true, group: '二组' })).toEqual([])
  })

  it('offers each group once', () => expect(groupsOf(agents)).toEqual(['二组', '一组']))
  it('knows who is in a conversation', () => expect(agents.map(inConversation)).toEqual([false, true, true]))
})

describe('alerts', () => {
  it('are news once, and only calls for help that nobody saw to', () => {
    expect(freshIn([], [help, failed])).toEqual([help])
    expect(freshIn([help], [help])).toEqual([])
    expect(freshIn([], [{ ...help, ack_by: '9001' }])).toEqual([])
    expect(calling([help, failed, { ...help, id: 'a3', ack_by: '9001' }])).toEqual([help])
  })
})

describe('the window of a long table', () => {
  it('makes what is in sight and a few more', () => {
    expect(windowOf(0, 400, 40, 1000)).toEqual([0, 16])
    expect(windowOf(4000, 400, 40, 1000)).toEqual([96, 112])
    expect(windowOf(39600, 400, 40, 1000)).toEqual([984, 1000])
  })

  it('shows the end when the rows became fewer than it was scrolled by', () => {
    expect(windowOf(39600, 400, 40, 30)).toEqual([16, 30])
    expect(windowOf(39600, 400, 40, 0)).toEqual([0, 0])
    expect(windowOf(-20, 400, 40, 3)).toEqual([0, 3])
  })
})

describe('the words', () => {
  it('are there in both languages and fill the same gaps', () => {
    expect(Object.keys(floorEn)).toEqual(Object.keys(floorZh))
    const gaps = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()
    for (const [key, text] of Object.entries(floorZh)) expect([key, gaps(floorEn[key as keyof typeof floorZh])]).toEqual([key, gaps(text)])
  })

  it('cover what the gateway may say', () => {
    const { AgentState, CallState, DeskCall, DeskParty, SuperviseArgs, Alert } = schema.$defs
    const codes: [string, string[]][] = [
      ['state', AgentState.enum], ['call', CallState.enum], ['phase', DeskCall.properties.phase.enum], ['party', DeskParty.properties.state.enum],
      ['way', SuperviseArgs.properties.how.enum], ['now', SuperviseArgs.properties.how.enum], ['alert', Alert.properties.kind.enum],
    ]
    for (const [group, names] of codes) for (const name of names) expect(floorZh).toHaveProperty([`${group}.${name}`])
  })
})

describe('the page', () => {
  let wrapper: VueWrapper | undefined
  const see = (id: string) => wrapper!.find(`[data-testid="${id}"]`)
  const can = (id: string) => see(id).attributes('disabled') === undefined

  function show(component: object, more: { desk?: Partial<Desk>; state?: string; floor?: Floor; alerts?: Alert[]; live?: boolean; props?: object } = {}) {
    const desk = useDesk()
    desk.linkState = more.live === false ? 'down' : 'up'
    desk.now = noon
    const own = { no: '9001', name: '班', state: more.state ?? 'not_ready' }
    desk.state = {
      ...emptyDesk, desk: { agent: own, call: null, supervising: null, help: false, ...more.desk } as Desk,
      floor: more.floor ?? floor, alerts: more.alerts ?? [], queue: { waiting: 7, longest_since: at(-41), ready: 3, busy: 9, callbacks: 0 },
    }
    wrapper = mount(component, { props: more.props, attachTo: document.body })
    return { desk, send: vi.spyOn(desk, 'send').mockResolvedValue(true) }
  }

  beforeEach(() => {
    setActivePinia(createPinia())
    setLanguage('zh')
  })
  afterEach(() => {
    wrapper?.unmount()
    vi.restoreAllMocks()
    vi.useRealTimers()
  })

  it('is only for supervisors', () => {
    const who = (roles: ('agent' | 'supervisor' | 'administrator')[]) => ({ no: '1', name: '', phone: 'browser' as const, roles })
    expect([maySupervise(who(['agent', 'supervisor'])), maySupervise(who(['agent'])), maySupervise(who(['administrator'])), maySupervise(null)]).toEqual([true, false, false, false])
  })

  it('says how old its data are, and that they are stale', async () => {
    const { desk } = show(FloorHead)
    expect(see('floor-age').text()).toBe('● 数据 0.4 s 前')
    expect(see('floor-longest').text()).toBe('0:41')
    expect(see('floor-ready').text()).toBe('1 / 2 签入')
    desk.now = noon + 4000
    await nextTick()
    expect(see('floor-age').text()).toBe('⚠ 数据已 4.4 s 未更新')
    desk.linkState = 'down'
    await nextTick()
    expect(see('floor-age').text()).toContain('断线前')
    expect(see('floor-waiting').text()).toBe('—')
  })

  it('lets the supervisor be with who is in a call', async () => {
    const { send } = show(AgentTable)
    expect(see('listen-8001').exists()).toBe(false)
    await see('whisper-8002').trigger('click')
    expect(send).toHaveBeenCalledWith('floor.supervise', { agent: '8002', how: 'whisper' })
  })

  it('says why he cannot', () => {
    show(AgentTable, { state: 'signed_out' })
    expect([can('listen-8002'), see('listen-8002').attributes('title')]).toEqual([false, '签入后才能监听'])
    wrapper!.unmount()
    show(AgentTable, { floor: { ...floor, agents: [{ ...talking, supervisor: '9002', how: 'listen' }] } })
    expect([can('listen-8002'), see('listen-8002').attributes('title')]).toEqual([false, '9002 已在监管该通话'])
    wrapper!.unmount()
    show(AgentTable, { live: false })
    expect(can('listen-8002')).toBe(false)
  })

  it('forces at a click, but asks once before it ends a citizen’s call', async () => {
    const { send } = show(AgentTable)
    await see('force-8001').trigger('click')
    expect(see('force-hangup').exists()).toBe(false)
    expect(can('force-ready')).toBe(false)
    await see('force-not_ready').trigger('click')
    expect(send).toHaveBeenLastCalledWith('floor.force', { agent: '8001', state: 'not_ready' })
    await see('force-8002').trigger('click')
    await see('force-hangup').trigger('click')
    expect(send).toHaveBeenCalledTimes(1)
    expect(see('hangup-ask').text()).toBe('将结束 乙 8002 与市民的通话')
    await see('hangup-do').trigger('click')
    expect(send).toHaveBeenLastCalledWith('floor.hangup', { agent: '8002' })
    expect(see('force-menu').exists()).toBe(false)
  })

  it('lists alerts and who saw to them', async () => {
    const { send } = show(AlertList, { alerts: [failed, { ...help, ack_by: '9002', ack_at: at(0) }] })
    expect(wrapper!.text()).toMatch(/110 未接通：占线.*乙 8002 的通话.*求助：乙 8002.*9002 已于/s)
    expect(see('ack-a1').exists()).toBe(false)
    await see('ack-a2').trigger('click')
    expect(send).toHaveBeenCalledWith('floor.ack', { id: 'a2' })
  })

  it('sounds and speaks a call for help until somebody sees to it', async () => {
    vi.useFakeTimers()
    const chime = vi.spyOn(useStation(), 'chime').mockImplementation(() => {})
    const { desk } = show(FloorLink, { props: { onFloor: false } })
    expect(chime).not.toHaveBeenCalled()
    desk.state = { ...desk.state, alerts: [help] }
    await nextTick()
    expect([chime.mock.calls.length, see('alert-spoken').text()]).toEqual([1, '座席求助：乙 8002'])
    desk.state = { ...desk.state, alerts: [failed, help] }
    await nextTick()
    expect(chime).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(10_000)
    expect(chime).toHaveBeenCalledTimes(2)
    desk.state = { ...desk.state, alerts: [{ ...help, ack_by: '9002' }] }
    await nextTick()
    vi.advanceTimersByTime(60_000)
    expect(chime).toHaveBeenCalledTimes(2)
  })

  it('shows with whom the supervisor is, and changes how', async () => {
    const supervising = { call: 'c1', agent: '8002', name: '乙', how: 'listen' as const, since: at(-32) }
    const { desk, send } = show(SuperviseBar, { desk: { supervising } })
    expect(wrapper!.text()).toMatch(/正在监听 8002 乙.*0:32.*麦克风已关（监听）.*全程留痕/s)
    await see('with-barge').trigger('click')
    expect(send).toHaveBeenLastCalledWith('floor.supervise', { agent: '8002', how: 'barge' })
    await see('with-listen').trigger('click')
    expect(send).toHaveBeenCalledTimes(1)
    await see('take-over').trigger('click')
    expect(send).toHaveBeenLastCalledWith('floor.take_over')
    desk.state = { ...desk.state, desk: { ...desk.state.desk!, supervising: { ...supervising, since: null } } }
    await nextTick()
    expect([see('supervise-time').text(), can('take-over'), can('leave')]).toEqual(['接通中…', false, true])
  })
})
