// What the agent does with third parties; buttons and shortcuts share it, so that neither sends twice.
import { defineStore } from 'pinia'
import { computed, reactive, ref, watch } from 'vue'
import type { TargetKey } from '../generated/protocol'
import { Cmd, type TransferWay } from '../lib/protocol'
import { partiesOf, serviceIn } from '../parties'
import { useDesk } from './desk'

export const useTransfers = defineStore('transfers', () => {
  const desk = useDesk()
  const choosing = ref<TransferWay | null>(null) // the directory is open for this
  const calling = reactive(new Set<string>()) // services whose command is under way
  const busy = reactive(new Set<string>()) // commands under way, with whom they are about
  const id = () => desk.call?.id ?? ''

  // Two more beside emergency services is all that the gateway takes; it says so itself.
  const mayBring = computed(() => desk.owns && desk.call?.phase !== 'reconnecting')
  const mayOneKey = (service: string) => desk.owns && !calling.has(service) && serviceIn(desk.call, service) === null

  /** oneKey dials an emergency service at once. */
  async function oneKey(service: string) {
    if (!mayOneKey(service)) return
    calling.add(service)
    await desk.send(Cmd.oneKey, { service, reason: '' }, id())
    calling.delete(service)
  }

  async function once(what: string, send: () => Promise<boolean>) {
    if (busy.has(what)) return
    busy.add(what)
    await send()
    busy.delete(what)
  }
  // n is never used again in a call, so undoing needs no version: it must not fail because it rings by now.
  const drop = (n: number) => once(`drop/${n}`, () => desk.send(Cmd.drop, { n }, id()))
  const swap = (n: number) => once('swap', () => desk.send(Cmd.swap, { n }, id(), desk.call?.ver))
  const merge = () => once('merge', () => desk.send(Cmd.merge, {}, id(), desk.call?.ver))
  const leave = () => once('leave', () => desk.send(Cmd.leave, {}, id(), desk.call?.ver))
  const takeBack = () => once('take_back', () => desk.send(Cmd.takeBack, {}, id()))
  const help = () => once('help', () => desk.send(Cmd.help, { on: !desk.state.desk?.help }))

  /** bring throws CommandError, so that the directory can say why beside what was chosen. */
  async function bring(to: TargetKey, reason: string) {
    if (!choosing.value) return
    desk.acts++
    await desk.attempt(Cmd.bring, { how: choosing.value, to, reason }, id(), desk.call?.ver)
    choosing.value = null
  }

  function choose(how: TransferWay) {
    if (mayBring.value) choosing.value = choosing.value === how ? null : how
  }

  watch(mayBring, (may) => {
    if (!may) choosing.value = null
  })

  const parties = computed(() => partiesOf(desk.call))
  return { choosing, calling, busy, parties, mayBring, mayOneKey, oneKey, drop, swap, merge, leave, takeBack, help, bring, choose }
})
