// The floor as the gateway tells it and what the supervisor may do to it now.
import { computed } from 'vue'
import type { FloorAgent } from '../generated/protocol'
import { f } from '../i18n/floor'
import { useDesk } from '../stores/desk'
import { FloorCmd, type Forced, type Way } from './commands'
import { ageOf, callsByID, figuresOf, inConversation, staleAfter } from './floor'
import { toDesk } from './view'

export function useFloor() {
  const desk = useDesk()
  const floor = computed(() => desk.state.floor)
  const agents = computed(() => floor.value?.agents ?? [])
  const calls = computed(() => floor.value?.calls ?? [])
  const alerts = computed(() => desk.state.alerts)
  const byID = computed(() => callsByID(calls.value))
  const figures = computed(() => figuresOf(floor.value, desk.live ? desk.state.queue : null))
  const age = computed(() => ageOf(floor.value, desk.now))
  const stale = computed(() => !desk.live || (age.value ?? 0) > staleAfter)
  const supervising = computed(() => desk.state.desk?.supervising ?? null)
  const second = computed(() => Math.floor(desk.now / 1000) * 1000) // timers move once a second

  /** hindrance is why the supervisor cannot be with anybody now; '' when he can. */
  const hindrance = computed(() => {
    if (!desk.live) return f('not.offline')
    if (desk.agent?.state === 'signed_out') return f('not.signed_in')
    return desk.call ? f('not.in_call') : ''
  })

  /** hindranceWith is why he cannot be with this agent. */
  function hindranceWith(agent: FloorAgent): string {
    if (!inConversation(agent)) return f('not.no_call')
    if (agent.supervisor && agent.supervisor !== desk.agent?.no) return f('not.supervised', { no: agent.supervisor })
    return agent.no === desk.agent?.no ? f('not.himself') : hindrance.value
  }

  const supervise = (agent: string, how: Way) => desk.send(FloorCmd.supervise, { agent, how })
  const leave = () => desk.send(FloorCmd.leave)
  const force = (agent: string, state: Forced) => desk.send(FloorCmd.force, { agent, state })
  const hangUp = (agent: string) => desk.send(FloorCmd.hangUp, { agent })
  const acknowledge = (id: string) => desk.send(FloorCmd.acknowledge, { id })

  async function takeOver() {
    if (await desk.send(FloorCmd.takeOver)) toDesk()
  }

  return {
    floor, agents, calls, byID, alerts, figures, age, stale, supervising, second, hindrance, hindranceWith,
    supervise, leave, force, hangUp, acknowledge, takeOver,
  }
}
