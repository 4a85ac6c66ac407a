// What the agent can do with the call at his desk, for buttons and shortcuts alike.
import { computed } from 'vue'
import { Cmd } from './lib/protocol'
import { useDesk } from './stores/desk'
import { useStation } from './stores/station'

export function useCallActions() {
  const desk = useDesk()
  const station = useStation()
  const phase = computed(() => desk.call?.phase ?? 'idle')
  const id = () => desk.call?.id ?? ''
  const ver = () => desk.call?.ver ?? 0

  const answering = computed(() => desk.call !== null && station.answering === desk.call.id)
  const can = computed(() => ({
    answer: phase.value === 'ringing' && station.browserPhone && !answering.value,
    refuse: phase.value === 'ringing' && !answering.value && !desk.busy.has(Cmd.refuse),
    hangUp: desk.inCall && !desk.busy.has(Cmd.hangUp),
    hold: phase.value === 'talking' && !desk.guest && !desk.busy.has(Cmd.hold),
    resume: phase.value === 'held' && !desk.busy.has(Cmd.resume),
    mute: ['talking', 'held', 'consulting', 'three_way'].includes(phase.value) && !desk.busy.has(Cmd.mute),
  }))

  function answer() {
    if (!can.value.answer) return
    station.quiet()
    station.answer(id())
  }
  function refuse(reason: string) {
    if (!can.value.refuse) return
    station.quiet()
    void desk.send(Cmd.refuse, { reason }, id(), ver())
  }
  function hangUp() {
    if (can.value.hangUp) void desk.send(Cmd.hangUp, {}, id())
  }
  function holdOrResume() {
    if (can.value.hold) void desk.send(Cmd.hold, {}, id(), ver())
    else if (can.value.resume) void desk.send(Cmd.resume, {}, id(), ver())
  }
  async function mute() {
    if (!can.value.mute) return
    const on = !desk.call?.muted
    station.mute(on)
    if (!(await desk.send(Cmd.mute, { on }, id()))) station.mute(desk.call?.muted ?? false)
  }

  return { phase, answering, can, answer, refuse, hangUp, holdOrResume, mute }
}
