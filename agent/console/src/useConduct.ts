// Ties the desk to what stands on it: what the gateway says happens in sound, telephone and title.
import { onBeforeUnmount, onMounted, watch } from 'vue'
import { t } from './i18n'
import { answerOtherTabs } from './lib/tab'
import { useDesk } from './stores/desk'
import { useStation } from './stores/station'

const strayAfter = 5000 // a leg that outlives its call by so much missed its hang-up

export function useConduct() {
  const desk = useDesk()
  const station = useStation()
  let stray: ReturnType<typeof setTimeout> | undefined
  let restored = false
  let downAt = 0

  watch(
    () => (desk.call ? { id: desk.call.id, phase: desk.call.phase as string, muted: desk.call.muted } : null),
    (call) => {
      station.follow(call)
      endStray()
    },
    { deep: true },
  )

  // A supervisor's leg belongs to no call at this desk; it lasts as long as he is with an agent.
  watch(
    () => [desk.supervising?.how ?? null, station.ownMute] as const,
    ([how]) => {
      station.accompany(how)
      endStray()
    },
  )

  function endStray() {
    const onLine = desk.inCall || desk.supervising !== null
    desk.watch(onLine)
    clearTimeout(stray)
    if (!onLine && desk.call?.phase !== 'ringing' && station.hasLeg()) {
      stray = setTimeout(() => desk.live && station.hangUpStray(), strayAfter)
    }
  }

  // After a reload of a signed-in desk the telephone comes back by itself.
  watch(
    () => desk.live && desk.agent?.state,
    (state) => {
      if (restored || !state) return
      restored = true
      if (state !== 'signed_out') void station.restore()
    },
    { immediate: true },
  )

  // A network that died without a word took the SIP socket along.
  watch(
    () => desk.linkState,
    (state) => {
      if (state === 'down') downAt ||= performance.now()
      if (state !== 'up') return
      // A gateway that was started anew does not know the telephone. In a call it would replace the leg: tell it later.
      if (!station.hasLeg()) station.tellRegistered()
      if (downAt && performance.now() - downAt > 2000) station.reconnectPhone()
      downAt = 0
    },
  )

  watch(
    () => desk.live && desk.call === null && desk.agent?.phone_ok === false,
    (unknown) => unknown && !station.hasLeg() && station.tellRegistered(),
  )

  useTitle()
  const stopAnswering = answerOtherTabs(() => desk.inCall || desk.supervising !== null || desk.call?.phase === 'ringing')

  onMounted(desk.connect)
  onBeforeUnmount(() => {
    clearTimeout(stray)
    stopAnswering()
    desk.disconnect()
    station.leave()
  })
}

// The tab's title flashes while it rings, and a notification is shown when another window covers the page.
function useTitle() {
  const desk = useDesk()
  let flashing: ReturnType<typeof setInterval> | undefined
  let note: Notification | undefined
  const plain = () => (document.title = t('app.title'))

  watch(
    () => (desk.call?.phase === 'ringing' ? desk.call.id : ''),
    (ringing) => {
      clearInterval(flashing)
      note?.close()
      plain()
      if (!ringing || !desk.call) return
      const title = t('call.title', { number: desk.call.number || t('call.withheld') })
      document.title = title
      flashing = setInterval(() => (document.title = document.title === title ? t('app.title') : title), 800)
      if (document.hidden && 'Notification' in window && Notification.permission === 'granted') {
        note = new Notification(title, { body: desk.call.line.name, tag: 'hotline-ringing' })
        note.onclick = () => window.focus()
      }
    },
  )
  plain()
  onBeforeUnmount(() => {
    clearInterval(flashing)
    note?.close()
    plain()
  })
}
