import { mount, flushPromises, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Component } from 'vue'
import AgentState from '../src/components/AgentState.vue'
import CallbackList from '../src/components/CallbackList.vue'
import CallBar from '../src/components/CallBar.vue'
import CallerColumn from '../src/components/CallerColumn.vue'
import DeskBanners from '../src/components/DeskBanners.vue'
import HealthMarks from '../src/components/HealthMarks.vue'
import QueueFigures from '../src/components/QueueFigures.vue'
import RequestForm from '../src/components/RequestForm.vue'
import RingingStrip from '../src/components/RingingStrip.vue'
import { api, type CallbackTask } from '../src/api'
import { emptyDesk } from '../src/desk'
import type { Desk, DeskAgent, DeskCall, Role } from '../src/generated/protocol'
import { setLanguage } from '../src/i18n'
import { CommandError } from '../src/outbox'
import { useDesk } from '../src/stores/desk'
import { useSession } from '../src/stores/session'
import { agent, at, noon, ringing, talking } from './desks'

const held: DeskCall = { ...talking, phase: 'held', held_at: at(-15), muted: true }
const wrapUp: DeskCall = { ...talking, phase: 'wrap_up', ended_at: at(-8), ended_by: 'caller', wrap_until: at(52), recording: false }

let wrapper: VueWrapper | undefined
const see = (id: string) => wrapper!.find(`[data-testid="${id}"]`)
const can = (id: string) => see(id).attributes('disabled') === undefined

function show(component: Component, call: DeskCall | null, more: { agent?: Partial<DeskAgent>; live?: boolean; props?: boolean } = {}) {
  const desk = useDesk()
  const whole: Desk = { agent: { ...agent, ...more.agent }, call, today: { answered: 38, talk_seconds: 11096 }, help: false, supervising: null }
  desk.state = { ...emptyDesk, desk: whole, asterisk: true }
  desk.linkState = more.live === false ? 'down' : 'up'
  desk.now = noon
  wrapper = mount(component, { props: more.props === false ? {} : { call }, attachTo: document.body })
  return desk
}

beforeEach(() => {
  localStorage.clear()
  setActivePinia(createPinia())
  setLanguage('zh')
})
afterEach(() => {
  vi.restoreAllMocks()
  wrapper?.unmount()
  vi.useRealTimers()
})

const task: CallbackTask = {
  id: 'h-1.1', number: '138****4567', dnis: '12333', line: '人社服务热线', reason: 'abandoned', missed: 2, kept_place: false,
  missed_at: at(-600), due_at: null, attempts: 1, dialling: false, last_reach: 'busy', last_agent: '8002',
}

describe('who is to be called back', () => {
  async function list(tasks: CallbackTask[], state: DeskAgent['state'] = 'not_ready', roles: Role[] = ['agent']) {
    vi.spyOn(api, 'callbacks').mockResolvedValue(tasks)
    useSession().account = { no: '8001', name: '', phone: 'browser', roles }
    const desk = show(CallbackList, null, { agent: { state }, props: false })
    await flushPromises()
    return desk
  }

  it('is listed with what became of it, and dialled by a click', async () => {
    const desk = await list([task])
    expect(see('callback-row').text()).toMatch(/138\*\*\*\*4567.*排队放弃.*共 2 次.*已拨 1 次.*对方忙/s)
    const send = vi.spyOn(desk, 'send').mockResolvedValue(true)
    await see('callback-dial').trigger('click')
    expect(send).toHaveBeenCalledWith('callback.dial', { id: 'h-1.1' })
    expect(wrapper!.emitted('dialled')).toBeTruthy()
    expect(see('callback-close').exists()).toBe(false)
  })

  it('cannot be dialled in a call, nor by two', async () => {
    await list([task], 'talking')
    expect(can('callback-dial')).toBe(false)
    wrapper!.unmount()
    await list([{ ...task, dialling: true }])
    expect(see('callback-dial').exists()).toBe(false)
    expect(see('callback-row').text()).toContain('回拨中')
  })

  it('is closed by a supervisor who says why', async () => {
    await list([task], 'not_ready', ['supervisor'])
    const close = vi.spyOn(api, 'closeCallback').mockResolvedValue()
    await see('callback-close').trigger('click')
    expect(can('callback-close-now')).toBe(false)
    await see('callback-reason').setValue('重复')
    await wrapper!.find('form').trigger('submit')
    await flushPromises()
    expect(close).toHaveBeenCalledWith('h-1.1', '重复')
  })

  it('says so when the list cannot be had', async () => {
    vi.spyOn(api, 'callbacks').mockRejectedValue(new Error('503'))
    show(CallbackList, null, { props: false })
    await flushPromises()
    expect(wrapper!.text()).toContain('暂时查不到')
  })

  it('is shown at the desk with the reason, the attempt and what came of it', () => {
    const callback = { id: 'h-1.1', reason: 'abandoned', missed_at: at(-600), kept_place: true, attempt: 2, reach: '' } as const
    show(CallerColumn, { ...ringing, direction: 'outbound', callback, phase: 'dialling', ring_until: null })
    expect(see('callback-note').text()).toMatch(/第 2 次回拨.*排队放弃.*保留排队位置/s)
    wrapper!.unmount()
    show(CallBar, { ...wrapUp, direction: 'outbound', callback: { ...callback, reach: 'no_answer' } })
    expect(see('reach').text()).toBe('无人接听')
    wrapper!.unmount()
    show(CallBar, { ...ringing, direction: 'outbound', callback, phase: 'dialling' })
    expect(can('hangup')).toBe(true)
    expect(can('hold')).toBe(false)
  })
})

describe('the call bar', () => {
  it('offers what a talking agent can do', () => {
    show(CallBar, talking)
    expect(see('phase').text()).toContain('通话中')
    expect(see('phase-timer').text()).toBe('2:31')
    expect(see('recording').text()).toContain('录音中')
    expect(['hangup', 'hold', 'mute'].every(can)).toBe(true)
  })

  it('offers to resume a held call and counts the hold', () => {
    show(CallBar, held)
    expect(see('phase-timer').text()).toBe('0:15')
    expect(see('hold').exists()).toBe(false)
    expect(can('resume')).toBe(true)
    expect(see('mute').text()).toBe('取消静音')
  })

  it('tells who ended the call and offers nothing more', () => {
    show(CallBar, wrapUp)
    expect(wrapper!.text()).toContain('来电人已挂断')
    expect(can('hangup')).toBe(false)
    expect(see('recording').exists()).toBe(false)
  })

  it('says that the phase is from before the drop while the link is down', () => {
    show(CallBar, talking, { live: false })
    expect(see('phase').text()).toContain('断线前')
    expect(see('recording').text()).toContain('未知')
  })

  it('waits for a call without one', () => {
    show(CallBar, null)
    expect(wrapper!.text()).toContain('等待来电')
    expect(can('hangup')).toBe(false)
  })

  it('disables a button while its command is under way', async () => {
    const desk = show(CallBar, talking)
    desk.busy.add('call.hangup')
    await flushPromises()
    expect(can('hangup')).toBe(false)
    expect(can('hold')).toBe(true)
  })
})

describe('the ringing strip', () => {
  it('shows number, line, wait and the time left', () => {
    show(RingingStrip, ringing)
    const text = wrapper!.text()
    for (const word of ['13861234567', '手机', '人社服务热线', '已等 0:32']) expect(text).toContain(word)
    expect(see('ring-countdown').attributes('data-left')).toBe('18')
    expect(wrapper!.find('[role=alert]').text()).toBe('来电：13861234567，手机，人社服务热线')
  })

  it('says that the number is withheld', () => {
    show(RingingStrip, { ...ringing, number: '', number_kind: 'withheld' })
    expect(wrapper!.find('strong').text()).toBe('未显示号码')
  })

  it('has no answer button where a telephone stands on the desk', () => {
    show(RingingStrip, ringing, { agent: { phone: 'desk' } })
    expect(see('answer').exists()).toBe(false)
    expect(wrapper!.text()).toContain('请在话机上接听')
  })
})

describe('the caller', () => {
  it.each([
    ['loading', '正在查询'],
    ['unavailable', '不影响通话'],
    ['ready', '没有以往来电'],
  ] as const)('shows that earlier calls are %s', (state, words) => {
    show(CallerColumn, { ...talking, history_state: state })
    expect(see('history-state').text()).toContain(words)
  })

  it('lists earlier calls as text, whatever they contain', () => {
    const note = '<img src=x onerror=alert(1)>'
    const row = { id: 'a', at: at(-86400), line: '12345', agent: '8007', result: 'answered' as const, talk_seconds: 268, disposition: 'complaint', note }
    show(CallerColumn, { ...talking, history: [row] })
    const text = see('history-row').text()
    for (const word of ['投诉', '座席 8007', '4:28', '已接听', note]) expect(text).toContain(word)
    expect(wrapper!.find('img').exists()).toBe(false)
  })
})

describe('the form', () => {
  it('is closed while it rings', () => {
    show(RequestForm, ringing)
    expect(see('note').exists()).toBe(false)
  })

  it('cannot be finished before the call is over, nor without a type', async () => {
    show(RequestForm, { ...talking, disposition: 'help' })
    expect(can('wrap-finish')).toBe(false)
    await wrapper!.setProps({ call: wrapUp })
    expect(wrapper!.text()).toContain('请选择类型')
    await see('disposition-help').find('input').trigger('change')
    expect(can('wrap-finish')).toBe(true)
    expect(see('wrap-countdown').attributes('data-left')).toBe('52')
  })

  it('saves what is typed a moment later, and keeps it on this computer at once', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const desk = show(RequestForm, talking)
    const attempt = vi.spyOn(desk, 'attempt').mockResolvedValue()
    await see('note').setValue('路灯不亮')
    expect(localStorage.getItem('hotline.draft.call-1')).toContain('路灯不亮')
    expect(attempt).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1000)
    expect(attempt).toHaveBeenCalledWith('wrap_up.save', { disposition: '', note: '路灯不亮' }, 'call-1')
    expect(see('save-state').text()).toContain('已暂存')
  })

  it('says that it keeps the text here while the link is down, and saves when it is back', async () => {
    const desk = show(RequestForm, talking, { live: false })
    const attempt = vi.spyOn(desk, 'attempt').mockResolvedValue()
    await see('note').setValue('路灯')
    expect(see('save-state').text()).toContain('仅保存在本机')
    desk.linkState = 'up'
    await vi.waitFor(() => expect(attempt).toHaveBeenCalledOnce())
  })

  it('brings the half-typed text back after a reload, over what the gateway has', () => {
    localStorage.setItem('hotline.draft.call-1', JSON.stringify({ disposition: 'help', note: '新的', dirty: true, at: Date.now() }))
    show(RequestForm, { ...talking, note: '旧的' })
    expect((see('note').element as HTMLTextAreaElement).value).toBe('新的')
    expect(see('disposition-help').attributes('data-on')).toBe('true')
  })

  it('takes what the gateway has when nothing was left unsaved', () => {
    localStorage.setItem('hotline.draft.call-1', JSON.stringify({ disposition: '', note: '旧的', dirty: false, at: Date.now() }))
    show(RequestForm, { ...talking, note: '网关的' })
    expect((see('note').element as HTMLTextAreaElement).value).toBe('网关的')
  })

  it('says why saving failed and keeps the text', async () => {
    const desk = show(RequestForm, talking)
    vi.spyOn(desk, 'attempt').mockRejectedValue(new CommandError('unavailable', '', true))
    await see('note').setValue('路灯')
    await vi.waitFor(() => expect(see('save-state').text()).toContain('暂存失败'), { timeout: 3000 })
    expect((see('note').element as HTMLTextAreaElement).value).toBe('路灯')
  })
})

describe('the top of the page', () => {
  it('shows state, reason and time', () => {
    show(AgentState, null, { agent: { state: 'not_ready', reason: 'meeting' } })
    expect(see('state-menu').text()).toContain('示忙·会议')
    expect(see('state-menu').text()).toContain('3:12')
  })

  it('shows a rest that is overdue', () => {
    show(AgentState, null, { agent: { state: 'rest', reason: 'meal', since: at(-700), until: at(-100) } })
    expect(see('state-menu').text()).toContain('已超时')
  })

  it('shows what follows the call', () => {
    show(AgentState, talking, { agent: { state: 'talking', next: 'rest', next_reason: 'meal' } })
    expect(see('state-next').text()).toBe('本次通话后：小休·用餐')
  })

  it('does not claim to know the queue while the link is down', async () => {
    const desk = show(QueueFigures, null)
    desk.state = { ...desk.state, queue: { waiting: 7, longest_since: at(-41), ready: 1, busy: 2, callbacks: 3 } }
    await flushPromises()
    expect(see('queue-waiting').text()).toBe('7')
    expect(see('queue-longest').text()).toBe('0:41')
    desk.linkState = 'down'
    await flushPromises()
    expect(see('queue-waiting').text()).toBe('—')
  })

  it('tells a lost gateway from a lost telephone system', async () => {
    const desk = show(HealthMarks, null)
    expect(see('gateway-health').attributes('data-state')).toBe('ok')
    desk.state = { ...desk.state, asterisk: false }
    await flushPromises()
    expect(see('gateway-health').text()).toContain('电话系统断开')
    desk.linkState = 'down'
    await flushPromises()
    expect(see('gateway-health').text()).toContain('网关连接中断')
  })

  it('says in a call that the call is still up while the network is gone', () => {
    show(DeskBanners, talking, { live: false, agent: { state: 'talking' }, props: false })
    expect(see('offline-banner').text()).toBe('网络中断，正在恢复，通话未挂断')
  })

  it('says it in English too', () => {
    setLanguage('en')
    show(CallBar, talking)
    expect(see('hangup').text()).toBe('Hang up')
  })
})
