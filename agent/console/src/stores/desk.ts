// The desk as the gateway tells it, and the commands to it.
import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowRef } from 'vue'
import { api, websocketURL } from '../api'
import { emptyDesk, reduce } from '../desk'
import { named, t } from '../i18n'
import { zh } from '../i18n/zh'
import { Close, type CommandName } from '../lib/protocol'
import { workerTimers } from '../lib/timers'
import { Link, type LinkState } from '../link'
import { isGuest, ownsConversation } from '../parties'
import { CommandError, newID } from '../outbox'
import { useSession } from './session'

// Unlike Date.now(), it does not jump when someone sets this computer's clock.
const localNow = () => performance.timeOrigin + performance.now()

export const useDesk = defineStore('desk', () => {
  const session = useSession()
  const state = shallowRef(emptyDesk)
  const linkState = ref<LinkState>('connecting')
  const now = ref(localNow()) // the gateway's clock, as well as it is known
  const busy = reactive(new Set<CommandName>())
  const failure = shallowRef<{ text: string } | null>(null)
  let link: Link | null = null
  let ticking: ReturnType<typeof setInterval> | undefined

  const agent = computed(() => state.value.desk?.agent ?? null)
  const call = computed(() => state.value.desk?.call ?? null)
  const supervising = computed(() => state.value.desk?.supervising ?? null)
  const live = computed(() => linkState.value === 'up')
  const inCall = computed(() => ['dialling', 'talking', 'held', 'consulting', 'three_way', 'reconnecting'].includes(call.value?.phase ?? ''))

  const guest = computed(() => isGuest(state.value.desk)) // in another agent's call
  const owns = computed(() => ownsConversation(state.value.desk)) // may bring others into the call
  const acts = ref(0) // what the agent did so far

  function tickClock() {
    now.value = localNow() + (state.value.offset ?? 0)
  }

  function connect() {
    disconnect()
    state.value = emptyDesk
    ticking = setInterval(tickClock, 250)
    link = new Link({
      page: newID(),
      ticket: api.ticket,
      address: (ticket) => websocketURL(`/ws?ticket=${encodeURIComponent(ticket)}`),
      onFrame: (frame) => {
        state.value = reduce(state.value, frame, localNow())
        tickClock()
      },
      onState: (to) => (linkState.value = to),
      onStop: stopped,
      timers: workerTimers(),
    })
    window.addEventListener('online', hurry)
    window.addEventListener('offline', drop)
    link.start()
  }

  function disconnect() {
    clearInterval(ticking)
    window.removeEventListener('online', hurry)
    window.removeEventListener('offline', drop)
    link?.stop()
    link = null
  }

  const hurry = () => link?.hurry()
  const drop = () => link?.drop()
  const watch = (closely: boolean) => link?.watch(closely)

  function stopped(code: number) {
    if (code === Close.signedOut) session.ended(t('login.ended'))
    else if (code === Close.takenOver) session.screen = 'taken'
    else if (code === Close.buildTooOld) session.screen = 'old'
    else session.screen = 'fault'
  }

  /** attempt sends a command and throws CommandError when it is refused. */
  async function attempt(name: CommandName, args: object = {}, about = '', ver = 0): Promise<void> {
    if (!link) throw new CommandError('stopped', '', false)
    busy.add(name)
    try {
      await link.command(name, args, about, ver)
    } finally {
      busy.delete(name)
    }
  }

  /** send is attempt with the refusal shown to the agent; it tells whether the command was carried out. */
  async function send(name: CommandName, args: object = {}, about = '', ver = 0): Promise<boolean> {
    acts.value++
    try {
      await attempt(name, args, about, ver)
      return true
    } catch (error) {
      failure.value = { text: explain(error) }
      return false
    }
  }

  return {
    state, linkState, now, busy, failure, agent, call, supervising, live, inCall, guest, owns, acts, connect, disconnect, watch, attempt, send,
  }
})

/** explain puts a refused command into words. */
export function explain(error: unknown): string {
  const code = error instanceof CommandError ? error.code : 'internal'
  return `error.${code}` in zh ? named('error', code) : t('error.unknown', { code })
}
